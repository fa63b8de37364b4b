"""What each event of a customer leaves behind: whose they are, what is open with them, what is remembered and how long."""

import pytest
from msgspec.structs import replace

from service.domain.credit import Measure
from service.domain.customer import Appointment, Contact, Customer, Hold, OpenRequest, OpenTask, Refusal, Withheld
from service.domain.events import approval as a
from service.domain.events import conversation as s
from service.domain.events import customer as e
from service.domain.events import reconciliation as r
from service.domain.events import standing as k
from service.domain.events import task as t
from service.domain.evolve.customer import evolve_customer
from service.domain.reconciliation import Reconciliation
from tests.examples import day, moment

MONDAY, TUESDAY, FRIDAY = day("2026-03-02"), day("2026-03-03"), day("2026-03-06")
NOBODY = Customer(id="C-1")


def after(customer: Customer, *events) -> Customer:
    """The customer after those events, at the version it had: each counts one."""
    found = customer
    for event in events:
        found = evolve_customer(found, event)
    assert found.version == customer.version + len(events)
    return replace(found, version=customer.version)


# Reviews (E2) and flags


@pytest.mark.parametrize(
    ("planned", "signal", "review_on"),
    [
        (None, None, None),
        (None, TUESDAY, TUESDAY),
        (FRIDAY, TUESDAY, TUESDAY),  # brought forward
        (MONDAY, TUESDAY, MONDAY),  # and never put off
        (TUESDAY, TUESDAY, TUESDAY),
        (FRIDAY, None, FRIDAY),
    ],
)
def test_E2_a_danger_signal_brings_the_review_forward_and_never_puts_it_off(planned, signal, review_on):
    flagged = e.CustomerFlagged(flag="bounced", on=MONDAY, review_on=signal)
    assert after(replace(NOBODY, review_on=planned), flagged) == replace(
        NOBODY, flags={"bounced": MONDAY}, review_on=review_on
    )


def test_E2_a_flag_has_the_day_of_the_last_signal_and_goes_alone():
    customer = replace(NOBODY, flags={"bounced": MONDAY, "moved": MONDAY})
    again = after(customer, e.CustomerFlagged(flag="bounced", on=FRIDAY))
    assert again.flags == {"bounced": FRIDAY, "moved": MONDAY}
    assert after(again, e.CustomerFlagged(flag="bounced", on=FRIDAY, cleared=True)).flags == {"moved": MONDAY}


def test_E2_a_persons_segment_stands_and_the_ERPs_word_is_remembered():
    decided = k.CustomerReviewed(
        segment="risk", previous="standard", suggested="risk", on=MONDAY, next_on=FRIDAY, by="li.na"
    )
    reviewed = after(NOBODY, decided)
    standing = {"segment": "risk", "segment_said": "standard", "reviewed_on": MONDAY, "review_on": FRIDAY}
    assert reviewed == replace(NOBODY, **standing)
    said = after(reviewed, e.CustomerUpdated(segment="preferred"))
    assert (said.segment, said.segment_said) == ("risk", "preferred")
    again = after(said, replace(decided, segment="standard", on=FRIDAY))
    assert (again.segment, again.segment_said, again.reviewed_on) == ("standard", "preferred", FRIDAY)
    assert after(NOBODY, e.CustomerUpdated(segment="risk")) == replace(NOBODY, segment="risk")


# Restrictions (E5) and credit (E3)


