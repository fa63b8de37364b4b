"""Notices that wait for a mail to our own people, and these mails: one a person and day."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from service.domain.digests import Waiting
from service.store.database import Row, Tx, columns


def add(tx: Tx, called: Sequence[Row], now: datetime) -> None:
    """(stream, version, roles, users) of events, the last two as words."""
    if called:
        tx.write(
            """INSERT INTO notices (tenant, stream, version, roles, users, at)
               SELECT %(tenant)s, n.stream, n.version, string_to_array(n.roles, ' '), string_to_array(n.users, ' '), %(now)s
                 FROM unnest(%(stream)s::text[], %(version)s::int[], %(roles)s::text[], %(users)s::text[])
                      AS n(stream, version, roles, users)
               ON CONFLICT DO NOTHING""",
            {**columns(called, ("stream", "version", "roles", "users")), "now": now},
        )


def waiting(tx: Tx) -> Waiting | None:
    """When the first one came, and the last."""
    row = tx.one("SELECT min(at) AS first, max(at) AS last FROM notices WHERE tenant = %(tenant)s")
    return Waiting("", row["first"], row["last"]) if row and row["first"] else None


def told_on(tx: Tx) -> date | None:
    """The last day on which somebody was told by mail."""
    row = tx.one('SELECT max(day) AS day FROM notice_mails WHERE tenant = %(tenant)s')
    return row["day"] if row else None


class Noticed(NamedTuple):
    """An event of which people are told: of this stream and customer, to these roles or very people."""

    stream: str
    customer: str | None
    type: str
    schema: int
    data: str
    roles: list[str]
    users: list[str]


def take(tx: Tx, now: datetime, limit: int) -> list[Noticed]:
    """What came by now, gone from the queue, the first first."""
    rows = tx.rows(
        """WITH taken AS (
             DELETE FROM notices n USING (
               SELECT stream, version FROM notices WHERE tenant = %(tenant)s AND at <= %(now)s
                ORDER BY at, stream, version LIMIT %(limit)s) AS next
              WHERE n.tenant = %(tenant)s AND n.stream = next.stream AND n.version = next.version
             RETURNING n.stream, n.version, n.roles, n.users, n.at)
           SELECT e.stream, e.customer, e.type, e.schema, e.data::text, t.roles, t.users
             FROM taken t JOIN events e ON e.tenant = %(tenant)s AND e.stream = t.stream AND e.version = t.version
            ORDER BY t.at, e.stream, e.version""",
        {"now": now, "limit": limit},
    )
    return [Noticed(*row) for row in rows]


def customers(tx: Tx, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """What those customers are called, and whose they are."""
    rows = tx.rows(
        """SELECT id, state->>'name', COALESCE(state->>'assigned', state->>'collector', state->>'taken_by', '')
             FROM customers WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[])""",
        {"ids": list(ids)},
    )
    return {id: (name or id, owner) for id, name, owner in rows}


def put(tx: Tx, mails: Sequence[Row], day: date, now: datetime) -> None:
    """(user, recipient, language, subject, text, week) of mails that may leave; nobody gets a second one of a day. With one in
    which there is a `week` its report goes, by what is known now."""
    if mails:
        tx.run(
            """INSERT INTO notice_mails (tenant, "user", day, state, recipient, language, subject, text, week, known_at, at)
               SELECT %(tenant)s, m.*, %(known_at)s, %(now)s FROM (
                 SELECT w.worker, %(day)s::date, 'ready', w.recipient, w.language, w.subject, w.text, NULLIF(w.week, '')
                   FROM unnest(%(worker)s::text[], %(recipient)s::text[], %(language)s::text[], %(subject)s::text[],
                               %(text)s::text[], %(week)s::text[])
                        AS w(worker, recipient, language, subject, text, week)) AS m
               ON CONFLICT DO NOTHING""",
            {
                **columns(mails, ("worker", "recipient", "language", "subject", "text", "week")),
                **{"day": day, "now": now, "known_at": tx.now},
            },
        )


def claim(tx: Tx, until: datetime) -> dict[str, Any] | None:
    """The next mail that may leave now, leased until then."""
    found = tx.dicts(
        """WITH due AS MATERIALIZED (
             SELECT "user", day FROM notice_mails
              WHERE tenant = %(tenant)s AND state = 'ready' AND (next_at IS NULL OR next_at <= %(now)s)
              ORDER BY day, "user" LIMIT 1 FOR UPDATE SKIP LOCKED)
           UPDATE notice_mails n SET attempts = n.attempts + 1, next_at = %(until)s
             FROM due
            WHERE n.tenant = %(tenant)s AND n."user" = due."user" AND n.day = due.day
           RETURNING n.*""",
        {"now": tx.now, "until": until},
    )
    return found[0] if found else None


def record(tx: Tx, mail: dict[str, Any], state: str, next_at: datetime | None) -> None:
    """What came of an attempt, while it is still the last one."""
    tx.run(
        """UPDATE notice_mails SET state = %(state)s, next_at = %(next_at)s
            WHERE tenant = %(tenant)s AND "user" = %(user)s AND day = %(day)s AND attempts = %(attempts)s""",
        {"state": state, "next_at": next_at, **{name: mail[name] for name in ("user", "day", "attempts")}},
    )


def forget(tx: Tx, before: date, limit: int) -> int:
    """Mails of days before that one that are over; how many."""
    return tx.run(
        """DELETE FROM notice_mails WHERE tenant = %(tenant)s AND ("user", day) IN (
             SELECT "user", day FROM notice_mails WHERE tenant = %(tenant)s AND day < %(before)s AND state <> 'ready'
              LIMIT %(limit)s)""",
        {"before": before, "limit": limit},
    )
