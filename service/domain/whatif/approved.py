"""Requests for consent as their rows would have them: what a grant must know of the bills behind it."""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from service.domain.account import ApprovalRow
from service.domain.events import approval as a


class Approvals(Struct):
    """By id."""

    rows: dict[str, ApprovalRow]

    def copy(self) -> "Approvals":
        """To be told on from, more than once."""
        return Approvals(dict(self.rows))

    def take(self, event: Any) -> None:
        """What the event makes of its request."""
        if isinstance(event, a.ApprovalRequested):
            self.rows[event.approval] = ApprovalRow(
                event.approval,
                event.kind,
                "open",
                event.role,
                event.asked_by,
                tuple(event.cases),
                event.content_hash,
                event.content,
            )
        elif isinstance(event, a.ApprovalEvent) and (row := self.rows.get(event.approval)):
            self.rows[event.approval] = _after(row, event)


def _after(row: ApprovalRow, event: a.ApprovalEvent) -> ApprovalRow:
    match event:
        case a.ApprovalJoined():
            cases = tuple(id for id in (*row.cases, *event.cases) if id not in event.removed)
            return replace(row, cases=cases)
        case a.ApprovalPassed():
            return replace(row, role=event.role)
        case a.ApprovalGranted() | a.ApprovalRejected() | a.ApprovalCancelled() | a.ApprovalExpired():
            return replace(row, state=event.type.partition(".")[2])
        case _:
            return row
