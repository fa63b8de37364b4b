"""`dunlog import statement.xml`: a bank's message from the command line comes to what posting it comes to, and only once."""

import csv
import json
from pathlib import Path

import pytest

from service.engine.handle import handle
from service.importing.mapping import MapMistake
from tests.api.test_bank import credit, document
from tests.importing.test_import import Desk, desk, runtime, settings

__all__ = ["desk", "runtime", "settings"]

BILLS = ("B-1001,C-1,2013-12-01,2014-01-10,1200.00,", "B-1002,C-1,2013-12-01,2014-01-11,300.00,")


@pytest.fixture
def statement(desk: Desk, tmp_path: Path) -> Path:
    """One credit for a bill, one that may be for another, one for nothing known, one that the bank takes back."""
    assert desk.take(desk.table(*BILLS))[0] == 0
    file = tmp_path / "march.xml"
    back = {"direction": "DBIT", "reversal": "<RvslInd>true</RvslInd>"}
    file.write_bytes(
        document(
            credit("1200.00", "B-1001", ref="R1", on="2014-02-03"),
            credit("77.00", "B-1002", ref="R2", on="2014-02-03"),
            credit("5.55", "=rent", payer="Somebody", ref="R3", on="2014-02-03"),
            credit("9.00", "B-1001", ref="R4", on="2014-02-03", **back),
            credit("4.00", "fees", ref="R5", direction="DBIT"),
        )
    )
    return file


EXPECTED = {"credits": 4, "applied": 1, "uncertain": 1, "unknown": 1, "taken_back": 1, "duplicate": 0, "rejected": 0}


def test_a_statement_is_applied_once_and_what_is_left_is_listed(desk: Desk, statement: Path):
    code, told = desk.take(statement)
    left = statement.with_name("march.rejected.csv")
    assert code == 0 and told == EXPECTED | {"passed_over": 1, "rejected_file": str(left)}
    assert {id: stage for id, _, _, stage in _stages(desk)} == {"B-1001": "closed", "B-1002": "collection"}
    rows = list(csv.DictReader(left.read_text().splitlines()))
    assert [(row["status"], row["amount"], row["payer"]) for row in rows] == [
        ("unknown", "5.55", "Somebody"),
        ("taken_back", "9.00", ""),
    ]
    assert all(row["why"] for row in rows)
    assert rows[0]["text"] == "'=rent"
    events = desk.events()
    code, again = desk.take(statement)
    assert (again["duplicate"], again["applied"], again["unknown"]) == (2, 0, 1)
    assert desk.events() == events


def test_a_dry_run_says_the_same_and_changes_nothing(desk: Desk, statement: Path):
    events = desk.events()
    code, told = desk.take(statement, dry_run=True)
    assert code == 0 and told.items() >= EXPECTED.items()
    assert desk.events() == events


def test_what_cannot_be_an_amount_is_rejected_and_the_others_are_not(desk: Desk, statement: Path):
    statement.write_bytes(document(*(credit(amount, "B-1001", ref=amount, on="2014-02-03") for amount in ("0.001", "1200.00"))))
    code, told = desk.take(statement)
    assert (code, told["rejected"], told["applied"]) == (1, 1, 1)
    (row,) = csv.DictReader(statement.with_name("march.rejected.csv").read_text().splitlines())
    assert row["code"] == "money_precision"


def test_a_run_that_was_killed_half_way_is_begun_anew(desk: Desk, statement: Path, monkeypatch: pytest.MonkeyPatch):
    calls = []

    def dying(*given, **more):
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return handle(*given, **more)

    with monkeypatch.context() as patched:
        patched.setattr("service.engine.banking.handle", dying)
        with pytest.raises(KeyboardInterrupt):
            desk.take(statement)
    _, told = desk.take(statement)
    assert (told["duplicate"], told["applied"], told["uncertain"]) == (1, 0, 1)


def test_what_is_no_statement_is_said(desk: Desk, tmp_path: Path):
    file = tmp_path / "letter.xml"
    file.write_text("<letter/>")
    with pytest.raises(MapMistake, match=r"letter\.xml"):
        desk.take(file)


def _stages(desk: Desk) -> list[tuple[str, str, int, str]]:
    return [(id, customer, version, json.loads(state)["stage"]) for id, customer, version, state in desk.cases()]
