"""Nothing of a tenant is ever seen by another (I31): one fills every text there is with marks, and they are looked for in all
that the other can ask, hear and cause."""

import base64
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import httpx
import psycopg
import pytest

from service.api.roles import ROLES
from tests.api.routes import ENDLESS, GUARDED, ROUTES, Route
from tests.chaos.forked import barracks
from tests.journeys.company import Company
from tests.journeys.conftest import SECRET_KEY
from tests.journeys.house import House, on_database
from tests.journeys.marking import MARK, Marker, marks_in, operations
from tests.journeys.receiver import Receiver
from tests.patience import PATIENCE

Json = Any
NOW = "2026-03-02T10:00:00+08:00"
ERASED = ("POST /v1/customers/{customer}/contacts", "PATCH /v1/customers/{customer}/contacts/{contact}")
BY_HAND = ("on account", "matured", "returned")
"""Payments that finance works on."""

AGREED = (
    *("disputed", "planned", "planned with all", "extended", "lessened"),
    *("sued", "sued with all", "lost", "lost with all"),
)
"""Bills that something is agreed about, each of its own."""

VISITING = """
grammar: 1
name: visiting
ladders:
  - ladder: overdue
    start: due
    while: {stage: [collection]}
    steps: [{step: visit, rule: B5, at: P1D, every: P1D, times: 60, do: [{task: {kind: visit, why: overdue}}]}]
"""

LOOKED_AT = ("POST /v1/playbooks/{playbook}/check", "POST /v1/templates/{language}/{kind}/preview")

GONE = (*ERASED, *LOOKED_AT, "request id", "idempotency key")
"""What an erasure takes, what is looked at and forgotten, and what names a request that left no event."""

READERS = ("viewer", "erp", "collector", "admin")
"""Those who are shown different things, from least to most."""


@dataclass
class Scene:
    """The marked company, the other one with things of the same names, and where each hears."""

    house: House
    database: str
    marker: Marker
    marked: Company
    other: Company
    heard: Receiver
    overheard: Receiver
    ids: dict[str, str]
    sent: set[str]


@pytest.fixture(scope="module")
def scene(database: str) -> Iterator[Scene]:
    house = barracks(on_database(database, SECRET_KEY))
    house.environment |= {"DUNLOG_LOG_LEVEL": "debug", "DUNLOG_RATE_LIMIT": "0"}
    marker, receivers = Marker(), [Receiver(), Receiver()]
    companies: list[Company] = []
    try:
        house.start()
        tenant = marker.mark("tenant")
        marked = Company(house.url, house.tenant(tenant, now=NOW), tenant)
        other = Company(house.url, house.tenant("other", now=NOW), "other")
        companies += [marked, other]
        made = Scene(house, database, marker, marked, other, receivers[0], receivers[1], {}, set())
        fill(made)
        live_beside(made)
        yield made
    finally:
        house.stop()
        for receiver in receivers:
            receiver.close()
        for company in companies:
            company.http.close()


def fill(scene: Scene) -> None:
    """Every fact and every command once, with a mark in each of their texts."""
    told = _listen(scene.marked, scene.overheard, f"{scene.overheard.url}/{scene.marker.mark('webhook path')}")
    scene.ids["endpoint"] = told
    _facts(scene)
    scene.marked.walk("2026-03-03")
    _people(scene)
    scene.marked.walk("2026-03-09")


def _listen(company: Company, receiver: Receiver, url: str) -> str:
    made = company.do("admin", "/v1/webhook-endpoints", {"url": url, "types": ["*"]}, 201)
    receiver.secrets = [made["secret"]]
    return cast(str, made["id"])


