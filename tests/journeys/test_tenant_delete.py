"""`dunlog tenant delete` beside a running service: a sandbox at once, a live company after thirty days, and back again."""

import json
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from service.provision import create_key, create_tenant
from service.runtime import Runtime
from service.worker import Loops
from tests.journeys.company import Company
from tests.journeys.conftest import SECRET_KEY
from tests.journeys.house import House, on_database
from tests.journeys.receiver import Receiver
from tests.patience import PATIENCE, eventually
from tests.store.test_disposal import traces

KEYS_FORGOTTEN_AFTER = 5.0  # seconds: until then a key that was used lately may still be told what is wrong with a body
ROLES = ("admin", "erp", "supervisor")


@pytest.fixture(scope="module")
def house(database: str) -> Iterator[House]:
    """An API alone: no worker deletes anything by itself."""
    house = on_database(database, SECRET_KEY)
    try:
        house.start("serve", "--no-clock")
        yield house
    finally:
        house.stop()


@pytest.fixture
def worker(house: House) -> Iterator[None]:
    """Somebody who delivers, for a while."""
    process = house.start("worker")
    yield
    process.terminate()
    process.wait(PATIENCE)
    house.processes.remove(process)


@contextmanager
def founded(house: House, runtime: Runtime, **given: Any) -> Iterator[Company]:
    tenant = f"t-{uuid.uuid4().hex[:12]}"
    create_tenant(runtime, tenant, **given)
    company = Company(house.url, {role: create_key(runtime, tenant, role) for role in ROLES}, tenant)
    yield company
    company.http.close()


@pytest.fixture
def live(house: House, runtime: Runtime) -> Iterator[Company]:
    """A live company."""
    with founded(house, runtime) as company:
        yield company


@pytest.fixture
def sandbox(house: House, runtime: Runtime) -> Iterator[Company]:
    """A sandbox."""
    with founded(house, runtime, sandbox=True) as company:
        yield company


