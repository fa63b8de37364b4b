"""The log folded again: into states (I24), and into the same decision for the same command and clock (I35)."""

from collections.abc import Iterable
from copy import copy
from typing import Any

from service.domain.account import Account, Happened
from service.domain.case import Case
from service.domain.customer import Customer
from service.domain.decide import run
from service.domain.evolve import evolve_case, evolve_customer, evolve_payment
from service.domain.payment import Payment
from service.domain.scene import Scene
from tests.simulation.disk import Entry
from tests.simulation.house import Ask
from tests.simulation.rulebook import demand

_BLANK: dict[str, Any] = {"case": Case, "customer": Customer, "payment": Payment}
_EVOLVE: dict[str, Any] = {"case": evolve_case, "customer": evolve_customer, "payment": evolve_payment}


def fold(log: Iterable[Entry]) -> dict[str, Any]:
    """Every stream's state from nothing."""
    states: dict[str, Any] = {}
    for entry in log:
        kind, _, id = entry.stream.partition("/")
        state = states.get(entry.stream) or _BLANK[kind](id=id)
        states[entry.stream] = _EVOLVE[kind](state, entry.event)
    return states


class Witness:
    """What a decision knew, to be asked again."""

    def __init__(self, ask: Ask, account: Account, scene: Scene) -> None:
        self.ask = ask
        self.scene = scene
        self.before = copy(account)
        self.before.cases, self.before.payments = dict(account.cases), dict(account.payments)
        self.before.happened, self.before.after, self.before._before = [], [], []
        self.happened: list[Happened] = []

    def decide_again(self, log: Iterable[Entry]) -> None:
        """From the log as it was before, the same events follow."""
        account = self.before
        streams = {f"customer/{account.customer.id}"}
        streams |= {f"case/{id}" for id in account.cases} | {f"payment/{id}" for id in account.payments}
        states = fold(entry for entry in log if entry.stream in streams)
        account.customer = states.get(f"customer/{account.customer.id}", account.customer)
        account.cases = {id: states[f"case/{id}"] for id in account.cases}
        account.payments = {id: states[f"payment/{id}"] for id in account.payments}
        again = run(self.ask.command, account, self.scene, self.ask.asker)
        demand(again == self.happened, "I35", f"{self.ask} led to {self.happened} and now to {again}")
