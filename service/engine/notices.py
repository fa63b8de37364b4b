"""Our own people are told by mail: one a person and day, once the clock has looked at everybody, in their language (C3)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from msgspec import Struct

from service.channels.outcome import Failed, Sent
from service.channels.retries import next_attempt
from service.domain import weeks
from service.domain.case import Case
from service.domain.conditions import days_overdue
from service.domain.digests import Waiting, is_due, opens_at
from service.domain.events import Event
from service.domain.events.approval import ApprovalRequested
from service.domain.events.case import Escalated
from service.domain.events.customer import HoldApplied, HoldReleased, NoticeRaised
from service.domain.notices import addressed
from service.engine.desk import Desk, Session
from service.engine.insist import insist
from service.store import cases, codec, customers, notices
from service.store.database import Row
from service.store.people import users_details
from service.words.languages import language_of
from service.words.letters import Composed
from service.words.notices import BillTold, Item, Told

MOST = 2000
"""Notices in one day's mails."""

BILLS_LOOKED_AT = 2000
LEASE = timedelta(seconds=60)
RECORDED_WITHIN = 20.0  # with a send of 15 s: less than the lease
BATCH = 50
KEPT = timedelta(days=90)

_log = structlog.get_logger()

Render = Callable[[Told], Composed]
Post = Callable[[str, Mapping[str, Any]], Sent | Failed]


class _Thing(Struct):
    """What is told once, however many events say it: a sentence, the customers and bills it is about, and whom."""

    code: str
    customers: list[str]
    params: dict[str, object]
    cases: dict[str, None]
    roles: list[str]
    users: list[str]
    count: int | None = None


def tell(desk: Desk, tenant: str, render: Render, now: datetime | None = None) -> int:
    """Write today's mails, unless an alarm is still to be looked at; how many. `now` is given by a clock that stands."""
    with desk.open(tenant, now) as session:
        scene = session.scene
        if not scene.settings.notices_by_mail or not _is_due(session, stands=now is not None):
            return 0
        things = list(_things(notices.take(session.tx, scene.now, MOST)))
        mails = _mails(session, things, render) if "email" in session.sinks else []
        notices.put(session.tx, mails, scene.today, scene.now)
        notices.forget(session.tx, scene.today - KEPT, MOST)
        return len(mails)


def next_look(session: Session) -> datetime | None:
    """When somebody may next be told."""
    scene = session.scene
    found = notices.waiting(session.tx) if scene.settings.notices_by_mail else None
    if found is None:
        return None
    at = opens_at(found, notices.told_on(session.tx), scene.workdays)
    return at if at > scene.now else scene.workdays.next_moment(scene.now)


def post(desk: Desk, tenant: str, hand: Post) -> int:
    """Hand over what is ready, each claimed just before it leaves; how many were tried, at most a batch. Raises Closing between
    two of them."""
    for tried in range(BATCH):
        desk.go_on()
        with desk.open(tenant) as session:
            mail = notices.claim(session.tx, session.tx.now + LEASE)
        if mail is None:
            return tried
        insist(partial(_record, desk, tenant, mail, hand(tenant, mail)), RECORDED_WITHIN)
    return BATCH


def _record(desk: Desk, tenant: str, mail: dict[str, Any], outcome: Sent | Failed) -> None:
    again = next_attempt(mail["attempts"], jitter=0.0) if isinstance(outcome, Failed) and not outcome.permanent else None
    with desk.open(tenant) as session:
        if again is not None:
            notices.record(session.tx, mail, "ready", session.tx.now + again)
            return
        notices.record(session.tx, mail, "handed_over" if isinstance(outcome, Sent) else "bounced", None)
    if isinstance(outcome, Failed):
        _log.warning("notices_bounced", tenant=tenant, user=mail["user"], code=outcome.code)


def _is_due(session: Session, stands: bool) -> bool:
    found = notices.waiting(session.tx)
    if found is None:
        return False
    rung = customers.next_wake(session.tx)
    if rung is not None and rung <= session.scene.now:
        return False
    waiting = Waiting("", found.first, found.last)
    return is_due(waiting, notices.told_on(session.tx), session.scene.now, session.scene.workdays, stands)


