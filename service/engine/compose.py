"""A queued message when its slot has come: asked again under the customer's lock, struck where things moved on, and worded."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from msgspec.structs import replace

from service.domain.account import Account
from service.domain.case import Case
from service.domain.conditions import days_overdue
from service.domain.customer import Contact, Customer
from service.domain.decide.messages import slot
from service.engine.desk import Desk, Session
from service.engine.handle import InternalError, isolated
from service.engine.save import PARKED_FOR
from service.store import cases, customers, log, messages
from service.store.people import user_details
from service.words.languages import language_of
from service.words.letters import (
    Addressee,
    BillLine,
    Composed,
    Debtor,
    Kind,
    Letter,
    Section,
    Sender,
    ServiceItem,
    TaxLine,
)

Render = Callable[[Letter], Composed]

BATCH = 200
ALSO_OPEN_AT_MOST = 200
PAY_WITHIN_OPEN_DAYS = 5

_SECTIONS: tuple[Kind, ...] = ("overdue", "due_soon", "confirm")


def compose_ready(desk: Desk, tenant: str, render: Render, now: datetime | None = None) -> int:
    """Compose what is to leave now, at most a batch; how many were looked at. They wait as `ready` for the sender. One that
    cannot be composed for a bug of ours is put aside for a while (I36)."""
    with desk.open(tenant, now) as session:
        found = messages.ready(session.tx, session.scene.now, BATCH)
    done = isolated(lambda: _compose_all(desk, tenant, render, now, found), messages=len(found))
    if isinstance(done, InternalError):
        for one in found:
            alone = isolated(partial(_compose_all, desk, tenant, render, now, [one]), message=one[0])
            if isinstance(alone, InternalError):
                park(desk, tenant, now, one[0])
    return len(found)


def _compose_all(
    desk: Desk, tenant: str, render: Render, now: datetime | None, found: Sequence[tuple[str, str]]
) -> None:
    with desk.open(tenant, now) as session:
        customers.lock(session.tx, sorted({customer for _, customer in found}))
        for message, _ in found:
            compose(session, message, render)


def park(desk: Desk, tenant: str, now: datetime | None, message: str) -> None:
    """Look at the message again later."""
    with desk.open(tenant, now) as session:
        ready = (messages.get(session.tx, message) or {}).get("state") == "ready"
        at = session.tx.now if ready else session.scene.now  # once it is ready the real clock counts
        messages.set_state(session.tx, message, next_at=at + PARKED_FOR)
    desk.meter.parked("message")


def compose(session: Session, id: str, render: Render) -> bool:
    """One message, its customer being locked; whether there is something to send."""
    tx, scene = session.tx, session.scene
    message = messages.get(tx, id, lock=True)
    if message is None or message["state"] not in ("queued", "ready"):
        return False
    customer = customers.lock(tx, [message["customer"]])[message["customer"]].state
    days = scene.workdays.in_zone(customer.time_zone) if customer.time_zone else scene.workdays
    allowed = days.next_moment(scene.now)
    contact = customer.contacts.get(message["contact"])
    if contact and message["channel"] != "letter" and scene.workdays.today(allowed) > message["day"]:
        _put_off(session, message, customer, contact)
        return False
    if allowed > scene.now:
        messages.set_state(tx, id, slot_at=allowed, state="queued")
        return False
    items = messages.items(tx, id)
    loaded = {k: v.state for k, v in cases.load(tx, sorted({item["case_id"] for item in items})).items()}
    letters = _lettered(session, message) if message["channel"] == "email" else set()
    struck = {case: why for case in loaded if (why := _struck(loaded[case], message, items, customer, letters))}
    messages.strike(tx, id, sorted(struck.items()))
    kept = [item for item in items if item["case_id"] not in struck and item["case_id"] in loaded]
    if not kept or contact is None or contact.mark is not None or not contact.may_receive_details:
        messages.set_state(tx, id, state="struck", at=scene.now)
        return False
    details = _details(session, customer, contact)
    composed = render(_letter(session, message, customer, details, kept, loaded, letters))
    recipient = details.get("email") if message["channel"] in ("email", "letter") else details.get("mobile")
    captured = _stays(session, message["channel"])
    messages.set_state(
        tx,
        id,
        state="captured" if captured else "ready",
        at=scene.now,
        subject=composed.subject,
        text=composed.text,
        recipient=recipient,
        cases=sorted({item["case_id"] for item in kept}),
    )
    return not captured


def _put_off(session: Session, message: Mapping[str, Any], customer: Customer, contact: Contact) -> None:
    """After downtime there is one message a contact and day, not one for every day missed (I14, I16)."""
    account = Account(customer)
    account.gone = messages.gone(session.tx, [customer.id], session.scene.today).get(customer.id, frozenset())
    there = slot(account, session.scene, contact, message["channel"], message["service"])
    day = session.scene.workdays.today(there.at)
    messages.put_off(session.tx, message["id"], there.message, day, there.at, session.scene.now)


def _stays(session: Session, channel: str) -> bool:
    """Nothing leads out for it: what a sandbox says is captured, and a letter is kept to be printed. Letters go by mail."""
    leads_out = ("email" if channel == "letter" else channel) in session.sinks
    return not leads_out and (session.clock.kind == "sandbox" or channel == "letter")


def _struck(
    case: Case, message: Mapping[str, Any], items: Sequence[Mapping[str, Any]], customer: Customer, letters: set[str]
) -> str | None:
    """Why a bill no longer belongs into a message: nothing about it is to be said any more."""
    if message["service"]:
        return None
    if case.stage == "closed":
        return "closed"
    if case.pause is not None:
        return "paused"
    if customer.restrictions:
        return "restricted"
    templates = {item["template"] for item in items if item["case_id"] == case.id}
    if templates <= {"confirm"} and case.stage != "confirmation":
        return "stage_changed"
    return "letter" if case.id in letters else None


def _lettered(session: Session, message: Mapping[str, Any]) -> set[str]:
    """The bills whose letter leaves on the message's day."""
    day, midnight = message["day"], session.scene.workdays.midnight
    return messages.lettered(session.tx, message["customer"], midnight(day), midnight(day + timedelta(1)))