def test_E5_our_restrictions_stand_beside_the_ERPs_and_each_is_lifted_by_whoever_said_it():
    said = after(NOBODY, e.CustomerUpdated(restrictions=["insolvent"]))
    assert said == replace(NOBODY, restrictions=("insolvent",))
    barred = after(said, k.CustomerRestricted(restriction="do_not_contact", on=MONDAY))
    both = ("do_not_contact", "insolvent")
    assert (barred.restrictions, barred.restrictions_said) == (both, ("insolvent",))
    assert barred.barred == {"do_not_contact": MONDAY}
    again = after(barred, k.CustomerRestricted(restriction="lawyer_represented", on=FRIDAY))
    assert (again.restrictions_said, set(again.barred)) == (("insolvent",), {"do_not_contact", "lawyer_represented"})
    quiet = after(barred, e.CustomerUpdated(restrictions=[]))
    assert (quiet.restrictions, quiet.restrictions_said) == (("do_not_contact",), ())
    lifted = after(quiet, k.CustomerRestricted(restriction="do_not_contact", on=FRIDAY, lifted=True))
    assert (lifted.restrictions, lifted.barred) == ((), {})


def test_E3_a_measure_stands_until_it_is_restored_and_only_an_agreed_refusal_is_remembered():
    prepaid = k.CreditRestricted(
        customer="C-1", measure="prepaid_share", cases=[], on=MONDAY, approval="A-1", percent=30
    )
    terms = k.CreditRestricted(customer="C-1", measure="shorter_terms", cases=[], on=TUESDAY, terms="P7D")
    both = after(NOBODY, prepaid, terms)
    assert both.credit == {
        "prepaid_share": Measure(MONDAY, "A-1", None, 30),
        "shorter_terms": Measure(TUESDAY, None, "P7D", None),
    }
    restored = k.CreditRestored(customer="C-1", measure="prepaid_share", on=FRIDAY, approval="A-2", refuses="stop")
    done = after(both, restored)
    assert (set(done.credit), done.refusals) == ({"shorter_terms"}, {"stop": Refusal("A-2", FRIDAY)})
    for silent in (replace(restored, refuses=None), replace(restored, approval=None)):
        assert after(both, silent).refusals == {}


# People of the customer's (C7)


def told(**facts) -> e.ContactChanged:
    return e.ContactChanged(contact=e.ContactFacts(id="ap", **facts))


@pytest.mark.parametrize(
    ("role", "said", "may_know"),
    [
        ("accounts_payable", None, True),
        ("decision_maker", None, True),
        ("other", None, False),
        ("other", True, True),
        ("accounts_payable", False, False),
        ("relative", True, False),
        ("colleague", True, False),
    ],
)
def test_C7_who_may_receive_details_follows_the_role_and_a_third_party_never_may(role, said, may_know):
    more = {} if said is None else {"may_receive_details": said}
    assert after(NOBODY, told(role=role, **more)).contacts == {"ap": Contact("ap", role, may_know)}
    once = after(NOBODY, told(role=role))
    if said is not None:
        assert after(once, told(may_receive_details=said)).contacts["ap"].may_receive_details == may_know


def test_C7_a_new_number_takes_the_mark_and_what_was_known_of_the_old_one_away():
    known = Contact("ap", "other", True, ("email",), 3, "wrong_number", {"mobile": "invalid"})
    customer = replace(NOBODY, version=7, contacts={"ap": known, "boss": Contact("boss")})
    assert after(customer, told(role="other", may_receive_details=True)).contacts["ap"] == known
    found = after(customer, told(reachable_by=["phone"], has_details=True)).contacts
    assert found == {"ap": Contact("ap", "other", True, ("phone",), 8), "boss": Contact("boss")}
    assert after(customer, told(mark="left")).contacts["ap"] == replace(known, mark="left")
    assert after(customer, told(removed=True)).contacts == {"boss": Contact("boss")}
    assert after(customer, e.ContactErased(contact="ap")).contacts == {"boss": Contact("boss")}


# Whose the customer is (E6)


def test_E6_another_word_of_the_ERPs_is_newer_than_ours_and_the_same_one_is_not():
    given = after(NOBODY, e.CustomerUpdated(collector="li.na"), e.CustomerAssigned(owner="chen", previous="li.na"))
    assert (given.collector, given.assigned, given.taken_by, given.owner) == ("li.na", "chen", None, "chen")
    assert after(given, e.CustomerUpdated(collector="li.na")).owner == "chen"
    assert after(given, e.CustomerUpdated(name="Acme")).owner == "chen"
    assert after(given, e.CustomerUpdated(collector="wu")).owner == "wu"
    assert after(NOBODY, e.CustomerAssigned(owner="chen", previous="", in_turn=True)) == replace(
        NOBODY, taken_by="chen"
    )


