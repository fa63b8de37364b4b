"""A statement of account as data for its page: the account in short, its ages, what is open and what happened, by currency."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from service.domain.statement import Entry, Statement
from service.words.capitals import capitals
from service.words.compose import words
from service.words.languages import Language
from service.words.letters import Account, BillLine
from service.words.writing import amount, day

MOST_ROWS = 1_000
"""Of a table: more than anybody reads are counted, and stand in the sums all the same."""

Data = dict[str, Any]


def sections(account: Account, bills: Sequence[BillLine], language: Language) -> list[Data]:
    """A section a currency, each with its tables; nothing for an account on which nothing ever was."""
    page = _Page(account, language, words(language, "account.txt"))
    return [page.section(one, [bill for bill in bills if bill.currency == one.currency]) for one in account.statements]


def balances(account: Account, language: Language) -> list[Data]:
    """What is owed by currency, prominent; renminbi in capital characters too. What was paid ahead is said to be so."""
    found = []
    text = words(language, "account.txt")
    for one in account.statements:
        owed = one.closing >= 0
        said = f"人民币{capitals(one.closing)}" if owed and language == "zh" and one.currency == "CNY" else None
        shown = amount(abs(one.closing), one.currency)
        found.append({"amount": shown if owed else str(text.ahead(shown)), "capitals": said})
    return found


def period(account: Account, language: Language) -> str:
    """From which day to which."""
    return str(words(language, "account.txt").period(account))


class _Page(Struct, frozen=True):
    """An account with the words of its language."""

    account: Account
    language: Language
    text: Any

    def section(self, one: Statement, bills: Sequence[BillLine]) -> Data:
        titles = self.text.account
        tables: list[Data] = [{"title": None, "table": self._sums(one), "whole": True}]
        if bills:
            tables.append({"title": titles["ageing"], "table": self._ages(one), "whole": True})
            tables.append({"title": titles["bills"], "table": self._bills(one, bills), "whole": False})
        if one.entries:
            tables.append({"title": titles["entries"], "table": self._entries(one), "whole": False})
        return {"title": one.currency, "tables": tables}

    def _sums(self, one: Statement) -> Data:
        rows = [[str(self.text.before(self.account)), amount(one.opening, one.currency)]]
        for name, kinds in _ROWS.items():
            sum_of = sum(one.sums.get(kind, 0) for kind in kinds)
            if sum_of:
                rows.append([self.text.rows[name], amount(sum_of, one.currency)])
        total = [str(self.text.after(self.account)), amount(one.closing, one.currency)]
        columns = [{"label": self.text.account["sums"], "width": "1fr"}, {"label": "", "align": "right"}]
        return {"columns": columns, "groups": [{"rows": rows, "total": total}]}

    def _ages(self, one: Statement) -> Data:
        columns = [{"label": self.text.ages[name], "align": "right", "width": "1fr"} for name in one.ageing]
        cells = [amount(sum_of, one.currency) if sum_of else "" for sum_of in one.ageing.values()]
        return {"columns": columns, "groups": [{"rows": [cells], "total": None}]}

    def _bills(self, one: Statement, bills: Sequence[BillLine]) -> Data:
        label = self.text.columns
        has_interest = any(bill.interest for bill in bills)
        columns: list[Data] = [{"label": label["bill"], "width": "1fr"}, {"label": label["issued"]}, {"label": label["due"]}]
        columns += [{"label": label[name], "align": "right"} for name in ("days", "open")]
        columns += [{"label": label["interest"], "align": "right"}] if has_interest else []
        rows = [self._bill(bill, has_interest) for bill in bills[:MOST_ROWS]]
        more = len(bills) - len(rows)
        rows += [[str(self.text.more(more)), *[""] * (len(columns) - 1)]] if more > 0 else []
        total = [self.text.rows["open"], "", "", "", amount(one.open, one.currency)]
        if has_interest:
            total.append(amount(sum(bill.interest for bill in bills), one.currency))
        groups: list[Data] = [{"rows": rows, "total": total}]
        if one.credit:
            ahead = [[self.text.rows["credit"], "", "", "", amount(-one.credit, one.currency), *[""] * has_interest]]
            closing = [str(self.text.after(self.account)), "", "", "", amount(one.closing, one.currency), *[""] * has_interest]
            groups.append({"rows": ahead, "total": closing})
        return {"columns": columns, "groups": groups}

    def _bill(self, bill: BillLine, has_interest: bool) -> list[Any]:
        late = str(bill.days_overdue) if bill.days_overdue > 0 else ""
        less = [str(self.text.contested(amount(bill.contested, bill.currency)))] if bill.contested else []
        notes = [bill.reference] if bill.reference else []
        row: list[Any] = [
            {"text": bill.id, "notes": notes},
            day(bill.issued_on, self.language) if bill.issued_on else "",
            day(bill.due_on, self.language) if bill.due_on else "",
            late,
            {"text": amount(bill.open, bill.currency), "notes": less},
        ]
        if has_interest:
            row.append(amount(bill.interest, bill.currency) if bill.interest else "")
        return row

    def _entries(self, one: Statement) -> Data:
        label = self.text.columns
        columns = [{"label": label["day"]}, {"label": label["what"], "width": "1fr"}]
        columns += [{"label": label[name], "align": "right"} for name in ("amount", "balance")]
        rows: list[list[Any]] = [["", str(self.text.before(self.account)), "", amount(one.opening, one.currency)]]
        rows += [self._entry(entry, one.currency) for entry in one.entries[:MOST_ROWS]]
        more = len(one.entries) - MOST_ROWS
        rows += [["", str(self.text.more(more)), "", ""]] if more > 0 else []
        total = ["", str(self.text.after(self.account)), "", amount(one.closing, one.currency)]
        return {"columns": columns, "groups": [{"rows": rows, "total": total}]}

    def _entry(self, entry: Entry, currency: str) -> list[Any]:
        what = {"text": f"{self.text.kinds[entry.kind]} {entry.id}", "notes": [entry.reference] if entry.reference else []}
        return [day(entry.day, self.language), what, amount(entry.amount, currency), amount(entry.balance, currency)]


_ROWS = {
    "billed": ("bill", "correction"),
    "credited": ("credit_note",),
    "paid": ("payment",),
    "written_off": ("write_off", "recovery"),
}


