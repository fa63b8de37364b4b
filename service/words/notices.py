"""What one of our people is told in a day's mail: what happened, with the bills it is about and what was done so far."""

from datetime import date

from msgspec import Struct

from service.words.languages import Language
from service.words.letters import Composed
from service.words.sentences import say
from service.words.writing import amount, day, one_line

BILLS_LISTED = 20


class BillTold(Struct, frozen=True, kw_only=True):
    """A bill as it stands: `open` in minor units, and what was done of late."""

    id: str
    open: int
    currency: str
    days_overdue: int
    level: str
    since: date | None = None
    reminded_on: date | None = None
    promises_broken: int = 0


class Item(Struct, frozen=True, kw_only=True):
    """One thing to tell, as a code with what its sentence needs; the bills it is about, and how many there are in all."""

    code: str
    params: dict[str, object]
    bills: tuple[BillTold, ...] = ()


class Told(Struct, frozen=True, kw_only=True):
    """A person's mail."""

    language: Language
    today: date
    company: str
    name: str
    items: tuple[Item, ...]


def compose_notices(told: Told) -> Composed:
    """Subject and text."""
    language = told.language
    head = {"on": told.today, "count": len(told.items), "company": one_line(told.company), "name": one_line(told.name)}
    lines = [say("notices.greeting", language, **head), ""]
    for item in told.items:
        lines += [say(item.code, language, **item.params)]
        lines += [f"  - {_bill(bill, language)}" for bill in item.bills[:BILLS_LISTED]]
        if len(item.bills) > BILLS_LISTED:
            lines += [f"  - {say('notices.more', language, count=len(item.bills) - BILLS_LISTED)}"]
        lines += [""]
    lines += [say("notices.closing", language, **head)]
    return Composed(say("notices.subject", language, **head), "\n".join(lines) + "\n")


def _bill(bill: BillTold, language: Language) -> str:
    said = [say("notices.bill", language, bill=bill.id, amount=amount(bill.open, bill.currency), days=bill.days_overdue)]
    if bill.since:
        said.append(say("notices.level", language, level=bill.level, on=bill.since))
    if bill.reminded_on:
        said.append(say("notices.reminded", language, on=day(bill.reminded_on, language)))
    if bill.promises_broken:
        said.append(say("notices.broken", language, count=bill.promises_broken))
    return ("；" if language == "zh" else "; ").join(said)
