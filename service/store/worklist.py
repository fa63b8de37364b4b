"""Tasks and approvals: what people must do and agree to, projected from their customers' and bills' events."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from service.domain.account import ApprovalRow
from service.domain.events import Event
from service.domain.events import customer as c
from service.domain.events import task as t
from service.store.database import Tx

NAMED = 500
NAMED_BEHIND_REQUEST = 5000


class Entry(Struct, frozen=True):
    """An event that moves a task or an approval, with where it stands and when."""

    customer: str
    version: int
    event: Event
    at: datetime


def apply(tx: Tx, entries: Iterable[Entry]) -> None:
    """One statement an event: there are few, and many change the row that the one before made."""
    for one in entries:
        match one.event:
            case t.TaskCreated() | t.TaskChanged() | t.TaskCompleted() | t.TaskCancelled():
                _task(tx, one, one.event)
            case c.ApprovalRequested():
                _requested(tx, one, one.event)
            case c.ApprovalJoined():
                _joined(tx, one.event)
            case c.ApprovalGranted() | c.ApprovalRejected() | c.ApprovalCancelled() | c.ApprovalExpired():
                _answered(tx, one, one.event)
            case _:
                continue


def _task(tx: Tx, one: Entry, event: t.TaskEvent) -> None:
    match event:
        case t.TaskCreated():
            values = {
                name: getattr(event, name)
                for name in ("kind", "role", "owner", "bills", "contact", "rule", "why", "due_on", "best_from", "best_until")
            }
            tx.run(
                """INSERT INTO tasks (tenant, id, kind, state, role, owner, customer, cases, bills, contact, rule, why,
                     due_on, best_from, best_until, created_at)
                   VALUES (%(tenant)s, %(id)s, %(kind)s, 'open', %(role)s, %(owner)s, %(customer)s, %(cases)s::text[],
                     %(bills)s, %(contact)s, %(rule)s, %(why)s, %(due_on)s, %(best_from)s, %(best_until)s, %(at)s)
                   ON CONFLICT DO NOTHING""",
                {**values, "id": event.task, "cases": event.cases, "customer": one.customer, "at": one.at},
            )
        case t.TaskChanged():
            tx.run(
                """UPDATE tasks SET bills = %(bills)s, role = %(role)s, owner = %(owner)s,
                     due_on = COALESCE(%(due_on)s, due_on), best_from = COALESCE(%(best_from)s, best_from),
                     best_until = COALESCE(%(best_until)s, best_until),
                     cases = (SELECT COALESCE(array_agg(id ORDER BY place), '{}') FROM (
                                SELECT id, place FROM unnest(cases || %(cases)s::text[]) WITH ORDINALITY AS n(id, place)
                                 WHERE NOT id = ANY(%(removed)s::text[]) LIMIT %(named)s) AS kept)
                   WHERE tenant = %(tenant)s AND id = %(id)s""",
                {
                    "id": event.task,
                    "bills": event.bills,
                    "role": event.role,
                    "owner": event.owner,
                    "due_on": event.due_on,
                    "best_from": event.best_from,
                    "best_until": event.best_until,
                    "cases": event.cases,
                    "removed": event.removed,
                    "named": NAMED,
                },
            )
        case t.TaskCompleted() | t.TaskCancelled():
            state = "completed" if isinstance(event, t.TaskCompleted) else "cancelled"
            tx.run(
                "UPDATE tasks SET state = %(state)s, ended_at = %(at)s WHERE tenant = %(tenant)s AND id = %(id)s",
                {"state": state, "at": one.at, "id": event.task},
            )


def _requested(tx: Tx, one: Entry, event: c.ApprovalRequested) -> None:
    names = ("kind", "role", "bills", "rule", "asked_by", "expires_on", "content", "content_hash", "previous", "cases")
    tx.run(
        """INSERT INTO approvals (tenant, id, kind, state, role, customer, cases, bills, rule, asked_by, asked_at,
             asked_version, expires_on, content, content_hash, previous)
           VALUES (%(tenant)s, %(id)s, %(kind)s, 'open', %(role)s, %(customer)s, %(cases)s::text[], %(bills)s, %(rule)s,
             %(asked_by)s, %(at)s, %(version)s, %(expires_on)s, %(content)s, %(content_hash)s, %(previous)s)""",
        {
            **{name: getattr(event, name) for name in names},
            "id": event.approval,
            "customer": one.customer,
            "at": one.at,
            "version": one.version,
        },
    )


def _joined(tx: Tx, event: c.ApprovalJoined) -> None:
    tx.run(
        """UPDATE approvals SET bills = %(bills)s, cases = (
             SELECT COALESCE(array_agg(id ORDER BY place), '{}') FROM (
               SELECT id, place FROM unnest(cases || %(cases)s::text[]) WITH ORDINALITY AS n(id, place)
                WHERE NOT id = ANY(%(removed)s::text[]) LIMIT %(named)s) AS kept)
           WHERE tenant = %(tenant)s AND id = %(id)s""",
        {
            "id": event.approval,
            "bills": event.bills,
            "cases": event.cases,
            "removed": event.removed,
            "named": NAMED_BEHIND_REQUEST,
        },
    )


def _answered(
    tx: Tx, one: Entry, event: c.ApprovalGranted | c.ApprovalRejected | c.ApprovalCancelled | c.ApprovalExpired
) -> None:
    by = event.by if isinstance(event, c.ApprovalGranted | c.ApprovalRejected) else None
    tx.run(
        """UPDATE approvals SET state = %(state)s, answered_by = %(by)s, answered_at = %(at)s, answered_version = %(version)s
            WHERE tenant = %(tenant)s AND id = %(id)s""",
        {
            "state": event.type.removeprefix("approval."),
            "by": by,
            "at": one.at,
            "version": one.version,
            "id": event.approval,
        },
    )


def approvals_of(tx: Tx, ids: Sequence[str]) -> dict[str, tuple[str, ApprovalRow]]:
    """The requests of those ids, each with its customer."""
    rows = tx.dicts(
        """SELECT id, customer, kind, state, role, asked_by, cases, content_hash FROM approvals
            WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[])""",
        {"ids": list(ids)},
    )
    return {
        row["id"]: (
            row["customer"],
            ApprovalRow(
                id=row["id"],
                kind=row["kind"],
                state=row["state"],
                role=row["role"],
                asked_by=row["asked_by"],
                cases=tuple(row["cases"]),
                content_hash=row["content_hash"],
            ),
        )
        for row in rows
    }


def tasks_of(tx: Tx, ids: Sequence[str]) -> dict[str, tuple[str, str, tuple[str, str, tuple[str, ...]]]]:
    """The tasks of those ids: customer, owner, and (kind, state, bills named)."""
    rows = tx.rows(
        """SELECT id, customer, owner, kind, state, cases FROM tasks
            WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[])""",
        {"ids": list(ids)},
    )
    return {id: (customer, owner, (kind, state, tuple(cases))) for id, customer, owner, kind, state, cases in rows}


def get(tx: Tx, table: str, id: str) -> dict[str, Any] | None:
    """One row of `tasks` or `approvals`."""
    assert table in ("tasks", "approvals")
    return tx.one(f"SELECT * FROM {table} WHERE tenant = %(tenant)s AND id = %(id)s", {"id": id})


def approvals_by_id(tx: Tx, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Whole rows of the requests of those ids."""
    if not ids:
        return {}
    rows = tx.dicts(
        "SELECT * FROM approvals WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[])", {"ids": list(ids)}
    )
    return {row["id"]: row for row in rows}


