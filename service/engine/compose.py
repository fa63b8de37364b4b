"""Queued messages when their slot has come: asked again under their customers' locks, struck where things moved on, worded."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from msgspec.structs import replace

from service.domain.account import Account
from service.domain.case import Case
from service.domain.customer import Contact, Customer
from service.domain.decide.messages import slot
from service.engine import gates
from service.engine.desk import Desk, Session
from service.engine.handle import InternalError, isolated
from service.engine.leaving import Leaving, struck_from, templates_of
from service.engine.papers import Papers
from service.engine.save import PARKED_FOR
from service.engine.statements import Books, books
from service.engine.wording import Parts, enclosed, letter
from service.store import cases, customers, log, messages
from service.store.people import users_details
from service.words.letters import Composed, Letter

Render = Callable[[Letter], Composed]

BATCH = 200
BILLS_AT_ONCE = 5_000
"""In one transaction's messages, save one message names more: memory does not grow with how many a batch happens to hold."""

ALSO_OPEN_AT_MOST = 200


def compose_ready(desk: Desk, tenant: str, render: Render, now: datetime | None = None) -> int:
    """Compose what is to leave now, at most a batch; how many were looked at. They wait as `ready` for the sender. One that
    cannot be composed for a bug of ours is put aside for a while (I36)."""
    with desk.open(tenant, now) as session:
        settings = session.scene.settings
        found = messages.ready(session.tx, session.scene.now, BATCH, families=settings.contact_parents)
        has_gate = settings.payment_feed_days is not None
    if found and has_gate:
        gates.tell_of_feed(desk, tenant, now)
    for share in _shares(found):
        done = isolated(partial(_compose_all, desk, tenant, render, now, share), messages=len(share))
        if isinstance(done, InternalError):
            for one in share:
                alone = isolated(partial(_compose_all, desk, tenant, render, now, [one]), message=one.message)
                if isinstance(alone, InternalError):
                    park(desk, tenant, now, one.message)
    return len(found)


def _shares(found: Iterable[messages.Ready]) -> Iterator[list[messages.Ready]]:
    share: list[messages.Ready] = []
    for one in found:
        if share and sum(other.bills for other in share) + one.bills > BILLS_AT_ONCE:
            yield share
            share = []
        share.append(one)
    if share:
        yield share


def _compose_all(
    desk: Desk, tenant: str, render: Render, now: datetime | None, share: Sequence[messages.Ready]
) -> None:
    """Letters are printed in between, when nobody is locked."""
    papers = Papers()
    _compose_with(desk, tenant, render, now, share, papers)
    if printed := papers.print_wanted():
        _compose_with(desk, tenant, render, now, [one for one in share if one.message in printed], papers)
    set_aside(desk, tenant, now, papers)


def _compose_with(
    desk: Desk, tenant: str, render: Render, now: datetime | None, share: Sequence[messages.Ready], papers: Papers
) -> None:
    with desk.open(tenant, now) as session:
        locked = customers.lock(session.tx, sorted({one.customer for one in share}))
        compose(session, [one.message for one in share], {id: one.state for id, one in locked.items()}, render, papers)


def set_aside(desk: Desk, tenant: str, now: datetime | None, papers: Papers) -> None:
    """Letters that could not be printed are looked at again later, and somebody knows of it."""
    if papers.unprintable:
        with desk.open(tenant, now) as session:
            papers.tell_unprintable(session)
        for message in papers.unprintable:
            park(desk, tenant, now, message)


def park(desk: Desk, tenant: str, now: datetime | None, message: str) -> None:
    """Look at the message again later."""
    with desk.open(tenant, now) as session:
        ready = (messages.get(session.tx, message) or {}).get("state") == "ready"
        at = session.tx.now if ready else session.scene.now  # once it is ready the real clock counts
        messages.set_state(session.tx, message, next_at=at + PARKED_FOR)
    desk.meter.parked("message")


class Said(NamedTuple):
    """A message's words, with what they were made of, and to which address they go."""

    words: Composed
    letter: Letter
    recipient: str | None


