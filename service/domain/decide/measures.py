"""What is done to a customer with weight: levels rise, letters are issued, deliveries stop - agreed to or by a playbook."""

from collections.abc import Iterator

from service.domain.account import Account, Happened, on_case, on_customer
from service.domain.case import RANK
from service.domain.decide import holds, tasks
from service.domain.decide.messages import recipients, slot
from service.domain.events.case import Escalated, Lettered
from service.domain.events.customer import LetterIssued
from service.domain.playbook import Step
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
    for name in names:
        yield on_case(name, Lettered(letter=id, kind=kind, on=scene.today))


def hold_now(account: Account, scene: Scene, names: list[str], step: Step) -> Iterator[Happened]:
    """A hold that a playbook applies without asking."""
    yield from holds.apply(account, scene, names, None)
    yield from rise(account, scene, names, "hold", step.name, step.rule, None)
