"""A database full of one tenant's business, made once a run and shared by the figures: so many open cases of customers with
four bills each, alarms spread over the weeks ahead, and 2 500 customers beside them of whom a step is due today, which can be
armed again and again. A second tenant has about ten ERP events a bill, for replaying."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

import msgspec
import psycopg
from sqlalchemy import make_url

from service import migrate
from service.channels.sealing import seal
from service.engine import turning
from service.engine.administer import create as create_tenant
from service.provision import OPERATOR, create_key
from service.runtime import Runtime, look_for_cycles_seldom, opened
from service.settings import Settings, load
from service.store import endpoints, tenants
from service.store.database import transaction
from service.store.shipped import shipped_playbooks
from tests.bench import patterns
from tests.bench.arming import arm, lay_aside
from tests.bench.multiply import Pattern, multiply, read
from tests.bench.tell import Tell

TENANT, REPLAYED, HOOKED, SOURCE = "bench", "replay", "hooks", "pattern"
SECRET_KEY = base64.b64encode(bytes(range(32))).decode()
ARMED_CUSTOMERS = 2_500
FRESH_FOR = timedelta(hours=20)
"""After that alarms of quiet customers would ring: a kept world is made anew."""

LISTENED_TO = ["case.closed", "case.escalated", "approval.*"]


class Manifest(msgspec.Struct):
    """What stands in a kept database."""

    cases: int
    made_at: datetime
    keys: dict[str, str]
    replayed_events: int


@dataclass(frozen=True)
class World:
    """One size of it. `cases` are the open ones of TENANT, the armed ones not counted."""

    url: str
    manifest: Manifest

    @property
    def cases(self) -> int:
        return self.manifest.cases

    @property
    def customers(self) -> int:
        """Customers beside the armed ones."""
        return self.cases // patterns.BILLS

    @property
    def armed(self) -> int:
        """Customers of whom four bills are due at once."""
        return armed_customers(self.cases)

    @property
    def environment(self) -> dict[str, str]:
        """For processes of the service."""
        return {
            "DATABASE_URL": self.url,
            "DUNLOG_SECRET_KEY": SECRET_KEY,
            "DUNLOG_LOG_LEVEL": "error",
            "DUNLOG_RATE_LIMIT": "0",
            "DUNLOG_WEBHOOK_ALLOW_NETWORKS": "127.0.0.0/8",
        }

    @contextmanager
    def runtime(self, pool_size: int = 4) -> Iterator[Runtime]:
        """The service from inside."""
        with opened(_settings(self.url, pool_size)) as runtime:
            look_for_cycles_seldom()  # as every process of the service does
            yield runtime

    @cached_property
    def owner(self) -> psycopg.Connection:
        """A connection past every policy."""
        return psycopg.connect(self.url, autocommit=True)

    def rest(self) -> None:
        """Nothing of what was done before is left for what comes: dirty pages are written, plans know the tables."""
        self.owner.execute("CHECKPOINT")

    def rearm(self) -> None:
        """The armed customers stand again as they stood in the morning."""
        arm(self.owner)
        self.rest()


def armed_customers(cases: int) -> int:
    """2 500 beside 100 000 cases or more, fewer in a world made for a quick look."""
    return min(ARMED_CUSTOMERS, cases // 40)


def found(server: str, cases: int) -> World | None:
    """The world of that size that an earlier run left on the server, while it is fresh."""
    url = _url(server, cases)
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            rows = connection.execute("SELECT body FROM bench.manifest").fetchall()
    except psycopg.Error:
        return None
    manifest = msgspec.json.decode(rows[0][0], type=Manifest)
    fresh = datetime.now(UTC) - manifest.made_at < FRESH_FOR and manifest.made_at.date() == datetime.now(UTC).date()
    if not fresh:
        return None
    migrate.upgrade(url)
    return World(url, manifest)


def made(server: str, cases: int, tell: Tell) -> World:
    """A new world of that size; an old one makes room."""
    name = _name(cases)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        connection.execute(f"CREATE DATABASE {name}".encode())
    url = _url(server, cases)
    migrate.upgrade(url)
    with opened(_settings(url, 4)) as runtime:
        keys, kinds = _found_tenants(runtime)
    events = _fill(url, cases, kinds, tell)
    with opened(_settings(url, 4)) as runtime:
        turning.turn(runtime.desk, TENANT)  # as housekeeping would have done in the first minute of the day
    manifest = Manifest(cases, datetime.now(UTC), keys, events)
    with psycopg.connect(url, autocommit=True) as connection:
        lay_aside(connection)
        connection.execute("CREATE TABLE bench.manifest AS SELECT %s::text AS body", (msgspec.json.encode(manifest).decode(),))
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
    return World(url, manifest)


def _found_tenants(runtime: Runtime) -> tuple[dict[str, str], dict[str, list[str]]]:
    """The tenants, their keys, and the patterns' customers by kind."""
    now = datetime.now(UTC)
    kinds = patterns.live(runtime, SOURCE, now)
    for name in (TENANT, REPLAYED, HOOKED):
        create_tenant(runtime.engine, name, "sandbox", patterns.settings(now.date()), shipped_playbooks(), OPERATOR, now)
    with transaction(runtime.engine, TENANT) as tx:
        tenants.set_clock(tx, now, True)
        sealed = seal(runtime.key, b"whsec_" + base64.b64encode(bytes(24)), f"{TENANT}/we_bench")
        endpoints.insert(tx, "we_bench", "http://127.0.0.1:9/hook", LISTENED_TO, None, None, sealed)
    return {role: create_key(runtime, TENANT, role) for role in ("erp", "viewer", "supervisor")}, kinds


def _fill(url: str, cases: int, kinds: dict[str, list[str]], tell: Tell) -> int:
    """Multiply the patterns; how many events there are to replay."""
    customers = cases // patterns.BILLS
    with psycopg.connect(url) as connection:

        def of(kind: str, source: str, into: str) -> list[Pattern]:
            return [read(connection, source, into, customer) for customer in kinds[kind]]

        quiet = of(patterns.QUIET, SOURCE, TENANT) + of(patterns.AGED, SOURCE, TENANT)
        armed = of(patterns.ARMED, f"{SOURCE}-armed", TENANT)
        logged = of(patterns.LOGGED, SOURCE, REPLAYED)
    tell.step(f"multiply to {cases:,} open cases", customers)
    multiply(url, quiet, customers, 1, tell)
    multiply(url, armed, armed_customers(cases), 1, tell)
    each = sum(len(one.events) for one in logged) / len(logged)
    wanted = max(1, round(cases / each))
    tell.step(f"multiply to {cases:,} events to replay", wanted)
    multiply(url, logged, wanted, 1, tell)
    return sum(len(logged[n % len(logged)].events) for n in range(wanted))


def _settings(url: str, pool_size: int) -> Settings:
    return load(database_url=url, secret_key=SECRET_KEY, pool_size=pool_size, log_level="error", rate_limit=0)


def _name(cases: int) -> str:
    return f"bench_{cases}"


def _url(server: str, cases: int) -> str:
    return make_url(server).set(database=_name(cases)).render_as_string(hide_password=False)
