"""What our own people are told of by e-mail, and who of them: by role, along their reporting lines, and whoever stands in."""

from collections.abc import Collection, Iterable
from datetime import date

from service.domain.announce import audience
from service.domain.directory import Directory
from service.domain.events import Event
from service.domain.events.approval import ApprovalRequested
from service.domain.events.case import Escalated
from service.domain.events.customer import HoldApplied, HoldReleased, NoticeRaised

Mailed = NoticeRaised | Escalated | ApprovalRequested | HoldApplied | HoldReleased
"""Tasks stand in the work list, and letters are read where they are kept."""

LINE = frozenset({"collector", "supervisor", "manager", "general_manager", "boss"})


def called(event: Event) -> tuple[list[str], list[str]] | None:
    """The roles and the very people whom a mail shall tell of it; None when it tells nobody."""
    if not isinstance(event, Mailed):
        return None
    roles = audience(event)
    return (roles, event.users if isinstance(event, NoticeRaised) else []) if roles else None


def addressed(
    roles: Iterable[str], users: Iterable[str], owners: Collection[str], people: Directory, day: date
) -> set[str]:
    """Those who are meant; else of each role whoever stands nearest above the bills' `owners`; else all of it. Of people who
    are away, whoever does their work."""
    meant = {people.works_for(user, day) for user in users if user in people.users}
    if meant:
        return meant
    found: set[str] = set()
    for role in roles:
        near = {one for owner in owners if (one := people.in_line(owner, role))} if role in LINE else set()
        found |= {people.works_for(one, day) for one in near} or set(people.working_as(role, day))
    return found
