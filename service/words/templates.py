"""What letters and messages say, as data: texts with places such as `{pay_by}` for what is known only when they leave.

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
from service.words.writing import one_line

LETTERS = Path(__file__).parent.parent / "letters"

MESSAGE = "message-"
"""Before the name that playbooks know a message's template by: what it is published under, beside the kinds of letters."""

_MESSAGE_PLACES: tuple[str, ...] = (
    "customer",
    "company",
    "name",
    "today",
    "pay_by",
    "bills",
    "sums",
    "headline",
    "answer_to",
)
"""Whom it is about; who writes; the person written to; two days; how many bills; what is open on them; both in short; whom to
answer, with phone and e-mail."""

PLACES: tuple[str, ...] = (*_MESSAGE_PLACES, "since", "paid", "parts")
"""Of letters; since when deliveries stand still, what was paid, in how many parts."""

_PLACE = re.compile(r"\{([^{}]*)\}")
_BRACES = re.compile(r"[{}]")


class Template(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The texts of one kind of letter in one language; the rest of its page is the same for all kinds. In a message of the day
    `title` heads its part where there are several, `ask` opens it there when another part comes first."""

    subject: str
    title: str
    opening: str
    closing: str
    opening_when_nothing_is_open: str | None = None
    ask: str | None = None


class Said(Struct, frozen=True):
    """The texts with their places filled."""

    subject: str
    title: str
    opening: str
    closing: str
    ask: str


class Misplaced(Struct, frozen=True):
    """A place that there is not, a brace that begins or ends none, or a text of no use, at a line and column (both from 1)."""

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
def known_messages() -> frozenset[str]:
    """The templates that a playbook's messages may name: those with a text in every language."""
    found = [{file.stem for file in (LETTERS / language / "messages").glob("*.yaml")} for language in LANGUAGES]
    return frozenset(set.intersection(*found))


@cache
def known_kinds() -> tuple[str, ...]:
    """All that a company may say in its own words, in order."""
    return (*sorted(known_letters()), *sorted(f"{MESSAGE}{name}" for name in known_messages()))


def places(kind: str) -> tuple[str, ...]:
    """What may stand in braces in a kind's texts."""
    if not kind.startswith(MESSAGE):
        return PLACES
    return (*_MESSAGE_PLACES, "since") if kind == f"{MESSAGE}hold" else _MESSAGE_PLACES


@cache
def ours(language: Language, kind: str) -> Template:
    """As it is shipped; the kind is a known one."""
    folder, name = ("messages", kind.removeprefix(MESSAGE)) if kind.startswith(MESSAGE) else ("letters", kind)
    text = (LETTERS / language / folder / f"{name}.yaml").read_text("utf-8")
    return msgspec.convert(yaml.load(text, yaml.CSafeLoader), Template)


def misplaced(kind: str, template: Template) -> list[Misplaced]:
    """What is wrong with its places, in order."""
    texts = [(field, getattr(template, field) or "") for field in template.__struct_fields__]
    unheard = [Misplaced("ask", 1, 1, "messages_alone", "")] if template.ask and not kind.startswith(MESSAGE) else []
    return unheard + [fault for field, text in texts for fault in _faults(field, text, places(kind))]


def _faults(field: str, text: str, known: tuple[str, ...]) -> Iterator[Misplaced]:
    for number, line in enumerate(text.split("\n"), start=1):
        bare = line
        for found in _PLACE.finditer(line):
            bare = bare[: found.start()] + " " * len(found[0]) + bare[found.end() :]
            if found[1] not in known:
                yield Misplaced(field, number, found.start() + 1, "place_unknown", found[1])
        for found in _BRACES.finditer(bare):
            yield Misplaced(field, number, found.start() + 1, "brace_alone", found[0])


def filled(template: Template, shipped: Template, values: Mapping[str, str], is_open: bool) -> Said:
    """What it says with those values; of a place without a value nothing is left, of a text without a word the shipped one."""

    def put(text: str | None) -> str:
        return _PLACE.sub(lambda found: values.get(found[1], ""), text or "")

    def said(field: str) -> str:
        own, known = put(getattr(template, field)), put(getattr(shipped, field))
        return own if one_line(own) else known

    unless_open = template.opening_when_nothing_is_open if not is_open else None
    opening = put(unless_open) if unless_open else said("opening")
    return Said(one_line(said("subject")), one_line(said("title")), opening, said("closing"), said("ask"))
