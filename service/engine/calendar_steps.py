"""What starts with a day of the calendar and looks at the whole tenant: steps of a playbook (A1), and the week's report (K)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import msgspec

from service.domain import weeks
from service.domain.digests import CUSTOMERS_NAMED, fitting
from service.domain.events.customer import NoticeRaised
from service.domain.offsets import Offset, add
from service.domain.playbook import Notice, Playbook, Step
from service.domain.scene import CLOCKWORK, Scene
from service.domain.tenant import Tenant
from service.engine import watch
from service.engine.administer import Change, administer
from service.engine.desk import Desk, Session
from service.store import tenants
from service.store.database import Tx

_MONTHS_AHEAD = 14


def next_at(session: Session) -> datetime | None:
    """When the tenant's next calendar step fires; where none was set yet, the first after this moment, kept from now on."""
    at: datetime | None
    ((at,),) = session.tx.rows("SELECT wake_at FROM tenants WHERE id = %(tenant)s")
    if at is None:
        at = _after(session, session.scene.now)
        tenants.set_wake(session.tx, at)
    return at


def next_look(session: Session) -> datetime | None:
    """When to look at them again: what is due outside the windows waits for the next one."""
    at, scene = next_at(session), session.scene
    return scene.workdays.next_moment(scene.now) if at is not None and at <= scene.now else at


def _after(session: Session, now: datetime) -> datetime | None:
    moments = [
        moment
        for step in _steps(session)
        for day in _days(step, session.scene.today)
        if (moment := session.scene.workdays.moment(day)) > now
    ]
    return min([*moments, _next_look(session)])


def _next_look(session: Session) -> datetime:
    """When customers are next looked at as a whole: with the day's first window."""
    workdays, today = session.scene.workdays, session.scene.today
    at = workdays.opening(workdays.next_open(today))
    return at if at > session.scene.now else workdays.opening(workdays.add_open(today, 1))


def _playbooks(session: Session) -> Iterator[Playbook]:
    for name in session.tenancy.tenant.playbooks:
        yield session.scene.newest(name)


def _steps(session: Session) -> list[Step]:
    return [step for playbook in _playbooks(session) for step in playbook.steps if step.scope == "tenant"]


def _days(step: Step, today: date) -> Iterator[date]:
    """The calendar days around today on which the step falls."""
    if step.start.weekday is not None:
        for n in range(-7, 15):
            day = today + timedelta(n)
            if day.isoweekday() == step.start.weekday:
                yield day
    if step.start.day_of_month is not None:
        first = add(today.replace(day=1), Offset(months=-1))
        for n in range(_MONTHS_AHEAD):
            month = add(first, Offset(months=n))
            last = add(month, Offset(months=1, days=-1))
            yield min(month + timedelta(step.start.day_of_month - 1), last)


def fire(desk: Desk, tenant: str, now: datetime | None) -> None:
    """The calendar steps due now; missed ones collapse into one (F1)."""
    with desk.open(tenant, now) as session:
        scene = session.scene
        at = next_at(session)
        if at is None or at > scene.now or not scene.in_window():
            return
        due = [(book, step) for book in _playbooks(session) for step in book.steps if _is_due(session, step, at)]
        notices = [notice for book, step in due for notice in _notices(session, book, step)]
        since = scene.workdays.midnight(scene.workdays.today(at))
        later = _after(session, scene.now)
    watch.look(desk, tenant, now)

    def decide(tx: Tx, locked: Tenant) -> Sequence[Change]:
        if tx.rows("SELECT wake_at FROM tenants WHERE id = %(tenant)s") != [(at,)]:
            return []  # another clock was faster
        tenants.set_wake(tx, later)
        told = [weeks.notice(scene.today)] if _week_is_due(locked, scene, since) else []
        return [Change(notice) for notice in [*notices, *told]]

    administer(desk.engine, tenant, decide, CLOCKWORK, scene.now)


def _week_is_due(tenant: Tenant, scene: Scene, since: datetime) -> bool:
    return weeks.has_readers(scene.people) and weeks.is_due(tenant.week_told_on, since, scene.now, scene.workdays)


def _is_due(session: Session, step: Step, since: datetime) -> bool:
    if step.scope != "tenant":
        return False
    workdays = session.scene.workdays
    since = workdays.midnight(workdays.today(since))  # the windows may have been set anew meanwhile
    moments = [workdays.moment(day) for day in _days(step, session.scene.today)]
    return any(since <= moment <= session.scene.now for moment in moments)


def _notices(session: Session, playbook: Playbook, step: Step) -> Iterator[NoticeRaised]:
    found, count = _selected(session, playbook, step)
    for action in step.actions:
        if found and isinstance(action.deed, Notice):
            yield NoticeRaised(
                rule=action.rule or step.rule,
                audience=list(action.deed.audience),
                text=action.deed.text,
                customers=fitting(found),
                customer_count=count,
                on=session.scene.today,
            )


_SELECT = """
SELECT id, count(*) OVER () FROM customers c WHERE tenant = %(tenant)s AND version > 0
   AND (%(cycle)s::text IS NULL OR COALESCE(state->>'billing_cycle', 'none') = %(cycle)s)
   AND (%(segment)s::text IS NULL OR COALESCE(state->>'segment', 'standard') = %(segment)s)
   AND COALESCE(state->>'playbook', %(by_segment)s::json->>COALESCE(state->>'segment', 'standard'), %(default)s) = %(playbook)s
   AND (NOT %(missing)s OR NOT EXISTS (
         SELECT FROM cases k WHERE k.tenant = %(tenant)s AND k.customer = c.id AND k.period = %(period)s))
   AND (%(having)s::text IS NULL OR EXISTS (
         SELECT FROM cases k WHERE k.tenant = %(tenant)s AND k.customer = c.id AND k.stage IN ('confirmation', 'collection')
            AND (%(before)s::date IS NULL OR k.due_on < %(before)s)))
 ORDER BY id LIMIT %(named)s
"""


def _selected(session: Session, playbook: Playbook, step: Step) -> tuple[list[str], int]:
    """The customers of this playbook that the selection finds, at most a thousand by name, and how many there are."""
    month = add(session.scene.today.replace(day=1), Offset(months=-1))
    wanted, settings = step.select, session.scene.settings
    rows = session.tx.rows(
        _SELECT,
        {
            "cycle": wanted.get("billing_cycle"),
            "segment": wanted.get("segment"),
            "default": settings.playbook,
            "by_segment": msgspec.json.encode(settings.segment_playbooks).decode(),
            "playbook": playbook.name,
            "missing": "without_bill_for" in wanted,
            "period": f"{month:%Y-%m}",
            "having": wanted.get("having"),
            "before": session.scene.today if wanted.get("having") == "overdue_bills" else None,
            "named": CUSTOMERS_NAMED,
        },
    )
    return [id for id, _ in rows], rows[0][1] if rows else 0