# Tasks (C10)


def created(kind: str = "call", **facts) -> t.TaskCreated:
    given = {"role": "collector", "owner": "li.na", "cases": ["I-1"], "bills": 1, "rule": "B2", "why": "overdue"}
    return t.TaskCreated(task=f"{kind}~1", kind=kind, on=MONDAY, **{**given, **facts})


def changed(kind: str = "call", **facts) -> t.TaskChanged:
    given = {"role": "collector", "owner": "li.na", "bills": 1}
    return t.TaskChanged(task=f"{kind}~1", kind=kind, on=TUESDAY, **{**given, **facts})


CALL = OpenTask(id="call~1", role="collector", owner="li.na", bills=1, created_on=MONDAY)


def test_C10_a_task_is_remembered_by_its_kind_and_an_errand_by_its_bills_and_by_no_day():
    ids = [f"I-{n}" for n in range(1, 13)]
    called = after(NOBODY, created(cases=ids, bills=12, raised=2, due_on=FRIDAY, requires=["cause"]))
    task = replace(CALL, bills=12, raised=2, due_on=FRIDAY, requires=("cause",))
    assert called == replace(NOBODY, tasks={"call": task}, tasks_on={"call": MONDAY})
    asked = after(called, created("reply", cases=ids, bills=12))
    assert (asked.tasks["call"], asked.tasks_on) == (task, {"call": MONDAY})
    assert asked.tasks["reply"].about == tuple(ids[:10])
    again = after(asked, replace(created(), on=FRIDAY))
    assert again.tasks_on == {"call": FRIDAY}


def test_C10_bills_join_and_leave_a_task_that_keeps_its_day_and_all_that_it_asks_for():
    open_call = replace(CALL, due_on=TUESDAY, requires=("notes",), told=True)
    customer = replace(NOBODY, tasks={"call": open_call, "visit": replace(CALL, id="visit~1")})
    joined = after(
        customer, changed(cases=["I-2"], bills=2, raised=1, role="supervisor", owner="chen", requires=["cause"])
    )
    assert joined.tasks == {
        "visit": replace(CALL, id="visit~1"),
        "call": replace(open_call, bills=2, raised=1, role="supervisor", owner="chen", requires=("cause", "notes")),
    }
    later = after(customer, changed(due_on=FRIDAY)).tasks["call"]
    assert (later.due_on, later.told) == (FRIDAY, True), "only an errand that is put off is waited for anew"
    unknown = after(NOBODY, changed(bills=3))
    assert unknown.tasks == {"call": replace(CALL, bills=3, created_on=TUESDAY)}


def test_C10_an_errand_that_is_put_off_is_waited_for_anew_and_names_its_first_ten_bills():
    errand = replace(CALL, id="reply~1", about=("I-1", "I-2"), told=True)
    customer = replace(NOBODY, tasks={"reply": errand})
    names = [f"I-{n}" for n in range(2, 14)]
    joined = after(customer, changed("reply", cases=names, removed=["I-1"], bills=12)).tasks["reply"]
    assert (joined.about, joined.told) == (tuple(names[:10]), True)
    put_off = after(customer, changed("reply", due_on=FRIDAY)).tasks["reply"]
    assert (put_off.due_on, put_off.told, put_off.about) == (FRIDAY, False, ("I-1", "I-2"))


