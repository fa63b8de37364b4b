"""What `dunlog simulate` prints, alone and in several processes, and a company whose clock runs."""

import base64
import json
from datetime import UTC, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from service import simulating
from service.domain import commands as c
from service.domain.settings import Settings as Chosen
from service.domain.whatif.setting import Choice
from service.domain.workdays import Window
from service.engine import administer
from service.engine.desk import Desk
from service.engine.tick import tick
from service.engine.whatif import Wanted, tell
from service.runtime import read_playbook
from service.settings import Settings, SettingsError, load
from service.store.shipped import shipped_playbooks
from tests.store.histories import BEGIN, ERP, House, begin

DAILY = "at: P8D\n        every: P1D\n        until: {level: manager}"
STANDARD = (files("service") / "playbooks" / "standard.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def house(engine: Engine, database: str) -> House:
    house = begin(engine, database, "acme")
    house.live(datetime(2026, 4, 1, tzinfo=UTC))
    return house


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    assert DAILY in STANDARD
    file = tmp_path / "calmer.yaml"
    file.write_text(STANDARD.replace(DAILY, DAILY.replace("P1D", "P3D")), encoding="utf-8")
    return file


def settings_of(database: str) -> Settings:
    return load(database_url=database, secret_key=base64.b64encode(bytes(32)).decode())


def asked(file: Path | None, **more: Any) -> simulating.Asked:
    plain = simulating.Asked(
        tenant="acme",
        file=file,
        name=None,
        shipped=False,
        since="2026-01-05",
        to=None,
        replaces=(),
        segment=None,
        customers=(),
        at_most=None,
        samples=1,
        jobs=1,
        language="en",
        as_json=False,
    )
    return plain._replace(**more)


def test_the_tables_tell_what_differs_and_how_true_it_is(house, database, draft, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "140")
    simulating.run(settings_of(database), house.desk, asked(draft))
    told = capsys.readouterr().out
    assert "standard as drafted in place of standard, 2026-01-05 to 2026-04-01: 16 cases of 4 customers" in told
    assert "overdue-daily" in told and "How far it goes" in told
    assert "recorded steps came again as they were" in told and "What customers would have done otherwise" in told


def test_several_processes_find_what_one_does(house, database, draft, capsys, monkeypatch):
    monkeypatch.setattr(simulating, "WORTH_SHARING", 1)
    found = []
    for jobs in (1, 2):
        simulating.run(settings_of(database), house.desk, asked(draft, jobs=jobs, as_json=True, samples=4))
        found.append(json.loads(capsys.readouterr().out))
    assert found[0] == found[1] | {name: found[0][name] for name in ("steps",)}
    assert sorted(map(str, found[0]["steps"])) == sorted(map(str, found[1]["steps"]))
    assert found[0]["cases"] == 16 and found[0]["fidelity"]["recorded"] == found[0]["fidelity"]["reproduced"] > 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"file": Path("none.yaml")}, "There is no file none.yaml"),
        ({"since": "2026-13-01"}, "from"),
        ({"segment": "gold"}, "segment"),
        ({"since": "2026-04-02"}, "first day"),
    ],
)
def test_what_cannot_be_understood_is_said_in_a_line(house, database, draft, more, said):
    with pytest.raises(SettingsError, match=said):
        simulating.run(settings_of(database), house.desk, asked(draft)._replace(**more))


def test_mistakes_are_told_as_editors_jump_to_them(house, database, draft):
    draft.write_text(draft.read_text("utf-8").replace("every: P3D", "every: often"), encoding="utf-8")
    line = draft.read_text("utf-8").splitlines().index("        every: often") + 1
    with pytest.raises(SettingsError, match=f"calmer.yaml:{line}:9: “often” is no distance"):
        simulating.run(settings_of(database), house.desk, asked(draft))


def test_a_company_whose_clock_runs_is_told_by_the_days_of_its_log(engine: Engine, database: str):
    """The ERP's time of a fact moves no clock, and a clock that runs is always a little late."""
    chosen = replace(Chosen(), country="IL", time_zone="UTC", windows=(Window(time(0), time(23, 59, 59)),))
    administer.create(engine, "living", "live", chosen, shipped_playbooks(), ERP, None)
    desk = Desk(engine, frozenset({"email", "letter"}), read_playbook)
    house = House(engine, database, "living")
    today = datetime.now(UTC).date()
    contact = c.ContactGiven(id="ap", name="Li Na", email="ap@example.com", role="accounts_payable")
    house.ask(c.UpdateCustomer(customer="C-1", contacts=[contact]))
    bill = c.IssueInvoice(
        invoice="INV-1", customer="C-1", amount="9.00", currency="CNY", issued_on=today - timedelta(60),
        due_on=today - timedelta(40), confirmation_required=False,
    )  # fmt: skip
    house.ask(bill)
    tick(desk, "living")
    plan = replace(read_playbook(STANDARD, "standard", 2), version=2)
    wanted = Wanted(choice=Choice(plan, frozenset({"standard"})), since=BEGIN, until=datetime.now(UTC))
    *_, found = tell(desk, "living", wanted)
    assert found.fidelity.differences == []
    assert found.fidelity.recorded == found.fidelity.reproduced > 0
