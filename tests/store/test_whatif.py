"""Recorded history told once more: by the very playbooks that ran, it is the log; nothing is written, whatever is told."""

from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from service.domain.habits import HabitRules, habits_of
from service.domain.playbook import Playbook
from service.domain.whatif.setting import Choice
from service.engine.whatif import Found, Wanted, tell
from service.runtime import read_playbook
from service.store import cases
from service.store.database import transaction
from tests.store.histories import BEGIN, House, begin

END = datetime(2026, 7, 12, 2, tzinfo=UTC)
STANDARD = (files("service") / "playbooks" / "standard.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def house(engine: Engine, database: str) -> House:
    house = begin(engine, database, "history")
    house.live(END)
    return house


def standard(*changes: tuple[str, str]) -> Playbook:
    text = STANDARD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return replace(read_playbook(text, "standard", 2), version=2)


def wanted(playbook: Playbook, **more: Any) -> Wanted:
    given: dict[str, Any] = {"since": BEGIN - timedelta(1), "until": END, **more}
    return Wanted(choice=Choice(playbook, frozenset({"standard"})), **given)


def told(house: House, playbook: Playbook, **more: Any) -> Found:
    *_, found = tell(house.desk, house.tenant, wanted(playbook, **more))
    return found


@pytest.mark.parametrize("since", [BEGIN - timedelta(1), datetime(2026, 4, 3, tzinfo=UTC), datetime(2026, 6, 21, tzinfo=UTC)])
def test_half_a_year_told_again_by_the_playbook_that_ran_are_the_log(house: House, since: datetime):
    found = told(house, standard(), since=since)
    assert found.fidelity.differences == []
    assert (found.fidelity.recorded, found.fidelity.extra) == (found.fidelity.reproduced, 0)
    assert found.fidelity.recorded > 50
    assert (found.left_out_now, found.left_out_then) == ({}, {})
    assert (found.compared.differing, found.compared.shifts) == (0, [])
    assert found.is_whole and found.passed == found.total == 16
    if since < BEGIN:
        ((events,),) = house.rows(
            "SELECT count(*) FROM events WHERE tenant = %s AND stream <> 'tenant'", house.tenant
        )
        assert (found.compared.cases, found.compared.customers, found.events) == (16, 4, events)


def test_another_distance_shows_in_the_days_on_which_managers_come_in(house: House):
    found = told(house, standard(("rule: B6\n        at: P1M", "rule: B6\n        at: P21D")))
    manager = found.compared.milestones["manager"]
    assert manager.sooner and not manager.delayed and manager.days < 0
    assert found.fidelity.reproduced == found.fidelity.recorded, "what ran is told as it ran, whatever is compared with it"


def test_nothing_is_written(house: House):
    tables = ("events", "cases", "customers", "payments", "tasks", "approvals", "messages", "outbox", "tenants", "playbooks")
    before = [house.dump(table) for table in tables]
    told(house, standard(("confirm", "confirm")))
    assert [house.dump(table) for table in tables] == before


def test_customers_are_told_in_slices_and_one_can_go_on_after_any(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("service.engine.whatif.SLICE", 5)
    whole = told(house, standard())
    first = told(house, standard(), most=8)
    assert (first.is_whole, first.after, first.compared.cases) == (False, "C-1", 8)
    rest = told(house, standard(), after=first.after)
    assert rest.is_whole
    assert first.fidelity.recorded + rest.fidelity.recorded == whole.fidelity.recorded
    only = told(house, standard(), customers=["C-2", "nobody"])
    assert (only.compared.customers, only.total, only.is_whole) == (1, 4, True)
    assert told(house, standard(), segment="risk").compared.cases == 0
    monkeypatch.setattr("service.engine.whatif.MOST_BILLS", 3)
    assert told(house, standard()).passed_over == ["C-0", "C-1", "C-2", "C-3"]


def test_ahead_of_the_record_the_clock_goes_on(house: House):
    found = told(house, standard(), since=END, until=END + timedelta(60))
    assert found.fidelity.recorded == 0 and found.fidelity.extra == 0
    assert sum(week["messages"] for week in found.compared.now.weeks.values()) > 0


def test_habits_worked_out_of_the_bills_are_those_that_the_tables_tell(house: House):
    rules = HabitRules(3, 2, 7, lambda day: day)
    with transaction(house.engine, house.tenant) as tx:
        bills = {id: one.state for id, one in cases.load(tx, [f"INV-{n}-{k}" for n in range(4) for k in range(4)]).items()}
        for today in (date(2026, 2, 1), date(2026, 4, 1), date(2026, 7, 1), date(2026, 11, 1)):
            asked = [replace(case, issued_on=case.due_on) for case in bills.values()]
            found = cases.habits(tx, asked, today, rules)
            for case in asked:
                theirs = [one for one in bills.values() if one.customer == case.customer]
                assert habits_of(case, theirs, today, rules) == found.get(case.id, frozenset())
