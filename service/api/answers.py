"""How what was read is written: JSON bytes at once, instants on the tenant's clock, sentences in the reader's language."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from starlette.responses import Response

from service.api.guards import Principal
from service.api.roles import Right, admitted
from service.api.wishes import TOTAL
from service.domain.reasons import Reason
from service.engine.desk import Session
from service.words.sentences import say

_encode = msgspec.json.Encoder().encode


def json(content: Any, language: str | None = None, etag: str | None = None) -> Response:
    """The answer; with a language when sentences are in it."""
    headers = {}
    if language is not None:
        headers = {"Content-Language": language, "Vary": "Accept-Language"}
    if etag is not None:
        headers["ETag"] = etag
    if isinstance(content, dict) and "total" in content:
        headers["Preference-Applied"] = TOTAL
    return Response(_encode(content), 200, headers, media_type="application/json")


def local(session: Session, at: datetime) -> datetime:
    """The instant with the tenant's own offset."""
    return at.astimezone(ZoneInfo(session.scene.workdays.zone))


def may_read_texts(principal: Principal) -> bool:
    """Whether what people wrote and said is for this reader: neither a viewer's nor an ERP's."""
    return principal.role in admitted(Right.TEXTS)


def sentence(code: str, language: str, params: Mapping[str, Any]) -> str:
    """The sentence; a page says the same ones over and over."""
    return _said(code, language, tuple(sorted(params.items())))


def sentences(reasons: tuple[Reason, ...], language: str) -> str:
    """Reasons as running text."""
    between = "" if language == "zh" else " "
    return between.join(sentence(reason.code, language, reason.params) for reason in reasons)


@lru_cache(maxsize=8192)
def _said(code: str, language: str, params: tuple[tuple[str, Any], ...]) -> str:
    return say(code, language, **dict(params))
