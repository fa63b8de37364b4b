"""Who is to be looked at today, found without a lock: rather too many than too few, for each is asked again under it."""

from collections.abc import Sequence
from datetime import date

from service.store.database import Tx

_NOT_ASKED = """c.state->'credit'->'stop' IS NULL AND c.state->'requests'->'credit_stop' IS NULL
   AND COALESCE((c.state->'refusals'->'credit_stop'->>'on')::date <= %(refused_before)s, true)"""


def to_review(tx: Tx, today: date, long_since: date) -> list[str]:
    """Customers whose review is due and not asked for; of those from before there were reviews, who have owed for so long
    (E2)."""
    rows = tx.rows(
        """SELECT id FROM customers c WHERE tenant = %(tenant)s AND review_on IS NOT NULL AND review_on <= %(today)s
              AND c.state->'tasks'->'review' IS NULL
            UNION ALL
           SELECT id FROM customers c WHERE tenant = %(tenant)s AND review_on IS NULL AND version > 0
              AND c.state->'tasks'->'review' IS NULL
              AND EXISTS (SELECT FROM cases k WHERE k.tenant = %(tenant)s AND k.customer = c.id
                             AND k.stage <> 'closed' AND k.issued_on <= %(long_since)s)""",
        {"today": today, "long_since": long_since},
    )
    return [id for (id,) in rows]


def too_old(tx: Tx, due_before: date, refused_before: date) -> list[str]:
    """Customers with a bill that was due so long ago, of whom finance has not been asked yet (E3)."""
    rows = tx.rows(
        f"""SELECT c.id FROM customers c WHERE c.tenant = %(tenant)s AND c.id IN (
              SELECT customer FROM cases k WHERE k.tenant = %(tenant)s AND k.stage <> 'closed' AND k.due_on < %(due_before)s)
              AND {_NOT_ASKED}""",
        {"due_before": due_before, "refused_before": refused_before},
    )
    return [id for (id,) in rows]


def over_limit(tx: Tx, after: str, limit: int, refused_before: date) -> tuple[list[str], str | None]:
    """Of the next so many customers with a credit limit those who owe more and of whom finance has not been asked yet
    (E3), and after whom to go on: None at the end."""
    rows = tx.rows(
        f"""SELECT c.id, {_NOT_ASKED} AND c.credit_limit < (
                SELECT sum(k.open_amount) FROM cases k WHERE k.tenant = %(tenant)s AND k.customer = c.id
                   AND k.stage <> 'closed' AND k.currency = c.state->>'currency')
              FROM (SELECT id, state, credit_limit FROM customers WHERE tenant = %(tenant)s AND id > %(after)s
                       AND credit_limit IS NOT NULL ORDER BY tenant, id LIMIT %(limit)s) AS c ORDER BY c.id""",
        {"after": after, "limit": limit, "refused_before": refused_before},
    )
    return [id for id, found in rows if found], rows[-1][0] if len(rows) == limit else None


def paying(tx: Tx, runs: Sequence[str]) -> list[str]:
    """Customers with one of these days for their payments who owe something (E7)."""
    rows = tx.rows(
        """SELECT id FROM customers c WHERE tenant = %(tenant)s AND payment_run = ANY(%(runs)s::text[])
              AND EXISTS (SELECT FROM cases k WHERE k.tenant = %(tenant)s AND k.customer = c.id AND k.stage <> 'closed')""",
        {"runs": list(runs)},
    )
    return [id for (id,) in rows]


def key_accounts(tx: Tx, today: date) -> list[str]:
    """Key accounts with an overdue bill that nobody has been given for that (E1)."""
    rows = tx.rows(
        """SELECT id FROM customers c WHERE tenant = %(tenant)s AND key_account
              AND EXISTS (SELECT FROM cases k WHERE k.tenant = %(tenant)s AND k.customer = c.id
                             AND k.stage <> 'closed' AND k.due_on < %(today)s
                             AND (k.state->'done'->'key-account') IS NULL)""",
        {"today": today},
    )
    return [id for (id,) in rows]
