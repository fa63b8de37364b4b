"""The tenant's own stream - settings, calendars, playbooks, people, keys, endpoints: one locked row, one event each."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Engine

from service.domain.announce import audience
from service.domain.events import TenantEvent
from service.domain.events.tenant import (
    CalendarPublished,
    EndpointTested,
    PlaybookPublished,
    SettingsChanged,
    TemplatePublished,
    TenantCreated,
)
from service.domain.notices import called as mailed
from service.domain.refusals import Conflict, Refused
from service.domain.scene import Asker
from service.domain.settings import DAYS, Settings
from service.domain.tenant import Tenant, evolve_tenant
from service.domain.workdays import Calendar
from service.engine.desk import UnknownTenant
from service.store import codec, log, notices, outbox, tenants, worklist
from service.store.calendars import UnknownCountry, published
from service.store.chain import GENESIS
from service.store.database import Row, Tx, transaction
from service.store.workfold import Entry

STREAM = "tenant"
ALL = ""
"""The place from which every alarm of the tenant is computed anew."""

Private = dict[str, dict[str, Any]] | None


class Change(Struct, frozen=True):
    """An event of the tenant, with what of it is private."""

    event: TenantEvent
    private: Private = None


Decide = Callable[[Tx, Tenant], Sequence[Change]]


def create(
    engine: Engine, id: str, kind: str, settings: Settings, playbooks: dict[str, str], asker: Asker, now: datetime | None
) -> Tenant:
    """A new tenant with its calendar and the shipped playbooks. Raises Conflict when the name is taken."""
    with transaction(engine, id) as tx:
        if tenants.load(tx):
            raise Conflict("tenant_exists", None, tenant=id)
        calendar = _calendar(settings, 1)
        changes = [
            Change(TenantCreated(name=id, kind=kind, now=now)),
            Change(SettingsChanged(settings=msgspec.to_builtins(settings), changed=[])),
            Change(CalendarPublished(calendar=_plain(calendar))),
            *(Change(PlaybookPublished(playbook=n, version=1, text=text)) for n, text in sorted(playbooks.items())),
        ]
        tenants.insert(tx, Tenant(id=id, kind=kind), GENESIS, secrets.token_bytes(32), now)
        tenant = _append(tx, Tenant(id=id), GENESIS, changes, asker, now)
        for name, text in playbooks.items():
            tenants.publish(tx, name, 1, text)
        return tenant


def _calendar(settings: Settings, version: int) -> Calendar:
    try:
        return published(settings.country, version)
    except UnknownCountry:
        raise Refused("country_unknown", "/country", country=settings.country) from None


def _plain(calendar: Calendar) -> dict[str, Any]:
    plain: dict[str, Any] = codec.load(codec.canonical(calendar))
    return plain


def administer(
    engine: Engine,
    id: str,
    decide: Decide,
    asker: Asker,
    now: datetime | None = None,
    closed_too: bool = False,
    then: Callable[[Tx], None] = lambda _: None,
) -> Tenant:
    """Change the tenant under its lock; `decide` may write rows of its own beside the events it returns, `then` reads how
    things stand after them. Nothing of a closed tenant changes any more, but that it is closed."""
    with transaction(engine, id, asking=tenants.CLOCK) as tx:
        loaded = tenants.load(tx, lock=True)
        if loaded is None or (loaded[0].delete_after and not closed_too):
            raise UnknownTenant(id)
        tenant, head = loaded
        changes = decide(tx, tenant)
        tenant = _append(tx, tenant, head or GENESIS, changes, asker, now) if changes else tenant
        then(tx)
        return tenant


def _append(
    tx: Tx, tenant: Tenant, head: bytes, changes: Sequence[Change], asker: Asker, now: datetime | None = None
) -> Tenant:
    now = now or tenant_now(tx)
    meta = codec.encode(asker)
    entries, private = [], []
    listening = outbox.listeners(tx)
    letters = []
    told = []
    summoned: list[Row] = []
    for change in changes:
        tenant = evolve_tenant(tenant, change.event)
        today = now.date()
        entry = log.entry(head, STREAM, tenant.version, change.event, meta, None, now, tx.now, today)
        head = entry.hash
        entries.append(entry)
        told.append(Entry("", tenant.version, change.event, now))
        for part, content in (change.private or {}).items():
            private.append((STREAM, tenant.version, part, part or tenant.id, codec.encode(content)))
        if who := mailed(change.event):
            summoned.append((STREAM, tenant.version, " ".join(who[0]), " ".join(who[1])))
        called = audience(change.event)
        wanting = _wanting(listening, change.event, called)
        if wanting is not None:
            letters.append(_letter(tx, tenant.version, change.event, called, wanting, now))
    log.append(tx, entries)
    log.keep_private(tx, private)
    outbox.put(tx, letters, tx.now)
    if tenant.settings.notices_by_mail:
        notices.add(tx, summoned, now)
    worklist.put(tx, worklist.moved(tx, told))
    tenants.save(tx, tenant, head)
    return tenant


def tenant_now(tx: Tx) -> datetime:
    """The tenant's present: a sandbox has its own."""
    clock = tenants.clock(tx)
    return clock.now(tx.now) if clock else tx.now


