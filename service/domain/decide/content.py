"""What a request will do when granted, exactly: stored with it as text, and bound to the answer by its hash."""

import hashlib
from typing import Any

import msgspec
from msgspec import Struct

from service.domain.playbook import Action, Letter, Propose, PutHold
from service.domain.refusals import Conflict


class Content(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The deeds in the order in which they will be done, and the playbook step that asked."""

    kind: str
    customer: str
    step: str
    rule: str
    granted: list[dict[str, Any]]
    then: str | None = None
    """The role whose word is needed after that of the role that is asked."""


def sealed(content: Content) -> tuple[str, str]:
    """The content as canonical JSON text, and its SHA-256 in hexadecimal."""
    text = msgspec.json.encode(content, order="deterministic")
    return text.decode(), hashlib.sha256(text).hexdigest()


def opened(text: str, content_hash: str) -> Content:
    """The content behind the text; raises Conflict when it is not the one that the hash was taken of (I32)."""
    if hashlib.sha256(text.encode()).hexdigest() != content_hash:
        raise Conflict("approval_empty", None)
    return msgspec.json.decode(text, type=Content)


def deeds(actions: tuple[Action, ...]) -> list[dict[str, Any]]:
    """The deeds that may wait for a grant, as data."""
    found: list[dict[str, Any]] = []
    for action in actions:
        match action.deed:
            case PutHold():
                found.append({"deed": "hold"})
            case Letter():
                found.append({"deed": "letter", "kind": action.deed.kind, "level": action.deed.level})
            case Propose():
                found.append({"deed": action.deed.what})
    return found