def run(house: House, *arguments: str) -> tuple[int, str, str]:
    """`dunlog tenant delete …`: exit code, and what it printed."""
    command = [sys.executable, "-m", "service", "tenant", "delete", *arguments]
    done = subprocess.run(command, env=house.environment_of(house.port), capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def told(house: House, *arguments: str) -> dict[str, Any]:
    """What it prints as JSON, and nothing else."""
    code, out, err = run(house, *arguments, "--json")
    assert (code, err) == (0, "")
    answer: dict[str, Any] = json.loads(out)
    return answer


def pass_time(database: str, company: Company) -> None:
    """Thirty days, for a closed tenant."""
    with psycopg.connect(database) as owner:
        owner.execute(
            """UPDATE tenants SET delete_after = now(),
                 state = (state::jsonb || jsonb_build_object('delete_after', to_char(now() AT TIME ZONE 'UTC', %s)))::json
                WHERE id = %s""",
            ('YYYY-MM-DD"T"HH24:MI:SS.US"Z"', company.tenant),
        )


def grow(database: str, company: Company, rows: int) -> None:
    """So many rows more."""
    with psycopg.connect(database) as owner:
        owner.execute(
            """INSERT INTO inbox (tenant, source, id, content)
               SELECT %s, 'erp', n::text, 'x' FROM generate_series(1, %s) AS n""",
            (company.tenant, rows),
        )


def test_a_sandbox_is_deleted_at_once_beside_a_running_service(house, sandbox, database):
    sandbox.bill("INV-1", "2026-01-05", "2026-03-06")
    code, out, err = run(house, sandbox.tenant)
    assert (code, err) == (0, "")
    assert out.startswith(f"Tenant {sandbox.tenant} is deleted: ")
    assert traces(database, sandbox.tenant) == {}
    response = sandbox.ask("supervisor", "GET", "/v1/cases")
    assert (response.status_code, response.json()["code"]) == (401, "unauthorized")
    code, _, err = run(house, sandbox.tenant)
    assert code == 1 and "There is no tenant" in err


def test_what_was_deleted_is_told_as_json(house, sandbox, database):
    grow(database, sandbox, 10)
    answer = told(house, sandbox.tenant)
    assert (answer["tenant"], answer["state"], answer["deleted"]["inbox"]) == (sandbox.tenant, "deleted", 10)


def test_a_deletion_that_was_killed_goes_on_when_it_is_called_again(house, sandbox, database):
    rows = 300_000
    grow(database, sandbox, rows)
    command = [sys.executable, "-m", "service", "tenant", "delete", sandbox.tenant]
    process = subprocess.Popen(command, env=house.environment_of(house.port), stdout=subprocess.PIPE)
    eventually(lambda: traces(database, sandbox.tenant).get("inbox", 0) < rows, "some rows are gone")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    left = traces(database, sandbox.tenant)
    assert 0 < left["inbox"] < rows and left["tenants"] == 1
    assert sandbox.ask("supervisor", "GET", "/v1/cases").status_code == 401
    eventually(lambda: run(house, sandbox.tenant)[0] == 0, "the killed one's lock is free")
    assert traces(database, sandbox.tenant) == {}


def test_a_live_company_is_asked_for_twice(house, live, database):
    code, _, err = run(house, live.tenant)
    assert code == 1 and f"{live.tenant} is live. With --yes it is closed at once and deleted after 30 days" in err
    assert live.get("/v1/cases")["data"] == []
    answer = told(house, live.tenant, "--yes")
    until = datetime.fromisoformat(answer["delete_after"])
    assert answer["state"] == "closed"
    assert timedelta(29, 86000) < until - datetime.now(UTC) <= timedelta(30)
    assert told(house, live.tenant) == answer, "said once, whoever asks again"
    assert traces(database, live.tenant).keys() >= {"tenants", "keys", "events"}


def test_a_closed_company_is_refused_and_an_undone_one_goes_on(house, live):
    live.bill("INV-1", "2026-01-05", "2026-03-06")
    told(house, live.tenant, "--yes")
    assert live.ask("supervisor", "GET", "/v1/cases").status_code == 401, "at once"
    time.sleep(KEYS_FORGOTTEN_AFTER)
    for role, method, path in (
        ("supervisor", "GET", "/v1/cases"),
        ("erp", "POST", "/v1/events"),
        ("admin", "PATCH", "/v1/settings"),
        ("admin", "GET", "/v1/me"),
    ):
        response = live.ask(role, method, path, None if method == "GET" else {})
        assert (response.status_code, response.json()["code"]) == (401, "unauthorized"), path
    assert told(house, live.tenant, "--undo") == {"tenant": live.tenant, "state": "open"}
    assert [case["id"] for case in live.get("/v1/cases")["data"]] == ["INV-1"]
    code, _, err = run(house, live.tenant, "--undo")
    assert code == 1 and "There is nothing to undo" in err


def test_a_closed_companys_webhooks_wait_and_go_on(house, live, receiver: Receiver, worker, database):
    made = live.do("admin", "/v1/webhook-endpoints", {"url": receiver.url, "types": ["invoice.*"]}, 201)
    receiver.secrets, receiver.answer = [made["secret"]], 500
    live.bill("INV-1", "2026-01-05", "2026-03-06")
    eventually(lambda: _states(database, live) == {("pending", "http_status")}, "a first try, which fails")
    told(house, live.tenant, "--yes")
    tries = len(receiver.attempts)
    with psycopg.connect(database) as owner:
        owner.execute("UPDATE deliveries SET next_at = now() WHERE tenant = %s", (live.tenant,))
    eventually(lambda: _states(database, live) == {("held", "http_status")}, "held")
    receiver.answer = 204
    assert len(receiver.attempts) == tries
    told(house, live.tenant, "--undo")
    eventually(lambda: receiver.types() == ["invoice.issued"], "the event")


def _states(database: str, company: Company) -> set[tuple[str, str]]:
    """How the deliveries stand, and how their tries ended."""
    with psycopg.connect(database) as owner:
        return set(
            owner.execute(
                """SELECT d.state, a.outcome FROM deliveries d JOIN attempts a ON a.tenant = d.tenant AND a.delivery = d.id
                    WHERE d.tenant = %s""",
                (company.tenant,),
            ).fetchall()
        )


def test_after_its_time_a_company_is_deleted_by_the_next_call(house, live, database):
    live.bill("INV-1", "2026-01-05", "2026-03-06")
    told(house, live.tenant, "--yes")
    pass_time(database, live)
    code, _, err = run(house, live.tenant, "--undo")
    assert code == 1 and "cannot come back" in err
    assert told(house, live.tenant)["state"] == "deleted"
    assert traces(database, live.tenant) == {}


def test_after_its_time_a_company_is_deleted_by_the_worker(house, live, sandbox, runtime, database):
    before = traces(database, sandbox.tenant)
    told(house, live.tenant, "--yes")
    loops = Loops(runtime)
    loops._delete()
    assert traces(database, live.tenant), "its time is not over"
    pass_time(database, live)
    while traces(database, live.tenant):
        loops._delete()
    assert traces(database, sandbox.tenant) == before
    loops._courier.close()
