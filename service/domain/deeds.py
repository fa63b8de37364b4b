"""The actions that a playbook's grammar knows, one reader each: a new one is one function and one line of the table."""

from collections.abc import Callable
from typing import Any

from service.domain import playbook as p
from service.domain import reading as r
from service.domain.case import LEVELS
from service.domain.reading import Path, Reader, Wrong, at, conditions, offset, start, word, words
from service.domain.wanted import Conditions

GRANTABLE = (p.Letter, p.PutHold, p.Propose)
"""What may wait for a grant."""


def action(reader: Reader, data: Any, path: Path) -> p.Action:
    """One action: exactly one deed, with `when`, `unless` and `rule` beside it."""
    if not isinstance(data, dict):
        raise Wrong(path, "action_shape")
    found = [name for name in data if name in DEEDS]
    if len(found) != 1 or set(data) - {found[0], "when", "unless", "rule"}:
        raise Wrong(path, "action_unknown", given=", ".join(map(str, data)), known=", ".join(sorted(DEEDS)))
    deed = DEEDS[found[0]](reader, data[found[0]], (*path, found[0]))
    when = conditions(reader, data["when"], (*path, "when")) if "when" in data else None
    unless = conditions(reader, data["unless"], (*path, "unless")) if "unless" in data else None
    return p.Action(deed, when, unless, data.get("rule"))


def _message(reader: Reader, data: Any, path: Path) -> p.Deed:
    message = reader.convert(data, p.Message, path)
    words(message.to, r.CONTACT_ROLES, (*path, "to"))
    if message.copy is not None:
        word(message.copy, r.AUDIENCES, (*path, "copy"))
    return message


def _task(reader: Reader, data: Any, path: Path) -> p.Deed:
    rest = dict(reader.convert(data, dict[str, Any], path))
    due, every = rest.pop("due", None), rest.pop("at_most_every", None)
    due_start = None
    if isinstance(due, dict) and "start" in due:
        due_start = start(due["start"], (*path, "due", "start"))
        due = due.get("at", "P0D")
    task = reader.convert(rest, p.TaskWanted, path)
    word(task.kind, r.TASK_KINDS, (*path, "kind"))
    word(task.role, r.AUDIENCES | {"owner"}, (*path, "role"))
    words(task.requires, r.RECORD_FIELDS, (*path, "requires"))
    words(task.points, r.POINTS, (*path, "points"))
    return p.TaskWanted(
        kind=task.kind,
        why=task.why,
        role=task.role,
        due=at(due, (*path, "due")) if due is not None else None,
        due_start=due_start,
        at_most_every=offset(every, (*path, "at_most_every")) if every else None,
        requires=task.requires,
        points=task.points,
    )


def _notice(reader: Reader, data: Any, path: Path) -> p.Deed:
    notice = reader.convert(data, p.Notice, path)
    words(notice.audience, r.AUDIENCES, (*path, "audience"))
    if not notice.audience:
        raise Wrong((*path, "audience"), "audience_empty")
    return notice


def _letter(reader: Reader, data: Any, path: Path) -> p.Deed:
    letter = reader.convert(data, p.Letter, path)
    word(letter.kind, r.LETTERS, (*path, "kind"))
    if letter.level is not None:
        word(letter.level, LEVELS[1:], (*path, "level"))
    return letter


def _request(reader: Reader, data: Any, path: Path) -> p.Deed:
    rest = dict(reader.convert(data, dict[str, Any], path))
    unknown = set(rest) - {"kind", "role", "granted", "again", "remind_open_days", "first"}
    if unknown or not {"kind", "role", "granted"} <= set(rest) or not isinstance(rest["granted"], list):
        raise Wrong(path, "request_shape", given=", ".join(rest))
    granted = tuple(action(reader, one, (*path, "granted", i)) for i, one in enumerate(rest["granted"]))
    for index, one in enumerate(granted):
        if not isinstance(one.deed, GRANTABLE):
            raise Wrong((*path, "granted", index), "cannot_wait_for_grant")
    first, first_when = _first(reader, rest.get("first"), (*path, "first"))
    return p.Request(
        kind=word(rest["kind"], r.REQUEST_KINDS, (*path, "kind")),
        role=word(rest["role"], r.AUDIENCES, (*path, "role")),
        granted=granted,
        again=offset(rest["again"], (*path, "again")) if "again" in rest else None,
        first=first,
        first_when=first_when,
        remind_open_days=r.whole(rest.get("remind_open_days", 3), (*path, "remind_open_days"), 1, 250),
    )


def _first(reader: Reader, data: Any, path: Path) -> tuple[str | None, Conditions | None]:
    """Whose word is needed before, and of which customers."""
    if data is None:
        return None, None
    if not isinstance(data, dict) or not {"role"} <= set(data) <= {"role", "when"}:
        raise Wrong(path, "request_first_shape", given=data)
    when = conditions(reader, data["when"], (*path, "when")) if "when" in data else None
    return word(data["role"], r.AUDIENCES, (*path, "role")), when


def _escalate(reader: Reader, data: Any, path: Path) -> p.Deed:
    return p.Escalate(word(data, LEVELS[1:], path))


def _hold(reader: Reader, data: Any, path: Path) -> p.Deed:
    return p.PutHold(word(data, {"shipments"}, path))


def _propose(reader: Reader, data: Any, path: Path) -> p.Deed:
    return p.Propose(word(data, {"credit_stop", "hand_over", "statement"}, path))


def name(deed: p.Deed) -> str:
    """What the action is called in a playbook."""
    return _NAMES[type(deed)]


_NAMES: dict[type, str] = {
    p.Message: "message",
    p.TaskWanted: "task",
    p.Notice: "notice",
    p.Letter: "letter",
    p.Request: "request",
    p.Escalate: "escalate",
    p.PutHold: "hold",
    p.Propose: "propose",
}

DEEDS: dict[str, Callable[[Reader, Any, Path], p.Deed]] = {
    "message": _message,
    "task": _task,
    "notice": _notice,
    "letter": _letter,
    "request": _request,
    "escalate": _escalate,
    "hold": _hold,
    "propose": _propose,
}
