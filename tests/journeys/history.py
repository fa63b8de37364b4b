"""The invoice history that the service ships: its lines, what an ERP tells of them, and the sums that need nothing else."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from typing import Any

NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Line:
    """One invoice of the file."""

    invoice: str
    customer: str
    country: str
    amount: Decimal
    issued: date
    due: date
    settled: date
    days_late: int
    disputed: bool

    def is_open(self, day: date) -> bool:
        """Whether it is owed at the end of a day."""
        return self.issued <= day < self.settled


def read() -> list[Line]:
    """The whole file, in its own order."""
    text = (files("service.demo") / "history.csv").read_text(encoding="utf-8")
    return [
        Line(
            invoice=row["invoiceNumber"],
            customer=row["customerID"],
            country=row["countryCode"],
            amount=Decimal(row["InvoiceAmount"]),
            issued=_day(row["InvoiceDate"]),
            due=_day(row["DueDate"]),
            settled=_day(row["SettledDate"]),
            days_late=int(row["DaysLate"]),
            disputed=row["Disputed"] == "Yes",
        )
        for row in csv.DictReader(text.splitlines())
    ]


def _day(text: str) -> date:
    return datetime.strptime(text, "%m/%d/%Y").date()  # noqa: DTZ007 - a date, no instant


def by_customer(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """The lines of each."""
    found = defaultdict(list)
    for line in lines:
        found[line.customer].append(line)
    return found


def issued(line: Line, currency: str = "USD") -> dict[str, Any]:
    """What the ERP says when the bill goes out."""
    return {"invoice": line.invoice, **_facts(line, currency), "issued_on": str(line.issued), "due_on": str(line.due)}


def paid(line: Line, currency: str = "USD") -> dict[str, Any]:
    """What it says when the money is there."""
    facts = _facts(line, currency)
    allocations = [{"invoice": line.invoice, "amount": facts["amount"]}]
    return {"payment": f"P-{line.invoice}", **facts, "received_on": str(line.settled), "allocations": allocations}


def _facts(line: Line, currency: str) -> dict[str, Any]:
    return {"customer": line.customer, "amount": f"{line.amount:.2f}", "currency": currency}


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Their sum."""
    return sum(amounts, NOTHING)


def owed(lines: Iterable[Line], day: date) -> Decimal:
    """What is open at the end of a day."""
    return total(line.amount for line in lines if line.is_open(day))


def countback(lines: Sequence[Line], day: date) -> float:
    """Days that the latest sales must go back to make up what is open, a month's sales spread evenly over its days up to
    then."""
    left, days, last = owed(lines, day), Decimal(0), day
    while left:
        month = last.replace(day=1)
        sold = total(line.amount for line in lines if line.issued.replace(day=1) == month and line.issued <= day)
        if sold >= left:
            return round(float(days + last.day * left / sold), 2)
        left, days, last = left - sold, days + last.day, month - timedelta(1)
    return 0.0
