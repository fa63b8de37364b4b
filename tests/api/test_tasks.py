"""The work list: what there is to do, done with a record, given away, put off."""

import pytest

from service.api.models.callsheets import CallSheet
from service.api.models.work import TaskAnswer
from tests.api.tenants import fits, problem

RECORD = {"channel": "phone", "outcome": "reached", "willingness": "yes", "contact": "zhang", "notes": "Friday."}


@pytest.fixture
def busy(tenant):
    """A call about two overdue bills of one customer, one about another's, and a tax invoice to issue."""
    for customer, bills in (("C-1", ("INV-1", "INV-2")), ("C-2", ("INV-3",))):
        tenant.customer(customer)
        for bill in bills:
            tenant.bill(bill, customer=customer, issued_on="2026-01-05", due_on="2026-02-27")
    tenant.bill("INV-4", customer="C-2", confirmation_required=True)
    tenant.post("invoice.confirmed", invoice="INV-4", tax_invoice={"title": "Hong Star", "tax_id": "91"})
    tenant.walk("2026-03-03")
    return tenant


def call_of(tenant, customer: str = "C-1"):
    (task,) = tenant.get("/v1/tasks", kind="call", customer=customer, state="open")["data"]
    return task


def test_the_list_by_due_date_and_id_in_pages(busy):
    whole = [task for page in busy.pages("/v1/tasks", limit=1, sort="due_on") for task in page]
    assert [task["id"] for task in whole] == busy.ids("/v1/tasks", sort="due_on")
    assert [(task["due_on"] or "~", task["id"]) for task in whole] == sorted(
        (t["due_on"] or "~", t["id"]) for t in whole
    )
    assert sorted((task["kind"], task["role"]) for task in whole) == [
        ("call", "collector"),
        ("call", "collector"),
        ("finance", "finance"),
    ]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ("kind=call&customer=C-1", ["C-1"]),
        ("role=finance", ["C-2"]),
        ("owner=collector", ["C-1", "C-2"]),
        ("state=completed", []),
        ("due_before=2026-03-02", []),
        ("due_before=2026-03-03", ["C-1", "C-2"]),
    ],
)
def test_the_list_is_narrowed(busy, filters, expected):
    assert (
        sorted(task["customer"] for task in busy.as_("viewer").get(f"/v1/tasks?{filters}").json()["data"]) == expected
    )


def test_C5_a_call_has_its_sheet(busy):
    said = {**RECORD, "outcome": "promised", "ability": "part", "cause": "cash_short"}
    assert busy.as_("collector").post("/v1/customers/C-1/contact-log", json=said).status_code == 201
    part = {"amount": "100.00", "due_on": "2026-03-06"}
    assert busy.as_("collector").post("/v1/cases/INV-2/promises", json=part).status_code == 201
    response = busy.as_("collector").get(f"/v1/tasks/{call_of(busy)['id']}", headers={"Accept-Language": "en"})
    sheet = fits(CallSheet, fits(TaskAnswer, response.json())["sheet"])
    assert [(bill["case"], bill["open_amount"]) for bill in sheet["bills"]] == [("INV-1", "1200.00"), ("INV-2", "1200.00")]
    assert (sheet["open"], sheet["bills_in_all"]) == ({"CNY": "2400.00"}, 2)
    (person,) = sheet["people"]
    assert (person["phone"], person["to_say"], person["missed"]) == ("+86 21 5555 0100", "details", 0)
    assert (sheet["last"]["notes"], sheet["last"]["actor"], sheet["last"]["cause"]) == ("Friday.", "collector", "cash_short")
    assert [(one["kind"], one["case"], one["amount"]) for one in sheet["commitments"]] == [("promise", "INV-2", "100.00")]
    assert (sheet["deadline"]["on"], sheet["deadline"]["why_code"]) == ("2026-03-06", "sheet.open_days")
    first = sheet["objections"][0]
    assert (first["code"], first["signs"]) == ("cash_is_short", ["able_part", "cash_short"])
    assert "CNY 2,400.00" in first["answer"] and "6 March 2026" in first["answer"]
    chinese = busy.as_("collector").get(f"/v1/tasks/{call_of(busy)['id']}", headers={"Accept-Language": "zh"}).json()
    assert "2026年3月6日" in chinese["sheet"]["objections"][0]["answer"]


def test_C5_other_work_closed_work_and_other_readers_have_none(busy):
    (finance,) = busy.get("/v1/tasks", kind="finance")["data"]
    assert busy.get(f"/v1/tasks/{finance['id']}")["sheet"] is None
    call = call_of(busy)["id"]
    assert busy.get(f"/v1/tasks/{call}")["sheet"] is not None
    for role in ("viewer", "erp"):
        assert busy.get(f"/v1/tasks/{call}", role)["sheet"] is None
    assert busy.as_("collector").post(f"/v1/tasks/{call}/complete", json=RECORD).status_code == 200
    assert busy.get(f"/v1/tasks/{call}")["sheet"] is None


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("kind=dance", "/query/kind", "not_one_of"),
        ("state=done", "/query/state", "not_one_of"),
        ("due_before=tomorrow", "/query/due_before", "bad_date"),
        ("limit=201", "/query/limit", "out_of_range"),
        ("colour=red", "/query/colour", "unknown_field"),
        ("cursor=abc", "/query/cursor", "cursor_invalid"),
    ],
)
def test_a_list_that_cannot_be_is_refused(tenant, query, pointer, code):
    response = tenant.as_("viewer").get(f"/v1/tasks?{query}")
    assert response.status_code == 422, response.text
    (fault,) = response.json()["errors"]
    assert fault["pointer"] == pointer
    assert fault["code"] in (code, "unknown_parameter")


