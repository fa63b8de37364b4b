"""Lists of cases and customers as people ask for them: filtered, sorted, page by page."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec import Struct

from service.domain.case import LEVELS, STAGES, Case
from service.domain.customer import Customer
from service.store import arrears, codec
from service.store.cases import fold_key
from service.store.database import Tx
from service.store.keyset import After, Asked, Sort, Value, count, page, prefix_range


class CaseRow(Struct, frozen=True):
    """A case, the customer it belongs to, and the value it was sorted by."""

    case: Case
    customer: Customer
    sorted_by: Value


class CaseFilter(Struct, frozen=True, kw_only=True):
    """What cases are wanted; money in minor units of `currency`, `overdue` in days."""

    stage: str | None = None
    level: str | None = None
    customer: str | None = None
    owner: str | None = None
    overdue_min: int | None = None
    overdue_max: int | None = None
    amount_min: int | None = None
    amount_max: int | None = None
    currency: str | None = None
    paused: str | None = None
    due_before: date | None = None
    q: str | None = None


_CASE_SORTS: dict[str, tuple[str, str, bool]] = {
    "due_on": ("c.due_on", "date", True),
    "open_amount": ("c.open_amount", "bigint", False),
    "next_action_at": ("c.next_at", "timestamptz", True),
    "id": ("c.id", "text", False),
}


def cases(
    tx: Tx, wanted: CaseFilter, today: date, sort: str, down: bool, after: After | None, limit: int
) -> list[CaseRow]:
    """A page of cases. Closed ones only by customer, by their stage, or by their own id."""
    column, type, nullable = _CASE_SORTS[sort]
    select = f"""SELECT c.state::text AS state, c.customer, {column} AS sorted_by FROM cases c"""
    asked = _cases_asked(tx, wanted, today, by_amount=sort == "open_amount")
    bounded = (
        sort == "due_on" and "due_earliest" in asked.values and wanted.customer is None and wanted.stage != "closed"
    )
    valued = "c.due_on >= %(due_earliest)s" if bounded else None
    order = Sort(column=column, type=type, id="c.id", down=down, nullable=nullable, valued=valued)
    rows = page(tx, select, asked, order, after, limit)
    owing = customers_of(tx, sorted({row["customer"] for row in rows}))
    return [CaseRow(codec.state(Case, row["state"]), owing[row["customer"]], row["sorted_by"]) for row in rows]


def count_cases(tx: Tx, wanted: CaseFilter, today: date) -> int:
    """How many there are of those cases, as `keyset.count` counts."""
    return count(tx, "cases c", _cases_asked(tx, wanted, today))


def customers_of(tx: Tx, ids: list[str]) -> dict[str, Customer]:
    """The customers of these ids."""
    if not ids:
        return {}
    rows = tx.rows(
        "SELECT id, state::text FROM customers WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[])", {"ids": ids}
    )
    return {id: codec.state(Customer, state) for id, state in rows}


def _cases_asked(tx: Tx, wanted: CaseFilter, today: date, by_amount: bool = False) -> Asked:
    asked = Asked(["c.tenant = %(tenant)s"], {})
    _stages(tx, asked, wanted)
    for name in ("customer", "owner", "currency"):
        if getattr(wanted, name) is not None:
            asked.and_(f"c.{name} = %({name})s", **{name: getattr(wanted, name)})
    if wanted.level is not None:
        # a word of ours, written out: only so does the planner see that the index of the raised ones holds them all
        asked.and_(f"c.level = '{LEVELS[LEVELS.index(wanted.level)]}'")
        if wanted.level != "none":
            asked.and_("c.level <> 'none'")
    _amounts(asked, wanted)
    _days(asked, wanted, today, by_amount and wanted.level not in (None, "none"))
    if wanted.paused is not None:
        _paused(asked, wanted.paused)
    if wanted.q is not None:
        _prefix(tx, asked, wanted.q)
    return asked


def _stages(tx: Tx, asked: Asked, wanted: CaseFilter) -> None:
    if wanted.stage is not None:
        stage = STAGES[STAGES.index(wanted.stage)]
        asked.and_(f"c.stage = '{stage}'")
        if stage not in ("closed", "collection"):
            asked.and_("c.stage IN ('review', 'confirmation', 'legal')")
        if stage != "closed":
            asked.and_("c.stage <> 'closed'")
    elif wanted.customer is None and wanted.q is not None and _is_closed(tx, wanted.q):
        asked.and_("(c.stage <> 'closed' OR c.id = %(q)s)")
    elif wanted.customer is None:
        asked.and_("c.stage <> 'closed'")


def _is_closed(tx: Tx, id: str) -> bool:
    """Asked first, for a condition that might admit a closed case keeps the indexes of the open ones out."""
    return bool(tx.rows("SELECT FROM cases WHERE tenant = %(tenant)s AND id = %(id)s AND stage = 'closed'", {"id": id}))


def _amounts(asked: Asked, wanted: CaseFilter) -> None:
    if wanted.amount_min is not None:
        asked.and_("c.open_amount >= %(amount_min)s", amount_min=wanted.amount_min)
    if wanted.amount_max is not None:
        asked.and_("c.open_amount <= %(amount_max)s", amount_max=wanted.amount_max)


def _days(asked: Asked, wanted: CaseFilter, today: date, in_order: bool) -> None:
    """Days overdue are 0 until D has passed, without D, and of what is closed. Raised ones that are read in the order of their
    amounts are not to be found by their days: the planner takes raised and long overdue ones for far fewer than they are."""
    if wanted.due_before is not None:
        asked.and_("c.due_on < %(due_before)s", due_before=wanted.due_before)
    if wanted.overdue_min:
        latest = today - timedelta(wanted.overdue_min)
        due_on = "c.due_on + 0" if in_order else "c.due_on"
        asked.and_(f"{due_on} <= %(due_latest)s AND c.stage <> 'closed'", due_latest=latest)
    if wanted.overdue_max is not None:
        earliest = today - timedelta(wanted.overdue_max)
        asked.and_("(c.due_on >= %(due_earliest)s OR c.due_on IS NULL OR c.stage = 'closed')", due_earliest=earliest)


def _paused(asked: Asked, paused: str) -> None:
    if paused == "false":
        asked.and_("c.paused IS NULL")
        return
    asked.and_("c.paused IS NOT NULL")
    if paused != "true":
        asked.and_("c.paused = %(paused)s", paused=paused)


def _prefix(tx: Tx, asked: Asked, q: str) -> None:
    """Few customers of such a name lead to their bills by themselves; of many there is a bill on any page soon."""
    asked.values.update(_ranges(q))
    named = f"SELECT k.id FROM customers k WHERE k.tenant = %(tenant)s AND {_NAMED}"
    few = [id for (id,) in tx.rows(f"{named} LIMIT {NAMED_AT_MOST + 1}", asked.values)]
    if len(few) <= NAMED_AT_MOST:
        asked.values["named"] = few
    of_these = "= ANY(%(named)s::text[])" if len(few) <= NAMED_AT_MOST else f"IN ({named})"
    asked.and_(
        f"""((c.id >= %(q)s AND c.id < %(q_end)s) OR (c.customer >= %(q)s AND c.customer < %(q_end)s)
            OR (c.reference_key >= %(q_folded)s AND c.reference_key < %(q_folded_end)s) OR c.customer {of_these})"""
    )


NAMED_AT_MOST = 500
_NAMED = "k.name_key >= %(q_folded)s AND k.name_key < %(q_folded_end)s"


def _ranges(q: str) -> dict[str, str]:
    folded = fold_key(q) or ""
    return dict(zip(("q", "q_end", "q_folded", "q_folded_end"), (*prefix_range(q), *prefix_range(folded)), strict=True))


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


# When a day has turned and the kept sums are still being counted anew: right at once, and slower.
_SUMMED = """(SELECT tenant, customer, sum(open_amount)::bigint AS overdue FROM cases
               WHERE tenant = %(tenant)s AND stage <> 'closed' AND currency = %(currency)s AND due_on < %(today)s
               GROUP BY tenant, customer)"""
_KEPT = "(SELECT * FROM arrears WHERE tenant = %(tenant)s AND currency = %(currency)s AND overdue > 0)"
_CUSTOMER_SORTS = {"name": "c.name_key", "id": "c.id"}


def customers(
    tx: Tx, wanted: CustomerFilter, today: date, sort: str, down: bool, after: After | None, limit: int
) -> list[CustomerRow]:
    """A page of customers. Who has nothing overdue comes before or behind all who have."""
    overdue, asked = _customers_asked(tx, wanted, today, sort == "overdue")
    rows: list[dict[str, Any]] = []
    parts = _by_overdue(overdue, asked, down) if sort == "overdue" else [_by(sort, overdue, asked, down)]
    if after is not None and sort == "overdue" and bool(after[0]) != parts[0].owing:
        del parts[0]
    for part in parts:
        rows += page(tx, part.select, part.asked, part.order, after, limit - len(rows))
        if len(rows) == limit:
            break
        after = None
    return [CustomerRow(codec.state(Customer, row["state"]), row["sorted_by"]) for row in rows]


class _Part(Struct, frozen=True):
    """A part of a list in an order of its own; of what is sorted by what is overdue, whether it is those who owe it."""

    select: str
    asked: Asked
    order: Sort
    owing: bool = False


def _by(sort: str, overdue: str, asked: Asked, down: bool) -> _Part:
    column = _CUSTOMER_SORTS[sort]
    select = f"SELECT c.state::text AS state, {column} AS sorted_by FROM customers c {overdue and f'JOIN {overdue}'}"
    return _Part(select, asked, Sort(column=column, type="text", id="c.id", down=down))


def _by_overdue(overdue: str, asked: Asked, down: bool) -> list[_Part]:
    """Those who owe something past its day in the order of its index, and the others by their ids."""
    state = "SELECT c.state::text AS state,"
    owing = _Part(
        f"{state} o.overdue AS sorted_by FROM customers c JOIN {overdue}",
        asked,
        Sort(column="o.overdue", type="bigint", id="o.customer", down=down),
        True,
    )
    others = _Part(
        f"{state} 0::bigint AS sorted_by FROM customers c LEFT JOIN {overdue}",
        Asked([*asked.conditions, "o.customer IS NULL"], asked.values),
        Sort(column="c.id", type="text", id="c.id", down=down),
    )
    return [owing, others] if down else [others, owing]


def count_customers(tx: Tx, wanted: CustomerFilter, today: date) -> int:
    """How many there are of those customers, as `keyset.count` counts."""
    overdue, asked = _customers_asked(tx, wanted, today)
    return count(tx, f"customers c {overdue and f'JOIN {overdue}'}", asked)


def _customers_asked(tx: Tx, wanted: CustomerFilter, today: date, summed: bool = False) -> tuple[str, Asked]:
    """What is joined to customers when it matters what is overdue, else nothing; and what they must meet."""
    asked = Asked(["c.tenant = %(tenant)s", "c.version > 0"], {"today": today})
    summed = summed or bool(wanted.overdue_min)
    for name in ("segment", "owner"):
        if getattr(wanted, name) is not None:
            asked.and_(f"c.{name} = %({name})s", **{name: getattr(wanted, name)})
    if wanted.hold is not None:
        asked.and_(f"c.hold IS {'NOT ' if wanted.hold else ''}NULL")
    if wanted.overdue_min:
        asked.and_("o.overdue >= %(overdue_min)s", overdue_min=wanted.overdue_min)
    if wanted.currency is not None:
        asked.values["currency"] = wanted.currency
        if not summed and wanted.overdue_min is None:
            asked.and_(_HAS_BILLS_IN)
    if wanted.q is not None:
        asked.and_(
            """((c.id >= %(q)s AND c.id < %(q_end)s)
                OR (c.name_key >= %(q_folded)s AND c.name_key < %(q_folded_end)s))""",
            **_ranges(wanted.q),
        )
    if not summed:
        return "", asked
    return f"{_KEPT if arrears.are_right(tx, today) else _SUMMED} o ON o.tenant = c.tenant AND o.customer = c.id", asked


_HAS_BILLS_IN = """EXISTS (SELECT FROM cases k WHERE k.tenant = c.tenant AND k.customer = c.id AND k.stage <> 'closed'
                            AND k.currency = %(currency)s)"""


def position_of(value: Value) -> str | int | None:
    """A sort value as a cursor keeps it."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def value_of(kept: Any, sort: str) -> Value:
    """The sort value that a cursor kept."""
    if kept is None or sort not in ("due_on", "next_action_at"):
        value: Value = kept
        return value
    return date.fromisoformat(kept) if sort == "due_on" else datetime.fromisoformat(kept)