def _facts(scene: Scene) -> None:
    mark, ids = scene.marker.mark, scene.ids
    for name in ("customer", "contact", "case", "open", "void", "submitted", "payment", "draft", *BY_HAND, *AGREED):
        ids[name] = mark(name)
    money = {"amount": "50.00", "currency": "CNY", "customer": ids["customer"]}
    issued = money | {"issued_on": "2026-01-05", "due_on": "2026-02-20", "confirmation_required": False}
    person = {"id": ids["contact"], "email": f"{mark('email')}@example.com", "role": "accounts_payable"}
    interest = {"annual_rate": "8", "day_count": "act/365"}
    known: dict[str, Json] = {"late_interest": interest}
    known |= {
        "time_zone": None,
        "playbook": None,
        "currency": "CNY",
        "credit_limit": "90.00",
        "customer": ids["customer"],
        "parent": None,
    }
    bill = {"invoice": ids["case"]}
    draft = {"payment": ids["draft"], "allocations": [], "method": "acceptance_draft", "matures_on": "2026-04-01"}
    given: list[tuple[str, dict[str, Json]]] = [
        ("customer.updated", known),
        ("payment.received", money | {"payment": ids["payment"], "allocations": [], "amount": "3.00"}),
        ("payment.received", money | {"payment": ids["on account"], "allocations": [], "amount": "3.00"}),
        ("invoice.submitted", money | {"invoice": ids["submitted"], "period": "2026-02"}),
        ("invoice.issued", issued | bill),
        ("invoice.issued", issued | {"invoice": ids["void"]}),
        ("invoice.issued", issued | {"invoice": ids["open"], "confirmation_required": True}),
        ("invoice.amended", {"invoice": ids["open"], "amount": "60.00"}),
        ("invoice.confirmed", {"invoice": ids["open"]}),
        ("pod.completed", bill),
        ("tax_invoice.requested", bill),
        ("tax_invoice.issued", bill),
        ("tax_invoice.dispatched", bill),
        ("invoice.credited", bill | {"amount": "1.00"}),
        ("invoice.due_date_changed", bill | {"due_on": "2026-02-21"}),
        ("invoice.voided", {"invoice": ids["void"]}),
        ("payment.allocated", {"payment": ids["payment"], "allocations": [bill | {"amount": "0.50"}]}),
        ("payment.reversed", {"payment": ids["payment"]}),
        ("payment.received", money | draft),
        ("payment.honoured", {"payment": ids["draft"]}),
        *(
            ("payment.received", money | draft | {"payment": ids[name], "amount": "0.10"})
            for name in ("matured", "returned")
        ),
        *(("invoice.issued", issued | {"invoice": ids[name]}) for name in AGREED),
    ]
    for type, values in given:
        data = scene.marker.fact(type) | values
        if "contacts" in data:
            data["contacts"] = [data["contacts"][0] | person, scene.marker.fact(type)["contacts"][0]]
        _tell(scene, type, data)


def _tell(scene: Scene, type: str, data: dict[str, Json]) -> None:
    event = scene.marked.event(type, **data) | {
        "source": scene.marker.mark("source"),
        "id": scene.marker.mark("event id"),
    }
    scene.sent |= set(marks_in(str(event)))
    scene.marked.post(event)


def _people(scene: Scene) -> None:
    """Every operation with a body, in an order in which each can be carried out."""
    left = set(operations())
    for role, operation, path, values in _script(scene):
        method, _, template = operation.partition(" ")
        body = {name: one for name, one in (scene.marker.body(method, template) | values).items() if one is not ...}
        headers = scene.marked.headers(role) | {
            "Idempotency-Key": scene.marker.mark("idempotency key"),
            "X-Request-Id": scene.marker.mark("request id"),
        }
        answer = scene.marked.http.request(method, path, json=body, headers=headers)
        scene.sent |= set(marks_in(f"{body} {headers}"))
        assert answer.is_success, (operation, answer.text)
        left.discard((method, template))
    assert not left, "operations without a mark: give them a line in _script"


