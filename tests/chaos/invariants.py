"""What must hold whatever broke: asked of the log and the tables with SQL of the tests' own, and of nothing the service says.

Each check gives the violations as texts; `violations` puts them all together.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from hashlib import sha256
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from chinese_calendar import is_workday

from tests.chaos.processes import rows

Check = Callable[[str, str], list[str]]

ZONE = ZoneInfo("Asia/Shanghai")
WINDOWS = ((time(9), time(11, 30)), (time(13, 30), time(17)))


def violations(url: str, tenant: str) -> list[str]:
    """Everything that is wrong with the tenant, by the checks below."""
    return [f"{check.__name__}: {text}" for check in CHECKS for text in check(url, tenant)]


def _texts(url: str, sql: str, *given: object) -> list[str]:
    return [" ".join(map(str, row)) for row in rows(url, sql, *given)]


def versions_have_no_gap(url: str, tenant: str) -> list[str]:
    """I9."""
    return _texts(
        url,
        """SELECT stream, count(*), min(version), max(version) FROM events WHERE tenant = %s
            GROUP BY stream HAVING count(*) <> max(version) OR min(version) <> 1""",
        tenant,
    )


def heads_are_the_last_events(url: str, tenant: str) -> list[str]:
    """I22: no event without its row, no row without its event."""
    return _texts(
        url,
        """WITH heads AS (
             SELECT 'case/' || id AS stream, version, hash FROM cases WHERE tenant = %s UNION ALL
             SELECT 'customer/' || id, version, hash FROM customers WHERE tenant = %s UNION ALL
             SELECT 'payment/' || id, version, hash FROM payments WHERE tenant = %s),
           last AS (SELECT DISTINCT ON (stream) stream, version, hash FROM events WHERE tenant = %s AND stream <> 'tenant'
                     ORDER BY stream, version DESC)
           SELECT COALESCE(h.stream, l.stream), h.version, l.version FROM heads h FULL JOIN last l USING (stream)
            WHERE (h.version, h.hash) IS DISTINCT FROM (l.version, l.hash)""",
        *[tenant] * 4,
    )


def chains_hold(url: str, tenant: str) -> list[str]:
    """I23: every hash worked out anew from what stands in the row."""
    sql = """SELECT stream, version, type, schema, data::text, meta::text, occurred_at, recorded_at, hash
               FROM events WHERE tenant = %s ORDER BY stream, version"""
    found = []
    for stream, events in groupby(rows(url, sql, tenant), key=lambda row: row[0]):
        before = bytes(32)
        for _, version, type, schema, data, meta, occurred_at, recorded_at, kept in events:
            fields = [stream, str(version), type, str(schema), data, meta, _instant(occurred_at), _instant(recorded_at)]
            text = b"".join(len(raw).to_bytes(4, "big") + raw for raw in (field.encode() for field in fields))
            before = sha256(before + text).digest()
            if before != bytes(kept):
                found.append(f"{stream}@{version}")
                break
    return found


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def nothing_fires_twice(url: str, tenant: str) -> list[str]:
    """I10: one event per case, step, occurrence, channel and contact."""
    return _texts(
        url,
        """SELECT stream, type, data->>'step', data->>'anchor', data->>'on', data->>'channel', data->>'contact', count(*)
             FROM events WHERE tenant = %s AND data->>'step' IS NOT NULL
            GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING count(*) > 1""",
        tenant,
    )


def nobody_is_reminded_after_the_end(url: str, tenant: str) -> list[str]:
    """I12: after the event that paid, closed or paused a case no contact and no escalation, save it goes on."""
    return _texts(
        url,
        """SELECT r.stream, r.version, r.type FROM events r
             JOIN LATERAL (SELECT e.type FROM events e WHERE e.tenant = r.tenant AND e.stream = r.stream
                            AND e.version < r.version AND e.type IN ('case.closed', 'case.reopened')
                            ORDER BY e.version DESC LIMIT 1) AS end_ ON true
            WHERE r.tenant = %s AND r.type IN ('case.reminded', 'case.escalated', 'step.fired')
              AND end_.type = 'case.closed'
           UNION ALL
           SELECT r.stream, r.version, r.type FROM events r
             JOIN LATERAL (SELECT e.type FROM events e WHERE e.tenant = r.tenant AND e.stream = r.stream
                            AND e.version < r.version AND e.type IN ('case.paused', 'case.resumed')
                            ORDER BY e.version DESC LIMIT 1) AS rest ON true
            WHERE r.tenant = %s AND r.type = 'case.reminded' AND r.data->>'service' IS NULL
              AND rest.type = 'case.paused'""",
        tenant,
        tenant,
    )


def money_is_where_the_log_says(url: str, tenant: str) -> list[str]:
    """I1, I2, I4, I8: a bill's open amount and a payment's rest are sums over the log; nothing is below zero."""
    bills = _texts(
        url,
        """WITH facts AS (
             SELECT substr(stream, 6) AS id, (array_agg((data->>'amount')::bigint ORDER BY version DESC) FILTER (
                      WHERE type IN ('invoice.submitted', 'invoice.issued', 'invoice.amended') AND data ? 'amount'))[1]
                      AS amount,
                    COALESCE(sum((data->>'amount')::bigint) FILTER (WHERE type = 'invoice.credited'), 0) AS credited,
                    COALESCE(sum((data->>'amount')::bigint) FILTER (WHERE type = 'payment.applied'), 0)
                    - COALESCE(sum((data->>'amount')::bigint) FILTER (WHERE type = 'payment.unapplied'), 0) AS paid,
                    bool_or(type = 'invoice.voided') AS voided
               FROM (SELECT stream, version, type, data::jsonb AS data FROM events
                      WHERE tenant = %s AND stream LIKE 'case/%%') AS e GROUP BY stream)
           SELECT id, c.amount, c.open_amount, f.* FROM facts f FULL JOIN (
                SELECT id, amount, open_amount FROM cases WHERE tenant = %s) AS c USING (id)
            WHERE f.paid < 0 OR c.open_amount < 0 OR f.paid > c.amount OR c.amount IS DISTINCT FROM f.amount
               OR c.open_amount IS DISTINCT FROM
                  CASE WHEN voided THEN 0 ELSE f.amount - LEAST(credited, f.amount) - paid END""",
        tenant,
        tenant,
    )
    payments = _texts(
        url,
        """WITH moved AS (
             SELECT data->>'payment' AS id, sum(CASE type WHEN 'payment.applied' THEN 1 ELSE -1 END
                                                * (data->>'amount')::bigint) AS stands
               FROM events WHERE tenant = %s AND type IN ('payment.applied', 'payment.unapplied') GROUP BY 1),
           ended AS (
             SELECT substr(stream, 9) AS id, bool_or(type = 'payment.reversed') AS back,
                    bool_or(data->>'draft' = 'true') AND NOT bool_or(type = 'payment.honoured') AS draft,
                    max((data->>'amount')::bigint) FILTER (WHERE type = 'payment.received') AS amount
               FROM events WHERE tenant = %s AND stream LIKE 'payment/%%' GROUP BY stream)
           SELECT id, p.amount, p.rest, m.stands, e.* FROM ended e LEFT JOIN moved m USING (id)
             FULL JOIN (SELECT id, amount, rest FROM payments WHERE tenant = %s) AS p USING (id)
            WHERE p.amount IS DISTINCT FROM e.amount OR p.rest < 0 OR p.rest IS DISTINCT FROM
                  CASE WHEN back OR draft THEN 0 ELSE e.amount - COALESCE(stands, 0) END
               OR (back AND COALESCE(stands, 0) <> 0)""",
        *[tenant] * 3,
    )
    return bills + payments


def one_message_a_day(url: str, tenant: str) -> list[str]:
    """I14, I16: per contact, channel and day on which it left; service messages apart."""
    return _texts(
        url,
        """SELECT customer, contact, channel, (at AT TIME ZONE 'Asia/Shanghai')::date, count(*) FROM messages
            WHERE tenant = %s AND NOT service AND state NOT IN ('queued', 'struck')
            GROUP BY 1, 2, 3, 4 HAVING count(*) > 1""",
        tenant,
    )


def contacts_keep_the_windows(url: str, tenant: str) -> list[str]:
    """I15: what reaches out happens on open days within the windows, as a calendar of another author has them."""
    moments = [
        *rows(url, "SELECT id, at FROM messages WHERE tenant = %s AND state NOT IN ('queued', 'struck')", tenant),
        *rows(
            url,
            """SELECT stream || '@' || version, occurred_at FROM events
                WHERE tenant = %s AND type IN ('case.reminded', 'case.escalated')""",
            tenant,
        ),
    ]
    return [f"{what} {at}" for what, at in moments if not _allowed(at)]


def _allowed(at: datetime) -> bool:
    local = at.astimezone(ZONE)
    return is_open(local.date()) and any(opens <= local.time() < closes for opens, closes in WINDOWS)


def is_open(day: date) -> bool:
    """Whether it is a working day in China; in a year whose holidays nobody has published only the weekday counts (T7)."""
    try:
        return bool(is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def every_change_names_who(url: str, tenant: str) -> list[str]:
    """I33."""
    sql = "SELECT stream, version FROM events WHERE tenant = %s AND COALESCE(meta->>'actor', '') = ''"
    return _texts(url, sql, tenant)


def levels_follow_the_log(url: str, tenant: str) -> list[str]:
    """I7, I18: an escalation starts where the one before it ended, and goes up."""
    ranks = ("none", "supervisor", "manager", "general_manager", "hold", "formal", "legal")
    found = []
    for stream, events in groupby(_levels(url, tenant), key=lambda row: row[0]):
        level = "none"
        for _, version, type, to, came in events:
            if type == "case.escalated" and (came != level or ranks.index(to) <= ranks.index(level)):
                found.append(f"{stream}@{version}: {came} -> {to}, was {level}")
            level = to or level
    return found


def _levels(url: str, tenant: str) -> Iterator[tuple[Any, ...]]:
    yield from rows(
        url,
        """SELECT stream, version, type, data->>'level', data->>'previous' FROM events
            WHERE tenant = %s AND type IN ('case.escalated', 'case.stage_changed', 'invoice.due_date_changed')
            ORDER BY stream, version""",
        tenant,
    )


CHECKS: tuple[Check, ...] = (
    versions_have_no_gap,
    heads_are_the_last_events,
    chains_hold,
    nothing_fires_twice,
    nobody_is_reminded_after_the_end,
    money_is_where_the_log_says,
    one_message_a_day,
    contacts_keep_the_windows,
    every_change_names_who,
    levels_follow_the_log,
)
