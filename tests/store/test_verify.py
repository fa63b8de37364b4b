"""`verify` finds nothing in what the service wrote, and one changed byte of what somebody else did (I8, I9, I23, I24)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Event, Thread

import pytest

from service.engine import verify
from service.engine.desk import UnknownTenant
from service.engine.roots import root
from service.engine.verify import Place
from service.store import movements, tables
from tests.store.histories import House, Vandal, begin


@pytest.fixture
def vandal(house: House) -> Iterator[Vandal]:
    """Whatever it changes is put back."""
    vandal = Vandal(house)
    yield vandal
    vandal.put_back()


def test_nothing_differs_after_ten_months(house):
    types = {type for (type,) in house.rows("SELECT DISTINCT type FROM events")}
    assert {"payment.reversed", "promise.broken", "approval.granted", "approval.rejected", "hold.applied"} <= types
    assert {"plan.agreed", "plan.broken", "approval.expired", "case.asked", "dispute.resolved"} <= types
    assert {"discount.taken", "invoice.due_date_changed"} <= types
    assert house.found() == set()
    assert sum(one.events for one in house.verify()) == house.rows("SELECT count(*) FROM events")[0][0]


EVENT = ("case/INV-1-0", 3)


@pytest.mark.parametrize(
    ("change", "what", "where"),
    [
        ("data = replace(data::text, '2026', '2027')::json", "chain", "case/INV-1-0@3"),
        ("data = (data::text || ' ')::json", "chain", "case/INV-1-0@3"),
        ("meta = replace(meta::text, '\"', ' \"')::json", "chain", "case/INV-1-0@3"),
        ("version = 1003", "gap", "case/INV-1-0@4"),
        ("type = 'case.resumed'", "chain", "case/INV-1-0@3"),
        ("type = 'nonsense'", "chain", "case/INV-1-0@3"),
        ("type = 'payment.received'", "unreadable", "case/INV-1-0@3"),
        ("stream = 'case/INV-9'", "gap", "case/INV-1-0@4"),
        ("stream = 'xase/INV-1-0'", "stream", "xase/INV-1-0"),
        ("schema = 2", "chain", "case/INV-1-0@3"),
        ("occurred_at = occurred_at + interval '1 microsecond'", "chain", "case/INV-1-0@3"),
        ("recorded_at = recorded_at - interval '1 microsecond'", "chain", "case/INV-1-0@3"),
        ("hash = set_bit(hash, 77, 1 - get_bit(hash, 77))", "chain", "case/INV-1-0@3"),
        ("customer = 'C-2'", "owner", "case/INV-1-0"),
    ],
)
def test_one_changed_byte_of_an_event_is_found(house, vandal, change, what, where):
    vandal.change("events", change, "stream = %s AND version = %s", *EVENT)
    assert (what, where) in house.found()


@pytest.mark.parametrize(
    ("stream", "type"), [("customer/C-0", "customer.updated"), ("payment/P-2", "payment.received"), ("tenant", "%")]
)
def test_every_kind_of_stream_is_chained(house, vandal, stream, type):
    vandal.change(
        "events", "data = (data::text || ' ')::json", "stream = %s AND version = 1 AND type LIKE %s", stream, type
    )
    assert ("chain", f"{stream}@1") in house.found() or ("chain", "tenant@1") in house.found()


def test_the_business_day_of_money_is_found(house, vandal):
    vandal.change("events", "day = day + 1", "stream = 'payment/P-2' AND version = 1")
    assert house.found() == {("day", "payment/P-2@1")}


def test_the_middle_of_a_stream_taken_out_is_found(house, vandal):
    vandal.remove("events", "stream = %s AND version = %s", *EVENT)
    assert ("gap", "case/INV-1-0@4") in house.found()


def test_a_whole_stream_taken_out_is_found(house, vandal):
    vandal.remove("events", "stream = 'case/INV-1-0'")
    assert ("extra", "cases/INV-1-0") in house.found()


DERIVED = [
    (table, column)
    for table in ("cases", "customers", "payments", "tasks", "approvals")
    for column in tables.metadata.tables[table].columns.keys()  # noqa: SIM118 - no dict
    if column not in ("tenant", "id")
]
WHERE = {
    "cases": "id = 'INV-3-3'",
    "customers": "id = 'C-1'",
    "payments": "id = 'P-2'",
    "tasks": "state = 'completed'",
    "approvals": "state = 'rejected'",
}
OTHER = {"closed_as": "'paid'", "stage": "'closed'", "next_at": "NULL", "own_at": "NULL", "wake_at": "NULL"}
CHANGED = {
    "JSON": "({0}::text || ' ')::json",
    "TEXT": "COALESCE({0}, '') || 'x'",
    "INTEGER": "COALESCE({0}, 0) + 1",
    "BIGINT": "COALESCE({0}, 0) + 1",
    "NUMERIC": "{0} + 1",
    "BOOLEAN": "NOT {0}",
    "DATE": "COALESCE({0}, '2026-01-01') + 1",
    "TIMESTAMP": "COALESCE({0}, '2026-01-01 00:00+00') + interval '1 microsecond'",
    "BYTEA": "set_bit({0}, 3, 1 - get_bit({0}, 3))",
    "ARRAY": "{0} || 'x'::text",
}


@pytest.mark.parametrize(("table", "column"), DERIVED)
def test_every_column_of_a_projection_is_compared(house, vandal, table, column):
    kind = type(tables.metadata.tables[table].columns[column].type).__name__
    kind = {"Text": "TEXT", "Integer": "INTEGER", "BigInteger": "BIGINT", "LargeBinary": "BYTEA"}.get(
        kind, kind.upper()
    )
    change = OTHER.get(column) or CHANGED[{"DATETIME": "TIMESTAMP", "SMALLINTEGER": "INTEGER"}.get(kind, kind)].format(
        column
    )
    where = WHERE[table]
    if column in ("next_at", "closed_as", "stage"):
        where = "id = 'INV-1-0'" if column == "next_at" else "id = 'INV-0-0'"
        change = {"closed_as": "closed_as = 'credited'", "stage": "stage = 'legal', closed_as = NULL"}.get(
            column, f"{column} = {change}"
        )
    elif column in ("own_at", "wake_at"):
        where = "id = 'C-2'"
        change = f"{column} = {column} + interval '1 day'"
    else:
        change = f"{column} = {change}"
    assert vandal.change(table, change, where) >= 1
    assert any(at.startswith(f"{table}/") and at.endswith(f".{column}") for _, at in house.found())


@pytest.mark.parametrize(
    ("table", "where", "found"),
    [
        ("cases", "id = 'INV-1-0'", ("missing", "cases/INV-1-0")),
        ("payments", "id = 'P-1'", ("missing", "payments/P-1")),
        ("customers", "id = 'C-1'", ("missing", "customers/C-1")),
        ("tasks", "state = 'completed'", None),
        ("approvals", "state = 'rejected'", None),
        ("mentions", "stream = 'payment/P-2'", None),
        ("movements", "case_id = 'INV-1-0' AND version = 1", ("movements", "movements/INV-1-0")),
        ("playbooks", "name = 'standard'", ("missing", "playbooks/standard 1")),
    ],
)
def test_a_row_taken_out_is_found(house, vandal, table, where, found):
    assert vandal.remove(table, where) >= 1
    told = house.found()
    assert found in told if found else any(what == "missing" and at.startswith(f"{table}/") for what, at in told)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("cases", {"id": "INV-X"}),
        ("payments", {"id": "P-X"}),
        ("tasks", {"id": "call~X"}),
        ("approvals", {"id": "hold~X"}),
    ],
)
def test_a_row_too_many_is_found(house, vandal, table, change):
    vandal.copy(table, change)
    assert ("extra", f"{table}/{change['id']}") in house.found()


def test_a_mention_too_many_is_found(house, vandal):
    vandal.copy("mentions", {"case_id": "INV-0-0", "stream": "customer/C-0", "version": 1})
    assert house.found() == {("extra", "mentions of C-0")}


@pytest.mark.parametrize("column", [name for name in movements.COLUMNS if name not in ("customer", "case_id")])
def test_every_column_of_what_reports_add_up_is_compared(house, vandal, column):
    kind = {"version": "INTEGER", "part": "INTEGER", "amount": "BIGINT", "recorded_at": "TIMESTAMP"}.get(column, "TEXT")
    change = CHANGED["DATE" if column in ("day", "due_on") else kind].format(column)
    vandal.change("movements", f"{column} = {change}", "case_id = 'INV-1-1' AND kind = 'credited'")
    assert house.found() == {("movements", "movements/INV-1-1")}


@pytest.mark.parametrize("change", [{"case_id": "INV-X"}, {"customer": "C-3", "case_id": "INV-1-1"}])
def test_money_of_a_bill_that_is_not_the_customers_is_found(house, vandal, change):
    vandal.copy("movements", {"customer": "C-3"} | change)
    assert house.found() == {("extra", "movements of C-3")}


def test_a_bill_under_another_customer_is_found(house, vandal):
    vandal.change("cases", "customer = 'C-3'", "id = 'INV-1-0'")
    assert ("column", "cases/INV-1-0.customer") in house.found()
    vandal.change("cases", "customer = 'C-NOBODY'", "id = 'INV-1-0'")
    assert ("column", "cases/INV-1-0.customer") in house.found()


@pytest.mark.parametrize(
    ("table", "change", "found"),
    [
        (
            "tenants",
            "state = replace(state::text, 'Asia/Shanghai', 'Asia/Hong_Kong')::json",
            ("state", "tenants.state"),
        ),
        ("tenants", "state = '{}'", ("state", "tenants.state")),
        ("tenants", "hash = NULL", ("head", "tenants.hash")),
        ("tenants", "kind = 'live'", ("head", "tenants.kind")),
        ("playbooks", "text = replace(text, 'P7D', 'P8D')", ("column", "playbooks/standard 1")),
    ],
)
def test_the_tenant_itself_is_compared(house, vandal, table, change, found):
    vandal.change(table, change, "true")
    assert found in house.found()


def test_an_early_alarm_does_no_harm(house, vandal):
    vandal.change("cases", "next_at = next_at - interval '3 days'", "next_at IS NOT NULL")
    vandal.change("customers", "wake_at = wake_at - interval '3 days'", "wake_at IS NOT NULL")
    assert house.found() == set()


def test_a_pass_goes_on_where_another_stopped(house, monkeypatch):
    monkeypatch.setattr(verify, "SET", 2)
    monkeypatch.setattr(verify, "STREAMS", 5)
    places = [str(one.place) for one in house.verify()]
    assert places[-2:] == ["acme:customers:C-1", "acme:customers:C-3"]
    assert len(places) == len(set(places)) == 1 + 6 + 2
    whole = house.verify()
    for index, one in enumerate(whole):
        rest = house.verify(Place.read(str(one.place)))
        assert [step.events for step in rest] == [step.events for step in whole[index + 1 :]]


@pytest.mark.parametrize("text", ["", "acme", "acme:", "acme:nowhere:x", ":tenant:"])
def test_a_made_up_place_is_refused(text):
    with pytest.raises(ValueError, match=".*"):
        Place.read(text)


def test_an_unknown_tenant_is_said(house):
    with pytest.raises(UnknownTenant):
        list(verify.verify(house.desk, Place("nobody")))


def test_a_tail_cut_off_shows_against_an_earlier_root(house, vandal):
    kept = root(house.desk, "acme")
    assert kept.events == house.rows("SELECT count(*) FROM events")[0][0]
    house.ask_note("C-2", "INV-2-1")
    assert root(house.desk, "acme", kept) == kept != root(house.desk, "acme")
    ((version,),) = house.rows("SELECT version FROM cases WHERE id = 'INV-1-2'")
    vandal.remove("events", "stream = 'case/INV-1-2' AND version = %s", version)
    assert ("head", "cases/INV-1-2.version") in house.found()
    assert root(house.desk, "acme", kept).events == kept.events - 1


LOOKS = 5


def test_nothing_differs_while_the_clock_walks_and_people_write(house):
    """In each snapshot the tables equal the log, whatever happens meanwhile (R5)."""
    busy = begin(house.engine, house.url, "busy")
    done = Event()

    def live() -> None:
        try:
            busy.live(datetime(2026, 4, 5, tzinfo=UTC))
            while looks < LOOKS:
                busy.ask_note("C-2", "INV-2-1")
        finally:
            done.set()

    looks, found = 0, set()
    writer = Thread(target=live)
    writer.start()
    while not done.is_set():
        found |= busy.found()
        looks += 1
    writer.join()
    assert found == set()
    assert looks >= LOOKS
    assert busy.found() == set()