def _script(scene: Scene) -> Iterator[tuple[str, str, str, dict[str, Json]]]:
    """(role, operation, address, what is not a mark; ... leaves a field out), each asked for when those before are done."""
    ids, marked = scene.ids, scene.marked
    case, customer = f"/v1/cases/{ids['case']}", f"/v1/customers/{ids['customer']}"
    talk = {"channel": "phone", "outcome": "reached", "contact": ids["contact"], "next_on": "2026-03-10"}
    some, until = {"cases": [ids["case"]]}, {"until": "2026-03-10"}
    playbook = marked.get("/v1/playbooks/standard")["text"]
    name = scene.marker.mark("playbook")
    text = {"text": playbook.replace("name: standard", f"name: {name}").replace("Standard procedure", name)}
    yield "admin", "PATCH /v1/settings", "/v1/settings", {
        "time_zone": ..., "windows": ..., "playbook": ..., "segment_playbooks": ..., "grace_days": ..., "banks": ...,
        "assignment": ..., "late_interest": ..., "sms_gateway": ...,
    }  # fmt: skip
    yield "admin", "POST /v1/playbooks", "/v1/playbooks", text | {"shipped": ...}
    tried = dict.fromkeys(("version", "shipped", "from", "to", "segment", "after"), ...) | {
        "replaces": [name], "customers": [ids["customer"]]
    }  # fmt: skip
    yield "supervisor", "POST /v1/playbooks/{playbook}/simulate", f"/v1/playbooks/{name}/simulate", text | tried
    yield "admin", "POST /v1/playbooks/{playbook}/check", f"/v1/playbooks/{name}/check", {}
    ids["playbook"], ids["user"] = name, scene.marker.mark("user")
    person = {"role": "collector", "reports_to": ..., "away": ...}
    yield "admin", "PUT /v1/users/{user}", f"/v1/users/{ids['user']}", person
    hook = f"https://example.com/{scene.marker.mark('url')}?{scene.marker.mark('query')}"
    yield "admin", "POST /v1/webhook-endpoints", "/v1/webhook-endpoints", {"url": hook, "types": ["never.happens"]}
    template = "/v1/templates/{language}/{kind}"
    for kind, unheard in (("reminder", {"ask": ...}), ("message-overdue", {})):
        yield "admin", f"PUT {template}", f"/v1/templates/en/{kind}", unheard
        yield "admin", f"POST {template}/preview", f"/v1/templates/en/{kind}/preview", unheard
    endpoints = "/v1/webhook-endpoints/{endpoint}"
    yield "admin", f"PATCH {endpoints}", f"/v1/webhook-endpoints/{ids['endpoint']}", {}
    yield "admin", f"POST {endpoints}/replay", f"/v1/webhook-endpoints/{ids['endpoint']}/replay", {"after": NOW}
    yield "collector", "POST /v1/cases/{case}/contact-log", f"{case}/contact-log", talk
    yield "collector", "POST /v1/cases/{case}/notes", f"{case}/notes", {}
    yield "collector", "POST /v1/cases/{case}/promises", f"{case}/promises", {"amount": "1.00", "due_on": "2026-03-12"}
    yield "supervisor", "POST /v1/cases/{case}/assign", f"{case}/assign", {"owner": ids["user"]}
    yield "supervisor", "POST /v1/cases/{case}/pause", f"{case}/pause", until
    yield "supervisor", "POST /v1/cases/{case}/resume", f"{case}/resume", {}
    yield from _agreed(scene, customer)
    yield from _pursued(scene, customer)
    yield from _about_customer(scene, customer, talk, some, until)
    yield from _reconciled(scene, customer)
    yield from _tasks_and_approvals(scene, customer, talk, until)
    yield from _money(scene)
    yield from _mail_in(scene)
    yield from _next_day(scene, customer)
    yield "legal", "POST /v1/cases/{case}/letters", f"{case}/letters", {"kind": "statement"}
    yield "legal", "POST /v1/customers/{customer}/letters", f"{customer}/letters", {"kind": "statement", **some}
    yield from _standing(scene, customer)


