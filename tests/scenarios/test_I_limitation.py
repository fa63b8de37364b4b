"""Rule I1: when the right to sue lapses, what set that day, and when legal is told; the laws are data."""

from datetime import date

import pytest

from service.domain import commands as c
from service.domain.case import Case, Interruption
from service.domain.limitation import CAUSES, WARNING, Law, lapse
from service.domain.outlook import Outlook
from service.domain.refusals import Refused
from service.domain.settings import Settings
from service.store.laws import OWN, law_of, shipped
from tests.examples import a_contact, a_playbook, by, day
from tests.world import World

FRANCE, INDIA = Settings(law="FR"), Settings(law="IN")


def owing(due: str = "2026-03-09", settings: Settings | None = None, **more) -> World:
    """One bill of 1 000 yuan, walked to the day after its due date."""
    world = World("2026-03-02", settings=settings, **more)
    world.owed("INV-1", due=due, issued="2026-03-02")
    return world.walk("2026-03-10 18:00")


def expiry(world: World, id: str = "INV-1") -> tuple[str, str]:
    """The day, and the type of what set it."""
    found = lapse(world.case(id), world.scene.law)
    assert found
    return found.expires_on.isoformat(), found.set_by or "due"


def handed_over(world: World, message: str = "C-1~ap~email~2026-03-10", channel: str = "email", *cases: str) -> None:
    report = c.ReportMessage(
        customer="C-1",
        message=message,
        contact="ap",
        channel=channel,
        cases=cases or ("INV-1",),
        outcome="handed_over",
    )
    world.do(report)


def received(world: World, kind: str = "formal_dunning", on: str | None = None, signed: bool = False) -> None:
    receipt = c.RecordReceipt(
        customer="C-1",
        letter=f"{kind}~C-1.9",
        kind=kind,
        cases=("INV-1",),
        issued_on=day("2026-03-10"),
        on=day(on) if on else None,
        signed=signed,
    )
    world.do(receipt, by("legal"))


# The day


def test_I1_three_years_after_the_due_date_by_chinas_law():
    assert expiry(owing()) == ("2029-03-09", "due")
    assert expiry(owing("2028-02-29")) == ("2031-02-28", "due")  # clipped to the month's end


def test_I1_without_a_due_date_nothing_runs_and_a_new_one_counts_anew():
    world = World("2026-03-02")
    world.bill("INV-1", "2026-03-02", None, terms="P30D", terms_from="confirmed")
    assert lapse(world.case("INV-1"), world.scene.law) is None
    world.confirm("INV-1", "2026-03-02")
    assert expiry(world) == ("2029-04-01", "due")
    world.do(c.ChangeDueDate(invoice="INV-1", due_on=day("2026-06-30")))
    assert expiry(world) == ("2029-06-30", "due")


@pytest.mark.parametrize(
    ("settings", "expires"),
    [
        (None, "2029-03-09"),
        (FRANCE, "2031-03-09"),
        (INDIA, "2029-03-09"),
        (Settings(country="FR"), "2031-03-09"),  # the country's own
        (Settings(country="FR", law="CN"), "2029-03-09"),  # the tenant's choice goes before it
        (Settings(country="DE"), "2029-03-09"),  # none is shipped: three years
        (Settings(country="FR", law="generic", limitation_years=10), "2036-03-09"),
    ],
)
def test_I1_years_are_the_laws(settings, expires):
    assert expiry(owing(settings=settings)) == (expires, "due")


# What interrupts


def test_I1_a_partial_payment_interrupts_from_the_day_it_came():
    world = owing()
    world.pay("P-1", "100.00", "2026-03-10")
    assert expiry(world) == ("2029-03-10", "payment.applied")
    world.pay("P-2", "100.00", "2026-03-08")  # recorded later, received earlier
    assert expiry(world) == ("2029-03-10", "payment.applied")


def test_I1_a_payment_that_is_taken_back_never_interrupted():
    world = owing()
    world.pay("P-1", "100.00", "2026-03-10")
    world.do(c.ReversePayment(payment="P-1"))
    assert expiry(world) == ("2029-03-09", "due")


