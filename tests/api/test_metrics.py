"""What Prometheus and readiness are told: figures that move with what happens, and nothing that names anybody."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from service import metrics as figures
from service import migrate
from service.channels.outcome import Failed, Sent
from service.domain.events.case import Escalated, Reminded
from service.engine import recording
from service.engine.asks import Done, Fact
from service.engine.deliver import Courier
from service.engine.desk import Desk
from service.health import Health
from service.metrics import Metrics
from service.provision import create_tenant
from service.runtime import Runtime, read_playbook
from service.settings import Settings
from service.store import gauges, outbox
from service.store.database import connect, transaction
from tests.api.tenants import Service, Tenant

NOBODY_THERE = "postgresql://nobody@127.0.0.1:1/nothing"


@pytest.fixture(scope="module")
def health(service: Service) -> Health:
    """Counting from now on, without a clock of its own."""
    service.runtime.desk.meter = service.runtime.metrics
    return Health(service.runtime, None)


@pytest.fixture
def owner(database: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


def read(text: bytes) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def value(text: bytes, name: str, **labels: str) -> float:
    return read(text).get((f"dunlog_{name}", frozenset(labels.items())), 0.0)


def test_events_and_replays_are_counted(health, tenant):
    before = health.metrics()
    event = tenant.event("customer.updated", customer="C-1", name="x")
    for _ in range(3):
        tenant.as_("erp").post("/v1/events", json=event)
    tenant.as_("erp").post("/v1/events", json=tenant.event("invoice.voided", invoice="INV-NONE"))
    after = health.metrics()

    def risen(name: str, **labels: str) -> float:
        return value(after, name, **labels) - value(before, name, **labels)

    assert risen("events_appended_total", type="customer.updated") == 1
    assert risen("replays_total") == 2
    assert risen("commands_total", status="accepted") == 1
    assert risen("commands_total", status="duplicate") == 2
    assert risen("commands_total", status="rejected") == 1
    assert risen("invariant_violations_total") == 0


def test_requests_are_told_by_template_method_and_status(health, tenant):
    tenant.bill("INV-CANARY", "C-CANARY")
    tenant.as_("viewer").get("/v1/cases/INV-CANARY")
    tenant.as_("viewer").get("/v1/cases/INV-NONE")
    tenant.as_("viewer").get("/v1/nowhere/CANARY")
    tenant.as_("viewer").request("BREW", "/v1/cases/INV-CANARY")
    text = health.metrics()
    told = {labels for name, labels in read(text) if name == "dunlog_http_request_seconds_count"}
    told_of = {tuple(dict(labels)[key] for key in ("route", "method", "status")) for labels in told}
    assert ("/v1/cases/{case}", "GET", "200") in told_of
    assert ("/v1/cases/{case}", "GET", "404") in told_of
    assert ("unmatched", "GET", "404") in told_of
    assert {method for _, method, _ in told_of} <= {"GET", "POST", "other"}
    for canary in (b"CANARY", tenant.name.encode(), tenant.keys["viewer"].encode()):
        assert canary not in text


def test_what_is_late_shows_its_age(health, service, owner, tenant):
    create_tenant(service.runtime, "living")
    fresh(health)
    assert value(health.metrics(), "oldest_due_seconds") == 0
    owner.execute(
        """INSERT INTO customers (tenant, id, state, wake_at)
           SELECT t, 'C-' || n, '{}', now() - n * interval '1 minute' FROM unnest(%s::text[]) AS t, generate_series(1, 3) n""",
        (["living", tenant.name],),  # the sandbox stands still: what its clock has not reached is not late
    )
    fresh(health)
    text = health.metrics()
    assert value(text, "due_customers") == 3
    assert 180 <= value(text, "oldest_due_seconds") < 240
    owner.execute("DELETE FROM customers WHERE tenant IN ('living', %s)", (tenant.name,))


def test_what_waits_to_leave_shows_its_age(health, owner):
    owner.execute(
        """INSERT INTO deliveries (tenant, id, endpoint, stream, version, webhook, state, created_at, next_at)
           VALUES ('living', 'd1', 'e1', 's', 1, 'w1', 'pending', now() - interval '10 minutes', now() - interval '1 minute'),
                  ('living', 'd2', 'e1', 's', 2, 'w2', 'pending', now(), now() + interval '1 minute'),
                  ('living', 'd3', 'e1', 's', 3, 'w3', 'exhausted', now() - interval '9 days', NULL)"""
    )
    owner.execute(
        """INSERT INTO endpoints (tenant, id, url, state, secret, created_at)
           VALUES ('living', 'e1', 'https://example.com', 'disabled', '', now())"""
    )
    fresh(health)
    text = health.metrics()
    assert value(text, "outbox_pending") == 2
    assert 600 <= value(text, "outbox_oldest_seconds") < 660
    assert 60 <= value(text, "outbox_late_seconds") < 120
    assert value(text, "endpoints_disabled") == 1
    owner.execute("DELETE FROM deliveries WHERE tenant = 'living'")
    owner.execute("DELETE FROM endpoints WHERE tenant = 'living'")


def test_the_last_tick_of_any_replica_shows(health, service):
    with transaction(service.runtime.engine, "") as tx:
        gauges.note(tx, "tick")
        at = tx.now
    with transaction(service.runtime.engine, "") as tx:
        gauges.note(tx, "tick")  # so soon after the first one it is not written again
    fresh(health)
    assert value(health.metrics(), "last_tick_timestamp_seconds") == at.timestamp()
    assert health.readiness().checks["clock"] == {"here": False, "last_tick": at.isoformat()}


def test_the_database_is_asked_once_in_a_while(health, monkeypatch):
    fresh(health)
    health.metrics()
    monkeypatch.setattr(gauges, "read", None)
    assert value(health.metrics(), "database_up") == 1


def fresh(health: Health) -> None:
    """The next scrape asks the database again."""
    for collector in health._runtime.metrics.registry._collector_to_names:
        if isinstance(collector, figures.Gauges):
            collector._read_at = float("-inf")


def fired(due_at: datetime, **given: Any) -> Done:
    event = Reminded(step="s", rule="B1", anchor=date(2026, 1, 1), on=date(2026, 1, 2), due_at=due_at, channel="email")
    return Done(status="accepted", happened=(Fact("case", "I", 1, event),), **given)


def test_a_step_is_told_with_its_delay():
    metrics = Metrics()
    now = datetime.now(UTC)
    late = Escalated(
        step="s", rule="B4", anchor=date(2026, 1, 1), on=date(2026, 1, 2), due_at=now - timedelta(40), level="manager",
        previous="supervisor", reached_on=date(2026, 1, 2), backfill=True,
    )  # fmt: skip
    metrics.handled(
        [fired(now - timedelta(seconds=3)), Done(status="accepted", happened=(Fact("case", "I", 2, late),))], False
    )
    metrics.handled([fired(now - timedelta(400))], True)  # a sandbox walks through its past
    text = figures_of(metrics)
    assert value(text, "fired_total", result="reminded") == 2
    assert value(text, "fired_total", result="escalated") == 1
    assert value(text, "fire_delay_seconds_count") == 1
    assert 3 <= value(text, "fire_delay_seconds_sum") < 4


def figures_of(metrics: Metrics) -> bytes:
    from prometheus_client import generate_latest

    return generate_latest(metrics.registry)


def claimed() -> outbox.Claimed:
    """A delivery in hand."""
    return outbox.Claimed(
        tenant="t", id="d", at=datetime.now(UTC), endpoint="e", webhook="w", attempt=1, fence=1, body="{}", url="https://example.com",
        secret=b"", old_secret=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "told", "state", "parked"),
    [
        (Sent(status=204, duration_ms=3), "delivered", "delivered", 0),
        (Failed(code="timed_out", detail="", duration_ms=3), "timed_out", "pending", 0),
        (Failed(code="gone", detail="", duration_ms=3), "gone", "exhausted", 1),
    ],
)
def test_attempts_are_told_by_outcome(monkeypatch, outcome: Sent | Failed, told, state, parked):
    class Hand:
        def send(self, _: object) -> Sent | Failed:
            return outcome

        def close(self) -> None:
            return

    metrics = Metrics()
    monkeypatch.setattr(recording.Records, "keep", lambda *_: state)
    courier = Courier(None, Hand(), lambda *_: "whsec_", metrics)  # type: ignore[arg-type]
    courier._send(claimed())
    courier.close()
    assert value(figures_of(metrics), "delivery_attempts_total", outcome=told) == 1
    assert value(figures_of(metrics), "parked_total", kind="delivery") == parked


def test_what_was_sent_while_the_database_is_away_for_long_goes_again_and_is_no_mistake(monkeypatch, capsys):
    class Hand:
        def send(self, _: object) -> Sent:
            return Sent(status=204, duration_ms=3)

        def close(self) -> None:
            return

    monkeypatch.setattr("service.engine.deliver.RECORDED_WITHIN", 0.0)
    courier = Courier(connect("postgresql://127.0.0.1:1/gone", 1), Hand(), lambda *_: "whsec_")  # type: ignore[arg-type]
    courier._send(claimed())
    courier.close()
    said = capsys.readouterr().out
    assert "delivery_goes_again" in said and "Traceback" not in said


def test_readiness_says_what_should_be_known(health, service):
    found = health.readiness()
    assert found.ready
    assert found.checks["database"] == "ok"
    year = found.checks["calendars"]["CN"]["published_until"]
    if year <= datetime.now(UTC).year:
        assert found.checks["calendars"]["CN"]["provisional_from"] == year + 1
    assert found.checks["email"]["live_tenants"] == 1
    assert value(health.metrics(), "calendar_published_until_year", country="CN") == year


def test_a_clock_that_stands_still_is_not_ready(service):
    ticks: list[datetime | None] = [None]
    health = Health(bare(service.runtime), lambda: ticks[0])
    assert health.readiness().ready  # it has only just started
    ticks[0] = datetime.now(UTC) - timedelta(seconds=31)
    assert not health.readiness().ready
    ticks[0] = datetime.now(UTC)
    assert health.readiness().ready


def bare(runtime: Runtime) -> Runtime:
    """The same house with figures of its own."""
    return Runtime(runtime.settings, runtime.url, runtime.engine, runtime.desk, runtime.key)


def test_a_database_that_went_away_is_said_and_its_return_too(service):
    lost = connect(NOBODY_THERE, 1, wait=0.1)
    runtime = Runtime(Settings(), NOBODY_THERE, lost, Desk(lost, frozenset(), read_playbook), b"")
    health = Health(runtime, None)
    assert health.readiness() == (False, {"database": "away", "migrations": migrate.head()})
    assert value(health.metrics(), "database_up") == 0
    object.__setattr__(runtime, "engine", service.runtime.engine)
    assert health.readiness().ready
    lost.dispose()


def test_the_service_answers_with_both(service: Service, tenant: Tenant) -> None:
    assert httpx.get(f"{service.url}/healthz").json() == {"status": "ok"}
    assert httpx.get(f"{service.url}/readyz").status_code == 200
    assert httpx.get(f"{service.url}/metrics").headers["Content-Type"].startswith("text/plain; version=0.0.4")