def _agreed(scene: Scene, path: str) -> Iterator[tuple[str, str, str, dict[str, Json]]]:
    """Disputes, plans, a later day, less money; of a bill and of the customer."""
    ids, bill, customer = scene.ids, "POST /v1/cases/{case}", "POST /v1/customers/{customer}"
    contested = {"reason": "price", "amount": "2.00", "owner": ...}
    parts = {"parts": [{"due_on": "2026-03-12", "amount": "20.00"}, {"due_on": "2026-03-19", "amount": "30.00"}]}
    yield "collector", f"{bill}/disputes", f"/v1/cases/{ids['disputed']}/disputes", contested
    solved = {"outcome": "ours"}
    yield "collector", f"{bill}/disputes/{{dispute}}/resolve", f"/v1/cases/{ids['disputed']}/disputes/1/resolve", solved
    yield "collector", f"{customer}/disputes", f"{path}/disputes", contested | {"cases": [ids["disputed"]]}
    yield "supervisor", f"{bill}/plans", f"/v1/cases/{ids['planned']}/plans", parts
    yield "supervisor", f"{customer}/plans", f"{path}/plans", parts | {"cases": [ids["planned with all"]]}
    yield "supervisor", f"{bill}/extend", f"/v1/cases/{ids['extended']}/extend", {"due_on": "2026-03-12"}
    less = {"amount": "1.00", "ends_on": "2026-03-12"}
    yield "supervisor", f"{bill}/discounts", f"/v1/cases/{ids['lessened']}/discounts", less
    for role, operation, whose in (("collector", bill, f"/v1/cases/{ids['lessened']}"), ("manager", customer, path)):
        yield role, f"{operation}/flags", f"{whose}/flags", {"flag": scene.marker.mark("flag")}
    deputy = {"to": ids["user"], "until": "2026-03-12", "kinds": ["hold"]}
    yield "manager", "POST /v1/delegations", "/v1/delegations", deputy
    gone = {"from": scene.marked.get(path)["owner"], "to": [ids["user"]], "customers": [ids["customer"]]}
    yield "supervisor", "POST /v1/reassignments", "/v1/reassignments", gone
    target = f"/v1/users/{ids['user']}/targets/2026-03"
    yield "admin", "PUT /v1/users/{user}/targets/{month}", target, {"amounts": {"CNY": "5.00"}}
    message = scene.marked.all("/v1/messages", customer=ids["customer"])[0]["id"]
    yield "collector", "POST /v1/messages/{message}/reply", f"/v1/messages/{message}/reply", {}


def _pursued(scene: Scene, path: str) -> Iterator[tuple[str, str, str, dict[str, Json]]]:
    """Handed over and given up; of a bill and of the customer."""
    ids, bill, customer = scene.ids, "POST /v1/cases/{case}", "POST /v1/customers/{customer}"
    sued, all_sued = f"/v1/cases/{ids['sued']}", {"cases": [ids["sued with all"]]}
    yield "legal", f"{bill}/hand-over", f"{sued}/hand-over", {"to": "lawyer"}
    yield "legal", f"{customer}/hand-over", f"{path}/hand-over", {"to": "lawyer"} | all_sued
    for asked in scene.marked.all("/v1/approvals", state="open", kind="hand_over"):
        scene.marked.do("manager", f"/v1/approvals/{asked['id']}/grant")
    yield "legal", f"{bill}/milestones", f"{sued}/milestones", {"milestone": "filed"}
    yield "legal", f"{customer}/milestones", f"{path}/milestones", {"milestone": "filed"} | all_sued
    yield "legal", f"{bill}/deadlines", f"{sued}/deadlines", {"what": "hearing", "on": "2026-05-12"}
    yield "legal", f"{bill}/deadlines/{{deadline}}/end", f"{sued}/deadlines/1/end", {"outcome": "dropped"}
    yield "legal", f"{bill}/costs", f"{sued}/costs", {"kind": "court_fee", "amount": "2.00"}
    yield "legal", f"{bill}/take-back", f"{sued}/take-back", {}
    yield "manager", f"{bill}/write-off", f"/v1/cases/{ids['lost']}/write-off", {}
    yield "manager", f"{customer}/write-off", f"{path}/write-off", {"cases": [ids["lost with all"]]}


