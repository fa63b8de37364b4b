"""A person is erased: recognised in what was written about them, gone from the customer, and begun anew afterwards (I34)."""

import pytest

from service.domain import commands as c
from service.domain.decide import run
from service.domain.person import Person
from service.domain.refusals import NotFound, Refused
from tests.examples import a_contact, by
from tests.world import World

KNOWN = {"name": "Li Na", "email": "li.na@acme.example", "phone": "+86 21 5555 0100 ext 12", "mobile": "138-0013-8000"}


@pytest.mark.parametrize(
    "text",
    [
        "Li Na",
        "spoke to LI  NA, who is away",
        "(li na)",
        "Ｌｉ Ｎａ, in full-width letters",
        "write to LI.NA@acme.example.",
        "call 021/5555-0100",
        "8621 55550100",
        "+86 138 0013 8000",
        {"who": ["somebody", {"it is": "Li Na"}]},
        {"li.na@acme.example": True},
        13800138000,
    ],
)
def test_a_person_is_recognised(text):
    assert Person([KNOWN]).is_named_in(text)


@pytest.mark.parametrize(
    "text",
    ["Li", "delivery on Li Nam street", "acme.example", "ext 12", "5555", "the accountant", None, True, 12, {}, []],
)
def test_somebody_else_is_not(text):
    assert not Person([KNOWN]).is_named_in(text)


def test_a_chinese_name_stands_between_other_signs():
    person = Person([{"name": "王小明"}])
    assert person.is_named_in("请联系王小明处理")
    assert not person.is_named_in("请联系王小")


def test_every_version_of_a_person_is_known():
    person = Person([KNOWN, {"name": "Li Wang", "email": None}])
    assert person.is_named_in("Li Wang") and person.is_named_in("Li Na")


def test_what_tells_nobody_apart_is_not_searched_for():
    assert not Person([{"name": "X", "phone": "110"}, {}]).is_named_in("X marks 110 places")


def test_a_title_names_nobody():
    assert not Person([{"title": "accountant", "salutation": "Ms"}]).is_named_in("Ms Wu, the accountant")


def test_only_the_fields_that_name_a_person_are_left_out():
    body = {
        "notes": "Li Na is away",
        "verified": ["amount", "Li Na"],
        "next_step": "call again",
        "li.na@acme.example": 1,
    }
    assert Person([KNOWN]).left_out_of(body) == {"next_step": "call again"}


def erase(contact: str = "ap", reason: str = "They asked for it.") -> c.EraseContact:
    return c.EraseContact(customer="C-1", contact=contact, reason=reason)


def test_I34_an_erased_person_is_gone_and_only_the_id_is_in_the_log():
    world = World(contacts=[a_contact("ap"), a_contact("cfo", "decision_maker")])
    (happened,) = world.do(erase(), by("manager"))
    assert (happened.event.type, happened.event.contact) == ("contact.erased", "ap")
    assert happened.private == {"": {"reason": "They asked for it."}}
    assert world.customer.contacts.keys() == {"cfo"}


def test_I34_what_is_said_of_the_same_id_later_begins_anew():
    world = World(contacts=[a_contact("ap")])
    world.do(erase(), by("manager"))
    (happened,) = world.do(c.UpdateCustomer(customer="C-1", contacts=[c.ContactGiven(id="ap", name="Wu Fang")]))
    assert happened.private == {"ap": {"name": "Wu Fang"}}
    ap = world.customer.contacts["ap"]
    assert (ap.role, ap.may_receive_details, ap.reachable_by, ap.mark) == ("other", False, (), None)


def test_I34_a_person_removed_before_can_be_erased_while_anything_is_kept():
    world = World(contacts=[a_contact("ap")])
    world.do(c.UpdateCustomer(customer="C-1", contacts=[c.ContactGiven(id="ap", removed=True)]))
    with pytest.raises(NotFound, match="unknown_contact"):
        world.do(erase(), by("manager"))
    (happened,) = run(erase(), world.account, world.scene, by("manager"), {"7": KNOWN})
    assert happened.event.type == "contact.erased"


def test_I34_the_reason_must_not_name_the_person():
    world = World(contacts=[a_contact("ap")])
    with pytest.raises(Refused, match="reason_names_person"):
        run(erase(reason="Li Na asked for it."), world.account, world.scene, by("manager"), {"7": KNOWN})
    assert world.customer.contacts.keys() == {"ap"}
