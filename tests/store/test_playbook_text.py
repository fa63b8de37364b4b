"""Playbooks as text: every value a string, every mistake with its line, and no file too much to read."""

from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.grammar import Mistake
from service.domain.playbook import Playbook
from service.store.playbook_text import MOST_BYTES, Problem, Unreadable, check, locate, parse

STANDARD = (Path(__file__).parent.parent.parent / "service" / "playbooks" / "standard.yaml").read_text("utf-8")
LONG = 30.0
"""Seconds; a bomb that went off would take hours."""

BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


def _problems(text: str) -> list[Problem]:
    with pytest.raises(Unreadable) as caught:
        parse(text, "file.yaml")
    return caught.value.problems


def test_every_value_is_text():
    text = "at: 13:30\non: off\ncountry: NO\nrate: 1.10\nday: 2026-03-06\nnull: ~\nempty:\nlist: [1, yes]\nlong: |\n  a\n  b\n"
    data, _ = parse(text, "file.yaml")
    assert data == {
        "at": "13:30",
        "on": "off",
        "country": "NO",
        "rate": "1.10",
        "day": "2026-03-06",
        "null": "~",
        "empty": "",
        "list": ["1", "yes"],
        "long": "a\nb\n",
    }


def test_marks_are_where_a_person_looks():
    _, marks = parse("a: 1\nb:\n  - c: 2\n    d: [x, y]\n", "file.yaml")
    assert marks == {
        (): (1, 1),
        ("a",): (1, 1),
        ("b",): (2, 1),
        ("b", 0): (3, 5),
        ("b", 0, "c"): (3, 5),
        ("b", 0, "d"): (4, 5),
        ("b", 0, "d", 0): (4, 9),
        ("b", 0, "d", 1): (4, 12),
    }


def test_an_alias_leads_to_the_text_it_stands_for():
    data, marks = parse("one: &x\n  a: 1\ntwo: *x\n", "file.yaml")
    assert data == {"one": {"a": "1"}, "two": {"a": "1"}}
    assert marks[("two",)] == (3, 1) and marks[("two", "a")] == (2, 3)
    data["one"]["a"] = "2"
    assert data["two"]["a"] == "1", "they are two values, not one"


@pytest.mark.parametrize(
    ("path", "place"), [(("b", 0, "c"), (3, 5)), (("b", 0, "nowhere"), (3, 5)), (("b", 9), (2, 1)), (("z",), (1, 1))]
)
def test_a_mistake_is_found_at_the_nearest_thing_around_it(path, place):
    _, marks = parse("a: 1\nb:\n  - c: 2\n", "file.yaml")
    assert locate(Mistake(path, "any"), marks) == place


def test_a_mistake_in_nothing_is_at_the_top():
    assert locate(Mistake(("a",), "any"), {}) == (1, 1)


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("", "yaml_empty", 1, 1),
        ("# nothing\n", "yaml_empty", 1, 1),
        ("a: [1", "yaml_syntax", 2, 1),
        ("a: 1\n b: 2", "yaml_syntax", 2, 3),
        ("a:\n\tb: 1", "yaml_syntax", 2, 1),
        ("'", "yaml_syntax", 1, 2),
        ("a: b: c", "yaml_syntax", 1, 5),
        ("a: 1\n---\nb: 2", "yaml_documents", 2, 1),
        ("a: 1\nb: 2\na: 3", "yaml_twice", 3, 1),
        ("? [a]\n: b", "yaml_key", 1, 3),
        ("*a : b", "yaml_key", 1, 1),
        ("a: !!python/object:os.system x", "yaml_tag", 1, 4),
        ("a: !!str 1", "yaml_tag", 1, 4),
        ("a: *b", "yaml_alias", 1, 4),
        ("a: &a [*a]", "yaml_alias", 1, 8),
        ("a: 1\nb: \x07", "yaml_text", 2, 4),
        ("a: é\x00", "yaml_text", 1, 5),
        ("a: \ud800", "yaml_text", 1, 1),
        ("[" * 21, "yaml_too_deep", 1, 21),
        ("[" * 200_000, "yaml_too_deep", 1, 21),
        ("- " * 100_000, "yaml_too_deep", 1, 41),
        ("-\n" * 25_000, "yaml_too_many", 1, 1),
        (BOMB, "yaml_too_many", 5, 4),
        ("x" * (MOST_BYTES + 1), "yaml_too_large", 1, 1),
        ("账" * (MOST_BYTES // 3 + 1), "yaml_too_large", 1, 1),
    ],
)
def test_what_is_no_playbook_text_is_said_with_its_place(text, code, line, column):
    began = perf_counter()
    (problem,) = _problems(text)
    assert (problem.code, problem.line, problem.column) == (code, line, column)
    assert problem.file == "file.yaml" and perf_counter() - began < LONG


def test_aliases_count_for_depth_too():
    deep = "a: &a [[[[[[[[[[x]]]]]]]]]]\nb: [[[[[[[[[[*a]]]]]]]]]]\n"
    assert [problem.code for problem in _problems(deep)] == ["yaml_too_deep"]


def test_all_doubled_keys_are_shown_but_not_thousands():
    assert [problem.line for problem in _problems("a: 1\na: 2\nb: {c: 1, c: 2}\na: 3")] == [2, 3, 4]
    assert len(_problems("a: 1\n" * 10_000)) == 100


def test_the_standard_playbook_reads():
    playbook = check(STANDARD, "standard.yaml", version=7)
    assert isinstance(playbook, Playbook) and (playbook.name, playbook.version) == ("standard", 7)


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("at: P1M", "at: 1M", "offset_format"),
        ("rule: B6", "rulez: B6", "field_unknown"),
        ("- escalate: manager", "- escalat: manager", "action_unknown"),
        ("audience: [manager]", "audience: [manger]", "word_unknown"),
    ],
)
def test_a_mistake_has_its_line(right, wrong, code):
    text = STANDARD.replace(right, wrong, 1)
    line = 1 + text[: text.index(wrong)].count("\n")
    problems = check(text, "mine.yaml")
    assert isinstance(problems, list)
    assert [(one.file, one.line, one.code) for one in problems] == [("mine.yaml", line, code)]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("grammar: 1\nname: x\n", ["field_missing"]),
        ("grammar: 2\nname: x\nladders: []\n", ["not_one_of"]),
        ("grammar: 1\nname: x\nladders: none\n", ["wrong_type"]),
        ("just a word", ["wrong_type"]),
        ("[1, 2]", ["wrong_type"]),
        ("a: [", ["yaml_syntax"]),
    ],
)
def test_shapes_are_told_in_our_own_words(text, codes):
    problems = check(text, "mine.yaml")
    assert isinstance(problems, list) and [problem.code for problem in problems] == codes


@given(st.text() | st.text("[]{}&*a:- \n'\"|>!%#?,", max_size=60))
def test_any_text_is_read_or_refused(text):
    assert isinstance(check(text, "any.yaml"), list)
