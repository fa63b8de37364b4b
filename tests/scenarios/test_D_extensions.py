"""Rule D4: extensions - a later due date by one of ours, with consent above a limit; the old one stays in the log."""

from typing import Any

import pytest

from service.domain import commands as c
from service.domain.refusals import Conflict, Refused
from service.domain.settings import Settings
from tests.examples import by, day
from tests.world import World


def overdue(settings: Settings | None = None) -> World:
    world = World("2026-03-02", settings=settings)
    world.owed("INV-1", due="2026-03-09", issued="2026-03-02")
    return world.walk("2026-03-24 10:00")


def extend(world: World, due_on: str, role: str = "supervisor") -> list[Any]:
    return world.do(c.ExtendCase(customer="C-1", case="INV-1", due_on=day(due_on), reason="harvest"), by(role))


def grant(world: World, role: str = "manager") -> list[Any]:
    (approval,) = world.customer.requests
    return world.do(c.GrantApproval(customer="C-1", approval=approval), by(role))


def test_D4_a_later_day_in_the_future_is_a_new_ladder_from_level_none():
    world = overdue()
    assert world.case("INV-1").level == "supervisor"
    (changed, *_) = [one for one in extend(world, "2026-03-31") if one.event.type == "invoice.due_date_changed"]
    event = changed.event
    assert (event.due_on, event.previous, event.level) == (day("2026-03-31"), day("2026-03-09"), "none")
    assert changed.private == {"": {"reason": "harvest"}}
    assert world.case("INV-1").level == "none"
    before = len(world.days("overdue-first-week"))
    assert world.walk("2026-04-08").days("overdue-first-week")[before:] == ["04-01", "04-03", "04-07"]


def test_D4_still_past_the_level_stays_and_what_has_fired_is_not_repeated():
    world = overdue()
    extend(world, "2026-03-16")
    assert world.case("INV-1").level == "supervisor"
    before = len(world.days("overdue-first-week"))
    assert world.walk("2026-03-31").levels("INV-1") == ["03-23 supervisor"]
    assert world.days("overdue-first-week")[before:] == []


def test_D4_consent_beyond_the_days_counted_from_the_first_due_date():
    world = overdue(Settings(extension_days=20))
    extend(world, "2026-03-29")  # twenty days
    assert world.case("INV-1").due_on == day("2026-03-29")
    extend(world, "2026-03-30")  # one more, and twenty-one in all
    assert (world.case("INV-1").due_on, len(world.customer.requests)) == (day("2026-03-29"), 1)
    (asked,) = world.events("approval.requested")
    assert (asked.kind, asked.role, asked.rule, asked.cases) == ("extension", "manager", "D4", ["INV-1"])
    grant(world)
    changed = world.events("invoice.due_date_changed")[-1]
    assert (changed.due_on, changed.first, changed.approval) == (day("2026-03-30"), day("2026-03-09"), asked.approval)
    assert world.customer.requests == {} and world.case("INV-1").requests == {}


def test_D4_what_the_erp_says_is_a_fact_from_which_extensions_count_anew():
    world = overdue(Settings(extension_days=20))
    extend(world, "2026-03-29")
    world.do(c.ChangeDueDate(invoice="INV-1", due_on=day("2026-04-10")))
    extend(world, "2026-04-30")
    assert world.case("INV-1").due_on == day("2026-04-30")


@pytest.mark.parametrize(("limit", "asked"), [("1000.00", False), ("999.99", True)])
def test_D4_consent_above_an_amount(limit, asked):
    world = overdue(Settings(extension_amounts={"CNY": limit}))
    extend(world, "2026-03-31")
    assert bool(world.events("approval.requested")) is asked


def test_D4_money_that_comes_meanwhile_does_not_touch_the_request_another_due_date_does():
    world = overdue(Settings(extension_days=1))
    extend(world, "2026-03-31")
    world.pay("P-1", "10.00")
    assert len(world.customer.requests) == 1
    world.do(c.ChangeDueDate(invoice="INV-1", due_on=day("2026-03-12")))
    assert [e.why for e in world.events("approval.cancelled")] == ["content_stale"]


@pytest.mark.parametrize(
    ("due_on", "code"),
    [("2026-03-09", "due_not_later"), ("2026-03-01", "due_not_later"), ("9999-01-01", "date_out_of_range")],
)
def test_D4_days_that_make_no_sense_are_refused(due_on, code):
    with pytest.raises(Refused, match=code):
        extend(overdue(), due_on)


def test_D4_nothing_to_extend_once_closed_or_before_the_due_date_is_known():
    world = overdue()
    world.bill("INV-2", "2026-03-02", None, terms="P30D", terms_from="confirmed")
    unknown = c.ExtendCase(customer="C-1", case="INV-2", due_on=day("2026-05-31"), reason="x")
    with pytest.raises(Conflict, match="due_unknown"):
        world.do(unknown, by("supervisor"))
    world.pay("P-1", "1000.00")
    with pytest.raises(Conflict, match="case_closed"):
        extend(world, "2026-03-31")
