"""A customer as they stand, read without a lock: for what is shown, never for what is decided and kept."""

from collections.abc import Iterable

from service.domain.account import Account, Kin
from service.domain.case import Case
from service.domain.customer import Customer
from service.domain.habits import rules_of
from service.domain.reliability import record
from service.engine.desk import Session
from service.engine.gates import contacts_wait
from service.store import balances, cases, customers, log, messages, reconciliations, reliability


def account_of(session: Session, customer: Customer, bills: Iterable[Case]) -> Account:
    """The account of those bills, with all that conditions may ask of the customer as it is today."""
    tx, scene = session.tx, session.scene

    def gone(id: str) -> frozenset[str]:
        return messages.gone(tx, [id], scene.today).get(id, frozenset())

    account = Account(customer, gone, kin=kin_of(session, [customer]))
    account.cases = {case.id: case for case in bills}
    account.habits = cases.habits(tx, list(account.cases.values()), scene.today, rules_of(scene))
    for one in balances.of_customers(tx, [customer.id], scene.today)[customer.id]:
        account.exposure[one.currency] = one.exposure
    account.reliability = record(reliability.of_customers(tx, [customer.id])[customer.id]).word
    if scene.settings.contact_budget is not None:
        account.budget_until = contacts_wait(session, customer)
    account.ability = log.abilities(tx, [customer.id]).get(customer.id)
    oldest = balances.oldest_due(tx, customer.id)
    account.oldest_overdue = max(0, (scene.today - oldest).days) if oldest else 0
    if customer.reconciliations:
        account.reconciled = reconciliations.bills_of(tx, [(customer.id, id) for id in customer.reconciliations])
    return account


def kin_of(session: Session, some: Iterable[Customer]) -> Kin:
    """Their parents, where the tenant wants those to be written to."""
    wanted = session.scene.settings.contact_parents
    ids = sorted({one.parent for one in some if one.parent}) if wanted else []
    known = customers.read(session.tx, ids) if ids else {}
    return Kin({id: Account(one) for id, one in known.items()}, writes_to_parents=wanted)
