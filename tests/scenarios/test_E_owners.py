"""Rule E6: every bill has exactly one owner, by word or by rule; customers are shared out in turn; somebody stands in for
those who are away."""

import pytest
from msgspec.structs import replace

from service.domain import commands as c
from service.domain.assignment import AssignmentRule
from service.domain.directory import Directory, User
from service.domain.refusals import Refused
from service.domain.settings import Settings
from tests.examples import by, day
from tests.world import World

TEAM = {
    "boss": User(id="boss", role="boss"),
    "gao": User(id="gao", role="supervisor", reports_to="boss"),
    "li.na": User(id="li.na", role="collector", reports_to="gao"),
    "wang": User(id="wang", role="collector", reports_to="gao"),
}


def gone(user: str, cover: str | None, since: str = "2026-03-02", until: str = "2026-03-06") -> User:
    return replace(TEAM[user], away_from=day(since), away_until=day(until), cover=cover)


def away(*users: User) -> Directory:
    """The team while some are not there."""
    return Directory(TEAM | {user.id: user for user in users})


def ruled(*rules: AssignmentRule, people: Directory | None = None, **customer) -> World:
    world = World("2026-03-02", settings=Settings(assignment=rules), **customer)
    world.people = people or Directory(TEAM)
    return world


def owners(world: World) -> dict[str, str]:
    return {id: case.owner for id, case in world.account.cases.items()}


LARGE = AssignmentRule(to=("wang",), amounts={"CNY": "100000.00", "JPY": "2000000"})
RISK = AssignmentRule(to=("li.na",), segments=("risk",))
OTHERS = AssignmentRule(to=("boss",), customers=("C-2",))
NAMED = AssignmentRule(to=("gao",), customers=("C-1",))
TURNS = AssignmentRule(to=("li.na", "wang"))


def test_E6_without_rules_a_bill_is_the_collectors_and_with_the_erps_word_that_persons():
    world = World("2026-03-02")
    world.owed("INV-1", due="2026-03-01")
    world.do(c.UpdateCustomer(customer="C-1", collector="li.na"))
    world.owed("INV-2", due="2026-03-01")
    assert owners(world) == {"INV-1": "collector", "INV-2": "li.na"}


def test_E6_the_first_rule_that_fits_names_the_owner():
    world = ruled(OTHERS, LARGE, RISK, NAMED, segment="risk")
    world.owed("INV-1", due="2026-03-01", amount="100000.00")
    world.owed("INV-2", due="2026-03-01", amount="99999.99")
    world.bill("INV-3", "2026-03-01", "2026-03-01", amount="2000000", currency="JPY")
    world.bill("INV-4", "2026-03-01", "2026-03-01", amount="500000.00", currency="USD")  # of dollars it says nothing
    world.do(c.UpdateCustomer(customer="C-1", segment="standard"))
    world.owed("INV-5", due="2026-03-01")
    assert list(owners(world).values()) == ["wang", "li.na", "wang", "li.na", "gao"]


def test_E6_the_erps_word_for_a_customer_goes_before_the_rules():
    world = ruled(LARGE, collector="chen")
    world.owed("INV-1", due="2026-03-01", amount="100000.00")
    assert owners(world) == {"INV-1": "chen"}


def test_E6_who_has_fewest_customers_takes_the_next_one_and_keeps_it():
    world = ruled(TURNS)
    world.loads = {"li.na": 4, "wang": 3}
    world.owed("INV-1", due="2026-03-01")
    (taken,) = world.events("customer.assigned")
    assert (taken.owner, taken.previous, taken.in_turn) == ("wang", "collector", True)
    world.loads = {"li.na": 0, "wang": 9}
    world.owed("INV-2", due="2026-03-01")
    assert owners(world) == {"INV-1": "wang", "INV-2": "wang"}
    assert world.customer.owner == "wang"


def test_E6_of_equals_the_first_named_and_each_turn_counts():
    world = ruled(TURNS)
    world.loads = {}
    world.owed("INV-1", due="2026-03-01")
    assert (world.customer.owner, world.loads) == ("li.na", {"li.na": 1})


def test_E6_a_turn_passes_over_those_who_are_away_unless_all_are():
    world = ruled(TURNS, people=away(gone("li.na", "gao")))
    world.owed("INV-1", due="2026-03-01")
    assert world.customer.owner == "wang"
    alone = ruled(AssignmentRule(to=("li.na", "li.na")), people=away(gone("li.na", "gao")))
    alone.owed("INV-1", due="2026-03-01")
    assert alone.customer.owner == "li.na"


def test_E6_the_turn_binds_only_where_the_rule_of_turns_speaks():
    world = ruled(LARGE, TURNS)
    world.owed("INV-1", due="2026-03-01")
    world.owed("INV-2", due="2026-03-01", amount="100000.00")
    assert owners(world) == {"INV-1": "li.na", "INV-2": "wang"}