@pytest.mark.parametrize("ended", [t.TaskCompleted, t.TaskCancelled])
def test_C9_C12_what_a_task_was_about_ends_with_it(ended):
    more = {"on": FRIDAY} if ended is t.TaskCompleted else {"why": "paid"}
    customer = replace(NOBODY, tasks={"call": CALL}, missed={"ap": 3}, waits_until=FRIDAY)
    for kind, missed, waits_until in (
        ("call", {"ap": 3}, FRIDAY),
        ("lost_contact", {}, FRIDAY),
        ("reply", {"ap": 3}, None),
    ):
        found = after(customer, ended(task=f"{kind}~1", kind=kind, cases=[], **more))
        assert (found.missed, found.waits_until) == (missed, waits_until)
        assert found.tasks == ({} if kind == "call" else {"call": CALL})


# Requests (B8)


def requested(kind: str = "hold", **facts) -> a.ApprovalRequested:
    given = {"cases": ["I-1"], "bills": 1, "rule": "B8", "asked_by": "clock", "content": "[1]", "content_hash": "ab"}
    return a.ApprovalRequested(
        approval=f"{kind}~1", kind=kind, role="boss", customer="C-1", asked_on=MONDAY, **{**given, **facts}
    )


HOLD_ASKED = OpenRequest("hold~1", "boss", 1, "B8", "clock", MONDAY, MONDAY, content="[1]", content_hash="ab")


def test_B8_a_request_is_known_by_its_kind_and_one_that_is_bound_by_its_id_without_its_text():
    asked = requested(expires_on=FRIDAY, remind_open_days=5)
    one = replace(HOLD_ASKED, expires_on=FRIDAY, remind_open_days=5)
    assert after(NOBODY, asked) == replace(NOBODY, requests={"hold": one})
    bound = after(after(NOBODY, asked), requested("write_off", bound=True)).requests
    kept = OpenRequest("write_off~1", "boss", 1, "B8", "clock", MONDAY, MONDAY, bound=True)
    assert bound == {"hold": one, "write_off~1": kept}


def test_B8_bills_join_and_a_role_passes_on_the_request_that_is_open_and_no_other():
    customer = after(NOBODY, requested(), requested("write_off", bound=True))
    for id, kind, key in (("hold~1", "hold", "hold"), ("write_off~1", "write_off", "write_off~1")):
        joined = after(customer, a.ApprovalJoined(approval=id, kind=kind, bills=4)).requests
        assert joined == {**customer.requests, key: replace(customer.requests[key], bills=4)}
        passed = a.ApprovalPassed(approval=id, kind=kind, role="finance", previous="boss", cases=[], on=FRIDAY, by="lu")
        told_on = replace(customer.requests[key], role="finance", told_on=FRIDAY, passed_by="lu")
        assert after(customer, passed).requests == {**customer.requests, key: told_on}
    assert after(NOBODY, a.ApprovalJoined(approval="hold~9", kind="hold", bills=4)) == NOBODY
    gone = a.ApprovalPassed(approval="hold~9", kind="hold", role="boss", previous="boss", cases=[], on=FRIDAY, by="lu")
    assert after(NOBODY, gone) == NOBODY


def test_B8_a_refusal_is_remembered_to_the_next_grant_of_its_kind_and_of_a_bound_request_not_at_all():
    customer = replace(
        after(NOBODY, requested(), requested("write_off", bound=True)),
        refusals={"letter": Refusal("letter~1", MONDAY)},
    )
    rejected = a.ApprovalRejected(approval="hold~1", kind="hold", cases=[], on=FRIDAY, by="lu")
    no = after(customer, rejected)
    both = {"letter": Refusal("letter~1", MONDAY), "hold": Refusal("hold~1", FRIDAY)}
    assert (set(no.requests), no.refusals) == ({"write_off~1"}, both)
    bound = after(customer, replace(rejected, approval="write_off~1", kind="write_off"))
    assert (set(bound.requests), bound.refusals) == ({"hold"}, customer.refusals)
    granted = a.ApprovalGranted(approval="hold~2", kind="hold", cases=[], on=FRIDAY, by="lu", content_hash="")
    assert after(no, granted).refusals == {"letter": Refusal("letter~1", MONDAY)}
    assert after(customer, replace(granted, approval="hold~1")).requests.keys() == {"write_off~1"}
    for ended in (
        a.ApprovalCancelled(approval="hold~1", kind="hold", cases=[], why="paid"),
        a.ApprovalExpired(approval="hold~1", kind="hold", cases=[]),
    ):
        assert after(no, ended) == no
        assert after(customer, ended) == replace(customer, requests={"write_off~1": customer.requests["write_off~1"]})


