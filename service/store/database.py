"""The way to PostgreSQL: a pool of connections that are nobody special, and transactions that belong to one tenant."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import count
from typing import Any

from psycopg import ClientCursor, Cursor, OperationalError
from psycopg import Connection as Driver
from psycopg.rows import dict_row, tuple_row
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from service.store.arrays import Array, ArrayDumper, typed

APP, CLOCK, SENDER = "dunlog_app", "dunlog_clock", "dunlog_sender"
LOCK_PATIENCE = "2s"
STATEMENT_PATIENCE = "30s"
FORGOTTEN_AFTER = "60s"
PREPARED = 400
"""Statements a connection keeps prepared: more than there are hot ones."""

_names = count()

Params = Mapping[str, Any]
Row = tuple[Any, ...]


def connect(url: str, pool_size: int, wait: float = 5.0, role: str = APP) -> Engine:
    """A pool on the database; every connection gives up its owner's rights at once.

    Lists travel as binary arrays: the driver's text form costs fifteen times the CPU. A pool of another role than the
    app's is for `look`.
    """
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=pool_size, max_overflow=0, pool_timeout=wait, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def prepare(driver: Driver[Any], _: object) -> None:
        driver.adapters.register_dumper(Array, ArrayDumper)
        driver.autocommit = True  # for good: a transaction is begun together with its first question
        driver.execute(f"SET ROLE {role}")
        driver.execute(f"SET lock_timeout = '{LOCK_PATIENCE}'")
        driver.execute(f"SET statement_timeout = '{STATEMENT_PATIENCE}'")
        driver.execute(f"SET idle_in_transaction_session_timeout = '{FORGOTTEN_AFTER}'")
        driver.execute("SET timezone = 'UTC'")
        driver.prepared_max = PREPARED

    return engine


def look(watch: Engine, sql: str) -> list[Row]:
    """The rows of one statement that stands for itself: one round trip, for what is asked again and again."""
    with _borrowed(watch) as driver, driver.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(sql, prepare=True).fetchall()


@contextmanager
def _borrowed(engine: Engine) -> Iterator[Driver[Any]]:
    """A connection of the pool's, which undoes what was not committed when it comes back."""
    borrowed = engine.raw_connection()
    driver = borrowed.driver_connection
    assert isinstance(driver, Driver)
    try:
        yield driver
    except OperationalError as error:
        if driver.closed:  # the driver's errors pass the pool by, so it is told, for all that stand idle
            borrowed.invalidate(error)
            engine.dispose(close=False)
        raise
    finally:
        borrowed.close()


class Missed(Exception):
    """A statement did not touch the rows it must: somebody else was faster."""


class Tx:
    """One open transaction of one tenant. SQL goes to the driver as it is written."""

    def __init__(self, driver: Driver[Any], tenant: str, now: datetime, opening: Row | None = None) -> None:
        self.tenant = tenant
        self.now = now
        self.opening = opening
        self._driver = driver
        self._sent: list[tuple[Cursor[Row], int | None]] | None = None

    def _given(self, sql: str, params: Params | None) -> dict[str, Any]:
        return typed(sql, {"tenant": self.tenant, **params}) if params else {"tenant": self.tenant}

    def rows(self, sql: str, params: Params | None = None) -> list[Row]:
        """All rows as tuples; `%(tenant)s` is always there."""
        with self._driver.cursor(row_factory=tuple_row) as cursor:
            return cursor.execute(sql, self._given(sql, params)).fetchall()

    def dicts(self, sql: str, params: Params | None = None, prepare: bool | None = None) -> list[dict[str, Any]]:
        """All rows by column name; `prepare=False` has the statement planned for these very values."""
        with self._driver.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(sql, self._given(sql, params), prepare=prepare).fetchall()

    def one(self, sql: str, params: Params | None = None) -> dict[str, Any] | None:
        """The first row, or None."""
        found = self.dicts(sql, params)
        return found[0] if found else None

    def stream(self, sql: str, params: Params | None = None, at_once: int = 2000) -> Iterator[Row]:
        """All rows as tuples, fetched so many at a time from a cursor of the server's: any number in flat memory."""
        name = f"stream_{next(_names)}"
        with self._driver.cursor(name=name, row_factory=tuple_row) as cursor:
            cursor.itersize = at_once
            yield from cursor.execute(sql, self._given(sql, params))

    def run(self, sql: str, params: Params | None = None) -> int:
        """How many rows the statement touched."""
        assert self._sent is None, "within a flow nothing is waited for"
        with self._driver.cursor() as cursor:
            return cursor.execute(sql, self._given(sql, params)).rowcount

    @contextmanager
    def flow(self) -> Iterator[None]:
        """What is written inside goes out without waiting for answers: the database works while the next statement is
        made. Whether each touched the rows it must is known, and checked, at the end. Nothing can be read inside."""
        sent: list[tuple[Cursor[Row], int | None]] = []
        with self._driver.pipeline():
            self._sent = sent
            try:
                yield
            finally:
                self._sent = None
        if any(rows is not None and cursor.rowcount != rows for cursor, rows in sent):
            raise Missed

    def write(self, sql: str, params: Params | None = None, rows: int | None = None) -> Callable[[], list[Row]]:
        """A statement that must touch so many rows, or as many as there are; what it returns is asked for after the flow.
        Raises Missed."""
        cursor = self._driver.cursor(row_factory=tuple_row)
        cursor.execute(sql, self._given(sql, params))
        if self._sent is not None:
            self._sent.append((cursor, rows))
        elif rows is not None and cursor.rowcount != rows:
            raise Missed
        return cursor.fetchall


