"""Before a decision: whose customers the commands concern, in which order they are locked, and what is loaded for them."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from msgspec import Struct

from service.domain import commands as c
from service.domain.account import Account, ApprovalRow, Gone, Kin, Loads, Private
from service.domain.case import Case
from service.domain.customer import Customer
from service.domain.decide import errands
from service.domain.due import wanted_now
from service.domain.habits import rules_of
from service.domain.reliability import record
from service.engine.asks import Ask
from service.engine.desk import Session
from service.engine.families import hold, kin_of
from service.store import (
    balances,
    cases,
    customers,
    log,
    messages,
    payments,
    private,
    reconciliations,
    reliability,
    worklist,
)

OWED_AT_MOST = 500
RUNG_AT_MOST = 500
HELD_AT_MOST = 2000

_LESSENS = (c.IssueInvoice, c.AmendInvoice, c.CreditInvoice, c.VoidInvoice)
"""What a bill no longer needs goes back to the payments it came from."""

_MAKES_CUSTOMER = (c.UpdateCustomer, c.SubmitInvoice, c.IssueInvoice)


class Loaded(Struct):
    """The locked customers' accounts, with the heads and versions that saving needs; `owners` tells whose each bill and
    payment is, locked or not."""

    kin: Kin
    accounts: dict[str, Account]
    heads: dict[str, bytes]
    versions: dict[str, int]
    rung: set[str]
    owners: dict[str, str]


def owners(session: Session, asks: Sequence[Ask]) -> list[str | None]:
    """Per ask its customer; None when what it names is unknown. Unlocked: a bill or payment never changes customer."""
    made: dict[tuple[str, str], str] = {}
    for ask in asks:
        match ask.command:
            case c.SubmitInvoice() | c.IssueInvoice():
                made.setdefault(("case", ask.command.invoice), ask.command.customer)
            case c.ReceivePayment():
                made.setdefault(("payment", ask.command.payment), ask.command.customer)
            case _:
                continue
    named = [_named(ask.command) for ask in asks]
    tx = session.tx
    missing = {name for name in named if name and name not in made}
    stored = cases.customers_of(tx, [id for kind, id in missing if kind == "case"])
    paid = payments.customers_of(tx, [id for kind, id in missing if kind == "payment"])
    made |= {("case", id): customer for id, customer in stored.items()}
    made |= {("payment", id): customer for id, customer in paid.items()}
    return [
        made.get(name) if name else getattr(ask.command, "customer", None)
        for ask, name in zip(asks, named, strict=True)
    ]


def _named(command: c.Command) -> tuple[str, str] | None:
    """The bill or payment that leads to the customer, when the command names no customer itself."""
    if getattr(command, "customer", None) is not None:
        return None
    invoice = getattr(command, "invoice", None)
    return ("case", invoice) if invoice is not None else ("payment", command.payment)  # type: ignore[union-attr]


def take(session: Session, asks: Sequence[Ask], names: Sequence[str | None], skip_locked: bool) -> Loaded:
    """Lock the customers, sorted, then load what the commands concern: the order that cannot deadlock."""
    tx = session.tx
    wanted = {name for name in names if name is not None}
    making = {name for ask, name in zip(asks, names, strict=True) if name and isinstance(ask.command, _MAKES_CUSTOMER)}
    customers.ensure(tx, sorted(making))
    held, locked = hold(session, asks, wanted, skip_locked)
    kin = kin_of(session)
    loaded = Loaded(kin, {}, {}, {}, set(), {})
    gone, loads = _gone(session, list(held)), _loads(session)
    for id, one in held.items():
        kin.accounts[id] = Account(one.state, gone, loads, kin)
    for id, one in locked.items():
        loaded.accounts[id] = kin.accounts[id]
        loaded.versions[f"customer/{id}"] = one.state.version
        if one.head:
            loaded.heads[f"customer/{id}"] = one.head
    concerned = [(ask.command, name) for ask, name in zip(asks, names, strict=True) if name in locked]
    _load_cases(session, loaded, concerned, [one.state for one in locked.values()])
    return loaded


def _gone(session: Session, concerned: Sequence[str]) -> Gone:
    """Asked for all customers of the batch when the first decision wants to know."""

    @cache
    def those() -> dict[str, frozenset[str]]:
        return messages.gone(session.tx, concerned, session.scene.today)

    return lambda customer: those().get(customer, frozenset())


def _loads(session: Session) -> Loads:
    """Asked once for all customers of the batch, when the first of them is somebody's to take."""

    @cache
    def those() -> dict[str, int]:
        return customers.loads(session.tx, sorted({user for rule in session.scene.settings.assignment for user in rule.to}))

    return those


