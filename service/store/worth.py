"""What open tasks are worth: the money that may still come in for their bills, less the longer it has been due, more after a
broken promise. The database's `worth` says how much one bill is; only the order matters, and that no day changes."""

from collections.abc import Iterable, Sequence

from service.store.database import Row, Tx

_WORTH = """SELECT COALESCE(sum(worth(c.open_amount, COALESCE(c.due_on, c.issued_on),
                                      COALESCE((c.state ->> 'promises_broken')::int, 0))), 0)
              FROM cases c WHERE c.tenant = %(tenant)s AND c.id = ANY (t.cases) AND t.state = 'open'"""

_SET = f"""
UPDATE tasks k SET value = w.fair
  FROM (SELECT t.id, ({_WORTH}) AS fair FROM tasks t
         WHERE t.tenant = %(tenant)s AND t.id = ANY(%(ids)s::text[])) AS w
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
