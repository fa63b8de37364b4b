"""Digests on a real database: one a role, tenant and day, whoever tells and whatever breaks meanwhile (F2)."""

import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from time import monotonic, sleep

import psycopg
import pytest
from sqlalchemy import Engine

from service.domain import commands as c
from service.domain.events.tenant import CalendarPublished
from service.domain.settings import Settings
from service.domain.workdays import Window
from service.engine import administer, calendar_steps, digests, tick
from service.engine.administer import Change
from service.store.database import connect
from service.store.shipped import shipped_playbooks
from tests.store.histories import ERP, House

POSTED = datetime(2026, 6, 10, 0, 0, tzinfo=UTC)  # a Wednesday, 08:00 in Shanghai
OPENED = datetime(2026, 6, 10, 1, 0, tzinfo=UTC)
NO_DAY_OFF = {"version": 2, "country": "CN", "weekend": [], "published_until": 9999}
LONG_DUE, MONTH_DUE = date(2026, 1, 9), date(2026, 5, 8)  # at the general manager's level, and at the manager's


@pytest.fixture(scope="module")
def engine(database: str) -> Iterator[Engine]:
    engine = connect(database, 6)
    yield engine
    engine.dispose()


@pytest.fixture
def house(engine: Engine, database: str) -> House:
    """Six customers whose old bills were posted an hour before the window."""
    tenant = f"t-{uuid.uuid4().hex[:8]}"
    administer.create(engine, tenant, "sandbox", Settings(), shipped_playbooks(), ERP, POSTED)
    house = House(engine, database, tenant)
    for n in range(6):
        post(house, f"C-{n}", old=LONG_DUE, month=MONTH_DUE)
    return house


def post(house: House, customer: str, **bills: date) -> None:
    """Bills of a new customer, by name and due day."""
    house.ask(c.UpdateCustomer(customer=customer, name=customer))
    for name, due in bills.items():
        house.ask(
            c.IssueInvoice(
                invoice=f"{customer}-{name}",
                customer=customer,
                amount="100.00",
                currency="CNY",
                issued_on=date(2025, 12, 1),
                due_on=due,
                confirmation_required=False,
            )
        )


def pay(house: House, *bills: str) -> None:
    for bill in bills:
        customer = "-".join(bill.split("-")[:2])
        part = c.Allocation(invoice=bill, amount="100.00")
        house.ask(
            c.ReceivePayment(
                payment=f"P-{bill}",
                customer=customer,
                amount="100.00",
                currency="CNY",
                received_on=date(2026, 6, 10),
                allocations=[part],
            )
        )


def wake_all(house: House, now: datetime = OPENED) -> None:
    while tick.wake(house.desk, house.tenant, now):
        pass


def told(house: House) -> list[tuple[str, str, int, int]]:
    """`06-10 09:00`, the role, how many customers and bills: every digest in the log, in order."""
    rows = house.rows(
        """SELECT to_char(occurred_at AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI'), data->'audience'->>0,
                  (data->>'customer_count')::int, (data->>'bills')::int FROM events
            WHERE tenant = %s AND stream = 'tenant' AND data->>'text' = 'backfilled' ORDER BY version""",
        house.tenant,
    )
    return [(at, role, customers, bills) for at, role, customers, bills in rows]


def left(house: House) -> int:
    return len(house.dump("digests"))


BOTH = [("06-10 09:00", "general_manager", 6, 6), ("06-10 09:00", "manager", 6, 6)]


def test_F2_a_walk_tells_each_role_once_of_all_customers(house, monkeypatch):
    monkeypatch.setattr(tick, "SLICE", 4)
    house.walk(datetime(2026, 6, 12, 10, tzinfo=UTC))
    assert told(house) == BOTH
    ((customers, cases),) = house.rows(
        """SELECT data->'customers', data->'cases' FROM events
            WHERE tenant = %s AND stream = 'tenant' AND data->'audience'->>0 = 'manager'""",
        house.tenant,
    )
    assert (customers, cases) == ([f"C-{n}" for n in range(6)], [f"C-{n}-month" for n in range(6)])
    assert left(house) == 0
    assert house.found() == set()


