"""What reports read of the log itself, where no money has moved: promises, plans, drafts, disputes, contacts. An index of these
events alone leads there."""

from service.reports.asked import Asked, Source

_CUSTOMERS = "JOIN customers u ON u.tenant = k.tenant AND u.id = k.customer"
_KEYS = {
    "currency": "k.currency",
    "customer": "k.customer",
    "owner": "k.owner",
    "segment": "u.segment",
    "day": "x.due_on::text",
}


def told(asked: Asked, types: str, alias: str = "e") -> str:
    """The condition on events of these types (as SQL lists them), of days and moments that count."""
    known = f" AND {alias}.recorded_at <= %(known_at)s" if asked.known_at is not None else ""
    return f"{alias}.tenant = %(tenant)s AND {alias}.type IN ({types}) AND {alias}.day <= %(as_of)s{known}"


def bills(asked: Asked, rows: str) -> Source:
    """A source of `rows` - a subquery `x` with `case_id` - joined to their bills, grouped as was asked."""
    key = _KEYS[asked.group_by]
    # Read once: a plan made without statistics would read the log again for every bill.
    once = f"(WITH each AS MATERIALIZED ({rows}) SELECT * FROM each) AS x"
    tables = f"{once} JOIN cases k ON k.tenant = %(tenant)s AND k.id = x.case_id"
    where = ["true"]
    values: dict[str, object] = {"as_of": asked.as_of, "since": asked.since, "known_at": asked.known_at, "limit": asked.limit}
    if asked.group_by == "segment":
        tables = f"{tables} {_CUSTOMERS}"
    if asked.own is not None:
        where.append("k.owner = %(own)s")
        values["own"] = asked.own
    if asked.after is not None:
        where.append(f"({key}, k.currency) > (%(after_key)s, %(after_currency)s)")
        values |= {"after_key": asked.after[0], "after_currency": asked.after[1]}
    return Source(key, tables, " AND ".join(where), values)


def limited(asked: Asked) -> str:
    """The statement's end."""
    return "LIMIT %(limit)s" if asked.limit is not None else ""


def promises(asked: Asked) -> str:
    """Every promise with its state as of the day."""
    return f"""
        SELECT substr(e.stream, 6) AS case_id, (e.data->>'amount')::bigint AS amount, (e.data->>'due_on')::date AS due_on,
               COALESCE(j.state, 'open') AS state
          FROM events e LEFT JOIN LATERAL (
            SELECT CASE j.type WHEN 'promise.kept' THEN 'kept' WHEN 'promise.cancelled' THEN 'cancelled' ELSE 'broken' END
                     AS state FROM events j
             WHERE j.stream = e.stream AND {told(asked, "'promise.kept', 'promise.broken', 'promise.cancelled'", "j")}
               AND j.data->>'promise' = e.data->>'promise' ORDER BY j.version DESC LIMIT 1) AS j ON true
         WHERE {told(asked, "'promise.made'")}"""


def instalments(asked: Asked) -> str:
    """The parts still to come of every plan that stands as of the day."""
    return f"""
        SELECT substr(e.stream, 6) AS case_id, (p.part->>'amount')::bigint AS amount, (p.part->>'due_on')::date AS due_on
          FROM events e CROSS JOIN LATERAL json_array_elements(e.data->'parts') WITH ORDINALITY AS p(part, n)
          LEFT JOIN LATERAL (
            SELECT j.type, COALESCE(j.data->>'part', j.data->>'kept')::int AS kept FROM events j
             WHERE j.stream = e.stream AND j.version > e.version AND j.data->>'plan' = e.data->>'plan'
               AND {told(asked, "'plan.part_kept', 'plan.kept', 'plan.broken', 'plan.restored', 'plan.cancelled'", "j")}
             ORDER BY j.version DESC LIMIT 1) AS j ON true
         WHERE {told(asked, "'plan.agreed'")}
           AND (j.type IS NULL OR j.type IN ('plan.part_kept', 'plan.restored') AND p.n > COALESCE(j.kept, 0))"""


def drafts(asked: Asked) -> str:
    """What cheques and drafts cover until they mature, as of the day."""
    return f"""
        SELECT substr(e.stream, 6) AS case_id, (e.data->>'amount')::bigint AS amount, (e.data->>'matures_on')::date AS due_on
          FROM events e WHERE {told(asked, "'draft.received'")} AND NOT EXISTS (
            SELECT FROM events j WHERE j.stream = e.stream AND j.version > e.version AND {told(asked, "'draft.ended'", "j")}
               AND j.data->>'payment' = e.data->>'payment')"""


def disputes(asked: Asked) -> str:
    """Every dispute with the day it was solved, if that has come."""
    return f"""
        SELECT substr(e.stream, 6) AS case_id, (e.data->>'amount')::bigint AS amount, (e.data->>'on')::date AS opened_on,
               j.solved_on
          FROM events e LEFT JOIN LATERAL (
            SELECT (j.data->>'on')::date AS solved_on FROM events j
             WHERE j.stream = e.stream AND {told(asked, "'dispute.resolved'", "j")}
               AND j.data->>'dispute' = e.data->>'dispute' ORDER BY j.version DESC LIMIT 1) AS j ON true
         WHERE {told(asked, "'dispute.opened'")}"""