def compose(
    session: Session, ids: Sequence[str], locked: Mapping[str, Customer], render: Render, papers: Papers
) -> dict[str, Said]:
    """Messages whose customers are locked; what those of them say that are ready to be sent. Letters not yet printed as they
    are now are left as they are, and noted in `papers`."""
    leaving = _leaving(session, ids, locked)
    loaded = {k: v.state for k, v in cases.load(session.tx, _named(leaving)).items()}
    if session.scene.settings.contact_parents:
        leaving = _with_children(session, leaving, loaded)
    struck: list[tuple[str, str, str]] = []
    unsaid: list[str] = []
    worded: list[Leaving] = []
    for one in leaving:
        named = templates_of(one.items)
        why = {case: why for case in named if (why := struck_from(loaded[case], named[case], one))}
        struck += [(one.row["id"], case, reason) for case, reason in sorted(why.items())]
        kept = [item for item in one.items if item["case_id"] not in why]
        if kept and one.contact and one.contact.mark is None and one.contact.may_receive_details:
            worded.append(replace(one, items=kept))
        else:
            unsaid.append(one.row["id"])
    messages.strike(session.tx, struck)
    messages.end_unsaid(session.tx, unsaid, session.scene.now)
    return _word(session, worded, loaded, render, papers)


def _leaving(session: Session, ids: Sequence[str], locked: Mapping[str, Customer]) -> list[Leaving]:
    """Those whose day and window it still is, for the contact's own zone too; the others are put off."""
    tx, scene = session.tx, session.scene
    going: list[tuple[Mapping[str, Any], Customer, Contact | None]] = []
    gate = gates.Gates(session)
    gate.expect(ids, locked.values())
    for row in messages.take(tx, ids):
        customer = locked[row["customer"]]
        days = gates.days_of(session, customer)
        allowed = days.next_moment(scene.now)
        contact = customer.contacts.get(row["contact"])
        waits = gate.waits_until(row, customer)
        if waits:
            messages.set_state(tx, row["id"], state="queued", next_at=waits)
        elif contact and row["channel"] != "letter" and scene.workdays.today(allowed) > row["day"]:
            _put_off(session, row, customer, contact)
        elif allowed > scene.now:
            messages.set_state(tx, row["id"], slot_at=allowed, state="queued")
        else:
            gate.leaves(row)
            going.append((row, customer, contact))
    items = messages.items(tx, [row["id"] for row, _, _ in going])
    lettered = _lettered(session, {(row["customer"], row["day"]) for row, _, _ in going if row["channel"] == "email"})
    return [
        Leaving(
            row,
            customer,
            contact,
            items.get(row["id"], []),
            lettered.get((row["customer"], row["day"]), frozenset()) if row["channel"] == "email" else frozenset(),
        )
        for row, customer, contact in going
    ]


def _lettered(session: Session, mailed: set[tuple[str, date]]) -> dict[tuple[str, date], frozenset[str]]:
    """By customer and day, the bills of which a letter of that day speaks."""
    midnight = session.scene.workdays.midnight
    days = [(id, day, midnight(day), midnight(day + timedelta(1))) for id, day in sorted(mailed)]
    return messages.lettered(session.tx, days)


def _with_children(session: Session, leaving: list[Leaving], loaded: Mapping[str, Case]) -> list[Leaving]:
    """Messages to parents with the children whose bills stand in them: nobody works on those while the parent is held."""
    owners = {
        one.row["id"]: sorted({loaded[item["case_id"]].customer for item in one.items} - {one.customer.id})
        for one in leaving
    }
    children = customers.read(session.tx, sorted({id for ids in owners.values() for id in ids}))
    lettered = _lettered(session, {(id, one.row["day"]) for one in leaving for id in owners[one.row["id"]]})
    found = []
    for one in leaving:
        ids, day = owners[one.row["id"]], one.row["day"]
        letters = one.lettered.union(*(lettered.get((id, day), frozenset()) for id in ids))
        found.append(replace(one, children={id: children[id] for id in ids}, lettered=letters))
    return found


def _named(leaving: Iterable[Leaving]) -> list[str]:
    return sorted({item["case_id"] for one in leaving for item in one.items})


def _put_off(session: Session, message: Mapping[str, Any], customer: Customer, contact: Contact) -> None:
    """After downtime there is one message a contact and day, not one for every day missed (I14, I16)."""
    account = Account(customer)
    account.gone = messages.gone(session.tx, [customer.id], session.scene.today).get(customer.id, frozenset())
    there = slot(account, session.scene, contact, message["channel"], message["service"])
    day = session.scene.workdays.today(there.at)
    messages.put_off(session.tx, message["id"], there.message, day, there.at, session.scene.now)


