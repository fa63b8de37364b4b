"""A letter or a message as data for the page that shows it: every word and sum as it is to be read, nothing left to compute."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from service.words import accounts
from service.words.compose import opened, words
from service.words.letters import BillLine, Letter
from service.words.mail import Mail, Part, Total, totals
from service.words.pages import MOST_ROWS, Data, Page
from service.words.writing import amount


def paper(letter: Letter, number: str) -> Data:
    """What `printing` needs to set the letter, which has a kind; `number` is what it is filed under."""
    mail = opened(letter)
    assert mail.said
    page = _Letter(letter.language, words(letter.language, "lines.txt"), words(letter.language, "paper.txt"), mail)
    first, *others = [line for line in str(page.lines.signature(mail)).splitlines() if line.strip()]
    return {
        "language": letter.language,
        "title": mail.said.title,
        "company": mail.company,
        "date": page.day(mail.today),
        "page": str(page.paper.page()),
        "number": number,
        "addressee": page.addressee(),
        "greeting": str(page.lines.greeting(mail)),
        "opening": mail.said.opening,
        **(accounts.told(letter.account, mail.first.bills, page) if letter.account else page.asked()),
        "notes": [page.paper.interest_apart] if any(bill.interest for bill in mail.first.bills) else [],
        "banks": list(page.banks()),
        "closing": mail.said.closing,
        "signature": {"closing": str(page.lines.yours()).strip(), "name": first.strip(), "lines": others},
        "slip": page.slip(number),
    }


def mailed(letter: Letter) -> Data:
    """What `printing` needs to show a message of the day: its parts as they stand below each other in the mail."""
    mail = opened(letter)
    page = _Letter(letter.language, words(letter.language, "lines.txt"), words(letter.language, "paper.txt"), mail)
    assert mail.first.said
    name, *others = [line for line in str(page.lines.signature(mail)).splitlines() if line.strip()]
    return {
        "language": letter.language,
        "title": mail.first.said.subject,
        "company": mail.company,
        "date": page.day(mail.today),
        "page": str(page.paper.page()),
        "to": str(page.lines.to(mail)),
        "greeting": str(page.lines.greeting(mail)),
        "opening": str(page.lines.first_words(mail.first.said.opening)),
        "parts": [page.part(part, leads=part is mail.first) for part in (*mail.parts, *mail.riders)],
        "banks": list(page.banks()),
        "closing": mail.first.said.closing,
        "signature": {"closing": str(page.lines.regards()).strip(), "name": name.strip(), "lines": others},
    }


def page_of(letter: Letter) -> str:
    """Which page shows it."""
    return "message" if not letter.kind else "statement" if letter.account else "letter"


class _Letter(Page, frozen=True):
    """A letter with the words of its language."""

    mail: Mail

    def asked(self) -> Data:
        """What is open, or what was paid where nothing is asked for: the sums, then each bill."""
        tables = [self.bills(), *([self.instalments()] if self.mail.instalments else [])]
        return {"totals": [self.prominent(total) for total in self.totals()], "tables": tables}

    def part(self, part: Part, leads: bool) -> Data:
        """A part of a message; one that stands alone has no heading, and who leads has asked already."""
        assert part.said
        sent = [str(self.lines.sent(bill)).strip() for bill in part.bills] if part.tells_dispatch else []
        alone = replace(self, mail=replace(self.mail, parts=(replace(part, bills=part.listed),)))
        return {
            "heading": None if self.mail.is_plain else part.said.title,
            "ask": None if leads else part.said.ask,
            "lines": sent,
            "table": alone.bills() if part.listed and not sent else None,
        }

    def addressee(self) -> list[str]:
        """The person, their title and the customer; in Chinese the customer first."""
        mail = self.mail
        person = [mail.name or self.paper.unnamed, *([mail.title] if mail.name and mail.title else [])]
        return [mail.customer, " ".join(reversed(person))] if self.language == "zh" else [*person, mail.customer]

    def totals(self) -> list[Total]:
        """By currency what is open, or what was paid where nothing is asked for."""
        found = totals(self.mail.first.bills)
        return found if self.mail.asks else [replace(one, open=sum(bill.amount for bill in one.bills)) for one in found]

    def bills(self) -> Data:
        """Every bill, by currency, oldest first."""
        has_interest = self.mail.asks and any(bill.interest for bill in self.mail.first.bills)
        columns = self.open_columns(has_interest)
        if not self.mail.asks:
            columns[3:] = [{"label": self.paper.columns["settled"]}, {"label": self.paper.columns["amount"], "align": "right"}]
        return {"columns": columns, "groups": [self._group(total, has_interest) for total in self.totals()]}

    def _group(self, total: Total, has_interest: bool) -> Data:
        shown = total.bills[:MOST_ROWS]
        rows = [self._row(bill, has_interest) for bill in shown]
        blank = [""] * (len(rows[0]) if rows else 0)
        if len(total.bills) > len(shown):
            rows.append([f"… {self.lines.count(len(total.bills) - len(shown))}", *blank[1:]])
        sums = [str(self.paper.total(total)), *blank[1:4], amount(total.open, total.currency)]
        if has_interest:
            late = sum(bill.interest for bill in total.bills)
            sums.append(amount(late, total.currency) if late else "")
        return {"rows": rows, "total": sums}

    def _row(self, bill: BillLine, has_interest: bool) -> list[Any]:
        less = [str(self.paper.of(bill))] if bill.open != bill.amount else []
        less += [self.paper.undisputed] if bill.disputed else []
        row = self.open_row(bill, list(self._notes(bill)), less, has_interest)
        return row if self.mail.asks else [*row[:3], self.day(bill.settled_on), amount(bill.amount, bill.currency)]

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
        sums = [amount(one.open, one.currency) for one in self.totals()] or [self.paper.nothing]
        facts += [{"label": str(self.paper.balance(self.mail)), "value": "\n".join(sums)}]
        shown = [{"label": f"{reply['show']} {total.currency}"} for total in totals(self.mail.first.bills)]
        boxes, fields = [reply["agrees"], reply["differs"]], [*shown, _field(reply, "reason")]
        return {"title": reply["title"], "facts": facts, "boxes": boxes, "fields": fields, "signed": by}


def _field(labels: Mapping[str, str], name: str) -> Data:
    return {"label": labels[name], "tall": name == "stamp"}
