"""The log: appended to by many at once without a gap, read as a feed that never skips what commits late (I9, I25)."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier, Thread

import psycopg
import pytest
from sqlalchemy import Engine

from service.domain.events.case import Noted
from service.engine.asks import Ask
from service.engine.handle import handle
from service.store import chain, log
from service.store.database import Tx, connect, transaction
from tests.store.histories import ERP, House, begin

NOW = datetime(2026, 1, 5, 2, tzinfo=UTC)
START = (0, 0, 0)


@pytest.fixture(scope="module")
def engine(database: str) -> Iterator[Engine]:
    engine = connect(database, 8)
    yield engine
    engine.dispose()


@pytest.fixture
def tenant(request) -> str:
    return f"t{abs(hash(request.node.name))}"


def write(tx: Tx, stream: str, version: int, previous: bytes = chain.GENESIS, customer: str = "C-1") -> bytes:
    entry = log.entry(previous, stream, version, Noted(), "{}", customer, NOW, tx.now, NOW.date())
    log.append(tx, [entry])
    return entry.hash


def read(engine: Engine, tenant: str, after: tuple[int, int, int] = START, limit: int = 100, **wanted: str | None):
    with transaction(engine, tenant) as tx:
        found, place = log.feed(tx, after, limit, wanted.get("type"), wanted.get("customer"))
    return [row["stream"] for row in found], place


def test_the_feed_never_skips_what_commits_late(engine, tenant):
    with ExitStack() as early:
        first = early.enter_context(transaction(engine, tenant))
        write(first, "case/early", 1)  # the lower position and the older transaction, still open
        with transaction(engine, tenant) as second:
            write(second, "case/late", 1)
        seen, place = read(engine, tenant)
        assert seen == []  # rather late than with a gap
    more, _ = read(engine, tenant, place)
    assert more == ["case/early", "case/late"]


def test_a_transaction_that_begins_early_and_writes_late_is_not_skipped(engine, tenant):
    """The order is by transaction, not by position: it takes its number when it first writes."""
    with ExitStack() as slow:
        first = slow.enter_context(transaction(engine, tenant))
        write(first, "case/a", 1)
        with transaction(engine, tenant) as second:
            write(second, "case/b", 1)
        write(first, "case/c", 1)  # a higher position in an older transaction
        assert read(engine, tenant)[0] == []
    seen, place = read(engine, tenant)
    assert seen == ["case/a", "case/c", "case/b"]
    assert read(engine, tenant, place) == ([], place)


def test_the_feed_lags_while_anybody_writes_and_catches_up(engine, tenant):
    with transaction(engine, tenant) as tx:
        write(tx, "case/before", 1)
    with ExitStack() as elsewhere:
        other = elsewhere.enter_context(transaction(engine, f"{tenant}-other"))
        write(other, "case/x", 1)
        with transaction(engine, tenant) as tx:
            write(tx, "case/after", 1)
        seen, place = read(engine, tenant)
        assert seen == ["case/before"]
    assert read(engine, tenant, place)[0] == ["case/after"]


def test_a_transaction_undone_leaves_nothing(engine, tenant):
    with pytest.raises(psycopg.errors.DivisionByZero), transaction(engine, tenant) as tx:  # noqa: PT012
        write(tx, "case/a", 1)
        tx.rows("SELECT 1 / 0")
    assert read(engine, tenant)[0] == []


def test_pages_neither_skip_nor_repeat(engine, tenant):
    with transaction(engine, tenant) as tx:
        for n in range(25):
            write(tx, f"case/{n:02}", 1, customer=f"C-{n % 2}")
    seen: list[str] = []
    place = START
    while True:
        page, place = read(engine, tenant, place, limit=4)
        if not page:
            break
        seen += page
    assert seen == [f"case/{n:02}" for n in range(25)]
    odd, place = read(engine, tenant, limit=5, customer="C-1")
    assert odd == [f"case/{n:02}" for n in (1, 3, 5, 7, 9)]
    assert read(engine, tenant, place, customer="C-1")[0][0] == "case/11"
    assert read(engine, tenant, type="note.*")[0] == seen
    assert read(engine, tenant, type="case.*")[0] == []


def test_a_version_taken_meanwhile_fails_the_whole_transaction(engine, tenant):
    with transaction(engine, tenant) as tx:
        write(tx, "case/a", 1)
    with pytest.raises(psycopg.errors.UniqueViolation), transaction(engine, tenant) as tx:  # noqa: PT012
        write(tx, "case/b", 1)
        write(tx, "case/a", 1)
    assert read(engine, tenant)[0] == ["case/a"]


@pytest.mark.parametrize("statement", ["UPDATE events SET day = day", "DELETE FROM events", "TRUNCATE events"])
def test_nobody_rewrites_the_log(engine, database, tenant, statement):
    with transaction(engine, tenant) as tx:
        write(tx, "case/a", 1)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), transaction(engine, tenant) as tx:
        tx.run(statement)
    with psycopg.connect(database) as owner, pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        owner.execute(statement)


def test_an_instant_counts_the_same_in_every_zone():
    china = NOW.astimezone(timezone(timedelta(hours=8)))
    links = {chain.link(chain.GENESIS, "case/a", 1, "note.added", 1, "{}", "{}", at, at) for at in (NOW, china)}
    assert len(links) == 1


@pytest.fixture(scope="module")
def house(engine: Engine, database: str) -> House:
    return begin(engine, database, "acme")


def test_many_writers_to_one_customer_leave_no_gap(house):
    """Each takes the customer in turn; every note is there once, in a chain without a gap."""
    writers, notes = 6, 5
    start = Barrier(writers)
    failed: list[BaseException] = []

    def work() -> None:
        try:
            start.wait()
            for _ in range(notes):
                house.ask_note("C-1", "INV-1-0")
        except BaseException as error:
            failed.append(error)
            raise

    threads = [Thread(target=work) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    versions = [v for (v,) in house.rows("SELECT version FROM events WHERE stream = 'case/INV-1-0' ORDER BY version")]
    assert versions == list(range(1, len(versions) + 1))
    assert house.rows("SELECT count(*) FROM events WHERE type = 'note.added' AND stream = 'case/INV-1-0'") == [
        (writers * notes,)
    ]
    assert house.found() == set()


def test_two_customers_racing_for_one_bill_leave_one_case(house):
    """They hold different locks: the stream's key decides, and the loser hears it."""
    bill = house.a_bill("INV-RACE")
    start = Barrier(2)
    outcomes: list[str] = []

    def issue(customer: str) -> None:
        start.wait()
        [done] = handle(house.desk, house.tenant, [Ask(command=bill(customer), asker=ERP)])
        outcomes.append(done.refused.code if done.refused else done.status)

    threads = [Thread(target=issue, args=(customer,)) for customer in ("C-1", "C-2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["accepted", "invoice_exists"]
    assert house.found() == set()


def test_an_id_that_another_customer_has_is_taken(house):
    house.ask(house.a_bill("INV-TAKEN")("C-1"), house.a_payment("P-TAKEN")("C-1"))
    asks = [
        Ask(command=one, asker=ERP) for one in (house.a_bill("INV-TAKEN")("C-2"), house.a_payment("P-TAKEN")("C-2"))
    ]
    together = [done.refused.code for done in handle(house.desk, house.tenant, asks) if done.refused]
    assert together == ["invoice_exists", "payment_exists"]
    both = [Ask(command=house.a_bill("INV-BOTH")(customer), asker=ERP) for customer in ("C-1", "C-2")]
    first, second = handle(house.desk, house.tenant, both)
    assert first.status == "accepted"
    assert second.refused and second.refused.code == "invoice_exists"
    assert house.found() == set()
