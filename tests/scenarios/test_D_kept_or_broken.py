"""Rule D1, the edges: what keeps a promise, what does not, and whom its breaking calls upon."""

from service.domain import commands as c
from tests.examples import by, day
from tests.world import World


def overdue(**more) -> World:
    """A bill of 1000 two days overdue, with a call open about it."""
    world = World("2026-03-02", **more)
    world.owed("INV-1", due="2026-03-09", issued="2026-03-02")
    return world.walk("2026-03-11")


def states(world: World) -> list[str]:
    return [promise.state for promise in world.case("INV-1").promises]


def test_D1_exactly_what_is_owed_may_be_promised():
    world = overdue()
    world.promise("INV-1", "2026-03-20", amount="1000.00")
    assert world.case("INV-1").pause.reason == "promise"


def test_D1_a_promise_may_be_for_today():
    world = overdue()
    world.promise("INV-1", "2026-03-11", amount="600.00")
    assert world.case("INV-1").promises[0].until == day("2026-03-12")


def test_D1_a_kept_promise_ends_nobody_elses_pause():
    world = overdue()
    world.promise("INV-1", "2026-03-20", amount="600.00")
    pause = c.PauseCases(customer="C-1", cases=("INV-1",), until=day("2026-03-24"), reason="in talks")
    world.do(pause, by("supervisor"))
    world.pay("P-1", "600.00")
    assert (states(world), world.case("INV-1").pause.reason) == (["kept"], "manual")


def test_D1_money_from_before_the_promise_that_bounces_takes_nothing_from_it():
    world = overdue()
    world.pay("P-1", "100.00")
    world.promise("INV-1", "2026-03-12", amount="300.00")
    world.do(c.ReversePayment(payment="P-1"))
    assert states(world) == ["open"]
    world.walk("2026-03-16")
    (broken,) = world.events("promise.broken")
    assert (broken.state, broken.received) == ("broken", 0)


def test_D1_a_kept_promise_outlives_the_bounce_of_other_money():
    world = overdue()
    world.promise("INV-1", "2026-03-20", amount="600.00")
    world.pay("P-1", "600.00")
    world.pay("P-2", "100.00")
    world.do(c.ReversePayment(payment="P-2"))
    assert states(world) == ["kept"]


def test_D1_what_is_settled_without_money_of_its_days_is_not_kept():
    world = overdue()
    world.promise("INV-1", "2026-03-20", amount="600.00")
    world.do(c.CreditInvoice(invoice="INV-1", amount="900.00"))
    world.pay("P-1", "100.00", on="2026-03-10")  # before it was promised
    assert (states(world), world.case("INV-1").closed_as) == (["cancelled"], "paid")


def test_D1_what_was_kept_in_part_stays_so_when_the_rest_comes_late():
    world = overdue()
    world.promise("INV-1", "2026-03-12", amount="600.00")
    world.pay("P-1", "100.00", on="2026-03-12")
    world.walk("2026-03-20").pay("P-2", "900.00")
    assert (states(world), world.case("INV-1").promises_broken) == (["partially_kept"], 1)


def test_D1_what_a_bill_grows_by_is_not_promised_and_asked_for_at_once():
    world = overdue()
    world.promise("INV-1", "2026-03-20")
    world.do(c.AmendInvoice(invoice="INV-1", amount="1500.00"))
    assert ([e.why for e in world.events("case.resumed")], world.case("INV-1").pause) == (["amended"], None)
    world.pay("P-1", "1000.00")
    assert (states(world), world.case("INV-1").open) == (["kept"], 50000)


def test_D1_broken_while_something_else_rests_the_bill_nobody_calls():
    world = overdue()
    world.promise("INV-1", "2026-03-12")
    pause = c.PauseCases(customer="C-1", cases=("INV-1",), until=day("2026-03-24"), reason="in talks")
    world.do(pause, by("supervisor"))
    world.walk("2026-03-16")
    assert (states(world), world.case("INV-1").pause.reason) == (["broken"], "manual")
    assert (world.events("case.reminded", rule="D1"), world.customer.tasks) == ([], {})


def test_D1_nobody_calls_the_restricted():
    world = overdue()
    world.finish("call")
    world.promise("INV-1", "2026-03-12")
    world.do(c.UpdateCustomer(customer="C-1", restrictions=["lawyer_represented"]))
    world.walk("2026-03-16")
    assert (states(world), world.events("case.reminded", rule="D1")) == (["broken"], [])


def test_D1_a_bill_that_is_to_be_called_about_already_is_not_said_so_again():
    world = overdue()
    world.promise("INV-1", "2026-03-12", amount="600.00")
    world.walk("2026-03-16")
    assert (states(world), world.events("case.reminded", rule="D1")) == (["broken"], [])
    assert world.customer.tasks["call"].bills == 1
