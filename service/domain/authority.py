"""Who may answer a request: the role that was asked, whoever stands in for one of that role or was given their word for a time
- and never who asked, nor anybody by the word of who asked."""

from collections.abc import Iterator
from datetime import date

from service.domain.directory import Directory
from service.domain.refusals import Forbidden
from service.domain.scene import Asker


def in_place_of(
    people: Directory, day: date, asker: Asker, role: str, kind: str, asked_by: str
) -> str | None:
    """In whose place they answer, None in their own. Raises Forbidden `four_eyes`, `role_may_not_approve`."""
    represented = list(_represented(people, day, asker.actor, role, kind))
    if asker.role != role and not represented:
        raise Forbidden("role_may_not_approve", None, role=role)
    if asker.actor == asked_by:
        raise Forbidden("four_eyes", None, user=asker.actor)
    if asker.role == role:
        return None
    others = [user for user in represented if user != asked_by]
    if not others:
        raise Forbidden("four_eyes", None, user=asked_by)
    return others[0]


def _represented(people: Directory, day: date, actor: str, role: str, kind: str) -> Iterator[str]:
    yield from (user.id for user in people.covered_by(actor, day) if user.role == role)
    yield from (one.by for one in people.delegations if one.to == actor and one.role == role and one.holds(kind, day))
