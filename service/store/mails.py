"""Messages as mails: by the name under which they left, and by the address for which they did."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from service.store.database import Tx


def before(tx: Tx, customer: str, contact: str, day: date) -> str | None:
    """The last mail to somebody of a day before that one."""
    row = tx.one(
        """SELECT id FROM messages WHERE tenant = %(tenant)s AND customer = %(customer)s AND contact = %(contact)s
              AND channel = 'email' AND day < %(day)s AND state IN ('handed_over', 'replied')
            ORDER BY queued_at DESC, id DESC LIMIT 1""",
        {"customer": customer, "contact": contact, "day": day},
    )
    return str(row["id"]) if row else None


def came_back(tx: Tx, id: str) -> bool:
    """A message that had left reached nobody; whether it stood so."""
    sql = "UPDATE messages SET state = 'bounced' WHERE tenant = %(tenant)s AND id = %(id)s AND state = 'handed_over'"
    return tx.run(sql, {"id": id}) == 1


def mailed(tx: Tx, mails: Sequence[str]) -> dict[str, Any] | None:
    """The message that left as one of these mails, the first of them that is known."""
    return tx.one(
        """SELECT m.* FROM unnest(%(mails)s::text[]) WITH ORDINALITY AS asked(mail, place)
             JOIN messages m ON m.tenant = %(tenant)s AND m.mail = asked.mail ORDER BY asked.place LIMIT 1""",
        {"mails": list(mails)},
    )


def mailed_to(tx: Tx, address: str) -> dict[str, Any] | None:
    """The last message that left by mail to that address, in lower case."""
    return tx.one(
        """SELECT * FROM messages WHERE tenant = %(tenant)s AND mailed_to = %(address)s
              AND state IN ('handed_over', 'replied', 'bounced') ORDER BY queued_at DESC, id DESC LIMIT 1""",
        {"address": address},
    )


def replied(tx: Tx, id: str) -> None:
    """Somebody answered a message that has left."""
    sql = """UPDATE messages SET state = 'replied'
              WHERE tenant = %(tenant)s AND id = %(id)s AND state IN ('captured', 'handed_over')"""
    tx.run(sql, {"id": id})
