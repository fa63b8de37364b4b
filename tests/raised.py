"""The codes that the service's sources raise, read from the sources."""

import ast
from collections.abc import Iterator
from pathlib import Path

from service.api import failures, validation
from tests.test_house import SERVICE

PLACES = {
    "Problem": 1,
    "fault": 1,
    "Fault": 1,
    "Refused": 0,
    "Forbidden": 0,
    "Conflict": 0,
    "NotFound": 0,
    "Stale": 0,
    "PydanticCustomError": 0,
    "MoneyError": 0,
    "OffsetError": 0,
    "UrlRefused": 0,
    "_refuse": 0,
}
"""Who takes a code, and as which argument."""


def codes_raised() -> dict[str, str]:
    """Each code with a place where it is raised."""
    found = dict.fromkeys((*failures._CODES.values(), *validation._CODES.values(), *validation.OWN), "api")
    for path in sorted(SERVICE.rglob("*.py")):
        found |= dict.fromkeys(_in(path), path.relative_to(SERVICE).as_posix())
    return found


def _in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in PLACES and len(node.args) > PLACES[name]:
            yield from _texts(node.args[PLACES[name]])


def _texts(given: ast.expr) -> Iterator[str]:
    if isinstance(given, ast.IfExp):
        yield from (*_texts(given.body), *_texts(given.orelse))
    elif isinstance(given, ast.Constant) and isinstance(given.value, str):
        yield given.value
