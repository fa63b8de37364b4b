"""Rule H1: books compared by a letter that the customer signs and returns, and what its answer means (I1, B9, D5)."""

from typing import Any

import pytest

from service.domain import commands as c
from service.domain.limitation import lapse
from service.domain.reconciliation import KEPT
from service.domain.refusals import Conflict, Refused
from service.domain.settings import Settings
from tests.examples import a_contact, by, day
from tests.world import World


def owing(**more: Any) -> World:
    """Two bills in yuan and one in dollars, all past their day."""
    world = World("2026-03-02", **more)
    world.owed("INV-1", due="2026-03-02")
    world.owed("INV-2", due="2026-03-02", amount="500.00")
    world.bill("INV-3", "2026-03-02", "2026-03-02", "70.00", currency="USD", confirmation_required=False)
    return world


def ask(world: World, *cases: str) -> str:
    """Sent now; its id."""
    world.do(c.Reconcile(customer="C-1", cases=cases or ("INV-1", "INV-2", "INV-3")), by("finance"))
    return sent(world)


def sent(world: World) -> str:
    id: str = world.events("reconciliation.sent")[-1].reconciliation
    return id


def answer(world: World, id: str, *differs: tuple[str, str], on: str | None = None, **more: Any) -> list[Any]:
    said = tuple(c.BalanceSaid(currency=currency, amount=amount) for currency, amount in differs)
    cases = world.account.reconciled[id]
    command = c.AnswerReconciliation(
        customer="C-1", reconciliation=id, cases=cases, on=day(on) if on else None, differs=said, **more
    )
    return world.do(command, by("finance"))


def state(world: World, id: str) -> str | None:
    known = world.customer.reconciliations.get(id)
    return known.state if known else None


# Sent


def test_H1_what_is_sent_says_what_our_books_say_by_currency_and_bill():
    world = owing()
    world.pay("P-1", "100.00", allocations=(c.Allocation(invoice="INV-1", amount="100.00"),))
    id = ask(world)
    (event,) = world.events("reconciliation.sent")
    assert [(one.currency, one.amount) for one in event.balances] == [("CNY", 140000), ("USD", 7000)]
    said = [(one.id, one.event.amount) for _, one in world.log if one.event.type == "case.lettered"]
    assert said == [("INV-1", 90000), ("INV-2", 50000), ("INV-3", 7000)]
    assert (event.on, event.until) == (day("2026-03-02"), day("2026-03-20"))  # fourteen open days
    (letter,) = world.events("letter.issued")
    assert (letter.letter, letter.kind, letter.contact, letter.cases) == (id, "reconciliation", "ap", event.cases)


def test_B9_with_the_formal_letter_goes_one_that_is_to_come_back():
    world = World("2026-03-02")
    world.owed("INV-1", due="2026-03-02")
    world.walk("2026-06-02").grant("hold")
    world.walk("2026-06-12").grant("letter")
    assert [one.kind for one in world.events("letter.issued")] == ["formal_dunning", "reconciliation"]
    (event,) = world.events("reconciliation.sent")
    assert (event.cases, state(world, event.reconciliation)) == (["INV-1"], "sent")
    assert len(world.events("case.lettered")) == 2


def test_H1_only_what_has_gone_out_is_open_and_ours_is_compared():
    world = owing()
    world.do(c.SubmitInvoice(invoice="INV-9", customer="C-1", amount="1.00", currency="CNY", period="2026-02"))
    world.pay("P-1", "70.00", currency="USD")
    for case in ("INV-9", "INV-3"):
        with pytest.raises(Conflict, match="not_to_reconcile"):
            ask(world, case)
    with pytest.raises(Refused, match="unknown_invoice"):
        ask(world, "INV-8")


def test_E5_nobody_sends_one_to_the_restricted():
    world = owing(restrictions=("lawyer_represented",))
    with pytest.raises(Conflict, match="customer_restricted"):
        ask(world)


# Confirmed


