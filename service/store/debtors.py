"""Lists of customers as people ask for them: filtered, sorted, also by what is overdue, page by page.

What is overdue changes with the day, so it is summed up when asked for: of those alone who have something overdue, for the
others it is nothing.
"""

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from service.domain.customer import Customer
from service.store.database import Tx
from service.store.keyset import After, Asked, Sort, Value, page
from service.store.listings import customers_of, text_ranges


class CustomerFilter(Struct, frozen=True, kw_only=True):
    """What customers are wanted; `overdue_min` in minor units of `currency`."""

    q: str | None = None
    segment: str | None = None
    owner: str | None = None
    hold: bool | None = None
    overdue_min: int | None = None
    currency: str | None = None


class CustomerRow(Struct, frozen=True):
    """A customer and the value it was sorted by."""

    customer: Customer
    sorted_by: Value


_SORTS = {"name": ("c.name_key", "text"), "id": ("c.id", "text")}

_OVERDUE = """
SELECT customer, sum(open_amount)::bigint AS overdue FROM cases
 WHERE tenant = %(tenant)s AND stage <> 'closed' AND currency = %(currency)s AND due_on < %(today)s GROUP BY customer
"""
_HAS_BILLS = """
EXISTS (SELECT FROM cases k WHERE k.tenant = c.tenant AND k.customer = c.id AND k.stage <> 'closed'
           AND k.currency = %(currency)s)
"""
_HAS_NOTHING_OVERDUE = """
NOT EXISTS (SELECT FROM cases k WHERE k.tenant = c.tenant AND k.customer = c.id AND k.stage <> 'closed'
               AND k.currency = %(currency)s AND k.due_on < %(today)s)
"""


def customers(
    tx: Tx, wanted: CustomerFilter, today: date, sort: str, down: bool, after: After | None, limit: int
) -> list[CustomerRow]:
    """A page of customers."""
    asked = _asked(wanted, today, sort)
    if sort == "overdue":
        rows = _by_overdue(tx, wanted, asked, down, after, limit)
    else:
        column, type = _SORTS[sort]
        select = f"SELECT c.id, {column} AS sorted_by FROM customers c"
        if wanted.overdue_min:
            select += f" JOIN ({_OVERDUE}) o ON o.customer = c.id"
            asked.and_("o.overdue >= %(overdue_min)s")
        order = Sort(column=column, type=type, id="c.id", down=down)
        rows = [(row["id"], row["sorted_by"]) for row in page(tx, select, asked, order, after, limit)]
    found = customers_of(tx, [id for id, _ in rows])
    return [CustomerRow(found[id], value) for id, value in rows]


def _asked(wanted: CustomerFilter, today: date, sort: str) -> Asked:
    asked = Asked(["c.tenant = %(tenant)s", "c.version > 0"], {"today": today, "overdue_min": wanted.overdue_min})
    for name in ("segment", "owner"):
        if getattr(wanted, name) is not None:
            asked.and_(f"c.{name} = %({name})s", **{name: getattr(wanted, name)})
    if wanted.hold is not None:
        asked.and_(f"c.hold IS {'NOT ' if wanted.hold else ''}NULL")
    if wanted.currency is not None:
        asked.values["currency"] = wanted.currency
        if sort != "overdue" and wanted.overdue_min is None:
            asked.and_(_HAS_BILLS)
    if wanted.q is not None:
        asked.and_(
            """((c.id >= %(q)s AND c.id < %(q_end)s)
                OR (c.name_key >= %(q_folded)s AND c.name_key < %(q_folded_end)s))""",
            **text_ranges(wanted.q),
        )
    return asked


def _by_overdue(
    tx: Tx, wanted: CustomerFilter, asked: Asked, down: bool, after: After | None, limit: int
) -> list[tuple[str, Value]]:
    """Those who owe by how much, and before or behind them those who have nothing overdue."""
    found: list[tuple[str, Value]] = []
    for owing in (True, False) if down else (False, True):
        if len(found) < limit and (owing or not wanted.overdue_min):
            behind = after
            if after is not None and bool(after[0]) != owing:
                if bool(after[0]) != down:  # the cursor stands in the other part: this one is over, or begins
                    continue
                behind = None
            found += _part(tx, asked, owing, down, behind, limit - len(found))
    return found


def _part(tx: Tx, asked: Asked, owing: bool, down: bool, after: After | None, limit: int) -> Iterator[tuple[str, Value]]:
    if owing:
        narrowed = len(asked.conditions) > 2
        select = f"SELECT o.customer AS id, o.overdue AS sorted_by FROM ({_OVERDUE}) o"
        own = Asked([f"o.customer IN (SELECT c.id FROM customers c WHERE {' AND '.join(asked.conditions)})"], asked.values)
        own = own if narrowed else Asked(["true"], asked.values)
        if asked.values["overdue_min"]:
            own.and_("o.overdue >= %(overdue_min)s")
        order = Sort(column="o.overdue", type="bigint", id="o.customer", down=down)
    else:
        select = "SELECT c.id, 0 AS sorted_by FROM customers c"
        own = Asked([*asked.conditions, _HAS_NOTHING_OVERDUE], asked.values)
        order = Sort(column="c.id", type="text", id="c.id", down=down)
    for row in page(tx, select, own, order, after, limit):
        yield row["id"], row["sorted_by"]
