"""What came of webhook attempts is written down once, whoever else is at the same rows."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from threading import Timer

import psycopg
import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from service.channels.outcome import Failed, Sent
from service.engine.recording import Records
from service.store import endpoints, outbox
from service.store.database import connect, transaction

TENANT, ENDPOINT = "acme", "we_1"
LEASE = timedelta(minutes=1)
_numbers = count(1)


@pytest.fixture(scope="module")
def engine(database: str) -> Iterator[Engine]:
    engine = connect(database, 8)
    with transaction(engine, TENANT) as tx:
        endpoints.insert(tx, ENDPOINT, "https://hooks.example/", ["*"], None, None, b"sealed")
    yield engine
    engine.dispose()


@pytest.fixture
def owner(database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database) as owner:
        yield owner


def claimed(engine: Engine, deliveries: int) -> list[outbox.Claimed]:
    """So many new deliveries, each taken for its first attempt."""
    letters = [outbox.Letter(f"case/I-{next(_numbers)}", 1, "case.closed", [], "{}", [ENDPOINT]) for _ in range(deliveries)]
    with transaction(engine, TENANT) as tx:
        outbox.put(tx, letters, tx.now)
        ids = [id for _, id, _ in outbox.due(tx, tx.now, 1000)]
        return outbox.claim(tx, ids, tx.now, tx.now + LEASE)


def told(owner: psycopg.Connection, one: outbox.Claimed) -> tuple[str, str, int | None]:
    """The delivery's state, its attempt's outcome and status."""
    owner.rollback()
    row = owner.execute(
        """SELECT d.state, a.outcome, a.status FROM deliveries d JOIN attempts a ON a.delivery = d.id AND a.number = %s
            WHERE d.id = %s""",
        (one.attempt, one.id),
    ).fetchone()
    assert row is not None
    return row


def test_many_that_end_at_once_are_all_kept(engine: Engine, owner: psycopg.Connection):
    taken, records = claimed(engine, 40), Records(engine)
    with ThreadPoolExecutor(8) as hands:
        states = list(hands.map(lambda one: records.keep(one, Sent(status=200 + one.fence, duration_ms=5)), taken))
    assert states == ["delivered"] * 40
    assert {told(owner, one) for one in taken} == {("delivered", "delivered", 201)}


def test_success_after_the_claim_was_lost_changes_nothing(engine: Engine, owner: psycopg.Connection):
    (one,) = claimed(engine, 1)
    owner.execute("UPDATE deliveries SET fence = fence + 1, attempts = 2 WHERE id = %s", (one.id,))
    owner.commit()
    Records(engine).keep(one, Sent(status=200, duration_ms=5))
    assert told(owner, one) == ("pending", "started", None)


def test_a_success_ends_the_streak_of_an_endpoint_that_had_been_failing(engine: Engine, owner: psycopg.Connection):
    first, second = claimed(engine, 2)
    records = Records(engine)
    assert records.keep(first, Failed(code="timeout", detail="", duration_ms=5)) == "pending"
    with transaction(engine, TENANT) as tx:
        failing = endpoints.get(tx, ENDPOINT)
    assert failing and failing["failing_since"]
    assert records.keep(second, Sent(status=204, duration_ms=5)) == "delivered"
    with transaction(engine, TENANT) as tx:
        fine = endpoints.get(tx, ENDPOINT)
    assert fine and fine["failing_since"] is None and fine["failing_windows"] == 0


def test_a_row_that_somebody_holds_is_waited_for_without_the_others(engine: Engine, owner: psycopg.Connection):
    held, free = claimed(engine, 2)
    owner.execute("SELECT FROM deliveries WHERE id = %s FOR UPDATE", (held.id,))
    records = Records(engine)
    assert records.keep(free, Sent(status=200, duration_ms=5)) == "delivered"
    release = Timer(0.3, owner.rollback)
    release.start()
    assert records.keep(held, Sent(status=200, duration_ms=5)) == "delivered"
    release.join()
    assert told(owner, held) == ("delivered", "delivered", 200)


def test_nothing_is_said_to_be_kept_that_was_not(engine: Engine, database: str):
    """The database goes away in the middle: the courier must ask again."""
    (one,) = claimed(engine, 1)
    gone = connect(database.replace("port=", "port=1"), 1)
    with pytest.raises((SQLAlchemyError, psycopg.Error)):
        Records(gone).keep(one, Sent(status=200, duration_ms=5))
