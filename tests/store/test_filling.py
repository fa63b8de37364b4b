"""Empty tables are filled from the log in one pass: byte for byte, from where another stopped, beside those who write."""

from collections.abc import Iterator
from itertools import islice

import pytest
from msgspec.structs import replace

from service.domain.tenant import Tenant
from service.engine import filling
from service.engine.administer import Change, administer, settings_changed
from service.engine.desk import Desk
from service.engine.rebuild import rebuild
from service.engine.verify import Checked, Place
from service.runtime import read_playbook
from service.store.database import Tx
from tests.store.histories import ERP, House, Vandal

TABLES = ("customers", "cases", "payments", "tasks", "approvals", "mentions", "movements", "arrears")


@pytest.fixture
def emptied(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vandal]:
    """Without any projection; parts are so small that most streams have one of their own."""
    monkeypatch.setattr(filling, "PART", 9)
    vandal = Vandal(house)
    for table in TABLES:
        assert vandal.remove(table, "true")
    yield vandal
    vandal.put_back()


def steps(house: House, place: Place | None = None) -> Iterator[Checked]:
    desk = Desk(house.engine, frozenset({"letter"}), read_playbook)
    return rebuild(desk, place or Place(house.tenant))


def stand(house: House) -> dict[str, list[str]]:
    return {table: house.dump(table) for table in TABLES}


def test_everything_comes_back_byte_for_byte(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(filling, "PART", 9)
    before, vandal = stand(house), Vandal(house)
    for table in TABLES:
        vandal.remove(table, "true")
    found = list(steps(house))
    assert stand(house) == before
    ((streams, events),) = house.rows("SELECT count(DISTINCT stream), count(*) FROM events WHERE tenant = 'acme'")
    assert sum(one.events for one in found) == events and len(found) > streams / 9
    assert {one.place.stage for one in found} == {"streams", "fill", "done"}


def test_what_has_a_row_is_compared_and_not_filled(house: House, emptied: Vandal):
    house.tamper("INSERT INTO mentions VALUES ('acme', 'INV-0-0', 'customer/C-0', 1)")
    assert {one.place.stage for one in steps(house)} == {"streams", "customers"}


def test_it_goes_on_where_another_stopped(house: House, emptied: Vandal):
    places = [str(one.place) for one in islice(steps(house), 5)]
    assert places[-1].startswith("acme:fill:case/")
    list(steps(house, Place.read(places[-1])))
    assert house.found() == set()


def test_a_row_made_meanwhile_is_left_as_it_is(house: House, emptied: Vandal):
    passing = steps(house)
    list(islice(passing, 3))
    ((last,),) = house.rows("SELECT max(substr(stream, 6)) FROM events WHERE tenant = 'acme' AND stream LIKE 'case/%%'")
    house.tamper(
        """INSERT INTO cases (tenant, id, customer, version, state, hash, stage, level, owner, currency, amount, open_amount)
           VALUES ('acme', %s, 'C-3', 9999, '{}', 'x', 'review', 'none', 'writer', 'CNY', 1, 1)""",
        last,
    )
    list(passing)
    assert house.rows(f"SELECT version, owner FROM cases WHERE id = '{last}'") == [(9999, "writer")]


def test_what_a_broken_log_says_is_not_written(house: House, emptied: Vandal):
    emptied.change(
        "events", "data = replace(data::text, '120000', '1')::json", "stream = 'case/INV-1-0' AND version = 1"
    )
    assert sum(one.broken for one in steps(house)) == 1
    ids = {id for (id,) in house.rows("SELECT id FROM cases WHERE id LIKE 'INV-1-%%'")}
    assert "INV-1-0" not in ids and "INV-1-1" in ids


def test_settings_changed_between_folding_and_writing_have_the_alarms_worked_out_anew(
    house: House, emptied: Vandal, monkeypatch: pytest.MonkeyPatch
):
    """The next part, half of the bills, has been folded when one is told."""
    ((events,),) = house.rows("SELECT count(*) FROM events WHERE tenant = 'acme' AND stream LIKE 'case/%%'")
    monkeypatch.setattr(filling, "PART", events // 2)
    passing = steps(house)
    list(islice(passing, 2))

    def eastward(tx: Tx, tenant: Tenant) -> list[Change]:
        return settings_changed(tx, tenant, replace(tenant.settings, time_zone="Pacific/Auckland"))

    administer(house.engine, house.tenant, eastward, ERP)
    list(passing)
    assert not {what for what in house.found() if what[0] == "alarm"}
