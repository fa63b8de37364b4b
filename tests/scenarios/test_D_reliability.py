"""How far a customer's word has held: promises kept and broken, in all and by who gave them (D1, D3)."""

from datetime import date, timedelta

import pytest

from service.domain import commands as c
from service.domain.reliability import LOOKED_AT, Judged, by_contact, judged_on, record
from tests.examples import a_contact, by, day
from tests.world import World

FIRST = date(2026, 1, 1)


def judged(*states: str, contact: str | None = None) -> list[Judged]:
    return [Judged(FIRST + timedelta(n), state, contact) for n, state in enumerate(states)]


def overdue(**more) -> World:
    world = World("2026-03-02", **more)
    world.owed("INV-1", due="2026-03-09", issued="2026-03-02")
    return world.walk("2026-03-11")


def promised(world: World, promised_by: str | None, **details: str) -> str | None:
    """Whose promise it is taken for, with contacts of those names."""
    made = c.MakePromise(customer="C-1", cases=("INV-1",), amount=None, due_on=day("2026-03-20"), promised_by=promised_by)
    names = {id: {"name": name} for id, name in details.items()}
    contact: str | None = world.do_with(made, names, by("collector"))[0].event.contact
    return contact


# In a word


@pytest.mark.parametrize(
    ("kept", "of", "word"),
    [
        (0, 0, "unknown"),
        (1, 1, "unknown"),
        (0, 1, "unknown"),
        (2, 2, "reliable"),
        (4, 5, "reliable"),
        (7, 9, "mixed"),
        (1, 2, "mixed"),
        (4, 9, "unreliable"),
        (0, 2, "unreliable"),
    ],
)
def test_D1_kept_of_a_hundred_is_put_in_a_word(kept, of, word):
    assert record(judged(*["kept"] * kept, *["broken"] * (of - kept))).word == word


def test_D1_only_what_was_kept_in_full_counts_as_kept():
    one = record(judged("kept", "partially_kept", "broken"))
    assert (one.kept, one.partially_kept, one.broken, one.word) == (1, 1, 1, "unreliable")


def test_D1_the_latest_count_and_what_lies_further_back_is_forgiven():
    of_old, lately = judged("broken", "broken"), judged(*["kept"] * (LOOKED_AT + 2))[2:]
    assert record([*lately, *of_old]).word == "reliable"
    assert record([*lately[1:], *of_old]).broken == 1


def test_D1_a_contacts_word_is_its_own():
    found = by_contact([*judged("kept", "kept", contact="zhang"), *judged("broken", "broken", contact="li"), *judged("kept")])
    assert {contact: one.word for contact, one in found.items()} == {"li": "unreliable", "zhang": "reliable"}


# Who gave it


def test_D1_who_promised_is_a_contact_by_id_or_by_whole_name():
    contacts = [a_contact(id="zhang"), a_contact(id="li")]
    assert promised(overdue(contacts=contacts), "zhang") == "zhang"
    assert promised(overdue(contacts=contacts), " li na ", zhang="Zhang Wei", li="Li Na") == "li"


@pytest.mark.parametrize("said", [None, "Zhang", "somebody at the desk"])
def test_D1_otherwise_nobody_is_taken_for_it(said):
    assert promised(overdue(contacts=[a_contact(id="zhang")]), said, zhang="Zhang Wei") is None


def test_D1_of_two_with_one_name_it_is_nobodys():
    contacts = [a_contact(id="zhang"), a_contact(id="other")]
    assert promised(overdue(contacts=contacts), "Zhang Wei", zhang="Zhang Wei", other="Zhang Wei") is None


# What a bill remembers


def test_D1_what_was_judged_is_remembered_with_who_gave_it_though_the_bill_is_closed():
    world = overdue(contacts=[a_contact(id="zhang")])
    promised(world, "zhang")
    assert judged_on(world.case("INV-1")) == []
    world.pay("P-1", "1000.00")
    assert judged_on(world.case("INV-1")) == [Judged(day("2026-03-20"), "kept", "zhang")]


@pytest.mark.parametrize(("pays", "state"), [(True, "kept"), (False, "broken")])
def test_D3_a_plan_counts_as_one(pays, state):
    world = overdue(contacts=[a_contact(id="zhang")])
    terms = c.PlanTerms(count=2, first_on=day("2026-03-20"), every="P1M")
    plan = c.AgreePlan(customer="C-1", cases=("INV-1",), terms=terms, reason=None, promised_by="zhang")
    world.do(plan, by("supervisor"))
    assert judged_on(world.case("INV-1")) == []
    if pays:
        world.pay("P-1", "1000.00")
    world.walk("2026-03-31")
    assert [(one.state, one.contact) for one in judged_on(world.case("INV-1"))] == [(state, "zhang")]


def test_D3_who_promised_stands_in_the_request_and_in_the_plan_that_is_granted():
    world = overdue(contacts=[a_contact(id="zhang")])
    terms = c.PlanTerms(count=7, first_on=day("2026-03-20"), every="P7D")
    plan = c.AgreePlan(customer="C-1", cases=("INV-1",), terms=terms, reason="short", promised_by="zhang")
    world.do(plan, by("supervisor"))
    (request,) = world.customer.requests.values()
    world.do(c.GrantApproval(customer="C-1", approval=request.id), by("manager"))
    assert world.case("INV-1").plan.contact == "zhang"
