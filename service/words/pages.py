"""What printed pages have in common: sums that nobody overlooks, and tables of open bills."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from service.words.languages import Language
from service.words.letters import BillLine
from service.words.mail import Total
from service.words.writing import amount, day

MOST_ROWS = 1_000
"""Of a currency: more than anybody reads are counted, and stand in the sums all the same."""

Data = dict[str, Any]


class Page(Struct, frozen=True):
    """The words of a language, set for a page."""

    language: Language
    lines: Any
    paper: Any

    def day(self, on: date | None) -> str:
        """Nothing for none."""
        return day(on, self.language) if on else ""

    def prominent(self, total: Total) -> Data:
        """A currency's sum, renminbi in capital characters too in Chinese."""
        return {
            "amount": amount(total.open, total.currency),
            "capitals": str(self.lines.in_capitals(total)) or None,
        }

    def open_columns(self, has_interest: bool) -> list[Data]:
        """Of a table of open bills; late interest has a column where there is any."""
        heads, own = self.lines.columns, self.paper.columns
        return [
            {"label": heads["bill"], "width": "1fr"},
            {"label": heads["issued"]},
            {"label": heads["due"]},
            {"label": own["days"], "align": "right"},
            {"label": heads["open"], "align": "right"},
            *([{"label": own["interest"], "align": "right"}] if has_interest else []),
        ]

    def open_row(self, bill: BillLine, notes: Sequence[str], less: Sequence[str], has_interest: bool) -> list[Any]:
        """A bill in them, with notes below its name, and what makes it less below what is open."""
        row: list[Any] = [
            {"text": bill.id, "notes": notes},
            self.day(bill.issued_on),
            self.day(bill.due_on),
            str(bill.days_overdue) if bill.days_overdue > 0 else "",
            {"text": amount(bill.open, bill.currency), "notes": less},
        ]
        if has_interest:
            row.append(amount(bill.interest, bill.currency) if bill.interest else "")
        return row
