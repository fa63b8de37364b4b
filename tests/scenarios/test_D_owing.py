"""What a decision changes of what a customer owes past its day: only what is open, since when, and what is due next."""

from datetime import date

from service.domain import commands as c
from service.engine.owing import moved
from service.store.arrears import Move
from tests.world import World

TODAY = date(2026, 3, 20)


def moves(world: World, *commands: c.Command, today: date = TODAY) -> list[Move]:
    before = len(world.account.happened)
    for command in commands:
        world.do(command)
    return moved(today, ((was, now) for _, was, now in world.account.since(before)))


def move(overdue: int, next_due: date | None = None) -> list[Move]:
    return [Move(customer="C-1", currency="CNY", overdue=overdue, next_due=next_due)]


def bill(invoice: str, due: date, amount: str = "10.00") -> c.IssueInvoice:
    return c.IssueInvoice(
        invoice=invoice, customer="C-1", amount=amount, currency="CNY", issued_on=date(2026, 3, 1), due_on=due
    )


def paid(amount: str) -> c.ReceivePayment:
    return c.ReceivePayment(payment="P-1", customer="C-1", amount=amount, currency="CNY", received_on=TODAY)


def world() -> World:
    world = World("2026-03-20")
    world.do(bill("OLD", date(2026, 3, 19)))
    world.do(bill("NEW", date(2026, 3, 20)))
    return world


def test_a_bill_is_overdue_from_the_day_after_its_due_day():
    fresh = World("2026-03-20")
    assert moves(fresh, bill("OLD", date(2026, 3, 19))) == move(1000)
    assert moves(fresh, bill("NEW", date(2026, 3, 20))) == move(0, date(2026, 3, 20))


def test_several_of_one_customer_are_one_move():
    bills = bill("A", date(2026, 3, 1)), bill("B", date(2026, 4, 2)), bill("C", date(2026, 4, 1)), paid("4.00")
    assert moves(World("2026-03-20"), *bills) == move(600, date(2026, 4, 1))


def test_money_takes_off_what_is_overdue_and_moves_nothing_of_what_is_not():
    house = world()
    assert moves(house, paid("12.00")) == move(-1000)


def test_what_opens_and_closes_at_once_moves_nothing():
    assert moves(World("2026-03-20"), bill("A", date(2026, 4, 1)), paid("10.00")) == []


def test_a_due_day_that_moves_away_takes_its_bill_along():
    house = world()
    assert moves(house, c.ChangeDueDate(invoice="OLD", due_on=date(2026, 5, 1))) == move(-1000, date(2026, 5, 1))


def test_a_bill_that_opens_again_is_due_again():
    house = world()
    house.do(paid("20.00"))
    reversed_ = moves(house, c.ReversePayment(payment="P-1", reason="bounced"))
    assert reversed_ == move(1000, date(2026, 3, 20))


def test_each_currency_is_counted_by_itself():
    euros = c.IssueInvoice(
        invoice="E", customer="C-1", amount="7.00", currency="EUR", issued_on=date(2026, 3, 1), due_on=date(2026, 3, 2)
    )
    assert [(one.currency, one.overdue) for one in moves(World("2026-03-20"), bill("A", date(2026, 3, 2)), euros)] == [
        ("CNY", 1000),
        ("EUR", 700),
    ]


def test_a_word_about_a_bill_moves_nothing():
    assert moves(world(), c.AddNote(customer="C-1", cases=("OLD",), text="called back")) == []
