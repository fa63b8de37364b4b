"""Rules C4, C7 and C9: what follows from a conversation - a next step, a person crossed out, a warning, a lost contact."""

from typing import Any

import pytest

from service.domain import commands as c
from service.domain.directory import Directory, User
from service.domain.refusals import Refused
from service.domain.settings import Settings
from tests.examples import a_contact, by, day
from tests.world import World


def owing(*dues: str, **more) -> World:
    world = World("2026-03-02", **more)
    for n, due in enumerate(dues or ("2026-04-30",), start=1):
        world.owed(f"INV-{n}", due=due, issued="2026-03-02")
    return world


def say(world: World, outcome: str, who: str = "collector", cases: tuple[str, ...] = ("INV-1",), **more) -> list[Any]:
    record = c.ContactRecord(**{"channel": "phone", "outcome": outcome, "contact": "ap", **more})
    return world.do(c.LogContact(customer="C-1", cases=cases, record=record), by(who))


def bounce(world: World, contact: str = "ap") -> list[Any]:
    report = c.ReportMessage(
        customer="C-1", message="m", contact=contact, channel="email", cases=("INV-1",), outcome="bounced", code="550"
    )
    return world.do(report, by("clock"))


# C4


def test_C4_the_next_step_is_a_task_of_whoever_agreed_it_on_its_day():
    world = owing()
    say(world, "reached", next_step="send the delivery note", next_on=day("2026-03-06"))
    (task,) = world.events("task.created")
    assert (task.kind, task.rule, task.due_on, task.owner) == ("follow_up", "C4", day("2026-03-06"), "collector")
    assert (task.cases, task.contact) == (["INV-1"], "ap")


def test_C4_a_next_step_on_a_closed_day_moves_to_the_next_open_one():
    world = owing()
    say(world, "reached", next_on=day("2026-03-07"))
    assert world.customer.tasks["follow_up"].due_on == day("2026-03-09")


def test_C4_a_later_conversation_moves_the_step_and_adds_its_bill():
    world = owing("2026-04-30", "2026-04-30")
    say(world, "reached", next_on=day("2026-03-06"))
    say(world, "reached", cases=("INV-2",), next_on=day("2026-03-10"))
    (changed,) = world.events("task.changed")
    assert (changed.kind, changed.cases, changed.bills, changed.due_on) == ("follow_up", ["INV-2"], 2, day("2026-03-10"))
    assert len(world.events("task.created")) == 1


def test_C4_the_step_ends_with_its_last_bill():
    world = owing("2026-04-30", "2026-04-30")
    say(world, "reached", cases=("INV-1", "INV-2"), next_on=day("2026-03-06"))
    world.pay("P-1", "1000.00")
    assert world.customer.tasks["follow_up"].bills == 1
    world.pay("P-2", "1000.00")
    (cancelled,) = world.events("task.cancelled", kind="follow_up")
    assert (cancelled.cases, cancelled.why, world.customer.tasks) == (["INV-2"], "paid", {})


def test_C4_a_promise_leaves_the_step_standing():
    world = owing()
    say(world, "promised", next_on=day("2026-03-20"))
    world.promise("INV-1", "2026-03-20")
    assert "follow_up" in world.customer.tasks


def test_C4_a_step_left_open_for_three_open_days_is_told_once():
    world = owing("2026-06-30")
    say(world, "reached", next_on=day("2026-03-06"))
    world.walk("2026-03-31")
    assert world.notices("task_neglected") == ["03-11 supervisor"]


@pytest.mark.parametrize(("on", "code"), [("2026-03-01", "date_in_past"), ("9999-12-31", "date_out_of_range")])
def test_C4_a_next_step_needs_a_day_to_come(on, code):
    world = owing()
    with pytest.raises(Refused, match=code):
        say(world, "reached", next_on=day(on))
    assert not world.events("contact.logged")


# C7


@pytest.mark.parametrize("outcome", ["wrong_number", "left", "moved"])
def test_C7_the_outcome_crosses_the_person_out_and_another_is_looked_for(outcome):
    world = owing(contacts=[a_contact("ap"), a_contact("cfo", "decision_maker")])
    say(world, outcome)
    assert (world.customer.contacts["ap"].mark, world.customer.contacts["cfo"].mark) == (outcome, None)
    (task,) = world.events("task.created", kind="find_contact")
    assert (task.rule, task.why, task.cases) == ("C7", "contact_crossed_out", ["INV-1"])
    world.walk("2026-05-01")
    assert {e.contact for e in world.events("case.reminded", channel="email")} == {"cfo"}


