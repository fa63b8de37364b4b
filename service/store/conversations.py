"""What was said to and by a customer, as it is read before the next conversation."""

from typing import Any

from service.domain.events.conversation import ContactLogged
from service.store import codec, log
from service.store.database import Tx


def last(tx: Tx, customer: str) -> tuple[ContactLogged, dict[str, Any], dict[str, Any]] | None:
    """The customer's last contact record: the event, its private words, and who recorded it when."""
    stream = f"customer/{customer}"
    row = tx.one(
        """SELECT version, schema, data::text, meta::text, occurred_at FROM events
            WHERE tenant = %(tenant)s AND stream = %(stream)s AND type = 'contact.logged'
            ORDER BY version DESC LIMIT 1""",
        {"stream": stream},
    )
    if row is None:
        return None
    event = codec.event(ContactLogged.type, row["schema"], row["data"])
    assert isinstance(event, ContactLogged)
    private = log.private_of(tx, [(stream, row["version"])]).get((stream, row["version"]), {}).get("", {})
    return event, private, {"actor": codec.load(row["meta"]).get("actor", ""), "at": row["occurred_at"]}