def _load_cases(
    session: Session, loaded: Loaded, concerned: Sequence[tuple[c.Command, str | None]], locked: list[Customer]
) -> None:
    tx = session.tx
    approvals = worklist.approvals_of(tx, _ids(concerned, "approval"))
    tasks = worklist.tasks_of(tx, _ids(concerned, "task"))
    paid = payments.load(tx, _ids(concerned, "payment"))
    ids = set(_ids(concerned, "invoice")) | set(_ids(concerned, "case"))
    for command, _ in concerned:
        ids |= set(getattr(command, "cases", ()) or ())
        ids |= {one.invoice for one in getattr(command, "allocations", ()) or ()}
    for _, row in approvals.values():
        ids |= set(row.cases)
    for _, _, (_, _, named) in tasks.values():
        ids |= set(named)
    for one in paid.values():
        ids |= {*one.state.applied, *one.state.planned}
    found = cases.load(tx, sorted(ids))
    spending = {name for command, name in concerned if name and isinstance(command, c.ReceivePayment | c.HonourPayment)}
    watched = {command.customer for command, _ in concerned if isinstance(command, c.Watch)}
    barred = {name for command, name in concerned if name and _restricts(command)}
    stopped = {customer for customer, row in approvals.values() if row.kind == "credit_stop"}
    found |= cases.load_owed(tx, sorted(spending), OWED_AT_MOST, lost=True)
    found |= cases.load_owed(tx, sorted(watched | stopped | barred), OWED_AT_MOST)
    woken = sorted({command.customer for command, _ in concerned if isinstance(command, c.Wake)})
    found |= _unanswered(session, loaded, woken)
    rung = cases.load_rung(tx, woken, session.scene.now, RUNG_AT_MOST)
    found |= rung
    given = {(command.customer, command.previous) for command, _ in concerned if isinstance(command, c.AssignCustomer)}
    found |= (moving := cases.load_owned(tx, sorted(given), OWED_AT_MOST))
    going = {task for one in moving.values() for task in one.state.tasks.values()}
    tasks |= worklist.tasks_of(tx, sorted(going.union(*map(errands.beyond, locked)) - tasks.keys()))
    found |= _beside(session, locked, found, rung, approvals)
    found |= cases.load_held(tx, [customer.id for customer in locked if customer.hold], HELD_AT_MOST)
    loaded.rung = set(rung)
    lessened = {command.invoice for command, _ in concerned if isinstance(command, _LESSENS)}
    if paid_on := [id for id in lessened if id in found and found[id].state.paid]:
        paid |= payments.load(tx, log.payments_applied_to(tx, paid_on))
    for id, case in found.items():
        loaded.owners[f"case/{id}"] = case.state.customer
        account = loaded.accounts.get(case.state.customer)
        if account:
            account.cases[id] = case.state
            loaded.heads[f"case/{id}"] = case.head
            loaded.versions[f"case/{id}"] = case.state.version
    for id, payment in paid.items():
        loaded.owners[f"payment/{id}"] = payment.state.customer
        account = loaded.accounts.get(payment.state.customer)
        if account:
            account.payments[id] = payment.state
            loaded.heads[f"payment/{id}"] = payment.head
            loaded.versions[f"payment/{id}"] = payment.state.version
    for id, (customer, row) in approvals.items():
        if customer in loaded.accounts:
            loaded.accounts[customer].approvals[id] = row
    for id, (customer, owner, task) in tasks.items():
        if customer in loaded.accounts:
            loaded.accounts[customer].tasks[id] = task
            loaded.accounts[customer].task_owners[id] = owner
    _load_circumstances(session, loaded, [case.state for case in rung.values()], watched)


def _unanswered(session: Session, loaded: Loaded, woken: Sequence[str]) -> dict[str, cases.Loaded]:
    """The bills of reconciliations whose time is over: few customers have one."""
    today = session.scene.today
    over = [
        (account.customer.id, id)
        for account in (loaded.accounts[one] for one in woken if one in loaded.accounts)
        for id, one in account.customer.reconciliations.items()
        if one.state == "sent" and one.until < today
    ]
    if not over:
        return {}
    named = reconciliations.bills_of(session.tx, over)
    for customer, id in over:
        loaded.accounts[customer].reconciled[id] = named.get(id, ())
    return cases.load(session.tx, sorted({case for those in named.values() for case in those}))


