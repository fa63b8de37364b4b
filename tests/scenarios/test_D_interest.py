"""Rule D8: late interest by contract, by day count, with grace, per tenant or customer; shown and never posted."""

from datetime import date

import pytest

from service.domain import commands as c
from service.domain.interest import DayCount, InterestTerms, accrued, days_between
from service.domain.settings import Settings
from service.domain.views import interest_view
from tests.examples import by, day
from tests.world import World


def terms(rate: str = "12", day_count: DayCount = "act/365", grace: int = 0) -> InterestTerms:
    return InterestTerms(annual_rate=rate, day_count=day_count, grace_days=grace)


TWELVE = terms()


def owing(amount: str = "10000.00", by_contract: InterestTerms | None = TWELVE, due: str = "2026-03-09", **more) -> World:
    """One bill, due on Monday 9 March 2026."""
    world = World("2026-03-02", settings=Settings(late_interest=by_contract), **more)
    world.owed("INV-1", due=due, issued="2026-03-02", amount=amount)
    return world


def shown(world: World) -> str | None:
    view = interest_view(world.case("INV-1"), world.customer, world.scene)
    return view["amount"] if view else None


# The days of a period: ISDA 2006, 4.16 (d), (e), (f)


@pytest.mark.parametrize(
    ("first", "last", "actual", "thirty"),
    [
        ("2026-01-15", "2026-02-15", 31, 30),
        ("2026-01-31", "2026-02-28", 28, 28),
        ("2026-01-30", "2026-03-31", 60, 60),
        ("2026-01-29", "2026-03-31", 61, 62),
        ("2026-01-31", "2026-03-31", 59, 60),
        ("2028-02-28", "2028-03-01", 2, 3),  # a leap year
        ("2026-12-31", "2027-12-31", 365, 360),
    ],
)
def test_D8_the_days_of_a_period(first, last, actual, thirty):
    assert days_between(day(first), day(last), "act/365") == days_between(day(first), day(last), "act/360") == actual
    assert days_between(day(first), day(last), "30/360") == thirty


@pytest.mark.parametrize(
    ("count", "amount"),
    [
        ("act/365", "302.47"),  # 10 000 x 12 % x 92 / 365 = 302.465...
        ("act/360", "306.67"),  # 10 000 x 12 % x 92 / 360 = 306.666...
        ("30/360", "300.00"),  # 10 000 x 12 % x 90 / 360
    ],
)
def test_D8_by_day_count(count, amount):
    world = owing(by_contract=terms(day_count=count))
    world.walk("2026-06-09 12:00")
    assert shown(world) == amount


def test_D8_nothing_runs_until_the_day_after_the_due_date():
    world = owing().walk("2026-03-09 12:00")
    assert shown(world) is None
    assert shown(world.walk("2026-03-10 12:00")) == "3.29"  # one day: 3.2877


def test_D8_days_of_grace_bear_none():
    world = owing(by_contract=terms(grace=10)).walk("2026-03-19 12:00")
    assert shown(world) is None
    assert shown(world.walk("2026-03-21 12:00")) == "6.58"  # two days


def test_D8_money_stops_what_it_pays_from_its_day_on():
    world = owing().walk("2026-03-19 12:00")
    world.pay("P-1", "4000.00", on="2026-03-19")
    assert shown(world) == "32.88"  # 10 days on 10 000
    assert shown(world.walk("2026-03-29 12:00")) == "52.60"  # and 10 days on 6 000: 19.726
    world.pay("P-2", "6000.00", on="2026-03-29")
    assert (world.case("INV-1").closed_as, shown(world.walk("2026-12-31"))) == ("paid", "52.60")


def test_D8_money_in_time_bears_none_though_the_due_date_was_a_closed_day():
    world = owing(due="2026-03-07").walk("2026-03-09 12:00")  # a Saturday: Monday is in time (T6)
    world.pay("P-1", "10000.00", on="2026-03-09")
    assert shown(world) is None
    strict = World("2026-03-02", settings=Settings(late_interest=TWELVE, in_time_on_next_open_day=False))
    strict.owed("INV-1", due="2026-03-07", issued="2026-03-02", amount="10000.00")
    strict.walk("2026-03-09 12:00").pay("P-1", "10000.00", on="2026-03-09")
    assert shown(strict) == "6.58"


def test_D8_credits_and_disputes_count_for_the_customer():
    world = owing().walk("2026-06-09 12:00")
    world.do(c.CreditInvoice(invoice="INV-1", amount="5000.00"))
    assert shown(world) == "151.23"
    dispute = c.OpenDispute(customer="C-1", cases=("INV-1",), reason="price", amount="2500.00", text="too much")
    world.do(dispute, by("collector"))
    assert shown(world) == "75.62"


def test_D8_a_bill_paid_in_many_parts_bears_rather_too_little():
    world = owing().walk("2026-03-19 12:00")
    for n in range(14):
        world.pay(f"P-{n}", "100.00", on="2026-03-19")
    assert shown(world) == "31.89"  # of 10 000 for ten days, 32.88, less the 300 that are remembered as one sum


def test_D8_what_was_written_off_goes_on_to_bear_it_and_a_void_bill_never_did():
    world = owing().walk("2026-05-04")
    world.do(c.WriteOff(customer="C-1", cases=("INV-1",), reason="x"), by("manager", "asker"))
    (request,) = world.events("approval.requested", kind="write_off")
    world.do(c.GrantApproval(customer="C-1", approval=request.approval), by("boss"))
    world.walk("2026-06-09 12:00")
    assert shown(world) == "302.47"
    void = owing().walk("2026-05-04")
    void.do(c.VoidInvoice(invoice="INV-1"))
    assert shown(void) is None


def test_D8_a_customers_own_terms_come_before_the_tenants_and_null_ends_them():
    world = owing().walk("2026-06-09 12:00")
    world.do(c.UpdateCustomer(customer="C-1", late_interest=c.InterestGiven(annual_rate="6.5", day_count="act/365")))
    assert shown(world) == "163.84"  # 10 000 x 6.5 % x 92 / 365 = 163.835...
    world.do(c.UpdateCustomer(customer="C-1", late_interest=c.InterestGiven(annual_rate="0", day_count="act/365")))
    assert shown(world) is None
    world.do(c.UpdateCustomer(customer="C-1", late_interest=None))
    assert shown(world) == "302.47"


def test_D8_without_terms_there_is_none_and_it_is_never_owed():
    assert shown(owing(by_contract=None).walk("2026-06-09 12:00")) is None
    world = owing().walk("2026-06-09 12:00")
    assert shown(world) == "302.47"
    assert world.case("INV-1").open == 1000000


def test_D8_it_is_rounded_once_and_half_up():
    halves = owing("0.73", terms("100")).case("INV-1")  # 73 x 1/365 a day: 0.2 of a fen
    found = [accrued(halves, terms("100"), date(2026, 3, 9 + days)) for days in (2, 3)]
    assert [one and one.amount for one in found] == [None, 1]


def test_D8_it_says_from_when_and_by_which_terms():
    world = owing(by_contract=terms(grace=10)).walk("2026-06-09 12:00")
    assert interest_view(world.case("INV-1"), world.customer, world.scene) == {
        **{"amount": "269.59", "since": day("2026-03-19"), "until": day("2026-06-09")},
        **{"annual_rate": "12", "day_count": "act/365", "grace_days": 10},
    }


def test_D8_a_due_date_far_away_lets_none_run():
    world = owing(due="2199-12-31").walk("2026-06-09 12:00")
    assert shown(world) is None
