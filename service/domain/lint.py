"""What reads well and still is wrong in a playbook: steps that never fire, levels out of order, names used twice."""

from collections.abc import Iterator
from typing import Any

from service.domain import deeds
from service.domain import playbook as p
from service.domain.case import RANK, STAGES
from service.domain.offsets import Offset
from service.domain.reading import Mistake, Path, named

Found = tuple[p.Step, str, dict[str, str]]


def lint(playbook: p.Playbook, data: Any) -> list[Mistake]:
    """Every such mistake, at the step where it stands."""
    paths = _paths(data)
    place = {id(step): paths[index] for index, step in enumerate(playbook.steps)}
    return [
        Mistake(place[id(step)], code, {"step": step.name, **params})
        for step, code, params in (
            *_names(playbook),
            *_scopes(playbook),
            *_ends(playbook),
            *_unreachable(playbook),
            *_order(playbook),
        )
    ]


def _paths(data: Any) -> list[Path]:
    return [("ladders", i, "steps", j) for i, ladder in enumerate(data["ladders"]) for j in range(len(ladder["steps"]))]


def _names(playbook: p.Playbook) -> Iterator[Found]:
    seen: set[str] = set()
    for step in playbook.steps:
        if step.name in seen:
            yield step, "step_twice", {}
        seen.add(step.name)


def _scopes(playbook: p.Playbook) -> Iterator[Found]:
    for step in playbook.steps:
        if step.scope == "case":
            if step.start.fact == "calendar":
                yield step, "calendar_needs_scope", {}
            if step.select:
                yield step, "select_needs_scope", {}
            continue
        if step.start.fact != "calendar":
            yield step, "scope_needs_calendar", {}
        elif step.at != _ON_ITS_DAY or step.every or step.times:
            yield step, "calendar_comes_by_itself", {}
        yield from _tenants(step) if step.scope == "tenant" else _customers(step)


_HOLD_FOR_GOOD = frozenset({"stage", "monthly", "pod"})
"""What else may come to hold only later, and then a day long past would be made up for."""

_ON_ITS_DAY = (p.At(offset=Offset()),)


def _customers(step: p.Step) -> Iterator[Found]:
    """Asked of each bill, so that a customer without one is not found."""
    if "without_bill_for" in step.select:
        yield step, "select_needs_tenant", {}
    for name in sorted({name for one in step.while_ for name in named(one)} - _HOLD_FOR_GOOD):
        yield step, "calendar_needs_when", {"name": name}


def _tenants(step: p.Step) -> Iterator[Found]:
    """Nothing but customers is before it, and nobody in particular to write to."""
    asked = [*step.while_, step.when, step.unless, *(c for a in step.actions for c in (a.when, a.unless))]
    for name in sorted({name for one in asked for name in named(one)}):
        yield step, "condition_needs_case", {"name": name}
    for action in step.actions:
        if not isinstance(action.deed, p.Notice):
            yield step, "action_needs_customer", {"name": deeds.name(action.deed)}


def _ends(playbook: p.Playbook) -> Iterator[Found]:
    for step in playbook.steps:
        every = step.every
        if every is not None and (every.months < 0 or every.days < 0 or every == Offset()):
            yield step, "repetition_stands_still", {}
        if step.at_once and (every or step.wait or step.never_after or len(step.at) > 1):
            yield step, "now_is_once", {}


def _unreachable(playbook: p.Playbook) -> Iterator[Found]:
    levels = {"none"} | {step.escalates_to for step in playbook.steps if step.escalates_to}
    asked, letters = set(), set()
    for action in (a for step in playbook.steps for a in _all_actions(step)):
        match action.deed:
            case p.Request():
                asked.add(action.deed.kind)
            case p.Letter():
                letters.add(action.deed.kind)
                levels |= {action.deed.level} if action.deed.level else set()
            case p.PutHold():
                levels.add("hold")
    highest = max(RANK[level] for level in levels)
    for step in playbook.steps:
        wanted = step.start
        if wanted.fact == "level" and RANK[str(wanted.name)] > highest:
            yield step, "can_never_fire", {"why": f"level {wanted.name}"}
        if wanted.fact in ("granted", "answered") and wanted.name not in asked:
            yield step, "can_never_fire", {"why": f"request {wanted.name}"}
        if wanted.fact == "letter" and wanted.name not in letters:
            yield step, "can_never_fire", {"why": f"letter {wanted.name}"}
        yield from ((step, "can_never_fire", {"why": why}) for why in _contradictions(step))


def _all_actions(step: p.Step) -> Iterator[p.Action]:
    for action in step.actions:
        yield action
        if isinstance(action.deed, p.Request):
            yield from action.deed.granted


def _contradictions(step: p.Step) -> Iterator[str]:
    stages, levels = set(STAGES), set(RANK)
    facts: dict[str, set[bool]] = {}
    for conditions in (*step.while_, *([step.when] if step.when else [])):
        stages &= set(conditions.stage or STAGES)
        levels &= set(conditions.level or RANK)
        levels &= {one for one in RANK if RANK[one] >= RANK[conditions.level_at_least or "none"]}
        for name in ("monthly", "pod", "pod_complete", "confirmed", "tax_wanted", "tax_issued", "tax_dispatched"):
            if getattr(conditions, name) is not None:
                facts.setdefault(name, set()).add(getattr(conditions, name))
    started = {"confirmed": "confirmed", "pod": "pod_complete", "tax_issued": "tax_issued"}.get(step.start.fact)
    if started:
        facts.setdefault(started, set()).add(True)
    yield from (name for name, wanted in facts.items() if len(wanted) > 1)
    # A closed case asks nothing of the clock.
    if not stages - {"closed"}:
        yield "stage"
    if not levels or (step.until_level and not {one for one in levels if RANK[one] < RANK[step.until_level]}):
        yield "level"
    first = step.at[0].offset
    if step.until == "due" and step.start.fact == "due" and first and (first.months, first.days) > (0, 0):
        yield "until due"
    if step.until_offset and first and _days(step.until_offset) < _days(first):
        yield "until before at"
    if step.never_after is not None and first and _days(step.never_after) < _days(first):
        yield "never_after before at"


def _order(playbook: p.Playbook) -> Iterator[Found]:
    """On one clock a higher level may not come before a lower one."""
    rungs = [s for s in playbook.steps if s.escalates_to and s.at[0].offset is not None]
    for later in rungs:
        for earlier in rungs:
            if (earlier.ladder, earlier.start, earlier.while_) != (later.ladder, later.start, later.while_):
                continue
            sooner = _days(earlier.at[0].offset) < _days(later.at[0].offset)
            if sooner and RANK[str(earlier.escalates_to)] >= RANK[str(later.escalates_to)]:
                yield later, "level_out_of_order", {"before": earlier.name}


def _days(offset: Offset | None) -> int:
    return offset.months * 30 + offset.days if offset else 0
