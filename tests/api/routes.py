"""All routes of the service with the rights they ask for, found in the application itself: a new one is there by itself."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from service.api.roles import Right
from service.app import drawn
from tests.api.tenants import Tenant

PUBLIC = {"/healthz", "/readyz", "/metrics", "/docs", "/v1/openapi.json"}
"""What is there for everybody: operating, and the documentation."""

NOTE, PERSON = {"text": "x"}, {"name": "Chen"}
RECORD = {"channel": "phone", "outcome": "reached"}
REASON, PROMISE = {"reason": "x"}, {"due_on": "2026-03-13"}
DISPUTE = {"reason": "price", "text": "x"}
PLAN = {"count": 2, "first_on": "2026-03-20"}
FLAG = {"flag": "wilful_default"}
PAUSE = {"until": "2026-03-10", "reason": "x"}
TEMPLATE = {"subject": "{headline}", "title": "REMINDER", "opening": "Pay by {pay_by}.", "closing": "Ask {answer_to}."}

BODIES: dict[str, Any] = {
    "POST /v1/cases/{case}/contact-log": RECORD,
    "POST /v1/cases/{case}/promises": PROMISE,
    "POST /v1/cases/{case}/plans": PLAN,
    "POST /v1/cases/{case}/disputes": DISPUTE,
    "POST /v1/cases/{case}/extend": {"due_on": "2026-03-31", "reason": "x"},
    "POST /v1/cases/{case}/discounts": {"amount": "0.10", "ends_on": "2026-03-31", "reason": "x"},
    "POST /v1/cases/{case}/disputes/{dispute}/resolve": {"outcome": "ours", "text": "x"},
    "POST /v1/cases/{case}/pause": PAUSE,
    "POST /v1/cases/{case}/resume": {},
    "POST /v1/cases/{case}/assign": {"owner": "li.na"},
    "POST /v1/cases/{case}/notes": NOTE,
    "POST /v1/playbooks/{name}/move": {},
    "POST /v1/playbooks/{name}/simulate": {"version": 1},
    "POST /v1/cases/{case}/flags": FLAG,
    "POST /v1/cases/{case}/write-off": REASON,
    "POST /v1/cases/{case}/hand-over": {"to": "agency", "reason": "x"},
    "POST /v1/customers/{customer}/hand-over": {"to": "agency", "reason": "x"},
    "POST /v1/cases/{case}/take-back": REASON,
    "POST /v1/cases/{case}/milestones": {"milestone": "filed"},
    "POST /v1/customers/{customer}/milestones": {"milestone": "filed"},
    "POST /v1/cases/{case}/deadlines": {"what": "hearing", "on": "2026-05-12"},
    "POST /v1/cases/{case}/deadlines/{deadline}/end": {"outcome": "met"},
    "POST /v1/cases/{case}/costs": {"kind": "court_fee", "amount": "1.00"},
    "POST /v1/customers/{customer}/flags": FLAG,
    "POST /v1/customers/{customer}/write-off": REASON,
    "POST /v1/payments/{payment}/allocate": {"allocations": [{"invoice": "INV-1", "amount": "1.00"}]},
    "POST /v1/customers/{customer}/contact-log": RECORD,
    "POST /v1/customers/{customer}/promises": PROMISE,
    "POST /v1/customers/{customer}/plans": PLAN,
    "POST /v1/customers/{customer}/disputes": DISPUTE,
    "POST /v1/customers/{customer}/pause": PAUSE,
    "POST /v1/customers/{customer}/resume": {},
    "POST /v1/customers/{customer}/notes": NOTE,
    "POST /v1/customers/{customer}/hold": REASON,
    "POST /v1/customers/{customer}/release": REASON,
    "POST /v1/customers/{customer}/credit": {"measure": "cash_only", **REASON},
    "POST /v1/customers/{customer}/credit/restore": {"measure": "stop", **REASON},
    "POST /v1/customers/{customer}/restrictions": {"restriction": "insolvent", **REASON},
    "POST /v1/customers/{customer}/segment": {"segment": "risk", **REASON},
    "POST /v1/customers/{customer}/contacts": PERSON,
    "PATCH /v1/customers/{customer}/contacts": {"id": "zhang", "title": "CFO"},
    "PATCH /v1/customers/{customer}/contacts/{contact}": {"title": "CFO"},
    "POST /v1/customers/{customer}/contacts/{contact}/erase": REASON,
    "POST /v1/cases/{case}/letters": {"kind": "reminder"},
    "POST /v1/customers/{customer}/letters": {"kind": "reminder"},
    "POST /v1/letters/{letter}/receipt": {"signed": True},
    "POST /v1/customers/{customer}/reconciliations": {},
    "POST /v1/reconciliations/{reconciliation}/confirm": {},
    "POST /v1/reconciliations/{reconciliation}/differ": {"balances": [{"currency": "CNY", "amount": "1.00"}]},
    "PUT /v1/templates/{language}/{kind}": TEMPLATE,
    "POST /v1/templates/{language}/{kind}/preview": TEMPLATE,
    "POST /v1/messages/{message}/reply": {"text": "x"},
    "POST /v1/messages/{message}/withhold": {"question": "x"},
    "POST /v1/messages/{message}/advise": {},
    "POST /v1/tasks/{task}/appointment": {"contact": "zhang", "at": "2026-03-09T10:00:00+08:00"},
    "PUT /v1/users/{user}/targets/{month}": {"amounts": {"CNY": "1000.00"}},
    "POST /v1/tasks/{task}/complete": RECORD,
    "POST /v1/tasks/{task}/assign": {"owner": "li.na"},
    "POST /v1/tasks/{task}/snooze": PAUSE,
    "POST /v1/approvals/{approval}/grant": {},
    "POST /v1/approvals/{approval}/reject": REASON,
    "POST /v1/reassignments": {"from": "collector", "to": ["li.na"], "reason": "x"},
    "POST /v1/delegations": {"to": "li.na", "until": "2026-03-31", "reason": "x"},
    "PATCH /v1/webhook-endpoints/{endpoint}": {"enabled": False},
    "POST /v1/webhook-endpoints/{endpoint}/replay": {"after": "2026-01-01T00:00:00Z"},
}
"""A body that could be carried out, for every route that takes one and names something."""

OWN_NAMESPACE = {
    *("PUT /v1/users/{user}/targets/{month}", "PUT /v1/users/{user}", "POST /v1/playbooks/{name}/check"),
    *(f"{method} /v1/templates/{{language}}/{{kind}}" for method in ("GET", "PUT", "DELETE")),
    "POST /v1/templates/{language}/{kind}/preview",
}
"""What names something that need not be there."""


class Route(NamedTuple):
    method: str
    path: str
    right: Right | None

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def rights_of(dependant: Dependant) -> Iterator[Right]:
    if right := getattr(dependant.call, "right", None):
        yield right
    for inner in dependant.dependencies:
        yield from rights_of(inner)


def all_routes() -> Iterator[Route]:
    """Of the whole application, whatever they were added with."""
    for one in iter_route_contexts(drawn().routes):
        dependant = getattr(one, "dependant", None)
        found = list(rights_of(dependant)) if dependant else []
        assert len(found) <= 1, one.path
        yield from (
            Route(method, one.path or "", found[0] if found else None) for method in sorted(one.methods or ("ANY",))
        )


ROUTES = list(all_routes())
ENDLESS = frozenset({"/v1/stream"})
GUARDED = [route for route in ROUTES if route.right]
NAMING = [route for route in GUARDED if "{" in route.path and route.name not in OWN_NAMESPACE]


def ask(tenant: Tenant, route: Route, client: httpx.Client, path: str | None = None) -> httpx.Response:
    path = path or re.sub(r"{\w+}", "X-1", route.path)
    body = BODIES.get(route.name, {} if route.method in ("POST", "PUT", "PATCH") else None)
    return heard(client, route.method, path, json=body)


def heard(client: httpx.Client, method: str, target: str, **asked: Any) -> httpx.Response:
    """The answer; of one that never ends, how it begins."""
    if method != "GET" or target.partition("?")[0] not in ENDLESS:
        return client.request(method, target, **asked)
    with client.stream("GET", target, **asked) as response:
        content = next(response.iter_bytes(), b"")
    return httpx.Response(response.status_code, headers=response.headers, content=content)


def things_of(stranger: Tenant) -> dict[str, str]:
    """Something of that tenant's for every name that a path may hold."""
    stranger.customer()
    stranger.bill("INV-1", issued_on="2026-01-05", due_on="2026-02-20")
    stranger.post("payment.received", payment="P-1", customer="C-1", amount="1.00", currency="CNY")
    stranger.as_("admin").put("/v1/users/li.na", json={"name": "Li Na", "role": "collector"})
    text = stranger.get("/v1/playbooks/standard")["text"].replace("name: standard", "name: theirs")
    assert stranger.as_("admin").post("/v1/playbooks", json={"text": text}).status_code == 201
    endpoint = {"url": "https://example.com", "types": ["*"]}
    made = stranger.as_("admin").post("/v1/webhook-endpoints", json=endpoint).json()["id"]
    test = stranger.as_("admin").post(f"/v1/webhook-endpoints/{made}/test").json()["id"]
    approval = stranger.as_("manager").post("/v1/customers/C-1/hold", json={"reason": "x"}).json()["id"]
    word = {"to": "li.na", "until": "2026-03-31", "reason": "x"}
    delegation = stranger.as_("manager").post("/v1/delegations", json=word).json()["id"]
    stranger.walk("2026-03-03")
    books = stranger.as_("finance").post("/v1/customers/C-1/reconciliations", json={}).json()["id"]
    task = stranger.ids("/v1/tasks")[0]
    disputed = {"reason": "price", "text": "x", "amount": "1.00"}
    assert stranger.as_("collector").post("/v1/cases/INV-1/disputes", json=disputed).status_code == 201
    message = stranger.ids("/v1/messages")[0]
    return {
        "/v1/cases/{}": "INV-1",
        "/v1/customers/{}": "C-1",
        "/contacts/{}": "zhang",
        "/v1/payments/{}": "P-1",
        "/disputes/{}": "1",
        "/deadlines/{}": "1",
        "/v1/tasks/{}": task,
        "/v1/approvals/{}": approval,
        "/v1/delegations/{}": delegation,
        "/v1/messages/{}": message,
        "/v1/letters/{}": message,
        "/v1/reconciliations/{}": books,
        "/v1/webhook-endpoints/{}": made,
        "/deliveries/{}": test,
        "/v1/playbooks/{}": "theirs",
        "/v1/users/{}": "li.na",
        "/targets/{}": "2026-03",
        "/v1/templates/{}": "en",
        "/en/{}": "reminder",
    }


def path_to(route: Route, things: dict[str, str]) -> str:
    path = re.sub(r"{\w+}", "{}", route.path)
    for place, id in things.items():
        path = path.replace(place, place.replace("{}", id))
    assert "{" not in path, f"nothing of another tenant's for {route.name}"
    return path
