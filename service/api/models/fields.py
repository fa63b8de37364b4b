"""The values that fields are made of: money as text, days, instants, ids, lines and texts."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictStr, WithJsonSchema
from pydantic_core import PydanticCustomError

_AMOUNT = r"^-?[0-9]+(\.[0-9]+)?$"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9:]{8}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})")
_BREAK = re.compile(r"[\t\n\r]")


def _amount(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise PydanticCustomError("amount_as_number", "money is a string")
    if isinstance(value, str) and len(value) <= 24 and not re.fullmatch(_AMOUNT[1:-1], value):
        raise PydanticCustomError("money_format", "no decimal", {"given": value})
    return value


def _day(value: Any) -> Any:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value) if _DAY.fullmatch(value) else _refuse("bad_date")
    except (TypeError, ValueError):
        return _refuse("bad_date")


def _instant(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value
    try:
        return datetime.fromisoformat(value.upper()) if _INSTANT.fullmatch(value) else _refuse("bad_time")
    except (TypeError, ValueError):
        return _refuse("bad_time")


def _refuse(code: Literal["bad_date", "bad_time", "control_character", "reason_required"]) -> Any:
    raise PydanticCustomError(code, "refused")


def _one_line(value: str) -> str:
    return _refuse("control_character") if _BREAK.search(value) else value


def _unbroken(value: Any) -> Any:
    """Before a pattern is asked, which would say less of what is wrong."""
    return _one_line(value) if isinstance(value, str) else value


def _said(value: str) -> str:
    return value if value.strip() else _refuse("reason_required")


MONEY_SCHEMA = {
    "type": "string",
    "pattern": _AMOUNT,
    "maxLength": 24,
    "description": "Decimal text, never a JSON number; answered with the currency's own number of decimals.",
    "examples": ["1200.50"],
}
Money: TypeAlias = Annotated[StrictStr, Field(max_length=24), BeforeValidator(_amount), WithJsonSchema(MONEY_SCHEMA)]
Day: TypeAlias = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "description": "YYYY-MM-DD.", "examples": ["2026-03-06"]}),
]
Instant: TypeAlias = Annotated[
    datetime,
    BeforeValidator(_instant),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "description": "RFC 3339 with offset.",
            "examples": ["2026-03-20T09:00:00+08:00"],
        }
    ),
]
Id: TypeAlias = Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$", examples=["INV-1"])]
UserId: TypeAlias = Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$", examples=["li.na"])]
Currency: TypeAlias = Annotated[StrictStr, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217 code.", examples=["CNY"])]
Line: TypeAlias = Annotated[StrictStr, Field(max_length=200), AfterValidator(_one_line)]
Email: TypeAlias = Annotated[StrictStr, Field(max_length=200, pattern=r"^[^\s@]+@[^\s@]+$"), BeforeValidator(_unbroken)]
Text: TypeAlias = Annotated[StrictStr, Field(max_length=2000)]
Said: TypeAlias = Annotated[Text, AfterValidator(_said)]
"""Text that must say something."""

Version: TypeAlias = Annotated[int, Field(ge=0, examples=[17])]
Position: TypeAlias = Annotated[
    int, Field(description="Names an event; rises within a stream, across streams it is no order.", examples=[812])
]
Cursor: TypeAlias = Annotated[str | None, Field(description="Opaque; null ends the list.", examples=[None])]

Channel: TypeAlias = Literal["email", "phone", "sms", "visit", "letter"]
Stage: TypeAlias = Literal["review", "confirmation", "collection", "legal", "closed"]
Level: TypeAlias = Literal["none", "supervisor", "manager", "general_manager", "hold", "formal", "legal"]
Role: TypeAlias = Literal[
    "viewer",
    "collector",
    "supervisor",
    "manager",
    "general_manager",
    "boss",
    "finance",
    "legal",
    "erp",
    "admin",
]
Audience: TypeAlias = Literal[
    "collector",
    "supervisor",
    "manager",
    "general_manager",
    "boss",
    "finance",
    "sales",
    "quality",
    "legal",
    "warehouse",
    "front_desk",
]
PersonRole: TypeAlias = Literal["accounts_payable", "decision_maker", "other", "relative", "colleague"]
Segment: TypeAlias = Literal["preferred", "standard", "risk"]
Language: TypeAlias = Literal["zh", "en"]


class Body(BaseModel):
    """What is asked: a field that is not known is refused, and nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class Answer(BaseModel):
    """What is answered: fields may be added."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class Total(Answer):
    """How many rows the list has on all its pages, when asked for with `Prefer: return=total-count`."""

    count: int = Field(ge=0, examples=[137])
    more: bool = Field(description="Whether there are more than were counted.")


def one_of(known: frozenset[str]) -> Any:
    """A word of these, and of no others."""

    def check(value: str) -> str:
        if value not in known:
            raise PydanticCustomError("literal_error", "unknown", {"expected": ", ".join(sorted(known))})
        return value

    return AfterValidator(check)


def listed(known: frozenset[str], description: str, example: str) -> Any:
    """How the document shows such a word."""
    schema = {"type": "string", "enum": sorted(known), "description": description, "examples": [example]}
    return WithJsonSchema(schema)
