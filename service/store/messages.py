"""Messages to customers: one a contact, channel and day, filled by steps, composed when its slot comes, handed over once."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from msgspec import Struct

from service.store import documents
from service.store.database import Row, Tx, columns


class Item(Struct, frozen=True, kw_only=True):
    """One bill in one message, by the step that put it there."""

    message: str
    customer: str
    contact: str
    channel: str
    day: date
    slot_at: datetime
    service: bool
    kind: str
    copy: str | None
    case_id: str
    template: str
    step: str
    rule: str


_MESSAGE = ("message", "customer", "contact", "channel", "day", "slot_at", "service", "kind", "copy")
_ITEM = ("message", "case_id", "template", "step", "rule", "service")


def add(tx: Tx, items: Sequence[Item], now: datetime) -> None:
    """Items into their messages; a message that has left takes no more (its id was left out by the decision)."""
    if not items:
        return
    heads = list({i.message: tuple(getattr(i, name) for name in _MESSAGE) for i in items}.values())
    tx.write(
        """INSERT INTO messages (tenant, id, customer, contact, channel, day, slot_at, service, kind, copy, state, queued_at)
           SELECT %(tenant)s, m.message, m.customer, m.contact, m.channel, m.day, m.slot_at, m.service, m.kind, m.copy,
                  'queued', %(now)s
             FROM unnest(%(message)s::text[], %(customer)s::text[], %(contact)s::text[], %(channel)s::text[],
                         %(day)s::date[], %(slot_at)s::timestamptz[], %(service)s::bool[], %(kind)s::text[],
                         %(copy)s::text[])
                  AS m(message, customer, contact, channel, day, slot_at, service, kind, copy)
           ON CONFLICT DO NOTHING""",
        {**columns(heads, _MESSAGE), "now": now},
    )
    rows: list[Row] = [tuple(getattr(i, name) for name in _ITEM) for i in items]
    tx.write(
        """INSERT INTO message_items (tenant, message, case_id, template, step, rule, service)
           SELECT %(tenant)s, i.message, i.case_id, i.template, i.step, i.rule, i.service
             FROM unnest(%(message)s::text[], %(case_id)s::text[], %(template)s::text[], %(step)s::text[],
                         %(rule)s::text[], %(service)s::bool[])
                  AS i(message, case_id, template, step, rule, service)
           ON CONFLICT DO NOTHING""",
        columns(rows, _ITEM),
    )


def gone(tx: Tx, customers: Sequence[str], since: date) -> dict[str, frozenset[str]]:
    """Per customer, the messages from that day on that have left already (or ended otherwise)."""
    if not customers:
        return {}
    rows = tx.rows(
        """SELECT customer, array_agg(id) FROM messages
            WHERE tenant = %(tenant)s AND customer = ANY(%(customers)s::text[]) AND day >= %(since)s AND state <> 'queued'
            GROUP BY customer""",
        {"customers": list(customers), "since": since},
    )
    return {customer: frozenset(ids) for customer, ids in rows}


class Ready(NamedTuple):
    """A message to be composed, whose it is, and how many bills' lines stand in it."""

    message: str
    customer: str
    bills: int


def ready(tx: Tx, now: datetime, limit: int, families: bool = False) -> list[Ready]:
    """Messages whose slot has come and whose customer has nothing more due at it, earliest first; of `families` none of the
    children either."""
    others = """AND NOT EXISTS (SELECT FROM customers k
                                 WHERE k.tenant = %(tenant)s AND k.parent = m.customer AND k.wake_at <= %(now)s)"""
    rows = tx.rows(
        f"""SELECT m.id, m.customer,
                  (SELECT count(*) FROM message_items i WHERE i.tenant = %(tenant)s AND i.message = m.id)
             FROM messages m JOIN customers c ON c.tenant = m.tenant AND c.id = m.customer
            WHERE m.tenant = %(tenant)s AND m.state = 'queued' AND m.slot_at <= %(now)s
              AND COALESCE(m.next_at, m.slot_at) <= %(now)s AND (c.wake_at IS NULL OR c.wake_at > %(now)s)
              {others if families else ""}
            ORDER BY m.slot_at, m.id LIMIT %(limit)s""",
        {"now": now, "limit": limit},
    )
    return [Ready(*row) for row in rows]


def to_post(tx: Tx, now: datetime, channels: Collection[str], limit: int) -> list[tuple[str, str]]:
    """(message, customer) of those composed for these channels and not yet handed over; `now` is the real one."""
    rows = tx.rows(
        """SELECT id, customer FROM messages WHERE tenant = %(tenant)s AND state = 'ready'
              AND channel = ANY(%(channels)s::text[]) AND (next_at IS NULL OR next_at <= %(now)s)
            ORDER BY slot_at, id LIMIT %(limit)s""",
        {"now": now, "channels": sorted(channels), "limit": limit},
    )
    return [(id, customer) for id, customer in rows]


