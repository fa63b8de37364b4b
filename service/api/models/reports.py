"""What reports are asked for, and the shape of their answers, made from their columns."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictStr, create_model

from service.api.models.fields import Answer, Body, Currency, Cursor, Day, Instant, Money
from service.api.models.figures import meaning
from service.api.models.queries import Listed
from service.reports import Report, table, weekly


class ReportAsked(Listed):
    """As of which day, and what was known when."""

    as_of: Day | None = Field(None, description="The report stands as at the end of this day; today, unless told otherwise.")
    known_at: Instant | None = Field(
        None, description="Only what had been recorded by then counts. All that is known, unless told otherwise."
    )
    group_by: str = "currency"


class PeriodAsked(ReportAsked):
    """Over which period beside."""

    days: Annotated[int, Field(ge=1, le=1100)] | None = Field(
        None, description="Length of the period that ends with `as_of`; 90, for roll rates 30, for the at-risk rate 365."
    )


class ContactsAsked(PeriodAsked):
    """How long after a contact money counts, too."""

    within_days: Annotated[int, Field(ge=1, le=90)] = Field(
        7, description="Days after a contact in which money counts as brought by it."
    )


_DEFINED = "Where it is said how the figures are worked out; files have it as `Link` with `rel=describedby`."


class ReportAnswer(Answer):
    """What every report says of itself."""

    report: str = Field(examples=["ageing"])
    definition: str = Field(description=_DEFINED, examples=["/docs#get_reports_ageing"])
    as_of: date = Field(examples=["2026-03-23"])
    known_at: datetime | None = Field(description="Null: all that is known.", examples=[None])
    group_by: str = Field(examples=["customer"])
    next_cursor: Cursor


_KINDS: dict[str, Any] = {
    table.TEXT: (str, {"examples": ["C-1"]}, ""),
    table.MONEY: (Money | None, {}, ""),
    table.NUMBER: (float | None, {"examples": [12.5]}, " Null where it is not defined."),
    table.COUNT: (int, {"ge": 0, "examples": [3]}, ""),
    table.RATIO: (float | None, {"examples": [0.25]}, " A share of one; null where it is not defined."),
    table.DAY: (date | None, {"examples": ["2026-03-06"]}, ""),
}


def asked_model(name: str, report: Report) -> type[ReportAsked]:
    """The model of a report's parameters: `AgeingAsked`."""
    fields: dict[str, Any] = {"group_by": (Literal[report.groups], Field(report.groups[0], description=_GROUPED))}
    base = ContactsAsked if report.within else PeriodAsked if report.days is not None else ReportAsked
    return create_model(f"{_title(name)}Asked", __base__=base, __doc__=base.__doc__, **fields)


_GROUPED = "A row for each of these and currency; by currency alone, rows are the tenant's totals."


def answer_model(name: str, report: Report) -> type[ReportAnswer]:
    """The model of a report's answer: `AgeingReport` with rows that are `AgeingRow`."""
    row = row_model(name, report.columns)
    data: Any = (list[row], ...)  # type: ignore[valid-type]
    return create_model(f"{_title(name)}Report", __base__=ReportAnswer, __doc__=f"{report.summary}.", data=data)


def row_model(name: str, columns: dict[str, str]) -> type[Answer]:
    """One row of a report, or of a section of the weekly one."""
    fields: dict[str, Any] = {}
    for column, (type, more, besides) in ((column, _KINDS[kind]) for column, kind in columns.items() if column != "currency"):
        fields[column] = (type, Field(description=meaning(name, column) + besides, **more))
    if "currency" in columns:
        fields["currency"] = (Currency, ...)
    return create_model(f"{_title(name)}Row", __base__=Answer, __doc__=f"A row of {name}.", **fields)


def _title(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("-"))


class WeeklyAsked(BaseModel):
    """Which week, and what was known when."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    week: Annotated[str, Field(pattern=r"^[0-9]{4}-W[0-9]{2}$")] | None = Field(
        None, description="A week of ISO 8601, which ends with its Thursday; in place of `as_of`.", examples=["2026-W12"]
    )
    as_of: Day | None = Field(None, description="The last of the seven days; today, unless told otherwise.")
    known_at: Instant | None = Field(None, description="Only what had been recorded by then counts.")


class _Week(Answer):
    report: str = Field(examples=["weekly"])
    definition: str = Field(description=_DEFINED, examples=["/docs#get_reports_weekly"])
    week: str = Field(description="The week of ISO 8601 that its last day lies in.", examples=["2026-W13"])
    as_of: date = Field(examples=["2026-03-27"])
    known_at: datetime | None = Field(description="Null: all that is known.", examples=[None])


def _weekly() -> type[Answer]:
    sections: dict[str, Any] = {}
    for name, columns in weekly.SECTIONS.items():
        row = row_model(f"weekly-{name}", columns)
        sections[name] = (list[row], ...)  # type: ignore[valid-type]
    return create_model("WeeklyReport", __base__=_Week, __doc__="The week's report.", **sections)


WeeklyReport = _weekly()


class TargetsPut(Body):
    """What a collector is to bring in during a month."""

    amounts: dict[Annotated[StrictStr, Field(pattern=r"^[A-Z]{3}$")], Money] = Field(
        max_length=20,
        description="By currency.",
        examples=[{"CNY": "250000.00"}],
        json_schema_extra={"additionalProperties": False},
    )


class TargetsAnswer(Answer):
    """What a collector is to bring in during a month, as it stands now."""

    collector: str = Field(examples=["li.na"])
    month: str = Field(examples=["2026-03"])
    amounts: dict[str, Money] = Field(examples=[{"CNY": "250000.00"}])
