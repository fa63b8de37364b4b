"""What was said to customers, as it is read afterwards: messages and letters with the bills they speak of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from service.store import customers
from service.store.database import Tx
from service.store.keyset import After, Asked, Sort, count, page

WAITING = ("queued", "ready")
"""Composed or not, a message that has not left is queued to those outside."""

_COLUMNS = (
    "m.id, m.customer, m.contact, m.channel, m.day, m.kind, m.state, m.subject, m.text, m.recipient, m.queued_at, "
    "COALESCE(m.at, m.slot_at) AS at"
)


def messages(
    tx: Tx, customer: str | None, case: str | None, state: str | None, after: After | None, limit: int
) -> list[dict[str, Any]]:
    """A page of messages, the last queued first."""
    order = Sort(column="m.queued_at", type="timestamptz", id="m.id", down=True)
    return page(tx, f"SELECT {_COLUMNS} FROM messages m", _asked(tx, customer, case, state), order, after, limit)


def count_messages(tx: Tx, customer: str | None, case: str | None, state: str | None) -> int:
    """How many there are of those messages, as `keyset.count` counts."""
    return count(tx, "messages m", _asked(tx, customer, case, state))


def _asked(tx: Tx, customer: str | None, case: str | None, state: str | None) -> Asked:
    asked = Asked(["m.tenant = %(tenant)s"], {})
    parents = customers.parents(tx, [customer]) if customer is not None else set()
    if parents:
        asked.and_(_TO_PARENT, customer=customer, parent=parents.pop())
    elif customer is not None:
        asked.and_("m.customer = %(customer)s", customer=customer)
    if state is not None:
        asked.and_("m.state = ANY(%(states)s::text[])", states=list(WAITING) if state == "queued" else [state])
    if case is not None:
        asked.and_(
            """m.id IN (SELECT i.message FROM message_items i WHERE i.tenant = %(tenant)s AND i.case_id = %(case)s)""",
            case=case,
        )
    return asked


_TO_PARENT = """m.customer = ANY(ARRAY[%(customer)s, %(parent)s]::text[]) AND (m.customer = %(customer)s OR EXISTS (
    SELECT FROM message_items i JOIN cases k ON k.tenant = i.tenant AND k.id = i.case_id
     WHERE i.tenant = m.tenant AND i.message = m.id AND k.customer = %(customer)s))"""
"""A child's own messages, and those of its parent that speak of its bills: two ranges of one index, with the latter's items."""


def message(tx: Tx, id: str) -> dict[str, Any] | None:
    """One message."""
    return tx.one(f"SELECT {_COLUMNS} FROM messages m WHERE m.tenant = %(tenant)s AND m.id = %(id)s", {"id": id})


def bills(tx: Tx, messages: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Per message its bills, each with the step that put it there and, when it was taken out again, why."""
    found: dict[str, list[dict[str, Any]]] = {message: [] for message in messages}
    if messages:
        for row in tx.dicts(
            """SELECT message, case_id, template, step, rule, struck FROM message_items
                WHERE tenant = %(tenant)s AND message = ANY(%(messages)s::text[]) ORDER BY case_id, template""",
            {"messages": list(messages)},
        ):
            found[row.pop("message")].append(row)
    return found


def queued_at(text: str) -> datetime:
    """The sort value that a cursor kept."""
    return datetime.fromisoformat(text)