def next_slot(tx: Tx) -> datetime | None:
    """When the next message is to leave."""
    row = tx.one(
        """SELECT min(GREATEST(slot_at, next_at)) AS at FROM messages WHERE tenant = %(tenant)s AND state = 'queued'"""
    )
    return row["at"] if row else None


def get(tx: Tx, id: str, lock: bool = False) -> dict[str, Any] | None:
    """One message."""
    sql = f"SELECT * FROM messages WHERE tenant = %(tenant)s AND id = %(id)s {'FOR UPDATE' if lock else ''}"
    return tx.one(sql, {"id": id})


def take(tx: Tx, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Those of the messages that have not left, locked, earliest first."""
    return tx.dicts(
        """SELECT * FROM messages WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[]) AND state IN ('queued', 'ready')
            ORDER BY slot_at, id FOR UPDATE""",
        {"ids": list(ids)},
    )


def waiting(tx: Tx, case: str) -> list[dict[str, Any]]:
    """Messages that have not left, with what the bill's steps put into them, earliest first."""
    return tx.dicts(
        """SELECT m.id, m.customer, m.contact, m.channel,
                  GREATEST(m.slot_at, m.next_at) AS leaves_at, i.service, i.step, i.rule, i.template
             FROM message_items i JOIN messages m ON m.tenant = i.tenant AND m.id = i.message
            WHERE i.tenant = %(tenant)s AND i.case_id = %(case)s AND i.struck IS NULL AND m.state = 'queued'
            ORDER BY m.slot_at, m.id, i.template""",
        {"case": case},
    )


