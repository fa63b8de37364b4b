"""Watches every write: the ledger, the states beside it, and each attempt to reach somebody as it begins."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

from tests.simulation.disk import Entry, Key
from tests.simulation.house import House
from tests.simulation.ledger import Ledger
from tests.simulation.rows import CaseRow, DeliveryRow, MessageRow
from tests.simulation.rulebook import ZONE, demand, may_go_out
from tests.simulation.sending import ATTEMPTS, MESSAGE_LEASE

Changed = dict[str, dict[Key, tuple[Any, Any]]]
ENDED = frozenset({"delivered", "exhausted", "cancelled", "handed_over", "bounced", "struck"})


class Auditor:
    """`tokens` counts what the log holds of each decision; `told` the messages by contact, channel and day."""

    def __init__(self, house: House, is_in_flight: Callable[[str], bool]) -> None:
        self.house = house
        self._is_in_flight = is_in_flight
        self.tokens: Counter[str] = Counter()
        self.told: dict[tuple[str, str, str, date], set[str]] = defaultdict(set)
        self._by_identity: dict[tuple[str, str], str] = {}
        self.ledger = self._blank()
        house.disk.watch = self.watch

    def _blank(self) -> Ledger:
        return Ledger(self.house.workdays.calendar, self.house.settings.promises_that_pause)

    def read_again(self) -> None:
        """The log may have become shorter."""
        self.ledger = self._blank()
        self.tokens.clear()
        self._by_identity.clear()
        entries = self.house.disk.log
        for number in dict.fromkeys(entry.tx for entry in entries):
            self._read([entry for entry in entries if entry.tx == number])

    def watch(self, entries: list[Entry], changed: Changed) -> None:
        """Somebody has written."""
        if entries:
            self._read(entries)
        for id, (_, row) in changed.get("cases", {}).items():
            self._case(id, row)
        for id, (_, payment) in changed.get("payments", {}).items():
            told = self.ledger.payments[id]
            demand(payment.applied == told.applied, "I1", f"{id} stands on {payment.applied}, the log says {told.applied}")
        for _, (old, new) in changed.get("messages", {}).items():
            self._ended(old, new)
            if old and new.attempts > old.attempts:
                self._mail_begins(new)
        for _, (old, new) in changed.get("deliveries", {}).items():
            self._ended(old, new)
            if old and new.fence > old.fence:
                self._webhook_begins(new)

    def _read(self, entries: list[Entry]) -> None:
        self.ledger.read(entries)
        for entry in entries:
            self.tokens[entry.token] += 1
            identity = self.house.decisions[entry.token].ask.identity
            if identity:
                first = self._by_identity.setdefault(identity, entry.token)
                once = "I21" if self.house.decisions[entry.token].ask.is_key else "I20"
                demand(first == entry.token, once, f"{identity} was carried out twice")

    def _case(self, id: str, row: CaseRow) -> None:
        bill, state = self.ledger.bills.get(id), row.state
        assert bill is not None
        told = (bill.open, bill.stage, bill.level, bill.is_paused, bill.due_on)
        stands = (state.open, state.stage, state.level, state.pause is not None, state.due_on)
        demand(told == stands, "I8", f"{id} stands at {stands}, the log says {told}")
        demand(row.version == self.ledger.versions.get(f"case/{id}"), "I9", f"{id} stands at version {row.version}")

    def _ended(self, old: Any, new: Any) -> None:
        stays = old is None or old.state not in ENDED or old.state == new.state
        demand(stays, "I26", f"{new.id} had ended as {old.state if old else ''} and is {new.state} again")
        if old and old.fence == new.fence and new.state not in ("cancelled", "struck"):
            moved = old.state in ("pending", "ready") and (old.state, old.next_at) != (new.state, new.next_at)
            demand(not moved or not self._is_in_flight(new.id), "I26", f"{new.id} has a result before its attempt ended")

    def _mail_begins(self, message: MessageRow) -> None:
        assert message.next_at is not None
        at = message.next_at - MESSAGE_LEASE
        zone = self.ledger.parties[message.customer].zone
        demand(may_go_out(at, self.house.workdays.calendar, zone), "I15", f"{message.id} begins to leave at {at}")
        if message.service:
            return
        for id in message.cases:
            bill = self.ledger.bills[id]
            demand(bill.may_be_reminded, "I13", f"{message.id} speaks of {id}, {bill.stage}, paused {bill.is_paused}")
        key = (message.customer, message.contact, message.channel, at.astimezone(ZONE).date())
        self.told[key].add(message.id)
        demand(len(self.told[key]) == 1, "I14", f"{key} hears {sorted(self.told[key])}")

    def _webhook_begins(self, row: DeliveryRow) -> None:
        is_enabled = self.house.disk.rows["endpoints"][row.endpoint].enabled
        demand(is_enabled, "I30", f"{row.id} goes to an endpoint that is disabled")
        demand(row.fence <= ATTEMPTS, "I26", f"{row.id} is tried for the {row.fence}th time")