def test_a_task_says_what_is_wanted_and_why(busy):
    task = fits(TaskAnswer, busy.get(f"/v1/tasks/{call_of(busy)['id']}"))
    assert (task["customer"], task["cases"], task["bills"]) == ("C-1", ["INV-1", "INV-2"], 2)
    assert (task["why_code"], task["due_on"]) == ("task.overdue", "2026-03-02")
    assert task["best_from"].startswith("2026-03-02T10:00")
    assert task["why"].startswith("Ask for")
    chinese = busy.as_("viewer").get(f"/v1/tasks/{task['id']}", headers={"Accept-Language": "zh"}).json()
    assert chinese["why"] != task["why"]


def test_completing_records_the_contact_on_every_bill(busy):
    task = call_of(busy)
    done = busy.as_("collector").post(f"/v1/tasks/{task['id']}/complete", json=RECORD)
    assert done.status_code == 200, done.text
    assert done.json()["state"] == "completed"
    for case in ("INV-1", "INV-2"):
        log = [event["type"] for page in busy.pages(f"/v1/cases/{case}/events") for event in page]
        assert {"task.completed", "contact.logged"} <= set(log)
    again = busy.as_("collector").post(f"/v1/tasks/{task['id']}/complete", json=RECORD)
    assert problem(again) == (409, "task_closed")


def test_a_call_needs_its_record(busy):
    path = f"/v1/tasks/{call_of(busy)['id']}/complete"
    assert problem(busy.as_("collector").post(path, json={})) == (422, "record_required")
    assert problem(busy.as_("collector").post(path, json={"notes": "x"})) == (422, "record_incomplete")
    assert problem(busy.as_("collector").post(path, json=RECORD | {"contact": "nobody"})) == (422, "unknown_contact")
    assert call_of(busy)["state"] == "open"


def test_finance_and_legal_work_on_their_own(busy):
    (tax,) = busy.get("/v1/tasks", kind="finance")["data"]
    assert problem(busy.as_("legal").post(f"/v1/tasks/{tax['id']}/complete", json={})) == (403, "role_may_not")
    assert problem(busy.as_("finance").post(f"/v1/tasks/{call_of(busy)['id']}/complete", json=RECORD))[0] == 403
    assert busy.as_("finance").post(f"/v1/tasks/{tax['id']}/complete", json={}).json()["state"] == "completed"


def test_a_task_is_given_to_somebody(busy):
    for task in (call_of(busy), busy.get("/v1/tasks", kind="finance")["data"][0]):
        given = busy.as_("supervisor").post(f"/v1/tasks/{task['id']}/assign", json={"owner": "wang.wei"})
        assert given.status_code == 200, given.text
        assert (given.json()["owner"], given.json()["role"]) == ("wang.wei", task["role"])
        assert given.json() | {name: task[name] for name in ("owner", "worker")} == task
    assert len(busy.get("/v1/tasks", owner="wang.wei")["data"]) == 2


def test_a_task_stays_with_whom_it_was_given_to(busy):
    busy.as_("supervisor").post(f"/v1/tasks/{call_of(busy)['id']}/assign", json={"owner": "wang.wei"})
    busy.post("invoice.voided", invoice="INV-1")
    assert (call_of(busy)["owner"], call_of(busy)["cases"]) == ("wang.wei", ["INV-2"])
    busy.bill("INV-5", issued_on="2026-01-05", due_on="2026-02-27")
    busy.walk("2026-03-04")
    assert (call_of(busy)["owner"], call_of(busy)["cases"]) == ("wang.wei", ["INV-2", "INV-5"])


def test_a_task_is_put_off_and_not_told_as_neglected_before(busy):
    put_off = busy.as_("collector").post(
        f"/v1/tasks/{call_of(busy)['id']}/snooze", json={"until": "2026-03-12", "reason": "Back on Thursday."}
    )
    assert put_off.status_code == 200, put_off.text
    assert put_off.json()["due_on"] == "2026-03-12"
    assert put_off.json()["best_from"].startswith("2026-03-12T09:00")
    busy.walk("2026-03-11")

    def neglected(customer: str) -> int:
        events = busy.get("/v1/events", type="notice.raised", customer=customer, limit=200)["data"]
        return sum(event["data"]["text"] == "task_neglected" for event in events)

    assert (neglected("C-1"), neglected("C-2")) == (0, 1)
    busy.walk("2026-03-18")
    assert neglected("C-1") == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"until": "2026-03-03", "reason": "x"}, 422, "date_in_past"),
        ({"until": "2026-03-18", "reason": "x"}, 403, "pause_too_long"),
        ({"until": "2026-03-05"}, 422, "field_missing"),
        ({"until": "2026-03-05", "reason": ""}, 422, "reason_required"),
        ({"until": "2300-01-01", "reason": "x"}, 422, "date_out_of_range"),
    ],
)
def test_a_snooze_that_cannot_be_is_refused(busy, body, status, code):
    assert problem(busy.as_("collector").post(f"/v1/tasks/{call_of(busy)['id']}/snooze", json=body)) == (status, code)


def test_an_own_task_is_put_off_too(busy):
    (tax,) = busy.get("/v1/tasks", kind="finance")["data"]
    body = {"until": "2026-03-09", "reason": "The printer."}
    put_off = busy.as_("finance").post(f"/v1/tasks/{tax['id']}/snooze", json=body).json()
    assert put_off == tax | {"due_on": "2026-03-09"}


@pytest.mark.parametrize("id", ["call~C-9.1", "x" * 500, "%00", "a b"])
def test_what_is_not_there_is_not_found(busy, id):
    assert problem(busy.as_("viewer").get(f"/v1/tasks/{id}"))[0] == 404
    assert problem(busy.as_("collector").post(f"/v1/tasks/{id}/complete", json=RECORD))[0] == 404
