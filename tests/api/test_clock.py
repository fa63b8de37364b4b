"""A sandbox's clock over the API: it moves forward only, one move at a time, and a live tenant's is real."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from service.engine.walk import _alone
from service.provision import create_key, create_tenant
from tests.api.tenants import NOW, Tenant, problem

PATH = "/v1/test-clock"


def test_the_clock_stands_until_it_is_moved(tenant):
    assert tenant.get(PATH, "viewer") == {"now": NOW, "follow": False}
    later = "2026-03-20T09:00:00+08:00"
    moved = tenant.as_("admin").post(PATH, json={"now": later})
    assert (moved.status_code, moved.json()) == (200, {"now": later, "follow": False})
    elsewhere = tenant.as_("admin").post(PATH, json={"now": "2026-03-20T01:00:00Z"})
    assert (elsewhere.status_code, elsewhere.json()) == (200, moved.json()), "the same instant does nothing"
    assert problem(tenant.as_("admin").post(PATH, json={"now": NOW})) == (409, "clock_moves_forward")
    assert tenant.get(PATH, "viewer")["now"] == later


def test_what_is_due_on_the_way_has_been_decided(tenant):
    tenant.customer()
    tenant.bill("INV-1", due_on="2026-03-06")
    tenant.walk("2026-03-09")
    assert "case.reminded" in [event["type"] for event in tenant.get("/v1/cases/INV-1/events")["data"]]


def test_it_can_run_with_real_time(tenant):
    tenant.as_("admin").post(PATH, json={"follow": True})
    clock = tenant.get(PATH, "viewer")
    assert clock["follow"] is True
    assert abs(datetime.fromisoformat(clock["now"]) - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_second_move_meanwhile_is_refused(tenant):
    with _alone(tenant.service.runtime.desk, tenant.name), ThreadPoolExecutor(1) as pool:
        second = pool.submit(tenant.as_("admin").post, PATH, json={"now": "2026-03-03T09:00:00+08:00"}).result()
    assert problem(second) == (409, "clock_moving")


def test_a_live_tenants_clock_is_real(service):
    create_tenant(service.runtime, "live-one")
    live = Tenant(service, "live-one", {"admin": create_key(service.runtime, "live-one", "admin")})
    assert problem(live.as_("admin").get(PATH)) == (409, "not_sandbox")
    assert problem(live.as_("admin").post(PATH, json={"now": "2030-01-01T00:00:00Z"})) == (409, "not_sandbox")
    assert problem(live.as_("admin").post(PATH, json={"follow": True})) == (409, "not_sandbox")
    live.close()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "now_or_follow"),
        ({"now": NOW, "follow": True}, "now_or_follow"),
        ({"now": "2026-03-20T09:00:00"}, "bad_time"),
        ({"now": "9999-12-31T00:00:00Z"}, "date_out_of_range"),
        ({"follow": False}, "not_one_of"),
        ({"now": NOW, "speed": 2}, "unknown_field"),
    ],
)
def test_a_move_that_cannot_be_is_refused(tenant, body, code):
    assert problem(tenant.as_("admin").post(PATH, json=body)) == (422, code)
