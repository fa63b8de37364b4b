"""What is said of a customer: absent fields stay, contacts merge, and what makes no sense is refused."""

from typing import Any

import pytest
from msgspec import UNSET

from service.domain import commands as c
from service.domain.account import Account
from service.domain.customer import Customer
from service.domain.refusals import NotFound, Refused
from tests.examples import a_contact, by
from tests.telling import given
from tests.world import World


def update(**facts) -> c.UpdateCustomer:
    return c.UpdateCustomer(customer="C-1", **facts)


def test_absent_fields_stay():
    world = World(segment="risk", collector="li.na", currency="CNY", credit_limit="500.00")
    world.do(update(name="Acme Ltd", collector=None))
    customer = world.customer
    assert (customer.name, customer.segment, customer.collector) == ("Acme Ltd", "risk", None)
    assert (customer.credit_limit, customer.owner) == (50000, "collector")


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"currency": "XYZ"}, "currency_unknown"),
        ({"time_zone": "Mars/Olympus"}, "time_zone_unknown"),
        ({"credit_limit": "500.00"}, "currency_required"),
        ({"playbook": "gentle"}, "unknown_playbook"),
        ({"credit_limit": "5e2", "currency": "CNY"}, "money_format"),
    ],
)
def test_facts_that_make_no_sense_are_refused(facts, code):
    given().when(update(**facts)).refused(code)


def test_a_playbook_is_chosen_by_name():
    world = World()
    world.do(update(playbook="standard"))
    assert world.customer.playbook == "standard"


def test_contacts_merge_by_id_and_can_be_removed():
    world = World(contacts=[a_contact("ap"), a_contact("boss", "decision_maker")])
    world.do(update(contacts=[c.ContactGiven(id="ap", role="other"), c.ContactGiven(id="boss", removed=True)]))
    assert world.customer.contacts.keys() == {"ap"}
    ap = world.customer.contacts["ap"]
    assert (ap.role, ap.may_receive_details, ap.reachable_by) == ("other", False, ("email", "phone"))


def test_a_persons_details_are_private_and_what_is_known_of_them_is_kept_together():
    world = World()
    happened = world.do(update(contacts=[a_contact("x", "other", name="Wu Fang")]))
    assert happened[0].private == {"x": {"name": "Wu Fang", "email": "x@example.com", "phone": "+8610"}}
    assert "Wu Fang" not in str(happened[0].event)


def test_an_unknown_contact_cannot_be_marked():
    world = World()
    with pytest.raises(NotFound, match="unknown_contact"):
        world.do(c.ChangeContact(customer="C-1", contact=c.ContactGiven(id="nobody"), mark="left"), by("collector"))


def test_nothing_said_is_nothing_done():
    given().when(update()).then()


def test_a_limit_may_be_nothing_and_is_in_the_currency_known():
    world = World(currency="CNY")
    world.do(update(credit_limit="0.00"))
    assert world.customer.credit_limit == 0
    world.do(update(credit_limit="500.00"))
    assert world.customer.credit_limit == 50000


def test_who_is_named_for_the_first_time_is_known_from_then_on():
    world = World("2026-03-02")
    world.account = Account(Customer(id="C-1"))
    assert [one.event.type for one in world.do(update())] == ["customer.updated"]
    assert world.do(update()) == []


def told(world: World, known: dict[str, str], **said):
    """The ERP says something of a person of whom this much is known; what it says now."""
    (one,) = world.do_with(update(contacts=[c.ContactGiven(id="ap", **said)]), {"ap": known})
    return one.private


def test_what_is_not_said_of_a_person_stays_and_what_is_taken_back_goes():
    world = World()
    known = {"name": "Li Na", "email": "ap@example.com", "phone": "+8610"}
    assert told(world, known, title="CFO", salutation="Ms") == {"ap": {**known, "title": "CFO", "salutation": "Ms"}}
    assert world.customer.contacts["ap"].details == world.customer.version
    assert world.customer.contacts["ap"].reachable_by == ("email", "phone")
    assert told(world, known, email=None) == {"ap": {"name": "Li Na", "phone": "+8610"}}
    assert world.customer.contacts["ap"].reachable_by == ("phone",)
    kept = world.customer.contacts["ap"].details
    assert told(world, known, role="decision_maker") is None
    assert world.customer.contacts["ap"].details == kept


def change(world: World, mark: Any = UNSET, **said):
    return world.do(c.ChangeContact(customer="C-1", contact=c.ContactGiven(id="ap", **said), mark=mark), by("collector"))


def test_C7_who_is_found_again_is_reachable_as_before():
    world = World()
    change(world, "left")
    assert (world.customer.contacts["ap"].mark, world.customer.contacts["ap"].reachable_by) == ("left", ("email", "phone"))
    change(world, None)
    assert (world.customer.contacts["ap"].mark, world.customer.contacts["ap"].reachable_by) == (None, ("email", "phone"))


def test_C7_marked_as_they_are_already_nobody_looks_again():
    world = World()
    change(world, "left")
    world.finish("find_contact")
    change(world, "left")
    assert "find_contact" not in world.customer.tasks
    change(world, None)
    assert "find_contact" not in world.customer.tasks


def test_C7_marked_with_another_number_at_once_it_is_the_mark_that_counts():
    world = World()
    change(world, "left", mobile="+86138")
    assert world.customer.contacts["ap"].mark == "left"
    change(world, None, phone="+8621")
    assert (world.customer.contacts["ap"].mark, world.customer.contacts["ap"].reachable_by) == (None, ("phone",))


def test_a_person_changed_by_one_of_ours_is_private_too():
    world = World()
    (changed,) = change(world, name="Wu Fang")
    assert changed.private == {"ap": {"name": "Wu Fang"}}
    (changed,) = change(world, role="decision_maker")
    assert changed.private is None


def test_C7_only_a_third_party_is_never_told_details():
    world = World()
    change(world, may_receive_details=True)
    assert world.customer.contacts["ap"].may_receive_details
    with pytest.raises(Refused, match="third_party_details"):
        change(world, role="colleague", may_receive_details=True)
    aunt = c.ContactGiven(id="aunt", role="relative", may_receive_details=True)
    with pytest.raises(Refused, match="third_party_details"):
        world.do(c.ChangeContact(customer="C-1", contact=aunt), by("collector"))
    nobody = c.ContactGiven(id="x", may_receive_details=True)
    world.do(c.ChangeContact(customer="C-1", contact=nobody), by("collector"))
    assert world.customer.contacts["x"].may_receive_details