def test_I1_signed_it_begins_the_limitation_period_anew_on_every_bill_it_names():
    world = owing()
    id = ask(world, "INV-1", "INV-2")
    world.walk("2026-03-12 12:00")
    answer(world, id, on="2026-03-11", signed_by="Zhang Wei", title="CFO")
    found = {case: lapse(world.case(case), world.scene.law) for case in ("INV-1", "INV-2", "INV-3")}
    assert {case: (one.on, one.set_by) for case, one in found.items() if one} == {
        "INV-1": (day("2026-03-11"), "reconciliation.confirmed"),
        "INV-2": (day("2026-03-11"), "reconciliation.confirmed"),
        "INV-3": (day("2026-03-02"), None),
    }
    (there,) = [one for _, one in world.log if one.event.type == "reconciliation.confirmed"]
    assert there.private == {"": {"signed_by": "Zhang Wei", "title": "CFO"}}
    assert state(world, id) is None


def test_I1_what_was_paid_meanwhile_needs_no_period():
    world = owing()
    id = ask(world, "INV-1", "INV-2")
    world.pay("P-1", "1000.00", allocations=(c.Allocation(invoice="INV-1", amount="1000.00"),))
    answer(world, id)
    assert [one.id for _, one in world.log if one.event.type == "limitation.interrupted"] == ["INV-2"]


def test_B_a_signed_one_is_no_progress_and_dunning_goes_on():
    told = []
    for signs in (False, True):
        world = owing().walk("2026-03-05 18:00")
        if signs:
            answer(world, ask(world))
        before = world.case("INV-1").progress_after(day("2026-03-02"))
        world.walk("2026-03-31")
        told.append((before, world.days("overdue-daily"), world.levels("INV-1")))
    assert told[0] == told[1] and told[0][0] is None and told[0][2]


def test_H1_an_answer_is_of_a_day_between_the_letters_and_today():
    world = owing()
    id = ask(world)
    world.walk("2026-03-05 12:00")
    for wrong in ("2026-03-01", "2026-03-06"):
        with pytest.raises(Refused, match="date_out_of_range"):
            answer(world, id, on=wrong)
    answer(world, id, on="2026-03-02")


def test_H1_once_confirmed_it_is_over():
    world = owing()
    id = ask(world)
    answer(world, id)
    for differs in ((), (("CNY", "1.00"),)):
        with pytest.raises(Conflict, match="reconciliation_over"):
            answer(world, id, *differs)


# Differs


def test_H1_a_difference_is_a_task_for_finance_and_disputes_nothing():
    world = owing()
    id = ask(world)
    answer(world, id, ("CNY", "1499.00"), text="Your credit note of January is missing.")
    (event,) = world.events("reconciliation.differed")
    assert [(one.currency, one.amount) for one in event.balances] == [("CNY", 149900), ("USD", 7000)]
    (task,) = world.events("task.created", kind="difference")
    assert (task.role, task.rule, task.why, task.due_on) == ("finance", "H1", "reconciliation_differs", day("2026-03-03"))
    assert (task.cases, state(world, id)) == (["INV-1", "INV-2", "INV-3"], "differs")
    assert not world.events("dispute.opened") and not world.events("limitation.interrupted")
    assert world.case("INV-1").chased == 100000


def test_H1_nothing_owed_by_their_books_is_a_difference_too():
    world = owing()
    answer(world, ask(world), ("USD", "0.00"))
    (event,) = world.events("reconciliation.differed")
    assert [(one.currency, one.amount) for one in event.balances] == [("CNY", 150000), ("USD", 0)]


def test_H1_the_same_balances_are_no_difference_and_others_currencies_are_not_ours():
    world = owing()
    id = ask(world)
    with pytest.raises(Refused, match="nothing_differs"):
        answer(world, id, ("CNY", "1500.00"))
    with pytest.raises(Refused, match="currency_not_stated"):
        answer(world, id, ("EUR", "1.00"))
    assert state(world, id) == "sent"


def test_H1_signed_after_all_the_difference_is_nobodys_task_any_more():
    world = owing()
    id = ask(world)
    answer(world, id, ("CNY", "1.00"))
    answer(world, id)
    (ended,) = world.events("task.cancelled", kind="difference")
    assert (ended.why, state(world, id)) == ("answered", None)
    assert world.events("limitation.interrupted")


