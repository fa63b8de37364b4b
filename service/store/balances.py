"""What customers owe and have paid ahead, by currency; currencies are never added up."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from service.domain.case import Case
from service.domain.customer import Customer
from service.domain.settings import Settings
from service.store import codec
from service.store.database import Tx

SETTLED_LOOKED_AT = 50
"""Bills over which the average of days late is taken."""


class Balance(Struct, frozen=True, kw_only=True):
    """One currency of one customer, in minor units: open bills, those past their day, payments applied to nothing."""

    currency: str
    exposure: int = 0
    overdue: int = 0
    bills: int = 0
    bills_overdue: int = 0
    credit: int = 0


_OWED = """
SELECT customer, currency, sum(exposure)::bigint, sum(overdue)::bigint, sum(bills)::int, sum(late)::int, sum(credit)::bigint
  FROM (SELECT customer, currency, sum(open_amount) AS exposure, count(*) AS bills, 0 AS credit,
               COALESCE(sum(open_amount) FILTER (WHERE due_on < %(today)s), 0) AS overdue,
               count(*) FILTER (WHERE due_on < %(today)s) AS late
          FROM cases WHERE tenant = %(tenant)s AND customer = ANY(%(customers)s::text[]) AND stage <> 'closed'
         GROUP BY customer, currency
        UNION ALL
        SELECT customer, currency, 0 AS exposure, 0 AS bills, sum(rest) AS credit, 0 AS overdue, 0 AS late
          FROM payments WHERE tenant = %(tenant)s AND customer = ANY(%(customers)s::text[]) AND rest > 0
         GROUP BY customer, currency) AS parts
 GROUP BY customer, currency ORDER BY customer, currency
"""


def of_customers(tx: Tx, customers: Sequence[str], today: date) -> dict[str, list[Balance]]:
    """Per customer its currencies; none for one that owes nothing and has paid nothing ahead."""
    found: dict[str, list[Balance]] = {customer: [] for customer in customers}
    for customer, currency, exposure, overdue, bills, late, credit in tx.rows(
        _OWED, {"customers": list(customers), "today": today}
    ):
        found[customer].append(
            Balance(
                currency=currency, exposure=exposure, overdue=overdue, bills=bills, bills_overdue=late, credit=credit
            )
        )
    return found


def open_on(tx: Tx, cases: Sequence[str]) -> list[tuple[str, int]]:
    """What is open on those bills, by currency; nothing of those that are closed."""
    return [
        (currency, amount)
        for currency, amount in tx.rows(
            """SELECT currency, sum(open_amount)::bigint FROM cases
                WHERE tenant = %(tenant)s AND id = ANY(%(cases)s::text[]) AND stage <> 'closed'
                GROUP BY currency ORDER BY currency""",
            {"cases": list(cases)},
        )
    ]


def exposure(tx: Tx, customer: str) -> tuple[Customer, dict[str, int]] | None:
    """The customer with what is open by currency, in one statement; None when there is no such customer."""
    rows = tx.rows(
        """SELECT k.state::text, o.currency, o.exposure FROM customers k LEFT JOIN LATERAL (
             SELECT currency, sum(open_amount)::bigint AS exposure FROM cases c
              WHERE c.tenant = %(tenant)s AND c.customer = k.id AND c.stage <> 'closed' GROUP BY currency) AS o ON true
            WHERE k.tenant = %(tenant)s AND k.id = %(id)s AND k.version > 0 ORDER BY o.currency""",
        {"id": customer},
    )
    if not rows:
        return None
    return codec.state(Customer, rows[0][0]), {currency: amount for _, currency, amount in rows if currency}


def open_bills(tx: Tx, customer: str, limit: int) -> list[Case]:
    """The customer's open bills, oldest due first within each currency."""
    rows = tx.rows(
        """SELECT state::text FROM cases WHERE tenant = %(tenant)s AND customer = %(customer)s AND stage <> 'closed'
            ORDER BY currency, due_on, issued_on, id LIMIT %(limit)s""",
        {"customer": customer, "limit": limit},
    )
    return [codec.state(Case, state) for (state,) in rows]


