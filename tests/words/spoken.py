"""Every code that the source raises or reports, with the parameters it gives there: found by reading the source."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

SERVICE = Path(__file__).resolve().parent.parent.parent / "service"
REFUSALS = {"Refused", "Forbidden", "Conflict", "NotFound", "Stale", "UrlRefused", "MoneyError", "OffsetError"}
IN_WORDS = {"Problem": 1, "Fault": 1, "fault": 1}
"""The edge's own, and where their code stands; parameters are a mapping or keywords."""

MISTAKES = {"Wrong", "Mistake"}
REASONS = {
    "StepSkipped": "skipped",
    "StageChanged": "stage",
    "Resumed": "resumed",
    "DraftEnded": "draft",
    "TaskCancelled": "cancelled",
    "ApprovalCancelled": "cancelled",
    "CaseReopened": "reopened",
    "PaymentUnapplied": "unapplied",
    "HoldReleased": "released",
}
"""Events whose `why` people read."""


class Said(NamedTuple):
    """A code as asked of the catalogue; `params` is None where they cannot be read off the source."""

    where: str
    code: str
    params: frozenset[str] | None


def raised() -> Iterator[Said]:
    """Refusals, problems of the edge, mistakes in playbooks."""
    for path, tree in _sources("domain", "store", "engine", "channels", "api"):
        for node in ast.walk(tree):
            where = f"{path}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Call):
                yield from _call(where, node)
            if path.name.startswith("lint") and isinstance(node, ast.Tuple):
                yield from _linted(where, node)


def reported() -> Iterator[Said]:
    """Why something was skipped, changed or cancelled, as far as the source names it outright."""
    for path, tree in _sources("domain"):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("_why"):
                yield from (
                    Said(f"{path}:{node.lineno}", f"skipped.{code}", None)
                    for one in ast.walk(node)
                    if isinstance(one, ast.Return)
                    for code in _codes(one.value)
                )
            if isinstance(node, ast.Call) and (family := REASONS.get(_name(node.func))):
                for keyword in node.keywords:
                    if keyword.arg == "why":
                        for code in _codes(keyword.value):
                            yield Said(f"{path}:{node.lineno}", f"{family}.{code}", None)


def named_by_playbooks() -> Iterator[Said]:
    """Notice texts and the reasons of tasks."""
    for path in sorted((SERVICE / "playbooks").glob("*.yaml")):
        for deed, data in _deeds(yaml.safe_load(path.read_text("utf-8"))):
            if deed == "notice":
                yield Said(str(path), f"notice.{data['text']}", None)
            elif deed == "task":
                yield Said(str(path), f"task.{data['why']}", None)


def templates_of_playbooks() -> Iterator[tuple[str, str]]:
    """The templates of messages and the kinds of letters that the packaged playbooks name."""
    for path in sorted((SERVICE / "playbooks").glob("*.yaml")):
        for deed, data in _deeds(yaml.safe_load(path.read_text("utf-8"))):
            if deed == "message" and data.get("channel", "email") == "email":
                yield deed, data["template"]
            elif deed == "letter":
                yield deed, data["kind"]


def _deeds(data: object) -> Iterator[tuple[str, dict[str, str]]]:
    match data:
        case dict():
            for key, value in data.items():
                if key in ("notice", "task", "message", "letter") and isinstance(value, dict):
                    yield key, value
                yield from _deeds(value)
        case list():
            for item in data:
                yield from _deeds(item)


def _sources(*rooms: str) -> Iterator[tuple[Path, ast.AST]]:
    for room in rooms:
        for path in sorted((SERVICE / room).rglob("*.py")):
            yield path, ast.parse(path.read_text("utf-8"))


def _call(where: str, node: ast.Call) -> Iterator[Said]:
    name = _name(node.func)
    if name in REFUSALS and node.args:
        lone = name in ("MoneyError", "OffsetError")
        for code in _codes(node.args[0]):
            yield Said(where, code, None if lone else _keywords(node))
    elif name in IN_WORDS and len(node.args) > IN_WORDS[name]:
        for code in _codes(node.args[IN_WORDS[name]]):
            given = [_mapping(arg) for arg in node.args[2:3]] if name != "fault" else [_keywords(node)]
            yield Said(where, code, given[0] if given else frozenset())
    elif name in MISTAKES and len(node.args) > 1:
        for code in _codes(node.args[1]):
            given = [_mapping(arg) for arg in node.args[2:3]] if name == "Mistake" else [_keywords(node)]
            yield Said(where, f"playbook.{code}", given[0] if given else frozenset())


def _linted(where: str, node: ast.Tuple) -> Iterator[Said]:
    """`step, "code", {…}`: what lint finds; the step is added to each."""
    match node.elts:
        case [_, ast.Constant(value=str(code)), ast.Dict() as params]:
            yield Said(where, f"playbook.{code}", (_mapping(params) or frozenset()) | {"step"})


def _codes(node: ast.AST | None) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(code)):
            yield code
        case ast.IfExp():
            yield from _codes(node.body)
            yield from _codes(node.orelse)


def _keywords(node: ast.Call) -> frozenset[str] | None:
    names = [keyword.arg for keyword in node.keywords]
    return None if None in names else frozenset(name for name in names if name)


def _mapping(node: ast.AST) -> frozenset[str] | None:
    if isinstance(node, ast.Dict) and all(isinstance(key, ast.Constant) for key in node.keys):
        return frozenset(str(key.value) for key in node.keys if isinstance(key, ast.Constant))
    return None


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
