"""Who may what: every route declares a right, and asks for it before anything else; other tenants' things are not there."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx
import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from service.api.roles import ROLES, Right, admitted
from service.app import ROUTERS
from tests.api.tenants import Tenant, problem

PUBLIC = {"/healthz", "/readyz", "/metrics", "/docs", "/docs/oauth2-redirect", "/v1/openapi.json"}
"""What is there for everybody: operating, and the documentation."""

NOTE, PERSON = {"text": "x"}, {"name": "Chen"}
RECORD = {"channel": "phone", "outcome": "reached"}
REASON, PROMISE = {"reason": "x"}, {"due_on": "2026-03-13"}
PAUSE = {"until": "2026-03-10", "reason": "x"}
BODIES: dict[str, Any] = {
    "POST /v1/cases/{case}/contact-log": RECORD,
    "POST /v1/cases/{case}/promises": PROMISE,
    "POST /v1/cases/{case}/pause": PAUSE,
    "POST /v1/cases/{case}/resume": {},
    "POST /v1/cases/{case}/assign": {"owner": "li.na"},
    "POST /v1/cases/{case}/notes": NOTE,
    "POST /v1/customers/{customer}/contact-log": RECORD,
    "POST /v1/customers/{customer}/promises": PROMISE,
    "POST /v1/customers/{customer}/pause": PAUSE,
    "POST /v1/customers/{customer}/resume": {},
    "POST /v1/customers/{customer}/notes": NOTE,
    "POST /v1/customers/{customer}/hold": REASON,
    "POST /v1/customers/{customer}/release": REASON,
    "POST /v1/customers/{customer}/contacts": PERSON,
    "PATCH /v1/customers/{customer}/contacts": {"id": "zhang", "title": "CFO"},
    "PATCH /v1/customers/{customer}/contacts/{contact}": {"title": "CFO"},
    "POST /v1/customers/{customer}/contacts/{contact}/erase": REASON,
    "POST /v1/tasks/{task}/complete": RECORD,
    "POST /v1/tasks/{task}/assign": {"owner": "li.na"},
    "POST /v1/tasks/{task}/snooze": PAUSE,
    "POST /v1/approvals/{approval}/grant": {},
    "POST /v1/approvals/{approval}/reject": REASON,
    "PATCH /v1/webhook-endpoints/{endpoint}": {"enabled": False},
    "POST /v1/webhook-endpoints/{endpoint}/replay": {"after": "2026-01-01T00:00:00Z"},
}
"""A body that could be carried out, for every route that takes one and names something."""

OWN_NAMESPACE = {"PUT /v1/users/{user}", "POST /v1/playbooks/{name}/check"}
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
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute):
                found = list(rights_of(route.dependant))
                assert len(found) <= 1, route.path
                yield from (
                    Route(method, route.path, found[0] if found else None) for method in sorted(route.methods or ())
                )


ROUTES = list(all_routes())
GUARDED = [route for route in ROUTES if route.right]
NAMING = [route for route in GUARDED if "{" in route.path and route.name not in OWN_NAMESPACE]


def ask(tenant: Tenant, route: Route, client: httpx.Client, path: str | None = None) -> httpx.Response:
    path = path or re.sub(r"{\w+}", "X-1", route.path)
    body = BODIES.get(route.name, {} if route.method in ("POST", "PUT", "PATCH") else None)
    return client.request(route.method, path, json=body)


def test_every_route_declares_a_right():
    assert [route.name for route in ROUTES if route.right is None and route.path not in PUBLIC] == []
    assert len(GUARDED) > 50


def test_without_a_key_nothing_is_told(tenant):
    made_up = {"Authorization": f"Bearer {tenant.keys['admin'][:-1]}x"}
    with httpx.Client(base_url=tenant.service.url) as nobody:
        for route in GUARDED:
            assert problem(ask(tenant, route, nobody)) == (401, "unauthorized"), route.name
        nobody.headers.update(made_up)
        for route in GUARDED:
            response = ask(tenant, route, nobody)
            assert problem(response) == (401, "unauthorized"), route.name
            assert response.headers["www-authenticate"]


def test_a_role_without_the_right_is_refused_before_anything_is_read(tenant):
    for route in GUARDED:
        assert route.right
        for role in sorted(ROLES - admitted(route.right)):
            response = ask(tenant, route, tenant.as_(role))
            assert problem(response) == (403, "role_may_not"), (role, route.name)
            # not even a body that cannot be read says more
            content = tenant.as_(role).request(route.method, re.sub(r"{\w+}", "X-1", route.path), content=b"{")
            assert content.status_code == 403, (role, route.name)


def test_a_role_with_the_right_is_let_in(tenant):
    for route in GUARDED:
        assert route.right
        for role in sorted(admitted(route.right)):
            response = ask(tenant, route, tenant.as_(role))
            assert response.status_code not in (401, 500), (role, route.name)
            assert response.status_code != 403 or response.json()["code"] != "role_may_not", (role, route.name)


@pytest.fixture
def things(stranger: Tenant) -> dict[str, str]:
    """Something of another tenant's for every name that a path may hold."""
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
    stranger.walk("2026-03-03")
    task = stranger.ids("/v1/tasks")[0]
    message = stranger.ids("/v1/messages")[0]
    return {
        "/v1/cases/{}": "INV-1",
        "/v1/customers/{}": "C-1",
        "/contacts/{}": "zhang",
        "/v1/payments/{}": "P-1",
        "/v1/tasks/{}": task,
        "/v1/approvals/{}": approval,
        "/v1/messages/{}": message,
        "/v1/letters/{}": message,
        "/v1/webhook-endpoints/{}": made,
        "/deliveries/{}": test,
        "/v1/playbooks/{}": "theirs",
        "/v1/users/{}": "li.na",
    }


def path_to(route: Route, things: dict[str, str]) -> str:
    path = re.sub(r"{\w+}", "{}", route.path)
    for place, id in things.items():
        path = path.replace(place, place.replace("{}", id))
    assert "{" not in path, f"nothing of another tenant's for {route.name}"
    return path


def test_another_tenants_things_are_not_there(tenant, stranger, things):
    before = stranger.get("/v1/events", "admin", limit=200)["next_cursor"]
    for route in NAMING:
        assert route.right
        path = path_to(route, things)
        for role in sorted(admitted(route.right)):
            response = ask(tenant, route, tenant.as_(role), path)
            assert problem(response)[0] == 404, (role, route.name, response.text)
            assert stranger.name not in response.text
    assert stranger.get("/v1/events", "admin", cursor=before)["data"] == []


def test_the_owner_of_those_things_does_find_them(stranger, things):
    for route in NAMING:
        if route.method == "GET" and "letters" not in route.path:
            response = ask(stranger, route, stranger.as_("admin"), path_to(route, things))
            assert response.status_code == 200, (route.name, response.text)


def test_lists_show_nothing_of_another_tenant(tenant, stranger, things):
    for route in GUARDED:
        if (
            route.method == "GET"
            and "{" not in route.path
            and route.path not in ("/v1/settings", "/v1/playbooks", "/v1/me")
        ):
            answer = ask(tenant, route, tenant.as_("admin"))
            assert stranger.name not in answer.text, route.name
            for canary in ("INV-1", "Hong Star", "Zhang Wei", "li.na", "theirs"):
                assert canary not in answer.text, route.name
