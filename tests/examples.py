"""Builders named by meaning: China's days of 2026, playbooks, people, bills."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from service.domain import commands as c
from service.domain.grammar import read
from service.domain.playbook import Playbook
from service.domain.scene import Asker
from service.domain.workdays import Calendar

ZONE = ZoneInfo("Asia/Shanghai")
ERP = Asker(actor="erp", role="erp")
CLOCK = Asker(actor="clock", role="clock")


def days(year: int, *spans: str) -> frozenset[date]:
    """`days(2026, "5-1..5")`: 1 to 5 May."""
    found = set()
    for text in spans:
        month, _, span = text.partition("-")
        first, _, last = span.partition("..")
        found |= {date(year, int(month), day) for day in range(int(first), int(last or first) + 1)}
    return frozenset(found)


# The State Council's notice for 2026, typed from the paper: Spring Festival 15-23 February with 14 and 28 worked, ...
OFF = days(2026, "1-1..3", "2-15..23", "4-4..6", "5-1..5", "6-19..21", "9-25..27", "10-1..7")
WORKED = days(2026, "1-4", "2-14", "2-28", "5-9", "9-20", "10-10")
CHINA = Calendar(
    version=1,
    country="CN",
    closed=frozenset(day for day in OFF if day.weekday() < 5),
    working=WORKED,
    published_until=2026,
)


class _AllText(yaml.CSafeLoader):
    """Every value is text, as playbooks are read."""

    yaml_implicit_resolvers: dict[str, Any] = {}


def yaml_data(text: str) -> Any:
    """A playbook's data as the grammar takes it."""
    return yaml.load(text, _AllText)


def a_playbook(text: str, version: int = 1) -> Playbook:
    """The playbook of the text, which must be clean."""
    playbook = read(yaml_data(text), version)
    assert isinstance(playbook, Playbook), playbook
    return playbook


SHIPPED = {
    file.stem: file.read_text("utf-8")
    for file in sorted(Path(__file__).parent.parent.joinpath("service/playbooks").glob("*.yaml"))
}
"""The texts of the playbooks that come with the service, by name."""

STANDARD_TEXT = SHIPPED["standard"]
STANDARD = a_playbook(STANDARD_TEXT)


def moment(text: str | datetime) -> datetime:
    """`2026-03-02`: nine o'clock there; `2026-03-02 18:00`: as it says."""
    if isinstance(text, datetime):
        return text
    local = datetime.fromisoformat(text if " " in text else f"{text} 09:00")
    return local.replace(tzinfo=ZONE).astimezone(UTC)


def day(text: str) -> date:
    """A date from its text."""
    return date.fromisoformat(text)


def maybe(text: str | None) -> date | None:
    """A date from its text, where there is one."""
    return day(text) if text else None


def a_contact(id: str = "ap", role: str = "accounts_payable", **facts: Any) -> c.ContactGiven:
    """A person who can be written to and called."""
    return c.ContactGiven(
        id=id,
        **{"role": role, "name": f"Name of {id}", "email": f"{id}@example.com", "phone": "+8610", **facts},
    )


def by(role: str, actor: str | None = None) -> Asker:
    """Somebody of ours."""
    return Asker(actor=actor or role, role=role)


def an_invoice(
    id: str = "INV-1", amount: str = "1000.00", due: str | None = "2026-04-01", **more: Any
) -> c.IssueInvoice:
    """A bill issued on 2 March, in yuan."""
    facts = {"currency": "CNY", "issued_on": date(2026, 3, 2), "due_on": maybe(due), **more}
    return c.IssueInvoice(invoice=id, customer="C-1", amount=amount, **facts)
