"""`rebuild` makes the tables what they were, byte for byte, from the log alone, and loses nobody's work meanwhile (I24)."""

from collections.abc import Iterator
from itertools import islice
from threading import Event, Thread

import pytest

from service.engine import verify
from service.engine.desk import Desk
from service.engine.rebuild import rebuild
from service.engine.verify import Checked, Place
from service.runtime import read_playbook
from tests.store.histories import House, Vandal, begin

PROJECTIONS = (
    *("tenants", "customers", "cases", "payments", "tasks", "approvals", "playbooks", "mentions", "movements", "arrears"),
)


@pytest.fixture
def vandal(house: House) -> Iterator[Vandal]:
    vandal = Vandal(house)
    yield vandal
    vandal.put_back()


def mend(house: House, place: Place | None = None) -> list[Checked]:
    """A whole pass with a desk that remembers nothing."""
    desk = Desk(house.engine, frozenset({"letter"}), read_playbook)
    return list(rebuild(desk, place or Place(house.tenant)))


def stand(house: House) -> dict[str, list[str]]:
    return {table: house.dump(table) for table in PROJECTIONS}


def test_what_is_right_is_left_alone(house):
    before = house.rows("SELECT id, xmin::text FROM cases UNION ALL SELECT id, xmin::text FROM customers ORDER BY 1")
    assert sum(one.mended for one in mend(house)) == 0
    after = house.rows("SELECT id, xmin::text FROM cases UNION ALL SELECT id, xmin::text FROM customers ORDER BY 1")
    assert before == after


@pytest.mark.parametrize(
    "lost",
    [[table] for table in PROJECTIONS if table != "tenants"]
    + [["cases", "payments"], ["customers", "cases"], [table for table in PROJECTIONS if table != "tenants"]],
)
def test_whole_tables_come_back(house, vandal, monkeypatch, lost):
    monkeypatch.setattr(verify, "STREAMS", 7)
    before = stand(house)
    for table in lost:
        assert vandal.remove(table, "true") >= 1
    assert sum(one.mended for one in mend(house)) >= 1
    after = stand(house)
    for table in PROJECTIONS:
        assert after[table] == before[table], table
    assert house.found() == set()


CHANGES = [
    ("cases", "state = '{}', version = 1, hash = 'x', stage = 'legal', open_amount = 0", "id = 'INV-1-1'"),
    ("cases", "customer = 'C-0'", "id = 'INV-2-1'"),
    ("cases", "customer = 'C-NOBODY'", "id = 'INV-2-2'"),
    ("cases", "next_at = NULL", "id = 'INV-3-1'"),
    ("cases", "next_at = next_at + interval '40 days'", "id = 'INV-3-2'"),
    ("customers", "state = '[]', version = 3, name_key = '', segment = 'risk', hold = NULL, owner = ''", "id = 'C-1'"),
    ("customers", "wake_at = NULL, own_at = NULL", "id = 'C-2'"),
    ("payments", "state = '{}', rest = 0, amount = 1", "id = 'P-2'"),
    ("tasks", "state = 'open', ended_at = NULL, cases = '{}'", "state <> 'open'"),
    ("approvals", "state = 'open', answered_by = NULL", "true"),
    ("tenants", "state = '{}', version = 1, hash = NULL, kind = 'live'", "true"),
    ("playbooks", "text = ''", "true"),
    ("movements", "amount = amount + 1, due_on = NULL", "case_id = 'INV-1-1'"),
    ("movements", "customer = 'C-0'", "case_id = 'INV-2-1'"),
]


def test_whatever_was_altered_comes_back(house, vandal):
    before = stand(house)
    for table, change, where in CHANGES:
        assert vandal.change(table, change, where) >= 1
    for table, row in [("cases", "INV-X"), ("payments", "P-X"), ("tasks", "call~X"), ("approvals", "hold~X")]:
        vandal.copy(table, {"id": row, "customer": "C-3"})
    vandal.copy("movements", {"case_id": "INV-X", "customer": "C-3"})
    vandal.copy("mentions", {"case_id": "INV-0-0", "stream": "customer/C-0", "version": 1})
    mended = sum(one.mended for one in mend(house))
    assert mended >= len(CHANGES)
    assert house.found() == set()
    assert stand(house) == before


def test_what_a_broken_log_says_is_not_written(house, vandal):
    vandal.change(
        "events", "data = replace(data::text, '120000', '1')::json", "stream = 'case/INV-1-0' AND version = 1"
    )
    vandal.change("cases", "owner = 'nobody'", "id IN ('INV-1-0', 'INV-1-1')")
    before = stand(house)
    checked = mend(house)
    assert sum(one.broken for one in checked) == 1
    assert sum(one.mended for one in checked) == 1
    after = stand(house)
    assert after["tasks"] == before["tasks"] and after["mentions"] == before["mentions"]
    assert house.rows("SELECT owner FROM cases WHERE id = 'INV-1-0'") == [("nobody",)]


def test_private_details_messages_and_the_inbox_are_left_alone(house, vandal):
    kept = ("private", "messages", "message_items", "inbox", "outbox", "events")
    before = {table: house.dump(table) for table in kept}
    for table in ("cases", "customers", "tasks"):
        vandal.remove(table, "true")
    mend(house)
    assert {table: house.dump(table) for table in kept} == before


def test_it_goes_on_where_another_stopped(house, vandal, monkeypatch):
    monkeypatch.setattr(verify, "SET", 1)
    vandal.change("cases", "owner = 'nobody'", "true")
    desk = Desk(house.engine, frozenset({"letter"}), read_playbook)
    places = [str(one.place) for one in islice(rebuild(desk, Place(house.tenant)), 4)]
    assert places[-1] == "acme:customers:C-1"
    assert {where.split(".")[0] for _, where in house.found()} == {
        f"cases/INV-{n}-{k}" for n in (2, 3) for k in range(4)
    }
    mend(house, Place.read(places[-1]))
    assert house.found() == set()


def test_no_writers_work_is_lost_meanwhile(house):
    """Somebody breaks rows while people write and the clock walks; rebuild passes again and again (R5)."""
    busy = begin(house.engine, house.url, "busy")
    vandal = Vandal(busy)
    done = Event()
    written: list[int] = []

    def write() -> None:
        try:
            for n in range(60):
                customer = n % 4
                busy.ask_note(f"C-{customer}", f"INV-{customer}-{n % 3}")
                written.append(customer)
        finally:
            done.set()

    writer = Thread(target=write)
    writer.start()
    mended = 0
    while not done.is_set():
        vandal.change("cases", "owner = 'nobody', open_amount = 1", "id LIKE '%%-3'")
        vandal.change("customers", "name_key = 'nobody', wake_at = NULL", "version > 0")
        mended += sum(one.mended for one in mend(busy))
    writer.join()
    assert mended > 0
    mend(busy)
    assert busy.found() == set()
    assert len(written) == 60
    assert busy.rows("SELECT count(*) FROM events WHERE tenant = 'busy' AND type = 'note.added'") == [(60,)]


def test_whoever_works_on_a_customer_is_waited_for(house, vandal):
    vandal.change("cases", "owner = 'nobody'", "id IN ('INV-1-1', 'INV-2-1')")
    mending = Thread(target=mend, args=(house,))
    with house.owner() as writer:
        writer.execute("SELECT FROM customers WHERE tenant = 'acme' AND id = 'C-1' FOR UPDATE")
        mending.start()
        mending.join(1.0)
        assert mending.is_alive()
        assert ("column", "cases/INV-1-1.owner") in house.found()
    mending.join()
    assert house.found() == set()
