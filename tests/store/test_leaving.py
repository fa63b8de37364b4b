"""What leaves the house: in its window, on its day, held by one sender at a time, and told of by whoever holds it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread, Timer
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine

from service.channels.outcome import Failed, Sent
from service.domain import commands as c
from service.engine.compose import compose_ready
from service.engine.desk import Desk
from service.engine.notices import post as notices_post
from service.engine.post import Outgoing, post_ready
from service.engine.tick import wake
from service.runtime import read_playbook
from service.store import endpoints, notices, outbox
from service.store.database import LOCK_PATIENCE, connect, transaction
from service.words.compose import compose
from service.words.letters import Composed, Letter
from tests.examples import moment
from tests.store.histories import House, begin

S2, S4 = "2026-01-07", "2026-01-09"
"""Two and four days after the bills went out: their customers are written to."""

SENT = Sent(status=250, duration_ms=1)
REFUSED = Failed(code="refused", detail="", duration_ms=1, permanent=True)


@pytest.fixture(scope="module")
def engine(database: str) -> Iterator[Engine]:
    engine = connect(database, 6)
    yield engine
    engine.dispose()


@pytest.fixture
def house(engine: Engine, database: str, request: pytest.FixtureRequest) -> House:
    return begin(engine, database, request.node.name.replace("_", "-").lower()[:40])


@pytest.fixture
def desk(engine: Engine) -> Desk:
    """One from which mail leads out."""
    return Desk(engine, frozenset({"email", "letter"}), read_playbook)


def fire(house: House, desk: Desk, day: str) -> None:
    """The steps of that morning; their messages wait."""
    while wake(desk, house.tenant, moment(day)):
        pass


def messages(house: House) -> list[tuple[str, str]]:
    """One customer's, by day: what became of them."""
    sql = "SELECT day::text, state FROM messages WHERE tenant = %s AND customer = 'C-0' ORDER BY day"
    return [(day, state) for day, state in house.rows(sql, house.tenant)]


def test_I15_what_misses_its_window_waits_for_the_next(house, desk):
    fire(house, desk, S2)
    compose_ready(desk, house.tenant, compose, moment(f"{S2} 12:00"))
    found = house.rows("SELECT DISTINCT state, slot_at FROM messages WHERE tenant = %s", house.tenant)
    assert found == [("queued", moment(f"{S2} 13:30"))]


def test_I16_what_missed_its_days_goes_with_one_message(house, desk):
    fire(house, desk, S2)
    fire(house, desk, S4)
    assert messages(house) == [(S2, "queued"), (S4, "queued")]
    compose_ready(desk, house.tenant, compose, moment(f"{S4} 10:00"))
    compose_ready(desk, house.tenant, compose, moment(f"{S4} 10:00"))
    assert messages(house) == [(S2, "struck"), (S4, "ready")]


def test_C3_a_message_waits_until_its_customer_has_nothing_more_due(house, desk):
    fire(house, desk, S2)
    house.tamper(f"UPDATE customers SET wake_at = '{moment(S2)}' WHERE tenant = %s", house.tenant)
    compose_ready(desk, house.tenant, compose, moment(f"{S2} 09:30"))
    assert messages(house) == [(S2, "queued")]
    house.tamper("UPDATE customers SET wake_at = NULL WHERE tenant = %s", house.tenant)
    compose_ready(desk, house.tenant, compose, moment(f"{S2} 09:30"))
    assert messages(house) == [(S2, "ready")]


@pytest.mark.parametrize(("bills", "shares"), [(1, 4), (8, 2), (11, 2), (16, 1)])
def test_mail_is_composed_in_shares(house, desk, monkeypatch, bills, shares):
    """Four messages of four bills each; one that alone names more goes alone."""
    monkeypatch.setattr("service.engine.compose.BILLS_AT_ONCE", bills)
    fire(house, desk, S2)
    assert compose_ready(desk, house.tenant, compose, moment(f"{S2} 10:00")) == 4
    sql = "SELECT count(*), count(DISTINCT xmin::text) FROM messages WHERE tenant = %s AND state = 'ready'"
    assert house.rows(sql, house.tenant) == [(4, shares)]


