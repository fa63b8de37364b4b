"""Tasks and approvals as their events leave them: what `store.worklist` does in SQL, an event at a time, done in memory."""

from service.domain.events import customer as c
from service.domain.events import task as t
from service.engine.folding import Folded, Told
from service.engine.projecting import TABLES, Values
from service.store.worklist import NAMED, NAMED_BEHIND_REQUEST


def work_rows(one: Folded) -> dict[str, dict[str, tuple[str | None, Values]]]:
    """The tasks and approvals that a stream's events leave, by table and id; what `store.worklist` does in SQL."""
    rows: dict[str, dict[str, Values]] = {"tasks": {}, "approvals": {}}
    for told in one.told:
        match told.event:
            case t.TaskCreated() | t.TaskChanged() | t.TaskCompleted() | t.TaskCancelled():
                _task(rows["tasks"], one.customer, told, told.event)
            case c.ApprovalRequested():
                rows["approvals"][told.event.approval] = _request(one.customer, told, told.event)
            case c.ApprovalJoined():
                if row := rows["approvals"].get(told.event.approval):
                    row |= {"bills": told.event.bills, "cases": _joined(row, told.event, NAMED_BEHIND_REQUEST)}
            case c.ApprovalGranted() | c.ApprovalRejected() | c.ApprovalCancelled() | c.ApprovalExpired():
                if row := rows["approvals"].get(told.event.approval):
                    row |= {
                        "state": told.event.type.removeprefix("approval."),
                        "answered_by": getattr(told.event, "by", None),
                        "answered_at": told.occurred_at,
                        "answered_version": told.version,
                    }
            case _:
                continue
    return {table: {id: (one.customer, row) for id, row in kept.items()} for table, kept in rows.items()}


def _task(rows: dict[str, Values], customer: str | None, told: Told, event: t.TaskEvent) -> None:
    row = rows.get(event.task)
    match event:
        case t.TaskCreated():
            values = {name: getattr(event, name, None) for name in TABLES["tasks"]}
            rows.setdefault(
                event.task,
                values | {"id": event.task, "state": "open", "customer": customer, "created_at": told.occurred_at},
            )
        case t.TaskChanged() if row:
            row |= {name: getattr(event, name) for name in ("bills", "role", "owner")}
            row |= {name: getattr(event, name) or row[name] for name in ("due_on", "best_from", "best_until")}
            row["cases"] = _joined(row, event, NAMED)
        case t.TaskCompleted() | t.TaskCancelled() if row:
            row |= {"state": event.type.removeprefix("task."), "ended_at": told.occurred_at}
        case _:
            return


def _request(customer: str | None, told: Told, event: c.ApprovalRequested) -> Values:
    values = {name: getattr(event, name, None) for name in TABLES["approvals"]}
    return values | {
        "id": event.approval,
        "state": "open",
        "customer": customer,
        "asked_at": told.occurred_at,
        "asked_version": told.version,
    }


def _joined(row: Values, event: t.TaskChanged | c.ApprovalJoined, named: int) -> list[str]:
    removed = set(event.removed)
    return [id for id in (*row["cases"], *event.cases) if id not in removed][:named]