@contextmanager
def transaction(
    engine: Engine, tenant: str, role: str | None = None, snapshot: bool = False, asking: str = "", by_key: bool = False
) -> Iterator[Tx]:
    """A transaction in which only that tenant's rows exist; it commits at the end, and an exception undoes it.

    A `snapshot` only reads, and sees the database as it was at one moment. The first row of what `asking` selects is
    the transaction's `opening`: it comes with the round trip that begins it. What reads and writes `by_key` alone has its
    statements planned once, for any values.
    """
    with _borrowed(engine) as driver:
        yield _begun(driver, tenant, role, snapshot, asking, by_key)
        driver.commit()


# Left to itself the server plans a statement with a list anew each time, which takes as long as carrying it out; and a plan
# made for a table while it is small must not go on reading all of it.
_BY_KEY = ("SET LOCAL plan_cache_mode = force_generic_plan", "SET LOCAL enable_seqscan = off")


def _begun(driver: Driver[Any], tenant: str, role: str | None, snapshot: bool, asking: str, by_key: bool) -> Tx:
    opening = ["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if snapshot else "BEGIN"]
    opening += [f"SET LOCAL ROLE {role}"] if role else []
    opening += _BY_KEY if by_key else ()
    opening += ["SELECT set_config('app.tenant', %(tenant)s, true), transaction_timestamp()"]
    opening += [asking] if asking else []
    with ClientCursor(driver, row_factory=tuple_row) as cursor:
        cursor.execute("; ".join(opening), {"tenant": tenant})
        for _ in range(1 + bool(role) + (len(_BY_KEY) if by_key else 0)):
            cursor.nextset()
        row = cursor.fetchone()
        assert row is not None
        first = cursor.fetchone() if asking and cursor.nextset() else None
    return Tx(driver, tenant, row[1], first)


@contextmanager
def alone(engine: Engine, name: str) -> Iterator[bool]:
    """Whether nobody else is at what has this name; until the end nobody else can be.

    The connection is taken out of the pool and closed at the end, lock and all: those who wait for long work must not
    take it from each other.
    """
    borrowed = engine.raw_connection()
    driver = borrowed.driver_connection
    assert isinstance(driver, Driver)
    borrowed.detach()
    try:
        row = driver.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (name,)).fetchone()
        yield bool(row and row[0])
    finally:
        with suppress(OperationalError):  # not by closing alone: the server notices that a moment later
            driver.execute("SELECT pg_advisory_unlock_all()")
        borrowed.close()


def columns(rows: Sequence[Row], names: Sequence[str]) -> dict[str, list[Any]]:
    """Rows turned into one list a column, as `unnest` takes them."""
    if not rows:
        return {name: [] for name in names}
    return dict(zip(names, (list(column) for column in zip(*rows, strict=True)), strict=True))
