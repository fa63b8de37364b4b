"""Which day a step's clock started for a case, and whether the case's own facts let it run."""

from collections.abc import Callable
from datetime import date
from typing import Any

from service.domain.case import RANK, Case
from service.domain.offsets import Offset, add
from service.domain.playbook import Start, Step
from service.domain.wanted import Conditions


def anchor_of(case: Case, start: Start) -> date | None:
    """The day a clock started, or None while it has not."""
    started = _STARTS.get(start.fact)
    return started(case, start.name) if started else None


def reached_on(case: Case, level: str) -> date | None:
    """The day on which the case first stood at that level or above, on its present ladder."""
    return min((on for reached, on in case.levels.items() if RANK[reached] >= RANK[level]), default=None)


def _answered(case: Case, kind: str) -> date | None:
    answer = case.answers.get(kind)
    return answer.first_on if answer else case.levels.get(kind)


def _granted_on(case: Case, kind: str) -> date | None:
    answer = case.answers.get(kind)
    return answer.granted_on if answer else None


def _tax_on(case: Case, state: str) -> date | None:
    return case.tax.on if case.tax and case.tax.state == state else None


def _after_period(case: Case) -> date | None:
    """The first day of the month after the bill's period, else after its issue (A1-A3, A9)."""
    if case.period:
        year, month = (int(part) for part in case.period.split("-"))
        return add(date(year, month, 1), Offset(months=1))
    return add(case.issued_on.replace(day=1), Offset(months=1)) if case.issued_on else None


_STARTS: dict[str, Callable[[Case, str | None], date | None]] = {
    "statement": lambda case, _: case.start,
    "due": lambda case, _: case.due_on,
    "issued": lambda case, _: case.issued_on,
    "confirmed": lambda case, _: case.confirmed_on,
    "submitted": lambda case, _: case.submitted_on,
    "pod": lambda case, _: case.pod_on,
    "resent": lambda case, _: case.resent_on,
    "period": lambda case, _: _after_period(case),
    "tax_requested": lambda case, _: _tax_on(case, "requested"),
    "tax_issued": lambda case, _: _tax_on(case, "issued"),
    "tax_dispatched": lambda case, _: _tax_on(case, "dispatched"),
    "level": lambda case, name: reached_on(case, str(name)),
    "letter": lambda case, name: case.letters.get(str(name)),
    "flag": lambda case, name: case.flags.get(str(name)),
    "answered": lambda case, name: _answered(case, str(name)),
    "granted": lambda case, name: _granted_on(case, str(name)),
    "calendar": lambda case, _: max(case.since, case.issued_on) if case.since and case.issued_on else None,
}


_FACTS: dict[str, Callable[[Case, Any], bool]] = {
    "stage": lambda case, stages: case.stage in stages,
    "level": lambda case, levels: case.level in levels,
    "level_at_least": lambda case, level: RANK[case.level] >= RANK[level],
    "monthly": lambda case, wanted: case.monthly == wanted,
    "pod": lambda case, wanted: case.pod == wanted,
    "pod_complete": lambda case, wanted: (case.pod_on is not None) == wanted,
    "confirmed": lambda case, wanted: (case.confirmed_on is not None) == wanted,
    "tax_wanted": lambda case, wanted: (case.tax is not None or case.confirmed_on is not None) == wanted,
    "tax_issued": lambda case, wanted: (case.tax is not None and case.tax.state != "requested") == wanted,
    "tax_dispatched": lambda case, wanted: (case.tax is not None and case.tax.state == "dispatched") == wanted,
    "request_open": lambda case, kind: kind in case.requests,
    "answered": lambda case, kind: kind in case.answers,
    "granted": lambda case, kind: kind in case.answers and case.answers[kind].outcome == "granted",
    "letter_issued": lambda case, kind: kind in case.letters,
    "flag": lambda case, flag: flag in case.flags,
}


def holds(case: Case, wanted: Conditions) -> bool:
    """Whether conditions on the case's own facts hold."""
    return all(_FACTS[name](case, value) for name, value in wanted.own)


def runs(case: Case, step: Step) -> bool:
    """Whether the step's clock runs: all its `while` holds."""
    for name, value in step.standing:  # noqa: SIM110 - a generator would cost more than what it asks
        if not _FACTS[name](case, value):
            return False
    return True
