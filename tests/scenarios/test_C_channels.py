"""C8: fax is not offered: no playbook can name it, and nothing that is shipped speaks of it."""

import re
from pathlib import Path
from typing import Any

import pytest

from service.domain.grammar import read

HERE = Path(__file__).parents[2]
SPOKEN = re.compile(r"\bfax|telefax|传真", re.IGNORECASE)


@pytest.mark.parametrize(
    ("deed", "where", "code"),
    [
        ({"message": {"template": "overdue", "channel": "fax"}}, ("message", "channel"), "shape"),
        ({"task": {"kind": "fax", "why": "overdue"}}, ("task", "kind"), "word_unknown"),
        (
            {"task": {"kind": "call", "why": "overdue", "points": ["home", "fax"]}},
            ("task", "points", 1),
            "word_unknown",
        ),
        ({"letter": {"kind": "fax"}}, ("letter", "kind"), "word_unknown"),
        ({"fax": {"template": "overdue"}}, (), "action_unknown"),
    ],
)
def test_C8_a_playbook_that_names_fax_is_refused_where_it_does(deed: dict[str, Any], where, code):
    step = {"step": "first", "rule": "B2", "at": "P1D", "do": [deed]}
    ladder = {"ladder": "collection", "start": "due", "while": {"stage": ["collection"]}, "steps": [step]}
    found = read({"grammar": "1", "name": "by-fax", "ladders": [ladder]})
    assert isinstance(found, list)
    assert [(one.path, one.code) for one in found] == [(("ladders", 0, "steps", 0, "do", 0, *where), code)]


def test_C8_nothing_that_is_shipped_speaks_of_fax():
    shipped = [file for room in ("service", "openapi") for file in HERE.joinpath(room).rglob("*") if file.is_file()]
    texts = [one for one in shipped if one.suffix in {".py", ".yaml", ".txt", ".ftl", ".json", ".typ", ".html"}]
    assert len(texts) > 200
    assert [str(one.relative_to(HERE)) for one in texts if SPOKEN.search(one.read_text("utf-8"))] == []