def _things(noticed: Sequence[notices.Noticed]) -> Iterator[_Thing]:
    """In the order in which they came; the same about several bills is one."""
    found: dict[tuple[object, ...], _Thing] = {}
    for one in noticed:
        thing = _thing(codec.event(one.type, one.schema, one.data), one)
        key = (thing.code, *thing.customers, *thing.params.values(), *thing.roles, *thing.users)
        known = found.setdefault(key, thing)
        known.cases |= thing.cases
    return iter(found.values())


def _thing(event: Event, one: notices.Noticed) -> _Thing:
    whose = [one.customer] if one.customer else []
    kind, _, id = one.stream.partition("/")
    own = {id: None} if kind == "case" else {}
    match event:
        case NoticeRaised():
            named = dict.fromkeys(event.cases) | own
            params: dict[str, object] = {"about": event.about} if event.about else {}
            return _Thing(f"notice.{event.text}", event.customers, params, named, one.roles, one.users, _counted(event))
        case Escalated():
            return _Thing("notices.escalated", whose, {"level": event.level}, own, one.roles, [])
        case ApprovalRequested():
            params = {"kind": event.kind, "about": event.approval}
            return _Thing("notices.asked", whose, params, dict.fromkeys(event.cases), one.roles, [], event.bills)
        case HoldApplied() | HoldReleased():
            code = "notices.held" if isinstance(event, HoldApplied) else "notices.released"
            return _Thing(code, whose, {}, dict.fromkeys(event.cases), one.roles, [])
        case _:
            raise AssertionError(event)


def _counted(event: NoticeRaised) -> int | None:
    return event.customer_count if event.bills is None else event.bills


def _mails(session: Session, things: Sequence[_Thing], render: Render) -> list[Row]:
    """(user, recipient, language, subject, text, week of its report) of everybody who has an address."""
    tx, scene, people = session.tx, session.scene, session.scene.people
    ids = list(dict.fromkeys(id for thing in things for id in thing.cases))[:BILLS_LOOKED_AT]
    bills = {id: one.state for id, one in cases.load(tx, ids).items()}
    known = notices.customers(tx, sorted({id for thing in things for id in thing.customers}))
    told: dict[str, list[Item]] = {}
    for thing in things:
        owners = {bills[id].owner for id in thing.cases if id in bills}
        owners = owners or {known[id][1] for id in thing.customers if id in known}
        item = _item(session, thing, bills, [known[id][0] if id in known else id for id in thing.customers])
        for user in addressed(thing.roles, thing.users, owners, people, scene.today):
            told.setdefault(user, []).append(item)
    people_known = users_details(tx, sorted(told))
    mails: list[Row] = []
    for user, items in sorted(told.items()):
        details = people_known.get(user, {})
        if not details.get("email"):
            continue
        language = language_of(details.get("language"), language_of(scene.settings.language))
        name, company = details.get("name", ""), scene.settings.company
        words = render(Told(language=language, today=scene.today, company=company, name=name, items=tuple(items)))
        mails.append((user, details["email"], language, words.subject, words.text, _week(items)))
    return mails


def _week(items: Sequence[Item]) -> str:
    """Whose report goes with a mail; "" with one that tells of none."""
    return next((str(item.params["about"]) for item in items if item.code == f"notice.{weeks.TOLD}"), "")


def _item(session: Session, thing: _Thing, bills: Mapping[str, Case], called: list[str]) -> Item:
    listed = [_bill(session, bills[id]) for id in thing.cases if id in bills]
    params = {
        **thing.params,
        "customer": called,
        "customers": called,
        "bills": list(thing.cases),
        "count": thing.count if thing.count is not None else len(thing.cases),
    }
    return Item(code=thing.code, params=params, bills=tuple(sorted(listed, key=lambda one: (-one.days_overdue, one.id))))


def _bill(session: Session, case: Case) -> BillTold:
    steps = [step.name for step in session.scene.plan_of(case).steps if step.reminds]
    return BillTold(
        id=case.id,
        open=case.open,
        currency=case.currency,
        days_overdue=days_overdue(case, session.scene.today),
        level=case.level,
        since=case.levels.get(case.level),
        reminded_on=max((case.done[name].on for name in steps if name in case.done), default=None),
        promises_broken=case.promises_broken,
    )
