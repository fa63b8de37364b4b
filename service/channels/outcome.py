"""How an attempt ended, one pair of values for every channel; no exception leaves a channel for an expected failure."""

from dataclasses import dataclass
from datetime import timedelta

HEAD_BYTES = 1024
DETAIL_CHARACTERS = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """The far side took it. `status` is its code (HTTP or SMTP), `head` the first kilobyte it answered."""

    status: int
    duration_ms: int
    head: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Failed:
    """The attempt failed. `gone` asks to disable the endpoint (410), `permanent` says that a retry cannot help."""

    code: str
    detail: str
    duration_ms: int
    status: int | None = None
    head: str = ""
    retry_after: timedelta | None = None
    gone: bool = False
    permanent: bool = False


def safe(text: str, limit: int = DETAIL_CHARACTERS) -> str:
    """Foreign text made fit for a database, a log and a page: controls, NUL and bidi marks become U+FFFD."""
    return "".join(char if char.isprintable() or char in "\n\t" else "\ufffd" for char in text[:limit])


def head_of(answer: bytes) -> str:
    """The first kilobyte of an answer as safe text."""
    return safe(answer[:HEAD_BYTES].replace(b"\r\n", b"\n").decode("utf-8", "replace"), HEAD_BYTES)