def test_I13_whoever_pays_waits_while_a_mail_is_decided_on(house, desk):
    """Either the mail knows of the payment, or the payment comes after the mail: the customer is one writer's."""
    fire(house, desk, S2)
    paying = Thread(target=house.ask, args=(house.a_payment("P-1")("C-0"),))
    waited: list[bool] = []

    def render(letter: Letter) -> Composed:
        if not waited:
            paying.start()
            paying.join(1.0)  # the lock is waited for longer
            waited.append(paying.is_alive())
        return compose(letter)

    compose_ready(desk, house.tenant, render, moment(f"{S2} 09:30"))
    paying.join()
    assert waited == [True]
    assert house.rows("SELECT id FROM payments WHERE tenant = %s", house.tenant) == [("P-1",)]


def ready(house: House, desk: Desk) -> None:
    """A mail for each of four customers waits to be handed over."""
    fire(house, desk, S2)
    compose_ready(desk, house.tenant, compose, moment(f"{S2} 09:00"))


def hand_over(house: House, desk: Desk, post: Callable[[str], Sent | Failed]) -> None:
    """Whatever is ready, by message."""

    def posted(_: str, message: Outgoing) -> Sent | Failed:
        return post(message.row["id"])

    post_ready(desk, house.tenant, compose, posted)


def leases_end(house: House) -> None:
    """As if a minute had passed."""
    house.tamper("UPDATE messages SET next_at = now() WHERE tenant = %s AND next_at IS NOT NULL", house.tenant)


def told(house: House) -> list[tuple[str, int]]:
    """What the log says of the mails."""
    sql = "SELECT type, count(*) FROM events WHERE tenant = %s AND type LIKE 'message.%%' GROUP BY type"
    return house.rows(sql, house.tenant)


def test_who_lost_a_mail_to_another_says_nothing_of_it(house, desk):
    """One sleeps while it sends; another takes the mail over; the first wakes up while that one is still at it."""
    ready(house, desk)
    house.tamper("DELETE FROM messages WHERE tenant = %s AND customer <> 'C-0'", house.tenant)
    begun, woken = Event(), Event()

    def sleep(_: str) -> Failed:
        begun.set()
        assert woken.wait(20)
        return REFUSED

    sleeper = Thread(target=hand_over, args=(house, desk, sleep))
    sleeper.start()
    assert begun.wait(20)
    leases_end(house)

    def send(_: str) -> Sent:
        woken.set()
        sleeper.join(20)
        return SENT

    hand_over(house, desk, send)
    assert told(house) == [("message.handed_over", 1)]


def test_a_mail_under_way_is_left_alone(house, desk):
    """Two saw the same mails waiting; what one of them has taken, the other passes by."""
    ready(house, desk)
    posted: list[str] = []
    taken, done = Event(), Event()

    def hold(message: str) -> Sent:
        posted.append(message)
        taken.set()
        assert done.wait(20)
        return SENT

    other = Thread(target=hand_over, args=(house, desk, hold))

    def send(message: str) -> Sent:
        posted.append(message)
        if len(posted) == 1:
            other.start()
            assert taken.wait(20)
        return SENT

    hand_over(house, desk, send)
    done.set()
    other.join(20)
    assert len(posted) == len(set(posted)) == 4


@contextmanager
def held(database: str, sql: str) -> Iterator[Callable[[], None]]:
    """Rows that somebody takes when told to, and keeps for longer than a lock is waited for."""
    with psycopg.connect(database, autocommit=True) as other:
        timer = Timer(1.5 * float(LOCK_PATIENCE.rstrip("s")), lambda: other.execute("ROLLBACK"))

        def take() -> None:
            if not timer.is_alive():
                other.execute("BEGIN")
                other.execute(sql)
                timer.start()

        yield take
        timer.join()


