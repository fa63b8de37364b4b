"""Invariants over random stories: money is never lost or invented (I1-I5), states stay whole and small, refusals
leave nothing, and evolve takes any event on any state."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from service.domain import commands as c
from service.domain.account import Account
from service.domain.case import Case
from service.domain.customer import Customer
from service.domain.events import CaseEvent, CustomerEvent, PaymentEvent
from service.domain.evolve import evolve_case, evolve_customer, evolve_payment
from service.domain.payment import Payment
from service.domain.refusals import Refused
from tests.examples import CLOCK, ERP, by, day
from tests.telling import snapshot
from tests.world import World

BILLS = [f"INV-{n}" for n in range(1, 5)]
PAYMENTS = [f"P-{n}" for n in range(1, 7)]
MANY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

amounts = st.integers(1, 250_000).map(lambda minor: f"{minor // 100}.{minor % 100:02}")
days = st.integers(0, 60).map(lambda n: date(2026, 3, 1) + timedelta(n))
bills, payments = st.sampled_from(BILLS), st.sampled_from(PAYMENTS)
wishes = st.lists(st.builds(c.Allocation, invoice=bills, amount=amounts), max_size=3)

facts: st.SearchStrategy[c.Command] = st.one_of(
    st.builds(
        c.ReceivePayment,
        payment=payments,
        customer=st.just("C-1"),
        amount=amounts,
        currency=st.sampled_from(["CNY", "CNY", "CNY", "USD"]),
        received_on=days,
        method=st.sampled_from(["transfer", "cheque"]),
        matures_on=st.none() | days,
        allocations=wishes,
    ),
    st.builds(c.HonourPayment, payment=payments),
    st.builds(c.ReversePayment, payment=payments),
    st.builds(c.AllocatePayment, payment=payments, allocations=wishes),
    st.builds(c.CreditInvoice, invoice=bills, amount=amounts),
    st.builds(c.AmendInvoice, invoice=bills, amount=amounts),
    st.builds(c.VoidInvoice, invoice=bills),
    st.builds(c.ChangeDueDate, invoice=bills, due_on=days),
    st.builds(c.ConfirmInvoice, invoice=bills, confirmed_on=days),
    st.builds(c.MakePromise, customer=st.just("C-1"), cases=st.tuples(bills), amount=amounts, due_on=days),
    st.builds(c.WriteOff, customer=st.just("C-1"), cases=st.tuples(bills), reason=st.just("why")),
)
waits = st.integers(0, 20)


def a_story() -> World:
    world = World("2026-03-02")
    for n, id in enumerate(BILLS):
        currency = "USD" if n == 3 else "CNY"
        world.bill(id, "2026-03-02", f"2026-03-{10 + n}", f"{(n + 1) * 400}.00", currency=currency)
    return world


def tell(world: World, command: c.Command) -> None:
    """Somebody says so who may; a write-off is agreed to at once."""
    world.do(command, by("supervisor") if isinstance(command, c.MakePromise | c.WriteOff) else ERP)
    if isinstance(command, c.WriteOff):
        world.grant(world.events("approval.requested", kind="write_off")[-1].approval)


def check_money(account: Account) -> None:
    """I1-I3 and I5 on every state there is."""
    for payment in account.payments.values():
        applied = sum(payment.applied.values())
        assert all(amount > 0 for amount in payment.applied.values())
        if payment.reversed_on or payment.draft:
            assert (applied, payment.rest) == (0, 0)
        else:
            assert applied + payment.rest == payment.amount and payment.rest >= 0  # I1
        assert all(account.cases[id].currency == payment.currency for id in payment.applied)  # I3
    for case in account.cases.values():
        standing = sum(payment.applied.get(case.id, 0) for payment in account.payments.values())
        assert case.paid == standing == sum(receipt.amount for receipt in case.receipts)  # I2
        assert case.open >= 0 and case.paid >= 0 and case.credited >= 0 and case.lost >= 0 and case.recovered >= 0
        assert case.open + case.lost + case.paid + case.credited == case.amount  # J2: written off is owed all the same
        assert (case.stage == "closed") == (case.open == 0 or case.closed_as == "voided")
        assert case.stage != "closed" or (case.lost > 0) == (case.closed_as == "written_off")
        assert all(type(amount) is int for amount in (case.amount, case.credited, case.paid))  # I5


@MANY
@given(st.lists(st.tuples(facts, waits), max_size=14))
def test_I1_I2_I3_I5_money_is_never_lost_invented_or_mixed(story: list[tuple[c.Command, int]]) -> None:
    world = a_story()
    for command, wait in story:
        before = snapshot(world.account)
        try:
            tell(world, command)
        except Refused:
            assert snapshot(world.account) == before
        check_money(world.account)
        world.walk(world.now + timedelta(wait, 3600))
        check_money(world.account)


@MANY
@given(st.lists(facts, max_size=8), amounts, wishes)
def test_I4_reversing_a_payment_restores_exactly_the_earlier_open_amounts(
    story: list[c.Command], amount: str, wanted: list[c.Allocation]
) -> None:
    world = a_story()
    for command in story:
        try:
            tell(world, command)
        except Refused:
            continue
    before = {id: (case.open, case.lost, case.closed_as) for id, case in world.account.cases.items()}
    stages = {id: (case.stage, case.level) for id, case in world.account.cases.items()}
    try:
        world.pay("P-LAST", amount, allocations=wanted)
    except Refused:
        assume(False)
    world.do(c.ReversePayment(payment="P-LAST"))
    after = {id: (case.open, case.lost, case.closed_as) for id, case in world.account.cases.items()}
    assert after == before
    assert {id: (case.stage, case.level) for id, case in world.account.cases.items()} == stages


# Evolve is total


def any_event(shape: Any) -> st.SearchStrategy[Any]:
    """Any value of an event's shape, every field drawn from its type."""
    return st.builds(shape, **{field.name: st.from_type(field.type) for field in msgspec.structs.fields(shape)})


