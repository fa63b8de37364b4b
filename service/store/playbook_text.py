"""Playbooks as people write them: YAML whose every value is text, with the place where each stands, so that a mistake
found later is shown in its line. Strangers' files are read too: size, depth and aliases have limits."""

import re
from collections.abc import Iterator
from typing import Any

import yaml
from msgspec import Struct

from service.domain.grammar import Mistake, read
from service.domain.playbook import Playbook

Path = tuple[str | int, ...]
Place = tuple[int, int]
"""Line and column, both from 1."""

Marks = dict[Path, Place]

MOST_BYTES = 256 * 1024
MOST_VALUES = 20_000
DEEPEST = 20
MOST_PROBLEMS = 100
_TOP: Place = (1, 1)


class Problem(Struct, frozen=True):
    """A mistake with its place; the sentence is `playbook.<code>` of the catalogue."""

    file: str
    line: int
    column: int
    path: Path
    code: str
    params: dict[str, str] = {}


class Unreadable(ValueError):
    """The text is no YAML of the kind playbooks are written in; `problems` say why and where."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


class _Wrong(Exception):
    """A mistake that ends the reading."""

    def __init__(self, code: str, place: Place, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.place = place
        self.params = {name: str(value) for name, value in params.items()}


class _Node(Struct):
    """A value with its place and its size, aliases counted as often as they are used."""

    place: Place
    value: "str | list[_Node] | dict[str, tuple[Place, _Node]]"
    size: int = 1
    height: int = 1


def parse(text: str, file: str) -> tuple[Any, Marks]:
    """The text as mappings, lists and strings, and where each stands (a key's place for what it holds); raises
    Unreadable."""
    builder = _Builder()
    try:
        top = builder.document(text)
    except _Wrong as wrong:
        builder.wrong.append(wrong)
    if builder.wrong:
        raise Unreadable([Problem(file, *w.place, (), w.code, w.params) for w in builder.wrong])
    marks: Marks = {}
    return _plain(top, (), top.place, marks), marks


def locate(mistake: Mistake, marks: Marks) -> Place:
    """Where the mistake stands, or the nearest thing around it that stands in the file."""
    for length in range(len(mistake.path), -1, -1):
        if mistake.path[:length] in marks:
            return marks[mistake.path[:length]]
    return _TOP


def check(text: str, file: str, version: int = 0) -> Playbook | list[Problem]:
    """The playbook that the text says, or all its mistakes in order of their lines."""
    try:
        data, marks = parse(text, file)
    except Unreadable as unreadable:
        return unreadable.problems
    found = read(data, version)
    if isinstance(found, Playbook):
        return found
    problems = [
        Problem(file, *locate(one, marks), one.path, one.code, dict(one.params)) for one in map(_in_our_words, found)
    ]
    return sorted(problems, key=lambda problem: (problem.line, problem.column))[:MOST_PROBLEMS]


_SHAPES = (
    (re.compile(r"Object contains unknown field `(?P<name>.+)`"), "field_unknown"),
    (re.compile(r"Object missing required field `(?P<name>.+)`"), "field_missing"),
    (re.compile(r"Expected `(?P<wanted>.+)`, got `(?P<given>.+)`"), "wrong_type"),
    (re.compile(r"Invalid (?:enum )?value '(?P<given>.*)'"), "not_one_of"),
)


def _in_our_words(mistake: Mistake) -> Mistake:
    """What the decoder says of a shape, in English, as codes of ours that every language has a sentence for."""
    if mistake.code == "shape":
        for pattern, code in _SHAPES:
            if found := pattern.fullmatch(mistake.params.get("what", "")):
                path = (*mistake.path, found["name"]) if code == "field_unknown" else mistake.path
                return Mistake(path, code, found.groupdict())
    return mistake


class _Builder:
    """Builds nodes from the parser's events, which come flat: nothing deep or huge is ever built."""

    def __init__(self) -> None:
        self.wrong: list[_Wrong] = []
        self.anchors: dict[str, _Node] = {}

    def document(self, text: str) -> _Node:
        """The one document in the text."""
        try:
            size = len(text.encode())
        except UnicodeEncodeError:
            raise _Wrong("yaml_text", _TOP) from None
        if size > MOST_BYTES:
            raise _Wrong("yaml_too_large", _TOP, limit=MOST_BYTES)
        events = _events(text)
        top = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if top is not None:
                    raise _Wrong("yaml_documents", _place(event))
                top = self._node(next(events), events, 1)
        if top is None:
            raise _Wrong("yaml_empty", _TOP)
        return top

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> _Node:
        place = _place(event)
        if depth > DEEPEST:
            raise _Wrong("yaml_too_deep", place, limit=DEEPEST)
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                raise _Wrong("yaml_alias", place, name=event.anchor)
            return self.anchors[event.anchor]
        if event.tag is not None:
            raise _Wrong("yaml_tag", place, tag=event.tag)
        match event:
            case yaml.ScalarEvent():
                node = _Node(place, event.value)
            case yaml.SequenceStartEvent():
                node = self._list(place, events, depth)
            case _:
                node = self._mapping(place, events, depth)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def _list(self, place: Place, events: Iterator[Any], depth: int) -> _Node:
        items: list[_Node] = []
        node = _Node(place, items)
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            item = self._node(event, events, depth + 1)
            self._grow(node, item, depth)
            items.append(item)
        return node

    def _mapping(self, place: Place, events: Iterator[Any], depth: int) -> _Node:
        entries: dict[str, tuple[Place, _Node]] = {}
        node = _Node(place, entries)
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise _Wrong("yaml_key", _place(event))
            held = self._node(next(events), events, depth + 1)
            self._grow(node, held, depth)
            if event.value in entries:
                self.wrong.append(_Wrong("yaml_twice", _place(event), key=event.value))
                if len(self.wrong) == MOST_PROBLEMS:
                    raise self.wrong.pop()
            entries[event.value] = _place(event), held
        return node

    def _grow(self, node: _Node, by: _Node, depth: int) -> None:
        node.size += by.size
        node.height = max(node.height, by.height + 1)
        if node.size > MOST_VALUES:
            raise _Wrong("yaml_too_many", node.place, limit=MOST_VALUES)
        if depth + by.height > DEEPEST:
            raise _Wrong("yaml_too_deep", node.place, limit=DEEPEST)


def _events(text: str) -> Iterator[Any]:
    """The parser's events; what it cannot read is a mistake at its place."""
    try:
        yield from yaml.parse(text, Loader=yaml.CBaseLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else _TOP
        raise _Wrong("yaml_syntax", place, what=error.problem or error.context or "?") from None
    except yaml.reader.ReaderError as error:
        before = text.encode()[: error.position].decode(errors="ignore")
        place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
        raise _Wrong("yaml_text", place) from None


def _place(event: Any) -> Place:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _plain(node: _Node, path: Path, place: Place, marks: Marks) -> Any:
    """The value with aliases written out. Each use of an alias leads to the one place where its text can be mended."""
    marks[path] = place
    match node.value:
        case str():
            return node.value
        case list():
            return [_plain(item, (*path, index), item.place, marks) for index, item in enumerate(node.value)]
        case _:
            return {key: _plain(held, (*path, key), at, marks) for key, (at, held) in node.value.items()}