def committed(tx: Tx, customer: str, limit: int) -> list[Case]:
    """The customer's open bills with promises, plans, drafts, disputes or discounts, whatever became of those."""
    rows = tx.rows(
        """SELECT state::text FROM cases WHERE tenant = %(tenant)s AND customer = %(customer)s AND stage <> 'closed'
              AND COALESCE(state -> 'promises', state -> 'plan', state -> 'drafts', state -> 'disputes', state -> 'discount')
                  IS NOT NULL
            ORDER BY due_on, id LIMIT %(limit)s""",
        {"customer": customer, "limit": limit},
    )
    return [codec.state(Case, state) for (state,) in rows]


class Habits(Struct, frozen=True, kw_only=True):
    """How the customer's last bills fared, as the process judges habits (A10, B5), and the average of days late."""

    confirmations: int
    late_confirmations: int
    payments: int
    late_payments: int
    bills_settled: int
    average_days_late: float | None


_HABITS = """
(SELECT 'confirmed', late_confirmed_from, confirmed_on FROM cases
  WHERE tenant = %(tenant)s AND customer = %(customer)s
    AND (confirmed_on IS NOT NULL OR (late_confirmed_from <= %(today)s AND closed_as IS DISTINCT FROM 'voided'
         AND (settled_on IS NULL OR settled_on >= late_confirmed_from)))
  ORDER BY issued_on DESC, id DESC LIMIT %(bills)s)
UNION ALL
(SELECT 'paid', due_on, settled_on FROM cases
  WHERE tenant = %(tenant)s AND customer = %(customer)s AND due_on IS NOT NULL
    AND (settled_on IS NOT NULL OR (due_on < %(long_ago)s AND (closed_as IS NULL OR closed_as = 'written_off')))
  ORDER BY issued_on DESC, id DESC LIMIT %(bills)s)
UNION ALL
(SELECT 'settled', due_on, settled_on FROM cases
  WHERE tenant = %(tenant)s AND customer = %(customer)s AND due_on IS NOT NULL AND settled_on IS NOT NULL
  ORDER BY issued_on DESC, id DESC LIMIT %(settled)s)
"""


def habits(tx: Tx, customer: str, today: date, settings: Settings, in_time: Callable[[date], date]) -> Habits:
    """Judged today. `in_time` moves a due day to the last day on which money is in time (T6)."""
    values: dict[str, Any] = {
        "customer": customer,
        "today": today,
        "long_ago": date.fromordinal(max(1, today.toordinal() - settings.habit_days)),
        "bills": settings.habit_bills,
        "settled": SETTLED_LOOKED_AT,
    }
    rows: dict[str, list[tuple[date | None, date | None]]] = {"confirmed": [], "paid": [], "settled": []}
    for kind, limit, done in tx.rows(_HABITS, values):
        rows[kind].append((limit, done))
    days = [max(0, (done - in_time(due)).days) for due, done in rows["settled"] if due and done]
    late = [due for due, done in rows["paid"] if due and ((done or today) - in_time(due)).days > settings.habit_days]
    unconfirmed = [limit for limit, done in rows["confirmed"] if limit and (done is None or done >= limit)]
    return Habits(
        confirmations=len(rows["confirmed"]),
        late_confirmations=len(unconfirmed),
        payments=len(rows["paid"]),
        late_payments=len(late),
        bills_settled=len(days),
        average_days_late=round(sum(days) / len(days), 1) if days else None,
    )


def oldest_due(tx: Tx, customer: str) -> date | None:
    """The earliest due day among the customer's open bills."""
    rows = tx.rows(
        """SELECT min(due_on) FROM cases WHERE tenant = %(tenant)s AND customer = %(customer)s AND stage <> 'closed'""",
        {"customer": customer},
    )
    found: date | None = rows[0][0]
    return found
