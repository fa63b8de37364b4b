"""Part of the shipped invoice history with people at work on it: every figure of every report, by each grouping and on several
days, equals what is worked out from the file and the rule by which they worked."""

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.journeys import history
from tests.journeys import history_figures as figures
from tests.journeys.company import Company, local
from tests.journeys.conftest import Founding
from tests.journeys.history_figures import Row
from tests.journeys.history_lived import FIRST, Bill, live_through, worked
from tests.journeys.history_week import Raised, weekly

DAYS = (date(2012, 8, 30), date(2012, 9, 27), date(2012, 10, 4), date(2012, 10, 18))
"""Thursdays, with which a week ends: one lies in the holidays, one is the last of all."""

GROUPINGS = ("currency", "customer", "owner", "segment")
Rows = dict[tuple[str, ...], Row]


@pytest.fixture(scope="module")
def bills() -> list[Bill]:
    return worked(history.read())


@pytest.fixture(scope="module")
def lived(founded: Founding, bills: list[Bill]) -> Company:
    """On the evening of the last day."""
    company = founded(f"{FIRST}T07:00:00+08:00")
    live_through(company, bills)
    return company


@pytest.fixture(scope="module")
def log(lived: Company) -> dict[str, list[dict[str, Any]]]:
    """The steps that fired, by bill and in order, as the feed tells them."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for type in ("case.reminded", "case.escalated", "step.fired"):
        for event in lived.feed(type):
            found[event["stream"].removeprefix("case/")].append(event)
    return {bill: sorted(events, key=lambda event: event["version"]) for bill, events in found.items()}


def on(event: dict[str, Any]) -> date:
    """The company's day of an event."""
    return local(event["occurred_at"]).date()


def grouped(bills: list[Bill], by: str) -> dict[tuple[str, str], list[Bill]]:
    """By `currency`, `customer`, `owner` or `segment`, and by currency."""
    found = defaultdict(list)
    for bill in bills:
        found[getattr(bill, by), bill.currency].append(bill)
    return found


def shown(row: Row) -> Row:
    """Amounts as the wire has them."""
    return {name: f"{value:.2f}" if isinstance(value, Decimal) else value for name, value in row.items()}


def told(company: Company, report: str, *keys: str, **asked: Any) -> Rows:
    """The report's rows by their keys."""
    rows = company.all(f"/v1/reports/{report}", **asked)
    found = {tuple(row.pop(key) for key in ("group", "currency", *keys)): row for row in rows}
    assert len(found) == len(rows)
    return found


FIGURES = [
    ("ageing", figures.ageing, {}),
    ("provision", figures.provision, {}),
    ("dso", figures.dso, {"days": 60}),
    ("effectiveness", figures.effectiveness, {"days": 45}),
    ("promises", figures.promises, {"days": 30}),
    ("expected-receipts", figures.expected_receipts, {}),
    ("disputes", figures.disputes, {"days": 30}),
    ("contacts", figures.contacts, {"days": 30, "within_days": 7}),
    ("contacts", figures.contacts, {"days": 14, "within_days": 2}),
]
"""Reports with one row for a group."""


@pytest.mark.parametrize("by", GROUPINGS)
@pytest.mark.parametrize(("report", "figure", "asked"), FIGURES)
def test_K_every_figure_is_the_one_worked_out(lived, bills, report, figure, asked, by):
    for day in DAYS:
        rows = {key: figure(those, day, **asked) for key, those in grouped(bills, by).items()}
        expected = {key: shown(row) for key, row in rows.items() if row is not None}
        assert told(lived, report, group_by=by, as_of=str(day), **asked) == expected, day


NEVER = {"written_off", "bad_debt_ratio", "days_61_90", "days_91_180", "over_180"}
NEVER |= {f"over_{days}_ratio{kind}" for days in (60, 90) for kind in ("", "_undisputed")}
"""Nobody in the file is that late, or never pays."""


