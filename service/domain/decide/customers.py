"""What is said of a customer: by the ERP, or of one of their people by ours."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import UNSET
from msgspec.structs import asdict, replace

from service.domain.account import Account, Happened, Private, on_customer
from service.domain.commands import ChangeContact, ContactGiven, EraseContact, UpdateCustomer
from service.domain.customer import THIRD_PARTIES
from service.domain.decide import restrictions
from service.domain.decide.amounts import known_currency, money
from service.domain.decide.conversations import look_for_another
from service.domain.decide.reviews import EVERY
from service.domain.events.customer import ContactChanged, ContactErased, ContactFacts, CustomerUpdated
from service.domain.interest import InterestTerms
from service.domain.offsets import add
from service.domain.person import Person
from service.domain.refusals import NotFound, Refused
from service.domain.scene import Scene

_DETAILS = ("name", "title", "salutation", "phone", "email", "mobile")
_CHANNELS = {"email": "email", "phone": "phone", "mobile": "sms"}


def update(command: UpdateCustomer, account: Account, scene: Scene, details: Private) -> Iterator[Happened]:
    """Creates or changes; absent fields stay. `details` are the private ones of the contacts as they stand now."""
    customer = account.customer
    facts = {k: v for k, v in asdict(command).items() if v is not UNSET and k not in ("customer", "contacts")}
    if "currency" in facts:
        known_currency(facts["currency"], "/data/currency")
    if facts.get("time_zone"):
        _zone(facts["time_zone"])
    if facts.get("playbook"):
        _playbook(facts["playbook"], scene)
    if facts.get("credit_limit") is not None:
        currency = facts.get("currency") or customer.currency
        if currency is None:
            raise Refused("currency_required", "/data/currency")
        facts["credit_limit"] = money(facts["credit_limit"], currency, "/data/credit_limit", positive=False)
    if terms := facts.get("late_interest"):
        facts["late_interest"] = InterestTerms(**asdict(terms))
    run = facts.get("payment_run")
    if run is not None and not run.is_whole():
        raise Refused("payment_run_shape", "/data/payment_run")
    if facts.get("parent"):
        _parent(facts["parent"], account)
    private: Private = {}
    contacts = []
    for given in command.contacts:
        contact, known = _contact(given, details.get(given.id, {}))
        contacts.append(contact)
        if known is not None:
            private[given.id] = known
    if facts or contacts or not customer.version:
        if not customer.version:
            facts["review_on"] = add(scene.today, EVERY)
        yield on_customer(customer.id, CustomerUpdated(**facts, contacts=contacts), private or None)
        if "restrictions" in facts:
            yield from restrictions.follow(account, scene, customer.restrictions)


def _zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused("time_zone_unknown", "/data/time_zone", given=name) from None


def _playbook(name: str, scene: Scene) -> None:
    try:
        scene.newest(name)
    except KeyError:
        raise Refused("unknown_playbook", "/data/playbook", playbook=name) from None


def _parent(id: str, account: Account) -> None:
    """A family is a parent and its children, no deeper: so whoever holds a child needs no lock but that of its parent."""
    customer, known = account.customer, account.kin.accounts
    if id == customer.id:
        raise Refused("own_parent", "/data/parent", customer=id)
    if id not in known or not known[id].customer.version:
        raise NotFound("unknown_customer", "/data/parent", customer=id)
    if known[id].customer.parent:
        raise Refused("parent_has_parent", "/data/parent", customer=id, parent=known[id].customer.parent)
    children = {one for one in account.kin.children(customer.id) if one not in known}
    children |= {one for one, other in known.items() if other.customer.parent == customer.id}
    if children:
        raise Refused("parent_has_children", "/data/parent", customer=customer.id, child=min(children))


def _contact(given: ContactGiven, known: dict[str, Any]) -> tuple[ContactFacts, dict[str, Any] | None]:
    """The contact's facts for the log, and their whole private details when those changed. An ERP tells the same again and
    again: only another number or address makes somebody reachable who was crossed out.
    """
    if given.removed:
        return ContactFacts(id=given.id, removed=True), None
    said = {name: getattr(given, name) for name in _DETAILS if getattr(given, name) is not UNSET}
    details = {name: value for name, value in {**known, **said}.items() if value}
    news = {name for name in said if details.get(name) != known.get(name)}
    reachable = [channel for name, channel in _CHANNELS.items() if details.get(name)]
    facts = ContactFacts(
        id=given.id,
        role=given.role,
        may_receive_details=given.may_receive_details,
        reachable_by=reachable if news & _CHANNELS.keys() else UNSET,
        has_details=bool(news),
    )
    return facts, details if news else None


def change_contact(command: ChangeContact, account: Account, scene: Scene, details: Private) -> Iterator[Happened]:
    """A person found, corrected or marked by one of ours."""
    id = command.contact.id
    contact, known = _contact(command.contact, details.get(id, {}))
    if command.mark is not UNSET:
        known_as = account.customer.contacts.get(id)
        if known_as is None:
            raise NotFound("unknown_contact", None, contact=id)
        # To be reachable again is what clears a mark.
        reachable = (
            list(known_as.reachable_by) if contact.reachable_by is UNSET and not command.mark else contact.reachable_by
        )
        contact = replace(contact, mark=command.mark, reachable_by=reachable)
    before = account.customer.contacts.get(id)
    role = before.role if before and contact.role is UNSET else contact.role
    if role in THIRD_PARTIES and contact.may_receive_details is True:
        raise Refused("third_party_details", "/may_receive_details", contact=id)
    yield on_customer(account.customer.id, ContactChanged(contact=contact), {id: known} if known is not None else None)
    if command.mark and before and before.mark != command.mark:
        yield from look_for_another(account, scene)


def erase_contact(command: EraseContact, account: Account, kept: Private) -> Iterator[Happened]:
    """Whatever is `kept` of the person goes with this event, though they were removed long ago; the reason stays."""
    id = command.contact
    if id not in account.customer.contacts and not kept:
        raise NotFound("unknown_contact", None, contact=id)
    if Person(kept.values()).is_named_in(command.reason):
        raise Refused("reason_names_person", "/reason")
    yield on_customer(account.customer.id, ContactErased(contact=id), {"": {"reason": command.reason}})
