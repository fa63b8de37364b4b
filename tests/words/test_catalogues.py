"""The catalogues say the same in both languages, and have a sentence for all that the source says no with."""

from pathlib import Path
from typing import Any

import pytest
from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

from service.words.languages import LANGUAGES
from service.words.sentences import CATALOGUES, knows, say
from service.words.templates import known_letters, known_messages
from tests.words import spoken


class _Variables(Visitor):
    """The parameters of a sentence; those asked for with GIVEN may be left out."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.optional: set[str] = set()

    def visit_VariableReference(self, node: Any) -> None:
        self.names.add(node.id.name)

    def visit_SelectExpression(self, node: Any) -> None:
        """A selection by GIVEN or by words has a variant for what is not said; a plural needs its number."""
        selector = node.selector
        by_function = isinstance(selector, ast.FunctionReference)
        words = {variant.key.name for variant in node.variants if isinstance(variant.key, ast.Identifier)}
        if by_function or words - PLURALS:
            self.optional.add((selector.arguments.positional[0] if by_function else selector).id.name)
        self.generic_visit(node)


PLURALS = {"zero", "one", "two", "few", "many", "other"}


def _entries(language: str) -> dict[str, _Variables]:
    resource = FluentParser().parse((Path(CATALOGUES) / f"{language}.ftl").read_text("utf-8"))
    junk = [entry.content for entry in resource.body if isinstance(entry, ast.Junk)]
    assert not junk, junk
    messages = [entry for entry in resource.body if isinstance(entry, ast.Message)]
    names = [message.id.name for message in messages]
    assert len(names) == len(set(names)), sorted(name for name in set(names) if names.count(name) > 1)
    found = {}
    for message in messages:
        found[message.id.name] = _Variables()
        found[message.id.name].visit(message)
    return found


ENTRIES = {language: _entries(language) for language in LANGUAGES}


def test_both_languages_have_the_same_keys():
    assert set(ENTRIES["zh"]) == set(ENTRIES["en"])


@pytest.mark.parametrize("key", sorted(ENTRIES["en"]))
def test_both_languages_use_the_same_parameters(key):
    assert ENTRIES["zh"][key].names == ENTRIES["en"][key].names


def _lacking(said: list[spoken.Said]) -> list[str]:
    return sorted({f"{one.where}: {one.code}" for one in said if not knows(one.code)})


def test_every_code_that_is_raised_has_a_sentence():
    said = list(spoken.raised())
    assert len(said) > 100
    assert not _lacking(said), "\n".join(_lacking(said))


def test_every_parameter_of_a_sentence_is_given_wherever_its_code_is_raised():
    found = []
    for one in spoken.raised():
        entry = ENTRIES["en"].get(one.code.replace(".", "-", 1))
        if entry and one.params is not None and (missing := entry.names - entry.optional - one.params):
            found.append(f"{one.where}: {one.code} lacks {', '.join(sorted(missing))}")
    assert not found, "\n".join(sorted(found))


def test_every_reason_that_is_reported_has_a_sentence():
    said = [*spoken.reported(), *spoken.named_by_playbooks()]
    assert len(said) > 20
    assert not _lacking(said), "\n".join(_lacking(said))


def test_every_template_that_a_playbook_names_is_there():
    known = {"message": known_messages(), "letter": known_letters()}
    assert not [(deed, name) for deed, name in spoken.templates_of_playbooks() if name not in known[deed]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_shows_its_machinery(language):
    for key, entry in ENTRIES[language].items():
        code = key.replace("-", ".", 1)
        for sentence in (say(code, language), say(code, language, **dict.fromkeys(entry.names, 1))):
            assert sentence and "{" not in sentence and "$" not in sentence and "???" not in sentence, (key, sentence)
            assert not any(f" {name} " in sentence for name in entry.names - entry.optional if "_" in name)
