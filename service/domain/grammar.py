"""From a playbook's data to its values: every mistake with the path where it stands, a code, and the remedy."""

from functools import partial
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from service.domain import playbook as p
from service.domain import reading as r
from service.domain.case import LEVELS
from service.domain.deeds import action
from service.domain.lint import lint
from service.domain.offsets import Offset
from service.domain.reading import Mistake, Path, Reader, Wrong, at, conditions, offset, own, start, word
from service.domain.wanted import Conditions

GRAMMAR = "1"

__all__ = ["GRAMMAR", "Mistake", "read"]

SELECTIONS: dict[str, frozenset[str]] = {
    "billing_cycle": r.CYCLES,
    "segment": r.SEGMENTS,
    "without_bill_for": frozenset({"previous_month"}),
    "having": frozenset({"open_bills", "overdue_bills"}),
}
"""How the steps of a customer or tenant narrow the customers they find."""


_ASKED_FOR_CUSTOMERS = Conditions(stage=("confirmation", "collection"))
"""A customer's steps are about the bills that have gone out and are still worked."""


class _RawStep(Struct, kw_only=True, forbid_unknown_fields=True, rename={"while_": "while"}):
    step: str
    rule: str
    do: list[dict[str, Any]]
    at: Any = None
    start: Any = None
    every: str | None = None
    times: Any = None
    until: Any = None
    never_after: str | None = None
    wait: dict[str, str] | None = None
    while_: dict[str, Any] | None = None
    when: dict[str, Any] | None = None
    unless: dict[str, Any] | None = None
    catch_up: p.CatchUp = "one"


class _RawLadder(Struct, kw_only=True, forbid_unknown_fields=True, rename={"while_": "while"}):
    ladder: str
    start: Any
    steps: list[dict[str, Any]]
    scope: p.Scope = "case"
    while_: dict[str, Any] | None = None
    select: dict[str, str] = {}


class _RawPlaybook(Struct, kw_only=True, forbid_unknown_fields=True):
    grammar: Literal["1"]
    name: str
    ladders: list[dict[str, Any]]
    title: dict[str, str] = {}
    parameters: dict[str, dict[str, str]] = {}


def read(data: Any, version: int = 0) -> p.Playbook | list[Mistake]:
    """The playbook that the data says, or all its mistakes. `data` is mappings, lists and strings, nothing else."""
    reader = Reader()
    playbook = reader.attempt(lambda: _playbook(reader, data, version))
    if playbook is not None and not reader.mistakes:
        reader.mistakes.extend(lint(playbook, data))
    return reader.mistakes or playbook or [Mistake((), "shape")]


def _playbook(reader: Reader, data: Any, version: int) -> p.Playbook:
    raw = reader.convert(data, _RawPlaybook, ())
    steps: list[p.Step] = []
    for index, one in enumerate(raw.ladders):
        steps.extend(_ladder(reader, one, ("ladders", index)))
    parameters = reader.attempt(lambda: _parameters(raw.parameters)) or {}
    return p.Playbook(name=raw.name, version=version, title=raw.title, steps=tuple(steps), parameters=parameters)


def _parameters(given: dict[str, dict[str, str]]) -> dict[str, dict[str, int]]:
    read: dict[str, dict[str, int]] = {}
    for name, segments in given.items():
        word(name, r.PARAMETERS, ("parameters", name))
        for segment, text in segments.items():
            path = ("parameters", name, segment)
            distance = offset(text, path)
            if distance.months or distance.days < 0:
                raise Wrong(path, "whole_days", given=text)
            read.setdefault(name, {})[word(segment, r.SEGMENTS, path)] = distance.days
    return read


def _ladder(reader: Reader, data: Any, path: Path) -> list[p.Step]:
    raw = reader.attempt(lambda: _raw_ladder(reader, data, path))
    if raw is None:
        return []
    steps: list[p.Step] = []
    for index, step in enumerate(raw.steps):
        one = reader.attempt(partial(_step, reader, raw, step, (*path, "steps", index), path))
        steps.extend([one] if one else [])
    return steps


def _raw_ladder(reader: Reader, data: Any, path: Path) -> _RawLadder:
    raw = reader.convert(data, _RawLadder, path)
    for name, value in raw.select.items():
        word(name, SELECTIONS, (*path, "select"))
        word(value, SELECTIONS[name], (*path, "select", name))
    start(raw.start, (*path, "start"))
    if raw.while_ is not None:
        own(conditions(reader, raw.while_, (*path, "while")), (*path, "while"))
    return raw


def _step(reader: Reader, ladder: _RawLadder, data: Any, path: Path, above: Path) -> p.Step:
    raw = reader.convert(data, _RawStep, path)
    while_ = [
        own(conditions(reader, given, (*where, "while")), (*where, "while"))
        for given, where in ((ladder.while_, above), (raw.while_, path))
        if given is not None
    ]
    if ladder.scope == "customer":
        while_.append(_ASKED_FOR_CUSTOMERS)
    until, level, until_offset = _until(raw, path)
    given = raw.at if isinstance(raw.at, list) else [raw.at]
    if not given or not raw.do:
        raise Wrong((*path, "do" if given else "at"), "empty")
    return p.Step(
        name=raw.step,
        rule=raw.rule,
        ladder=ladder.ladder,
        scope=ladder.scope,
        start=start(ladder.start, (*above, "start")) if raw.start is None else start(raw.start, (*path, "start")),
        at=tuple(at(one, (*path, "at")) for one in given),
        every=offset(raw.every, (*path, "every")) if raw.every else None,
        times=None if raw.times is None else r.whole(raw.times, (*path, "times"), 1, 10_000),
        until=until,
        until_level=level,
        until_offset=until_offset,
        never_after=offset(raw.never_after, (*path, "never_after")) if raw.never_after else None,
        wait=_wait(raw.wait, (*path, "wait")),
        while_=tuple(while_),
        when=conditions(reader, raw.when, (*path, "when")) if raw.when else None,
        unless=conditions(reader, raw.unless, (*path, "unless")) if raw.unless else None,
        select=ladder.select,
        actions=tuple(_on_one_road(action(reader, one, (*path, "do", index))) for index, one in enumerate(raw.do)),
        catch_up=raw.catch_up,
    )


def _on_one_road(found: p.Action) -> p.Action:
    """However a step wants credit stopped, the same is asked of finance."""
    stops = found.deed == p.Propose("credit_stop") or (
        isinstance(found.deed, p.Request) and found.deed.kind == p.CREDIT_STOP.kind
    )
    return replace(found, deed=p.CREDIT_STOP) if stops else found


def _until(raw: _RawStep, path: Path) -> tuple[str | None, str | None, Offset | None]:
    if raw.every and raw.until is None and raw.times is None:
        raise Wrong((*path, "every"), "repetition_without_end", step=raw.step)
    if isinstance(raw.until, dict) and set(raw.until) == {"level"}:
        return None, word(raw.until["level"], LEVELS[1:], (*path, "until", "level")), None
    if raw.until in (None, "due", "closed", "confirmed"):
        return raw.until, None, None
    if isinstance(raw.until, str):
        return None, None, offset(raw.until, (*path, "until"))
    raise Wrong((*path, "until"), "until_unknown", given=raw.until)


def _wait(raw: dict[str, str] | None, path: Path) -> Offset | None:
    if raw is None:
        return None
    if set(raw) != {"without_progress"}:
        raise Wrong(path, "wait_unknown", given=", ".join(raw))
    return offset(raw["without_progress"], (*path, "without_progress"))
