"""Before a decision: whose customers are concerned, and the account of each, as the engine gathers them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from service.domain import commands as c
from service.domain.account import Account
from service.domain.case import RANK, Case
from service.domain.customer import Customer
from service.domain.offsets import Offset, add
from service.domain.settings import Settings
from tests.simulation.disk import Tx
from tests.simulation.house import Ask, House
from tests.simulation.rows import CaseRow, CustomerRow

_LESSENS = c.IssueInvoice | c.AmendInvoice | c.CreditInvoice | c.VoidInvoice
RUNG_AT_MOST = 3

_SPENDS = c.ReceivePayment | c.HonourPayment


def owners(tx: Tx, asks: Sequence[Ask]) -> list[str | None]:
    """Per ask its customer, read without a lock: a bill never changes customer."""
    made: dict[tuple[str, str], str] = {}
    for ask in asks:
        match ask.command:
            case c.SubmitInvoice() | c.IssueInvoice():
                made.setdefault(("cases", ask.command.invoice), ask.command.customer)
            case c.ReceivePayment():
                made.setdefault(("payments", ask.command.payment), ask.command.customer)
            case _:
                continue
    return [_owner(tx, ask.command, made) for ask in asks]


def _owner(tx: Tx, command: c.Command, made: dict[tuple[str, str], str]) -> str | None:
    customer: str | None = getattr(command, "customer", None)
    if customer is not None:
        return customer
    invoice = getattr(command, "invoice", None)
    place = ("cases", invoice) if invoice is not None else ("payments", getattr(command, "payment", ""))
    if place in made:
        return made[place]
    row = tx.get(*place)
    if row is None:
        return None
    owner: str = row.state.customer if isinstance(row, CaseRow) else row.customer
    return owner


def taken_by_another(tx: Tx, command: c.Command) -> str | None:
    """The refusal's code when the id that the command makes is another customer's."""
    match command:
        case c.SubmitInvoice() | c.IssueInvoice():
            row = tx.get("cases", command.invoice)
            return "invoice_exists" if row and row.state.customer != command.customer else None
        case c.ReceivePayment():
            payment = tx.get("payments", command.payment)
            return "payment_exists" if payment and payment.customer != command.customer else None
        case _:
            return None


def accounts(house: House, tx: Tx, commands: Sequence[c.Command], names: Iterable[str]) -> dict[str, Account]:
    """The customers' accounts with what the commands concern, no more."""
    found = {}
    for name in names:
        row: CustomerRow | None = tx.get("customers", name)
        found[name] = Account(row.state if row else Customer(id=name))
    for command in commands:
        _approval_and_task(tx, found, command)
        _payment(tx, found, command)
    for id in _bills_named(tx, found, commands):
        case_row: CaseRow | None = tx.get("cases", id)
        if case_row and case_row.state.customer in found:
            found[case_row.state.customer].cases[id] = case_row.state
    for account in found.values():
        _lessened(tx, account, commands)
        _circumstances(house, tx, account, commands)
    return found


def _approval_and_task(tx: Tx, found: dict[str, Account], command: c.Command) -> None:
    request = tx.get("approvals", getattr(command, "approval", None))
    if request and request.customer in found:
        found[request.customer].approvals[request.row.id] = request.row
    id = getattr(command, "task", None)
    task = tx.get("tasks", id) if id else None
    if task and task.customer in found:
        found[task.customer].tasks[str(id)] = (task.kind, task.state, task.cases)
        found[task.customer].task_owners[str(id)] = task.owner


def _payment(tx: Tx, found: dict[str, Account], command: c.Command) -> None:
    payment = tx.get("payments", getattr(command, "payment", None))
    if payment and payment.customer in found:
        found[payment.customer].payments[payment.id] = payment


def _bills_named(tx: Tx, found: dict[str, Account], commands: Sequence[c.Command]) -> set[str]:
    ids: set[str] = set()
    for command in commands:
        ids |= {id for name in ("invoice", "case") if (id := getattr(command, name, None)) is not None}
        ids |= set(getattr(command, "cases", ()))
        ids |= {one.invoice for one in getattr(command, "allocations", ())}
    for account in found.values():
        ids |= {id for row in account.approvals.values() for id in row.cases}
        ids |= {id for _, _, named in account.tasks.values() for id in named}
        ids |= {id for one in account.payments.values() for id in (*one.applied, *one.planned)}
    return ids


def _lessened(tx: Tx, account: Account, commands: Sequence[c.Command]) -> None:
    """The payments that a bill's money goes back to."""
    ids = {command.invoice for command in commands if isinstance(command, _LESSENS)}
    for id in ids & account.cases.keys():
        for receipt in account.cases[id].receipts:
            payment = tx.get("payments", receipt.payment)
            if payment:
                account.payments[payment.id] = payment


def _circumstances(house: House, tx: Tx, account: Account, commands: Sequence[c.Command]) -> None:
    name, customer = account.customer.id, account.customer
    own = [row for row in tx.all("cases") if row.state.customer == name]
    mine = [command for command in commands if getattr(command, "customer", name) == name]
    if any(isinstance(command, _SPENDS) for command in mine):
        account.cases |= {row.state.id: row.state for row in own if row.state.open or row.state.lost}
    if customer.hold:
        held = (row.state for row in own if RANK[row.state.level] >= RANK["hold"])
        account.cases |= {case.id: case for case in held if case.stage != "closed"}
    if any(isinstance(command, c.Wake) for command in mine):
        rung = rung_cases(own, house.now)
        account.cases |= {case.id: case for case in rung}
        today = house.workdays.today(house.now)
        account.habits = {case.id: habits(case, own, today, house.settings) for case in rung}
    if house.guards.left_messages_take_no_more:
        gone = (row for row in tx.all("messages") if row.customer == name and row.state != "queued")
        account.gone = frozenset(row.id for row in gone)


def rung_cases(own: Iterable[CaseRow], now: datetime) -> list[Case]:
    """Those whose alarm has rung, the earliest first, as many as one transaction takes."""
    rung = [(row.next_at, row.state.id, row.state) for row in own if row.next_at is not None and row.next_at <= now]
    return [case for _, _, case in sorted(rung, key=lambda one: one[:2])[:RUNG_AT_MOST]]


def habits(case: Case, own: Iterable[CaseRow], today: date, settings: Settings) -> frozenset[str]:
    """A10 and B5 over the customer's last bills with an earlier S."""
    start = case.start
    earlier = [r.state for r in own if start and r.state.issued_on and r.state.issued_on < start]
    earlier.sort(key=lambda one: (str(one.issued_on), one.id), reverse=True)
    confirms = [one for one in earlier if one.confirmed_on or _unconfirmed_late(one, today)]
    pays = [one for one in earlier if one.closed_on or (one.due_on and one.due_on + timedelta(7) < today)]
    late = {
        "confirms_late": sum(
            _unconfirmed_late(one, one.confirmed_on or today) for one in confirms[: settings.habit_bills]
        ),
        "pays_late": sum(_paid_late(one, today, settings) for one in pays[: settings.habit_bills]),
    }
    return frozenset(kind for kind, count in late.items() if count >= settings.habit_late)


def _unconfirmed_late(case: Case, on: date) -> bool:
    if case.monthly and case.period:
        year, month = (int(part) for part in case.period.split("-"))
        return on > add(date(year, month, 20), Offset(months=1))
    return case.start is not None and on > case.start + timedelta(14)


def _paid_late(case: Case, today: date, settings: Settings) -> bool:
    return case.due_on is not None and ((case.closed_on or today) - case.due_on).days > settings.habit_days
