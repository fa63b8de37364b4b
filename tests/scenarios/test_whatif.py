"""What would have come of another playbook: recorded history told once more by the rules, and held against what was."""

from datetime import timedelta
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from service.domain import commands as c
from service.domain.commands.facts import FACTS
from service.domain.due import step_due
from service.domain.events import CaseEvent, CustomerEvent, PaymentEvent
from service.domain.refusals import Refused
from service.domain.whatif.facts import READ_BACK, command_of
from service.domain.whatif.recalled import AGAIN
from tests.examples import by
from tests.retold import WrittenDown, steps_told
from tests.scenarios.test_D_together import ACTS, BILLS, do
from tests.shaped import an_event
from tests.world import World

DAYS = st.integers(0, 40)
BILL = st.sampled_from(BILLS)


def attempt(world: World, command: c.Command, role: str = "collector") -> None:
    """Whatever is refused leaves no trace."""
    try:
        world.do(command, by(role))
    except Refused:
        return


def said(world: World, bill: str, outcome: str, cause: str | None, days: int | None) -> c.Command:
    next_on = None if days is None else world.scene.today + timedelta(days)
    record = c.ContactRecord(channel="phone", outcome=outcome, contact="zhang", cause=cause, ability="part", next_on=next_on)
    return c.LogContact(customer="C-1", cases=(bill,), record=record)


def live(world: World, what: str, bill: str, days: int, yes: bool) -> None:
    """One more thing that happens."""
    today = world.scene.today
    ahead = today + timedelta(days)
    match what:
        case "pause":
            attempt(world, c.PauseCases(customer="C-1", cases=(bill,), until=ahead, reason="x"), "supervisor")
        case "resume":
            attempt(world, c.ResumeCases(customer="C-1", cases=(bill,)), "supervisor")
        case "flag":
            attempt(world, c.FlagCases(customer="C-1", cases=(bill,), flag="wilful_default", off=not yes))
        case "said":
            outcome = ("reached", "not_reached", "refused", "wrong_number")[days % 4]
            attempt(world, said(world, bill, outcome, "wilful" if yes else None, days if yes else None))
        case "finish":
            for kind in ("call", "visit"):
                if kind in world.customer.tasks:
                    record = c.ContactRecord(channel="phone", outcome="reached" if yes else "not_reached", ability="none")
                    attempt(world, c.CompleteTask(customer="C-1", task=world.customer.tasks[kind].id, record=record))
        case "put off":
            for task in [one.id for one in world.customer.tasks.values()]:
                until = today + timedelta(1 + days % 10)
                attempt(world, c.SnoozeTask(customer="C-1", task=task, until=until, reason="x"), "supervisor")
        case "confirm":
            attempt(world, c.ConfirmInvoice(invoice=bill), "erp")
        case "resend":
            attempt(world, c.AmendInvoice(invoice=bill, resent_on=today), "erp")
        case "due":
            attempt(world, c.ChangeDueDate(invoice=bill, due_on=today + timedelta(days - 20)), "erp")
        case "tax":
            attempt(world, (c.RequestTaxInvoice if yes else c.IssueTaxInvoice)(invoice=bill), "erp")
        case "restrict":
            told = c.RestrictCustomer(customer="C-1", restriction="insolvent", off=not yes, reason="x")
            attempt(world, told, "supervisor")
        case "hold":
            asked = (c.ApplyHold if yes else c.ReleaseHold)(customer="C-1", reason="x")
            attempt(world, asked, "manager")
        case "answer":
            for request in list(world.customer.requests.values()):
                answer = {"customer": "C-1", "approval": request.id} | ({} if yes else {"reason": "x"})
                attempt(world, (c.GrantApproval if yes else c.RejectApproval)(**answer), request.role)
        case "owner":
            attempt(world, c.AssignCase(customer="C-1", case=bill, owner="li.na" if yes else "wang.wei"), "supervisor")
        case "bounce":
            bounced = c.ReportMessage(
                customer="C-1", message="m", contact="zhang", channel="email", cases=(bill,), outcome="bounced", code="x"
            )
            world.do(bounced, by("clock"))
        case "reply":
            reply = c.RecordReply(customer="C-1", message="m", contact="zhang", channel="email", cases=(bill,))
            world.do(reply, by("collector"))
        case "segment":
            world.do(c.UpdateCustomer(customer="C-1", segment="risk" if yes else "standard", key_account=yes))
        case "void":
            attempt(world, c.VoidInvoice(invoice=bill), "erp")
        case "look":
            world.watch()
        case "bill":
            n = len(world.account.cases) + 1
            issued = today - timedelta(days)
            world.bill(f"INV-{n}", str(issued), str(issued + timedelta(10)), confirmation_required=yes)
        case _:
            world.walk(str(ahead))