def _details(session: Session, customer: Customer, contact: Contact) -> dict[str, Any]:
    if contact.details is None:
        return {}
    key = (f"customer/{customer.id}", contact.details)
    found = log.private_of(session.tx, [key]).get(key, {})
    details: dict[str, Any] = found.get(contact.id, {})
    return details


def _letter(
    session: Session,
    message: Mapping[str, Any],
    customer: Customer,
    details: Mapping[str, Any],
    items: Sequence[Mapping[str, Any]],
    loaded: Mapping[str, Case],
    letters: set[str],
) -> Letter:
    scene = session.scene
    named = {item["case_id"] for item in items}
    unsaid = named | letters
    today = scene.today
    also = [
        one.state
        for id, one in cases.load_owed(session.tx, [customer.id], ALSO_OPEN_AT_MOST).items()
        if id not in unsaid and one.state.pause is None and days_overdue(one.state, today) > 0
    ]
    kind = message["kind"] if message["channel"] == "letter" else None
    bills = {id: _bill(loaded[id], today) for id in named}
    dunning = [item for item in items if not item["service"]]
    service = [item for item in items if item["service"]]
    owner = next((loaded[id].owner for id in sorted(named)), customer.owner)
    common = Letter(
        language=language_of(customer.language or scene.settings.language),
        today=today,
        customer=Debtor(id=customer.id, name=customer.name),
        company=scene.settings.company,
        contact=Addressee(**{k: str(details.get(k) or "") for k in ("name", "title", "salutation")}),
        sender=Sender(**user_details(session.tx, owner)),
        banks=scene.settings.banks,
    )
    if kind:
        lines = tuple(bills[id] for id in sorted(bills))
        return replace(common, also_open=lines, kind=kind, pay_by=scene.workdays.add_open(today, PAY_WITHIN_OPEN_DAYS))
    return replace(
        common,
        sections=tuple(_sections(dunning, bills, loaded)),
        also_open=tuple(_bill(case, today) for case in also) if dunning else (),
        service=tuple(_service(service, bills, customer, today)),
        account_watch=message["copy"] == "finance",
    )


def _sections(
    items: Sequence[Mapping[str, Any]], bills: Mapping[str, BillLine], loaded: Mapping[str, Case]
) -> list[Section]:
    """Each bill once, in the section that its present state calls for; the template is its step's."""
    by_kind: dict[Kind, dict[str, dict[str, BillLine]]] = {kind: {} for kind in _SECTIONS}
    for item in items:
        case, bill = loaded[item["case_id"]], bills[item["case_id"]]
        kind: Kind = "confirm" if case.stage == "confirmation" else "overdue" if bill.days_overdue else "due_soon"
        by_kind[kind].setdefault(item["template"], {})[case.id] = bill
    return [
        Section(kind=kind, template=template, bills=tuple(lines.values()))
        for kind in _SECTIONS
        for template, lines in by_kind[kind].items()
    ]


def _service(
    items: Sequence[Mapping[str, Any]], bills: Mapping[str, BillLine], customer: Customer, today: date
) -> list[ServiceItem]:
    templates = dict.fromkeys(item["template"] for item in items)
    return [
        ServiceItem(
            template=template,
            bills=tuple(bills[item["case_id"]] for item in items if item["template"] == template),
            on=customer.hold.on if template == "hold" and customer.hold else today,
        )
        for template in templates
    ]


def _bill(case: Case, today: date) -> BillLine:
    tax = case.tax
    dispatched = TaxLine(number=tax.number, courier=tax.courier, tracking=tax.tracking) if tax else None
    return BillLine(
        id=case.id,
        amount=case.amount,
        open=case.open,
        currency=case.currency,
        reference=case.reference,
        issued_on=case.issued_on,
        due_on=case.due_on,
        days_overdue=days_overdue(case, today),
        confirmed=case.confirmed_on is not None or not case.confirmation_required,
        tax=dispatched if tax and tax.state == "dispatched" else None,
    )