def test_E6_a_bill_is_given_to_nobody_whom_the_directory_does_not_know():
    world = World("2026-03-02", collector="li.na")
    world.owed("INV-1", due="2026-03-02")
    assign = c.AssignCase(customer="C-1", case="INV-1", owner="wang")
    with pytest.raises(Refused, match="unknown_user") as no:
        world.do(assign, by("supervisor"))
    assert (no.value.pointer, owners(world)) == ("/owner", {"INV-1": "li.na"})
    assert world.do(c.AssignCase(customer="C-1", case="INV-1", owner="li.na"), by("supervisor")) == []  # theirs already
    world.people = Directory({"wang": User(id="wang", role="collector")})
    assert world.do(assign, by("supervisor")) and owners(world) == {"INV-1": "wang"}


def given(world: World, owner: str, previous: str) -> list[str]:
    done = world.do(c.AssignCustomer(customer="C-1", owner=owner, previous=previous), by("supervisor", "gao"))
    return [one.event.type for one in done]


def test_E6_given_to_another_the_customer_goes_with_bills_and_tasks_that_were_theirs():
    world = ruled(LARGE, collector="li.na")
    world.owed("INV-1", due="2026-03-02")
    world.owed("INV-2", due="2026-03-02")
    world.people = Directory({"wang": User(id="wang", role="collector")})
    world.do(c.AssignCase(customer="C-1", case="INV-2", owner="wang"), by("supervisor", "gao"))
    world.walk("2026-03-03")
    assert world.customer.tasks["call"].owner == "li.na"
    assert given(world, "chen", "li.na") == ["customer.assigned", "case.assigned", "task.changed"]
    assert owners(world) == {"INV-1": "chen", "INV-2": "wang"}
    assert world.customer.tasks["call"].owner == "chen"
    assert given(world, "chen", "li.na") == []
    world.owed("INV-3", due="2026-03-02")
    assert owners(world)["INV-3"] == "chen"


def test_E6_a_bills_own_task_goes_along_when_it_was_theirs():
    world = World("2026-03-02", settles_by_pod=True, collector="li.na")
    world.bill("INV-1", "2026-03-02", "2026-04-30")
    world.bill("INV-2", "2026-03-02", "2026-04-30")
    world.walk("2026-03-03")
    (first, second) = world.events("task.created", kind="pod")
    assert (first.owner, first.role) == ("li.na", "collector")
    world.account.task_owners = {first.task: "li.na", second.task: "wang"}
    assert given(world, "chen", "li.na").count("task.changed") == 1
    (changed,) = world.events("task.changed", kind="pod")
    assert (changed.task, changed.owner, changed.role) == (first.task, "chen", "collector")


def test_E6_our_word_outlives_a_repetition_of_the_erps_but_not_another_one():
    world = World("2026-03-02", collector="li.na")
    given(world, "chen", "li.na")
    world.do(c.UpdateCustomer(customer="C-1", name="Acme", collector="li.na"))
    assert world.customer.owner == "chen"
    world.do(c.UpdateCustomer(customer="C-1", collector="wang"))
    assert world.customer.owner == "wang"


def test_E6_raised_tasks_become_the_supervisors_above_the_owner():
    world = ruled(collector="li.na")
    world.owed("INV-1", due="2026-03-02")
    world.walk("2026-03-17")
    assert world.levels("INV-1") == ["03-16 supervisor"]
    assert (world.customer.tasks["call"].role, world.customer.tasks["call"].owner) == ("supervisor", "gao")
    assert world.case("INV-1").owner == "li.na"
    world.owed("INV-2", due="2026-03-01")
    unknown = ruled(collector="nobody.we.know")
    unknown.owed("INV-1", due="2026-03-02")
    assert unknown.walk("2026-03-17").customer.tasks["call"].owner == "supervisor"


@pytest.mark.parametrize(
    ("people", "works"),
    [
        (Directory(TEAM), "li.na"),
        (away(gone("li.na", "wang")), "wang"),
        (away(gone("li.na", None)), "gao"),
        (away(gone("li.na", "wang", until="2026-03-02")), "wang"),
        (away(gone("li.na", "wang", since="2026-03-03")), "li.na"),
        (away(gone("li.na", "wang", since="2026-02-01", until="2026-03-01")), "li.na"),
        (away(gone("li.na", "boss")), "boss"),
    ],
)
def test_E6_cover_stands_in_from_the_first_to_the_last_day_away(people, works):
    assert people.works_for("li.na", day("2026-03-02")) == works
    covered = [user.id for user in people.covered_by(works, day("2026-03-02"))]
    assert covered == ([] if works == "li.na" else ["li.na"])


def test_E6_while_the_cover_is_away_too_theirs_stands_in_and_a_circle_leaves_it_where_it_is():
    chain = away(gone("li.na", "wang"), gone("wang", "gao"))
    circle = away(gone("li.na", "wang"), gone("wang", "li.na"))
    assert chain.works_for("li.na", day("2026-03-03")) == "gao"
    assert chain.stands_in_for("gao", day("2026-03-03")) == {"collector"}
    assert circle.works_for("li.na", day("2026-03-03")) == "li.na"
