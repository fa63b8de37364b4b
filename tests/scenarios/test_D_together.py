"""Promises, plans, disputes, discounts, extensions and money in whatever order: what always holds of a bill (D1-D7)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain import commands as c
from service.domain.case import Case
from service.domain.refusals import Refused
from service.store import codec
from tests.examples import by
from tests.world import World

BILLS = ("INV-1", "INV-2")
DAYS = st.integers(0, 45)
AMOUNTS = st.sampled_from(("0.01", "50.00", "400.00", "600.00", "950.00", "1000.00"))
STATE_AT_MOST = 4096


def of_bill(make: Callable[..., c.Command], role: str, *given: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(st.just(make), st.just(role), st.sampled_from(BILLS), *given)


def promise(world: World, bill: str, amount: str | None, days: int) -> c.Command:
    due_on = world.scene.today + timedelta(days)
    return c.MakePromise(customer="C-1", cases=(bill,), amount=amount, due_on=due_on)


def plan(world: World, bill: str, count: int, days: int, both: bool) -> c.Command:
    terms = c.PlanTerms(count=count, first_on=world.scene.today + timedelta(days), every="P7D")
    return c.AgreePlan(customer="C-1", cases=BILLS if both else (bill,), terms=terms)


def dispute(world: World, bill: str, amount: str | None) -> c.Command:
    return c.OpenDispute(customer="C-1", cases=(bill,), reason="price", text="x", amount=amount)


def resolve(world: World, bill: str, n: int, outcome: Any) -> c.Command:
    return c.ResolveDispute(customer="C-1", case=bill, dispute=n, outcome=outcome, text="x")


def discount(world: World, bill: str, amount: str, days: int) -> c.Command:
    return c.OfferDiscount(customer="C-1", case=bill, amount=amount, ends_on=world.scene.today + timedelta(days), reason="x")


def extend(world: World, bill: str, days: int) -> c.Command:
    return c.ExtendCase(customer="C-1", case=bill, due_on=world.scene.today + timedelta(days), reason="x")


def pay(world: World, bill: str, amount: str, named: bool, late: int, draft: bool) -> c.Command:
    today = world.scene.today
    allocations = [c.Allocation(invoice=bill, amount=amount)] if named else []
    return c.ReceivePayment(
        payment=f"P-{len(world.account.payments)}",
        customer="C-1",
        amount=amount,
        currency="CNY",
        received_on=today - timedelta(late),
        allocations=allocations,
        method="acceptance_draft" if draft else "transfer",
        matures_on=today + timedelta(late + 5) if draft else None,
    )


def reverse(world: World, bill: str, n: int) -> c.Command:
    return c.ReversePayment(payment=f"P-{n}")


def honour(world: World, bill: str, n: int) -> c.Command:
    return c.HonourPayment(payment=f"P-{n}")


def credit(world: World, bill: str, amount: str) -> c.Command:
    return c.CreditInvoice(invoice=bill, amount=amount)


def amend(world: World, bill: str, amount: str) -> c.Command:
    return c.AmendInvoice(invoice=bill, amount=amount)


NTH = st.integers(0, 4)
ACTS = st.one_of(
    of_bill(promise, "supervisor", st.none() | AMOUNTS, DAYS),
    of_bill(plan, "supervisor", st.integers(1, 7), DAYS, st.booleans()),
    of_bill(dispute, "collector", st.none() | AMOUNTS),
    of_bill(resolve, "collector", st.integers(1, 3), st.sampled_from(("ours", "customers"))),
    of_bill(discount, "supervisor", AMOUNTS, DAYS),
    of_bill(extend, "supervisor", DAYS),
    of_bill(pay, "erp", AMOUNTS, st.booleans(), st.integers(0, 4), st.booleans()),
    of_bill(reverse, "erp", NTH),
    of_bill(honour, "erp", NTH),
    of_bill(credit, "erp", AMOUNTS),
    of_bill(amend, "erp", AMOUNTS),
    st.tuples(st.just("grant"), st.booleans()),
    st.tuples(st.just("walk"), st.integers(0, 20)),
)


def do(world: World, act: tuple[Any, ...]) -> None:
    match act:
        case ("walk", days):
            world.walk((world.scene.today + timedelta(days)).isoformat())
        case ("grant", agreed):
            for request in list(world.customer.requests.values()):
                kind = c.GrantApproval if agreed else c.RejectApproval
                more = {} if agreed else {"reason": "x"}
                role = world.account.approvals[request.id].role
                attempt(world, kind(customer="C-1", approval=request.id, **more), role)
        case (make, role, bill, *given):
            attempt(world, make(world, bill, *given), role)


def attempt(world: World, command: c.Command, role: str) -> None:
    """Refused it changes nothing."""
    before = dict(world.account.cases), world.account.customer
    try:
        world.do(command, by(role, "wu" if role == "manager" else None))
    except Refused:
        assert (world.account.cases, world.account.customer) == before


def check(case: Case) -> None:
    """What holds of a bill whatever has happened."""
    assert 0 <= case.disputed <= case.open <= case.amount
    assert 0 <= case.chased <= case.undisputed
    plan, promise = case.standing_plan(), case.standing_promise()
    assert plan is None or plan.next_part
    assert not (plan and promise)
    if case.stage == "closed":
        assert case.open == 0
        assert (plan, promise, case.disputes, case.tasks, case.requests, case.pause) == (None, None, (), {}, {}, None)
        assert case.discount is None or case.discount.state != "open"
    elif case.pause and case.pause.reason in ("plan", "draft", "dispute"):
        assert case.chased == 0
    elif not case.pause:
        assert case.chased > 0
    kinds = sorted(key.split(":")[0] for key in case.tasks if key.startswith(("dispute:", "credit:")))
    assert kinds == sorted("credit" if one.credit else "dispute" for one in case.disputes)
    kept = codec.encode_state(case)
    assert len(kept) <= STATE_AT_MOST
    assert codec.encode_state(codec.state(Case, kept)) == kept


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(ACTS, min_size=5, max_size=25))
def test_whatever_is_agreed_contested_paid_and_taken_back_the_bills_add_up(acts):
    world = World("2026-03-02")
    for bill, due in zip(BILLS, ("2026-03-04", "2026-03-20"), strict=True):
        world.owed(bill, due=due, issued="2026-03-02")
    for act in acts:
        do(world, act)
        for case in world.account.cases.values():
            check(case)
    for planned in world.events("plan.agreed"):
        assert sum(part.amount for part in planned.parts) == planned.amount