# Holds (E4), and that our people are told once


def test_E4_a_hold_is_acknowledged_by_its_own_word_and_released_with_one_that_is_not_yet():
    held = after(NOBODY, e.HoldApplied(hold="H-2", customer="C-1", cases=[], on=MONDAY))
    assert held == replace(NOBODY, hold=Hold("H-2", MONDAY))
    assert after(held, e.HoldAcknowledged(hold="H-1", on=TUESDAY)) == held
    assert after(NOBODY, e.HoldAcknowledged(hold="H-2", on=TUESDAY)) == NOBODY
    stopped = after(held, e.HoldAcknowledged(hold="H-2", on=TUESDAY))
    assert stopped.hold == Hold("H-2", MONDAY, TUESDAY)
    released = e.HoldReleased(hold="H-2", customer="C-1", cases=[], on=FRIDAY, why="paid")
    free = after(replace(stopped, release_acknowledged=True), released)
    assert free == replace(NOBODY, released="H-2", release_acknowledged=False)
    assert after(free, e.HoldReleaseAcknowledged(hold="H-2", on=FRIDAY)) == replace(free, release_acknowledged=True)


def test_C10_a_reminder_of_a_thing_is_remembered_with_that_thing_alone():
    customer = replace(
        after(NOBODY, requested(), requested("letter")),
        hold=Hold("H-1", MONDAY),
        tasks={"call": CALL, "visit": replace(CALL, id="visit~1")},
    )
    notice = e.NoticeRaised(rule="C10", audience=["supervisor"], text="task_open", customers=["C-1"], on=FRIDAY)
    assert after(customer, notice) == customer
    assert after(customer, replace(notice, about="H-1")) == replace(customer, hold=Hold("H-1", MONDAY, told=True))
    neglected = after(customer, replace(notice, about="visit~1"))
    assert neglected == replace(customer, tasks={"call": CALL, "visit": replace(CALL, id="visit~1", told=True)})
    waiting = after(customer, replace(notice, about="letter~1"))
    letter = replace(customer.requests["letter"], told_on=FRIDAY)
    assert waiting == replace(customer, requests={"hold": customer.requests["hold"], "letter": letter})


# Conversations (C4, C9, C12-C14)


def test_C4_C9_a_conversation_is_the_last_one_and_counts_who_could_not_be_spoken_to():
    customer = replace(NOBODY, contacts={"ap": Contact("ap"), "dm": Contact("dm")}, missed={"dm": 2})
    call = s.ContactLogged(cases=[], channel="phone", on=MONDAY, outcome="not_reached", contact="ap", missed=1)
    missed = after(customer, call)
    assert missed == replace(customer, last_contact_on=MONDAY, last_outcome="not_reached", missed={"dm": 2, "ap": 1})
    reached = after(missed, replace(call, outcome="reached", missed=0, on=FRIDAY))
    assert (reached.missed, reached.last_contact_on, reached.last_outcome) == ({"dm": 2}, FRIDAY, "reached")
    unnamed = after(customer, replace(call, contact=None, missed=3))
    assert unnamed.missed == {"dm": 2, "": 3}
    number = after(customer, replace(call, point="home", point_is="invalid", missed=0))
    assert number.contacts == {"ap": Contact("ap", points={"home": "invalid"}), "dm": Contact("dm")}
    both = after(number, replace(call, point="mobile", point_is="verified", missed=0))
    assert both.contacts["ap"].points == {"home": "invalid", "mobile": "verified"}
    for nothing in (
        {"point": "home"},
        {"point_is": "invalid"},
        {"contact": "li", "point": "home", "point_is": "invalid"},
    ):
        assert after(customer, replace(call, missed=0, **nothing)).contacts == customer.contacts


