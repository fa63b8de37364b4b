"""A person recognised in what somebody wrote: by their whole name, their e-mail address, or the digits of their number."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

_WRITTEN = ("name", "email")
_DIALLED = ("phone", "mobile")
_EXTENSION = re.compile(r"ext|x|转|分机|[#,;/]", re.IGNORECASE)

TELLING_DIGITS = 8
"""The end of a number that tells one from others, with or without the country's code."""

FEWEST_DIGITS = 6
FEWEST_LETTERS = 2


class Person:
    """What is known of somebody, in every version that was kept. Rather too much is taken for theirs than too little."""

    def __init__(self, details: Iterable[Mapping[str, Any]]) -> None:
        known = list(details)
        written = {_plain(str(one[name])) for one in known for name in _WRITTEN if one.get(name)}
        dialled = {_number(str(one[name])) for one in known for name in _DIALLED if one.get(name)}
        words = sorted(_as_words(text) for text in written if len(text) >= FEWEST_LETTERS)
        self._words = re.compile("|".join(words)) if words else None
        self._numbers = sorted(number for number in dialled if len(number) >= FEWEST_DIGITS)

    def is_named_in(self, said: Any) -> bool:
        """Whether a text names the person; of any other JSON, whether something in it does."""
        match said:
            case str() | int() | float():
                text = _plain(str(said))
                digits = "".join(filter(str.isdigit, text))
                written = self._words is not None and self._words.search(text) is not None
                return written or any(number in digits for number in self._numbers)
            case dict():
                return any(self.is_named_in(key) or self.is_named_in(value) for key, value in said.items())
            case list() | tuple():
                return any(map(self.is_named_in, said))
            case _:
                return False

    def left_out_of(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The body without the fields that name the person."""
        return {name: value for name, value in body.items() if not self.is_named_in({name: value})}


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _number(text: str) -> str:
    digits = "".join(filter(str.isdigit, _plain(_EXTENSION.split(text)[0])))
    return digits[-TELLING_DIGITS:]


def _as_words(text: str) -> str:
    """Li is not in “delivery”; a Chinese name stands between other signs without a space."""
    before = r"(?<![a-z0-9])" if text[0].isascii() and text[0].isalnum() else ""
    after = r"(?![a-z0-9])" if text[-1].isascii() and text[-1].isalnum() else ""
    return before + re.escape(text) + after
