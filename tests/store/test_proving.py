"""What the commands print of a pass, and how they end."""

import json

import pytest
from sqlalchemy import Engine

from service.proving import check_roots, print_roots, run
from service.settings import SettingsError
from tests.store.histories import House, Vandal, begin


@pytest.fixture(scope="module")
def houses(engine: Engine, database: str) -> tuple[House, House]:
    return begin(engine, database, "acme"), begin(engine, database, "globex")


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_clean_pass_ends_well(houses, capsys):
    assert run(houses[0].desk, None, None, as_json=False, mend=False) == 0
    assert "8 customers in 2 tenants: no differences." in capsys.readouterr().out
    assert run(houses[0].desk, "acme", None, as_json=True, mend=False) == 0
    [sums] = lines(capsys.readouterr().out)
    assert (sums["tenants"], sums["customers"], sums["differences"]) == (1, 4, 0)


def test_a_difference_is_told_and_then_mended(houses, capsys):
    house = houses[0]
    Vandal(house).change("cases", "open_amount = 1", "id = 'INV-1-0'")
    assert run(house.desk, None, None, as_json=False, mend=False) == 1
    told = capsys.readouterr().out
    assert "column: cases/INV-1-0.open_amount\n    expected 120000\n    found    1\n" in told
    assert run(house.desk, None, "globex:tenant:", as_json=False, mend=False) == 0
    capsys.readouterr()
    assert run(house.desk, None, None, as_json=True, mend=True) == 0
    difference, sums = lines(capsys.readouterr().out)
    assert difference == {"what": "column", "where": "cases/INV-1-0.open_amount", "expected": "120000", "found": "1"}
    assert (sums["mended"], sums["broken"]) == (1, 0)
    assert run(house.desk, None, None, as_json=True, mend=False) == 0


def test_a_broken_log_is_not_mended(houses, capsys):
    vandal = Vandal(houses[1])
    vandal.change("events", "data = (data::text || ' ')::json", "stream = 'case/INV-1-0' AND version = 1")
    assert run(houses[1].desk, "globex", None, as_json=False, mend=True) == 1
    assert "broken in 1 places" in capsys.readouterr().out
    vandal.put_back()


def test_a_run_that_stops_says_where_to_go_on(houses, capsys, monkeypatch):
    def stops(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("service.proving._tell", stops)
    with pytest.raises(KeyboardInterrupt):
        run(houses[0].desk, "acme", None, as_json=True, mend=False)
    assert "--after acme:streams:" in capsys.readouterr().err


@pytest.mark.parametrize(("tenant", "after"), [(None, "made up"), ("acme", "globex:tenant:")])
def test_a_place_that_does_not_fit_is_refused(houses, tenant, after):
    with pytest.raises(SettingsError, match="--after"):
        run(houses[0].desk, tenant, after, as_json=True, mend=False)


def test_roots_kept_aside_show_what_is_lost(houses, capsys, tmp_path):
    house = houses[0]
    print_roots(house.desk, None)
    kept = tmp_path / "roots"
    kept.write_text(capsys.readouterr().out)
    house.ask_note("C-1", "INV-1-0")
    assert check_roots(house.desk, kept, as_json=False) == 0
    assert capsys.readouterr().out == "The log is whole.\n"
    vandal = Vandal(house)
    vandal.remove(
        "events",
        "stream = 'case/INV-2-0' AND version = (SELECT max(version) FROM events e WHERE e.stream = events.stream)",
    )
    assert check_roots(house.desk, kept, as_json=True) == 1
    difference, sums = lines(capsys.readouterr().out)
    assert (difference["what"], difference["where"], sums) == ("root", "acme", {"differences": 1})
    vandal.put_back()
    kept.write_text("no roots")
    with pytest.raises(SettingsError, match="holds no roots"):
        check_roots(house.desk, kept, as_json=True)
