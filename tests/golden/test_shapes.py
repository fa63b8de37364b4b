"""What was ever written can be read for ever: each stored shape of an event loads, whatever it has grown to since."""

import pytest

from service.domain.events import TYPES
from service.store import codec
from tests.golden.shapes import FOLDER, files, is_kept, shape

KEPT = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*.json"))


def _type(name: str) -> str:
    head, _, number = name.removesuffix(".json").rpartition(".")
    return head if number.isdigit() else f"{head}.{number}"


@pytest.mark.parametrize("name", KEPT)
def test_an_event_of_any_age_loads_with_all_it_said(name):
    text = (FOLDER / name).read_text("utf-8")
    event = codec.event(_type(name), codec.SCHEMA, text)
    assert shape(text) <= shape(codec.encode(event))


@pytest.mark.parametrize("type", sorted(TYPES))
def test_the_shape_of_today_is_kept(type):
    assert is_kept(type), "Run `python -m tests.golden.shapes` and commit the file it writes."


def test_no_type_is_ever_given_up():
    assert {_type(name) for name in KEPT} == TYPES.keys()
    assert all(files(type) for type in TYPES)
