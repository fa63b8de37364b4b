"""Targets as the log has them: what each collector is to bring in during a month, the last word for each currency."""

from datetime import date, datetime

from service.store.database import Tx


def of_month(
    tx: Tx, month: str, collector: str | None = None, as_of: date | None = None, known_at: datetime | None = None
) -> dict[tuple[str, str], int]:
    """By collector and currency, of one collector or all; as of a day, by what was recorded up to a moment."""
    also = "AND data->>'collector' = %(collector)s" if collector is not None else ""
    also += " AND day <= %(as_of)s" if as_of is not None else ""
    also += " AND recorded_at <= %(known_at)s" if known_at is not None else ""
    rows = tx.rows(
        f"""SELECT DISTINCT ON (1, 2) data->>'collector', data->>'currency', (data->>'amount')::bigint FROM events
             WHERE tenant = %(tenant)s AND type = 'target.set' AND data->>'month' = %(month)s {also}
             ORDER BY 1, 2, version DESC""",
        {"month": month, "collector": collector, "as_of": as_of, "known_at": known_at},
    )
    return {(whose, currency): amount for whose, currency, amount in rows if amount}