def test_F2_nobody_is_told_before_everybody_has_been_looked_at(house, monkeypatch):
    monkeypatch.setattr(tick, "SLICE", 2)
    tick.wake(house.desk, house.tenant, OPENED)
    digests.tell(house.desk, house.tenant, OPENED)
    assert (told(house), left(house)) == ([], 4)
    wake_all(house)
    digests.tell(house.desk, house.tenant, OPENED)
    assert told(house) == BOTH


def test_F2_of_several_clocks_one_tells(house):
    wake_all(house)
    together, failed = threading.Barrier(4), []

    def tell() -> None:
        together.wait()
        try:
            digests.tell(house.desk, house.tenant, OPENED)
        except Exception as error:
            failed.append(error)

    clocks = [threading.Thread(target=tell) for _ in range(4)]
    for clock in clocks:
        clock.start()
    for clock in clocks:
        clock.join()
    assert (failed, told(house), left(house)) == ([], BOTH, 0)


def test_F2_a_clock_that_saw_the_queue_before_another_told_tells_nobody_again(house):
    """Between its look and its turn the other one told the roles, and more bills came."""
    wake_all(house)
    with house.owner() as other:
        other.execute("SELECT FROM tenants WHERE id = %s FOR UPDATE", (house.tenant,))
        slow = threading.Thread(target=digests.tell, args=(house.desk, house.tenant, OPENED))
        slow.start()
        await_blocked(house)
        other.execute(
            "UPDATE tenants SET state = jsonb_set(state::jsonb, '{digest_on}', %s::jsonb)::json WHERE id = %s",
            ('{"general_manager": "2026-06-10", "manager": "2026-06-10"}', house.tenant),
        )
    slow.join()
    assert (told(house), left(house)) == ([], 12)


def test_F2_what_breaks_off_half_way_has_told_nobody_and_lost_nothing(house):
    wake_all(house)
    broken: list[Exception] = []
    alone = connect(house.url, 1)  # a pool forgets every connection of it when one breaks

    def tell() -> None:
        try:
            digests.tell(House(alone, house.url, house.tenant).desk, house.tenant, OPENED)
        except psycopg.OperationalError as error:
            broken.append(error)

    with house.owner() as other:
        other.execute("LOCK TABLE events IN SHARE MODE")  # the queue is emptied, the notices cannot be written
        clock = threading.Thread(target=tell)
        clock.start()
        other.execute("SELECT pg_terminate_backend(%s)", (await_blocked(house),))
    clock.join()
    alone.dispose()
    assert (len(broken), told(house), left(house)) == (1, [], 12)
    digests.tell(house.desk, house.tenant, OPENED)
    assert (told(house), left(house)) == (BOTH, 0)


def await_blocked(house: House) -> int:
    """The backend that waits for a lock."""
    until = monotonic() + 10
    while monotonic() < until:
        rows = house.rows("SELECT pid FROM pg_locks WHERE NOT granted")
        if rows:
            return int(rows[0][0])
        sleep(0.01)
    raise AssertionError("nobody waits")


def test_F2_what_is_backfilled_later_the_same_day_waits_for_the_next_open_day(house):
    house.walk(datetime(2026, 6, 10, 2, tzinfo=UTC))
    post(house, "C-6", old=LONG_DUE)
    house.walk(datetime(2026, 6, 10, 12, tzinfo=UTC))
    assert (told(house), left(house)) == (BOTH, 1)
    house.walk(datetime(2026, 6, 15, 10, tzinfo=UTC))
    assert told(house)[2:] == [("06-11 09:00", "general_manager", 1, 1)]


def test_F2_another_role_is_told_the_same_day(house):
    house.walk(datetime(2026, 6, 10, 2, tzinfo=UTC))
    post(house, "C-6", fortnight=date(2026, 5, 26))
    house.walk(datetime(2026, 6, 10, 12, tzinfo=UTC))
    assert told(house)[2:] == [("06-10 10:00", "supervisor", 1, 1)]


def test_F2_nothing_waits_for_a_clock_that_moved_on_without_telling(house):
    wake_all(house)
    house.walk(datetime(2026, 6, 10, 2, tzinfo=UTC))
    assert told(house) == BOTH


