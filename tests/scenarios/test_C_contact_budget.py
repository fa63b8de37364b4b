"""Rule C12: with a budget set, a customer is contacted so many times a week; what asks for more waits for the next one."""

from datetime import datetime

import pytest

from service.domain.contact_budget import waits_until, week_of
from service.domain.outlook import Outlook
from service.domain.playbook import Message
from service.domain.settings import Settings
from tests.examples import CHINA
from tests.world import World

DAYS = Settings().workdays(CHINA)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.mark.parametrize(
    ("now", "began"),
    [
        ("2026-03-09T00:00", "2026-03-09T00:00"),  # a Monday
        ("2026-03-13T17:00", "2026-03-09T00:00"),
        ("2026-03-15T23:59", "2026-03-09T00:00"),  # Sunday
        ("2026-03-16T00:00", "2026-03-16T00:00"),
    ],
)
def test_C12_a_week_begins_on_monday(now, began):
    assert week_of(DAYS, at(now)) == at(began)


def test_C12_the_week_is_the_customers_own():
    now = at("2026-03-16T06:00")  # still Sunday in New York
    assert week_of(DAYS.in_zone("America/New_York"), now) == datetime.fromisoformat("2026-03-09T00:00-04:00")
    assert waits_until(1, 1, DAYS.in_zone("America/New_York"), now) == datetime.fromisoformat("2026-03-16T09:00-04:00")


@pytest.mark.parametrize(
    ("made", "now", "until"),
    [
        (0, "2026-03-10T09:00", None),
        (1, "2026-03-10T09:00", None),
        (2, "2026-03-10T09:00", "2026-03-16T09:00"),
        (3, "2026-03-13T16:00", "2026-03-16T09:00"),
        (2, "2026-09-28T09:00", "2026-10-08T09:00"),  # the week after is the National Day's
    ],
)
def test_C12_what_is_over_the_budget_waits_until_the_next_week_opens(made, now, until):
    assert waits_until(2, made, DAYS, at(now)) == (at(until) if until else None)


def test_C12_the_schedule_says_that_a_message_waits_for_the_next_week():
    world = World("2026-03-02")
    world.owed("INV-1", due="2026-03-09", issued="2026-03-02")
    world.walk("2026-03-11")
    case, scene = world.case("INV-1"), world.scene
    world.account.budget_until = at("2026-03-16T09:00")
    ahead = Outlook(case, world.account, scene.plan_of(case), scene.workdays, scene.law, scene.now)
    said = {
        (one.at < at("2026-03-16T09:00"), reason.code if (reason := ahead.hindrance(action, one.at)) else None)
        for one in ahead.all()
        for action in one.actions
        if one.at and isinstance(action.deed, Message)
    }
    assert said == {(True, "schedule.budget"), (False, None)}