def _about_customer(
    scene: Scene, path: str, talk: dict[str, Json], some: dict[str, Json], until: dict[str, Json]
) -> Iterator[tuple[str, str, str, dict[str, Json]]]:
    ids, operation = scene.ids, "/v1/customers/{customer}"
    due = {"amount": "2.00", "due_on": "2026-03-12", "cases": [ids["open"]]}
    yield "collector", f"POST {operation}/contact-log", f"{path}/contact-log", talk | some
    yield "collector", f"POST {operation}/notes", f"{path}/notes", some
    yield "collector", f"POST {operation}/promises", f"{path}/promises", due
    yield "supervisor", f"POST {operation}/pause", f"{path}/pause", until | some
    yield "supervisor", f"POST {operation}/resume", f"{path}/resume", some
    spare = scene.marker.mark("another contact")
    yield "collector", f"POST {operation}/contacts", f"{path}/contacts", {"id": spare}
    yield "collector", f"PATCH {operation}/contacts", f"{path}/contacts", {"id": ids["contact"], "email": ...}
    yield "collector", f"PATCH {operation}/contacts/{{contact}}", f"{path}/contacts/{spare}", {"id": spare}
    yield "admin", f"POST {operation}/contacts/{{contact}}/erase", f"{path}/contacts/{spare}/erase", {}


def _reconciled(scene: Scene, path: str) -> Iterator[tuple[str, str, str, dict[str, Json]]]:
    """Books compared: they differ, and are confirmed after all."""
    bill, one = {"cases": [scene.ids["open"]]}, "POST /v1/reconciliations/{reconciliation}"
    yield "finance", "POST /v1/customers/{customer}/reconciliations", f"{path}/reconciliations", bill
    sent = scene.marked.all(f"{path}/reconciliations")[0]["id"]
    scene.ids["reconciliation"] = sent
    said = {"balances": [{"currency": "CNY", "amount": "2.00"}], "on": ...}
    yield "finance", f"{one}/differ", f"/v1/reconciliations/{sent}/differ", said
    yield "collector", f"{one}/confirm", f"/v1/reconciliations/{sent}/confirm", {"on": ...}


def _money(scene: Scene) -> Iterator[tuple[str, str, str, dict[str, Json]]]:
    """What finance does by hand."""
    ids, operation = scene.ids, "POST /v1/payments/{payment}"
    some = {"allocations": [{"invoice": ids["case"], "amount": "0.50"}]}
    yield "finance", f"{operation}/allocate", f"/v1/payments/{ids['on account']}/allocate", some
    yield "finance", f"{operation}/honour", f"/v1/payments/{ids['matured']}/honour", {}
    yield "finance", f"{operation}/reverse", f"/v1/payments/{ids['returned']}/reverse", {}
    yield "finance", "PUT /v1/payment-feed", "/v1/payment-feed", {"known_through": "2026-03-03"}


def _mail_in(scene: Scene) -> Iterator[tuple[str, str, str, dict[str, Json]]]:
    """A mail about nothing, and a message that came back as if somebody had taken it before."""
    raw = base64.b64encode(b"From: nobody@example.com\r\n\r\nhello").decode()
    yield "erp", "POST /v1/inbound-mail", "/v1/inbound-mail", {"raw": raw}
    sent = scene.marked.all("/v1/messages", customer=scene.ids["customer"], state="captured")[0]["id"]
    with psycopg.connect(scene.database) as connection:
        connection.execute("UPDATE messages SET state = 'handed_over' WHERE id = %s", (sent,))
    yield "erp", "POST /v1/messages/{message}/bounced", f"/v1/messages/{sent}/bounced", {"code": ...}


