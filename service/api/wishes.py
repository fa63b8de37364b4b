"""Which form of an answer a request likes best: its media type (RFC 9110, `Accept`), and what beside (RFC 7240, `Prefer`)."""

from typing import Annotated

from fastapi import Depends, Header
from starlette.requests import Request

from service.api.problems import Problem

_LONGEST, _MOST = 1000, 50


def prefers(request: Request, *offered: str) -> str:
    """The media type liked best, the first offered when all are one; raises Problem `not_acceptable` for none of them."""
    header = request.headers.get("accept", "")[:_LONGEST].strip() or "*/*"
    wishes = [_wish(part) for part in header.split(",")[:_MOST]]
    liked = {media: _quality(media, wishes) for media in offered}
    best = max(offered, key=lambda media: liked[media])
    if not liked[best]:
        raise Problem(406, "not_acceptable", {"offered": ", ".join(offered)})
    return best


TOTAL = "return=total-count"


async def wants_total(
    prefer: Annotated[
        list[str] | None,
        Header(description=f"`{TOTAL}` counts the rows of all pages, as far as that is quick.", examples=[TOTAL]),
    ] = None,
) -> bool:
    """Whether the rows of a list are to be counted, as a dependency."""
    given = ",".join(prefer or ())[:_LONGEST]
    return any(part.partition(";")[0].strip().lower() == TOTAL for part in given.split(",")[:_MOST])


Counting = Annotated[bool, Depends(wants_total)]


def _wish(part: str) -> tuple[str, float]:
    media, *parameters = (piece.strip().lower() for piece in part.split(";"))
    return media, next((_number(one.partition("=")[2]) for one in parameters if one.startswith("q=")), 1.0)


def _number(text: str) -> float:
    try:
        return min(1.0, max(0.0, float(text)))
    except ValueError:
        return 0.0


def _quality(media: str, wishes: list[tuple[str, float]]) -> float:
    """The most particular range that fits decides."""
    kind = media.partition("/")[0]
    for pattern in (media, f"{kind}/*", "*/*"):
        found = [quality for wished, quality in wishes if wished == pattern]
        if found:
            return max(found)
    return 0.0
