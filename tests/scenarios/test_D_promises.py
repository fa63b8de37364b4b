"""Rule D1: promises to pay - who may give which, what they pause, when they are kept and when they are broken."""

import pytest

from service.domain import commands as c
from service.domain.refusals import Conflict, Forbidden, Refused
from tests.examples import by, day
from tests.world import World


def overdue(count: int = 1, start: str = "2026-03-02") -> World:
    world = World(start)
    for n in range(1, count + 1):
        world.owed(f"INV-{n}", due="2026-03-09", issued="2026-03-02")
    return world.walk("2026-03-11")


def states(world: World, id: str = "INV-1") -> list[str]:
    return [p.state for p in world.case(id).promises]


# Making


def test_D1_a_promise_that_covers_the_open_amount_pauses_the_case():
    world = overdue()
    world.promise("INV-1", "2026-03-20")
    (made,) = world.events("promise.made")
    assert (made.amount, made.due_on, made.until, made.pauses) == (100000, day("2026-03-20"), day("2026-03-23"), True)
    pause = world.case("INV-1").pause
    assert (pause.reason, pause.until) == ("promise", day("2026-03-23"))
    assert world.walk("2026-03-23").dated("case.reminded", channel="email", step="overdue-daily") == []


def test_D1_a_smaller_one_is_watched_and_pauses_nothing():
    world = overdue()
    world.promise("INV-1", "2026-03-20", amount="999.99")
    assert world.case("INV-1").pause is None
    assert world.walk("2026-03-18").days("overdue-daily") == ["03-17", "03-18"]


def test_D1_who_promised_is_kept_as_private():
    world = overdue()
    made = c.MakePromise(customer="C-1", cases=("INV-1",), amount=None, due_on=day("2026-03-20"), promised_by="Ms Wu")
    assert world.do(made, by("collector"))[0].private == {"": {"promised_by": "Ms Wu"}}


def test_D1_more_than_thirty_days_ahead_only_by_the_supervisor():
    world = overdue()
    with pytest.raises(Forbidden, match="promise_too_far"):
        world.promise("INV-1", "2026-04-11")
    world.promise("INV-1", "2026-04-10")
    other = overdue()
    other.promise("INV-1", "2026-04-11", role="supervisor")
    assert states(other) == ["open"]


@pytest.mark.parametrize(
    ("on", "amount", "code"),
    [
        ("2026-03-10", None, "date_in_past"),
        ("2026-03-20", "0.00", "amount_not_positive"),
        ("2026-03-20", "-1.00", "amount_not_positive"),
        ("2026-03-20", "1000.01", "promise_too_large"),
        ("2026-03-20", "ten", "money_format"),
        ("2026-03-20", "1.001", "money_precision"),
        ("9999-12-31", None, "date_out_of_range"),
    ],
)
def test_D1_promises_that_make_no_sense_are_refused(on, amount, code):
    with pytest.raises(Refused, match=code):
        overdue().promise("INV-1", on, amount, role="supervisor")


def test_D1_one_open_promise_a_bill_and_none_on_a_closed_one():
    world = overdue()
    world.promise("INV-1", "2026-03-20", amount="10.00")
    with pytest.raises(Conflict, match="promise_open"):
        world.promise("INV-1", "2026-03-23", amount="20.00")
    world.pay("P-1", "1000.00")
    with pytest.raises(Conflict, match="case_closed"):
        world.promise("INV-1", "2026-03-23")


def test_D1_something_must_be_promised_and_in_one_currency():
    world = overdue()
    world.bill("USD", "2026-03-02", "2026-03-20", currency="USD", confirmation_required=False)
    for cases, code in [((), "nothing_to_promise"), (("INV-1", "USD"), "currency_mismatch")]:
        made = c.MakePromise(customer="C-1", cases=cases, amount="5.00", due_on=day("2026-03-20"))
        with pytest.raises(Refused, match=code):
            world.do(made, by("collector"))


def test_D1_an_amount_is_split_over_the_bills_oldest_due_first():
    world = overdue(2)
    world.owed("OLD", due="2026-03-05", issued="2026-03-02")
    made = c.MakePromise(customer="C-1", cases=("INV-1", "INV-2", "OLD"), amount="1500.00", due_on=day("2026-03-20"))
    world.do(made, by("collector"))
    assert {id: [p.amount for p in world.case(id).promises] for id in ("OLD", "INV-1", "INV-2")} == {
        "OLD": [100000],
        "INV-1": [50000],
        "INV-2": [],
    }
    assert world.case("OLD").pause and not world.case("INV-1").pause


def test_D1_the_number_of_promises_that_pause_is_limited():
    world = overdue()
    for n, on in enumerate(["2026-03-12", "2026-03-18", "2026-03-24"]):
        world.promise("INV-1", on)
        assert bool(world.case("INV-1").pause) == (n < 2)
        world.walk(f"2026-03-{17 + 6 * n}")


# Kept


