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