class Filters(Struct, frozen=True, kw_only=True):
    """What a worklist is narrowed to."""

    state: str | None = None
    kind: str | None = None
    role: str | None = None
    owner: str | None = None
    customer: str | None = None
    due_before: date | None = None


def tasks(tx: Tx, filters: Filters, after: tuple[date, str] | None, limit: int) -> list[dict[str, Any]]:
    """Tasks by due day and id; those without a day come last."""
    wanted = ["tenant = %(tenant)s"]
    for name in ("state", "kind", "role", "owner", "customer"):
        if getattr(filters, name) is not None:
            wanted.append(f"{name} = %({name})s")
    if filters.due_before:
        wanted.append("due_on < %(due_before)s")
    if after:
        wanted.append("(COALESCE(due_on, DATE '9999-12-31'), id) > (%(after_day)s, %(after_id)s)")
    return tx.dicts(
        f"""SELECT * FROM tasks WHERE {" AND ".join(wanted)}
             ORDER BY COALESCE(due_on, DATE '9999-12-31'), id LIMIT %(limit)s""",
        {
            **{name: getattr(filters, name) for name in filters.__struct_fields__},
            "after_day": after[0] if after else None,
            "after_id": after[1] if after else None,
            "limit": limit,
        },
    )


def approvals(tx: Tx, filters: Filters, after: tuple[datetime, str] | None, limit: int) -> list[dict[str, Any]]:
    """Requests in the order in which they were asked."""
    wanted = ["tenant = %(tenant)s"]
    for name in ("state", "kind", "role", "customer"):
        if getattr(filters, name) is not None:
            wanted.append(f"{name} = %({name})s")
    if after:
        wanted.append("(asked_at, id) > (%(after_at)s, %(after_id)s)")
    return tx.dicts(
        f"SELECT * FROM approvals WHERE {' AND '.join(wanted)} ORDER BY asked_at, id LIMIT %(limit)s",
        {
            **{name: getattr(filters, name) for name in filters.__struct_fields__},
            "after_at": after[0] if after else None,
            "after_id": after[1] if after else None,
            "limit": limit,
        },
    )