@pytest.mark.parametrize("received", ["2026-03-11", "2026-03-20", "2026-03-23"])
def test_D1_kept_when_the_money_comes_from_its_day_to_the_first_open_day_after_its_date(received):
    world = overdue()
    world.promise("INV-1", "2026-03-20", amount="600.00")  # a Friday: Monday is in time
    world.walk(f"{received} 18:00")
    world.pay("P-1", "600.00")
    assert states(world) == ["kept"]
    assert world.dated("promise.broken") == []


def test_D1_kept_by_several_payments_together():
    world = overdue()
    world.promise("INV-1", "2026-03-20", amount="600.00")
    world.pay("P-1", "400.00")
    assert states(world) == ["open"]
    world.walk("2026-03-20").pay("P-2", "200.00")
    assert states(world) == ["kept"]
    assert world.events("promise.kept")[0].received == 60000
    world.pay("P-3", "100.00")
    assert len(world.events("promise.kept")) == 1


def test_D1_over_the_holidays_the_first_open_day_after_counts():
    world = World("2026-09-21")
    world.owed("INV-1", due="2026-09-22", issued="2026-09-21")
    world.walk("2026-09-23").promise("INV-1", "2026-09-30")
    world.walk("2026-10-08 23:00")
    assert states(world) == ["open"]
    world.walk("2026-10-09")
    assert (states(world), world.timed("promise.broken")) == (["broken"], ["10-09 09:00"])


def test_D1_money_received_before_the_promise_keeps_none_of_it():
    world = overdue()
    world.pay("P-1", "400.00")  # the same day, before
    world.promise("INV-1", "2026-03-20")
    world.pay("P-2", "300.00")
    assert states(world) == ["open"]
    world.pay("P-3", "200.00", on="2026-03-10")
    assert states(world) == ["open"]


def test_D1_whoever_pays_all_that_is_left_after_a_credit_has_kept_it():
    world = overdue()
    world.promise("INV-1", "2026-03-20")
    world.do(c.CreditInvoice(invoice="INV-1", amount="100.00"))
    world.pay("P-1", "900.00")
    assert states(world) == ["kept"]


# Broken


def test_D1_broken_when_the_next_open_day_begins_and_somebody_calls_that_day():
    world = overdue()
    world.finish("call")
    world.promise("INV-1", "2026-03-12")
    world.walk("2026-03-13 23:00")
    assert (states(world), "call" in world.customer.tasks) == (["open"], False)
    world.walk("2026-03-16")
    assert (states(world), world.timed("promise.broken")) == (["broken"], ["03-16 09:00"])
    assert world.case("INV-1").pause is None
    (call,) = world.events("case.reminded", rule="D1")
    assert (call.channel, call.task) == ("phone", world.customer.tasks["call"].id)
    assert [e.why for e in world.events("case.resumed")] == ["promise_broken"]


def test_D1_a_part_of_the_money_is_partially_kept():
    world = overdue()
    world.promise("INV-1", "2026-03-12", amount="600.00")
    world.walk("2026-03-12").pay("P-1", "599.99")
    world.walk("2026-03-16")
    (broken,) = world.events("promise.broken")
    assert (broken.state, broken.received, broken.amount) == ("partially_kept", 59999, 60000)
    assert states(world) == ["partially_kept"]


def test_D1_money_in_time_recorded_later_turns_it_into_kept_and_progress_counts_again():
    world = overdue()
    world.promise("INV-1", "2026-03-12", amount="600.00")
    world.walk("2026-03-17")
    assert (states(world), world.case("INV-1").promises_broken) == (["broken"], 1)
    assert world.case("INV-1").progress_after(day("2026-03-09")) is None
    world.pay("P-1", "600.00", on="2026-03-13")
    assert (states(world), world.case("INV-1").promises_broken) == (["kept"], 0)
    assert world.walk("2026-04-30").levels("INV-1")[0] == "03-27 supervisor"


def test_D1_money_received_too_late_keeps_nothing():
    world = overdue()
    world.promise("INV-1", "2026-03-12", amount="600.00")
    world.walk("2026-03-17").pay("P-1", "600.00", on="2026-03-16")
    assert states(world) == ["broken"]


def test_D1_a_bounced_payment_breaks_what_it_had_kept():
    world = overdue()
    world.promise("INV-1", "2026-03-20", amount="600.00")
    world.pay("P-1", "600.00")
    assert states(world) == ["kept"]
    world.walk("2026-03-13").do(c.ReversePayment(payment="P-1"))
    assert states(world) == ["broken"]
    assert world.case("INV-1").progress_after(day("2026-03-09")) is None


def test_D1_after_a_broken_promise_the_latest_other_progress_counts():
    world = overdue()
    world.pay("P-1", "10.00", on="2026-03-10")
    world.walk("2026-03-20").promise("INV-1", "2026-03-24", amount="10.00")
    # without the promise: 10 March + 14 = the 24th; it breaks on the 26th
    assert world.walk("2026-04-01").levels("INV-1") == ["03-26 supervisor"]


def test_D1_ends_with_the_case():
    world = overdue()
    world.promise("INV-1", "2026-03-20")
    world.do(c.VoidInvoice(invoice="INV-1"))
    assert world.dated("promise.cancelled") == ["03-11"]
    assert world.walk("2026-04-30").events("promise.broken") == []
