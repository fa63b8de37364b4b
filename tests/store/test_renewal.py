"""Alarms follow the tenant's days and windows, a slice at a time, whoever is stopped half-way (T2, T7)."""

import threading
import time as clockwork
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time

import pytest
from psycopg import errors
from sqlalchemy import Engine

from service.domain import commands as c
from service.domain.events.tenant import CalendarPublished
from service.domain.settings import Bank, Settings
from service.domain.workdays import Window
from service.engine import administer, renewal
from service.engine.administer import Change, settings_changed
from service.engine.desk import Desk
from service.engine.rebuild import rebuild
from service.engine.verify import Place
from service.runtime import opened, read_playbook
from service.settings import load
from service.store.database import connect
from service.worker import Loops
from tests.journeys.conftest import SECRET_KEY
from tests.store.histories import ERP, House, begin

EARLY = Settings(windows=(Window(time(7), time(8)),))
LATER = Settings(windows=(Window(time(10), time(12)),))


@pytest.fixture(scope="module")
def engine(database: str) -> Iterator[Engine]:
    engine = connect(database, 6)
    yield engine
    engine.dispose()


@pytest.fixture
def house(engine: Engine, database: str) -> House:
    """Four customers with four bills each, unconfirmed, and each a call task of which somebody will have to be reminded."""
    house = begin(engine, database, f"t-{uuid.uuid4().hex[:8]}")
    house.walk(datetime(2026, 1, 8, 10, tzinfo=UTC))
    return house


def choose(house: House, settings: Settings) -> None:
    administer.administer(house.engine, house.tenant, lambda tx, tenant: settings_changed(tx, tenant, settings), ERP)


def renew_all(house: House) -> int:
    """With a desk that remembers nothing; how many slices it took."""
    desk, slices = Desk(house.engine, frozenset({"letter"}), read_playbook), 1
    while renewal.renew(desk, house.tenant):
        slices += 1
    return slices


def place(house: House) -> str | None:
    ((found,),) = house.rows("SELECT renew_from FROM tenants WHERE id = %s", house.tenant)
    return None if found is None else str(found)


def alarms(house: House) -> dict[str, str]:
    """By bill and customer, at which time of day it is looked at."""
    rows = house.rows(
        """SELECT id, to_char(at AT TIME ZONE 'Asia/Shanghai', 'HH24:MI') FROM (
             SELECT id, next_at AS at FROM cases WHERE tenant = %s AND next_at IS NOT NULL
             UNION ALL SELECT id, own_at FROM customers WHERE tenant = %s AND own_at IS NOT NULL) AS found ORDER BY id""",
        house.tenant,
        house.tenant,
    )
    return dict(rows)


def opening_at(house: House, opens: str) -> set[str]:
    return {id for id, at in alarms(house).items() if at == opens}


def test_every_alarm_is_as_if_the_settings_had_always_been_so(house):
    before = opening_at(house, "09:00")
    assert {id[:2] for id in before} == {"C-", "IN"} and len(before) == 20
    choose(house, EARLY)
    assert opening_at(house, "09:00") == before
    renew_all(house)
    assert (opening_at(house, "09:00"), opening_at(house, "07:00"), place(house)) == (set(), before, None)
    assert house.found() == set()


def test_a_customer_is_woken_with_the_earliest_of_its_alarms(house):
    choose(house, EARLY)
    renew_all(house)
    rows = house.rows(
        """SELECT c.id FROM customers c WHERE tenant = %s AND wake_at IS DISTINCT FROM LEAST(own_at,
             (SELECT min(next_at) FROM cases k WHERE k.tenant = c.tenant AND k.customer = c.id))""",
        house.tenant,
    )
    assert rows == []


def test_no_transaction_touches_more_than_a_slice(house, monkeypatch):
    monkeypatch.setattr(renewal, "SLICE", 3)
    choose(house, EARLY)
    moved, total = [0], len(opening_at(house, "09:00"))
    while renewal.renew(house.desk, house.tenant):
        moved.append(total - len(opening_at(house, "09:00")) - sum(moved))
    assert (max(moved), sum(moved)) == (3, total)
    assert (opening_at(house, "09:00"), place(house), house.found()) == (set(), None, set())


