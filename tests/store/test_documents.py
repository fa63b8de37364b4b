"""Letters as documents: printed when nobody is locked, kept with their hash in the log, anew when what they say has changed."""

from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import Engine

from service.channels.outcome import Sent
from service.domain import commands as c
from service.engine import papers
from service.engine.compose import compose_ready
from service.engine.desk import Desk
from service.engine.post import Outgoing, post_ready
from service.printing.press import pdf
from service.runtime import read_playbook
from service.store import customers, documents
from service.store.database import transaction
from service.words.compose import compose
from tests.examples import moment
from tests.store.histories import House, begin

DAY = "2026-01-05"


@pytest.fixture
def house(engine: Engine, database: str, request: pytest.FixtureRequest) -> House:
    return begin(engine, database, request.node.name.replace("_", "-").lower()[:40])


@pytest.fixture
def desk(engine: Engine) -> Desk:
    """One from which mail leads out."""
    return Desk(engine, frozenset({"email", "letter"}), read_playbook)


def issue(house: House, *customers: str, kind: str = "reconciliation") -> None:
    """A letter of that kind to each of them."""
    house.ask(
        *(
            c.IssueLetter(customer=one, kind=kind, cases=(f"INV-{one[2:]}-0", f"INV-{one[2:]}-1"))
            for one in customers
        )
    )


def write(house: House, desk: Desk) -> None:
    compose_ready(desk, house.tenant, compose, moment(f"{DAY} 13:30"))


def post(house: House, desk: Desk) -> list[bytes]:
    """What would be attached to each mail that leaves now."""
    sent = []

    def posted(_: str, one: Outgoing) -> Sent:
        with transaction(house.engine, house.tenant) as tx:
            found = documents.of(tx, one.row["id"])
        assert one.document == found
        assert found
        sent.append(found.body)
        return Sent(status=250, duration_ms=1)

    post_ready(desk, house.tenant, compose, posted)
    return sent


def told(house: House) -> list[tuple[str, str]]:
    """What the log says was printed: which letter, and what its bytes are known by."""
    sql = "SELECT data->>'letter', data->>'sha256' FROM events WHERE tenant = %s AND type = 'letter.printed' ORDER BY position"
    return house.rows(sql, house.tenant)


def kept(house: House) -> dict[str, bytes | None]:
    return dict(house.rows("SELECT message, body FROM documents WHERE tenant = %s", house.tenant))


def test_H2_each_letter_is_kept_with_its_hash_in_the_log_and_printed_once(house, desk):
    issue(house, "C-0", "C-1")
    write(house, desk)
    known = kept(house)
    assert dict(told(house)) == {letter: sha256(body or b"").hexdigest() for letter, body in known.items()}
    assert len(known) == 2 and len(set(known.values())) == 2
    assert sorted(post(house, desk)) == sorted(body or b"" for body in known.values())
    assert len(told(house)) == 2, "what was printed goes out as it is"
    assert house.found() == set()


def test_I13_a_letter_whose_sums_have_changed_is_printed_anew_before_it_leaves(house, desk):
    issue(house, "C-0", kind="reminder")
    write(house, desk)
    (first,) = kept(house).values()
    house.ask(house.a_payment("P-1")("C-0"))
    (sent,) = post(house, desk)
    assert sent != first and list(kept(house).values()) == [sent]
    assert [hash for _, hash in told(house)] == [sha256(one or b"").hexdigest() for one in (first, sent)]
    assert house.found() == set()


def test_H1_a_reconciliation_leaves_as_it_was_stated_whatever_has_been_paid_since(house, desk):
    issue(house, "C-0")
    write(house, desk)
    (first,) = kept(house).values()
    house.ask(house.a_payment("P-1")("C-0"))
    assert post(house, desk) == [first] and len(told(house)) == 1
    assert house.found() == set()


def test_the_same_letter_twice_has_two_hashes_so_that_none_can_be_guessed(house, desk):
    issue(house, "C-0")
    issue(house, "C-0")
    write(house, desk)
    with transaction(house.engine, house.tenant) as tx:
        one, other = documents.hashes(tx, ["C-0"])
    assert one.sha256 != other.sha256