def items(tx: Tx, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """By message, what the steps put into it."""
    rows = tx.dicts(
        """SELECT * FROM message_items WHERE tenant = %(tenant)s AND message = ANY(%(ids)s::text[])
            ORDER BY message, case_id, template""",
        {"ids": list(ids)},
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["message"], []).append(row)
    return found


def strike(tx: Tx, struck: Sequence[tuple[str, str, str]]) -> None:
    """(message, case, why) of bills that no longer belong into it."""
    if struck:
        tx.run(
            """UPDATE message_items i SET struck = s.why
                 FROM unnest(%(message)s::text[], %(case_id)s::text[], %(why)s::text[]) AS s(message, case_id, why)
                WHERE i.tenant = %(tenant)s AND i.message = s.message AND i.case_id = s.case_id""",
            columns(list(struck), ("message", "case_id", "why")),
        )


def end_unsaid(tx: Tx, ids: Sequence[str], now: datetime) -> None:
    """Messages in which nothing is left to say, or that nobody may get."""
    if ids:
        tx.run(
            "UPDATE messages SET state = 'struck', at = %(now)s WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[])",
            {"ids": list(ids), "now": now},
        )


class Worded(NamedTuple):
    """A message's words, and to which address they go; `state` is `ready`, or `captured` where no channel leads out."""

    message: str
    state: str
    subject: str
    text: str
    recipient: str | None


def keep_words(tx: Tx, worded: Sequence[Worded], now: datetime) -> None:
    """The words as they leave, with the bills of which they speak. Written once more they keep their moment while they are the
    same, so that another try sends the same bytes."""
    if worded:
        tx.run(
            """UPDATE messages m SET state = w.state, subject = w.subject, text = w.text, recipient = w.recipient,
                      at = CASE WHEN (m.state, m.subject, m.text, m.recipient)
                                     IS NOT DISTINCT FROM (w.state, w.subject, w.text, w.recipient)
                                THEN m.at ELSE %(now)s END,
                      cases = (SELECT array_agg(DISTINCT i.case_id ORDER BY i.case_id) FROM message_items i
                                WHERE i.tenant = %(tenant)s AND i.message = m.id AND i.struck IS NULL)
                 FROM unnest(%(message)s::text[], %(state)s::text[], %(subject)s::text[], %(text)s::text[],
                             %(recipient)s::text[]) AS w(message, state, subject, text, recipient)
                WHERE m.tenant = %(tenant)s AND m.id = w.message""",
            {**columns(list(worded), Worded._fields), "now": now},
        )


def set_state(tx: Tx, id: str, **values: Any) -> None:
    """Change a message's columns."""
    sets = ", ".join(f"{name} = %({name})s" for name in values)
    tx.run(f"UPDATE messages SET {sets} WHERE tenant = %(tenant)s AND id = %(id)s", {**values, "id": id})


def end(tx: Tx, id: str, state: str) -> bool:
    """A message that was ready ends as `handed_over` or `bounced`; whether it was."""
    sql = """UPDATE messages SET state = %(state)s, next_at = NULL
              WHERE tenant = %(tenant)s AND id = %(id)s AND state = 'ready'"""
    return tx.run(sql, {"id": id, "state": state}) == 1


def withhold(tx: Tx, id: str) -> bool:
    """A message that has not left, and is not being sent this moment, goes back into the queue; whether it can wait, as one can
    into which nothing has been put yet."""
    sql = """UPDATE messages SET state = 'queued' WHERE tenant = %(tenant)s AND id = %(id)s
              AND (state = 'queued' OR (state = 'ready' AND (next_at IS NULL OR next_at <= transaction_timestamp())))"""
    return tx.run(sql, {"id": id}) == 1 or get(tx, id) is None


def look_again(tx: Tx, customer: str) -> None:
    """What waited for a person to look may leave."""
    sql = """UPDATE messages SET next_at = NULL
              WHERE tenant = %(tenant)s AND customer = %(customer)s AND state = 'queued' AND next_at IS NOT NULL"""
    tx.run(sql, {"customer": customer})


def erase(tx: Tx, customer: str, contact: str, now: datetime) -> None:
    """What a person was told, and where: no text stays, and what has not left does not leave. One that is being sent this
    moment ends as that turns out."""
    who = {"customer": customer, "contact": contact, "now": now}
    waiting = "state = 'queued' OR (state = 'ready' AND (next_at IS NULL OR next_at <= transaction_timestamp()))"
    tx.run(
        f"""UPDATE message_items i SET struck = 'erased' FROM messages m
             WHERE m.tenant = %(tenant)s AND m.customer = %(customer)s AND m.contact = %(contact)s AND ({waiting})
               AND i.tenant = m.tenant AND i.message = m.id AND i.struck IS NULL""",
        who,
    )
    tx.run(
        f"""UPDATE messages SET recipient = NULL, mailed_to = NULL, subject = NULL, text = NULL, salt = NULL,
              state = CASE WHEN {waiting} THEN 'struck' ELSE state END, at = CASE WHEN {waiting} THEN %(now)s ELSE at END
            WHERE tenant = %(tenant)s AND customer = %(customer)s AND contact = %(contact)s""",
        who,
    )
    documents.erase(tx, customer, contact)


def put_off(tx: Tx, id: str, to: str, day: date, slot_at: datetime, now: datetime) -> None:
    """What did not leave on its day goes with that contact's message of a later one, which is still open."""
    where = {"id": id, "to": to, "day": day, "slot_at": slot_at, "now": now}
    tx.run(
        """INSERT INTO messages (tenant, id, customer, contact, channel, day, slot_at, service, kind, copy, state, queued_at)
           SELECT tenant, %(to)s, customer, contact, channel, %(day)s, %(slot_at)s, service, kind, copy, 'queued', %(now)s
             FROM messages WHERE tenant = %(tenant)s AND id = %(id)s
           ON CONFLICT DO NOTHING""",
        where,
    )
    tx.run(
        """INSERT INTO message_items (tenant, message, case_id, template, step, rule, service)
           SELECT tenant, %(to)s, case_id, template, step, rule, service
             FROM message_items WHERE tenant = %(tenant)s AND message = %(id)s AND struck IS NULL
           ON CONFLICT DO NOTHING""",
        where,
    )
    tx.run(
        """UPDATE message_items SET struck = 'put_off'
            WHERE tenant = %(tenant)s AND message = %(id)s AND struck IS NULL""",
        where,
    )
    set_state(tx, id, state="struck", at=now, next_at=None)


def lettered(tx: Tx, days: Sequence[tuple[str, date, datetime, datetime]]) -> dict[tuple[str, date], frozenset[str]]:
    """By (customer, day), given with that day's first instant and the next one's: the bills of which a letter leaving on it
    speaks. It replaces that day's e-mail for them (C3)."""
    if not days:
        return {}
    rows = tx.rows(
        """SELECT d.customer, d.day, array_agg(DISTINCT i.case_id)
             FROM unnest(%(customer)s::text[], %(day)s::date[], %(since)s::timestamptz[], %(until)s::timestamptz[])
                  AS d(customer, day, since, until)
             JOIN messages m ON m.tenant = %(tenant)s AND m.customer = d.customer AND m.channel = 'letter'
                  AND m.state <> 'struck' AND m.slot_at >= d.since AND m.slot_at < d.until
             JOIN message_items i ON i.tenant = m.tenant AND i.message = m.id
            GROUP BY d.customer, d.day""",
        columns(list(days), ("customer", "day", "since", "until")),
    )
    return {(customer, day): frozenset(bills) for customer, day, bills in rows}