def test_I1_what_happens_before_the_due_date_does_not_bring_the_day_forward():
    world = World("2026-03-02")
    world.owed("INV-1", due="2026-06-30", issued="2026-03-02")
    world.pay("P-1", "100.00")
    world.promise("INV-1", "2026-03-20")
    assert expiry(world) == ("2029-06-30", "due")


def test_I1_a_promise_interrupts_whatever_becomes_of_it():
    world = owing()
    world.promise("INV-1", "2026-03-20")
    assert expiry(world) == ("2029-03-10", "promise.made")
    world.walk("2026-04-30")
    assert world.events("promise.broken") and expiry(world) == ("2029-03-10", "promise.made")


def test_I1_a_plan_interrupts():
    world = owing()
    world.walk("2026-03-12 10:00")
    terms = c.PlanTerms(count=2, first_on=day("2026-03-31"))
    world.do(c.AgreePlan(customer="C-1", cases=("INV-1",), terms=terms), by("supervisor"))
    assert expiry(world) == ("2029-03-12", "plan.agreed")


def test_I1_a_documented_demand_interrupts_when_it_reached_the_customer():
    world = owing()
    assert world.days("overdue-first-week") == ["03-10"]
    assert expiry(world) == ("2029-03-09", "due")  # decided is not delivered
    handed_over(world)
    assert expiry(world) == ("2029-03-10", "message.handed_over")
    (told,) = world.events("limitation.interrupted")
    (there,) = [h for _, h in world.log if h.event.type == "message.handed_over"]
    assert (told.cause, told.stream) == ("demand", "customer/C-1")
    assert world.log[-2][1] is there and told.version == world.customer.version


def test_I1_a_bounced_message_and_one_that_asks_for_nothing_are_no_demands():
    world = owing()
    handed_over(world, "C-1~ap~email~2026-03-10~service")
    bounced = c.ReportMessage(
        customer="C-1",
        message="C-1~cfo~email~2026-03-10",
        contact="ap",
        channel="email",
        cases=("INV-1",),
        outcome="bounced",
        code="smtp_550",
    )
    world.do(bounced)
    assert expiry(world) == ("2029-03-09", "due")


def test_I1_of_one_days_demands_to_several_people_one_counts():
    world = owing(contacts=[a_contact("ap"), a_contact("cfo", "decision_maker")])
    handed_over(world)
    handed_over(world, "C-1~cfo~email~2026-03-10")
    assert len(world.events("limitation.interrupted")) == 1
    world.walk("2026-03-12 18:00")
    handed_over(world, "C-1~ap~email~2026-03-12")
    assert expiry(world)[0] == "2029-03-12"


@pytest.mark.parametrize(
    ("kind", "expires"),
    [
        ("formal_dunning", "2029-03-11"),
        ("lawyer", "2029-03-11"),
        ("reminder", "2029-03-11"),
        ("statement", "2029-03-09"),
    ],
)
def test_I1_a_letter_that_demands_interrupts_when_it_is_received(kind, expires):
    world = owing().walk("2026-03-11 10:00")
    received(world, kind)
    assert expiry(world)[0] == expires
    handed_over(world, f"{kind}~C-1.9", "letter")
    assert expiry(world)[0] == expires


def test_I1_a_reconciliation_that_came_back_signed_interrupts_and_one_that_only_arrived_does_not():
    world = owing().walk("2026-03-13 10:00")
    received(world, "reconciliation", "2026-03-11")
    assert expiry(world) == ("2029-03-09", "due")
    received(world, "reconciliation", "2026-03-12", signed=True)
    assert expiry(world) == ("2029-03-12", "letter.received")


@pytest.mark.parametrize("on", ["2026-03-09", "2026-03-12"])
def test_I1_no_letter_is_received_before_it_was_issued_or_in_the_future(on):
    with pytest.raises(Refused, match="date_out_of_range|date_in_future"):
        received(owing(), on=on)


