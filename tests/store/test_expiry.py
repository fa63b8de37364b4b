"""What is kept for a time is kept so long and no longer: answers for repeats, and what was sent to webhooks."""

import base64
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from service.domain import commands as c
from service.engine import keeping
from service.engine.desk import Closing
from service.runtime import opened
from service.settings import load
from service.store import endpoints, outbox
from service.store.database import transaction
from service.worker import Loops
from tests.store.histories import House, begin

KEPT = timedelta(days=30)
LISTENERS = ("we_1", "we_2")


@pytest.fixture
def house(engine: Engine, database: str, request: pytest.FixtureRequest) -> House:
    """Six notes were told to two endpoints, delivered at once, and then thirty-one days passed."""
    house = begin(engine, database, request.node.name.replace("_", "-"))
    with transaction(engine, house.tenant) as tx:
        for id in LISTENERS:
            endpoints.insert(tx, id, "https://example.com", ["customer.noted"], None, None, b"sealed")
    house.desk.forget(house.tenant)  # no tenant's event told it
    for _ in range(6):
        house.ask(c.AddNote(customer="C-0", cases=(), text="called back"))
    house.tamper(
        """UPDATE deliveries SET state = 'delivered', ended_at = now(), next_at = NULL, attempts = 1 WHERE tenant = %s""",
        house.tenant,
    )
    house.tamper(
        """INSERT INTO attempts (tenant, delivery, number, started_at, outcome)
           SELECT tenant, id, 1, created_at, 'delivered' FROM deliveries WHERE tenant = %s""",
        house.tenant,
    )
    age(house, 31)
    return house


def age(house: House, days: int) -> None:
    house.tamper(
        f"UPDATE outbox SET recorded_at = recorded_at - interval '{days} days' WHERE tenant = %s", house.tenant
    )


def sizes(house: House) -> tuple[int, ...]:
    return tuple(len(house.dump(table)) for table in ("outbox", "deliveries", "attempts"))


def newest(house: House) -> tuple[str, int]:
    ((stream, version),) = house.rows(
        "SELECT stream, version FROM outbox WHERE tenant = %s ORDER BY version DESC LIMIT 1", house.tenant
    )
    return stream, version


def test_what_was_sent_goes_with_its_attempts_when_its_days_are_over(house):
    assert sizes(house) == (6, 12, 12)
    house.ask(c.AddNote(customer="C-0", cases=(), text="a young one"))
    assert keeping.tidy(house.desk, house.tenant, KEPT) == 6
    assert sizes(house) == (1, 2, 0)
    assert keeping.tidy(house.desk, house.tenant, KEPT) == 0


@pytest.mark.parametrize("days", [29, 31])
def test_the_days_are_counted_from_the_event(house, days):
    age(house, days - 31)
    keeping.tidy(house.desk, house.tenant, KEPT)
    assert sizes(house)[0] == (6 if days < 30 else 0)


def test_what_is_still_to_be_sent_stays_and_holds_nothing_up(house, monkeypatch):
    monkeypatch.setattr(keeping, "SLICE", 2)
    oldest = "SELECT min(version) FROM outbox WHERE tenant = %s"
    house.tamper(
        f"""UPDATE deliveries SET state = 'pending', ended_at = NULL, next_at = now()
             WHERE tenant = %s AND endpoint = 'we_2' AND version IN (({oldest}), ({oldest}) + 1)""",
        *[house.tenant] * 3,
    )
    assert keeping.tidy(house.desk, house.tenant, KEPT) == 4
    assert sizes(house) == (2, 4, 4)
    house.tamper("UPDATE deliveries SET state = 'exhausted', ended_at = now() WHERE tenant = %s", house.tenant)
    assert keeping.tidy(house.desk, house.tenant, KEPT) == 2
    assert sizes(house) == (0, 0, 0)


def test_redeliveries_go_with_their_event_and_hold_it_while_they_wait(house, engine):
    again = [newest(house)]
    with transaction(engine, house.tenant) as tx:
        assert outbox.add_again(tx, "we_1", again, "_0123abcd") == 1
    assert keeping.tidy(house.desk, house.tenant, KEPT) == 5
    assert sizes(house) == (1, 3, 2)
    house.tamper("UPDATE deliveries SET state = 'delivered', ended_at = now() WHERE tenant = %s", house.tenant)
    assert keeping.tidy(house.desk, house.tenant, KEPT) == 1
    assert sizes(house) == (0, 0, 0)
    with transaction(engine, house.tenant) as tx:  # without its body it would be claimed for ever and never sent
        assert outbox.add_again(tx, "we_1", again, "_4567ef01") == 0
    assert sizes(house) == (0, 0, 0)


def test_answers_go_when_they_have_expired_and_facts_never(house, monkeypatch, engine, database):
    monkeypatch.setattr(keeping, "SLICE", 3)
    other = begin(engine, database, f"{house.tenant}-other")
    for tenant in (house.tenant, other.tenant):
        house.tamper(
            """INSERT INTO inbox (tenant, source, id, content, status, answer, expires_at)
               SELECT %s, 'key:k1', n::text, '', 200, '', now() + make_interval(mins => 10 * n - 65)
                 FROM generate_series(1, 8) AS n""",
            tenant,
        )
    facts = len(house.dump("inbox")) - 8
    keeping.tidy(house.desk, house.tenant, KEPT)
    left = house.rows("SELECT id FROM inbox WHERE tenant = %s AND source = 'key:k1' ORDER BY id", house.tenant)
    assert left == [("7",), ("8",)]
    assert len(house.dump("inbox")) == facts + 2
    assert len([row for row in other.dump("inbox") if "key:k1" in row]) == 8


def test_the_worker_tidies_standing_sandboxes_too(house, database):
    key = base64.b64encode(bytes(32)).decode()
    with opened(load(database_url=database, secret_key=key, webhook_kept_days=30)) as runtime:
        loops = Loops(runtime)
        loops._tidy()
        loops._courier.close()
    assert sizes(house) == (0, 0, 0)


def test_a_house_that_closes_stops_between_two_slices(house):
    house.desk.close()
    with pytest.raises(Closing):
        keeping.tidy(house.desk, house.tenant, KEPT)
    assert sizes(house) == (6, 12, 12)
