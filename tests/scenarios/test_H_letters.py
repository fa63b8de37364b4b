"""Letters that people have sent (H1): what they say must be so, and what needs consent they cannot send."""

from datetime import date

import pytest

from service.domain import commands as c
from service.domain.refusals import Conflict
from tests.examples import a_contact, by
from tests.world import World


def dunned() -> World:
    """A bill a week overdue."""
    world = World("2026-03-02")
    world.owed("INV-1", due="2026-03-05")
    return world.walk("2026-03-12")


def send(kind: str, *cases: str) -> c.IssueLetter:
    return c.IssueLetter(customer="C-1", cases=cases or ("INV-1",), kind=kind)


@pytest.mark.parametrize("kind", ["reminder", "urgent", "stern", "final_notice", "reconciliation", "statement"])
def test_H1_a_letter_is_issued_at_once_and_leaves_in_the_next_window(kind):
    world = dunned()
    world.do(send(kind), by("legal"))
    (issued,) = world.events("letter.issued")
    assert (issued.kind, issued.cases, issued.rule, issued.contact) == (kind, ["INV-1"], "H1", "ap")
    assert issued.letter == issued.message and issued.slot is not None
    assert list(world.case("INV-1").letters) == [kind]


@pytest.mark.parametrize("kind", ["formal_dunning", "lawyer", "credit_stop"])
def test_B9_what_goes_out_with_consent_only_nobody_sends_alone(kind):
    with pytest.raises(Conflict, match="letter_needs_consent"):
        dunned().do(send(kind), by("legal"))


def test_H1_a_hold_notice_needs_a_hold():
    with pytest.raises(Conflict, match="no_hold"):
        dunned().do(send("hold_notice"), by("legal"))


def test_H1_a_plan_is_put_on_paper_while_it_runs():
    world = dunned()
    with pytest.raises(Conflict, match="no_plan"):
        world.do(send("payment_plan"), by("legal"))
    terms = c.PlanTerms(count=2, first_on=date(2026, 3, 20))
    world.do(c.AgreePlan(customer="C-1", cases=("INV-1",), terms=terms), by("supervisor"))
    world.do(send("payment_plan"), by("legal"))
    assert world.events("letter.issued")[-1].kind == "payment_plan"


def test_H1_paid_in_full_is_confirmed_when_it_is_and_then_nothing_is_demanded():
    world = dunned()
    with pytest.raises(Conflict, match="case_open"):
        world.do(send("paid_in_full"), by("legal"))
    world.pay("P-1", "1000.00")
    world.do(send("paid_in_full"), by("legal"))
    with pytest.raises(Conflict, match="case_closed"):
        world.do(send("reminder"), by("legal"))


def written_off(world: World) -> None:
    world.do(c.WriteOff(customer="C-1", cases=("INV-1",), reason="bankrupt"), by("manager"))
    (request,) = world.events("approval.requested", kind="write_off")
    world.do(c.GrantApproval(customer="C-1", approval=request.approval), by(request.role, "granter"))


@pytest.mark.parametrize(
    "ended",
    [
        written_off,
        lambda world: world.do(c.CreditInvoice(invoice="INV-1", amount="1000.00")),
        lambda world: world.do(c.VoidInvoice(invoice="INV-1")),
    ],
    ids=["written off", "credited", "voided"],
)
def test_H1_of_what_ended_otherwise_no_letter_says_that_it_is_paid(ended):
    world = dunned()
    ended(world)
    assert world.case("INV-1").stage == "closed"
    with pytest.raises(Conflict, match="case_not_paid"):
        world.do(send("paid_in_full"), by("legal"))


def test_H1_what_was_written_off_and_came_after_all_is_paid():
    world = dunned()
    written_off(world)
    world.pay("P-1", "1000.00")
    world.do(send("paid_in_full"), by("legal"))
    assert [letter.kind for letter in world.events("letter.issued")] == ["paid_in_full"]


def test_H1_a_statement_of_what_is_paid_may_go_out():
    world = dunned()
    world.pay("P-1", "1000.00")
    world.do(send("statement"), by("legal"))
    assert [letter.kind for letter in world.events("letter.issued")] == ["statement"]


def test_H1_a_hold_is_put_on_paper_while_it_stands():
    world = dunned()
    world.do(c.ApplyHold(customer="C-1", reason="x"), by("manager"))
    world.grant("hold")
    world.do(send("hold_notice"), by("legal"))
    assert [letter.kind for letter in world.events("letter.issued")] == ["hold_notice"]


@pytest.mark.parametrize("kind", ["reminder", "statement", "reconciliation"])
def test_E5_nobody_sends_the_restricted_a_letter(kind):
    world = dunned()
    world.do(c.UpdateCustomer(customer="C-1", restrictions=["lawyer_represented"]))
    with pytest.raises(Conflict, match="customer_restricted"):
        world.do(send(kind), by("legal"))


def test_H1_a_letter_asked_for_by_a_person_is_theirs_to_compare_too():
    world = dunned()
    world.do(send("reconciliation"), by("legal"))
    assert len(world.events("reconciliation.sent")) == 1


def test_H1_no_comparison_is_asked_of_a_bill_that_has_ended():
    world = dunned()
    world.pay("P-1", "1000.00")
    with pytest.raises(Conflict, match="not_to_reconcile"):
        world.do(send("reconciliation"), by("legal"))


def test_C7_without_somebody_who_may_know_there_is_no_letter():
    world = World("2026-03-02", contacts=[a_contact(may_receive_details=False)])
    world.owed("INV-1", due="2026-03-05")
    with pytest.raises(Conflict, match="no_recipient"):
        world.do(send("statement"), by("legal"))


def test_H2_what_was_printed_stands_in_the_log_by_its_hash():
    world = dunned()
    world.do(send("reminder"), by("legal"))
    (issued,) = world.events("letter.issued")
    kept = c.KeepLetter(customer="C-1", letter=issued.letter, kind="reminder", cases=("INV-1",), sha256="ab" * 32)
    world.do(kept)
    (printed,) = world.events("letter.printed")
    assert (printed.letter, printed.sha256, printed.template_version) == (issued.letter, "ab" * 32, 0)