def _wanting(listening: Sequence[outbox.Listener], event: TenantEvent, called: list[str]) -> list[str] | None:
    if isinstance(event, EndpointTested):
        return [event.endpoint]
    return outbox.addressed(listening, event.type, called)


def _letter(
    tx: Tx, version: int, event: TenantEvent, called: list[str], wanting: list[str], now: datetime
) -> outbox.Letter:
    content = {
        "specversion": "1.0",
        "id": f"{STREAM}/{version}",
        "source": f"dunlog/{tx.tenant}",
        "type": event.type,
        "time": now,
        "subject": STREAM,
        "datacontenttype": "application/json",
        "data": msgspec.to_builtins(event) | {"audience": called},
    }
    return outbox.Letter(STREAM, version, event.type, called, codec.encode(content), wanting)


def settings_changed(tx: Tx, tenant: Tenant, new: Settings) -> list[Change]:
    """New settings; another country brings its calendar. Alarms follow beside the clock. Raises Refused."""
    old, fresh = msgspec.to_builtins(tenant.settings), msgspec.to_builtins(new)
    changed = sorted(name for name in fresh if fresh[name] != old.get(name))
    if not changed:
        return []
    changes = [Change(SettingsChanged(settings=fresh, changed=changed))]
    if "country" in changed:
        version = (tenant.calendar.version if tenant.calendar else 0) + 1
        changes.append(Change(CalendarPublished(calendar=_plain(_calendar(new, version)))))
    if not DAYS.isdisjoint(changed):
        tenants.renew_from(tx, ALL)
    return changes


def refresh_calendar(engine: Engine, id: str, asker: Asker) -> bool:
    """Publish what authorities have announced since; what was provisional is computed anew (T7). Whether anything changed."""
    changed = False

    def decide(tx: Tx, tenant: Tenant) -> Sequence[Change]:
        nonlocal changed
        known = tenant.calendar
        fresh = _calendar(tenant.settings, known.version + 1 if known else 1)
        if known and replace(fresh, version=known.version, source=known.source) == known:
            return []
        changed = True
        tenants.renew_from(tx, ALL)
        return [Change(CalendarPublished(calendar=_plain(fresh)))]

    administer(engine, id, decide, asker)
    return changed


def template_published(tenant: Tenant, language: str, kind: str, texts: dict[str, str] | None) -> list[Change]:
    """What letters say from now on; those already printed stay. The texts have been checked."""
    known = tenant.templates.get(f"{language}/{kind}")
    version = known.version + 1 if known else 1
    return [Change(TemplatePublished(language=language, kind=kind, version=version, texts=texts))]


def playbook_published(tx: Tx, tenant: Tenant, name: str, text: str) -> list[Change]:
    """A new version of a playbook; open cases keep theirs. The text has been checked."""
    version = tenant.playbooks.get(name, 0) + 1
    tenants.publish(tx, name, version, text)
    tenants.look_anew(tx, tenant_now(tx))
    return [Change(PlaybookPublished(playbook=name, version=version, text=text))]
