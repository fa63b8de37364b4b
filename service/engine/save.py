"""After a decision: events, states, alarms, messages and outbox written together, or not at all."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from msgspec import Struct

from service.domain import due
from service.domain.account import Account, Happened, State
from service.domain.announce import audience, body
from service.domain.case import Case
from service.domain.customer import Customer
from service.domain.events import Event
from service.domain.events.bill import InvoiceCredited, InvoiceIssued, PaymentApplied, PaymentUnapplied
from service.domain.events.case import StepSkipped
from service.domain.events.claim import Recovered
from service.domain.events.customer import ContactErased
from service.domain.events.payment import PaymentReceived
from service.domain.notices import called
from service.engine import mailbag, owing
from service.engine.asks import Ask
from service.engine.booking import booked
from service.engine.desk import Session
from service.engine.erase import erase
from service.engine.gather import Loaded
from service.engine.valuing import to_value
from service.store import (
    arrears,
    cases,
    codec,
    customers,
    digests,
    log,
    messages,
    movements,
    notices,
    outbox,
    payments,
    worklist,
    worth,
)
from service.store.chain import GENESIS
from service.store.database import Row
from service.store.workfold import Entry

PARKED_FOR = timedelta(hours=1)

_log = structlog.get_logger()


class Fresh(Struct, frozen=True):
    """One event of this transaction, with the ask it belongs to, and the states before and after it."""

    ask: Ask
    account: Account
    happened: Happened
    before: State | None
    state: State


def save(session: Session, loaded: Loaded, fresh: Sequence[Fresh]) -> dict[tuple[str, int], int]:
    """Everything of this transaction; the position of each (stream, version). Raises Missed."""
    tx, now = session.tx, session.scene.now
    happened = [(one.account.customer.id, one.happened) for one in fresh]
    mailbag.end(tx, happened, now)
    _erase(session, fresh)
    work = worklist.moved(
        tx, (Entry(one.account.customer.id, one.state.version, one.happened.event, now) for one in fresh)
    )
    entries = _entries(session, loaded, fresh)
    moved = booked(
        tx, session.scene.today, ((e, one.before, one.state) for e, one in zip(entries, fresh, strict=True))
    )
    owed = owing.moved(session.scene.today, ((one.before, one.state) for one in fresh))
    with tx.flow():
        positions = log.append(tx, entries)
        movements.add(tx, moved)
        _save_beside(session, fresh)
        _save_states(session, loaded, fresh)
        arrears.move(tx, owed, session.scene.today)
        messages.add(tx, mailbag.items(happened), now)
        worklist.put(tx, work)
        worth.set_values(tx, to_value(loaded.accounts.values(), work.get("tasks", ())))
        digests.add(tx, _told_later(fresh), now)
        outbox.put(tx, _letters(session, fresh), tx.now)
        if session.scene.settings.notices_by_mail:
            notices.add(tx, _called(fresh), now)
    return positions()


def _entries(session: Session, loaded: Loaded, fresh: Sequence[Fresh]) -> list[log.Entry]:
    scene, recorded_at = session.scene, session.tx.now
    metas: dict[int, str] = {}
    entries = []
    for one in fresh:
        stream = f"{one.happened.stream}/{one.happened.id}"
        event = one.happened.event
        meta = metas.get(id(one.ask))
        if meta is None:
            meta = metas[id(one.ask)] = codec.encode(one.ask.asker)
        own_fact = one.ask.occurred_at and event.type == getattr(one.ask.command, "type", None)
        entry = log.entry(
            loaded.heads.get(stream, GENESIS),
            stream,
            one.state.version,
            event,
            meta,
            one.account.customer.id,
            one.ask.occurred_at if own_fact and one.ask.occurred_at else scene.now,
            recorded_at,
            business_day(event, scene.today),
        )
        loaded.heads[stream] = entry.hash
        entries.append(entry)
    return entries


def business_day(event: Event, today: date) -> date:
    """The day a fact of money belongs to, whenever it was recorded."""
    match event:
        case PaymentApplied() | PaymentUnapplied() | PaymentReceived() | Recovered():
            return event.received_on
        case InvoiceIssued():
            return event.issued_on
        case InvoiceCredited():
            return event.on
        case _:
            return today


def _save_beside(session: Session, fresh: Sequence[Fresh]) -> None:
    named: list[tuple[str, str, int]] = []
    private: list[tuple[str, int, str, str, str]] = []
    for one in fresh:
        h = one.happened
        stream, version = f"{h.stream}/{h.id}", one.state.version
        if h.stream != "case":
            named += [(case, stream, version) for case in sorted(bills_named_by(h.event))]
        for part, content in (h.private or {}).items():
            subject = f"{one.account.customer.id}/{part}" if part else one.account.customer.id
            private.append((stream, version, part, subject, codec.encode(content)))
        if one.ask.extra and h.event.type == getattr(one.ask.command, "type", None):
            private.append((stream, version, "~extra", one.account.customer.id, codec.encode(one.ask.extra)))
    log.mention(session.tx, named)
    log.keep_private(session.tx, private)


def bills_named_by(event: Event) -> set[str]:
    """The bills that an event of another stream speaks of: they show it in their log."""
    moved = (*getattr(event, "applied", ()), *getattr(event, "freed", ()))
    return {*getattr(event, "cases", ()), *getattr(event, "removed", ()), *(one.case for one in moved)}


def _save_states(session: Session, loaded: Loaded, fresh: Sequence[Fresh]) -> None:
    touched = {(one.happened.stream, one.happened.id) for one in fresh}
    changed_cases = {id for stream, id in touched if stream == "case"} | loaded.rung
    owners = {id: account for account in loaded.accounts.values() for id in account.cases}
    saved = [
        cases.Saved(
            state := owners[id].cases[id],
            loaded.versions.get(f"case/{id}", 0),
            loaded.heads[f"case/{id}"],
            case_alarm(session, state, fired=("case", id) in touched),
        )
        for id in sorted(changed_cases)
    ]
    paid = [
        payments.Saved(account.payments[id], loaded.versions.get(f"payment/{id}", 0), loaded.heads[f"payment/{id}"])
        for account in loaded.accounts.values()
        for id in account.payments
        if ("payment", id) in touched
    ]
    people = [
        customers.Saved(
            account.customer,
            loaded.versions[f"customer/{id}"],
            loaded.heads.get(f"customer/{id}"),
            customer_alarm(session, account.customer),
        )
        for id, account in sorted(loaded.accounts.items())
        if account.customer.version
    ]
    cases.save(session.tx, saved)
    payments.save(session.tx, paid)
    customers.save(session.tx, people)


def case_alarm(session: Session, case: Case, fired: bool = True) -> datetime | None:
    """When the clock looks at the case again. What is due now and stays due without having fired is parked."""
    one = due.due(case, session.scene.plan_of(case), session.scene.workdays, session.scene.law)
    if one is None or one.at > session.scene.now:
        return one.at if one else None
    if one.windowed and not session.scene.in_window():
        return session.scene.workdays.next_moment(session.scene.now)
    if not fired:
        session.meter.parked("case")
        _log.warning("case_parked", case=case.id, due=one.at.isoformat(), what=type(one.what).__name__)
        return session.scene.now + PARKED_FOR
    return one.at


def customer_alarm(session: Session, customer: Customer) -> datetime | None:
    """When the clock looks at the customer's own reminders again."""
    scene = session.scene
    ats = [
        scene.workdays.next_moment(scene.now) if one.at <= scene.now and one.windowed else one.at
        for one in due.customer_dues(customer, scene.workdays)
    ]
    return min(ats, default=None)