def _word(
    session: Session, worded: Sequence[Leaving], loaded: Mapping[str, Case], render: Render, papers: Papers
) -> dict[str, Said]:
    """Render and keep the words; those for which a channel leads out."""
    tx, scene = session.tx, session.scene
    details = _details(session, worded)
    dunned = {id for one in worded if any(not item["service"] for item in one.items) for id in _family(one, loaded)}
    owed: dict[str, list[Case]] = {}
    for case in cases.load_owed(tx, sorted(dunned), ALSO_OPEN_AT_MOST).values():
        owed.setdefault(case.state.customer, []).append(case.state)
    signing = {one.row["id"]: loaded[min(item["case_id"] for item in one.items)].owner for one in worded}
    senders = users_details(tx, sorted(set(signing.values())))
    advised = _advised(session, worded)
    about = {one.row["id"]: _books(session, one) for one in worded}
    enclosing = [one.row for one in worded if one.row["channel"] == "letter" or about[one.row["id"]].account]
    papers.look(session, enclosing, has_messages=any(one.row["channel"] != "letter" for one in worded))
    composed: list[messages.Worded] = []
    said: dict[str, Said] = {}
    for one in worded:
        id, channel = one.row["id"], one.row["channel"]
        contact = details.get(id, {})
        parts = Parts(
            message=one.row,
            customer=one.customer,
            contact=contact,
            sender=senders.get(signing[id], {}),
            items=one.items,
            cases=loaded,
            owed=[case for id in _family(one, loaded) for case in owed.get(id, ())],
            children=one.children,
            lettered=one.lettered,
            opening=advised.get(id, ""),
            books=about[id],
        )
        made_of = papers.dressed(letter(scene, parts))
        document = enclosed(parts, made_of)
        if document and not papers.hold(one.row, papers.dressed(document)):
            continue
        text = render(made_of)
        state = "captured" if _stays(session, channel) else "ready"
        recipient = contact.get("email") if channel in ("email", "letter") else contact.get("mobile")
        said[id] = Said(text, made_of, recipient)
        composed.append(messages.Worded(id, state, text.subject, text.text, recipient))
    messages.keep_words(tx, composed, scene.now)
    papers.keep(session)
    return {one.message: said[one.message] for one in composed if one.state == "ready"}


def _books(session: Session, one: Leaving) -> Books:
    templates = {item["template"] for item in one.items}
    return books(session, one.customer, one.row, templates)


def _family(one: Leaving, loaded: Mapping[str, Case]) -> list[str]:
    """Whose bills the message may speak of: the customer's, and those of the children who stand in it."""
    named = {loaded[item["case_id"]].customer for item in one.items} if one.children else set()
    return [one.customer.id, *sorted(named - {one.customer.id})]


def _advised(session: Session, worded: Sequence[Leaving]) -> dict[str, str]:
    """By message, the words with which a superior lets it open (C14)."""
    keys = {
        one.row["id"]: (f"customer/{one.customer.id}", found.advised)
        for one in worded
        if (found := one.customer.withheld) and found.advised and found.message == one.row["id"]
    }
    private = log.private_of(session.tx, sorted(set(keys.values())))
    return {message: private.get(key, {}).get("", {}).get("text", "") for message, key in keys.items()}


def _stays(session: Session, channel: str) -> bool:
    """Nothing leads out for it: what a sandbox says is captured, and a letter is kept to be printed. Letters go by mail."""
    leads_out = ("email" if channel == "letter" else channel) in session.sinks
    return not leads_out and (session.clock.kind == "sandbox" or channel == "letter")


def _details(session: Session, worded: Sequence[Leaving]) -> dict[str, dict[str, Any]]:
    """By message, what is private of the person written to."""
    keys = {
        (one.row["id"], one.contact.id): (f"customer/{one.customer.id}", one.contact.details)
        for one in worded
        if one.contact and one.contact.details is not None
    }
    private = log.private_of(session.tx, sorted(set(keys.values())))
    return {message: private.get(key, {}).get(contact, {}) for (message, contact), key in keys.items()}
