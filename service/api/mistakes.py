"""What is wrong with a playbook's text: all that the grammar finds, and what only this house knows - its templates."""

from collections.abc import Iterator
from typing import Any

from service.api.problems import Fault, pointer
from service.domain.playbook import Playbook
from service.domain.reading import Mistake, Path
from service.store.playbook_text import Problem, check, locate, parse
from service.words.sentences import say
from service.words.templates import known_letters, known_messages

LONGEST_NAME = 64


def checked(text: str, file: str, name: str | None = None) -> Playbook | list[Problem]:
    """The playbook, or its mistakes with their places. `name`: what it must be called."""
    found = check(text, file)
    if isinstance(found, list):
        return found
    data, marks = parse(text, file)
    mistakes = [*_named(found.name, name), *_unknown(data, ())]
    return [Problem(file, *locate(one, marks), one.path, one.code, one.params) for one in mistakes] or found


def _named(given: str, wanted: str | None) -> Iterator[Mistake]:
    plain = given.replace("-", "").replace("_", "")
    if not (plain.isascii() and plain.isalnum() and given == given.lower() and len(given) <= LONGEST_NAME):
        yield Mistake(("name",), "name_invalid", {"given": given[:LONGEST_NAME]})
    elif wanted is not None and given != wanted:
        yield Mistake(("name",), "name_differs", {"given": given, "wanted": wanted})


def _unknown(data: Any, path: Path) -> Iterator[Mistake]:
    """Messages whose template, and letters whose kind, nobody has written."""
    match data:
        case dict():
            for key, value in data.items():
                here = (*path, key)
                if key == "message" and isinstance(value, dict) and value.get("channel", "email") == "email":
                    yield from _missing(value.get("template"), known_messages(), (*here, "template"))
                elif key == "letter" and isinstance(value, dict):
                    yield from _missing(value.get("kind"), known_letters(), (*here, "kind"))
                yield from _unknown(value, here)
        case list():
            for index, value in enumerate(data):
                yield from _unknown(value, (*path, index))


def _missing(given: Any, known: frozenset[str], path: Path) -> Iterator[Mistake]:
    if given not in known:
        yield Mistake(path, "template_unknown", {"given": str(given), "known": ", ".join(sorted(known))})


def faults(problems: list[Problem]) -> list[Fault]:
    """As faults of a request: the pointer is the path in the playbook."""
    return [
        Fault(pointer(*one.path), one.code, one.params, "playbook", {"line": one.line, "column": one.column})
        for one in problems
    ]


def told(problems: list[Problem], language: str) -> list[dict[str, Any]]:
    """As data, each with the sentence that says how to mend it."""
    return [
        {
            "file": one.file,
            "line": one.line,
            "column": one.column,
            "path": "/".join(map(str, one.path)),
            "code": one.code,
            "detail": say(f"playbook.{one.code}", language, **one.params),
        }
        for one in problems
    ]