def _erase(session: Session, fresh: Iterable[Fresh]) -> None:
    for one in fresh:
        if isinstance(one.happened.event, ContactErased):
            erase(session.tx, one.account.customer.id, one.happened.event.contact, session.scene.now)


def _told_later(fresh: Iterable[Fresh]) -> list[Row]:
    """(role, bill, customer) of what waits for a digest."""
    return [
        (role, one.happened.id, one.account.customer.id)
        for one in fresh
        if isinstance(one.happened.event, StepSkipped)
        for role in one.happened.event.digest
    ]


def _called(fresh: Iterable[Fresh]) -> list[Row]:
    """(stream, version, roles, users) of what our people are told by mail."""
    return [
        (f"{one.happened.stream}/{one.happened.id}", one.state.version, " ".join(who[0]), " ".join(who[1]))
        for one in fresh
        if (who := called(one.happened.event))
    ]


def _letters(session: Session, fresh: Sequence[Fresh]) -> list[outbox.Letter]:
    letters: list[outbox.Letter] = []
    listening = session.tenancy.listening
    heard = {type for type in {one.happened.event.type for one in fresh} if any(it.hears(type) for it in listening)}
    for one in fresh:
        event = one.happened.event
        if event.type not in heard:
            continue
        called = audience(event)
        wanting = outbox.addressed(listening, event.type, called)
        if wanting is not None:
            letters.append(_letter(session, one, called, wanting))
    return letters


def _letter(session: Session, one: Fresh, called: list[str], wanting: list[str]) -> outbox.Letter:
    h = one.happened
    case: Case | None = one.state if isinstance(one.state, Case) else None
    customer = one.state if isinstance(one.state, Customer) else one.account.customer
    stream = f"{h.stream}/{h.id}"
    content: dict[str, Any] = body(
        session.tx.tenant,
        stream,
        one.state.version,
        h.event,
        session.scene.now,
        session.scene.today,
        case,
        customer,
        one.state.currency,
        session.scene.law,
    )
    if one.ask.asker.traceparent:
        content["traceparent"] = one.ask.asker.traceparent
    return outbox.Letter(stream, one.state.version, h.event.type, called, codec.encode(content), wanting)
