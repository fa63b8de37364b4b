"""A statement of account as data for its page: the account in short, its ages, what is open and what happened, by currency."""

from collections.abc import Sequence
from typing import Any

from service.domain.statement import Entry, Statement
from service.words.compose import words
from service.words.letters import Account, BillLine
from service.words.mail import Total
from service.words.pages import MOST_ROWS, Data, Page
from service.words.writing import amount


def told(account: Account, bills: Sequence[BillLine], page: Page) -> Data:
    """Of which days it is, what is owed by currency, and a section a currency with its tables; nothing of an account on which
    nothing ever was."""
    own = _Account(page.language, page.lines, page.paper, account, words(page.language, "account.txt"))
    by_currency = {one.currency: [bill for bill in bills if bill.currency == one.currency] for one in account.statements}
    return {
        "period": str(own.text.period(account)),
        "totals": [own.balance(one) for one in account.statements],
        "sections": [own.section(one, by_currency[one.currency]) for one in account.statements],
    }


class _Account(Page, frozen=True):
    """An account with the words of its language."""

    account: Account
    text: Any

    def balance(self, one: Statement) -> Data:
        """What was paid ahead is said to be so."""
        if one.closing >= 0:
            return self.prominent(Total(one.currency, one.closing, ()))
        return {"amount": str(self.text.ahead(amount(-one.closing, one.currency))), "capitals": None}

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
        has_interest = any(bill.interest for bill in bills)
        columns = self.open_columns(has_interest)
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
        less = [str(self.text.contested(amount(bill.contested, bill.currency)))] if bill.contested else []
        return self.open_row(bill, [bill.reference] if bill.reference else [], less, has_interest)

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
        return [self.day(entry.day), what, amount(entry.amount, currency), amount(entry.balance, currency)]


_ROWS = {
    "billed": ("bill", "correction"),
    "credited": ("credit_note",),
    "paid": ("payment",),
    "written_off": ("write_off", "recovery"),
}


