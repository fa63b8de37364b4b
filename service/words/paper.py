"""A letter as data for the page that shows it: every word and every sum on it as it is to be read, nothing left to compute."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from service.words import accounts
from service.words.capitals import capitals
from service.words.compose import opened, words
from service.words.languages import Language
from service.words.letters import Account, BillLine, Letter
from service.words.mail import Mail, Total, totals
from service.words.writing import amount, day

MOST_ROWS = 1_000
"""Of a currency: more than anybody reads are counted, and stand in the total all the same."""

Data = dict[str, Any]


def paper(letter: Letter, number: str) -> Data:
    """What `printing` needs to set the letter, which has a kind; `number` is what it is filed under."""
    mail = opened(letter)
    assert mail.said
    page = _Page(letter.language, words(letter.language, "lines.txt"), words(letter.language, "paper.txt"), mail)
    first, *others = [line for line in str(page.lines.signature(mail)).splitlines() if line.strip()]
    data = {
        "language": letter.language,
        "title": mail.said.title,
        "company": mail.company,
        "date": page.day(mail.today),
        "page": str(page.paper.page()),
        "number": number,
        "addressee": page.addressee(),
        "greeting": str(page.lines.greeting(mail)),
        "opening": mail.said.opening,
        "totals": page.prominent(),
        "tables": [page.bills(), *([page.instalments()] if mail.instalments else [])],
        "notes": [page.paper.interest_apart] if any(bill.interest for bill in mail.first.bills) else [],
        "banks": list(page.banks()),
        "closing": mail.said.closing,
        "signature": {"closing": str(page.lines.yours()).strip(), "name": first.strip(), "lines": others},
        "slip": page.slip(number),
    }
    return data | _statement(letter.account, mail.first.bills, letter.language) if letter.account else data


def page_of(letter: Letter) -> str:
    """Which page shows it."""
    return "statement" if letter.account else "letter"


def _statement(account: Account, bills: Sequence[BillLine], language: Language) -> Data:
    """Instead of its bills alone a statement of account has balances, and a section a currency."""
    return {
        "period": accounts.period(account, language),
        "totals": accounts.balances(account, language),
        "sections": accounts.sections(account, bills, language),
        "tables": [],
    }


class _Page(Struct, frozen=True):
    """A letter with the words of its language."""

    language: Language
    lines: Any
    paper: Any
    mail: Mail

    def day(self, on: date | None) -> str:
        return day(on, self.language) if on else ""

    def addressee(self) -> list[str]:
        """The person, their title and the customer; in Chinese the customer first."""
        mail = self.mail
        person = [mail.name or self.paper.unnamed, *([mail.title] if mail.name and mail.title else [])]
        return [mail.customer, " ".join(reversed(person))] if self.language == "zh" else [*person, mail.customer]

    def prominent(self) -> list[Data]:
        """What is open by currency, renminbi in capital characters too; what was paid where nothing is asked for."""
        found = []
        for total in totals(self.mail.first.bills):
            sum_of = total.open if self.mail.asks else sum(bill.amount for bill in total.bills)
            in_capitals = self.language == "zh" and total.currency == "CNY"
            said = f"人民币{capitals(sum_of)}" if in_capitals else None
            found.append({"amount": amount(sum_of, total.currency), "capitals": said})
        return found

    def bills(self) -> Data:
        """Every bill, by currency, oldest first."""
        has_interest = any(bill.interest for bill in self.mail.first.bills)
        heads, own = self.lines.columns, self.paper.columns
        columns: list[Data] = [
            {"label": heads["bill"], "width": "1fr"},
            {"label": heads["issued"]},
            {"label": heads["due"]},
        ]
        if self.mail.asks:
            columns += [{"label": own["days"], "align": "right"}, {"label": heads["open"], "align": "right"}]
            columns += [{"label": own["interest"], "align": "right"}] if has_interest else []
        else:
            columns += [{"label": own["settled"]}, {"label": own["amount"], "align": "right"}]
        groups = [self._group(total, has_interest) for total in totals(self.mail.first.bills)]
        return {"columns": columns, "groups": groups}

    def _group(self, total: Total, has_interest: bool) -> Data:
        shown = total.bills[:MOST_ROWS]
        rows = [self._row(bill, has_interest) for bill in shown]
        blank = [""] * (len(rows[0]) if rows else 0)
        if len(total.bills) > len(shown):
            rows.append([f"… {self.lines.count(len(total.bills) - len(shown))}", *blank[1:]])
        sums = [str(self.paper.total(total)), *blank[1:4], amount(total.open, total.currency)]
        if not self.mail.asks:
            sums[-1] = amount(sum(bill.amount for bill in total.bills), total.currency)
        elif has_interest:
            late = sum(bill.interest for bill in total.bills)
            sums.append(amount(late, total.currency) if late else "")
        return {"rows": rows, "total": sums}

    def _row(self, bill: BillLine, has_interest: bool) -> list[Any]:
        whole = [{"text": bill.id, "notes": list(self._notes(bill))}, self.day(bill.issued_on), self.day(bill.due_on)]
        if not self.mail.asks:
            return [*whole, self.day(bill.settled_on), amount(bill.amount, bill.currency)]
        less = [str(self.paper.of(bill))] if bill.open != bill.amount else []
        less += [self.paper.undisputed] if bill.disputed else []
        late = str(bill.days_overdue) if bill.days_overdue > 0 else ""
        row = [*whole, late, {"text": amount(bill.open, bill.currency), "notes": less}]
        if has_interest:
            row.append(amount(bill.interest, bill.currency) if bill.interest else "")
        return row

    def _notes(self, bill: BillLine) -> Iterator[str]:
        if bill.reference:
            yield str(self.lines.referred(bill)).strip()
        if bill.tax:
            yield str(self.lines.tax(bill.tax)).strip()
        if self.mail.asks_confirmation and not bill.confirmed:
            yield str(self.lines.unconfirmed()).strip()

    def instalments(self) -> Data:
        """The parts of a plan, in order."""
        columns = [
            {"label": self.paper.columns["part"]},
            {"label": self.lines.columns["due"], "width": "1fr"},
            {"label": self.paper.columns["amount_of_part"], "align": "right"},
        ]
        rows = [
            [str(n), self.day(one.due_on), amount(one.amount, one.currency)]
            for n, one in enumerate(self.mail.instalments, start=1)
        ]
        return {"columns": columns, "groups": [{"rows": rows, "total": None}]}

    def banks(self) -> Iterator[Data]:
        """Where to pay, by currency, or whom to ask."""
        if not self.mail.asks:
            return
        for one in self.mail.banks:
            labels, title = self.lines.banking, str(self.lines.pay_in(one))
            if one.bank is None:
                yield {"title": title, "lines": [], "note": str(self.lines.ask_how_to_pay(self.mail, one))}
                continue
            values = {"payee": one.bank.payee, "bank": one.bank.bank, "account": one.bank.account}
            values["reference"] = one.reference or self.lines.by_number
            yield {"title": title, "lines": [{"label": labels[k], "value": v} for k, v in values.items()], "note": None}

    def slip(self, number: str) -> Data | None:
        """What the customer signs and returns."""
        if self.mail.returns is None:
            return None
        reply = self.paper.reply
        by = [_field(reply, name) for name in ("name", "title_of", "stamp", "day")]
        facts = [{"label": reply["customer"], "value": self.mail.customer}, {"label": reply["reference"], "value": number}]
        if self.mail.returns == "agreed":
            return {"title": reply["agreed"], "facts": facts, "boxes": [], "fields": [], "signed": by}
        sums = [one["amount"] for one in self.prominent()] or [self.paper.nothing]
        facts += [{"label": str(self.paper.balance(self.mail)), "value": "\n".join(sums)}]
        shown = [{"label": f"{reply['show']} {total.currency}"} for total in totals(self.mail.first.bills)]
        boxes, fields = [reply["agrees"], reply["differs"]], [*shown, _field(reply, "reason")]
        return {"title": reply["title"], "facts": facts, "boxes": boxes, "fields": fields, "signed": by}


def _field(labels: Mapping[str, str], name: str) -> Data:
    return {"label": labels[name], "tall": name == "stamp"}
