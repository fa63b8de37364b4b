"""What a tenant may choose of the process; versioned in the log, read by everything that decides."""

from collections.abc import Mapping
from datetime import date, time

from msgspec import Struct

from service.domain.assignment import AssignmentRule
from service.domain.interest import InterestTerms
from service.domain.money import parse
from service.domain.workdays import DEFAULT_WINDOWS, Calendar, Window, Workdays

DAYS = frozenset({"time_zone", "country", "windows", "law", "limitation_years", "limitation_interrupted_by"})
"""The settings that alarms are computed with: those of `workdays`, the country whose calendar it is given, and the law."""


class Bank(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where customers pay in one currency (C6)."""

    payee: str
    bank: str
    account: str
    reference: str | None = None


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The defaults are the process as written."""

    time_zone: str = "Asia/Shanghai"
    country: str = "CN"
    language: str = "zh"
    windows: tuple[Window, ...] = DEFAULT_WINDOWS
    in_time_on_next_open_day: bool = True
    drafts_count_on_receipt: bool = False
    automatic_release: bool = False
    confirmation_required: bool = True
    playbook: str = "standard"
    segment_playbooks: dict[str, str] = {}
    grace_days: dict[str, int] = {}
    habit_bills: int = 3
    habit_late: int = 2
    habit_days: int = 7
    promises_that_pause: int = 2
    promise_days: int = 30
    pause_days: int = 14
    lost_after: int = 3
    payment_feed_days: int | None = None
    contact_budget: int | None = None
    sms_gateway: str | None = None
    notices_by_mail: bool = False
    go_live_on: date | None = None
    banks: dict[str, Bank] = {}
    company: str = ""
    plan_parts: int = 6
    plan_days: int = 180
    plan_amounts: dict[str, str] = {}
    dispute_days: int = 7
    reconciliation_days: int = 14
    extension_days: int = 30
    extension_amounts: dict[str, str] = {}
    discount_percent: int = 5
    discount_amounts: dict[str, str] = {}
    write_off_limits: dict[str, dict[str, str]] = {}
    provision_rates: dict[str, int] = {}
    law: str | None = None
    limitation_years: int = 3
    limitation_interrupted_by: tuple[str, ...] = ("payment", "acknowledgement", "filed")
    assignment: tuple[AssignmentRule, ...] = ()
    consents: dict[str, str] = {}
    bulk_customers: int = 50
    late_interest: InterestTerms | None = None
    contact_parents: bool = False

    def workdays(self, calendar: Calendar) -> Workdays:
        """The tenant's days and windows; raises ValueError for an unknown zone or windows out of order."""
        return Workdays(calendar, self.time_zone, self.windows)


ADDED = frozenset(
    {"plan_parts", "plan_days", "plan_amounts", "dispute_days", "extension_days", "extension_amounts"}
    | {"discount_percent", "discount_amounts", "lost_after", "payment_feed_days", "write_off_limits", "provision_rates"}
    | {"contact_budget", "sms_gateway", "notices_by_mail"}
    | {"law", "limitation_years", "limitation_interrupted_by"}
    | {"reconciliation_days"}
    | {"assignment", "consents", "bulk_customers", "late_interest", "contact_parents"}
)
"""Younger than the first tenants: left out of a tenant's stored state while they stand at their defaults, so that what was
stored before there was such a choice is still, byte for byte, what its log says."""


NEEDS_CONSENT_ABOVE = ("plan_parts", "plan_days", "extension_days", "discount_percent", "bulk_customers")
AMOUNTS_NEED_CONSENT_ABOVE = ("plan_amounts", "extension_amounts", "discount_amounts")
"""By currency; where one has no limit, no amount needs consent."""


def loosens(old: Settings, new: Settings) -> bool:
    """Whether something would be done without the word of somebody whom it needs now: more than up to now by one person, or
    by consent of a lower role, or a hold that ends by itself."""
    return (
        any(getattr(new, name) > getattr(old, name) for name in NEEDS_CONSENT_ABOVE)
        or any(_is_lifted(getattr(old, name), getattr(new, name)) for name in AMOUNTS_NEED_CONSENT_ABOVE)
        or any(_covers_more(limits, old.write_off_limits.get(role, {})) for role, limits in new.write_off_limits.items())
        or (new.automatic_release and not old.automatic_release)
    )


def _is_lifted(old: Mapping[str, str], new: Mapping[str, str]) -> bool:
    return any(code not in new or parse(new[code], code) > parse(amount, code) for code, amount in old.items())


def _covers_more(new: Mapping[str, str], old: Mapping[str, str]) -> bool:
    return any(code not in old or parse(amount, code) > parse(old[code], code) for code, amount in new.items())


def parse_windows(texts: list[tuple[str, str]]) -> tuple[Window, ...]:
    """Windows from pairs of `09:00` texts; raises ValueError."""
    return tuple(Window(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in texts)
