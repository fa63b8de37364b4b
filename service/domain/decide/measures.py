"""What is done to a customer with weight: levels rise, letters are issued, deliveries stop - agreed to or by a playbook."""

from collections.abc import Iterator

from service.domain.account import Account, Happened, on_case, on_customer
from service.domain.case import RANK
from service.domain.decide import holds, tasks
from service.domain.decide.messages import recipients, slot
from service.domain.events.case import Escalated, Lettered
from service.domain.events.customer import LetterIssued
from service.domain.events.reconciliation import ReconciliationSent, Stated
from service.domain.playbook import Step
from service.domain.reconciliation import KIND as RECONCILIATION
from service.domain.scene import Scene


def rise(
    account: Account, scene: Scene, names: list[str], level: str, step: str, rule: str, approval: str | None
) -> Iterator[Happened]:
    """The bills below the level rise to it; the occurrence stays the one that asked."""
    rising = [account.cases[id] for id in names if RANK[account.cases[id].level] < RANK[level]]
    yield from tasks.raise_to_supervisor(account, scene, rising)
    for case in rising:
        mark = case.done.get(step)
        escalated = Escalated(
            step=step,
            rule=rule,
            anchor=mark.anchor if mark else scene.today,
            on=mark.on if mark else scene.today,
            due_at=scene.now,
            level=level,
            previous=case.level,
            reached_on=scene.today,
            approval=approval,
        )
        yield on_case(case.id, escalated)
    if rising and RANK[level] >= RANK["hold"]:
        yield from holds.keep(account)


def letter(
    account: Account, scene: Scene, names: list[str], kind: str, rule: str, approval: str | None
) -> Iterator[Happened]:
    """The letter is decided now and leaves in the next window; without a person to address it waits to be printed."""
    customer = account.customer
    people = recipients(customer, "manager", "email") or [
        c for c in customer.contacts.values() if c.may_receive_details and c.mark is None
    ]
    people = people if names else []
    id = f"{kind}~{customer.id}.{customer.version + 1}"
    leaves = slot(account, scene, people[0], "letter", service=True).at if people else None
    event = LetterIssued(
        letter=id,
        kind=kind,
        rule=rule,
        cases=names,
        on=scene.today,
        message=id if people else None,
        slot=leaves,
        contact=people[0].id if people else None,
        approval=approval,
    )
    yield on_customer(customer.id, event)
    compares = kind == RECONCILIATION and bool(names)
    if compares:
        yield on_customer(customer.id, _stated(account, scene, names, id))
    for name in names:
        stated = account.cases[name].open if compares else None
        yield on_case(name, Lettered(letter=id, kind=kind, on=scene.today, amount=stated))


def _stated(account: Account, scene: Scene, names: list[str], letter: str) -> ReconciliationSent:
    """What our books say today: the letter says the same whenever it is written, and the answer is to that."""
    balances: dict[str, int] = {}
    for case in (account.cases[name] for name in names):
        balances[case.currency] = balances.get(case.currency, 0) + case.open
    return ReconciliationSent(
        reconciliation=letter,
        cases=names,
        balances=[Stated(currency, amount) for currency, amount in sorted(balances.items())],
        on=scene.today,
        until=scene.workdays.add_open(scene.today, scene.settings.reconciliation_days),
    )


def hold_now(account: Account, scene: Scene, names: list[str], step: Step) -> Iterator[Happened]:
    """A hold that a playbook applies without asking."""
    yield from holds.apply(account, scene, names, None)
    yield from rise(account, scene, names, "hold", step.name, step.rule, None)
