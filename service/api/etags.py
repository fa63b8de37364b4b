"""ETags made of versions, and what `If-Match` asks of them (RFC 9110)."""

import re
from typing import NamedTuple

from service.api.problems import Problem, fault

_TAG = re.compile(r'\s*(W/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*')
_LONGEST = 4096


class IfMatch(NamedTuple):
    """What the caller has seen: one of these tags, or anything that exists."""

    tags: frozenset[str]
    anything: bool = False

    def admits(self, current: str | None) -> bool:
        """Whether the current ETag - None: there is nothing - is what the caller has seen."""
        return current is not None and (self.anything or current in self.tags)


def etag(*versions: int) -> str:
    """The strong ETag of what has these versions."""
    return f'"{".".join(str(version) for version in versions)}"'


def version(tag: str) -> int | None:
    """The version that an ETag of one version names; None for any other tag."""
    text = tag.strip('"')
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def if_match(header: str | None) -> IfMatch | None:
    """The condition of an `If-Match` header, None without one; raises Problem for one that cannot be read.

    Weak tags are read and match nothing: the comparison is the strong one.
    """
    if header is None:
        return None
    if header.strip() == "*":
        return IfMatch(frozenset(), anything=True)
    # a comma may stand inside a tag: tags are taken one by one instead of splitting
    tags, at = set(), 0
    while found := _TAG.match(header, at) if len(header) <= _LONGEST else None:
        if not found[1]:
            tags.add(f'"{found[2]}"')
        at = found.end()
        if at == len(header):
            return IfMatch(frozenset(tags))
        if header[at] != ",":
            break
        at += 1
    raise fault("/header/if-match", "if_match_invalid", 400)


def check(header: str | None, current: str | None) -> None:
    """Raises Problem `stale` unless the `If-Match` header, if there is one, admits the current ETag."""
    condition = if_match(header)
    if condition is not None and not condition.admits(current):
        raise Problem(412, "stale", {"etag": current})
