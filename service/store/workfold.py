"""Tasks and approvals as rows, by the events that move them: what is written with each event and what a rebuild expects."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, get_args

from msgspec import Struct

from service.domain.events import Event
from service.domain.events import approval as a
from service.domain.events import task as t
from service.store.tables import metadata

Row = dict[str, Any]
"""A row by column, without its tenant."""

COLUMNS = {
    table: tuple(column.name for column in metadata.tables[table].columns if column.name not in ("tenant", "value"))
    for table in ("tasks", "approvals")
}

NAMED = 500
NAMED_BEHIND_REQUEST = 5000

_MOVED_BY = dict.fromkeys(get_args(t.TaskEvent), ("tasks", "task")) | dict.fromkeys(
    get_args(a.ApprovalEvent), ("approvals", "approval")
)
"""By type of event the table of the row that it moves, and the field that names the row."""


class Entry(Struct, frozen=True):
    """An event on a customer's stream or a bill's, with its place and its moment."""

    customer: str | None
    version: int
    event: Event
    at: datetime


def by_table(entries: Iterable[Entry]) -> dict[str, dict[str, list[Entry]]]:
    """The events that move a row, in order, by the row's table and id."""
    found: dict[str, dict[str, list[Entry]]] = {}
    for one in entries:
        if moved := _MOVED_BY.get(type(one.event)):
            table, id = moved
            found.setdefault(table, {}).setdefault(getattr(one.event, id), []).append(one)
    return found


def folded(row: Row | None, entries: Iterable[Entry]) -> Row | None:
    """One row after its events; None when none of them made it."""
    for one in entries:
        row = _moved(row, one)
    return row


def _moved(row: Row | None, one: Entry) -> Row | None:
    match one.event:
        case t.TaskCreated():
            return _made("tasks", one, id=one.event.task, created_at=one.at)
        case a.ApprovalRequested():
            return _made("approvals", one, id=one.event.approval, asked_at=one.at, asked_version=one.version)
        case t.TaskChanged() if row:
            named = {name: getattr(one.event, name) for name in ("bills", "role", "owner")}
            days = {name: getattr(one.event, name) or row[name] for name in ("due_on", "best_from", "best_until")}
            return row | named | days | {"cases": _joined(row, one.event.cases, one.event.removed, NAMED)}
        case a.ApprovalJoined() if row:
            bills = _joined(row, one.event.cases, one.event.removed, NAMED_BEHIND_REQUEST)
            return row | {"bills": one.event.bills, "cases": bills}
        case a.ApprovalPassed() if row:
            return row | {"role": one.event.role}
        case t.TaskCompleted() | t.TaskCancelled() if row:
            return row | {"state": one.event.type.removeprefix("task."), "ended_at": one.at}
        case a.ApprovalGranted() | a.ApprovalRejected() | a.ApprovalCancelled() | a.ApprovalExpired() if row:
            by = getattr(one.event, "by", None)
            answered = {"answered_by": by, "answered_at": one.at, "answered_version": one.version}
            return row | {"state": one.event.type.removeprefix("approval."), **answered}
        case _:
            return row


def _made(table: str, one: Entry, **values: object) -> Row:
    row = {name: getattr(one.event, name, None) for name in COLUMNS[table]}
    return row | {"state": "open", "customer": one.customer, **values}


def _joined(row: Row, more: Sequence[str], removed: Sequence[str], named: int) -> list[str]:
    left = set(removed)
    return [id for id in (*row["cases"], *more) if id not in left][:named]