def test_F2_an_instant_that_a_crash_cut_short_is_told_at_that_instant(house):
    """Everybody was looked at, but the sandbox's clock still stands before."""
    wake_all(house, datetime(2026, 6, 11, 1, 30, tzinfo=UTC))
    digests.tell(house.desk, house.tenant, OPENED)
    assert told(house) == []
    house.walk(datetime(2026, 6, 12, 10, tzinfo=UTC))
    assert told(house) == [(at.replace("06-10 09:00", "06-11 09:30"), *rest) for at, *rest in BOTH]


def test_F2_what_will_come_later_is_not_told_before(house):
    """The clock stands before an instant that a crash cut short; meanwhile another customer's bill came."""
    wake_all(house, datetime(2026, 6, 11, 1, 30, tzinfo=UTC))
    post(house, "C-6", old=LONG_DUE)
    house.walk(datetime(2026, 6, 10, 2, tzinfo=UTC))
    assert told(house) == [("06-10 09:00", "general_manager", 1, 1)]
    house.walk(datetime(2026, 6, 12, 10, tzinfo=UTC))
    assert told(house)[1:] == [("06-11 09:30", role, 6, 6) for role in ("general_manager", "manager")]


def test_F2_a_bill_that_a_role_would_have_been_told_of_twice_is_told_once(house):
    wake_all(house)
    digests.tell(house.desk, house.tenant, OPENED)
    post(house, "C-6", fortnight=date(2026, 5, 20))
    house.ask(c.RequestTaxInvoice(invoice="C-6-fortnight"))
    house.walk(datetime(2026, 6, 10, 2, tzinfo=UTC))
    skipped = house.rows(
        """SELECT data->>'step' FROM events WHERE tenant = %s AND stream = 'case/C-6-fortnight'
              AND data::jsonb->'digest' ? 'supervisor' ORDER BY 1""",
        house.tenant,
    )
    assert skipped == [("overdue-supervisor",), ("tax-invoice-not-dispatched",)]
    assert told(house)[2:] == [("06-10 09:00", role, 1, 1) for role in ("finance", "supervisor")]


def test_F2_what_was_paid_meanwhile_is_left_out(house):
    house.walk(datetime(2026, 6, 10, 2, tzinfo=UTC))
    post(house, "C-6", old=LONG_DUE, older=LONG_DUE, month=MONTH_DUE)
    house.walk(datetime(2026, 6, 10, 3, tzinfo=UTC))
    assert left(house) == 3
    pay(house, "C-6-old", "C-6-month")
    house.walk(datetime(2026, 6, 12, 10, tzinfo=UTC))
    assert told(house)[2:] == [("06-11 09:00", "general_manager", 1, 1)]
    assert left(house) == 0


def test_F2_a_running_clock_tells_once_a_minute_has_brought_nothing_more(engine, database):
    tenant = f"t-{uuid.uuid4().hex[:8]}"
    house = House(engine, database, tenant)
    open_all_day = Settings(windows=(Window(time(0), time.max),))
    administer.create(engine, tenant, "live", open_all_day, shipped_playbooks(), ERP, None)
    administer.administer(engine, tenant, lambda *_: [Change(CalendarPublished(calendar=NO_DAY_OFF))], ERP)
    post(house, "C-0", old=LONG_DUE)
    tick.tick(house.desk, tenant)
    digests.tell(house.desk, tenant)
    assert (told(house), left(house)) == ([], 1)
    with house.owner() as clockmaker:
        clockmaker.execute("UPDATE digests SET at = at - interval '1 minute' WHERE tenant = %s", (tenant,))
    digests.tell(house.desk, tenant)
    assert ([rest for _, *rest in told(house)], left(house)) == ([["general_manager", 1, 1]], 0)


def test_A1_the_notice_counts_the_customers(house):
    for n in range(3):
        house.ask(c.UpdateCustomer(customer=f"M-{n}", name="monthly", billing_cycle="monthly"))
    calendar_steps.fire(house.desk, house.tenant, OPENED)
    calendar_steps.fire(house.desk, house.tenant, datetime(2026, 7, 6, 1, tzinfo=UTC))
    rows = house.rows(
        """SELECT data->'customers', data->'customer_count' FROM events
            WHERE tenant = %s AND data->>'text' = 'bills_missing'""",
        house.tenant,
    )
    assert rows == [(["M-0", "M-1", "M-2"], 3)]
