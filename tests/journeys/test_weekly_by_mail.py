"""The week's report by e-mail: on Friday, over a real SMTP server, once to each manager, with the figures that JSON has."""

from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import psycopg
import pytest

from tests.api.test_weekly import figures, text_of
from tests.channels.posts import said
from tests.chaos.forked import barracks
from tests.journeys.company import Company
from tests.journeys.conftest import SECRET_KEY, Founding
from tests.journeys.house import House, free_port, on_database
from tests.journeys.test_mail import DOMAIN, Office
from tests.patience import eventually

PEOPLE = {"ma": ("manager", "zh"), "gu": ("general_manager", "en"), "su": ("supervisor", "en")}


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture
def house(database: str, port: int) -> Iterator[House]:
    with barracks(on_database(database, SECRET_KEY)) as house:
        house.environment |= {"DUNLOG_SMTP_URL": f"smtp://127.0.0.1:{port}", "DUNLOG_SMTP_FROM": f"receivables@{DOMAIN}"}
        house.start()
        yield house
        house.stop()


def reports(office: Office) -> dict[tuple[str, str], list[tuple[EmailMessage, bytes]]]:
    """By whom it went to, and its name: the mails with a report, and the report."""
    found: dict[tuple[str, str], list[tuple[EmailMessage, bytes]]] = {}
    for mail in office.mails():
        for part in mail.iter_attachments():
            assert part.get_content_type() == "application/pdf"
            key = mail["To"].addresses[0].username, str(part.get_filename())
            found.setdefault(key, []).append((mail, part.get_content()))
    return found


WEEKS = {(user, f"weekly-2026-{week}.pdf") for user in ("ma", "gu") for week in ("W02", "W03")}
"""The two Fridays since the company is there."""


def test_K_managers_get_the_weeks_report_once_whatever_dies_on_the_way(
    company: Founding, house: House, port: int, database: str
):
    erp = company()
    for user, (role, language) in PEOPLE.items():
        body: dict[str, Any] = {"name": user.title(), "email": f"{user}@{DOMAIN}", "role": role, "language": language}
        assert erp.ask("admin", "PUT", f"/v1/users/{user}", body).is_success
    erp.choose(notices_by_mail=True, language="en", company="Dunlog Ltd")
    erp.customer(confirmation_required=False)
    erp.bill("INV-1", "2026-01-05", "2026-01-12", amount="12345.60")
    erp.bill("INV-2", "2026-01-05", "2026-02-27", amount="700.00")
    erp.walk("2026-01-16", "12:00")  # a Friday; nobody opens at the mail server
    eventually(lambda: tried(database, erp), "the mails were tried")
    house.kill()
    house.start()
    office = Office(port)
    office.open()
    try:
        an_hour_passes(database, erp)
        eventually(lambda: set(reports(office)) == WEEKS, "both managers have it")
        erp.walk("2026-01-22", "12:00")  # until the next Thursday nothing more comes
        told = erp.get("/v1/reports/weekly", "manager", week="2026-W03")
        assert told["as_of"] == "2026-01-15"
        assert set(reports(office)) == WEEKS
        assert [key for key, came in reports(office).items() if len(came) > 1] == []
        for user in ("ma", "gu"):
            ((mail, pages),) = reports(office)[user, "weekly-2026-W03.pdf"]
            assert mail["Auto-Submitted"] == "auto-generated"
            assert "2026-W03" in said(mail)
            read = text_of(pages)
            assert ("本周回款" if user == "ma" else "Received") in read
            assert "12,345.60" in read
            assert [one for one in figures(told) if one.replace(" ", "") not in read] == []
        assert max(Counter(mail["Message-ID"] for mail in office.mails()).values()) == 1
    finally:
        office.close()


def tried(database: str, erp: Company) -> bool:
    with psycopg.connect(database) as connection:
        sql = "SELECT count(*) FROM notice_mails WHERE tenant = %s AND week IS NOT NULL AND attempts > 0 AND state = 'ready'"
        row = connection.execute(sql, (erp.tenant,)).fetchone()
    return row == (len(WEEKS),)


def an_hour_passes(database: str, erp: Company) -> None:
    with psycopg.connect(database) as connection:
        sql = "UPDATE notice_mails SET next_at = next_at - interval '1 hour' WHERE tenant = %s AND state = 'ready'"
        connection.execute(sql, (erp.tenant,))