HAPPENS = (
    *("pause", "resume", "flag", "said", "finish", "put off", "confirm", "resend", "due", "tax", "restrict", "hold"),
    *("answer", "owner", "bounce", "reply", "segment", "void", "look", "bill", "walk", "walk", "walk", "walk"),
)
LIFE = st.one_of(ACTS, st.tuples(st.sampled_from(HAPPENS), BILL, DAYS, st.booleans()))


def happen(world: World, act: tuple[Any, ...]) -> None:
    """Either of the two kinds."""
    if act[0] in HAPPENS and len(act) == 4:
        live(world, *act)
    else:
        do(world, act)


def lived(acts: list[tuple[Any, ...]]) -> WrittenDown:
    """Two bills, one of which is to be confirmed, and whatever comes."""
    world = WrittenDown("2026-03-02", credit_limit="1500.00", currency="CNY")
    world.owed("INV-1", due="2026-03-10")
    world.bill("INV-2", "2026-03-02", "2026-04-10")
    for act in acts:
        happen(world, act)
    world.live(str(world.scene.today + timedelta(60)))
    return world


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(LIFE, min_size=5, max_size=25), st.integers(0, 120))
def test_the_very_playbooks_told_again_do_step_by_step_what_was_done(acts, days):
    world = lived(acts)
    since = world.log[0][0] + timedelta(days)
    story, told = world.told_again(since)
    assert steps_told(told) == world.steps(since)
    assert not story.left_out and not story.is_cut_short


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(LIFE, min_size=5, max_size=25))
def test_what_is_remembered_of_a_case_is_what_would_be_worked_out_anew(acts):
    """Through reminders and what was left out, when the other steps are due is not asked again."""
    world, kept = WrittenDown("2026-03-02"), 0
    world.owed("INV-1", due="2026-03-10")
    world.bill("INV-2", "2026-03-02", "2026-04-10")
    for act in acts:
        happen(world, act)
        for case in world.account.cases.values():
            fresh = replace(case)
            for name, one in case.asked(world.workdays).items():
                step = world.playbook.step(name)
                assert step and step_due(fresh, step, world.workdays) == one
                kept += 1
    assert kept


FOLLOWS = {
    *("case.opened", "case.stage_changed", "case.taken_up", "case.reopened", "case.closed", "case.due_date_set"),
    *("case.reminded", "case.escalated", "step.fired", "step.skipped", "case.lettered", "letter.issued", "task.cancelled"),
    *("case.asked", "case.decided", "case.handed_over", "case.written_off", "case.recovered"),
    *("credit.restricted", "credit.restored", "hold.applied", "hold.released"),
    *("payment.applied", "payment.unapplied", "payment.freed", "draft.received", "draft.ended"),
    *("promise.kept", "promise.broken", "promise.cancelled", "dispute.overdue"),
    *("plan.part_kept", "plan.kept", "plan.broken", "plan.cancelled", "plan.restored"),
    *("discount.taken", "discount.lapsed", "discount.withdrawn"),
    *("approval.joined", "approval.cancelled", "approval.expired", "notice.raised"),
}
"""What comes again by itself, of the rules and of what is done again."""

BESIDE = {
    *("note.added", "customer.noted", "letter.printed"),
    *("message.withheld", "message.advised", "visit.arranged"),
    *("reconciliation.sent", "reconciliation.confirmed", "reconciliation.differed", "reconciliation.silent"),
}
"""What no step hangs on: it is not told again."""


def test_whatever_can_happen_to_a_customer_is_done_again_or_follows_or_lies_beside():
    """A new event belongs in `AGAIN` when somebody brings it about, else in one of the two."""
    theirs = {one.type for one in get_args(CaseEvent | CustomerEvent | PaymentEvent)}
    again = {one.type for one in AGAIN}
    assert theirs - again - FOLLOWS - BESIDE == set()
    assert len(theirs) == len(again) + len(FOLLOWS) + len(BESIDE)


def test_every_fact_of_the_erp_is_done_again():
    assert FACTS.keys() - {one.type for one in AGAIN} == set()


@pytest.mark.parametrize("shape", READ_BACK, ids=lambda one: one.type)
def test_a_fact_read_back_says_all_that_its_event_says(shape: type):
    event: Any = an_event(shape)
    command: Any = command_of("INV-1", event, "CNY")
    assert type(command) is FACTS[event.type]
    shared = [one for one in fields(command) if hasattr(event, one.name)]
    assert [one.name for one in shared if getattr(command, one.name) in (one.default, [])] == []
