"""No, as HTTP says it: RFC 9457 problems with stable codes; the sentences are rendered for the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from service.domain.refusals import Conflict, Forbidden, Gone, NotFound, Refused, Stale
from service.words.sentences import say

MEDIA_TYPE = "application/problem+json"
LONGEST_POINTER = 256
SEVERAL = "invalid"
"""The code of a problem whose faults differ in kind."""

_STATUS: dict[type[Refused], int] = {Forbidden: 403, NotFound: 404, Conflict: 409, Gone: 410, Stale: 412}
_CONFLICTING_EVENTS = frozenset({"event_id_reused", "invoice_exists"})  # an ERP relies on 422 for all others


class Fault(NamedTuple):
    """One thing wrong with the input; `pointer` leads into the body, or to `/query/…`, `/path/…`, `/header/…`.

    The sentence of a `family` is `family.code`; `beside` is told as it is.
    """

    pointer: str
    code: str
    params: Mapping[str, Any] = {}
    family: str = ""
    beside: Mapping[str, Any] = {}


class Problem(Exception):
    """A request, or one event of it, that will not be carried out. `retry_after` in seconds."""

    def __init__(
        self,
        status: int,
        code: str,
        params: Mapping[str, Any] | None = None,
        errors: Sequence[Fault] = (),
        retry_after: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.params = params or {}
        self.errors = errors
        self.retry_after = retry_after
        self.headers = headers or {}


def invalid(faults: Sequence[Fault], status: int = 422) -> Problem:
    """Invalid input. The problem has the code of its faults when they are of one kind."""
    first = faults[0]
    if any(fault.code != first.code for fault in faults):
        return Problem(status, SEVERAL, {"count": len(faults)}, faults)
    return Problem(status, first.code, first.params, faults)


def fault(pointer: str, code: str, status: int = 422, **params: Any) -> Problem:
    """Invalid input in one place."""
    return invalid([Fault(pointer, code, params)], status)


def of_refusal(refused: Refused, in_event: bool = False) -> Problem:
    """The domain's. In an ERP's event what is unknown is a mistake of its content (422), not of the address (404); a person
    who says the same has no `data` around it."""
    errors = []
    if refused.pointer is not None:
        where = refused.pointer if in_event else refused.pointer.removeprefix("/data")
        errors.append(Fault(where, refused.code, refused.params))
    return Problem(_status(refused, in_event), refused.code, refused.params, errors)


_OURS = {"internal_error": 500, "raced": 503}
"""Not the sender's mistakes: the same may be sent again."""


def _status(refused: Refused, in_event: bool) -> int:
    if refused.code in _OURS:
        return _OURS[refused.code]
    if in_event:
        return 409 if refused.code in _CONFLICTING_EVENTS else 422
    return next((status for kind, status in _STATUS.items() if isinstance(refused, kind)), 422)


def overloaded() -> Problem:
    """More requests wait than can be served in time."""
    return Problem(503, "overloaded", retry_after=1)


def rendered(
    problem: Problem, language: str, instance: str | None = None, request: str | None = None
) -> dict[str, Any]:
    """The problem as JSON data; `instance` is the path asked for and `request` the request's id."""
    body = {
        "type": f"/problems/{problem.code}",
        "title": say(f"title.{problem.status}", language),
        "status": problem.status,
        "detail": say(problem.code, language, **problem.params),
        "instance": instance,
        "code": problem.code,
        "errors": [
            {"pointer": one.pointer, "code": one.code, "detail": _detail(one, language), **one.beside}
            for one in problem.errors
        ],
        "request": request,
    }
    return {name: value for name, value in body.items() if value is not None}


def _detail(one: Fault, language: str) -> str:
    return say(f"{one.family}.{one.code}" if one.family else one.code, language, **one.params)


def pointer(*parts: str | int) -> str:
    """A JSON pointer (RFC 6901), cut and cleaned so that it can be repeated to whoever sent it."""
    text = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text[:LONGEST_POINTER])