def test_C9_C12_a_bounced_message_counts_on_and_a_reply_counts_from_nought_and_waits():
    customer = replace(NOBODY, missed={"ap": 1, "dm": 2})
    bounced = s.MessageBounced(message="m", cases=[], channel="email", contact="ap", code="550", missed=2)
    assert after(customer, bounced) == replace(customer, missed={"ap": 2, "dm": 2})
    assert after(customer, replace(bounced, missed=0)) == customer
    replied = s.MessageReplied(message="m", cases=[], channel="email", contact="ap", on=MONDAY, waits_until=FRIDAY)
    assert after(customer, replied) == replace(customer, missed={"dm": 2}, waits_until=FRIDAY)
    assert after(customer, replace(replied, contact="li")) == replace(customer, waits_until=FRIDAY)


def test_C14_a_message_is_withheld_to_its_day_and_opens_with_advice_only_in_words_of_ones_own():
    customer = replace(NOBODY, version=4)
    asked = s.MessageWithheld(message="m", cases=[], channel="email", contact="ap", on=MONDAY, until=TUESDAY)
    held = evolve_customer(customer, asked)
    assert held.withheld == Withheld("m", TUESDAY, 5)
    advised = s.MessageAdvised(
        message="m", cases=[], why="advice", leaves_as="n", day=FRIDAY, slot=moment("2026-03-06"), own_words=True
    )
    assert evolve_customer(held, advised).withheld == Withheld("n", FRIDAY, 5, 6)
    assert evolve_customer(customer, advised).withheld == Withheld("n", FRIDAY, 5, 5)
    assert evolve_customer(held, replace(advised, own_words=False)).withheld is None


def test_C13_an_appointment_belongs_to_its_visit():
    customer = replace(NOBODY, tasks={"call": CALL, "visit": replace(CALL, id="visit~1")})
    at = moment("2026-03-06 10:00")
    met = after(customer, s.VisitArranged(task="visit~1", contact="dm", at=at))
    visit = replace(CALL, id="visit~1", appointment=Appointment("dm", at))
    assert met == replace(customer, tasks={"call": CALL, "visit": visit})


# Reconciliations (H1)


def test_H1_a_reconciliation_is_remembered_until_it_is_confirmed_and_the_last_twelve_alone():
    def sent(id: str) -> r.ReconciliationSent:
        stated = [r.Stated("CNY", 100), r.Stated("USD", 7)]
        return r.ReconciliationSent(reconciliation=id, cases=[], balances=stated, on=MONDAY, until=FRIDAY)

    one = Reconciliation(MONDAY, FRIDAY, {"CNY": 100, "USD": 7}, "sent")
    customer = after(NOBODY, sent("R-1"), sent("R-2"))
    assert customer == replace(NOBODY, reconciliations={"R-1": one, "R-2": one})
    differed = r.ReconciliationDiffered(reconciliation="R-1", cases=[], balances=[], on=TUESDAY)
    assert after(customer, differed).reconciliations == {"R-1": replace(one, state="differs"), "R-2": one}
    silent = r.ReconciliationSilent(reconciliation="R-2", cases=[], on=FRIDAY)
    assert after(customer, silent).reconciliations == {"R-1": one, "R-2": replace(one, state="silent")}
    signed = r.ReconciliationConfirmed(reconciliation="R-1", cases=[], on=TUESDAY)
    assert after(customer, signed).reconciliations == {"R-2": one}
    for late in (replace(differed, reconciliation="R-9"), replace(silent, reconciliation="R-9")):
        assert after(customer, late) == customer
    many = after(customer, *(sent(f"R-{n}") for n in range(3, 14)))
    assert list(many.reconciliations) == [f"R-{n}" for n in range(2, 14)]
    assert list(after(many, sent("R-2")).reconciliations)[-1] == "R-2"
