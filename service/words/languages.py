"""Which language somebody reads: what a request asks for, cut to the languages there are."""

from typing import Literal, get_args

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

TAGS: dict[Language, str] = {"zh": "zh-CN", "en": "en"}
"""As documents and mails name their language (BCP 47)."""

_LONGEST, _MOST = 1000, 50


def language_of(tag: str | None, default: Language = "en") -> Language:
    """The language of a tag such as `zh-Hans-CN`; the default for none or another."""
    primary = (tag or "").strip().lower().replace("_", "-").partition("-")[0]
    return next((language for language in LANGUAGES if language == primary), default)


def negotiate(accept_language_header: str | None, default: str) -> Language:
    """The language an Accept-Language header likes best; the default when it names none of ours, `*` included."""
    fallback = language_of(default)
    wishes: dict[str, float] = {}
    for part in (accept_language_header or "")[:_LONGEST].split(",")[:_MOST]:
        tag, _, weight = part.partition(";")
        primary = tag.strip().lower().partition("-")[0]
        wishes[primary] = max(wishes.get(primary, 0.0), _quality(weight))
    rest = wishes.get("*", 0.0)
    liked = {language: wishes.get(language, rest) for language in (fallback, *LANGUAGES)}
    best = max(liked, key=lambda language: liked[language])
    return best if liked[best] > 0 else fallback


def _quality(weight: str) -> float:
    """`q=0.8` as a number; 1 without one, 0 for what is no quality."""
    name, _, value = weight.strip().partition("=")
    if not name:
        return 1.0
    try:
        quality = float(value) if name.strip().lower() == "q" else 0.0
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0
