"""Given some commands, when another is carried out, then these events happen, or it is refused, or the clock is due."""

from typing import Any

from service.domain import commands as c
from service.domain.account import Account
from service.domain.refusals import Refused
from service.domain.scene import Asker
from tests.examples import ERP, ZONE
from tests.world import World


class Then:
    """What came of a command."""

    def __init__(self, world: World, happened: list[Any] | None, refused: Refused | None) -> None:
        self.world, self.happened, self.refusal = world, happened or [], refused

    def then(self, *types: str) -> "Then":
        """Exactly these events happened, in this order; none at all for a repeat."""
        assert self.refusal is None, self.refusal.code if self.refusal else ""
        assert [one.event.type for one in self.happened] == list(types)
        return self

    def event(self, type: str) -> Any:
        """The one event of the type."""
        (found,) = [one.event for one in self.happened if one.event.type == type]
        return found

    def refused(self, code: str, pointer: str | None = None, kind: type[Refused] = Refused) -> "Then":
        """It was refused, with that code, and nothing has changed."""
        assert self.refusal is not None, [one.event.type for one in self.happened]
        assert (self.refusal.code, self.refusal.pointer) == (code, pointer or self.refusal.pointer)
        assert isinstance(self.refusal, kind)
        return self

    def due(self, at: str | None) -> "Then":
        """When the clock looks next."""
        alarm = self.world.next_alarm()
        assert (f"{alarm.astimezone(ZONE):%Y-%m-%d %H:%M}" if alarm else None) == at
        return self


class Given:
    """A world in which some commands have been carried out."""

    def __init__(self, world: World, *commands: c.Command) -> None:
        self.world = world
        for command in commands:
            world.do(command)

    def when(self, command: c.Command, who: Asker = ERP) -> Then:
        before = snapshot(self.world.account)
        try:
            return Then(self.world, self.world.do(command, who), None)
        except Refused as refused:
            assert snapshot(self.world.account) == before
            return Then(self.world, None, refused)


def given(*commands: c.Command, start: str = "2026-03-02", **world: Any) -> Given:
    """The customer, and what was told of them."""
    return Given(World(start, **world), *commands)


def snapshot(account: Account) -> tuple[Any, ...]:
    """Every state, to compare."""
    return account.customer, dict(account.cases), dict(account.payments), len(account.happened)
