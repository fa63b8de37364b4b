"""Which day a step's clock started for a case, and whether the case's own facts let it run."""

from datetime import date

from service.domain.case import RANK, Case
from service.domain.offsets import Offset, add
from service.domain.playbook import Conditions, Start


def anchor_of(case: Case, start: Start) -> date | None:
    """The day a clock started, or None while it has not."""
    match start.fact:
        case "statement":
            return case.start
        case "due":
            return case.due_on
        case "issued":
            return case.issued_on
        case "confirmed":
            return case.confirmed_on
        case "submitted":
            return case.submitted_on
        case "pod":
            return case.pod_on
        case "resent":
            return case.resent_on
        case "period":
            return _after_period(case)
        case "tax_requested" | "tax_issued" | "tax_dispatched":
            return case.tax.on if case.tax and case.tax.state == start.fact.removeprefix("tax_") else None
        case "level":
            return reached_on(case, str(start.name))
        case "letter":
            return case.letters.get(str(start.name))
        case "flag":
            return case.flags.get(str(start.name))
        case "answered":
            return _answered(case, str(start.name))
        case "granted":
            answer = case.answers.get(str(start.name))
            return answer.granted_on if answer else None
    return None


def reached_on(case: Case, level: str) -> date | None:
    """The day on which the case first stood at that level or above, on its present ladder."""
    return min((on for reached, on in case.levels.items() if RANK[reached] >= RANK[level]), default=None)


def _answered(case: Case, kind: str) -> date | None:
    answer = case.answers.get(kind)
    return answer.first_on if answer else case.levels.get(kind)


def _is_granted(case: Case, kind: str) -> bool:
    return case.answers[kind].outcome == "granted"


def _after_period(case: Case) -> date | None:
    """The first day of the month after the bill's period, else after its issue (A1-A3, A9)."""
    if case.period:
        year, month = (int(part) for part in case.period.split("-"))
        return add(date(year, month, 1), Offset(months=1))
    return add(case.issued_on.replace(day=1), Offset(months=1)) if case.issued_on else None


def holds(case: Case, wanted: Conditions) -> bool:
    """Whether conditions on the case's own facts hold."""
    return (
        (wanted.stage is None or case.stage in wanted.stage)
        and (wanted.level is None or case.level in wanted.level)
        and (wanted.level_at_least is None or RANK[case.level] >= RANK[wanted.level_at_least])
        and (wanted.monthly is None or case.monthly == wanted.monthly)
        and (wanted.pod is None or case.pod == wanted.pod)
        and (wanted.pod_complete is None or (case.pod_on is not None) == wanted.pod_complete)
        and (wanted.confirmed is None or (case.confirmed_on is not None) == wanted.confirmed)
        and (wanted.tax_wanted is None or (case.tax is not None or case.confirmed_on is not None) == wanted.tax_wanted)
        and (wanted.tax_issued is None or (case.tax is not None and case.tax.state != "requested") == wanted.tax_issued)
        and (
            wanted.tax_dispatched is None
            or (case.tax is not None and case.tax.state == "dispatched") == wanted.tax_dispatched
        )
        and (wanted.request_open is None or wanted.request_open in case.requests)
        and (wanted.answered is None or wanted.answered in case.answers)
        and (wanted.granted is None or (wanted.granted in case.answers and _is_granted(case, wanted.granted)))
        and (wanted.letter_issued is None or wanted.letter_issued in case.letters)
        and (wanted.flag is None or wanted.flag in case.flags)
    )
