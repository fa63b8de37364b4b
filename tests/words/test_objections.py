"""The catalogue of objections: whole in both languages, every tactic of the process answered (C5)."""

import re
from pathlib import Path
from typing import get_args

import pytest

from service.api.models.callsheets import Tactic
from service.domain import callsheet
from service.words.languages import LANGUAGES
from service.words.objections import AT_MOST, catalogue, filled, likely

PLACES = {"total", "deadline", "bills"}


def test_every_tactic_has_an_objection_with_an_answer_in_both_languages():
    assert {one.tactic for one in catalogue()} == set(get_args(Tactic))
    for one in catalogue():
        assert one.says.keys() == one.answer.keys() == set(LANGUAGES), one.code
    assert len({one.code for one in catalogue()}) == len(catalogue())


@pytest.mark.parametrize("one", catalogue(), ids=lambda one: one.code)
def test_an_answer_names_something_to_be_done_and_the_same_places_in_both_languages(one):
    places = [set(re.findall(r"{(\w+)}", one.answer[language])) for language in LANGUAGES]
    assert places[0] == places[1] <= PLACES
    assert "{" not in "".join(one.says.values())


def test_every_sign_can_come():
    known = Path(callsheet.__file__).read_text("utf-8")
    outcomes = {"not_reached", "left", "evasive", "refused"}
    causes = {"cash_short", "their_process", "invoice_missing", "dissatisfied", "wilful", "disputed"}
    said = {"willing_hesitant", "willing_no", "able_part", "able_none"}
    for one in catalogue():
        for sign in one.signs - outcomes - causes - said:
            assert f'"{sign}"' in known, sign


def test_what_most_speaks_for_comes_first():
    assert next(one.code for one in likely({"cash_short", "able_part"})) == "cash_is_short"
    assert len(likely({sign for one in catalogue() for sign in one.signs})) == AT_MOST


def test_without_a_sign_the_usual_ones_are_shown():
    assert [one.code for one in likely(set())] == [one.code for one in catalogue() if one.usual] != []


def test_places_are_filled_and_nothing_else():
    assert filled("{total} by {deadline}, {else}", {"total": "CNY 1", "deadline": "{total}"}) == "CNY 1 by {total}, {else}"
