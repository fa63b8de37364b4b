"""Mail to customers over a real SMTP server: once a contact and day, later when the server is away, never about a paid bill.

Nothing waits for a retry here: the tests move a message's next try an hour back, as if that hour had passed.
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from functools import partial
from hashlib import sha256
from io import BytesIO
from typing import Any

import httpx
import psycopg
import pytest
from aiosmtpd.controller import Controller
from pypdf import PdfReader

from service.domain.commands import ReportMessage
from service.domain.scene import CLOCKWORK
from service.domain.workdays import Workdays
from service.engine.asks import Ask
from service.engine.handle import handle
from service.provision import create_key, create_tenant
from service.runtime import Runtime
from service.store.calendars import published
from tests.channels.inbound import bounce, reply
from tests.channels.posts import Post, parsed, said
from tests.chaos.forked import barracks
from tests.journeys.company import Company
from tests.journeys.conftest import SECRET_KEY, Founding
from tests.journeys.house import House, free_port, on_database
from tests.patience import eventually

DOMAIN = "seller.example"
AP = "ap@c-1.example"


@dataclass
class Office:
    """A post office that opens and closes."""

    port: int
    post: Post = field(default_factory=Post)

    def open(self) -> None:
        self._controller = Controller(self.post, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def close(self) -> None:
        if self._controller.loop.is_running():
            self._controller.stop(no_assert=True)

    def mails(self) -> list[EmailMessage]:
        return [parsed(raw) for _, _, raw in self.post.letters]


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def house(database: str, port: int) -> Iterator[House]:
    """A house with a mail server."""
    with barracks(on_database(database, SECRET_KEY)) as house:
        house.environment |= {
            "DUNLOG_SMTP_URL": f"smtp://127.0.0.1:{port}",
            "DUNLOG_SMTP_FROM": f"receivables@{DOMAIN}",
        }
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


@pytest.fixture
def an_hour_passes(database: str) -> Callable[[Company], None]:
    """For all that waits for another try (and for leases)."""

    def passes(company: Company) -> None:
        sql = "UPDATE messages SET next_at = next_at - interval '1 hour' WHERE tenant = %s AND state = 'ready'"
        with psycopg.connect(database) as connection:
            connection.execute(sql, (company.tenant,))

    return passes


def settled(company: Company) -> bool:
    """Whether everything that was written is on its way, or ended."""
    return "queued" not in states(company)


def written(company: Company) -> bool:
    """Whether the message waits for nothing but the mail server."""
    return company.messages(customer="C-1")[0]["text"] is not None


def states(company: Company) -> Counter[str]:
    return Counter(one["state"] for one in company.messages(customer="C-1") if one["channel"] == "email")


def overdue(company: Company, *bills: str) -> None:
    """Bills of one customer that are due on one day."""
    company.customer()
    for bill in bills:
        company.bill(bill, "2026-01-05", "2026-01-19", confirmation_required=False)


def test_C3_a_sandbox_with_a_mail_server_sends_each_message_once_under_an_id_of_its_own(
    company: Founding, office: Office
):
    erp = company()
    overdue(erp, "INV-1", "INV-2")
    erp.walk("2026-01-28")
    eventually(lambda: settled(erp), "all mails sent")
    messages = erp.messages(customer="C-1")
    assert [one["cases"] for one in messages] == [["INV-1", "INV-2"]] * 6
    assert Counter(mail["Message-ID"] for mail in office.mails()) == Counter(
        _mail_id(erp, one["id"]) for one in messages
    )
    assert {recipient for _, recipients, _ in office.post.letters for recipient in recipients} == {AP}
    assert {sender for sender, _, _ in office.post.letters} == {f"receivables@{DOMAIN}"}
    assert sorted(mail["Subject"] for mail in office.mails()) == sorted(one["subject"] for one in messages)
    handed = erp.log("INV-1", "message.handed_over")
    assert [event["data"]["message"] for event in handed] == [one["id"] for one in messages]


def _mail_id(company: Company, message: str) -> str:
    digest = sha256(f"{company.tenant}/{message}".encode()).hexdigest()
    return f"<{digest[:40]}@{DOMAIN}>"


def test_C6_a_mail_arrives_in_text_and_html_from_the_company_to_a_person_answers_reach_who_signs(
    company: Founding, office: Office
):
    """The language is the customer's; finance is in copy where its notice is forwarded (B2)."""
    erp = company()
    erp.choose(company="敦朗贸易", language="zh")
    for user, role, more in (
        ("collector", "collector", {"email": f"li.na@{DOMAIN}"}),
        ("fin", "finance", {"email": f"fin@{DOMAIN}"}),
        ("fin2", "finance", {}),
    ):
        assert erp.ask("admin", "PUT", f"/v1/users/{user}", {"name": user.title(), "role": role, **more}).is_success
    overdue(erp, "INV-1")
    erp.walk("2026-01-22")
    eventually(lambda: settled(erp) and len(office.mails()) > 1, "mails sent")
    first, second = sorted(office.mails(), key=lambda mail: mail["Date"].datetime)[:2]
    assert [part.get_content_type() for part in first.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    (message,) = [one for one in erp.messages(customer="C-1") if _mail_id(erp, one["id"]) == first["Message-ID"]]
    assert said(first) == message["text"]
    assert first["Content-Language"] == "zh-CN" and "您好" in said(first, "html") and "<table" in said(first, "html")
    assert first["From"].addresses[0].display_name == "敦朗贸易" and first["From"].addresses[0].domain == DOMAIN
    assert first["Reply-To"].addresses[0].addr_spec == f"li.na@{DOMAIN}"
    forwarded = [mail["Cc"] for mail in office.mails() if "财务盯账邮件" in said(mail)]
    assert forwarded and set(forwarded) == {f"fin@{DOMAIN}"} and first["Cc"] is None
    assert second["In-Reply-To"] == second["References"] == first["Message-ID"] and first["References"] is None


def test_C6_a_mail_arrives_in_the_companys_own_words_once_somebody_else_agreed(company: Founding, office: Office):
    erp = company()
    erp.choose(company="Seller", consents={"template": "boss"})
    own = {"subject": "逾期：{sums}", "title": "逾期", "opening": "{customer}有 {bills}逾期，\n请于{pay_by}前付清。"}
    waits = erp.ask("admin", "PUT", "/v1/templates/zh/message-overdue", {**own, "closing": "请回复{answer_to}。"})
    assert waits.status_code == 202
    erp.customer(language="zh")
    erp.bill("INV-1", "2026-01-05", "2026-01-19", confirmation_required=False)
    erp.walk("2026-01-20")
    eventually(lambda: settled(erp) and office.mails(), "the shipped words")
    erp.do("boss", f"/v1/approvals/{waits.json()['id']}/grant")
    erp.walk("2026-01-28")
    eventually(lambda: settled(erp) and len(office.mails()) > 3, "the company's own")
    own_words = [mail for mail in office.mails() if mail["Subject"] == "逾期：CNY 1,000.00"]
    assert own_words and len(own_words) < len(office.mails())
    for form in ("plain", "html"):
        assert re.search("请于2026年2月[0-9]日前付清。", said(own_words[-1], form)) and "请回复" in said(own_words[-1], form)


def test_G_the_reminder_ahead_encloses_the_statement_that_it_announces_and_the_log_has_its_hash(
    company: Founding, office: Office
):
    erp = company()
    erp.customer(playbook="early-reminder", language="en", name="Sun 😀 Ltd")
    erp.bill("INV-1", "2026-01-05", "2026-01-19", confirmation_required=False)
    erp.walk("2026-01-12")
    eventually(lambda: settled(erp) and office.mails(), "it is sent")
    (mail,) = office.mails()
    (enclosed,) = mail.iter_attachments()
    document = enclosed.get_payload(decode=True)
    assert isinstance(document, bytes) and enclosed.get_content_type() == "application/pdf"
    read = "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(document)).pages)
    assert "1December2025to12January2026" in read and "BillINV-1CNY1,000.00CNY1,000.00" in read
    assert "Sun?Ltd" in read and "Sun 😀 Ltd" in said(mail), "the mail does not wait for a sign that no font has"
    (printed,) = erp.get("/v1/events", type="letter.printed")["data"]
    assert (printed["data"]["kind"], printed["data"]["sha256"]) == ("statement", sha256(document).hexdigest())


def test_C3_a_live_tenant_sends_one_mail_a_contact_and_day_the_rest_waits_for_the_next_open_day(
    runtime: Runtime, house: House, office: Office
):
    zone, country, today, tomorrow = _open_now()
    create_tenant(runtime, "live", time_zone=zone, country=country, language="en")
    live = Company(house.url, {r: create_key(runtime, "live", r) for r in ("erp", "supervisor", "admin")}, "live")
    with closing(live.http):
        live.customer()
        old: dict[str, Any] = {
            "issued": str(today - timedelta(60)),
            "due": str(today - timedelta(20)),
            "confirmation_required": False,
        }
        first = [_bill(live, f"INV-{n}", **old) for n in (1, 2)]
        live.post(*first)
        eventually(lambda: len(office.mails()) == 1, "today's mail")
        live.post(_bill(live, "INV-3", **old))
        eventually(lambda: len(live.messages(customer="C-1")) == 2, "the next day's message")
        time.sleep(1)
        sent, waits = live.messages(customer="C-1")
        assert (sent["state"], sent["cases"]) == ("handed_over", ["INV-1", "INV-2"])
        assert (waits["state"], waits["id"].split("~")[3]) == ("queued", str(tomorrow))
        assert len(office.mails()) == 1 and "INV-1" in said(office.mails()[0])


def _bill(company: Company, id: str, issued: str, due: str, **more: Any) -> dict[str, Any]:
    facts = {"invoice": id, "customer": "C-1", "amount": "1000.00", "currency": "CNY"}
    return company.event("invoice.issued", **facts, issued_on=issued, due_on=due, **more)


def _open_now() -> tuple[str, str, date, date]:
    """A zone and a country where it is office hours for the next ten minutes, its today and its next open day."""
    now = datetime.now(UTC)
    for country in ("CN", "DE", "SA", "IR"):
        for hours in range(-11, 13):
            days = Workdays(published(country), f"Etc/GMT{hours:+d}")
            if days.in_window(now) and days.in_window(now + timedelta(minutes=10)):
                return days.zone, country, days.today(now), days.add_open(days.today(now), 1)
    raise AssertionError("it is a holiday everywhere")


def test_a_mail_server_that_was_away_gets_every_mail_once_it_is_back(
    company: Founding, office: Office, an_hour_passes: Callable[[Company], None]
):
    erp = company()
    overdue(erp, "INV-1")
    office.close()
    erp.walk("2026-01-12")
    time.sleep(0.5)
    assert states(erp) == {"queued": 1}
    office.open()
    office.post.refuse["DATA"] = "451 4.3.0 try later"
    an_hour_passes(erp)
    time.sleep(1)
    assert states(erp) == {"queued": 1} and office.mails() == []
    del office.post.refuse["DATA"]
    an_hour_passes(erp)
    eventually(lambda: states(erp) == {"handed_over": 1}, "it is sent")
    an_hour_passes(erp)
    time.sleep(0.5)
    assert len(office.mails()) == 1


def test_a_mail_nobody_takes_is_bounced_and_the_log_says_so(company: Founding, office: Office):
    erp = company()
    overdue(erp, "INV-1")
    office.post.refuse[AP] = "550 5.1.1 no such user"
    erp.walk("2026-01-12")
    eventually(lambda: states(erp) == {"bounced": 1}, "it is bounced")
    (bounced,) = erp.log("INV-1", "message.bounced")
    assert (bounced["data"]["contact"], bounced["data"]["code"]) == ("ap", "recipient_refused")
    assert erp.log("INV-1", "message.handed_over") == [] == office.mails()


def test_I13_a_bill_paid_after_the_mail_was_written_is_struck_from_it(
    company: Founding, office: Office, an_hour_passes: Callable[[Company], None]
):
    erp, other = company(), company()
    office.post.refuse["DATA"] = "451 4.3.0 try later"
    overdue(erp, "INV-1", "INV-2")
    overdue(other, "INV-3")
    for one in (erp, other):
        one.walk("2026-01-12")
        eventually(partial(written, one), "it is written")
    erp.pay("P-1", "1000.00", "2026-01-12", allocations=[{"invoice": "INV-1", "amount": "1000.00"}])
    other.pay("P-3", "1000.00", "2026-01-12")
    time.sleep(0.5)
    del office.post.refuse["DATA"]
    for one in (erp, other):
        an_hour_passes(one)
        eventually(partial(settled, one), "it is sent or struck")
    assert (states(erp), states(other)) == ({"handed_over": 1}, {"struck": 1})
    (mail,) = office.mails()
    for form in ("plain", "html"):
        assert "INV-2" in said(mail, form) and "INV-1" not in said(mail, form)


def test_a_mail_whose_sender_was_killed_goes_again_under_the_same_message_id(
    company: Founding, house: House, office: Office, an_hour_passes: Callable[[Company], None]
):
    erp = company()
    overdue(erp, "INV-1")
    taken = office.post.handle_DATA
    answers: list[str] = []

    async def take_and_kill(server: Any, session: Any, envelope: Any) -> str:
        answers.append(await taken(server, session, envelope))
        if len(answers) == 1:
            house.kill()
        return answers[-1]

    office.post.handle_DATA = take_and_kill  # type: ignore[method-assign]
    with suppress(httpx.TransportError):
        erp.walk("2026-01-12")
    eventually(lambda: not house.processes, "it is killed")
    house.start()
    erp.walk("2026-01-12")
    an_hour_passes(erp)
    eventually(lambda: states(erp) == {"handed_over": 1}, "it goes again")
    assert len(office.mails()) == 2 and len({raw for _, _, raw in office.post.letters}) == 1
    assert len(erp.log("INV-1", "message.handed_over")) == 1


def test_I9_how_a_mail_fared_stands_in_the_log_once_whoever_reports_it(
    company: Founding, runtime: Runtime, office: Office
):
    erp = company()
    overdue(erp, "INV-1")
    erp.walk("2026-01-12")
    eventually(lambda: states(erp) == {"handed_over": 1}, "it is sent")
    (sent,) = erp.messages(customer="C-1")
    told: dict[str, Any] = {"customer": "C-1", "message": sent["id"], "contact": "ap", "channel": "email"}
    late = ReportMessage(**told, cases=("INV-1",), outcome="bounced", code="timeout")
    (done,) = handle(runtime.desk, erp.tenant, [Ask(command=late, asker=CLOCKWORK)])
    assert done.status == "rejected"
    assert [event["type"] for event in erp.log("INV-1") if event["type"].startswith("message.")] == [
        "message.handed_over"
    ]
    assert states(erp) == {"handed_over": 1}


def inbound(company: Company, raw: bytes) -> dict[str, Any]:
    headers = company.headers("erp") | {"Content-Type": "message/rfc822"}
    response = company.http.post("/v1/inbound-mail", content=raw, headers=headers)
    assert response.status_code == 202, response.text
    answer: dict[str, Any] = response.json()
    return answer


def sent_until(company: Company, office: Office, day: str) -> EmailMessage:
    """The last mail that left by that day."""
    company.walk(day)
    eventually(lambda: settled(company), "it is sent")
    ours = [mail for mail in office.mails() if company.get(f"/v1/messages/{_message(company, mail)}")]
    return max(ours, key=lambda mail: mail["Date"].datetime)


def _message(company: Company, mail: EmailMessage) -> str:
    (found,) = [one["id"] for one in company.messages() if _mail_id(company, one["id"]) == mail["Message-ID"]]
    return str(found)


def test_C12_a_reply_that_comes_by_mail_stops_messages_until_its_owner_has_looked(company: Founding, office: Office):
    erp = company()
    overdue(erp, "INV-1")
    mail = sent_until(erp, office, "2026-01-20")
    message = _message(erp, mail)
    away = b"Auto-Submitted: auto-replied\r\n" + reply("I am away.", mail["Message-ID"], id="<0@x.example>")
    seen = inbound(erp, away)
    assert (seen["recognised"], seen["status"], seen["message"]) == ("auto_reply", "ignored", message)
    assert erp.tasks(kind="reply") == []
    answer = reply("We pay on Friday.\n\n> Our books show", mail["Message-ID"], sender="colleague@c-1.example")
    taken = inbound(erp, answer)
    assert (taken["recognised"], taken["status"], taken["message"]) == ("reply", "accepted", message)
    again = inbound(erp, b"Received: by another way\r\n" + answer)
    assert (again["recognised"], again["status"]) == ("reply", "duplicate")
    (replied,) = erp.log("INV-1", "message.replied")
    assert replied["private"]["text"] == "We pay on Friday." and erp.get(f"/v1/messages/{message}")["state"] == "replied"
    (task,) = erp.tasks(kind="reply", state="open")
    shown = erp.get(f"/v1/tasks/{task['id']}", "collector")["sheet"]["reply"]
    assert (shown["text"], shown["contact"], shown["message"]) == ("We pay on Friday.", "ap", message)


def test_C12_a_mail_of_somebody_who_was_written_to_is_a_reply_whatever_it_answers(company: Founding, office: Office):
    erp = company()
    overdue(erp, "INV-1")
    mail = sent_until(erp, office, "2026-01-20")
    taken = inbound(erp, reply("About INV-1", to=None, sender=AP.upper()))
    assert (taken["recognised"], taken["message"]) == ("reply", _message(erp, mail))
    erp.do("manager", "/v1/customers/C-1/contacts/ap/erase", {"reason": "asked for it"})
    (replied,) = erp.log("INV-1", "message.replied")
    assert not (replied.get("private") or {}).get("text")
    assert inbound(erp, reply("Again", to=None, sender=AP, id="<9@x.example>"))["recognised"] == "unknown"


def test_C9_a_bounce_is_told_once_counts_for_its_contact_and_the_third_is_a_lost_contact(company: Founding, office: Office):
    erp = company()
    overdue(erp, "INV-1")
    late = sent_until(erp, office, "2026-01-20")
    told = inbound(erp, bounce("delayed", "4.4.1", AP, late["Message-ID"], "<late@mx.example>", headers_only=True))
    assert (told["recognised"], told["status"]) == ("delay", "accepted")
    assert erp.get(f"/v1/messages/{_message(erp, late)}")["state"] == "handed_over"
    for n, day in enumerate(("2026-01-20", "2026-01-22", "2026-01-26")):
        mail = sent_until(erp, office, day)
        original = mail["Message-ID"] if n else None  # by the address alone, too
        raw = bounce("failed", "5.1.1", AP, original, f"<{n}@mx.example>")
        assert [inbound(erp, raw)["status"] for _ in range(2)] == ["accepted", "duplicate"]
        assert inbound(erp, bounce("failed", "5.1.1", AP, mail["Message-ID"], f"<{n}b@mx.example>"))["status"] == "ignored"
        assert erp.get(f"/v1/messages/{_message(erp, mail)}")["state"] == "bounced"
    bounced = erp.log("INV-1", "message.bounced")
    assert [(e["data"]["code"], e["data"]["missed"], e["data"]["returned"]) for e in bounced] == [
        ("5.1.1", n, True) for n in (1, 2, 3)
    ]
    (lost,) = erp.tasks(kind="lost_contact", state="open")
    assert (lost["role"], lost["contact"]) == ("supervisor", "ap")
