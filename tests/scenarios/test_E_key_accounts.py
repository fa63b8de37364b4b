"""Key accounts (E1): the manager owns their overdue bills, and a hold needs the general manager's word first."""

import pytest

from service.domain import commands as c
from service.domain.directory import Directory, User
from service.domain.refusals import Forbidden
from service.domain.settings import Settings
from tests.examples import by, day
from tests.world import World


def key(**more) -> World:
    world = World("2026-03-02", key_account=True, **more)
    world.owed("INV-1", due="2026-03-05")
    return world


def test_E1_from_the_first_day_overdue_the_manager_owns_the_bill():
    world = key().live("2026-03-05")
    assert world.case("INV-1").owner == "collector"
    world.live("2026-03-06")
    assert world.case("INV-1").owner == "manager"
    assert world.dated("case.assigned") == ["03-06"]


def test_E1_whoever_is_given_it_afterwards_keeps_it():
    world = key().live("2026-03-06")
    world.people = Directory({"li.na": User(id="li.na", role="collector")})
    world.do(c.AssignCase(customer="C-1", case="INV-1", owner="li.na"), by("manager"))
    world.live("2026-03-20")
    assert world.case("INV-1").owner == "li.na"


def test_E1_other_customers_bills_stay_whose_they_are():
    world = World("2026-03-02")
    world.owed("INV-1", due="2026-03-05")
    assert world.live("2026-03-20").events("case.assigned") == []


def test_E1_a_bill_whose_due_date_is_not_known_yet_is_not_overdue():
    world = World("2026-03-02", key_account=True)
    world.bill("INV-1", "2026-03-02", None, terms="P30D", terms_from="confirmed")
    assert world.live("2026-03-20").events("case.assigned") == []


def test_E1_why_it_is_the_managers_stands_in_the_log():
    world = key().live("2026-03-06")
    (fired,) = world.events("step.fired", rule="E1")
    assert (fired.on, fired.anchor, fired.did) == (day("2026-03-06"), day("2026-03-05"), ["assign:manager"])
    (assigned,) = world.events("case.assigned")
    assert (assigned.owner, assigned.previous) == ("manager", "collector")


def asked(world: World):
    (request,) = world.customer.requests.values()
    return request


def test_E1_B8_needs_the_general_managers_word_first():
    world = key().walk("2026-06-05")
    request = asked(world)
    assert request.role == "general_manager"
    with pytest.raises(Forbidden, match="role_may_not_approve"):
        world.grant("hold")
    happened = world.grant("hold", "general_manager")
    assert [one.event.type for one in happened] == ["approval.passed"]
    assert (asked(world).id, asked(world).role) == (request.id, "boss")
    assert (world.customer.hold, world.case("INV-1").answers) == (None, {})
    world.grant("hold")
    assert len(world.events("hold.applied")) == 1
    assert world.levels("INV-1")[-1].endswith("hold")


def test_E1_who_gave_the_first_word_does_not_give_the_second():
    world = key().walk("2026-06-05")
    request = asked(world)
    grant = c.GrantApproval(customer="C-1", approval=request.id)
    world.do(grant, by("general_manager", "zhou"))
    with pytest.raises(Forbidden, match="four_eyes"):
        world.do(grant, by("boss", "zhou"))


def test_E1_the_general_managers_no_is_the_first_decision():
    world = key().walk("2026-06-05")
    world.reject("hold", "general_manager")
    world.walk("2026-06-12")
    assert world.dated("approval.requested", kind="letter") == ["06-12"]
    world.walk("2026-06-22")  # 14 days later is the Dragon Boat Festival
    assert world.dated("approval.requested", kind="hold") == ["06-05", "06-22"]


def test_E1_for_others_the_boss_is_asked_at_once():
    world = World("2026-03-02")
    world.owed("INV-1", due="2026-03-05")
    assert asked(world.walk("2026-06-05")).role == "boss"


@pytest.mark.parametrize(
    ("facts", "playbook"),
    [({}, "standard"), ({"segment": "risk"}, "strict"), ({"segment": "risk", "playbook": "standard"}, "standard")],
)
def test_E1_the_customers_playbook_goes_before_its_segments_and_that_before_the_tenants(facts, playbook):
    world = World("2026-03-02", settings=Settings(segment_playbooks={"risk": "strict"}))
    world.published |= {"strict"}
    world.do(c.UpdateCustomer(customer="C-1", **facts))
    opened = world.owed("INV-1", due="2026-04-01")
    assert next(one.event for one in opened if one.event.type == "case.opened").playbook == playbook
