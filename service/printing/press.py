"""A template and its data as PDF/A-2b, byte for byte the same for the same input, or as pictures of its pages.

Data reach a template as JSON, never as code, and templates have no words of their own: whatever a reader sees was given.
"""

import json
import re
import threading
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from typst import Compiler, Fonts

TEMPLATES = Path(__file__).parent / "templates"
STANDARD: Literal["a-2b"] = "a-2b"
"""For archives; of the standards that forbid text without glyphs (else there are blank spots instead of an error)."""

_NO_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_BOUND = frozenset({"Cf", "Mc", "Me", "Mn"})
_TOLD = 5

STAND_IN = "?"
"""What stands where a sign should, in pages that are not to wait for its correction."""

_own = threading.local()


class Unprintable(ValueError):
    """Text that no font can show; `characters` are those that lack a glyph."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        named = ", ".join(f"{one} ({_named(one)})" for one in characters[:_TOLD])
        super().__init__(f"no font has a glyph for {named}{' …' if len(characters) > _TOLD else ''}")
        self.characters = characters


def pdf(template: str, data: Mapping[str, Any], *, on: date) -> bytes:
    """The document of the day `on`. Raises Unprintable, and KeyError for a template that there is not."""
    (document,) = _compiled(template, data, on, "pdf")
    return document


def legible(template: str, data: Mapping[str, Any], *, on: date) -> bytes:
    """The document with a stand-in for every sign that no font has."""
    while True:
        try:
            return pdf(template, data, on=on)
        except Unprintable as lacking:
            left = _without(data, lacking.characters)
            if left == data:
                raise
            data = left


def png(template: str, data: Mapping[str, Any], *, on: date, page: int = 1, ppi: float = 110) -> bytes:
    """A page of what `pdf` would make, from 1. Raises what that would, and IndexError past the last page."""
    pdf(template, data, on=on)
    pages = _compiled(template, data, on, "png", ppi)
    if not 1 <= page <= len(pages):
        raise IndexError(page)
    return pages[page - 1]


def _compiled(
    template: str, data: Mapping[str, Any], on: date, format: Literal["pdf", "png"], ppi: float | None = None
) -> list[bytes]:
    from typst import TypstError  # half as much memory again as all the rest: only where something is printed

    if template not in _templates():
        raise KeyError(template)
    try:
        made = _compiler().compile(
            input=TEMPLATES / f"{template}.typ",
            format=format,
            ppi=ppi,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=[STANDARD] if format == "pdf" else [],
            timestamp=int(datetime.combine(on, time(), UTC).timestamp()),
        )
    except TypstError as error:
        lacking = dict.fromkeys(_unescaped(text) for text in _NO_GLYPH.findall(error.diagnostic))
        if lacking:
            raise Unprintable(tuple(lacking)) from None
        raise
    assert made is not None
    return made if isinstance(made, list) else [made]


def _without(data: Mapping[str, Any], characters: Sequence[str]) -> dict[str, Any]:
    """Joiners and marks go first: what they stand on is named with them, and may be there without them (a 1 in a keycap)."""
    bound = [one for one in characters if unicodedata.category(one[0]) in _BOUND]
    stand_ins = str.maketrans(dict.fromkeys("".join(bound), "") if bound else dict.fromkeys("".join(characters), STAND_IN))

    def shown(value: Any) -> Any:
        match value:
            case str():
                return value.translate(stand_ins)
            case Mapping():
                return {name: shown(one) for name, one in value.items()}
            case list() | tuple():
                return [shown(one) for one in value]
            case _:
                return value

    return {name: shown(one) for name, one in data.items()}


@cache
def _templates() -> frozenset[str]:
    return frozenset(path.stem for path in TEMPLATES.glob("*.typ"))


def _compiler() -> "Compiler":
    """Each thread has its own: one is not made to be shared."""
    if not hasattr(_own, "compiler"):
        from typst import Compiler

        _own.compiler = Compiler(root=TEMPLATES, font_paths=_fonts(), ignore_system_fonts=True)
    found: Compiler = _own.compiler
    return found


@cache
def _fonts() -> "Fonts":
    """The shipped ones alone: what a machine has beside them would show in the bytes."""
    from pylopdf_fonts_zh_cn import sans_path
    from typst import Fonts

    return Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[sans_path().parent])


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _named(text: str) -> str:
    return " ".join(f"U+{ord(char):04X} {unicodedata.name(char, '').lower()}".strip() for char in text)