def test_C7_without_a_name_nobody_is_crossed_out():
    world = owing()
    say(world, "left", contact=None)
    assert world.customer.contacts["ap"].mark is None and not world.customer.tasks
    say(world, "reached")
    assert [logged.point_is for logged in world.events("contact.logged")] == [None, None]


def test_C7_one_search_is_enough():
    world = owing(contacts=[a_contact("ap"), a_contact("cfo", "decision_maker")])
    say(world, "left")
    say(world, "left", contact="cfo")
    say(world, "left", contact="cfo")
    assert len(world.events("task.created", kind="find_contact")) == 1
    assert len(world.events("contact.changed")) == 2  # said twice, it stands once


def test_C7_a_person_marked_by_hand_is_looked_for_too():
    world = owing()
    world.do(c.ChangeContact(customer="C-1", contact=c.ContactGiven(id="ap"), mark="left"), by("collector"))
    assert [t.why for t in world.events("task.created", kind="find_contact")] == ["contact_crossed_out"]


def test_C7_who_moved_is_a_danger_signal():
    world = owing()
    say(world, "moved")
    assert world.customer.flags == {"moved": day("2026-03-02")}


def test_C7_the_same_details_told_again_leave_the_mark_and_another_number_takes_it_off():
    world = owing()
    say(world, "left")
    details = {"ap": {"name": "Name of ap", "email": "ap@example.com", "phone": "+8610"}}

    def told(**more):
        contact = a_contact("ap", **more)
        happened = world.do_with(c.UpdateCustomer(customer="C-1", contacts=[contact]), details)
        return world.customer.contacts["ap"].mark, [one.private for one in happened]

    assert told() == ("left", [None])
    assert told(title="CFO")[0] == "left"
    assert told(phone="+8621")[0] is None


def test_C7_of_two_numbers_a_wrong_one_is_crossed_out_alone():
    world = owing(contacts=[a_contact("ap", mobile="+86138")])
    say(world, "wrong_number", point="workplace")
    contact = world.customer.contacts["ap"]
    assert (contact.mark, contact.points) == (None, {"workplace": "invalid"})
    say(world, "left", point="workplace")
    assert world.customer.contacts["ap"].mark == "left"  # gone, whichever number told so
    say(world, "wrong_number", point="mobile")
    assert world.customer.contacts["ap"].mark == "wrong_number"


def test_C7_who_answers_verifies_the_number():
    world = owing()
    say(world, "not_reached", point="workplace")
    assert world.customer.contacts["ap"].points == {}
    say(world, "reached", point="workplace")
    assert world.customer.contacts["ap"].points == {"workplace": "verified"}


@pytest.mark.parametrize("role", ["relative", "colleague"])
def test_C7_third_parties_never_get_details_whatever_is_said(role):
    world = owing(contacts=[a_contact("him", role, may_receive_details=True)])
    assert not world.customer.contacts["him"].may_receive_details
    world.walk("2026-05-20")
    assert not world.events("case.reminded", channel="email")
    change = c.ContactGiven(id="him", may_receive_details=True)
    with pytest.raises(Refused, match="third_party_details"):
        world.do(c.ChangeContact(customer="C-1", contact=change), by("collector"))


@pytest.mark.parametrize("outcome", ["promised", "disputed", "refused", "evasive", "asks_documents"])
def test_C7_a_third_party_cannot_speak_of_the_debt(outcome):
    world = owing(contacts=[a_contact("ap"), a_contact("him", "colleague")])
    with pytest.raises(Refused, match="third_party"):
        say(world, outcome, contact="him")
    assert say(world, "reached", contact="him")


def test_C4_who_asks_for_documents_is_to_have_them_by_the_next_open_day():
    world = owing("2026-04-30", "2026-04-30", collector="li.na").walk("2026-03-06 16:00")
    say(world, "asks_documents", who="manager", notes="The delivery note of INV-1.")
    (task,) = world.events("task.created")
    assert (task.kind, task.rule, task.why, task.due_on) == ("documents", "C4", "asks_documents", day("2026-03-09"))
    assert (task.role, task.owner, task.contact, task.cases) == ("collector", "li.na", "ap", ["INV-1"])
    say(world, "asks_documents", cases=("INV-2",))
    assert world.customer.tasks["documents"].bills == 2 and len(world.events("task.created")) == 1