@pytest.mark.parametrize("row", ["message", "customer"])
def test_what_left_is_recorded(house, desk, database, row):
    """Somebody holds its rows for a while; unrecorded it would leave once more."""
    ready(house, desk)
    house.tamper("DELETE FROM messages WHERE tenant = %s AND customer <> 'C-0'", house.tenant)
    with held(database, f"SELECT FROM {row}s WHERE tenant = '{house.tenant}' FOR UPDATE") as take:

        def send(_: str) -> Sent:
            take()
            return SENT

        hand_over(house, desk, send)
    assert told(house) == [("message.handed_over", 1)]


def mail_to_us(house: House, *users: str) -> None:
    """A mail of the day is ready for each of our people."""
    with transaction(house.engine, house.tenant) as tx:
        mails = [(user, f"{user}@seller.example", "en", "s", "t", "") for user in users]
        notices.put(tx, mails, moment(S2).date(), moment(S2))


def ours(house: House) -> list[tuple[str, str, int]]:
    """(user, state, attempts) of the mails to our own people."""
    sql = 'SELECT "user", state, attempts FROM notice_mails WHERE tenant = %s ORDER BY "user"'
    return house.rows(sql, house.tenant)


def test_what_left_to_our_people_is_recorded(house, desk, database):
    """However long somebody holds its row."""
    mail_to_us(house, "li")
    with held(database, f"SELECT FROM notice_mails WHERE tenant = '{house.tenant}' FOR UPDATE") as take:

        def send(*_: object) -> Sent:
            take()
            return SENT

        notices_post(desk, house.tenant, send)
    assert ours(house) == [("li", "handed_over", 1)]


def test_our_mail_is_claimed_as_it_leaves(house, desk):
    """While one sender is at a slow one, another takes those behind it, and no lease runs out in a queue."""
    mail_to_us(house, "li", "ma", "su")
    sent: list[tuple[str, str]] = []

    def quick(_: str, mail: Mapping[str, Any]) -> Sent:
        sent.append(("quick", mail["user"]))
        return SENT

    def slow(_: str, mail: Mapping[str, Any]) -> Sent:
        assert notices_post(desk, house.tenant, quick) == 2
        sent.append(("slow", mail["user"]))
        return SENT

    assert notices_post(desk, house.tenant, slow) == 1
    assert sent == [("quick", "ma"), ("quick", "su"), ("slow", "li")]
    assert ours(house) == [(user, "handed_over", 1) for user in ("li", "ma", "su")]


def test_who_lost_a_webhook_to_another_says_nothing_of_it(house):
    with transaction(house.engine, house.tenant) as tx:
        endpoints.insert(tx, "we_1", "https://example.com", ["customer.noted"], None, None, b"sealed")
    house.desk.forget(house.tenant)  # no tenant's event told it
    house.ask(c.AddNote(customer="C-0", cases=(), text="called back"))
    ((id,),) = house.rows("SELECT id FROM deliveries WHERE tenant = %s", house.tenant)

    def claim() -> outbox.Claimed:
        with transaction(house.engine, house.tenant) as tx:
            (claimed,) = outbox.claim(tx, [id], tx.now, tx.now + timedelta(seconds=30))
        return claimed

    def finish(one: outbox.Claimed, state: str) -> bool:
        with transaction(house.engine, house.tenant) as tx:
            return outbox.finish(tx, one, {"outcome": state}, state, None, tx.now)

    sleeper = claim()
    house.tamper("UPDATE deliveries SET next_at = now() WHERE tenant = %s", house.tenant)
    other = claim()
    assert not finish(sleeper, "exhausted")
    assert finish(other, "delivered")
    assert house.rows("SELECT state, attempts FROM deliveries WHERE tenant = %s", house.tenant) == [("delivered", 2)]
