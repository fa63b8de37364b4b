"""A what-if as it is answered, by the API and the command line alike."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from service.api.answers import sentence
from service.api.models import simulations as m
from service.domain.whatif.comparing import Comparison, Sample
from service.domain.whatif.fidelity import Fidelity
from service.domain.whatif.tally import Line, StepCount
from service.engine.whatif import Found, Wanted

ASSUMPTIONS = ("facts", "answers", "opened", "today", "messages", "company")
AHEAD = "ahead"


class Frame(NamedTuple):
    """What a what-if was asked with: the first and the last day told, whether the last lies ahead, and the tenant's zone."""

    is_draft: bool
    days: tuple[date, date]
    is_ahead: bool
    zone: str


def simulation(wanted: Wanted, found: Found, frame: Frame, why: str | None, language: str) -> m.Simulation:
    """`why` it is not the whole, if it is not: `cases` or `time`."""
    compared, plan = found.compared, wanted.choice.playbook
    codes = (*ASSUMPTIONS, AHEAD) if frame.is_ahead else ASSUMPTIONS
    return m.Simulation.model_validate(
        {
            "playbook": plan.name,
            "version": None if frame.is_draft else plan.version,
            "replaces": sorted(wanted.choice.replaces),
            "period": {"from": frame.days[0], "to": frame.days[1]},
            "cases": compared.cases,
            "customers": compared.customers,
            "differing": compared.differing,
            "events": found.events,
            "truncated": {"why": why, "after": found.after or None} if why else None,
            "passed_over": found.passed_over,
            "steps": list(_steps(compared)),
            **_work(compared),
            "milestones": [_milestone(name, compared) for name in compared.milestones],
            "shifts": [_plain(one, days=one.days) for *_, one in sorted(compared.shifts, reverse=True)],
            "levels": [
                {"now": now, "then": then, "cases": count}
                for (now, then), count in compared.levels.most_common()
                if now != then
            ],
            "level_changes": [_plain(one) for one in compared.changed],
            "samples": [_sample(one, frame.zone) for one in sorted(compared.samples, reverse=True)],
            "fidelity": _fidelity(found.fidelity),
            "left_out": {"now": found.left_out_now, "then": found.left_out_then},
            "assumptions": [{"code": code, "text": sentence(f"whatif.{code}", language, {})} for code in codes],
        }
    )


def _plain(one: object, **more: object) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__struct_fields__} | more  # type: ignore[attr-defined]


def _steps(compared: Comparison) -> Iterable[dict[str, object]]:
    """In the order in which they came up first, those of the playbook there is before the others'."""
    now, then = compared.now.steps, compared.then.steps
    for name in dict.fromkeys((*now, *then)):
        rule = (then.get(name) or now[name]).rule
        yield {"step": name, "rule": rule, "now": _count(now.get(name)), "then": _count(then.get(name))}


def _count(one: StepCount | None) -> dict[str, object]:
    return {"fired": one.fired, "skipped": dict(one.skipped)} if one else {"fired": 0, "skipped": {}}


def _work(compared: Comparison) -> dict[str, object]:
    now, then = compared.now, compared.then
    return {
        "work": {
            "now": _sum(now.weeks.values()),
            "then": _sum(then.weeks.values()),
            "customers_touched_now": now.touched,
            "customers_touched_then": then.touched,
        },
        "weeks": [
            {"week": week, "now": _of(now.weeks, week), "then": _of(then.weeks, week)}
            for week in sorted({*now.weeks, *then.weeks})
        ],
        "roles": [
            {"role": role, "now": now.roles.get(role, {}), "then": then.roles.get(role, {})}
            for role in sorted({*now.roles, *then.roles})
        ],
    }


def _of(weeks: Mapping[date, Counter[str]], week: date) -> Mapping[str, int]:
    return weeks.get(week, {})


def _sum(weeks: Iterable[Counter[str]]) -> Counter[str]:
    return sum(weeks, Counter[str]())


def _milestone(name: str, compared: Comparison) -> dict[str, object]:
    return {"milestone": name, **_plain(compared.milestones[name])}


def _sample(one: Sample, zone: str) -> dict[str, object]:
    local = ZoneInfo(zone)
    now, then = _by_day(one.now, local), _by_day(one.then, local)
    days = [{"on": day, "now": now.get(day, []), "then": then.get(day, [])} for day in sorted({*now, *then})]
    return {"case": one.case, "customer": one.customer, "days": days}


def _by_day(lines: Sequence[Line], zone: ZoneInfo) -> dict[date, list[dict[str, object]]]:
    found: dict[date, list[dict[str, object]]] = {}
    for line in lines:
        at = line.at.astimezone(zone)
        found.setdefault(at.date(), []).append(_plain(line, at=at))
    return found


def _fidelity(one: Fidelity) -> dict[str, object]:
    return _plain(one, differences=[_plain(difference) for difference in one.differences])