def _next_day(scene: Scene, path: str) -> Iterator[tuple[str, str, str, dict[str, Json]]]:
    """A message that waits for advice, and a visit that another playbook asks for."""
    ids, marked, message = scene.ids, scene.marked, "/v1/messages/{message}"
    mail = f"/v1/messages/{ids['customer']}~{ids['contact']}~email~2026-03-04"
    yield "collector", f"POST {message}/withhold", f"{mail}/withhold", {}
    marked.do("admin", "/v1/playbooks", {"text": VISITING})
    moved = {"from_playbook": "standard", "cases": [ids["case"]], "customers": ...}
    yield "admin", "POST /v1/playbooks/{playbook}/move", "/v1/playbooks/visiting/move", moved
    yield "admin", "POST /v1/test-clock", "/v1/test-clock", {"now": "2026-03-04T10:00:00+08:00"}
    yield "supervisor", f"POST {message}/advise", f"{mail}/advise", {}
    (visit,) = marked.all("/v1/tasks", state="open", kind="visit", customer=ids["customer"])
    boss = scene.marker.mark("who decides")
    marked.do("collector", f"{path}/contacts", {"id": boss, "name": boss, "role": "decision_maker"})
    meeting = {"contact": boss, "at": "2026-03-05T10:00:00+08:00"}
    yield "supervisor", "POST /v1/tasks/{task}/appointment", f"/v1/tasks/{visit['id']}/appointment", meeting


def _standing(scene: Scene, path: str) -> Iterator[tuple[str, str, str, dict[str, Json]]]:
    """Credit, segment, and whom nobody may contact."""
    operation, measure = "/v1/customers/{customer}", {"measure": "cash_only"}
    yield "manager", f"POST {operation}/credit", f"{path}/credit", {**measure, "terms": ..., "percent": ...}
    (asked,) = scene.marked.all("/v1/approvals", state="open", kind="credit_terms")
    scene.marked.do("finance", f"/v1/approvals/{asked['id']}/grant")
    yield "manager", f"POST {operation}/credit/restore", f"{path}/credit/restore", measure
    scene.marked.do("manager", f"{path}/credit", {"measure": "stop", "reason": "two cheques came back"})
    (asked,) = scene.marked.all("/v1/approvals", state="open", kind="credit_stop")
    scene.marked.do("finance", f"/v1/approvals/{asked['id']}/grant")
    letter = scene.marked.feed("letter.issued", customer=scene.ids["customer"])[-1]["data"]["letter"]
    arrived = {"on": "2026-03-04", "signed": True}
    yield "legal", "POST /v1/letters/{letter}/receipt", f"/v1/letters/{letter}/receipt", arrived
    yield "manager", f"POST {operation}/segment", f"{path}/segment", {"segment": "risk"}
    yield "legal", f"POST {operation}/restrictions", f"{path}/restrictions", {"restriction": "insolvent"}


def _tasks_and_approvals(
    scene: Scene, customer: str, talk: dict[str, Json], until: dict[str, Json]
) -> Iterator[tuple[str, str, str, dict[str, Json]]]:
    ids, marked = scene.ids, scene.marked
    task, approval = "/v1/tasks/{task}", "/v1/approvals/{approval}"
    open_tasks = marked.all("/v1/tasks", state="open", customer=ids["customer"])
    call = next(one["id"] for one in open_tasks if one["kind"] == "call")
    yield "supervisor", f"POST {task}/assign", f"/v1/tasks/{call}/assign", {"owner": ids["user"]}
    yield "supervisor", f"POST {task}/snooze", f"/v1/tasks/{call}/snooze", until
    yield "supervisor", f"POST {task}/complete", f"/v1/tasks/{call}/complete", talk
    ids["task"] = call
    hold = "POST /v1/customers/{customer}/hold"
    yield "manager", hold, f"{customer}/hold", {}
    (asked,) = marked.all("/v1/approvals", state="open", kind="hold")
    yield "boss", f"POST {approval}/reject", f"/v1/approvals/{asked['id']}/reject", {}
    yield "manager", hold, f"{customer}/hold", {}
    (asked,) = marked.all("/v1/approvals", state="open", kind="hold")
    ids["approval"] = asked["id"]
    yield "boss", f"POST {approval}/grant", f"/v1/approvals/{asked['id']}/grant", {}
    held = marked.get(f"{customer}/credit")["hold"]["id"]
    _tell(
        scene, "hold.acknowledged", scene.marker.fact("hold.acknowledged") | {"customer": ids["customer"], "hold": held}
    )
    yield "manager", "POST /v1/customers/{customer}/release", f"{customer}/release", {}
    (asked,) = marked.all("/v1/approvals", state="open", kind="release")
    marked.do("boss", f"/v1/approvals/{asked['id']}/grant")
    released = scene.marker.fact("hold.release_acknowledged") | {"customer": ids["customer"], "hold": held}
    _tell(scene, "hold.release_acknowledged", released)


