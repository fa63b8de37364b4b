"""After a decision: events, states, alarms, messages, tasks, requests and webhooks, written as the engine writes them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from service.domain import due
from service.domain.account import Account, ApprovalRow, Happened
from service.domain.announce import audience, body
from service.domain.case import Case
from service.domain.customer import Customer
from service.domain.events import Event
from service.domain.events import approval as ae
from service.domain.events import conversation as se
from service.domain.events import customer as ce
from service.domain.events import task as te
from service.domain.events.case import Reminded
from service.domain.payment import Payment
from service.domain.scene import Scene
from service.store.laws import law_of
from tests.simulation.disk import Raced, Tx
from tests.simulation.house import House
from tests.simulation.rows import (
    CaseRow,
    CustomerRow,
    DeliveryRow,
    EndpointRow,
    ItemRow,
    MessageRow,
    RequestRow,
    TaskRow,
)
from tests.simulation.rulebook import demand


class Fresh(Struct, frozen=True):
    """One event of a transaction, the decision that it belongs to, and the state it left."""

    token: str
    account: Account
    happened: Happened
    state: Case | Customer | Payment


def save(
    house: House, tx: Tx, accounts: dict[str, Account], versions: dict[str, int], rung: set[str], fresh: Sequence[Fresh]
) -> list[DeliveryRow]:
    """Everything of this transaction; the deliveries that it owes. Raises Raced."""
    for one in fresh:
        tx.append(f"{one.happened.stream}/{one.happened.id}", one.state.version, one.happened.event, one.token)
    _states(house, tx, accounts, versions, rung, fresh)
    for one in fresh:
        _message(house, tx, one)
        _work(tx, one.account.customer.id, one.happened.event)
    deliveries = [row for one in fresh for row in _announced(house, tx, one)]
    if house.guards.outbox_with_events:
        keep(tx, deliveries)
    return deliveries


def keep(tx: Tx, deliveries: Iterable[DeliveryRow]) -> None:
    for row in deliveries:
        tx.add("deliveries", row.id, row)


# States and alarms


def _states(
    house: House, tx: Tx, accounts: dict[str, Account], versions: dict[str, int], rung: set[str], fresh: Sequence[Fresh]
) -> None:
    scene = house.scene()
    touched = {(one.happened.stream, one.happened.id) for one in fresh}
    for account in accounts.values():
        for id, case in account.cases.items():
            if ("case", id) in touched or id in rung:
                alarm = case_alarm(scene, case, ("case", id) in touched)
                if not house.guards.alarm_saved_with_state and (row := tx.get("cases", id)):
                    alarm = row.next_at
                tx.put("cases", id, CaseRow(case, alarm), versions.get(f"case/{id}", 0))
        for id, payment in account.payments.items():
            if ("payment", id) in touched:
                tx.put("payments", id, payment, versions.get(f"payment/{id}", 0))
        if account.customer.version:
            _customer(tx, scene, account.customer, versions.get(f"customer/{account.customer.id}", 0))


def _customer(tx: Tx, scene: Scene, customer: Customer, expected: int) -> None:
    own_at = customer_alarm(scene, customer)
    ats = [row.next_at for row in tx.all("cases") if row.state.customer == customer.id and row.next_at is not None]
    wake_at = min([*ats, *([own_at] if own_at else [])], default=None)
    tx.put("customers", customer.id, CustomerRow(customer, own_at, wake_at), expected)


def case_alarm(scene: Scene, case: Case, fired: bool) -> datetime | None:
    """When the clock looks at the case again."""
    one = due.due(case, scene.plan_of(case), scene.workdays, scene.law)
    if one is None or one.at > scene.now:
        return one.at if one else None
    if one.windowed and not scene.in_window():
        return scene.workdays.next_moment(scene.now)
    # The service would look again in an hour; no decision of ours may need that.
    demand(fired, "I36", f"{case.id} asked for {one.what} and did nothing when it was let")
    return one.at


def customer_alarm(scene: Scene, customer: Customer) -> datetime | None:
    """When the clock looks at the customer's own reminders again."""
    return min(
        (
            scene.workdays.next_moment(scene.now) if one.at <= scene.now and one.windowed else one.at
            for one in due.customer_dues(customer, scene.workdays)
        ),
        default=None,
    )


# Messages


