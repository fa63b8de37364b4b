"""What is said of a customer: absent fields stay, contacts merge, and what makes no sense is refused."""

import pytest

from service.domain import commands as c
from service.domain.refusals import NotFound
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
