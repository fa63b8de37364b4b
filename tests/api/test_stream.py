"""GET /v1/stream: what happens to cases, as server-sent events, from any point of the feed on."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from service.api import guards, stream
from service.api.models.cases import CaseChange
from service.provision import create_key, revoke_key
from tests.api.conftest import serving
from tests.api.tenants import Json, Tenant, fits, problem
from tests.patience import PATIENCE


@pytest.fixture(autouse=True)
def eager(monkeypatch) -> None:
    monkeypatch.setattr(stream, "LOOK_SECONDS", 0.02)


@contextmanager
def listening(tenant: Tenant, after: str | None = None, user: str | None = None, **asked: str) -> Iterator[Iterator[Json]]:
    """The messages of a stream, which is open when this begins."""
    headers = {"Last-Event-ID": after} if after else {}
    client = tenant.as_("viewer", user)
    with client.stream("GET", "/v1/stream", params=asked, headers=headers, timeout=10) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = response.iter_lines()
        assert next(lines) == "retry: 2000"
        yield _messages(lines)


def _messages(lines: Iterator[str]) -> Iterator[Json]:
    message: Json = {}
    for line in lines:
        if not line:
            if "data" in message:
                yield message
            message = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(": ")
            message[name] = json.loads(value) if name == "data" else value


class Later:
    """A clock that is ahead by so many seconds."""

    seconds = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.seconds


def took(messages: Iterator[Json], until: str) -> list[Json]:
    """As many as come until one is of that type."""
    found: list[Json] = []
    for message in messages:
        found.append(message)
        if message["data"]["type"] == until:
            break
    return found


def test_a_change_is_told_as_it_happens_and_nothing_of_before(tenant: Tenant):
    tenant.bill("INV-1")
    with listening(tenant) as messages:
        tenant.bill("INV-2")
        first, *_ = took(messages, "case.opened")
    assert first["event"] == "case"
    fits(CaseChange, first["data"])
    assert (first["data"]["type"], first["data"]["cases"]) == ("invoice.issued", ["INV-2"])
    assert (first["data"]["customer"], first["data"]["version"]) == ("C-1", 1)


def test_behind_the_last_seen_id_everything_follows_and_nothing_comes_twice(tenant: Tenant):
    with listening(tenant) as messages:
        tenant.bill("INV-1")
        seen = took(messages, "case.opened")
    tenant.bill("INV-2")
    with listening(tenant, after=seen[-1]["id"]) as messages:
        tenant.bill("INV-3")
        later = [*took(messages, "case.opened"), *took(messages, "case.opened")]
    told = [(one["data"]["cases"], one["data"]["version"]) for one in seen + later]
    assert len(told) == len({str(one) for one in told})
    assert {one["data"]["cases"][0] for one in later} == {"INV-2", "INV-3"}


def test_it_goes_on_from_a_cursor_of_the_feed_with_the_same_filters_alone(tenant: Tenant):
    tenant.bill("INV-1", "C-1")
    cursor = tenant.get("/v1/events", "viewer", customer="C-2")["next_cursor"]
    tenant.bill("INV-2", "C-1")
    tenant.bill("INV-3", "C-2")
    with listening(tenant, after=cursor, customer="C-2") as messages:
        assert {one["data"]["cases"][0] for one in took(messages, "case.opened")} == {"INV-3"}
    answer = tenant.as_("viewer").get("/v1/stream", headers={"Last-Event-ID": cursor})
    assert problem(answer) == (422, "cursor_invalid")


def test_only_the_type_that_was_asked_for(tenant: Tenant):
    with listening(tenant, type="payment.*") as messages:
        tenant.bill("INV-1")
        tenant.post(
            "payment.received", payment="P-1", customer="C-1", amount="5.00", currency="CNY", received_on="2026-03-01"
        )
        assert next(messages)["data"]["type"].startswith("payment.")


def test_what_is_about_several_cases_names_them(tenant: Tenant):
    with listening(tenant) as messages:
        tenant.bill("INV-1", due_on="2025-10-01", issued_on="2025-09-01")
        tenant.bill("INV-2", due_on="2025-10-01", issued_on="2025-09-01")
        tenant.walk("2026-03-20T09:00:00+08:00")
        several = next(one for one in messages if len(one["data"]["cases"]) == 2)
    assert several["data"]["version"] is None


def test_nothing_of_other_tenants(tenant: Tenant, stranger: Tenant):
    with listening(tenant) as messages:
        stranger.bill("THEIRS")
        tenant.bill("OURS")
        assert {one["data"]["cases"][0] for one in took(messages, "case.opened")} == {"OURS"}
    with listening(tenant) as messages:
        tenant.bill("OURS-2")
        last = took(messages, "case.opened")[-1]["id"]
    answer = stranger.as_("viewer").get("/v1/stream", headers={"Last-Event-ID": last})
    assert problem(answer) == (422, "cursor_invalid")


def test_it_ends_when_the_key_is_revoked(tenant: Tenant, monkeypatch):
    later = Later()
    monkeypatch.setattr(guards, "time", later)
    key = create_key(tenant.service.runtime, tenant.name, "viewer", "leaving")
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.stream("GET", f"{tenant.service.url}/v1/stream", headers=headers, timeout=10) as response:
        lines = response.iter_lines()
        assert next(lines) == "retry: 2000"
        revoke_key(tenant.service.runtime, tenant.name, key.split("_")[2])
        later.seconds += 5
        assert not [line for line in lines if line]


def test_it_ends_when_the_service_does(database: str):
    with serving(database) as service:
        tenant = service.new_tenant()
        with tenant.as_("viewer").stream("GET", "/v1/stream", timeout=10) as response:
            lines = response.iter_lines()
            assert next(lines) == "retry: 2000"
            service.runtime.desk.close()
            assert not [line for line in lines if line]
        tenant.close()


def test_a_silent_stream_says_that_it_is_alive(tenant: Tenant, monkeypatch):
    monkeypatch.setattr(stream, "ALIVE_SECONDS", 0.05)
    with tenant.as_("viewer").stream("GET", "/v1/stream", timeout=10) as response:
        assert ": alive" in response.iter_lines()


def test_so_many_and_no_more(tenant: Tenant, monkeypatch):
    monkeypatch.setattr(stream, "MOST_STREAMS", 1)
    with listening(tenant) as messages:
        answer = tenant.as_("viewer").get("/v1/stream")
        assert problem(answer) == (503, "overloaded")
        assert answer.headers["Retry-After"]
        tenant.bill("INV-1")
        assert took(messages, "case.opened")


def test_open_streams_take_no_place_of_requests(tenant: Tenant):
    leave = threading.Event()
    most = 4 * tenant.service.runtime.settings.pool_size + 5
    here = threading.Barrier(most + 1)

    def follow() -> None:
        with listening(tenant):
            here.wait(PATIENCE)
            leave.wait(PATIENCE)

    followers = [threading.Thread(target=follow) for _ in range(most)]
    for one in followers:
        one.start()
    here.wait(PATIENCE)
    assert tenant.get("/v1/cases") == {"data": [], "next_cursor": None}
    leave.set()
    for one in followers:
        one.join()
