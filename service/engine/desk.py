"""Where a tenant's business is done: its settings, days and playbooks by version, and transactions that know its time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event, Lock

from msgspec import Struct
from sqlalchemy import Engine

from service.domain.directory import Directory
from service.domain.limitation import Law
from service.domain.playbook import Playbook
from service.domain.scene import Scene
from service.domain.settings import Settings
from service.domain.tenant import Tenant
from service.domain.workdays import Workdays
from service.engine.meter import Meter
from service.store import people, tenants
from service.store.calendars import published
from service.store.database import Tx, transaction
from service.store.laws import law_of
from service.store.outbox import Listener, listeners

_NONE: frozenset[str] = frozenset()
_SMS = frozenset({"sms"})


def _own(settings: Settings) -> frozenset[str]:
    """The channels that a tenant brings."""
    return _SMS if settings.sms_gateway else _NONE


ReadPlaybook = Callable[[str, str, int], Playbook]
"""(text, name, version) to a playbook; the text has been checked before it was published."""

_KEPT = 64


class UnknownTenant(Exception):
    """There is no such tenant (any more)."""


class Closing(Exception):
    """The house closes: what was long under way stops at a place from which it can go on elsewhere."""


class Tenancy(Struct, frozen=True):
    """One version of a tenant, with what follows from it worked out; `listening` are its webhook endpoints."""

    tenant: Tenant
    created_at: datetime
    secret: bytes
    listening: list[Listener]
    workdays: Workdays
    law: Law
    people: Directory
    playbooks: dict[tuple[str, int], Playbook]

    @property
    def settings(self) -> Settings:
        """What the tenant chose."""
        return self.tenant.settings


class Session(Struct, frozen=True):
    """An open transaction with the tenant as it is and its present; `sinks` are the channels that lead out of the house."""

    tx: Tx
    tenancy: Tenancy
    scene: Scene
    clock: tenants.Clock
    sinks: frozenset[str] = frozenset()
    meter: Meter = Meter()


class Desk:
    """Opens sessions. Tenants and playbooks are remembered by version, so a change shows with the next session."""

    def __init__(
        self, engine: Engine, channels: frozenset[str], read_playbook: ReadPlaybook, meter: Meter | None = None
    ) -> None:
        self.engine = engine
        self.meter = meter or Meter()
        self.channels = channels
        self._read_playbook = read_playbook
        self._tenancies: dict[str, Tenancy] = {}
        self._lock = Lock()
        self._closing = Event()

    def close(self) -> None:
        """Long work stops as soon as it can."""
        self._closing.set()

    def go_on(self) -> None:
        """Asked between two pieces of long work. Raises Closing."""
        if self._closing.is_set():
            raise Closing

    @contextmanager
    def open(
        self, tenant: str, now: datetime | None = None, snapshot: bool = False, by_key: bool = False
    ) -> Iterator[Session]:
        """A transaction of the tenant; `now` overrides its clock while a sandbox walks. Raises UnknownTenant."""
        with transaction(self.engine, tenant, snapshot=snapshot, asking=tenants.CLOCK, by_key=by_key) as tx:
            clock = tenants.clock(tx)
            if clock is None:
                raise UnknownTenant(tenant)
            tenancy = self._tenancy(tx, clock)
            scene = self._scene(tx, tenancy, clock, now or clock.now(tx.now))
            yield Session(tx, tenancy, scene, clock, self.channels | _own(tenancy.settings), self.meter)

    def forget(self, tenant: str) -> None:
        """Read the tenant anew with the next session, though its version is the same."""
        with self._lock:
            self._tenancies.pop(tenant, None)

    def _scene(self, tx: Tx, tenancy: Tenancy, clock: tenants.Clock, now: datetime) -> Scene:
        channels = self.channels | _own(tenancy.settings)
        if clock.kind == "sandbox":
            channels = channels | {"email"}
        return Scene(
            now=now,
            today=tenancy.workdays.today(now),
            settings=tenancy.settings,
            workdays=tenancy.workdays,
            law=tenancy.law,
            playbook=lambda name, version: self._playbook(tx, tenancy, name, version),
            newest=lambda name: self._playbook(tx, tenancy, name, tenancy.tenant.playbooks[name]),
            channels=channels,
            people=tenancy.people,
        )

    def _tenancy(self, tx: Tx, clock: tenants.Clock) -> Tenancy:
        known = self._tenancies.get(tx.tenant)
        if known and known.created_at != clock.created_at:  # deleted, and made anew under the same name
            known = None
        if known and known.tenant.version == clock.version:
            return known
        loaded = tenants.load(tx)
        assert loaded is not None
        tenant, _ = loaded
        calendar = tenant.calendar or published(tenant.settings.country)
        playbooks = known.playbooks if known else {}
        workdays = tenant.settings.workdays(calendar)
        tenancy = Tenancy(
            tenant=tenant,
            created_at=clock.created_at,
            secret=tenants.secret(tx),
            listening=listeners(tx),
            workdays=workdays,
            law=law_of(tenant.settings),
            people=people.known(tx, tenant),
            playbooks=playbooks,
        )
        with self._lock:
            if len(self._tenancies) >= _KEPT:
                self._tenancies.pop(next(iter(self._tenancies)))
            self._tenancies[tx.tenant] = tenancy
        return tenancy

    def _playbook(self, tx: Tx, tenancy: Tenancy, name: str, version: int) -> Playbook:
        found = tenancy.playbooks.get((name, version))
        if found is None:
            text = tenants.playbook_text(tx, name, version)
            if text is None:
                raise KeyError(name)
            found = tenancy.playbooks[name, version] = self._read_playbook(text, name, version)
        return found
