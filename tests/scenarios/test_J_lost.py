"""J2 by the figures: what of a bill stays lost, as money, credits and corrections come and go after its write-off."""

from datetime import date

import pytest
from msgspec.structs import replace

from service.domain.case import Case, Interruption
from service.domain.events import claim as e
from service.domain.events.bill import PaymentApplied, PaymentUnapplied
from service.domain.evolve.claim import REVERSED, came, evolve_claim, lessened, standing, went

ON = date(2026, 3, 2)


def written_off(**facts) -> Case:
    """A bill of 1 000, of which 400 were paid and 600 written off."""
    given = {"amount": 1000, "paid": 400, "written_off": 600, "stage": "closed", "closed_as": "written_off"}
    return Case(id="I-1", **{**given, **facts})


def applied(recovered: int) -> PaymentApplied:
    return PaymentApplied(payment="P-1", amount=600, currency="CNY", received_on=ON, recovered=recovered)


def taken_back(recovered: int, why: str) -> PaymentUnapplied:
    return PaymentUnapplied(payment="P-1", amount=600, currency="CNY", received_on=ON, why=why, recovered=recovered)


@pytest.mark.parametrize(
    ("recovered", "closed_as"), [(0, "written_off"), (1, "written_off"), (599, "written_off"), (600, "recovered")]
)
def test_J2_a_bill_is_recovered_once_all_that_was_lost_has_come(recovered, closed_as):
    assert came(written_off(), applied(recovered)) == written_off(recovered=recovered, closed_as=closed_as)


def test_J2_money_adds_to_what_has_come_before():
    twice = came(came(written_off(), applied(200)), applied(300))
    assert (twice.recovered, twice.lost, twice.closed_as) == (500, 100, "written_off")


def test_J2_a_reversed_recovery_is_lost_again_and_one_that_was_not_needed_never_was():
    whole = written_off(recovered=600, closed_as="recovered")
    assert went(whole, taken_back(0, REVERSED)) == whole
    assert went(whole, taken_back(600, REVERSED)) == written_off()
    assert went(whole, taken_back(100, REVERSED)) == written_off(recovered=500)
    assert went(whole, taken_back(200, "amount_changed")) == replace(whole, recovered=400, written_off=400)
    assert went(whole, taken_back(600, "amount_changed")) == replace(
        whole, recovered=0, written_off=0, closed_as="paid"
    )


@pytest.mark.parametrize(
    ("credited", "written", "closed_as"),
    [
        (0, 600, "written_off"),  # nothing became less
        (100, 500, "written_off"),
        (600, 0, "paid"),
        (700, 0, "paid"),  # no more than was lost
    ],
)
def test_J2_a_credit_note_makes_the_loss_smaller_and_never_less_than_nothing(credited, written, closed_as):
    case = written_off(credited=credited)
    assert lessened(case) == replace(case, written_off=written, closed_as=closed_as)


def test_J2_a_credit_note_takes_nothing_from_what_was_recovered():
    case = written_off(recovered=500, paid=900, credited=300)
    assert lessened(case) == replace(case, written_off=500, closed_as="recovered")


def test_J2_a_bill_that_grows_has_lost_no_less():
    assert lessened(written_off(amount=1200)) == written_off(amount=1200)


@pytest.mark.parametrize(
    ("facts", "closed_as"),
    [
        ({}, "written_off"),
        ({"recovered": 600}, "recovered"),
        ({"written_off": 0}, "paid"),
        ({"written_off": 0, "paid": 0}, "credited"),
        ({"written_off": 100, "recovered": 100, "paid": 0}, "recovered"),
    ],
)
@pytest.mark.parametrize("before", ["written_off", "recovered"])
def test_J2_how_a_bill_that_was_written_off_stands_follows_from_what_is_lost(facts, closed_as, before):
    assert standing(written_off(**{**facts, "closed_as": before})) == written_off(**{**facts, "closed_as": closed_as})


@pytest.mark.parametrize("closed_as", [None, "paid", "credited", "voided"])
def test_J2_a_bill_that_was_not_written_off_stays_as_it_was_closed(closed_as):
    case = written_off(closed_as=closed_as)
    assert standing(case) == case


def test_J2_a_second_write_off_adds_to_the_first():
    more = e.WrittenOff(amount=50, currency="CNY", on=ON)
    assert evolve_claim(written_off(), more) == written_off(written_off=650)


def test_J2_a_recovery_is_told_beside_the_money_which_moves_it():
    told = e.Recovered(payment="P-1", amount=50, currency="CNY", received_on=ON, rest=550)
    assert evolve_claim(written_off(), told) == written_off()


def test_I1_of_each_cause_the_latest_day_counts_and_of_one_day_the_last_word():
    first = e.Interrupted(cause="demand", on=ON, by="letter.received", stream="C-1", version=7)
    case = evolve_claim(written_off(), first)
    assert case == written_off(interrupted={"demand": Interruption(ON, "letter.received", 7, "C-1")})
    assert evolve_claim(case, replace(first, on=date(2026, 3, 1), version=8)) == case
    again = evolve_claim(case, replace(first, version=9))
    assert again.interrupted == {"demand": Interruption(ON, "letter.received", 9, "C-1")}
    both = evolve_claim(case, replace(first, cause="acknowledgement", on=date(2026, 3, 1)))
    assert set(both.interrupted) == {"demand", "acknowledgement"}
