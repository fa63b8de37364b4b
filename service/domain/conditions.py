"""Whether a playbook's conditions hold when a step fires: on the case, its customer, and what is known of both."""

from collections.abc import Mapping
from datetime import date

from service.domain.account import Account
from service.domain.case import Case
from service.domain.clocks import holds
from service.domain.customer import Customer
from service.domain.money import parse
from service.domain.offsets import add
from service.domain.offsets import parse as parse_offset
from service.domain.playbook import Step
from service.domain.wanted import Conditions


def days_overdue(case: Case, today: date) -> int:
    """Days since D; 0 until D has passed."""
    return max(0, (today - case.due_on).days) if case.due_on and case.stage != "closed" else 0


def meets(wanted: Conditions | None, case: Case, account: Account, today: date, anchor: date) -> bool:
    """Whether all that is wanted holds; nothing wanted always does."""
    return wanted is None or (
        holds(case, wanted)
        and customer_meets(wanted, account)
        and _money_meets(wanted, case)
        and (wanted.habit is None or wanted.habit in account.habits.get(case.id, ()))
        and (wanted.days_overdue_at_least is None or days_overdue(case, today) >= wanted.days_overdue_at_least)
        and (wanted.without_progress is None or _without_progress(wanted.without_progress, case, today, anchor))
    )


def selects(step: Step, customer: Customer) -> bool:
    """Whether a customer's step is meant for this one."""
    wanted = step.select
    return (
        wanted.get("segment", customer.segment) == customer.segment
        and wanted.get("billing_cycle", customer.billing_cycle) == customer.billing_cycle
    )


def forbids(unwanted: Conditions | None, case: Case, account: Account, today: date, anchor: date) -> bool:
    """Whether an `unless` stands in the way."""
    return unwanted is not None and meets(unwanted, case, account, today, anchor)


def customer_meets(wanted: Conditions | None, account: Account) -> bool:
    """Whether what is wanted of the customer holds; nothing wanted always does."""
    if wanted is None:
        return True
    customer = account.customer
    return (
        (wanted.segment is None or customer.segment in wanted.segment)
        and (wanted.key_account is None or customer.key_account == wanted.key_account)
        and (wanted.billing_cycle is None or customer.billing_cycle == wanted.billing_cycle)
        and (wanted.last_outcome is None or customer.last_outcome in wanted.last_outcome)
        and (wanted.last_ability is None or account.ability in wanted.last_ability)
        and (wanted.customer_flag is None or wanted.customer_flag in customer.flags)
        and (wanted.reliability is None or account.reliability in wanted.reliability)
        and (wanted.oldest_overdue_over is None or account.oldest_overdue > wanted.oldest_overdue_over)
        and (wanted.exposure_over_limit is None or over_limit(customer, account.exposure) == wanted.exposure_over_limit)
    )


def over_limit(customer: Customer, exposure: Mapping[str, int]) -> bool:
    """Whether more is open than the customer's limit, in the limit's own currency."""
    if customer.credit_limit is None or customer.currency is None:
        return False
    return exposure.get(customer.currency, 0) > customer.credit_limit


def _money_meets(wanted: Conditions, case: Case) -> bool:
    if wanted.amount_at_least is None:
        return True
    least = wanted.amount_at_least.get(case.currency)
    return least is not None and case.undisputed >= parse(least, case.currency)


def _without_progress(since: str, case: Case, today: date, anchor: date) -> bool:
    progress = case.progress_after(anchor)
    return progress is None or add(progress, parse_offset(since)) <= today
