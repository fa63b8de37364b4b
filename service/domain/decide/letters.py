"""A letter's way until it leaves: asked for by a person, which needs nobody's consent (H1), printed, or set aside."""

from collections.abc import Iterator

from service.domain.account import Account, Happened, on_customer
from service.domain.commands import IssueLetter, KeepLetter, Reconcile, SetLetterAside
from service.domain.decide import errands, measures, reconciliations
from service.domain.decide.demands import DEMANDS
from service.domain.decide.messages import recipients
from service.domain.events.customer import NoticeRaised
from service.domain.events.letter import LetterPrinted
from service.domain.reconciliation import KIND as RECONCILIATION
from service.domain.refusals import Conflict
from service.domain.scene import Scene

CONSENTED = frozenset({"formal_dunning", "lawyer", "credit_stop"})
"""Those that a playbook asks for, and that go out when somebody has agreed (B9, E3)."""

PAID = frozenset({"paid", "recovered"})
"""How a bill ends whose money has come. Who is told that they have paid owes nothing any more: what was written off is not."""


def issue(command: IssueLetter, account: Account, scene: Scene) -> Iterator[Happened]:
    """It leaves in the next window. What it says must be so: that deliveries stand still, that there is a plan, that all of it
    is paid; and only what is open is asked for."""
    kind, customer = command.kind, account.customer
    if kind in CONSENTED:
        raise Conflict("letter_needs_consent", "/kind", kind=kind)
    if customer.restrictions:
        raise Conflict("customer_restricted", None, customer=customer.id)
    if not recipients(customer, "manager", "email"):
        raise Conflict("no_recipient", None, customer=customer.id)
    if kind == "hold_notice" and customer.hold is None:
        raise Conflict("no_hold", "/kind", customer=customer.id)
    for id in command.cases:
        case = account.cases[id]
        if kind == "payment_plan" and case.standing_plan() is None:
            raise Conflict("no_plan", "/kind", case=id)
        if kind == "paid_in_full" and case.stage != "closed":
            raise Conflict("case_open", "/kind", case=id)
        if kind == "paid_in_full" and case.closed_as not in PAID:
            raise Conflict("case_not_paid", "/kind", case=id)
        if kind in DEMANDS and case.stage == "closed":
            raise Conflict("case_closed", "/kind", case=id)
    if kind == RECONCILIATION:
        yield from reconciliations.ask(Reconcile(customer=customer.id, cases=command.cases), account, scene)
    else:
        yield from measures.letter(account, scene, list(command.cases), kind, "H1", None)


def printed(command: KeepLetter, account: Account) -> Iterator[Happened]:
    """The letter is a document from now on (H2)."""
    event = LetterPrinted(
        letter=command.letter,
        kind=command.kind,
        cases=list(command.cases),
        sha256=command.sha256,
        template_version=command.template_version,
    )
    yield on_customer(account.customer.id, event)


def set_aside(command: SetLetterAside, account: Account, scene: Scene) -> Iterator[Happened]:
    """It waits, and whoever works its bills hears of it. Which signs no font shows is not said: they may be of a name."""
    role, user = errands.works(account, command.cases)
    notice = NoticeRaised(
        rule="H1",
        audience=[role],
        users=[user] if user != role else [],
        text="letter_unprintable",
        customers=[account.customer.id],
        cases=list(command.cases),
        about=command.letter,
        on=scene.today,
    )
    yield on_customer(account.customer.id, notice)