@pytest.mark.parametrize(("report", "figure", "asked"), FIGURES)
def test_on_the_days_looked_at_every_figure_is_something(bills, report, figure, asked):
    found = (figure(those, day, **asked) for day in DAYS for those in grouped(bills, "currency").values())
    rows = [row for row in found if row]
    assert {name for row in rows for name, value in row.items() if value} == rows[0].keys() - NEVER


def test_K_what_is_expected_day_by_day_is_the_one_worked_out(lived, bills):
    for day in DAYS:
        rows = figures.expected_by_day(bills, day)
        expected = {key: shown(row) for key, row in rows.items() if row is not None}
        assert told(lived, "expected-receipts", group_by="day", as_of=str(day)) == expected, day


@pytest.mark.parametrize("by", GROUPINGS)
def test_K_which_step_gets_paid_is_what_the_log_and_the_file_say(lived, bills, log, by):
    """Money comes at eight, before the steps of its day."""
    last = {}
    for bill in bills:
        fired = [event for event in log.get(bill.line.invoice, []) if on(event) < bill.line.settled]
        if fired:
            last[bill.line.invoice] = fired[-1]["data"]["step"], on(fired[-1])
    for day in DAYS:
        rows = {key: figures.steps(those, day, 60, last) for key, those in grouped(bills, by).items()}
        expected = {(*key, step): shown(row) for key, found in rows.items() for step, row in found.items()}
        assert told(lived, "steps", "step", group_by=by, as_of=str(day), days=60) == expected, day
    assert len({step for step, _ in last.values()}) > 4 and len(last) < len(bills)


@pytest.mark.parametrize("by", ["owner", "currency"])
def test_K_collected_against_targets_is_the_one_worked_out(lived, bills, by):
    for day in DAYS:
        expected = {key: shown(row) for key, row in figures.targets(bills, day, by).items()}
        assert told(lived, "targets", group_by=by, as_of=str(day)) == expected, day


@pytest.mark.parametrize("report", [*dict.fromkeys(report for report, _, _ in FIGURES), "steps", "targets"])
def test_K_the_file_says_what_json_says(lived, report):
    """Of a day on which every report has several rows."""
    asked = {"group_by": "owner", "as_of": str(DAYS[1])}
    rows = lived.all(f"/v1/reports/{report}", **asked)
    headers = lived.headers("supervisor") | {"Accept": "text/csv"}
    file = lived.http.get(f"/v1/reports/{report}", params=asked, headers=headers)
    assert len(rows) > 1
    assert list(csv.DictReader(file.text.splitlines())) == [
        {name: "" if value is None else str(value) for name, value in row.items()} for row in rows
    ]


@pytest.fixture(scope="module")
def raised(log: dict[str, list[dict[str, Any]]]) -> Raised:
    """When which bill rose to which level, as the log has it."""
    return {
        bill: [(on(event), event["data"]["level"]) for event in events if event["type"] == "case.escalated"]
        for bill, events in log.items()
    }


@pytest.mark.parametrize("day", DAYS)
def test_K_every_figure_of_the_week_is_the_one_worked_out(lived, bills, raised, day):
    week = lived.get("/v1/reports/weekly", as_of=str(day))
    head = {name: week.pop(name) for name in ("report", "week", "as_of", "known_at")}
    assert week.pop("definition") == "/docs#get_reports_weekly"
    assert head == {"report": "weekly", "week": f"2012-W{day.isocalendar().week}", "as_of": str(day), "known_at": None}
    assert week == {section: [shown(row) for row in rows] for section, rows in weekly(bills, day, raised).items()}


def test_in_the_weeks_looked_at_every_section_has_something(bills, raised):
    weeks = [weekly(bills, day, raised) for day in DAYS]
    assert all(any(week[section] for week in weeks) for section in weeks[0])
    assert {row["measure"] for week in weeks for row in week["measures"]} == {
        *("contact.logged", "promise.made", "plan.agreed", "dispute.opened", "case.escalated"),
        *("hold.applied", "hold.released"),
    }
    chased = [row for week in weeks for row in week["overdue"]]
    assert all(any(row[name] for row in chased) for name in ("contacts", "promised", "disputed", "hold_since"))
    assert {row["level"] for row in chased} > {"none"}
