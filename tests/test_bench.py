"""The bench judges rightly: ratios, goals, growth; its own measurements are not run here."""

import json
from pathlib import Path

import pytest

from tests.bench import table
from tests.bench.lines import Better, Goal, Line, Sample, growth, in_turns


def a_line(
    ours: float, theirs: float | None = None, goal: Goal | None = None, cases: int = 100, better: Better = "more"
) -> Line:
    return Line(
        figure="P1",
        what="ingest",
        cases=cases,
        ours=Sample.of([ours]),
        unit="events/s",
        better=better,
        theirs=None if theirs is None else Sample.of([theirs]),
        goal=goal,
    )


@pytest.mark.parametrize(
    ("line", "reached"),
    [
        (a_line(45, 100, Goal(">=", 0.45)), True),
        (a_line(44, 100, Goal(">=", 0.45)), False),
        (a_line(3, 1, Goal("<=", 3)), True),
        (a_line(3.1, 1, Goal("<=", 3)), False),
        (a_line(251, None, Goal("<=", 250, "ours")), False),
        (a_line(1, None, Goal(">=", 1)), None),
        (a_line(1, 2), None),
    ],
)
def test_a_goal_is_judged_by_the_ratio_or_by_our_own_number(line, reached):
    assert line.is_reached is reached


@pytest.mark.parametrize(
    ("small", "big", "better", "cost"), [(130, 100, "more", 1.3), (10, 13, "less", 1.3), (10, 9, "less", 0.9)]
)
def test_growth_is_the_cost_of_a_unit_at_full_size_by_that_at_a_tenth(small, big, better, cost):
    (found,) = growth([a_line(small, cases=10, better=better), a_line(big, cases=100, better=better)])
    assert found.ours is not None
    assert found.ours.median == pytest.approx(cost)
    assert found.cases == 100 and found.goal == Goal("<=", 1.3, "ours")


def test_what_was_measured_at_one_size_has_no_growth():
    assert growth([a_line(1)]) == []


def test_the_first_turn_warms_up_and_every_turn_begins_at_rest():
    told = []
    values = iter([9.0, 9.0, 1.0, 10.0, 3.0, 30.0])

    def side():
        told.append("side")
        return next(values)

    ours, theirs = in_turns(2, (side, side), lambda: told.append("rest"))
    assert (ours, theirs) == (Sample(2.0, 1.0, 3.0, 2), Sample(20.0, 10.0, 30.0, 2))
    assert told == ["rest", "side", "side"] * 3


def test_the_readme_quotes_a_file_of_results_between_its_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(table, "RESULTS", tmp_path)
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n")
    machine = {"cpus": 2, "cpu": "a chip", "memory_gib": 8, "python": "3.11", "postgresql": "18.6", "commit": "abc"}
    file = table.kept([a_line(45, 100, Goal(">=", 0.45))], machine, {"sizes": [1000, 10000], "repeats": 5})
    table.quote(file, readme)
    text = readme.read_text()
    assert text.startswith("before\n") and text.endswith(f"{table.END}\nafter\n") and "old" not in text
    assert "| P1 | ingest | 100 | 45 events/s |  | 100 | 0.45 | >= 0.45 | yes |" in text
    assert json.loads(file.read_text())["lines"][0]["reached"] is True
