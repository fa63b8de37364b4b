"""What customers probably say, each with an answer: a catalogue of data, in both languages side by side (C5)."""

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

import msgspec
import yaml
from msgspec import Struct

from service.words.languages import Language

CATALOGUE = Path(__file__).with_name("objections.yaml")
AT_MOST = 5


class Objection(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One objection; `says` and `answer` by language."""

    code: str
    tactic: str
    signs: frozenset[str]
    says: dict[Language, str]
    answer: dict[Language, str]
    usual: bool = False


@cache
def catalogue() -> tuple[Objection, ...]:
    """All of them, in the order of the file."""
    return msgspec.convert(yaml.load(CATALOGUE.read_text("utf-8"), yaml.CSafeLoader), tuple[Objection, ...])


def likely(signs: Collection[str]) -> list[Objection]:
    """Those for which most speaks first; when nothing speaks for any, the usual ones."""
    spoken = {one.code: len(one.signs & set(signs)) for one in catalogue()}
    found = sorted((one for one in catalogue() if spoken[one.code]), key=lambda one: -spoken[one.code])
    return found[:AT_MOST] or [one for one in catalogue() if one.usual]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled in."""
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text