def _message(house: House, tx: Tx, one: Fresh) -> None:
    event, customer = one.happened.event, one.account.customer.id
    match event:
        case Reminded() if event.message and event.slot and event.contact:
            day = date.fromisoformat(event.message.split("~")[3])
            id = event.message if house.guards.one_message_a_day else f"{event.message}~{event.step}"
            row = MessageRow(
                id=id,
                customer=customer,
                contact=event.contact,
                channel=event.channel,
                day=day,
                slot_at=event.slot,
                service=event.service,
            )
            add_item(tx, row, ItemRow(id, one.happened.id, event.template or "", event.step))
        case ce.LetterIssued() if event.message and event.slot and event.contact:
            row = MessageRow(
                id=event.letter,
                customer=customer,
                contact=event.contact,
                channel="letter",
                day=event.on,
                slot_at=event.slot,
                service=True,
            )
            for case in event.cases:
                add_item(tx, row, ItemRow(event.letter, case, event.kind, event.kind))
        case se.MessageHandedOver() | se.MessageBounced():
            _ended(house, tx, event)


def add_item(tx: Tx, message: MessageRow, item: ItemRow) -> None:
    """A bill into a message; a message that is there already stays as it is."""
    tx.add("messages", message.id, message)
    tx.add("items", (item.message, item.case, item.template), item)


def _ended(house: House, tx: Tx, event: se.MessageHandedOver | se.MessageBounced) -> None:
    """How a message fared stands in the log and in its row at once, and only once."""
    row = tx.get("messages", event.message)
    if house.guards.reported_once and row.state != "ready":
        raise Raced
    tx.put("messages", row.id, replace(row, state=event.type.removeprefix("message."), next_at=None))


# Tasks and requests


def _work(tx: Tx, customer: str, event: Event) -> None:
    match event:
        case te.TaskCreated():
            tx.add("tasks", event.task, TaskRow(customer, event.owner, event.kind, "open", tuple(event.cases)))
        case te.TaskChanged():
            task = tx.get("tasks", event.task)
            cases = tuple(id for id in (*task.cases, *event.cases) if id not in event.removed)
            tx.put("tasks", event.task, replace(task, owner=event.owner, cases=cases))
        case te.TaskCompleted() | te.TaskCancelled():
            task = tx.get("tasks", event.task)
            tx.put("tasks", event.task, replace(task, state=event.type.partition(".")[2]))
        case ae.ApprovalRequested():
            row = ApprovalRow(
                event.approval,
                event.kind,
                "open",
                event.role,
                event.asked_by,
                tuple(event.cases),
                event.content_hash,
                event.content,
            )
            tx.add("approvals", row.id, RequestRow(customer, row))
        case ae.ApprovalJoined():
            row = tx.get("approvals", event.approval).row
            cases = tuple(id for id in (*row.cases, *event.cases) if id not in event.removed)
            tx.put("approvals", row.id, RequestRow(customer, replace(row, cases=cases)))
        case ae.ApprovalGranted() | ae.ApprovalRejected() | ae.ApprovalCancelled() | ae.ApprovalExpired():
            row = tx.get("approvals", event.approval).row
            tx.put("approvals", row.id, RequestRow(customer, replace(row, state=event.type.partition(".")[2])))


# Webhooks


def _announced(house: House, tx: Tx, one: Fresh) -> list[DeliveryRow]:
    event = one.happened.event
    wanting = [endpoint for endpoint in tx.all("endpoints") if wants(endpoint, event.type)]
    enabled = [endpoint for endpoint in wanting if endpoint.enabled]
    if not wanting or (not enabled and not house.guards.missed_is_kept):
        return []
    letter = (f"{one.happened.stream}/{one.happened.id}", one.state.version)
    tx.add("outbox", letter, (event.type, tx.now, _letter(house, one)))
    return [delivery(endpoint.id, letter, house.now) for endpoint in enabled]


def _letter(house: House, one: Fresh) -> dict[str, Any]:
    case = one.state if isinstance(one.state, Case) else None
    customer = one.state if isinstance(one.state, Customer) else one.account.customer
    h = one.happened
    today, law, currency = house.workdays.today(house.now), law_of(house.settings), one.state.currency
    return {
        "to": audience(h.event),
        **body("t", f"{h.stream}/{h.id}", one.state.version, h.event, house.now, today, case, customer, currency, law),
    }


def delivery(endpoint: str, letter: tuple[str, int], now: datetime, again: str = "") -> DeliveryRow:
    """One message to one endpoint; sent again it keeps its webhook id."""
    webhook = f"{endpoint}:{letter[0]}:{letter[1]}"
    return DeliveryRow(id=webhook + again, endpoint=endpoint, letter=letter, webhook=webhook, next_at=now)


def wants(endpoint: EndpointRow, type: str) -> bool:
    """Whether events of that type go there."""
    return any(type == wanted or (wanted.endswith(".*") and type.startswith(wanted[:-1])) for wanted in endpoint.types)