def test_C4_of_raised_bills_it_is_the_supervisors_and_it_ends_with_the_bill():
    world = owing("2026-03-02")
    world.walk("2026-03-16 12:00")
    say(world, "asks_documents")
    (task,) = world.events("task.created", kind="documents")
    assert task.role == "supervisor"
    world.pay("P-1", "1000.00")
    assert [one.task for one in world.events("task.cancelled", kind="documents")] == [task.task]


@pytest.mark.parametrize("outcome", ["reached", "promised", "disputed", "refused"])
def test_C4_who_asks_for_none_is_sent_none(outcome):
    world = owing()
    say(world, outcome)
    assert not world.events("task.created", kind="documents")


# C9


def test_C9_missed_three_times_a_contact_is_lost_and_the_supervisor_takes_it_up():
    world = owing()
    say(world, "not_reached")
    say(world, "refused")
    assert not world.events("task.created", kind="lost_contact")
    bounce(world)
    (task,) = world.events("task.created", kind="lost_contact")
    assert (task.role, task.rule, task.contact, task.due_on) == ("supervisor", "C9", "ap", day("2026-03-02"))
    assert world.customer.flags["lost_contact"] == day("2026-03-02")
    bounce(world)
    assert len(world.events("task.created", kind="lost_contact")) == 1


def test_C9_how_often_is_the_tenants_choice():
    world = owing(settings=Settings(lost_after=2))
    bounce(world)
    bounce(world)
    assert world.events("task.created", kind="lost_contact")


@pytest.mark.parametrize("outcome", ["reached", "promised", "disputed", "asks_documents", "evasive"])
def test_C9_whoever_speaks_to_us_is_not_lost(outcome):
    world = owing()
    say(world, "not_reached")
    say(world, "not_reached")
    say(world, outcome)
    say(world, "not_reached")
    assert (world.customer.missed, world.events("task.created", kind="lost_contact")) == ({"ap": 1}, [])


def test_C9_each_contact_is_counted_alone_and_calls_without_a_name_too():
    world = owing(contacts=[a_contact("ap"), a_contact("cfo", "decision_maker")])
    for contact in ("ap", "cfo", None, "ap", "cfo", None):
        say(world, "not_reached", contact=contact)
    assert not world.events("task.created", kind="lost_contact")
    say(world, "not_reached", contact=None)
    assert world.events("task.created", kind="lost_contact")


def test_C9_once_taken_up_the_count_begins_anew():
    world = owing()
    for _ in range(3):
        bounce(world)
    world.finish("lost_contact")
    assert world.customer.missed == {}
    bounce(world)
    assert "lost_contact" not in world.customer.tasks


@pytest.mark.parametrize(
    ("outcome", "cause", "text"),
    [
        ("refused", None, "contact_refused"),
        ("evasive", None, "contact_evasive"),
        ("promised", "wilful", "contact_wilful"),
        ("refused", "wilful", "contact_wilful"),
    ],
)
def test_C9_bad_faith_or_refusal_is_told_to_the_supervisor_at_once_also_on_a_closed_day(outcome, cause, text):
    world = owing().walk("2026-03-07 20:00")
    say(world, outcome, cause=cause)
    (notice,) = world.events("notice.raised")
    assert (world.notices(text), notice.rule, notice.cases) == (["03-07 supervisor"], "C9", ["INV-1"])
    assert world.customer.flags["refusal"] == day("2026-03-07")


def test_C9_it_is_told_once_a_day():
    world = owing()
    say(world, "evasive")
    say(world, "evasive")
    world.walk("2026-03-03")
    say(world, "evasive")
    assert world.notices("contact_evasive") == ["03-02 supervisor", "03-03 supervisor"]


def test_C9_where_the_directory_names_a_superior_it_is_theirs():
    people = Directory({u.id: u for u in (User(id="li", role="collector", reports_to="wu"), User(id="wu", role="manager"))})
    world = owing(collector="li")
    world.people = people
    for _ in range(3):
        say(world, "refused")
    (task,) = world.events("task.created", kind="lost_contact")
    (notice,) = world.events("notice.raised")
    assert (task.role, task.owner, notice.audience, notice.users) == ("manager", "wu", ["manager"], ["wu"])


def test_C9_a_cause_without_bad_faith_tells_nobody():
    world = owing()
    say(world, "reached", cause="cash_short")
    assert not world.events("notice.raised")