def _beside(
    session: Session,
    locked: Sequence[Customer],
    found: Mapping[str, cases.Loaded],
    rung: Mapping[str, cases.Loaded],
    approvals: dict[str, tuple[str, ApprovalRow]],
) -> dict[str, cases.Loaded]:
    """Bills that move with others: of a plan whose part is over, and of requests that end with what happens here."""
    tx, today = session.tx, session.scene.today
    bound = {one.id: one for customer in locked for one in customer.requests.values() if one.bound}
    asked = {id for case in found.values() for id in case.state.requests.values() if id in bound}
    asked |= {id for id, one in bound.items() if one.expires_on and one.expires_on < today}
    approvals |= worklist.approvals_of(tx, sorted(asked - approvals.keys()))
    named = {id for approval in asked & approvals.keys() for id in approvals[approval][1].cases}
    plans = {plan.id for one in rung.values() if (plan := one.state.standing_plan()) and plan.bills > 1}
    shared = cases.load_sharing(tx, [customer.id for customer in locked], sorted(plans), OWED_AT_MOST)
    return shared | cases.load(tx, sorted(named - found.keys()))


def _restricts(command: c.Command) -> bool:
    """Whether contacts with a customer may end with it (E5)."""
    return isinstance(command, c.RestrictCustomer) or (isinstance(command, c.UpdateCustomer) and bool(command.restrictions))


def _ids(concerned: Iterable[tuple[c.Command, str | None]], name: str) -> list[str]:
    return sorted({value for command, _ in concerned if (value := getattr(command, name, None)) is not None})


def _load_circumstances(session: Session, loaded: Loaded, rung: list[Case], watched: set[str]) -> None:
    """What steps ask of the customer when they fire, and the daily look at one, each looked up only for those who ask."""
    scene, tx = session.scene, session.tx
    asked = {case.id: wanted_now(case, scene.plan_of(case), scene.workdays, scene.now) for case in rung}
    judged = [case for case in rung if "habits" in asked[case.id]]
    for id, habits in cases.habits(tx, judged, scene.today, rules_of(scene)).items():
        for account in loaded.accounts.values():
            if id in account.cases:
                account.habits[id] = habits
    trusted = {case.customer for case in rung if "reliability" in asked[case.id]}
    for id, those in reliability.of_customers(tx, sorted(trusted)).items():
        loaded.accounts[id].reliability = record(those).word
    weighed = {case.customer for case in rung if "balance" in asked[case.id]}
    _load_balances(session, loaded, sorted(weighed | (watched & loaded.accounts.keys())))
    means = {case.customer for case in rung if "ability" in asked[case.id]}
    for id, ability in log.abilities(tx, sorted(means)).items():
        loaded.accounts[id].ability = ability


def _load_balances(session: Session, loaded: Loaded, weighed: list[str]) -> None:
    """What is open by currency, and for how many days the oldest bill has been overdue."""
    if not weighed:
        return
    today = session.scene.today
    for id, owed in balances.of_customers(session.tx, weighed, today).items():
        oldest = balances.oldest_due(session.tx, id)
        account = loaded.accounts[id]
        account.exposure = {one.currency: one.exposure for one in owed}
        account.oldest_overdue = max(0, (today - oldest).days) if oldest else 0


def details_of(session: Session, account: Account, command: c.Command) -> Private:
    """The private details of the contacts that a command changes or may mean; of one to be erased all that is kept."""
    if isinstance(command, c.EraseContact):
        kept: Private = private.details(session.tx, command.customer, command.contact)
        return kept | ({"": {}} if private.records(session.tx, command.customer, command.contact) else {})
    customer = account.customer
    match command:
        case c.UpdateCustomer():
            named = [one.id for one in command.contacts]
        case c.ChangeContact():
            named = [command.contact.id]
        case c.MakePromise() | c.AgreePlan() if command.promised_by and command.promised_by not in customer.contacts:
            named = list(customer.contacts)  # by one of their names, perhaps
        case _:
            return {}
    keys = {
        id: version
        for id in named
        if id in customer.contacts and (version := customer.contacts[id].details) is not None
    }
    stream = f"customer/{customer.id}"
    stored = log.private_of(session.tx, [(stream, version) for version in set(keys.values())])
    return {id: stored.get((stream, version), {}).get(id, {}) for id, version in keys.items()}
