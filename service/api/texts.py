"""What no text may hold: NUL, lone surrogates and other control characters; line breaks and tabs when it is one line.

Most input holds none of it: one look at the raw JSON tells, and only what it suspects is walked.
"""

import math
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, TypeAlias

from service.api.problems import Fault, invalid, pointer

Path: TypeAlias = tuple[str | int, ...]
DEEPEST = 32
"""Levels of objects and arrays in a body."""

MOST_VALUES = 2000
"""Fields and items of a command's body, all levels together: each that is wrong costs more than all that are right."""

SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_SUSPICIOUS = re.compile(
    rb"\\(?:[bfnrt]|u(?:00(?:[01]|7[fF]|[89][0-9a-fA-F])|[dD][89a-fA-F]))"  # escapes of control characters, surrogates
    rb"|\x7f|\xc2[\x80-\x9f]"  # the control characters that JSON lets stand as they are
)
_INVALID = re.compile("[\x00\ud800-\udfff]")
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_MOST = 50
_BREAK = re.compile("[\t\n\r]")


def suspicious(raw: bytes) -> bool:
    """Whether a text of this JSON may hold what it may not."""
    return _SUSPICIOUS.search(raw) is not None


def text_fault(text: str, path: Path, one_line: bool = False) -> Fault | None:
    """What is wrong with the characters of the text at a path; `one_line`: it may have neither line breaks nor tabs."""
    if text.isprintable():
        return None
    if found := _INVALID.search(text):
        return Fault(pointer(*path), "text_invalid", {"position": found.start()})
    found = _CONTROL.search(text) or (_BREAK.search(text) if one_line else None)
    return found and Fault(pointer(*path), "control_character", {"position": found.start()})


def check_texts(value: Any, is_line: Callable[[Path], bool] | None = None) -> None:
    """Raises Problem for texts that no database takes, and for numbers beyond reason; the value must not be too deep.

    `is_line` tells by its path whether a text may have one line only.
    """
    if faults := list(islice(_faults(value, is_line), _MOST)):
        raise invalid(faults)


def _faults(value: Any, is_line: Callable[[Path], bool] | None) -> Iterator[Fault]:
    for path, leaf in _leaves(value, ()):
        if isinstance(leaf, str):
            if not leaf.isprintable() and (found := text_fault(leaf, path, bool(is_line and is_line(path)))):
                yield found
        elif isinstance(leaf, float) and not math.isfinite(leaf):
            yield Fault(pointer(*path), "number_out_of_range")


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Every scalar with its path, and every key as a text of its own."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key), key
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*path, index))
    else:
        yield path, value


def too_deep(value: Any, left: int = DEEPEST) -> bool:
    """Whether objects and arrays are nested deeper than that; the value itself is the first level."""
    inners = value.values() if type(value) is dict else value if type(value) is list else ()
    for inner in inners:
        kind = type(inner)
        if (kind is dict or kind is list) and (left == 1 or too_deep(inner, left - 1)):
            return True
    return False


def too_many(value: Any) -> bool:
    """Whether there are more fields and items in it than a command may have; the value must not be too deep."""
    count, inner = 0, [value]
    while inner and count <= MOST_VALUES:
        one = inner.pop()
        if type(one) is dict or type(one) is list:
            count += len(one)
            inner += one.values() if type(one) is dict else one
    return count > MOST_VALUES
