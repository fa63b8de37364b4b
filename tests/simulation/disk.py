"""The store in memory: what has been committed, and transactions that buffer, lock and may lose a race, as PostgreSQL's do.

Reads see what is committed at that moment and the transaction's own writes (READ COMMITTED).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tests.simulation.guards import Guards

FORGOTTEN_AFTER = timedelta(seconds=60)
"""An open transaction of a process that does nothing is ended by the database."""

Key = Any


class Raced(Exception):
    """Somebody else was faster: the whole transaction is undone."""


class Busy(Exception):
    """A lock was waited for too long."""


class Away(Exception):
    """The connection is gone, and the transaction with it."""


class Entry(NamedTuple):
    """An event as it stands in the log; `token` names the decision that it belongs to."""

    position: int
    tx: int
    stream: str
    version: int
    event: Any
    token: str
    at: datetime


Watch = Callable[[list[Entry], dict[str, dict[Key, tuple[Any, Any]]]], None]
"""Told of every write: the events, and by table and key each row as it was (None for a new one) and as it is."""


class Disk:
    """Everything that survives a crash of the service, and the locks of those who are at work."""

    def __init__(self, guards: Guards) -> None:
        self.guards = guards
        self.rows: dict[str, dict[Key, Any]] = defaultdict(dict)
        self.log: list[Entry] = []
        self.heads: dict[str, int] = {}
        self.locks: dict[Key, Tx] = {}
        self.transactions = 0
        self.watch: Watch = lambda entries, rows: None
        self.open: set[Tx] = set()
        self._flushed: tuple[dict[str, dict[Key, Any]], int] | None = None

    def begin(self, now: datetime) -> "Tx":
        tx = Tx(self, now)
        self.open.add(tx)
        return tx

    def forget_idle(self, now: datetime) -> None:
        """Transactions of processes that have stood still for too long are ended."""
        for tx in [tx for tx in self.open if tx.now + FORGOTTEN_AFTER < now]:
            tx.end()

    def flush(self) -> None:
        """What is committed has reached the disk; only a mutant distinguishes that from committed."""
        if not self.guards.flushed_before_acknowledged:
            self._flushed = {table: dict(rows) for table, rows in self.rows.items()}, len(self.log)

    def lose_power(self) -> None:
        """The database starts again from what had been flushed; nobody's transaction outlives that."""
        for tx in list(self.open):
            tx.end()
        if self._flushed is None:
            return
        rows, length = self._flushed
        self.rows = defaultdict(dict, {table: dict(found) for table, found in rows.items()})
        del self.log[length:]
        self.heads = {entry.stream: entry.version for entry in self.log}


class Tx:
    """One transaction; leaving its `with` block without a commit undoes it."""

    def __init__(self, disk: Disk, now: datetime) -> None:
        self.disk = disk
        self.now = now
        self.is_open = True
        self._own: dict[str, dict[Key, Any]] = {}
        self._expected: list[tuple[str, Key, int]] = []
        self._new: list[tuple[str, Key]] = []
        self._appended: list[Entry] = []
        self._locked: list[Key] = []
        self._told: tuple[list[Entry], dict[str, dict[Key, tuple[Any, Any]]]] = ([], defaultdict(dict))
        disk.transactions += 1
        self.number = disk.transactions

    def __enter__(self) -> "Tx":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Nothing more happens here, and nobody waits for it any longer."""
        if not self.is_open:
            return
        self.is_open = False
        self.disk.open.discard(self)
        if self._told[0] or self._told[1]:
            self.disk.watch(*self._told)
        for name in self._locked:
            if self.disk.locks.get(name) is self:
                del self.disk.locks[name]
        self._locked.clear()

    def _alive(self) -> None:
        if not self.is_open:
            raise Away

    # Reading

    def get(self, table: str, key: Key) -> Any:
        self._alive()
        own = self._own.get(table)
        if own is not None and key in own:
            return own[key]
        return self.disk.rows[table].get(key)

    def all(self, table: str) -> Iterator[Any]:
        self._alive()
        own = self._own.get(table)
        rows = self.disk.rows[table]
        return iter(({**rows, **own} if own else rows).values())

    # Writing

    def put(self, table: str, key: Key, row: Any, expected: int | None = None) -> None:
        """Write a row; `expected` is the version it grew from, 0 for one that must be new."""
        self._alive()
        if expected == 0:
            self._new.append((table, key))
        elif expected is not None:
            self._expected.append((table, key, expected))
        self._own.setdefault(table, {})[key] = row
        self._at_once()

    def add(self, table: str, key: Key, row: Any) -> bool:
        """A row that must be new; whether it is. Who is slower with the commit loses it."""
        if self.get(table, key) is not None:
            return False
        self.put(table, key, row, expected=0)
        return True

    def append(self, stream: str, version: int, event: Any, token: str) -> None:
        self._alive()
        self._appended.append(Entry(0, self.number, stream, version, event, token, self.now))
        self._at_once()

    def _at_once(self) -> None:
        if not self.disk.guards.one_transaction:
            self._write()

    # Locks

    def take(self, name: Key) -> bool:
        """The lock, if nobody else has it; held until the transaction ends."""
        self._alive()
        holder = self.disk.locks.get(name)
        if holder is None:
            self.disk.locks[name] = self
            self._locked.append(name)
        return holder in (None, self)

    # The end

    def commit(self) -> None:
        """All of it is there from now on, or, after Raced, nothing."""
        self._alive()
        self._write()
        self.end()

    def _write(self) -> None:
        disk = self.disk
        if disk.guards.versions_unique:
            self._check_versions()
        if any(table == "inbox" and key in disk.rows[table] for table, key in self._new) and disk.guards.inbox_unique:
            raise Raced
        told, changed = self._told
        for entry in self._appended:
            placed = entry._replace(position=len(disk.log) + 1)
            disk.log.append(placed)
            told.append(placed)
            disk.heads[entry.stream] = max(entry.version, disk.heads.get(entry.stream, 0))
        for table, rows in self._own.items():
            there, seen = disk.rows[table], changed[table]
            for key, row in rows.items():
                seen[key] = (seen[key][0] if key in seen else there.get(key), row)
            there.update(rows)
        self._own, self._appended, self._new, self._expected = {}, [], [], []

    def _check_versions(self) -> None:
        disk = self.disk
        if any(entry.version <= disk.heads.get(entry.stream, 0) for entry in self._appended):
            raise Raced
        if len({(entry.stream, entry.version) for entry in self._appended}) < len(self._appended):
            raise Raced
        if any(table != "inbox" and key in disk.rows[table] for table, key in self._new):
            raise Raced
        for table, key, version in self._expected:
            row = disk.rows[table].get(key)
            if row is None or row.version != version:
                raise Raced


