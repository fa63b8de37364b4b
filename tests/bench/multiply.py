"""A few customers become many: every row of a pattern is copied under the copy's number, and the chains of hashes are worked
out anew, so that `dunlog verify` is content with all of it. Only `inbox.position` still names the pattern's own events."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from service.store import tables
from service.store.chain import GENESIS, link
from tests.bench.tell import Tell

MARK = "\x01"
"""Where a hash goes."""

AT_ONCE = 2_000
"""Customers of one COPY."""

KEYS = {
    "customers": "id",
    "cases": "customer",
    "payments": "customer",
    "events": "customer",
    "inbox": "id",
    "mentions": "case_id",
    "movements": "customer",
    "arrears": "customer",
    "private": "subject",
    "tasks": "customer",
    "approvals": "customer",
    "messages": "customer",
    "message_items": "message",
}
"""The tables that hold rows of a customer, and the column that names it or begins with its name."""

HEADS = {"customers": "customer", "cases": "case", "payments": "payment"}
"""The tables whose rows are heads of streams, by the stream's kind."""

MADE_BY_SERVER = {"position", "xid"}


def columns(table: str) -> list[str]:
    """The columns that a copy is written with."""
    return [column.name for column in tables.metadata.tables[table].columns if column.name not in MADE_BY_SERVER]


@dataclass(frozen=True)
class Pattern:
    """One customer as text that COPY takes, by table, and the events its chains are made of, in the text's order."""

    number: str
    blocks: dict[str, list[str]]
    events: list[tuple[Any, ...]]
    heads: dict[str, list[str]]


def read(connection: psycopg.Connection, source: str, into: str, customer: str) -> Pattern:
    """A pattern customer of the tenant `source`, its rows those of the tenant `into`."""
    blocks, heads = {}, {}
    for table, key in KEYS.items():
        names = columns(table)
        shown = [_shown(table, name, into) for name in names]
        query = sql.SQL("SELECT {} FROM {} WHERE tenant = {} AND starts_with({}, {}) ORDER BY 1, 2, 3").format(
            sql.SQL(", ").join(shown), sql.Identifier(table), sql.Literal(source), sql.Identifier(key), sql.Literal(customer)
        )
        with connection.cursor().copy(sql.SQL("COPY ({}) TO STDOUT").format(query)) as copy:
            blocks[table] = b"".join(map(bytes, copy)).decode().split(MARK)
        if table in HEADS:
            rows = connection.execute(query).fetchall()
            heads[table] = [f"{HEADS[table]}/{row[names.index('id')]}" for row in rows]
    events = connection.execute(
        """SELECT stream, version, type, schema, data::text, meta::text, occurred_at, recorded_at FROM events
            WHERE tenant = %s AND customer = %s ORDER BY stream, version""",
        (source, customer),
    ).fetchall()
    return Pattern(customer[1:], blocks, events, heads)


def _shown(table: str, name: str, into: str) -> sql.Composable:
    if name == "tenant":
        return sql.SQL("{} AS tenant").format(sql.Literal(into))
    if name == "hash":
        return sql.SQL("{} AS hash").format(sql.Literal(MARK))
    return sql.Identifier(name)


def copied(pattern: Pattern, number: str) -> Iterator[tuple[str, str]]:
    """(table, text) of the copy of that number."""
    old, new = pattern.number, number
    chains: list[str] = []
    last: dict[str, str] = {}
    stream, head = "", GENESIS
    for its_stream, version, type, schema, data, meta, occurred_at, recorded_at in pattern.events:
        if its_stream != stream:
            stream, head = str(its_stream), GENESIS
            own = stream.replace(old, new)
        head = link(
            head, own, version, type, schema, data.replace(old, new), meta.replace(old, new), occurred_at, recorded_at
        )
        last[stream] = head.hex()
        chains.append(last[stream])
    for table, parts in pattern.blocks.items():
        hashes = chains if table == "events" else [last[stream] for stream in pattern.heads.get(table, ())]
        text = "".join(_woven([part.replace(old, new) for part in parts], hashes))
        if text:
            yield table, text


def _woven(parts: Sequence[str], hashes: Sequence[str]) -> Iterable[str]:
    yield parts[0]
    for hash, part in zip(hashes, parts[1:], strict=True):
        yield rf"\\x{hash}"
        yield part


def multiply(url: str, patterns: Sequence[Pattern], count: int, first: int, tell: Tell) -> None:
    """So many customers, numbered from `first` on, of the patterns in turn."""
    with psycopg.connect(url) as connection:
        connection.execute("SET synchronous_commit = off")
        for start in range(0, count, AT_ONCE):
            texts: dict[str, list[str]] = {table: [] for table in KEYS}
            for n in range(start, min(count, start + AT_ONCE)):
                for table, text in copied(patterns[n % len(patterns)], f"{first + n:08}"):
                    texts[table].append(text)
            for table, several in texts.items():
                names = sql.SQL(", ").join(map(sql.Identifier, columns(table)))
                statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
                with connection.cursor().copy(statement) as copy:
                    for text in several:
                        copy.write(text)
            connection.commit()
            tell.advance(min(AT_ONCE, count - start))
