"""What open tasks are worth: the money that may still come in for their bills, less the longer it has been due, more after a
broken promise. Only the order matters, and that no day changes."""

from collections.abc import Iterable, Sequence

from service.store.database import Row, Tx

# The numbers of the database's function `worth`, by shifts: whole numbers, halved for every 256 days since the due day by a
# straight line between the halvings. Few bills have a broken promise, and looking for the word is quicker than reading states.
_WORTH = """SELECT COALESCE(sum(c.open_amount::numeric * (1::bigint << (a.days / 256)) * (256 + mod(a.days, 256))
                                * (2 + LEAST(b.promises, 2))), 0)
              FROM cases c
             CROSS JOIN LATERAL (SELECT LEAST(GREATEST(COALESCE(
                   COALESCE(c.due_on, c.issued_on) - DATE '2020-01-01', 0), 0), 13823) AS days) AS a
             CROSS JOIN LATERAL (SELECT CASE WHEN strpos(c.state::text, '"promises_broken"') = 0 THEN 0
                   ELSE COALESCE((c.state ->> 'promises_broken')::int, 0) END AS promises) AS b
             WHERE c.tenant = %(tenant)s AND c.id = ANY (t.cases) AND t.state = 'open'"""

_SET = f"""
WITH w AS MATERIALIZED (SELECT t.id, ({_WORTH}) AS fair FROM tasks t
                         WHERE t.tenant = %(tenant)s AND t.id = ANY(%(ids)s::text[]))
UPDATE tasks k SET value = w.fair FROM w
 WHERE k.tenant = %(tenant)s AND k.id = w.id AND k.value <> w.fair
"""


def set_values(tx: Tx, ids: Iterable[str]) -> None:
    """Of these tasks, as their bills are now: nothing once they have ended. Their customers are locked."""
    if those := sorted(set(ids)):
        tx.write(_SET, {"ids": those})


def misvalued(tx: Tx, customers: Sequence[str]) -> list[Row]:
    """(id, customer, value, right value) of the customers' tasks whose value is not that of their bills."""
    return tx.rows(
        f"""SELECT * FROM (SELECT t.id, t.customer, t.value, ({_WORTH}) AS fair FROM tasks t
             WHERE t.tenant = %(tenant)s AND t.customer = ANY(%(customers)s::text[])) AS w
             WHERE value <> fair ORDER BY id""",
        {"customers": list(customers)},
    )