def test_H1_while_another_differs_the_task_stays():
    world = owing()
    first, second = ask(world, "INV-1"), ask(world, "INV-2")
    answer(world, first, ("CNY", "1.00"))
    answer(world, second, ("CNY", "1.00"))
    assert len(world.events("task.created", kind="difference")) == 1
    answer(world, first)
    assert "difference" in world.customer.tasks
    answer(world, second)
    assert "difference" not in world.customer.tasks


# Silent


def test_H1_after_fourteen_open_days_silence_is_a_task_of_the_owner():
    world = owing(collector="li.na")
    id = ask(world)
    world.walk("2026-03-31")
    assert world.timed("reconciliation.silent") == ["03-23 09:00"]  # the first window after Friday the 20th
    (event,) = world.events("reconciliation.silent")
    (task,) = world.events("task.created", kind="reconciliation")
    assert (event.cases, state(world, id)) == (["INV-1", "INV-2", "INV-3"], "silent")
    assert (task.role, task.rule, task.why) == ("supervisor", "H1", "reconciliation_silent")  # raised by then (B4)


def test_H1_of_bills_that_were_not_raised_it_is_the_collectors():
    world = World("2026-03-02", collector="li.na")
    world.owed("INV-1", due="2026-06-30", issued="2026-03-02")
    ask(world, "INV-1")
    world.walk("2026-03-23")
    (task,) = world.events("task.created", kind="reconciliation")
    assert (task.role, task.owner, task.cases) == ("collector", "li.na", ["INV-1"])


def test_H1_how_long_is_the_tenants_choice():
    world = owing(settings=Settings(reconciliation_days=3))
    ask(world)
    assert world.walk("2026-03-31").dated("reconciliation.silent") == ["03-06"]


def test_H1_an_answer_in_time_is_never_silence():
    world = owing()
    id = ask(world)
    world.walk("2026-03-20 18:00")
    answer(world, id, ("CNY", "1.00"))
    assert world.walk("2026-04-30").events("reconciliation.silent") == []


def test_H1_a_late_answer_counts_and_ends_the_task():
    world = owing()
    id = ask(world)
    world.walk("2026-03-31")
    answer(world, id)
    assert [one.why for one in world.events("task.cancelled", kind="reconciliation")] == ["answered"]
    assert world.events("limitation.interrupted")


def test_H1_what_is_paid_by_then_needs_nobody_and_the_task_ends_with_the_last_bill():
    world = owing()
    ask(world, "INV-1", "INV-2")
    world.pay("P-1", "1500.00")
    world.walk("2026-03-31")
    assert world.events("reconciliation.silent") and not world.events("task.created", kind="reconciliation")
    world = owing()
    ask(world, "INV-1", "INV-2")
    world.walk("2026-03-31").pay("P-1", "1500.00")
    assert [one.kind for one in world.events("task.cancelled", kind="reconciliation")] == ["reconciliation"]


def test_E5_silence_of_the_restricted_is_nobodys_errand():
    world = owing()
    ask(world)
    world.do(c.RestrictCustomer(customer="C-1", restriction="insolvent", reason="news"), by("legal"))
    world.walk("2026-03-31")
    assert world.events("reconciliation.silent") and not world.events("task.created", kind="reconciliation")


# One way only


def test_I1_a_reconciliation_that_came_back_signed_is_an_answer_and_no_receipt():
    world = owing()
    id = ask(world)
    receipt = c.RecordReceipt(
        customer="C-1", letter=id, kind="reconciliation", cases=("INV-1",), issued_on=day("2026-03-02"), signed=True
    )
    with pytest.raises(Refused, match="reconciliation_by_answer"):
        world.do(receipt, by("legal"))
    assert not world.events("limitation.interrupted")


def test_H1_a_customer_who_never_answers_is_remembered_in_so_many_words():
    world = owing(contacts=[a_contact()])
    for _ in range(KEPT + 3):
        ask(world, "INV-1")
    first, *_, last = [one.reconciliation for one in world.events("reconciliation.sent")]
    assert len(world.customer.reconciliations) == KEPT
    with pytest.raises(Conflict, match="reconciliation_over"):
        answer(world, first)
    answer(world, last)
