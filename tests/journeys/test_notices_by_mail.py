"""Our own people by e-mail: one mail a person and day over a real SMTP server, to those who stand above, in their language."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.channels.posts import said
from tests.chaos.forked import barracks
from tests.journeys.company import Company
from tests.journeys.conftest import SECRET_KEY, Founding
from tests.journeys.house import House, free_port, on_database
from tests.journeys.test_mail import DOMAIN, Office
from tests.patience import eventually

PEOPLE: dict[str, dict[str, Any]] = {
    "ma": {"role": "manager", "reports_to": "chen", "language": "zh"},
    "chen": {"role": "boss"},
    "su": {"role": "supervisor", "reports_to": "ma", "language": "en"},
    "sun": {"role": "supervisor", "reports_to": "ma"},
    "li": {"role": "collector", "reports_to": "su"},
}


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def house(database: str, port: int) -> Iterator[House]:
    with barracks(on_database(database, SECRET_KEY)) as house:
        house.environment |= {"DUNLOG_SMTP_URL": f"smtp://127.0.0.1:{port}", "DUNLOG_SMTP_FROM": f"receivables@{DOMAIN}"}
        house.start()
        yield house
        house.run("verify")
        house.stop()


@pytest.fixture
def office(port: int) -> Iterator[Office]:
    office = Office(port)
    office.open()
    yield office
    office.close()


def put(erp: Company, user: str, **more: Any) -> None:
    body = {"name": user.title(), "email": f"{user}@{DOMAIN}", **PEOPLE[user], **more}
    assert erp.ask("admin", "PUT", f"/v1/users/{user}", body).is_success


def ours(office: Office) -> list[tuple[str, str]]:
    """(to whom, when) of the mails to our own people, as `su 02-02`."""
    found = [mail for mail in office.mails() if mail["To"].addresses[0].domain == DOMAIN]
    return sorted((mail["To"].addresses[0].username, f"{mail['Date'].datetime:%m-%d}") for mail in found)


def test_C3_people_are_told_once_a_day_what_was_raised_to_them(
    company: Founding, office: Office, database: str
):
    erp = company()
    for user in ("chen", "ma", "su", "sun", "li"):
        put(erp, user)
    erp.choose(notices_by_mail=True, language="en", company="Dunlog Ltd")
    erp.customer(collector="li", confirmation_required=False)
    for bill in ("INV-1", "INV-2"):
        erp.bill(bill, "2026-01-05", "2026-01-19")
    erp.walk("2026-02-02", "12:00")  # D+14: both are escalated to the supervisor
    eventually(lambda: ("su", "02-02") in ours(office), "the supervisor is told")
    assert "sun" not in {who for who, _ in ours(office)}, "the other one has nothing to do with it"
    mail = max((one for one in office.mails() if one["To"].addresses[0].username == "su"), key=lambda one: one["Date"].datetime)
    text = said(mail)
    assert text.count("escalated to you") == 1 and "INV-1: CNY 1,000.00 open, 14 days overdue" in text and "INV-2" in text
    assert mail["Auto-Submitted"] == "auto-generated" and mail["Content-Language"] == "en"

    erp.do("collector", "/v1/cases/INV-1/contact-log", {"channel": "phone", "outcome": "refused", "contact": "ap"})
    erp.walk("2026-02-02", "16:00")
    put(erp, "su", away={"from": "2026-02-03", "until": "2026-02-04", "cover": "sun"})
    erp.walk("2026-02-03", "12:00")  # what came after the day's mail goes with the next one, to whoever stands in
    eventually(lambda: ("sun", "02-03") in ours(office), "the cover is told")
    erp.walk("2026-02-24", "12:00")  # D+1M after the Spring Festival: the manager, in Chinese
    eventually(lambda: ("ma", "02-24") in ours(office), "the manager is told")
    told = max((one for one in office.mails() if one["To"].addresses[0].username == "ma"), key=lambda one: one["Date"].datetime)
    assert told["Content-Language"] == "zh-CN" and "C-1 Ltd" in said(told) and "您好" in said(told)
    assert max(Counter(ours(office)).values()) == 1
    eventually(lambda: not waiting(database, erp), "nothing is under way any more")
    assert max(Counter(one["Message-ID"] for one in office.mails()).values()) == 1
    with psycopg.connect(database) as connection:
        rows = connection.execute("SELECT DISTINCT state FROM notice_mails WHERE tenant = %s", (erp.tenant,)).fetchall()
    assert rows == [("handed_over",)]


def waiting(database: str, erp: Company) -> bool:
    """Whether a mail to anybody is ready, and not yet recorded as gone."""
    with psycopg.connect(database) as connection:
        return any(
            connection.execute(f"SELECT FROM {table} WHERE tenant = %s AND state = 'ready' LIMIT 1", (erp.tenant,)).fetchone()
            is not None
            for table in ("messages", "notice_mails")
        )


def test_C3_whoever_does_not_want_mails_gets_none(company: Founding, office: Office, database: str):
    erp = company()
    put(erp, "chen")
    put(erp, "ma")
    put(erp, "su")
    erp.customer(confirmation_required=False)
    erp.bill("INV-1", "2026-01-05", "2026-01-19")
    erp.walk("2026-02-03", "12:00")
    with psycopg.connect(database) as connection:
        for table in ("notices", "notice_mails"):
            rows = connection.execute(f"SELECT count(*) FROM {table} WHERE tenant = %s", (erp.tenant,)).fetchone()
            assert rows == (0,)
