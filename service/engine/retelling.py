"""Recorded history read back for a what-if: the settings as they were over time, and what each customer's log says."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from service.domain.commands.facts import FACTS
from service.domain.playbook import Playbook
from service.domain.scene import Asker
from service.domain.tenant import Tenant, evolve_tenant
from service.domain.whatif.deeds import Record
from service.domain.whatif.setting import Company, Era
from service.domain.workdays import Workdays
from service.engine.desk import Desk, Session
from service.store import codec, log, recorded
from service.store.calendars import published
from service.store.laws import law_of

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

_askers = msgspec.json.Decoder(Asker)


class Books:
    """The published playbooks by version, each read once."""

    def __init__(self, desk: Desk, tenant: str) -> None:
        self._desk = desk
        self._tenant = tenant
        self._known: dict[tuple[str, int], Playbook] = {}

    def __call__(self, name: str, version: int) -> Playbook:
        found = self._known.get((name, version))
        if found is None:
            with self._desk.open(self._tenant, snapshot=True) as session:
                found = self._known[name, version] = session.scene.playbook(name, version)
        return found


def company(session: Session, books: Books) -> Company:
    """The tenant as it has been."""
    return Company(_eras(session), books, session.scene.channels, session.scene.people)


def _eras(session: Session) -> list[Era]:
    """One from each change of the settings or the calendar; days that are the same are worked out once."""
    tenant, eras = Tenant(id=session.tx.tenant), [_era(BEGINNING, Tenant(id=session.tx.tenant), None)]
    for row in log.of_streams(session.tx, ["tenant"]):
        before, tenant = tenant, evolve_tenant(tenant, codec.event(row["type"], row["schema"], row["data"]))  # type: ignore[arg-type]
        if (tenant.settings, tenant.calendar) != (before.settings, before.calendar):
            eras.append(_era(row["occurred_at"], tenant, eras[-1]))
    eras[0] = msgspec.structs.replace(eras[min(1, len(eras) - 1)], since=BEGINNING)
    return eras


def _era(since: datetime, tenant: Tenant, last: Era | None) -> Era:
    calendar = tenant.calendar or published(tenant.settings.country)
    days: Workdays = tenant.settings.workdays(calendar)
    if last and (last.workdays.calendar, last.workdays.zone, last.workdays.windows) == (calendar, days.zone, days.windows):
        days = last.workdays
    return Era(since, tenant.settings, days, law_of(tenant.settings))


def records(session: Session, customers: Sequence[str]) -> dict[str, list[Record]]:
    """By customer, all that the log says of them."""
    by_customer: defaultdict[str, list[recorded.Line]] = defaultdict(list)
    for line in recorded.lines(session.tx, customers):
        by_customer[line.customer].append(line)
    return {customer: list(_records(session, lines)) for customer, lines in sorted(by_customer.items())}


def _records(session: Session, lines: list[recorded.Line]) -> list[Record]:
    lines.sort()
    askers: dict[str, Asker] = {}
    found: list[Record] = []
    last = BEGINNING
    for line in lines:
        asker = askers.get(line.meta) or askers.setdefault(line.meta, _askers.decode(line.meta))
        at = last = max(last, _moment(session, line, asker, last))
        stream, _, id = line.stream.partition("/")
        event = codec.event(line.type, line.schema, line.data)
        found.append(Record(at, line.position, f"{line.xid} {line.meta}", asker, stream, id, event))
    return found


def _moment(session: Session, line: recorded.Line, asker: Asker, last: datetime) -> datetime:
    """When it was decided on the tenant's clock. An ERP's fact carries the ERP's time: where the clock stood then, what else
    happened with it tells."""
    if session.clock.kind == "live":
        return line.recorded_at
    if asker.role != "erp" or line.type not in FACTS:
        return line.occurred_at
    return line.occurred_at if last <= line.occurred_at <= session.scene.now else last
