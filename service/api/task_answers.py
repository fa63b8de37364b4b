"""A task as it is answered: what is to be done, by whom today, and why it stands where it stands in the work list."""

from collections.abc import Iterator, Sequence
from typing import Any

from service.api.answers import local, sentence
from service.api.models.work import TaskAnswer
from service.domain.money import format
from service.domain.reasons import Reason
from service.engine.desk import Session
from service.store import worklist

_PLAIN = "id kind state role owner customer cases bills contact created_at due_on best_from best_until rule".split()


def answers(session: Session, rows: Sequence[dict[str, Any]], language: str) -> list[TaskAnswer]:
    """The tasks, with reasons for the open ones."""
    owed = worklist.bills_of(session.tx, [row["id"] for row in rows if row["state"] == "open"])
    return [_answer(session, row, owed.get(row["id"], []), language) for row in rows]


def _answer(session: Session, row: dict[str, Any], owed: list[worklist.Bills], language: str) -> TaskAnswer:
    code = f"task.{row['why']}"
    told: dict[str, Any] = {"why": sentence(code, language, {}), "why_code": code, "sheet": None}
    told["worker"] = session.scene.people.works_for(row["owner"], session.scene.today)
    told["reasons"] = [
        {"why": sentence(one.code, language, one.params), "why_code": one.code} for one in _reasons(session, row, owed)
    ]
    moments = {name: local(session, row[name]) for name in ("created_at", "best_from", "best_until") if row[name]}
    return TaskAnswer.model_validate({name: row[name] for name in _PLAIN} | moments | told)


def _reasons(session: Session, row: dict[str, Any], owed: list[worklist.Bills]) -> Iterator[Reason]:
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
    if row["state"] == "open" and row["kind"] == "call":
        best_from, best_until = scene.workdays.best_time(scene.today, scene.now)
        if best_from <= scene.now:
            yield Reason("worth.now", {"until": local(session, best_until).time().isoformat("minutes")})
