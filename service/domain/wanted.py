"""Conditions of a playbook as values: what must hold for a step's clock to run, or for the step to do something."""

from functools import cached_property
from typing import Any, Literal

from msgspec import Struct

Habit = Literal["confirms_late", "pays_late"]


class Conditions(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, dict=True):
    """All that are given must hold. The first group reads the case alone, the second is asked when the step fires."""

    stage: tuple[str, ...] | None = None
    level: tuple[str, ...] | None = None
    level_at_least: str | None = None
    monthly: bool | None = None
    pod: bool | None = None
    pod_complete: bool | None = None
    confirmed: bool | None = None
    tax_wanted: bool | None = None
    tax_issued: bool | None = None
    tax_dispatched: bool | None = None
    flag: str | None = None
    request_open: str | None = None
    answered: str | None = None
    granted: str | None = None
    letter_issued: str | None = None

    without_progress: str | None = None
    segment: tuple[str, ...] | None = None
    habit: Habit | None = None
    amount_at_least: dict[str, str] | None = None
    days_overdue_at_least: int | None = None
    last_outcome: tuple[str, ...] | None = None
    last_ability: tuple[str, ...] | None = None
    customer_flag: str | None = None
    exposure_over_limit: bool | None = None
    oldest_overdue_over: int | None = None
    key_account: bool | None = None
    billing_cycle: str | None = None
    reliability: tuple[str, ...] | None = None

    @cached_property
    def own(self) -> tuple[tuple[str, Any], ...]:
        """Those on the case's own facts, with what is wanted."""
        return tuple(
            (name, value)
            for name in self.__struct_fields__
            if name in OWN and (value := getattr(self, name)) is not None
        )


OWN = frozenset(
    {"stage", "level", "level_at_least", "monthly", "pod", "pod_complete", "confirmed", "tax_wanted", "tax_issued"}
    | {"tax_dispatched", "flag", "request_open", "answered", "granted", "letter_issued"}
)
"""Conditions on the case's own facts: the only ones that may say whether a step's clock runs at all (`while`)."""

ASKED_FOR = {
    "habit": "habits",
    "exposure_over_limit": "balance",
    "oldest_overdue_over": "balance",
    "reliability": "reliability",
    "last_ability": "ability",
}
"""The conditions on a customer that cost a query, by what that is of."""
