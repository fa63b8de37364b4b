"""Which form of an answer a request likes best (RFC 9110, `Accept`)."""

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
