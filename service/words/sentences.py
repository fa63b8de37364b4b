"""A code and its parameters as a sentence, in the language it is asked for; sentences are rendered, never stored."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.errors import FluentReferenceError
from fluent.runtime.types import FluentNone

from service.words.languages import LANGUAGES, Language, language_of
from service.words.writing import day, instant, listed, one_line

CATALOGUES = Path(__file__).parent
_FALLBACK: Language = "en"
_NOT_SAID, _NOTHING = "…", "–"
_MISSING = "Unknown external: "
_LARGEST = 10**15


def say(code: str, language: str, /, **params: object) -> str:
    """The sentence for a code: `unknown_invoice`, or `family.code` such as `skipped.no_contact`. Without one in that
    language the English one, without that the code made readable: never empty, never an error."""
    for tongue in dict.fromkeys((language_of(language), _FALLBACK)):
        sentence = _sentence(code, tongue, params)
        if sentence:
            return sentence
    return one_line(code.rpartition(".")[2].replace("_", " ").replace("-", " ")).capitalize() or _NOT_SAID


def knows(code: str) -> bool:
    """Whether every catalogue has a sentence for the code."""
    return all(_bundle(language).has_message(_key(code)) for language in LANGUAGES)


def _sentence(code: str, language: Language, params: Mapping[str, object]) -> str | None:
    bundle = _bundle(language)
    pattern = bundle.get_message(_key(code)).value if bundle.has_message(_key(code)) else None
    if pattern is None:
        return None
    given = {name: _readable(value, language) for name, value in params.items()}
    text, errors = bundle.format_pattern(pattern, given)
    missing = {
        str(error).removeprefix(_MISSING)
        for error in errors
        if isinstance(error, FluentReferenceError) and str(error).startswith(_MISSING)
    }
    if missing:
        text, _ = bundle.format_pattern(pattern, given | dict.fromkeys(missing, _NOT_SAID))
    return str(text)


def _key(code: str) -> str:
    return code.replace(".", "-", 1)


@cache
def _bundle(language: Language) -> FluentBundle:
    def name(value: Any, *, of: str) -> str:
        """In a catalogue NAME($role, of: "role") is the entry `role-…`, or the value itself."""
        key = f"{of}-{value}".replace(" ", "_")
        pattern = bundle.get_message(key).value if bundle.has_message(key) else None
        return str(bundle.format_pattern(pattern)[0]) if pattern else str(value)

    functions: dict[str, Any] = {"NAME": name, "GIVEN": _given}
    bundle = FluentBundle([language], functions=functions, use_isolating=False)
    bundle.add_resource(FluentResource((CATALOGUES / f"{language}.ftl").read_text("utf-8")))
    return bundle


def _given(value: object) -> str:
    """In a catalogue GIVEN($nearest) selects between [yes] and [no]."""
    return "no" if isinstance(value, FluentNone) or value in (_NOT_SAID, _NOTHING) else "yes"


def _readable(value: object, language: Language) -> str | int:
    """A parameter as it stands in a sentence; whole numbers stay numbers, for plurals hang on them."""
    match value:
        case None:
            return _NOTHING
        case bool():
            return str(value).lower()
        case int():
            return value if abs(value) < _LARGEST else _NOT_SAID
        case datetime():
            return instant(value, language)
        case date():
            return day(value, language)
        case list() | tuple() | set() | frozenset():
            items = sorted(map(str, value)) if isinstance(value, set | frozenset) else map(str, value)
            return listed(map(one_line, items), language) or _NOTHING
        case _:
            return one_line(str(value)) or _NOTHING