st.register_type_strategy(str, st.sampled_from(["INV-1", "P-1", "call", "hold", "supervisor", "closed", "x"]))
st.register_type_strategy(int, st.integers(-(10**6), 10**6))
st.register_type_strategy(date, days)
st.register_type_strategy(msgspec.UnsetType, st.just(msgspec.UNSET))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_evolve_takes_any_event_on_any_state(data: st.DataObject) -> None:
    case, customer, payment = Case(id="INV-1"), Customer(id="C-1"), Payment(id="P-1")
    for _ in range(data.draw(st.integers(1, 12))):
        case = evolve_case(case, data.draw(any_event(data.draw(st.sampled_from(get_args(CaseEvent))))))
        customer = evolve_customer(customer, data.draw(any_event(data.draw(st.sampled_from(get_args(CustomerEvent))))))
        payment = evolve_payment(payment, data.draw(any_event(data.draw(st.sampled_from(get_args(PaymentEvent))))))
    assert case.version == customer.version == payment.version > 0
    for state in (case, customer, payment):
        assert msgspec.json.decode(msgspec.json.encode(state), type=type(state)) == state


# Random stories with people and the clock


people = st.one_of(
    st.builds(c.PauseCases, customer=st.just("C-1"), cases=st.tuples(bills), until=days, reason=st.just("why")),
    st.builds(c.ResumeCases, customer=st.just("C-1"), cases=st.tuples(bills)),
    st.builds(c.ReleaseHold, customer=st.just("C-1"), reason=st.just("why")),
    st.builds(c.ApplyHold, customer=st.just("C-1"), reason=st.just("why")),
    st.builds(c.FlagCases, customer=st.just("C-1"), cases=st.tuples(bills), flag=st.just("wilful")),
    st.builds(c.WriteOff, customer=st.just("C-1"), cases=st.sets(bills, min_size=1).map(tuple), reason=st.just("why")),
    st.builds(c.RequestTaxInvoice, invoice=bills),
    st.builds(c.DispatchTaxInvoice, invoice=bills),
    st.builds(c.CompletePod, invoice=bills),
    st.sampled_from(["grant", "reject", "finish", "sleep"]),
)


@MANY
@given(st.lists(st.tuples(st.one_of(facts, people), st.integers(0, 45)), max_size=12))
def test_whatever_people_do_the_clock_comes_to_rest_and_counts_agree(story: list[tuple[Any, int]]) -> None:
    world = a_story()
    for command, wait in story:
        with suppress(Refused):
            _do(world, command)
        if command == "sleep":
            world.now += timedelta(wait)
            world.wake()
        world.walk(world.now + timedelta(wait))
        _check_counts(world)


def _do(world: World, command: Any) -> None:
    kinds = sorted(world.customer.requests)
    if command in ("grant", "reject"):
        for kind in kinds:
            getattr(world, command)(kind)
    elif command == "finish":
        for kind in sorted(world.customer.tasks):
            world.finish(kind)
    elif command != "sleep":
        world.do(command, by("supervisor"))


def _check_counts(world: World) -> None:
    """Tasks and requests know how many bills they hold, and whose they are."""
    for kind in ("call", "visit"):
        task = world.customer.tasks.get(kind)
        inside = [case for case in world.account.cases.values() if task and case.tasks.get(kind) == task.id]
        assert (task.bills if task else 0) == len(inside)
        assert (task.raised if task else 0) == sum(case.level != "none" for case in inside)
        assert all(case.stage != "closed" and case.pause is None for case in inside)
    for request in world.customer.requests.values():
        behind = [case for case in world.account.cases.values() if case.requests.get(request.kind) == request.id]
        assert request.bills == len(behind)
        assert sorted(world.account.approvals[request.id].cases) == sorted(case.id for case in behind)


# Sizes


@pytest.mark.parametrize("promises", [False, True])
def test_a_state_stays_small_after_ten_months_of_an_unpaid_bill(promises: bool) -> None:
    world = World("2026-01-05")
    world.bill("INV-1", "2026-01-05", "2026-02-05")
    for n in range(40):
        world.walk(world.now + timedelta(7))
        for kind in sorted(world.customer.requests):
            (world.grant if n % 3 else world.reject)(kind)
        if promises and world.case("INV-1").standing_promise() is None:
            world.promise("INV-1", (world.scene.today + timedelta(3)).isoformat(), "10.00")
            world.pay(f"PAYMENT-OF-A-LONG-NUMBER-{n:030}", "1.00")
    assert world.now.date() > day("2026-10-01")
    assert len(msgspec.json.encode(world.case("INV-1"))) < 4096
    assert len(msgspec.json.encode(world.customer)) < 4096


def test_a_refused_command_leaves_the_account_untouched() -> None:
    world = a_story()
    before = snapshot(world.account)
    command = c.ReceivePayment(
        payment="P-1",
        customer="C-1",
        amount="10.00",
        currency="CNY",
        allocations=[c.Allocation(invoice="INV-1", amount="5.00"), c.Allocation(invoice="INV-4", amount="5.00")],
    )
    with pytest.raises(Refused, match="currency_mismatch"):
        world.do(command, CLOCK)
    # half of it had been done before the refusal: the first bill was paused already
    with pytest.raises(Refused, match="unknown_invoice"):
        world.do(
            c.PauseCases(customer="C-1", cases=("INV-1", "NONE"), until=day("2026-03-12"), reason="x"), by("collector")
        )
    assert snapshot(world.account) == before
