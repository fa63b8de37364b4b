"""What a report is asked for, and the rows of `movements` that it may add up."""

from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct

GROUPS = ("currency", "customer", "owner", "segment")


class Asked(Struct, frozen=True, kw_only=True):
    """As of the end of a day, by what was recorded up to `known_at` (all, when None). `days` is the length of the period
    that ends with that day. Of the bills of one owner alone when there is an `own`. Rows are told by key: at most `limit`,
    behind `after`. `rates` are the tenant's for provisions, by bucket; `within` are the days after a contact in which money
    counts as brought by it.
    """

    as_of: date
    known_at: datetime | None = None
    group_by: str = "currency"
    days: int = 1
    own: str | None = None
    rates: dict[str, int] = {}
    within: int = 7
    limit: int | None = None
    after: tuple[str, str] | None = None

    @property
    def since(self) -> date:
        """The first day of the period."""
        return self.as_of - timedelta(self.days - 1)


class Source(Struct, frozen=True):
    """The statement's FROM and WHERE, what rows are grouped by beside the currency, and the values that it names."""

    key: str
    tables: str
    where: str
    values: dict[str, Any]


_CASES = "JOIN cases k ON k.tenant = m.tenant AND k.id = m.case_id"
_CUSTOMERS = "JOIN customers u ON u.tenant = m.tenant AND u.id = m.customer"
_KEYS = {
    "currency": ("m.currency", ""),
    "customer": ("m.customer", ""),
    "owner": ("k.owner", _CASES),
    "segment": ("u.segment", _CUSTOMERS),
}


def source(asked: Asked) -> Source:
    """Whose bills a person sees, and how they are grouped, is as of now: owners and segments have no past here."""
    key, tables = _KEYS[asked.group_by]
    where = ["m.tenant = %(tenant)s", "m.day <= %(as_of)s"]
    values: dict[str, Any] = {"as_of": asked.as_of}
    if asked.known_at is not None:
        where.append("m.recorded_at <= %(known_at)s")
        values["known_at"] = asked.known_at
    if asked.own is not None:
        tables = f"{tables} {_CASES}" if _CASES not in tables else tables
        where.append("k.owner = %(own)s")
        values["own"] = asked.own
    if asked.after is not None:
        where.append(f"{key} >= %(after_key)s AND ({key}, m.currency) > (%(after_key)s, %(after_currency)s)")
        values |= {"after_key": asked.after[0], "after_currency": asked.after[1]}
    return Source(key, f"movements m {tables}", " AND ".join(where), values)