def test_nobody_is_locked_while_a_letter_is_printed(house, desk, monkeypatch):
    printed: list[str] = []

    def looked_at(*given: Any, **more: Any) -> bytes:
        with transaction(house.engine, house.tenant) as tx:
            printed.extend(customers.lock(tx, ["C-0"]))  # it would wait, and fail
        return pdf(*given, **more)

    monkeypatch.setattr(papers, "pdf", looked_at)
    issue(house, "C-0")
    write(house, desk)
    assert printed == ["C-0"] and len(told(house)) == 1


def test_I34_an_erasure_takes_the_bytes_and_leaves_the_hash(house, desk):
    issue(house, "C-0", "C-1")
    write(house, desk)
    before = told(house)
    house.ask(c.EraseContact(customer="C-0", contact="ap", reason="asked"))
    mine, others = sorted(kept(house).items())
    assert mine[1] is None and others[1]
    assert told(house) == before and house.found() == set()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE documents SET body = set_byte(body, 99, 1) WHERE tenant = %s", True),
        ("UPDATE documents SET sha256 = 'x', body = NULL WHERE tenant = %s", True),
        ("DELETE FROM documents WHERE tenant = %s", True),
        ("UPDATE documents SET body = NULL WHERE tenant = %s", False),
    ],
)
def test_H2_bytes_that_the_log_does_not_know_are_found(engine, database, desk, change, found):
    house = begin(engine, database, f"changed-{sha256(change.encode()).hexdigest()[:8]}")
    issue(house, "C-0")
    write(house, desk)
    ((letter, _),) = told(house)
    house.tamper(change, house.tenant)
    assert house.found() == ({("document", f"documents/{letter}")} if found else set())


def test_I36_a_letter_that_cannot_be_printed_waits_and_holds_nobody_up(house, desk):
    person = c.ContactGiven(id="ap", role="accounts_payable", name="Kim 민지", email="kim@example.com")
    house.ask(c.UpdateCustomer(customer="C-0", contacts=[person]))
    issue(house, "C-0", "C-1")
    write(house, desk)
    states = dict(house.rows("SELECT customer, state FROM messages WHERE tenant = %s AND channel = 'letter'", house.tenant))
    assert states == {"C-0": "queued", "C-1": "ready"}
    ((waits,),) = house.rows("SELECT next_at > slot_at FROM messages WHERE tenant = %s AND customer = 'C-0'", house.tenant)
    assert waits and len(told(house)) == 1


def test_H1_of_a_letter_that_cannot_be_printed_somebody_is_told_once_and_it_leaves_when_the_name_is_right(house, desk):
    def rename(name: str) -> None:
        person = c.ContactGiven(id="ap", role="accounts_payable", name=name, email="kim@example.com")
        house.ask(c.UpdateCustomer(customer="C-0", contacts=[person]))

    def notices() -> list[Any]:
        sql = "SELECT data FROM events WHERE tenant = %s AND type = 'notice.raised'"
        return [one for (one,) in house.rows(sql, house.tenant)]

    rename("Kim 민지")
    issue(house, "C-0")
    for time in ("13:30", "14:35", "15:40"):
        compose_ready(desk, house.tenant, compose, moment(f"{DAY} {time}"))
    (told_of,) = notices()
    ((letter,),) = house.rows("SELECT id FROM messages WHERE tenant = %s AND channel = 'letter'", house.tenant)
    assert (told_of["text"], told_of["about"], told_of["audience"]) == ("letter_unprintable", letter, ["collector"])
    assert told_of["cases"] == ["INV-0-0", "INV-0-1"] and "민" not in str(told_of)
    rename("Kim Minji")
    compose_ready(desk, house.tenant, compose, moment(f"{DAY} 16:45"))
    assert [one for one, _ in told(house)] == [letter] and len(notices()) == 1


def test_H1_a_letter_that_can_be_printed_no_longer_when_it_is_to_leave_waits_too(house, desk):
    issue(house, "C-0")
    write(house, desk)
    person = c.ContactGiven(id="ap", role="accounts_payable", name="Kim 민지", email="kim@example.com")
    house.ask(c.UpdateCustomer(customer="C-0", contacts=[person]))
    assert post(house, desk) == []
    sql = "SELECT data->>'text' FROM events WHERE tenant = %s AND type = 'notice.raised'"
    assert house.rows(sql, house.tenant) == [("letter_unprintable",)]