def live_beside(scene: Scene) -> None:
    """The other company does what companies do, and hears of it."""
    other = scene.other
    _listen(other, scene.heard, scene.heard.url)
    other.customer("C-1")
    other.bill("INV-1", "2026-01-05", "2026-02-20", confirmation_required=False)
    other.pay("P-1", "1.00", "2026-03-01")
    other.walk("2026-03-09")
    until = time.monotonic() + PATIENCE
    while "case.reminded" not in scene.heard.types() or "case.reminded" not in scene.overheard.types():
        assert time.monotonic() < until, (scene.heard.types(), scene.overheard.types())
        time.sleep(0.1)


# What was put in is really there


def test_every_mark_arrived(scene):
    """Else what follows would look for nothing."""
    with psycopg.connect(scene.database) as owner:
        tables = [name for (name,) in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        rows = [owner.execute(f"SELECT t::text FROM {table} t".encode()).fetchall() for table in tables]
    kept = set(marks_in(str(rows)))
    lost = {scene.marker.given[mark] for mark in scene.sent - kept}
    assert {what for what in lost if not what.startswith(GONE)} == set()
    assert len(kept) > 200


# What another tenant can ask, hear and cause


def seen(scene: Scene, answer: httpx.Response) -> list[str]:
    """Marks in an answer, its headers included, but for those that the request itself named."""
    asked = set(marks_in(f"{answer.request.url} {answer.request.content.decode()} {answer.request.headers}"))
    return [one for one in marks_in(f"{answer.text} {answer.headers}") if one not in asked]


def paths(route: Route, scene: Scene) -> Iterator[str]:
    """The route's address with the other company's own things, and with each of the marked one's."""
    parts = route.path.split("/")
    named = [index for index, part in enumerate(parts) if part.startswith("{")]
    if not named:
        yield route.path
        return
    owns = {"case": "INV-1", "customer": "C-1", "contact": "ap", "payment": "P-1", "name": "standard", "user": "li.na"}
    for id in (None, *scene.ids.values()):
        filled = list(parts)
        for index in named:
            filled[index] = id or owns.get(parts[index][1:-1], "none")
        yield "/".join(filled)


def test_no_answer_of_another_tenant_holds_a_mark(scene):
    """Every route that reads, by every role, with its own ids and the marked company's, page by page."""
    other, looked = scene.other, 0
    for route in (one for one in GUARDED if one.method == "GET" and one.path not in ENDLESS):
        for path in paths(route, scene):
            for role in READERS if marks_in(path) else sorted(ROLES):
                answer = other.http.get(
                    path, headers=other.headers(role), params={} if "{" in route.path else WIDE.get(path)
                )
                looked += 1
                assert seen(scene, answer) == [], (role, path, answer.text)
                for page in _more(other, role, answer, path):
                    assert seen(scene, page) == [], (role, path, page.text)
    assert looked > 500


WIDE: dict[str, dict[str, Any]] = {
    "/v1/cases": {"limit": 200},
    "/v1/events": {"limit": 200},
    "/v1/messages": {"limit": 1},
}


def _more(other: Company, role: str, answer: httpx.Response, path: str) -> Iterator[httpx.Response]:
    """The pages behind it, as far as they hold anything."""
    while answer.is_success and answer.headers["content-type"] == "application/json":
        found = answer.json()
        if not isinstance(found, dict) or not found.get("next_cursor") or not found["data"]:
            return
        params = WIDE.get(path, {}) | {"cursor": found["next_cursor"]}
        answer = other.http.get(path, headers=other.headers(role), params=params)
        yield answer


def test_no_search_finds_a_mark(scene):
    """By customer, by case, by prefix: what is another's is as if it were not."""
    other, ids = scene.other, scene.ids
    for path, params in [
        *[("/v1/cases", {name: ids["customer"]}) for name in ("customer", "q", "owner")],
        *[("/v1/cases", {"q": given}) for given in (MARK, ids["case"], ids["case"].upper())],
        *[("/v1/customers", {"q": given}) for given in (MARK, ids["customer"])],
        *[("/v1/messages", {name: value}) for name, value in (("customer", ids["customer"]), ("case", ids["case"]))],
        *[
            (path, {"customer": ids["customer"]})
            for path in ("/v1/tasks", "/v1/approvals", "/v1/payments", "/v1/events")
        ],
    ]:
        found = other.http.get(path, headers=other.headers("admin"), params=params)
        assert found.status_code == 200 and found.json()["data"] == [], (path, params, found.text)
        theirs = scene.marked.http.get(path, headers=scene.marked.headers("admin"), params=params)
        assert theirs.status_code == 200


def test_no_refusal_holds_a_mark(scene):
    """Every command on the marked company's things, and with texts, keys and event ids that are there already."""
    other, ids = scene.other, scene.ids
    for method, template in operations():
        parts = [part if not part.startswith("{") else ids["case"] for part in template.split("/")]
        for role in ("admin", "boss"):
            answer = other.http.request(method, "/".join(parts), json={}, headers=other.headers(role))
            assert seen(scene, answer) == [], (template, answer.text)
    events = scene.marked.all("/v1/cases/" + ids["case"] + "/events", "admin")
    assert events and marks_in(str(events))
    for name, value in (("invoice", ids["case"]), ("payment", ids["payment"])):
        fact = other.event("invoice.voided" if name == "invoice" else "payment.reversed", **{name: value})
        answer = other.http.post("/v1/events", json=fact, headers=other.headers("erp"))
        assert answer.status_code == 422 and seen(scene, answer) == []


def test_cursors_and_keys_of_one_tenant_are_nothing_to_another(scene):
    """A cursor of the marked company's is refused, its idempotency keys and event ids are free."""
    marked, other = scene.marked, scene.other
    for path in ("/v1/events", "/v1/cases", "/v1/messages", "/v1/tasks"):
        cursor = marked.get(path, "admin", limit=1)["next_cursor"]
        refused = other.http.get(path, headers=other.headers("admin"), params={"cursor": cursor, "limit": 1})
        assert (refused.status_code, refused.json()["code"]) == (422, "cursor_invalid"), path
    key = {"Idempotency-Key": "the-same"}
    for company, case in ((marked, scene.ids["case"]), (other, "INV-1")):
        note = company.http.post(
            f"/v1/cases/{case}/notes", json={"text": "same"}, headers=company.headers("collector") | key
        )
        assert note.status_code == 201 and "idempotent-replayed" not in note.headers
    fact = marked.event("customer.updated", customer="C-9") | {"source": "same", "id": "same"}
    for company in (marked, other):
        assert company.post(fact)[0]["status"] == "accepted"


def test_no_webhook_to_another_tenant_holds_a_mark(scene):
    assert len(scene.heard.raw) > 10 and marks_in(str(scene.overheard.raw))
    for body, headers in scene.heard.raw:
        assert marks_in(f"{body.decode()} {headers}") == []


def test_what_is_public_holds_no_mark(scene):
    for route in ROUTES:
        if route.right is None:
            answer = httpx.get(f"{scene.house.url}{route.path}", timeout=30)
            assert answer.status_code == 200
            assert seen(scene, answer) == [], route.path
            assert scene.other.tenant not in answer.text or route.path in ("/docs", "/v1/openapi.json")


def test_the_log_of_the_service_holds_no_mark(scene):
    """Neither names nor notes nor ids of anybody, though every level is told."""
    assert marks_in(scene.house.said()) == []
    assert not any(key in scene.house.said() for key in (*scene.marked.keys.values(), *scene.other.keys.values()))
