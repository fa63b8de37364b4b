"""Our own people as decisions know them: who has which role, who stands above whom, and who stands in for whom."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

ABOVE = {
    "collector": "supervisor",
    "supervisor": "manager",
    "manager": "general_manager",
    "general_manager": "boss",
    "boss": "boss",
}
"""Whose word is needed beside one's own; beside the boss's it is another boss's."""

SUPERVISOR = "supervisor"

HIGHER = "manager"
"""For those outside that line."""


class User(Struct, frozen=True, kw_only=True):
    """One of ours; `cover` stands in from the first to the last day away."""

    id: str
    role: str
    reports_to: str | None = None
    away_from: date | None = None
    away_until: date | None = None
    cover: str | None = None

    def is_away(self, day: date) -> bool:
        """Whether somebody else stands in on that day."""
        return self.away_from is not None and self.away_until is not None and self.away_from <= day <= self.away_until


class Delegation(Struct, frozen=True, kw_only=True):
    """Somebody's word on requests, given to another to the end of a day; of some kinds, or of all."""

    id: str
    by: str
    role: str
    to: str
    until: date
    kinds: tuple[str, ...] = ()

    def holds(self, kind: str, day: date) -> bool:
        """Whether it speaks of such a request that day."""
        return day <= self.until and (not self.kinds or kind in self.kinds)


def above(role: str) -> str:
    """The role whose word is needed beside that of one's own."""
    return ABOVE.get(role, HIGHER)


class Directory(Struct, frozen=True):
    """The users by id, and what they have delegated. People without an entry have no superior and are never away."""

    users: dict[str, User] = {}
    delegations: tuple[Delegation, ...] = ()

    def works_for(self, user: str, day: date) -> str:
        """Who does the user's work that day: they themselves, or while they are away their cover, else their superior, and
        so on while those are away too."""
        worker, seen = user, {user}
        while (one := self.users.get(worker)) and one.is_away(day):
            stands_in = one.cover or one.reports_to
            if stands_in is None or stands_in in seen:
                return user
            worker = stands_in
            seen.add(worker)
        return worker

    def covered_by(self, actor: str, day: date) -> list[User]:
        """Those whose work the actor does that day beside their own."""
        return [one for one in self.users.values() if one.id != actor and self.works_for(one.id, day) == actor]

    def stands_in_for(self, actor: str, day: date) -> frozenset[str]:
        """The roles of those whom the user covers that day."""
        return frozenset(user.role for user in self.covered_by(actor, day))

    def here(self, users: Sequence[str], day: date) -> list[str]:
        """Those of them who are not away that day."""
        return [id for id in users if id not in self.users or not self.users[id].is_away(day)]

    def working_as(self, role: str, day: date) -> list[str]:
        """Who does the role's work that day: its people, and for those who are away whoever stands in."""
        return sorted({self.works_for(one.id, day) for one in self.users.values() if one.role == role})

    def supervisor_of(self, user: str) -> str:
        """The supervisor nearest above, or the user who is one; the role's name where the directory names none."""
        return self.in_line(user, SUPERVISOR) or SUPERVISOR

    def in_line(self, user: str, role: str) -> str | None:
        """Who of that role stands nearest above, or is the user; None where the directory names nobody."""
        seen: set[str] = set()
        above = self.users.get(user)
        while above and above.id not in seen:
            if above.role == role:
                return above.id
            seen.add(above.id)
            above = self.superior(above.id)
        return None

    def role_of(self, user: str) -> str | None:
        """What somebody works as; None for one whom the directory does not know."""
        return self.users[user].role if user in self.users else None

    def superior(self, user: str) -> User | None:
        """Who stands above; None when nobody is named."""
        above = self.users[user].reports_to if user in self.users else None
        return self.users.get(above) if above else None
