"""Our own people as decisions know them: who has which role, who stands above whom, and who stands in for whom."""

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


def above(role: str) -> str:
    """The role whose word is needed beside that of one's own."""
    return ABOVE.get(role, HIGHER)


class Directory(Struct, frozen=True):
    """The users by id. People without an entry have no superior and are never away."""

    users: dict[str, User] = {}

    def stands_in_for(self, actor: str, day: date) -> frozenset[str]:
        """The roles of those whom the user covers that day."""
        return frozenset(user.role for user in self.users.values() if user.cover == actor and user.is_away(day))

    def role_of(self, user: str) -> str | None:
        """What somebody works as; None for one whom the directory does not know."""
        return self.users[user].role if user in self.users else None

    def superior(self, user: str) -> User | None:
        """Who stands above; None when nobody is named."""
        above = self.users[user].reports_to if user in self.users else None
        return self.users.get(above) if above else None