def test_what_is_stopped_half_way_goes_on_from_there(house, monkeypatch):
    monkeypatch.setattr(renewal, "SLICE", 5)
    choose(house, EARLY)
    renewal.renew(house.desk, house.tenant)
    kept, renewed = place(house), opening_at(house, "07:00")
    assert kept == "C-0/INV-0-3" and len(renewed) == 5
    with house.owner() as busy:
        busy.execute("SELECT FROM customers WHERE tenant = %s AND id = 'C-1' FOR UPDATE", (house.tenant,))
        with pytest.raises(errors.LockNotAvailable):
            renewal.renew(house.desk, house.tenant)
    assert (place(house), opening_at(house, "07:00")) == (kept, renewed)
    assert renew_all(house) == 4
    assert (opening_at(house, "09:00"), house.found()) == (set(), set())


def test_settings_changed_meanwhile_begin_again(house, monkeypatch):
    monkeypatch.setattr(renewal, "SLICE", 5)
    choose(house, EARLY)
    renewal.renew(house.desk, house.tenant)
    choose(house, LATER)
    assert place(house) == ""
    renew_all(house)
    assert (opening_at(house, "07:00"), opening_at(house, "09:00"), house.found()) == (set(), set(), set())


def test_settings_changed_between_the_look_and_the_lock_are_not_worked_with(house):
    """The slice waits for the tenant while somebody changes it."""
    choose(house, EARLY)
    with house.owner() as other:
        other.execute("SELECT FROM tenants WHERE id = %s FOR UPDATE", (house.tenant,))
        slow = threading.Thread(target=renewal.renew, args=(house.desk, house.tenant))
        slow.start()
        await_blocked(house)
        other.execute("UPDATE tenants SET version = version + 1 WHERE id = %s", (house.tenant,))
    slow.join()
    assert (opening_at(house, "07:00"), place(house)) == (set(), "")


