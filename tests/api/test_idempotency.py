"""The same request with the same Idempotency-Key: one execution, one answer."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from tests.api.tenants import problem

PROMISE = {"amount": "100.00", "due_on": "2026-03-13"}


@pytest.fixture
def owed(tenant):
    tenant.customer()
    tenant.bill("INV-1", issued_on="2026-01-05", due_on="2026-02-20")
    return tenant


def keyed(key: str = "k-1") -> dict[str, str]:
    return {"Idempotency-Key": key}


def count(tenant, type: str) -> int:
    return sum(event["type"] == type for page in tenant.pages("/v1/cases/INV-1/events") for event in page)


def test_a_repeat_gets_the_first_answer_again(owed):
    client = owed.as_("collector")
    first = client.post("/v1/cases/INV-1/promises", json=PROMISE, headers=keyed())
    assert "idempotent-replayed" not in first.headers
    again = client.post("/v1/cases/INV-1/promises", json=PROMISE, headers=keyed())
    assert again.headers["idempotent-replayed"] == "true"
    assert (again.status_code, again.content) == (201, first.content)
    for name in ("location", "content-type"):
        assert again.headers[name] == first.headers[name]
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    assert count(owed, "promise.made") == 1


def test_another_body_or_path_under_the_same_key_is_refused(owed):
    client = owed.as_("collector")
    client.post("/v1/cases/INV-1/promises", json=PROMISE, headers=keyed())
    other_body = client.post("/v1/cases/INV-1/promises", json=PROMISE | {"amount": "99.00"}, headers=keyed())
    assert problem(other_body) == (422, "idempotency_key_reused")
    assert other_body.json()["errors"][0]["pointer"] == "/header/idempotency-key"
    assert "idempotent-replayed" not in other_body.headers
    other_path = client.post("/v1/cases/INV-9/promises", json=PROMISE, headers=keyed())
    assert problem(other_path) == (422, "idempotency_key_reused")
    other_kind = owed.as_("admin").post("/v1/cases/INV-1/notes", json={"text": "x"}, headers=keyed())
    assert other_kind.status_code == 201, "another key's requests are its own"


def test_refusals_are_remembered_too(owed):
    client = owed.as_("collector")
    for body, path, expected in (
        (PROMISE | {"amount": "9999.00"}, "/v1/cases/INV-1/promises", (422, "promise_too_large")),
        (PROMISE, "/v1/cases/INV-9/promises", (404, "unknown_invoice")),
    ):
        first = client.post(path, json=body, headers=keyed(path))
        assert problem(first) == expected
        again = client.post(path, json=body, headers=keyed(path))
        assert again.headers["idempotent-replayed"] == "true"
        assert again.content == first.content
    owed.bill("INV-9", issued_on="2026-01-05", due_on="2026-02-20")
    assert client.post("/v1/cases/INV-9/promises", json=PROMISE, headers=keyed(path)).status_code == 404
    assert client.post("/v1/cases/INV-9/promises", json=PROMISE, headers=keyed("new")).status_code == 201


def test_a_refusal_for_want_of_a_right_is_forgotten(owed):
    body = {"until": "2026-04-01", "reason": "x"}
    for _ in range(2):
        response = owed.as_("collector").post("/v1/cases/INV-1/pause", json=body, headers=keyed())
        assert problem(response) == (403, "pause_too_long")
        assert "idempotent-replayed" not in response.headers


def test_a_command_with_nothing_to_do_is_remembered(owed):
    client = owed.as_("supervisor")
    for user in ("li.na", "wang.wei"):
        owed.as_("admin").put(f"/v1/users/{user}", json={"role": "collector", "name": user})
    client.post("/v1/cases/INV-1/assign", json={"owner": "li.na"})
    first = client.post("/v1/cases/INV-1/assign", json={"owner": "li.na"}, headers=keyed())
    client.post("/v1/cases/INV-1/assign", json={"owner": "wang.wei"})
    again = client.post("/v1/cases/INV-1/assign", json={"owner": "li.na"}, headers=keyed())
    assert (again.headers["idempotent-replayed"], again.content) == ("true", first.content)
    assert owed.get("/v1/cases/INV-1")["owner"] == "wang.wei"


@pytest.mark.parametrize(
    ("path", "body", "type"),
    [
        ("/v1/cases/INV-1/notes", {"text": "Once."}, "note.added"),
        ("/v1/customers/C-1/promises", PROMISE, "promise.made"),
    ],
)
def test_at_once_from_many_sides_it_is_done_once(owed, path, body, type):
    sides = 8
    barrier = Barrier(sides)
    client = owed.as_("collector")

    def post(_: int):
        barrier.wait()
        return client.post(path, json=body, headers=keyed())

    with ThreadPoolExecutor(sides) as pool:
        answers = list(pool.map(post, range(sides)))
    done = [one for one in answers if one.status_code == 201]
    assert done
    assert len({one.content for one in done}) == 1
    assert {problem(one) for one in answers if one.status_code != 201} <= {(409, "in_progress")}
    assert count(owed, type) == 1


def test_while_the_first_is_under_way_the_second_is_told_so(owed):
    runtime = owed.service.runtime
    with runtime.desk.open(owed.name) as session:
        key = owed.keys["collector"].split("_")[2]
        session.tx.rows(
            "SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))", {"name": f"{owed.name}/key:{key}/k-1"}
        )
        second = owed.as_("collector").post("/v1/cases/INV-1/notes", json={"text": "x"}, headers=keyed())
        admin = owed.as_("collector").post("/v1/cases/INV-9/notes", json={"text": "x"}, headers=keyed())
    assert problem(second) == (409, "in_progress")
    assert problem(admin) == (409, "in_progress")
    assert owed.as_("collector").post("/v1/cases/INV-1/notes", json={"text": "x"}, headers=keyed()).status_code == 201


ADMINISTERED: list[tuple[str, str, dict[str, Any]]] = [
    ("PATCH", "/v1/settings", {"company": "Dunlog Ltd"}),
    ("POST", "/v1/webhook-endpoints", {"url": "https://example.com/x", "types": ["*"]}),
    ("PUT", "/v1/users/li.na", {"name": "Li Na", "role": "collector"}),
    ("PATCH", "/v1/settings", {"country": "XX"}),
]


def test_settings_endpoints_and_users_give_the_same_guarantees(tenant):
    admin = tenant.as_("admin")
    for n, (method, path, body) in enumerate(ADMINISTERED):
        first = admin.request(method, path, json=body, headers=keyed(f"k{n}"))
        again = admin.request(method, path, json=body, headers=keyed(f"k{n}"))
        assert again.headers["idempotent-replayed"] == "true", path
        assert (again.status_code, again.content) == (first.status_code, first.content)
        other = admin.request(
            "POST", "/v1/webhook-endpoints", json={"url": "https://a.de", "types": ["*"]}, headers=keyed(f"k{n}")
        )
        assert problem(other) == (422, "idempotency_key_reused")
    (endpoint,) = tenant.get("/v1/webhook-endpoints", "admin")["data"]
    for replayed in (None, "true"):
        removed = admin.delete(f"/v1/webhook-endpoints/{endpoint['id']}", headers=keyed("removed"))
        assert (removed.status_code, removed.headers.get("idempotent-replayed")) == (204, replayed)


def test_administering_at_once_from_many_sides_is_done_once(tenant):
    sides = 6
    barrier = Barrier(sides)
    client = tenant.as_("admin")

    def post(_: int):
        barrier.wait()
        return client.post("/v1/webhook-endpoints", json=ADMINISTERED[1][2], headers=keyed())

    with ThreadPoolExecutor(sides) as pool:
        answers = list(pool.map(post, range(sides)))
    assert len({one.content for one in answers if one.status_code == 201}) == 1
    assert {problem(one) for one in answers if one.status_code != 201} <= {(409, "in_progress")}
    assert len(tenant.get("/v1/webhook-endpoints", "admin")["data"]) == 1


def test_the_clock_moves_once_and_answers_again(tenant):
    body = {"now": "2026-03-04T09:00:00+08:00"}
    first = tenant.as_("admin").post("/v1/test-clock", json=body, headers=keyed())
    tenant.walk("2026-03-05")
    again = tenant.as_("admin").post("/v1/test-clock", json=body, headers=keyed())
    assert (again.headers["idempotent-replayed"], again.content) == ("true", first.content)
    assert problem(tenant.as_("admin").post("/v1/test-clock", json=body)) == (409, "clock_moves_forward")


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_a_key_that_cannot_be_is_refused(owed, key):
    response = owed.as_("collector").post("/v1/cases/INV-1/notes", json={"text": "x"}, headers=keyed(key))
    assert problem(response) == (422, "idempotency_key_invalid")


def test_a_key_is_forgotten_after_its_week(owed):
    client = owed.as_("collector")
    client.post("/v1/cases/INV-1/notes", json={"text": "x"}, headers=keyed())
    with owed.service.runtime.desk.open(owed.name) as session:
        session.tx.run("UPDATE inbox SET expires_at = now() WHERE tenant = %(tenant)s AND expires_at IS NOT NULL")
    again = client.post("/v1/cases/INV-1/notes", json={"text": "y"}, headers=keyed())
    assert again.status_code == 201
    assert "idempotent-replayed" not in again.headers
    assert client.post("/v1/cases/INV-1/notes", json={"text": "y"}, headers=keyed()).headers["idempotent-replayed"]
