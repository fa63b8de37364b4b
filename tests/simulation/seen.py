"""What an outsider sees of the house before asking something."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.simulation.house import House


@dataclass
class Seen:
    """An ERP's and a person's view."""

    house: House
    customers: Sequence[str]

    @property
    def today(self) -> date:
        return self.house.workdays.today(self.house.now)

    @property
    def _rows(self) -> dict[str, dict[Any, Any]]:
        return self.house.disk.rows

    def bills_of(self, customer: str) -> Sequence[str]:
        return [id for id, row in self._rows["cases"].items() if row.state.customer == customer]

    def open_bills(self) -> Sequence[str]:
        return [id for id, row in self._rows["cases"].items() if row.state.stage != "closed"]

    def customer_of(self, bill: str) -> str | None:
        row = self._rows["cases"].get(bill)
        return row.state.customer if row else None

    def currency_of(self, bill: str) -> str:
        row = self._rows["cases"].get(bill)
        return row.state.currency if row else "CNY"

    def payments(self) -> Sequence[str]:
        return list(self._rows["payments"])

    def approvals(self) -> Sequence[tuple[str, str, str]]:
        rows = self._rows["approvals"].values()
        return [(one.row.id, one.customer, one.row.role) for one in rows if one.row.state == "open"]

    def tasks(self) -> Sequence[tuple[str, str]]:
        return [(id, row.customer) for id, row in self._rows["tasks"].items() if row.state == "open"]

    def holds(self) -> Sequence[tuple[str, str]]:
        states = [row.state for row in self._rows["customers"].values()]
        return [(one.id, id) for one in states for id in [one.hold.id if one.hold else one.released] if id]
