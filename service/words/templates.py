"""What a kind of letter says, as data: texts with places such as `{pay_by}` for what is known only when it leaves.

Ours lie in `service/letters`; a company may put its own in their stead. A place is a name: nothing in it is ever executed,
and what fills one is never read for places again.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import msgspec
import yaml
from msgspec import Struct

from service.words.languages import LANGUAGES, Language

LETTERS = Path(__file__).parent.parent / "letters"

PLACES: tuple[str, ...] = (
    "customer",
    "company",
    "name",
    "today",
    "pay_by",
    "bills",
    "sums",
    "headline",
    "answer_to",
    "since",
    "paid",
    "parts",
)
"""Whom it is about; who writes; the person written to; two days; how many bills; what is open on them; both in short; whom to
answer, with phone and e-mail; since when deliveries stand still; what was paid; in how many parts."""

_PLACE = re.compile(r"\{([^{}]*)\}")
_BRACES = re.compile(r"[{}]")


class Template(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The texts of one kind of letter in one language; the rest of its page is the same for all kinds."""

    subject: str
    title: str
    opening: str
    closing: str
    opening_when_nothing_is_open: str | None = None


class Said(Struct, frozen=True):
    """The texts with their places filled."""

    subject: str
    title: str
    opening: str
    closing: str


class Misplaced(Struct, frozen=True):
    """A place that there is not, or a brace that begins or ends none, at a line and column (both from 1) of a text."""

    field: str
    line: int
    column: int
    code: str
    given: str


@cache
def known_letters() -> frozenset[str]:
    """The kinds of letter that have a template of ours in every language."""
    found = [{file.stem for file in (LETTERS / language / "letters").glob("*.yaml")} for language in LANGUAGES]
    return frozenset(set.intersection(*found))


@cache
def ours(language: Language, kind: str) -> Template:
    """As it is shipped; the kind is a known one."""
    text = (LETTERS / language / "letters" / f"{kind}.yaml").read_text("utf-8")
    return msgspec.convert(yaml.load(text, yaml.CSafeLoader), Template)


def misplaced(template: Template) -> list[Misplaced]:
    """What is wrong with its places, in order."""
    return [fault for field in template.__struct_fields__ for fault in _faults(field, getattr(template, field) or "")]


def _faults(field: str, text: str) -> Iterator[Misplaced]:
    for number, line in enumerate(text.split("\n"), start=1):
        bare = line
        for found in _PLACE.finditer(line):
            bare = bare[: found.start()] + " " * len(found[0]) + bare[found.end() :]
            if found[1] not in PLACES:
                yield Misplaced(field, number, found.start() + 1, "place_unknown", found[1])
        for found in _BRACES.finditer(bare):
            yield Misplaced(field, number, found.start() + 1, "brace_alone", found[0])


def filled(template: Template, values: Mapping[str, str], is_open: bool) -> Said:
    """What it says with those values; of a place without a value nothing is left."""
    opening = template.opening if is_open else template.opening_when_nothing_is_open or template.opening

    def put(text: str) -> str:
        return _PLACE.sub(lambda found: values.get(found[1], ""), text)

    return Said(" ".join(put(template.subject).split()), put(template.title), put(opening), put(template.closing))