@pytest.mark.parametrize(
    ("settings", "demand", "payment", "signed"),
    [
        (None, "2029-03-10", "2029-03-10", "2029-03-10"),
        (FRANCE, "2031-03-09", "2031-03-10", "2031-03-10"),
        (INDIA, "2029-03-09", "2029-03-09", "2029-03-10"),
        (
            Settings(law="generic", limitation_years=6, limitation_interrupted_by=("demand",)),
            "2032-03-10",
            "2032-03-09",
            "2032-03-09",
        ),
    ],
)
def test_I1_what_counts_is_the_laws(settings, demand, payment, signed):
    world = owing(settings=settings)
    handed_over(world)
    assert expiry(world)[0] == demand
    world = owing(settings=settings)
    world.pay("P-1", "100.00")
    assert expiry(world)[0] == payment
    world = owing(settings=settings)
    received(world, "reconciliation", signed=True)
    assert expiry(world)[0] == signed


def test_I1_the_latest_interruption_counts_and_another_law_finds_its_own():
    world = owing()
    world.pay("P-1", "100.00")
    world.walk("2026-03-12 18:00")
    handed_over(world, "C-1~ap~email~2026-03-12")
    assert expiry(world) == ("2029-03-12", "message.handed_over")
    world.settings = FRANCE  # chosen later: what it counts stands in the case already
    assert expiry(world) == ("2031-03-10", "payment.applied")


def test_I1_of_what_is_paid_or_void_nothing_lapses_and_of_what_was_written_off_it_does():
    world = owing()
    world.do(c.WriteOff(customer="C-1", cases=("INV-1",), reason="gone"), by("manager"))
    world.grant(world.events("approval.requested", kind="write_off")[-1].approval)
    assert expiry(world) == ("2029-03-09", "due")
    world.pay("P-1", "1000.00")
    assert lapse(world.case("INV-1"), world.scene.law) is None
    other = owing()
    other.do(c.VoidInvoice(invoice="INV-1"))
    assert lapse(other.case("INV-1"), other.scene.law) is None


# Legal is told


def silent(settings: Settings | None = None) -> World:
    """A bill in a tenant whose playbook says nothing, so that only the right to sue is left to tell of."""
    return World("2026-03-02", settings=settings, playbook=QUIET)


QUIET_TEXT = """
grammar: 1
name: quiet
ladders:
  - ladder: collection
    start: due
    while: {stage: [collection]}
    steps:
      - {step: first, rule: X, at: P1D, do: [{notice: {audience: [supervisor], text: overdue_one_month}}]}
"""


QUIET = a_playbook(QUIET_TEXT)


def test_I1_legal_is_told_180_90_and_30_days_before():
    world = silent()
    world.owed("INV-1", due="2026-03-09", issued="2026-03-02")
    world.walk("2029-12-31")
    told = [
        f"{e.text} {e.on} {','.join(e.audience)} {','.join(e.cases)}" for e in world.events("notice.raised", rule="I1")
    ]
    assert told == [
        "limitation_180 2028-09-11 legal INV-1",  # 10 September 2028 is a Sunday
        "limitation_90 2028-12-11 legal INV-1",  # 9 December a Saturday
        "limitation_30 2029-02-07 legal INV-1",
    ]
    assert set(world.timed("notice.raised", rule="I1")) == {"09-11 09:00", "12-11 09:00", "02-07 09:00"}


def test_I1_an_interruption_begins_the_warnings_anew():
    world = silent()
    world.owed("INV-1", due="2026-03-09", issued="2026-03-02")
    world.walk("2028-12-31")
    assert [e.text for e in world.events("notice.raised", rule="I1")] == ["limitation_180", "limitation_90"]
    world.pay("P-1", "1.00")
    world.walk("2031-12-31")
    assert [(e.text, e.on.year) for e in world.events("notice.raised", rule="I1")][2:] == [
        ("limitation_180", 2031),
        ("limitation_90", 2031),
        ("limitation_30", 2031),
    ]


def test_I1_several_bills_of_a_customer_are_one_notice():
    world = silent()
    for n in (1, 2):
        world.owed(f"INV-{n}", due="2026-03-09", issued="2026-03-02")
    world.walk("2028-10-01")
    assert [e.cases for e in world.events("notice.raised", rule="I1")] == [["INV-1", "INV-2"]]


def test_I1_legal_is_told_of_a_paused_case_too():
    world = silent()
    world.owed("INV-1", due="2026-03-09", issued="2026-03-02")
    pause = c.PauseCases(customer="C-1", cases=("INV-1",), until=day("2030-01-01"), reason="talks")
    world.do(pause, by("supervisor"))
    assert [e.text for e in world.walk("2028-10-01").events("notice.raised", rule="I1")] == ["limitation_180"]


