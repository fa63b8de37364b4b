"""Rule D7: cheques and acceptance drafts, which cover until they mature and are money only when honoured."""

from service.domain import commands as c
from service.domain.settings import Settings
from tests.examples import by, day
from tests.world import World


def overdue(*dues: str, start: str = "2026-03-02", **more) -> World:
    world = World(start, **more)
    for n, due in enumerate(dues or ("2026-03-09",), start=1):
        world.owed(f"INV-{n}", due=due, issued=start)
    return world


def opened(world: World) -> dict[str, int]:
    return {id: case.open // 100 for id, case in world.account.cases.items()}


def draft(world: World, payment: str, amount: str, matures: str, **more) -> None:
    world.pay(payment, amount, method="acceptance_draft", matures_on=day(matures), **more)


def test_D7_a_draft_is_progress_and_pauses_what_it_covers_until_it_matures():
    world = overdue().walk("2026-03-17")
    draft(world, "P-1", "1000.00", "2026-03-27")
    case = world.case("INV-1")
    assert (case.open, case.pause.reason, case.pause.until) == (100000, "draft", day("2026-03-27"))
    assert case.progress_after(day("2026-03-09")) == day("2026-03-17")
    world.walk("2026-03-27")
    assert world.days("overdue-daily") == ["03-17"]
    world.do(c.HonourPayment(payment="P-1"))
    assert (world.case("INV-1").closed_as, world.case("INV-1").closed_on) == ("paid", day("2026-03-27"))


def test_D7_honoured_twice_or_never_a_draft_is_nothing():
    world = overdue()
    draft(world, "P-1", "600.00", "2026-03-27")
    world.do(c.HonourPayment(payment="P-1"))
    assert world.do(c.HonourPayment(payment="P-1")) == []
    world.pay("P-2", "100.00")
    assert world.do(c.HonourPayment(payment="P-2")) == []
    assert opened(world) == {"INV-1": 300}


def test_D7_not_honoured_on_its_day_contact_goes_on():
    world = overdue().walk("2026-03-17")
    draft(world, "P-1", "1000.00", "2026-03-25")
    world.walk("2026-03-27")
    assert world.days("overdue-daily") == ["03-17", "03-26", "03-27"]


def test_D7_a_part_covered_pauses_nothing_and_two_parts_may():
    world = overdue().walk("2026-03-17")
    draft(world, "P-1", "400.00", "2026-03-25")
    assert world.case("INV-1").pause is None
    draft(world, "P-2", "600.00", "2026-03-27")
    assert world.case("INV-1").pause.until == day("2026-03-27")
    world.walk("2026-03-26 08:00")  # the first is past its day: what is left does not cover
    assert world.case("INV-1").pause is None


def test_D7_a_second_draft_covers_the_next_bill():
    world = overdue("2026-03-09", "2026-03-10")
    draft(world, "P-1", "1000.00", "2026-03-25")
    draft(world, "P-2", "1000.00", "2026-03-25")
    assert [world.case(id).pause.reason for id in ("INV-1", "INV-2")] == ["draft", "draft"]


def test_D7_a_draft_returned_uncovers_and_flags():
    world = overdue().walk("2026-03-17")
    draft(world, "P-1", "1000.00", "2026-03-31")
    world.walk("2026-03-20").do(c.ReversePayment(payment="P-1"))
    assert (world.case("INV-1").pause, world.case("INV-1").drafts) == (None, ())
    assert world.customer.flags == dict.fromkeys(("payment_reversed", "instrument_returned"), day("2026-03-20"))
    assert world.case("INV-1").progress_after(day("2026-03-09")) is None


def test_D7_a_tenant_may_count_drafts_on_receipt():
    world = overdue(settings=Settings(drafts_count_on_receipt=True))
    draft(world, "P-1", "1000.00", "2026-03-31")
    assert world.case("INV-1").closed_as == "paid"


def test_D7_only_a_cheque_or_draft_of_a_later_day_matures():
    for method, matures in (("transfer", "2026-03-31"), ("cheque", "2026-03-02"), ("cheque", None)):
        world = overdue()
        world.pay("P-1", "400.00", method=method, matures_on=matures and day(matures))
        assert (opened(world), world.case("INV-1").drafts) == ({"INV-1": 600}, ())


def test_D7_a_drafts_money_is_nowhere_before_it_is_honoured_and_its_cover_nowhere_after():
    world = overdue()
    draft(world, "P-1", "600.00", "2026-03-27")
    draft(world, "P-2", "400.00", "2026-03-27")
    payment = world.account.payments["P-1"]
    assert (payment.applied, payment.planned, payment.rest) == ({}, {"INV-1": 60000}, 0)
    world.do(c.HonourPayment(payment="P-1"))
    payment, case = world.account.payments["P-1"], world.case("INV-1")
    assert (payment.applied, payment.planned) == ({"INV-1": 60000}, {})
    assert [one.payment for one in case.drafts] == ["P-2"]
    assert (case.open, case.pause.reason) == (40000, "draft")
    assert world.events("case.resumed") == []


def test_D7_a_draft_that_went_back_is_not_honoured():
    world = overdue()
    draft(world, "P-1", "600.00", "2026-03-27")
    world.do(c.ReversePayment(payment="P-1"))
    assert world.do(c.HonourPayment(payment="P-1")) == []


def test_D7_what_a_bill_grows_by_its_draft_does_not_cover():
    world = overdue().walk("2026-03-17")
    draft(world, "P-1", "1000.00", "2026-03-31")
    world.do(c.AmendInvoice(invoice="INV-1", amount="1500.00"))
    assert (world.case("INV-1").chased, world.case("INV-1").pause) == (50000, None)
    assert [e.why for e in world.events("case.resumed")] == ["amended"]


def test_D7_honoured_what_is_left_rests_as_long_as_its_plan():
    world = overdue().walk("2026-03-17")
    parts = (("2026-03-24", "700.00"), ("2026-03-26", "300.00"))
    terms = c.PlanTerms(parts=tuple(c.PartGiven(due_on=day(on), amount=amount) for on, amount in parts))
    world.do(c.AgreePlan(customer="C-1", cases=("INV-1",), terms=terms, reason="short"), by("supervisor"))
    draft(world, "P-1", "700.00", "2026-04-10")
    assert (world.case("INV-1").pause.reason, world.case("INV-1").pause.until) == ("draft", day("2026-04-10"))
    world.do(c.HonourPayment(payment="P-1"))
    assert (world.case("INV-1").pause.reason, world.case("INV-1").pause.until) == ("plan", day("2026-03-27"))


def test_D7_money_goes_where_a_draft_only_covers():
    world = overdue("2026-03-09", "2026-03-10")
    draft(world, "P-1", "600.00", "2026-03-27")
    world.pay("P-2", "1000.00")
    assert opened(world) == {"INV-1": 0, "INV-2": 1000}
