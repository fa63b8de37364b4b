"""Who may what: every route declares a right, and asks for it before anything else; other tenants' things are not there."""

import re
from collections.abc import Iterator

import httpx
import pytest

from service.api import keys
from service.api.keys import mint
from service.api.roles import ROLES, admitted
from service.provision import create_key, revoke_key
from tests.api.conftest import serving
from tests.api.routes import GUARDED, NAMING, PUBLIC, ROUTES, ask, path_to, things_of
from tests.api.tenants import Service, Tenant, problem


@pytest.fixture(scope="module")
def service(database: str) -> Iterator[Service]:
    """Without a limit on requests: every route is asked again and again."""
    with serving(database, rate_limit=0) as running:
        yield running


@pytest.fixture
def things(stranger: Tenant) -> dict[str, str]:
    """Something of another tenant's for every name that a path may hold."""
    return things_of(stranger)


def test_every_route_declares_a_right():
    assert [route.name for route in ROUTES if route.right is None and route.path not in PUBLIC] == []
    assert len(GUARDED) > 50


def test_what_is_public_is_the_whole_of_it():
    """A mount, a plain route or a socket would be here without a right."""
    assert {route.path for route in ROUTES if route.right is None} == PUBLIC
    assert {route.method for route in ROUTES if route.right is None} == {"GET"}


NO_KEYS = {
    "none": lambda tenant, stranger: None,
    "of another scheme": lambda tenant, stranger: f"Basic {tenant.keys['admin']}",
    "mistyped": lambda tenant, stranger: f"Bearer {tenant.keys['admin'][:-1]}!",
    "made up": lambda tenant, stranger: f"Bearer {mint(tenant.name, 'k1')[0]}",
    "with another secret": lambda tenant, stranger: f"Bearer {mint(tenant.name, tenant.keys['admin'].split('_')[2])[0]}",
    "of a tenant that is none": lambda tenant, stranger: f"Bearer {mint('nobody', 'k1')[0]}",
    "of another tenant": lambda tenant, stranger: f"Bearer {borrowed(tenant, stranger.keys['admin'])}",
    "revoked": lambda tenant, stranger: f"Bearer {revoked(tenant)}",
}


def borrowed(tenant: Tenant, key: str) -> str:
    """The other tenant's key with this one's name in it, and a checksum that is right."""
    parts = keys.read(key)
    assert parts
    text = f"dl_{tenant.name}_{parts.key}_{parts.secret}"
    return text + keys._checksum(text)


def revoked(tenant: Tenant) -> str:
    key = create_key(tenant.service.runtime, tenant.name, "admin", "gone")
    revoke_key(tenant.service.runtime, tenant.name, key.split("_")[2])
    return key


@pytest.mark.parametrize("what", NO_KEYS)
def test_without_a_key_nothing_is_told(database, what):
    with serving(database, rate_limit=0) as service:
        tenant, stranger = service.new_tenant(), service.new_tenant()
        key = NO_KEYS[what](tenant, stranger)
        with httpx.Client(base_url=service.url, headers={"Authorization": key} if key else {}) as nobody:
            for route in GUARDED:
                response = ask(tenant, route, nobody)
                assert problem(response) == (401, "unauthorized"), route.name
                assert response.headers["www-authenticate"]
                assert tenant.name not in response.text


@pytest.mark.figure("R9")
def test_a_role_without_the_right_is_refused_before_anything_is_read(tenant, figure):
    asked = 0
    for route in GUARDED:
        assert route.right
        for role in sorted(ROLES - admitted(route.right)):
            response = ask(tenant, route, tenant.as_(role))
            assert problem(response) == (403, "role_may_not"), (role, route.name)
            # not even a body that cannot be read says more
            content = tenant.as_(role).request(route.method, re.sub(r"{\w+}", "X-1", route.path), content=b"{")
            assert content.status_code == 403, (role, route.name)
            asked += 2
    figure(routes=len(GUARDED), wrong_role=asked, other_than_403=0)


def test_a_role_with_the_right_is_let_in(tenant):
    for route in GUARDED:
        assert route.right
        for role in sorted(admitted(route.right)):
            response = ask(tenant, route, tenant.as_(role))
            assert response.status_code not in (401, 500), (role, route.name)
            assert response.status_code != 403 or response.json()["code"] != "role_may_not", (role, route.name)


@pytest.mark.figure("R9")
def test_another_tenants_things_are_not_there(tenant, stranger, things, figure):
    asked = 0
    before = stranger.get("/v1/events", "admin", limit=200)["next_cursor"]
    for route in NAMING:
        assert route.right
        path = path_to(route, things)
        for role in sorted(admitted(route.right)):
            response = ask(tenant, route, tenant.as_(role), path)
            assert problem(response)[0] == 404, (role, route.name, response.text)
            assert stranger.name not in response.text
            asked += 1
    assert stranger.get("/v1/events", "admin", cursor=before)["data"] == []
    figure(routes=len(NAMING), wrong_tenant=asked, other_than_404=0)


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
