"""What was said to and by a customer, as it is read before the next conversation."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from service.domain.events.conversation import ContactLogged, MessageReplied
from service.store import codec, log
from service.store.database import Tx, columns

Told = TypeVar("Told", ContactLogged, MessageReplied)


def last(tx: Tx, customer: str) -> tuple[ContactLogged, dict[str, Any], dict[str, Any]] | None:
    """The customer's last contact record: the event, its private words, and who recorded it when."""
    return _last(tx, customer, ContactLogged)


def last_reply(tx: Tx, customer: str) -> tuple[MessageReplied, dict[str, Any], dict[str, Any]] | None:
    """The customer's last answer to a message: the event, their words, and who recorded it when."""
    return _last(tx, customer, MessageReplied)


def _last(tx: Tx, customer: str, shape: type[Told]) -> tuple[Told, dict[str, Any], dict[str, Any]] | None:
    stream = f"customer/{customer}"
    row = tx.one(
        """SELECT version, schema, data::text, meta::text, occurred_at FROM events
            WHERE tenant = %(tenant)s AND stream = %(stream)s AND type = %(type)s
            ORDER BY version DESC LIMIT 1""",
        {"stream": stream, "type": shape.type},
    )
    if row is None:
        return None
    event = codec.event(shape.type, row["schema"], row["data"])
    assert isinstance(event, shape)
    private = log.private_of(tx, [(stream, row["version"])]).get((stream, row["version"]), {}).get("", {})
    return event, private, {"actor": codec.load(row["meta"]).get("actor", ""), "at": row["occurred_at"]}


RECENT = 500
"""Events of a customer among which those of a week are looked for."""


def made(tx: Tx, since: Sequence[tuple[str, datetime]], leaving: Sequence[str]) -> dict[str, int]:
    """By customer, given with the instant since which: how often they were written to, or spoken to as it was recorded; what
    asks for nothing, and what is leaving this moment, does not count."""
    rows = tx.rows(
        """SELECT asked.customer, written.count + spoken.count
             FROM unnest(%(customer)s::text[], %(since)s::timestamptz[]) AS asked(customer, since)
            CROSS JOIN LATERAL (
                  SELECT count(*) FROM messages m
                   WHERE m.tenant = %(tenant)s AND m.customer = asked.customer AND m.at >= asked.since AND NOT m.service
                     AND m.state IN ('ready', 'captured', 'handed_over', 'replied', 'bounced')
                     AND m.id <> ALL(%(leaving)s::text[])) AS written
            CROSS JOIN LATERAL (
                  SELECT count(*) FROM (
                         SELECT type, occurred_at FROM events
                          WHERE tenant = %(tenant)s AND stream = 'customer/' || asked.customer
                          ORDER BY version DESC LIMIT %(recent)s) AS latest
                   WHERE latest.type = 'contact.logged' AND latest.occurred_at >= asked.since) AS spoken""",
        {**columns(since, ("customer", "since")), "leaving": list(leaving), "recent": RECENT},
    )
    return {customer: int(count) for customer, count in rows}