def test_I1_downtime_collapses_the_warnings_and_what_has_lapsed_is_called_so():
    world = silent()
    world.owed("INV-1", due="2026-03-09", issued="2026-03-02")
    world.walk("2028-08-01")
    world.sleep("2029-02-12 10:00").wake()
    assert [e.text for e in world.events("notice.raised", rule="I1")] == ["limitation_30"]
    (fired,) = world.events("step.fired", step="limitation-warning")
    assert (fired.rule, fired.anchor, fired.on) == ("I1", day("2029-03-09"), day("2029-02-07"))
    other = silent()
    other.owed("INV-1", due="2026-03-09", issued="2026-03-02")
    other.walk("2028-08-01")
    other.sleep("2029-03-12 10:00").wake()
    assert [e.text for e in other.events("notice.raised", rule="I1")] == ["limitation_lapsed"]


def test_I1_of_bills_recorded_late_legal_has_a_digest():
    world = World("2028-10-09", playbook=QUIET)
    world.owed("INV-1", due="2026-03-09", issued="2026-03-02")
    world.walk("2029-06-30")
    assert "10-09 legal INV-1" in world.digests()
    assert [e.text for e in world.events("notice.raised", rule="I1")] == ["limitation_90", "limitation_30"]


def test_I1_before_the_tenant_is_live_nobody_is_told():
    world = silent(Settings(go_live_on=date(2029, 1, 8)))
    world.owed("INV-1", due="2026-03-09", issued="2026-03-02")
    assert world.walk("2029-01-07").events("notice.raised", rule="I1") == []
    world.walk("2029-06-30")
    assert world.digests() and [e.text for e in world.events("notice.raised", rule="I1")] == ["limitation_30"]


def test_I1_nobody_is_told_of_a_case_that_has_ended():
    world = silent()
    world.owed("INV-1", due="2026-03-09", issued="2026-03-02")
    world.pay("P-1", "1000.00")
    assert world.walk("2029-12-31").events("notice.raised", rule="I1") == []


def test_I1_the_warnings_stand_in_the_schedule_however_far_away():
    world = owing()
    found = Outlook(
        world.case("INV-1"), world.account, world.playbook, world.workdays, world.scene.law, world.now
    ).all()
    near = [one for one in found if one.step == WARNING]
    warnings = [(f"{one.at:%Y-%m-%d}", one.rule, one.why[0].params["days"]) for one in near]
    assert warnings == [("2028-09-11", "I1", 180), ("2028-12-11", "I1", 90), ("2029-02-07", "I1", 30)]


def test_I1_they_stand_there_once_when_they_are_near():
    world = silent()
    world.owed("INV-1", due="2026-03-09", issued="2026-03-02")
    world.walk("2028-10-01")
    found = Outlook(
        world.case("INV-1"), world.account, world.playbook, world.workdays, world.scene.law, world.now
    ).all()
    assert [one.why[0].params["days"] for one in found if one.step == WARNING] == [90, 30]


# The laws


def test_the_laws_are_data_with_their_years_and_causes():
    laws = shipped()
    assert {code: law.years for code, law in laws.items()} == {"CN": 3, "FR": 5, "IN": 3}
    assert laws["CN"].interrupted_by == frozenset(CAUSES)
    assert "demand" not in laws["FR"].interrupted_by | laws["IN"].interrupted_by
    assert law_of(Settings(country="GB-ENG")).code == OWN


def test_a_case_far_in_the_future_lapses_on_no_calendar():
    case = Case(id="INV-1", stage="collection", amount=1, due_on=date(9998, 1, 1))
    assert lapse(case, Law(code="x", years=3, interrupted_by=frozenset())) is None


def test_an_older_interruption_told_late_changes_nothing():
    world = owing().walk("2026-03-20 18:00")
    received(world, "reconciliation", "2026-03-18", signed=True)
    received(world, "reconciliation", "2026-03-12", signed=True)
    assert world.case("INV-1").interrupted["acknowledgement"].on == day("2026-03-18")
    assert isinstance(world.case("INV-1").interrupted["acknowledgement"], Interruption)
