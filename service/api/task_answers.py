"""A task as it is answered: what is to be done, by whom today, and why it stands where it stands in the work list."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from service.api.answers import local, sentence
from service.api.models.work import TaskAnswer
from service.domain.limitation import WARNED_BEFORE, lapse
from service.domain.money import format
from service.domain.offsets import Offset, add
from service.domain.reasons import Reason
from service.engine.desk import Session
from service.store import cases, worklist

LIMITATION_SOON = timedelta(max(WARNED_BEFORE))

_PLAIN = "id kind state role owner customer cases bills contact created_at due_on best_from best_until rule".split()


def answers(session: Session, rows: Sequence[dict[str, Any]], language: str) -> list[TaskAnswer]:
    """The tasks, with reasons for the open ones."""
    owed = worklist.bills_of(session.tx, [row["id"] for row in rows if row["state"] == "open"])
    lapsing = _lapsing(session, [row for row in rows if _is_old(session, owed.get(row["id"], []))])
    return [_answer(session, row, owed.get(row["id"], []), lapsing.get(row["id"]), language) for row in rows]


def _is_old(session: Session, owed: list[worklist.Bills]) -> bool:
    """Whether the right to sue for one of its bills could lapse soon: interruptions only put that off."""
    days = [one.due_on for one in owed if one.due_on]
    return bool(days) and add(min(days), Offset(months=12 * session.scene.law.years)) - LIMITATION_SOON <= session.scene.today


def _lapsing(session: Session, old: list[dict[str, Any]]) -> dict[str, date]:
    """By task the day on which the first of these rights lapses, where that is soon."""
    states = cases.load(session.tx, sorted({id for row in old for id in row["cases"]}))
    found: dict[str, date] = {}
    for row in old:
        lapses = [lapse(states[id].state, session.scene.law) for id in row["cases"] if id in states]
        days = [one.expires_on for one in lapses if one]
        if days and min(days) - LIMITATION_SOON <= session.scene.today:
            found[row["id"]] = min(days)
    return found


def _answer(
    session: Session, row: dict[str, Any], owed: list[worklist.Bills], lapses_on: date | None, language: str
) -> TaskAnswer:
    code = f"task.{row['why']}"
    told: dict[str, Any] = {"why": sentence(code, language, {}), "why_code": code, "sheet": None}
    told["worker"] = session.scene.people.works_for(row["owner"], session.scene.today)
    reasons = _reasons(session, row, owed, lapses_on)
    told["reasons"] = [{"why": sentence(one.code, language, one.params), "why_code": one.code} for one in reasons]
    moments = {name: local(session, row[name]) for name in ("created_at", "best_from", "best_until") if row[name]}
    return TaskAnswer.model_validate({name: row[name] for name in _PLAIN} | moments | told)


def _reasons(
    session: Session, row: dict[str, Any], owed: list[worklist.Bills], lapses_on: date | None
) -> Iterator[Reason]:
    scene = session.scene
    for one in owed:
        amount = f"{one.currency} {format(one.open_amount, one.currency)}"
        yield Reason("worth.amount", {"amount": amount, "bills": one.bills})
    days = [(scene.today - one.due_on).days for one in owed if one.due_on]
    if days and max(days) > 0:
        yield Reason("worth.age", {"days": max(days)})
    kept, broken = sum(one.kept for one in owed), sum(one.broken for one in owed)
    if broken:
        yield Reason("worth.broken_promise", {"broken": broken})
    if kept or broken:
        yield Reason("worth.reliability", {"kept": kept, "promises": kept + broken})
    if lapses_on:
        yield Reason("worth.limitation", {"on": lapses_on})
    if row["state"] == "open" and row["kind"] == "call":
        best_from, best_until = scene.workdays.best_time(scene.today, scene.now)
        if best_from <= scene.now:
            yield Reason("worth.now", {"until": local(session, best_until).time().isoformat("minutes")})
