"""CloudEvents 1.0 in all forms an ERP may send: structured, binary, batch, plain JSON of either, a line of a stream.

One bad event never spoils the others: it carries its problem, and no command.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import lru_cache, partial
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

import msgspec

from service.api import facts, request_ids
from service.api.bodies import decode, is_json, media_type
from service.api.lines import Line
from service.api.problems import Problem, fault, invalid
from service.api.texts import DEEPEST, check_texts, text_fault, too_deep
from service.domain.commands import FACTS, ErpCommand

STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
STREAMS = ("application/x-ndjson", "application/ndjson")
MOST = 1000
"""Events of one batch."""

LONGEST_NAME = 256
YEARS = range(1990, 2200)

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)
_CANONICAL = msgspec.json.Encoder(order="deterministic")
_INNER_SOURCES = re.compile(r"clock\Z|key:")  # the names under which our own commands are remembered
_NEAR = 64


class Inbound(msgspec.Struct, frozen=True, kw_only=True):
    """One event: `command`, or `error` and why not. `content` is what its identity stands for, as canonical JSON."""

    index: int
    id: str | None = None
    source: str | None = None
    type: str | None = None
    time: datetime | None = None
    subject: str | None = None
    traceparent: str | None = None
    command: ErpCommand | None = None
    extra: dict[str, Any] = {}
    content: bytes = b""
    error: Problem | None = None


class Parsed(NamedTuple):
    events: list[Inbound]
    is_batch: bool


def is_stream(content_type: str | None) -> bool:
    """Whether the body is a stream of lines, to be read by `lines.batches`."""
    return media_type(content_type) in STREAMS


def parse_body(content_type: str | None, headers: Mapping[str, str], body: bytes) -> Parsed:
    """The events of a body that is not a stream; raises Problem when the body as a whole is none."""
    media = media_type(content_type)
    trace = headers.get("traceparent")
    if media == BATCH:  # first, for the structured type begins alike
        return _batch(*decode(body), trace)
    if media == STRUCTURED:
        return Parsed([_inbound(0, *decode(body), trace)], False)
    if not is_json(media) or media.startswith("application/cloudevents"):
        raise Problem(415, "unsupported_media_type")
    value, look = decode(body)
    attributes = _attributes(headers)
    if attributes:
        return Parsed([_inbound(0, attributes | {"data": value}, True, trace)], False)
    if isinstance(value, list):
        return _batch(value, look, trace)
    return Parsed([_inbound(0, value, look, trace)], False)


def parse_lines(lines: list[Line], trace: str | None = None) -> list[Inbound]:
    """The events of lines, each with its line's number as index."""
    return [_of_line(line, trace) for line in lines]


def of_value(index: int, value: Any) -> Inbound:
    """The event that a value is, of which nothing is known but that it is JSON's."""
    return _inbound(index, value, True, None)


def _of_line(line: Line, trace: str | None) -> Inbound:
    if line.text is None:
        return Inbound(index=line.number, error=Problem(413, "line_too_long", {"limit": line.limit}))
    try:
        value, look = decode(line.text)
    except Problem as problem:
        return Inbound(index=line.number, error=problem)
    return _inbound(line.number, value, look, trace)


def _batch(value: Any, look: bool, trace: str | None) -> Parsed:
    if not isinstance(value, list):
        raise fault("", "wrong_type", expected="array")
    if len(value) > MOST:
        raise Problem(413, "batch_too_large", {"limit": MOST})
    return Parsed([_inbound(index, one, look, trace) for index, one in enumerate(value)], True)


def _attributes(headers: Mapping[str, str]) -> dict[str, Any]:
    """The attributes that binary mode carries as headers; none in the other modes."""
    given = {name.lower(): value for name, value in headers.items()}
    if not given.keys() & {"ce-id", "ce-source", "ce-type", "ce-specversion"}:
        return {}
    return {name[3:]: _unquoted(name, value) for name, value in given.items() if name.startswith("ce-")}


def _unquoted(name: str, value: str) -> str:
    # the HTTP binding's section 3.1.3.2: first the quoted string of HTTP, then percent signs, then UTF-8
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    try:
        return unquote_to_bytes(value.encode("latin-1")).decode()
    except UnicodeError:
        raise fault(f"/header/{name}", "text_invalid") from None


def _inbound(index: int, value: Any, look: bool, trace: str | None) -> Inbound:
    """The event, or what of it could be read and why it is refused. `look`: its texts need one."""
    known: dict[str, Any] = {}
    try:
        if not isinstance(value, dict):
            raise fault("", "wrong_type", expected="object")
        if too_deep(value):
            raise Problem(400, "too_deep", {"limit": DEEPEST})
        get = value.get
        known["id"] = _name("id", get("id"))
        known["source"] = _name("source", get("source"))
        kind = known["type"] = _name("type", get("type"))
        _check_envelope(value, known["source"])
        fact = FACTS.get(kind) or _unknown(kind)
        data = _data(get("data"))
        subject = None if get("subject") is None else _name("subject", get("subject"))
        time = _time(get("time"))
        if look:
            check_texts(value, partial(facts.is_line, fact))
        command = facts.convert(data, fact)
        content = _CANONICAL.encode({"data": data, "subject": subject, "type": kind})
        extra = facts.extra_of(data, fact)
        if extra and len(content) > facts.LARGEST_EXTRA:
            facts.check_size(extra)
    except Problem as problem:
        return Inbound(index=index, error=problem, **known)
    return Inbound(
        index=index,
        **known,
        time=time,
        subject=subject,
        traceparent=request_ids.trace(get("traceparent")) or request_ids.trace(trace),
        command=command,
        extra=extra,
        content=content,
    )


def _name(attribute: str, value: Any) -> str:
    """An attribute that is one short line."""
    where = f"/{attribute}"
    if value is None:
        raise fault(where, "field_missing")
    if type(value) is not str:
        raise fault(where, "wrong_type", expected="string")
    if not value:
        raise fault(where, "too_short", limit=1)
    if len(value) > LONGEST_NAME:
        raise fault(where, "too_long", limit=LONGEST_NAME)
    if not value.isprintable() and (found := text_fault(value, (attribute,), one_line=True)):
        raise invalid([found])
    return value


def _check_envelope(value: dict[str, Any], source: str) -> None:
    version = value.get("specversion")
    if version != "1.0":
        raise fault("/specversion", "field_missing" if version is None else "specversion_unsupported")
    if _INNER_SOURCES.match(source):
        raise fault("/source", "source_reserved")
    if value.get("data_base64") is not None:
        raise fault("/data_base64", "data_base64_unsupported")


def _data(value: Any) -> dict[str, Any]:
    if value is None:
        raise fault("/data", "field_missing")
    if type(value) is not dict:
        raise fault("/data", "wrong_type", expected="object")
    return value


def _unknown(kind: str) -> type[Any]:
    raise fault("/type", "unknown_type", given=kind, nearest=_nearest(kind[:_NEAR]))


@lru_cache(maxsize=1024)
def _nearest(kind: str) -> tuple[str, ...]:
    return tuple(get_close_matches(kind, FACTS, n=3)) or tuple(FACTS)


def _time(value: Any) -> datetime | None:
    """The instant in UTC."""
    if value is None:
        return None
    if type(value) is not str or not _INSTANT.fullmatch(value):
        raise fault("/time", "bad_time")
    try:
        instant = msgspec.convert(value, datetime).astimezone(UTC)
    except (msgspec.ValidationError, OverflowError):
        raise fault("/time", "bad_time") from None
    if instant.year not in YEARS:
        raise fault("/time", "bad_time")
    return instant
