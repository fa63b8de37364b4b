"""What reports are asked for, and the shape of their answers, made from their columns."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from service.api.models.fields import Answer, Currency, Cursor, Day, Instant, Money
from service.api.models.queries import Listed
from service.reports import table

GroupBy = Literal["currency", "customer", "owner", "segment"]


class ReportAsked(Listed):
    """As of which day, and what was known when."""

    as_of: Day | None = Field(None, description="The report stands as at the end of this day; today, unless told otherwise.")
    known_at: Instant | None = Field(
        None, description="Only what had been recorded by then counts. All that is known, unless told otherwise."
    )
    group_by: GroupBy = Field(
        "currency", description="A row for each of these and currency; by currency alone, rows are the tenant's totals."
    )


class DailyAsked(ReportAsked):
    """By day too."""

    group_by: Literal["currency", "customer", "owner", "segment", "day"] = Field(  # type: ignore[assignment]
        "currency", description="A row for each of these and currency; by currency alone, rows are the tenant's totals."
    )


class PeriodAsked(ReportAsked):
    """Over which period beside."""

    days: Annotated[int, Field(ge=1, le=1100)] | None = Field(
        None, description="Length of the period that ends with `as_of`; 90, for roll rates 30, for the at-risk rate 365."
    )


class ReportAnswer(Answer):
    """What every report says of itself."""

    report: str = Field(examples=["ageing"])
    as_of: date = Field(examples=["2026-03-23"])
    known_at: datetime | None = Field(description="Null: all that is known.", examples=[None])
    group_by: str = Field(examples=["customer"])
    next_cursor: Cursor


_KINDS: dict[str, Any] = {
    table.TEXT: (str, Field(examples=["C-1"])),
    table.MONEY: (Money | None, ...),
    table.NUMBER: (float | None, Field(description="Null where it is not defined.", examples=[12.5])),
    table.COUNT: (int, Field(ge=0, examples=[3])),
    table.RATIO: (float | None, Field(description="A share of one; null where it is not defined.", examples=[0.25])),
    table.DAY: (date | None, Field(examples=["2026-03-06"])),
}


def answer_model(name: str, columns: dict[str, str], about: str) -> type[ReportAnswer]:
    """The model of a report's answer: `AgeingReport` with rows that are `AgeingRow`."""
    title = "".join(part.capitalize() for part in name.split("-"))
    fields: dict[str, Any] = {column: _KINDS[kind] for column, kind in columns.items()}
    fields["currency"] = (Currency, ...)
    row = create_model(f"{title}Row", __base__=Answer, __doc__=f"{about} One group in one currency.", **fields)
    return create_model(
        f"{title}Report", __base__=ReportAnswer, __doc__=about, data=(list[row], ...)
    )
