"""The clock's and the composer's loops in memory, each cut where a crash may come; `posting` and `courier` send."""

from datetime import timedelta

from msgspec.structs import replace

from service.domain import commands as c
from service.domain.account import Account
from service.domain.case import Case
from service.domain.customer import Customer
from service.domain.decide import run
from service.domain.decide.messages import slot
from service.domain.scene import Asker
from tests.simulation.disk import Tx
from tests.simulation.house import Ask, House, Pause, Work, lock
from tests.simulation.loading import accounts
from tests.simulation.road import handle
from tests.simulation.rows import CustomerRow, ItemRow, MessageRow
from tests.simulation.saving import add_item

CLOCKWORK = Asker(actor="clock", role="clock", source="clock")
SLICE = 2
LATE = timedelta(seconds=10)


def tick(house: House) -> Work:
    """One slice of rung customers, decided anew under their locks."""
    with house.disk.begin(house.now) as tx:
        rung = sorted(
            (row.wake_at, row.state.id) for row in tx.all("customers") if row.wake_at and row.wake_at <= house.now
        )
        is_late = bool(rung) and rung[0][0] < house.now - LATE
        names = sorted(name for _, name in rung[:SLICE])
        asks = [Ask(c.Wake(customer=name), CLOCKWORK) for name in names]
        planned = None if house.guards.asked_again_under_lock else _planned(house, tx, asks)
    yield Pause("rung")
    if asks:
        yield from handle(house, asks, skip_locked=not is_late, planned=planned)


def _planned(house: House, tx: Tx, asks: list[Ask]) -> dict[str, Account]:
    """What a careless clock decides from what it saw without a lock."""
    commands = [ask.command for ask in asks]
    found = accounts(house, tx, commands, [ask.command.customer for ask in asks if isinstance(ask.command, c.Wake)])
    for ask in asks:
        run(ask.command, found[getattr(ask.command, "customer", "")], house.scene(), ask.asker)
    return found


def compose_ready(house: House) -> Work:
    """Compose what is to leave now: a message waits until nothing more is due for its customer."""
    with house.disk.begin(house.now) as tx:
        ready = [row for row in tx.all("messages") if row.state == "queued" and is_ready(house, tx, row)]
        ready.sort(key=lambda row: (row.slot_at, row.id))
    yield Pause("looked")
    if not ready:
        return
    with house.disk.begin(house.now) as tx:
        if house.guards.customer_locked:
            for name in sorted({row.customer for row in ready}):
                yield from lock(house, tx, name)
        yield Pause("locked")
        for row in ready:
            compose(house, tx, row.id)
        yield Pause("commit")
        tx.commit()


def is_ready(house: House, tx: Tx, message: MessageRow) -> bool:
    """Whether its slot has come and its customer's alarm has not rung."""
    if message.slot_at > house.now or (message.next_at and message.next_at > house.now):
        return False
    customer: CustomerRow = tx.get("customers", message.customer)
    quiet = customer.wake_at is None or customer.wake_at > house.now
    return quiet or not house.guards.composed_when_nothing_is_due


def compose(house: House, tx: Tx, id: str) -> bool:
    """One message, its customer being locked; whether there is something to send."""
    message: MessageRow = tx.get("messages", id)
    if message.state not in ("queued", "ready"):
        return False
    customer: Customer = tx.get("customers", message.customer).state
    if (message.state == "queued" or house.guards.window_when_claimed) and not _may_leave(house, tx, message, customer):
        return False
    contact = customer.contacts.get(message.contact)
    items = [item for item in tx.all("items") if item.message == id]
    lettered = _lettered(house, tx, message) if message.channel == "email" else set()
    kept = []
    for item in items:
        why = _struck(tx.get("cases", item.case).state, message, items, customer, lettered)
        if why is None:
            kept.append(item.case)
        else:
            tx.put("items", (id, item.case, item.template), replace(item, struck=why))
    if not kept or contact is None or contact.mark is not None or not contact.may_receive_details:
        tx.put("messages", id, replace(message, state="struck"))
        return False
    tx.put("messages", id, replace(message, state="ready", cases=tuple(sorted(set(kept)))))
    return True


def _may_leave(house: House, tx: Tx, message: MessageRow, customer: Customer) -> bool:
    """Only on its day and in the customer's window; else it waits, or goes with a later day's message."""
    allowed = house.days_of(customer.time_zone).next_moment(house.now)
    contact = customer.contacts.get(message.contact)
    if contact and message.channel != "letter" and house.workdays.today(allowed) > message.day:
        _put_off(house, tx, message, customer)
        return False
    if allowed > house.now:
        tx.put("messages", message.id, replace(message, slot_at=allowed, state="queued"))
        return False
    return True


def _put_off(house: House, tx: Tx, message: MessageRow, customer: Customer) -> None:
    account = Account(customer)
    if house.guards.left_messages_take_no_more:
        account.gone = frozenset(row.id for row in tx.all("messages") if row.state != "queued")
    there = slot(account, house.scene(), customer.contacts[message.contact], message.channel, message.service)
    day = house.workdays.today(there.at)
    later = replace(message, id=there.message, day=day, slot_at=there.at, state="queued", attempts=0, fence=0)
    for item in [one for one in tx.all("items") if one.message == message.id and one.struck is None]:
        add_item(tx, replace(later, next_at=None), ItemRow(there.message, item.case, item.template, item.step))
        tx.put("items", (message.id, item.case, item.template), replace(item, struck="put_off"))
    tx.put("messages", message.id, replace(message, state="struck", next_at=None))


def _lettered(house: House, tx: Tx, message: MessageRow) -> set[str]:
    """The bills whose letter leaves on the message's day."""
    letters = {
        row.id
        for row in tx.all("messages")
        if row.customer == message.customer
        and row.channel == "letter"
        and row.state != "struck"
        and house.workdays.today(row.slot_at) == message.day
    }
    return {item.case for item in tx.all("items") if item.message in letters}


def _struck(
    case: Case, message: MessageRow, items: list[ItemRow], customer: Customer, lettered: set[str]
) -> str | None:
    if message.service:
        return None
    if case.stage == "closed":
        return "closed"
    if case.pause is not None:
        return "paused"
    if customer.restrictions:
        return "restricted"
    templates = {item.template for item in items if item.case == case.id}
    if templates <= {"confirm"} and case.stage != "confirmation":
        return "stage_changed"
    return "letter" if case.id in lettered else None