def test_several_clocks_at_once_and_people_meanwhile(house, monkeypatch):
    monkeypatch.setattr(renewal, "SLICE", 2)
    choose(house, EARLY)
    failed: list[Exception] = []

    def talk() -> None:
        for n in range(20):
            house.ask_note(f"C-{n % 4}", f"INV-{n % 4}-{n % 3}")

    threads = [threading.Thread(target=run, args=(work, failed)) for work in [lambda: renew_all(house)] * 3 + [talk]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (failed, opening_at(house, "09:00"), place(house), house.found()) == ([], set(), None, set())


def test_whoever_is_at_work_on_a_customer_is_waited_for(house):
    """A payment is about to close a bill: it has locked the customer, and cannot write yet."""
    choose(house, EARLY)
    failed: list[Exception] = []
    paid = c.ReceivePayment(
        payment="P-9",
        customer="C-1",
        amount="1200.00",
        currency="CNY",
        received_on=date(2026, 1, 8),
        allocations=[c.Allocation(invoice="INV-1-0", amount="1200.00")],
    )
    with house.owner() as other:
        other.execute("LOCK TABLE events IN SHARE MODE")
        threads = []
        for work in (lambda: house.ask(paid), lambda: renewal.renew(house.desk, house.tenant)):
            threads.append(threading.Thread(target=run, args=(work, failed)))
            threads[-1].start()
            await_blocked(house, len(threads))
    for thread in threads:
        thread.join()
    assert (failed, "INV-1-0" in alarms(house), house.found()) == ([], False, set())


def run(work: Callable[[], object], failed: list[Exception]) -> None:
    try:
        work()
    except Exception as error:
        failed.append(error)


def test_a_customer_with_more_bills_than_a_slice_passes_in_several(house, monkeypatch):
    monkeypatch.setattr(renewal, "SLICE", 2)
    choose(house, EARLY)
    places = []
    while renewal.renew(house.desk, house.tenant):
        places.append(place(house))
    assert places[:3] == ["C-0/INV-0-0", "C-0/INV-0-2", "C-1/"]


def test_customers_without_an_open_bill_are_passed(house, monkeypatch):
    monkeypatch.setattr(renewal, "PEOPLE", 2)
    house.ask(*(c.UpdateCustomer(customer=f"B-{n}", name="no bills") for n in range(5)))
    choose(house, EARLY)
    renew_all(house)
    assert (opening_at(house, "09:00"), place(house), house.found()) == (set(), None, set())


def test_a_sandbox_does_it_before_its_next_move(house):
    choose(house, EARLY)
    house.walk(datetime(2026, 1, 13, 10, tzinfo=UTC))
    fired = house.rows(
        """SELECT DISTINCT to_char(occurred_at AT TIME ZONE 'Asia/Shanghai', 'HH24:MI') FROM events
            WHERE tenant = %s AND type = 'case.reminded' AND occurred_at > '2026-01-08T12:00Z'""",
        house.tenant,
    )
    assert (fired, place(house)) == ([("07:00",)], None)


def test_until_it_is_done_verify_and_rebuild_take_alarms_of_before_for_right(house):
    choose(house, EARLY)
    assert house.found() == set()
    assert sum(one.mended for one in rebuild(house.desk, Place(house.tenant))) == 0
    house.tamper("UPDATE tenants SET renew_from = NULL WHERE id = %s", house.tenant)
    assert {what for what, _ in house.found()} == {"alarm"}


@pytest.mark.parametrize(
    "settings", [Settings(company="Acme"), Settings(banks={"CNY": Bank(payee="A", bank="B", account="1")})]
)
def test_what_has_nothing_to_do_with_days_leaves_alarms_alone(house, settings):
    choose(house, settings)
    assert place(house) is None


@pytest.mark.parametrize("settings", [EARLY, Settings(time_zone="Europe/Berlin"), Settings(country="DE")])
def test_what_has_does_not(house, settings):
    choose(house, settings)
    assert place(house) == ""
    renew_all(house)
    assert house.found() == set()


def test_T7_a_calendar_published_anew_renews_too(house):
    holiday = {"version": 2, "country": "CN", "closed": ["2026-01-09"], "published_until": 2026}
    administer.administer(house.engine, house.tenant, lambda *_: [Change(CalendarPublished(calendar=holiday))], ERP)
    assert administer.refresh_calendar(house.engine, house.tenant, ERP)
    assert place(house) == ""


def test_a_running_clock_does_it_between_what_is_due(house, database):
    house.tamper("UPDATE tenants SET follows = true, wake_at = '2090-01-01' WHERE id = %s", house.tenant)
    house.tamper("UPDATE customers SET wake_at = '2090-01-01' WHERE tenant = %s", house.tenant)
    choose(house, EARLY)
    with opened(load(database_url=database, secret_key=SECRET_KEY, pool_size=4)) as runtime:
        loops = Loops(runtime)
        loops.look()
        loops.stop()
    assert place(house) is None


def test_a_bill_that_is_posted_meanwhile_is_right_already(house, monkeypatch):
    monkeypatch.setattr(renewal, "SLICE", 5)
    choose(house, EARLY)
    renewal.renew(house.desk, house.tenant)
    house.ask(
        c.IssueInvoice(
            invoice="A-NEW",
            customer="C-0",
            amount="1.00",
            currency="CNY",
            issued_on=date(2026, 1, 8),
            due_on=date(2026, 6, 1),
        )
    )
    renew_all(house)
    assert alarms(house)["A-NEW"] == "07:00"
    assert house.found() == set()


def await_blocked(house: House, blocked: int = 1) -> None:
    """So many wait for a lock."""
    until = clockwork.monotonic() + 10
    while len(house.rows("SELECT pid FROM pg_locks WHERE NOT granted")) < blocked:
        assert clockwork.monotonic() < until, "nobody waits"
        clockwork.sleep(0.01)
