"""What an erasure does to messages on their way and to requests under way (I34, I21)."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from service.domain import commands as c
from service.engine.asks import Ask
from service.engine.handle import handle
from service.store import messages
from service.store.database import transaction
from service.store.inbox import Identity
from tests.store.histories import ERP, House, begin

NOW = datetime(2026, 1, 7, 1, tzinfo=UTC)


@pytest.fixture
def house(engine: Engine, database: str, request: pytest.FixtureRequest) -> House:
    """A message to two people of one customer in each state it can be in."""
    house = begin(engine, database, request.node.name.replace("_", "-"))
    house.tamper(
        """INSERT INTO messages (tenant, id, customer, contact, channel, day, service, kind, state, slot_at, queued_at,
                                 recipient, subject, text, next_at)
           SELECT %s, contact || state || COALESCE(lease, ''), 'C-0', contact, 'email', '2026-01-07', false, 'dunning',
                  state, now(), now(), 'them@c-0.example', 'Bills', 'Dear them', now() + lease::interval
             FROM unnest(ARRAY['ap', 'cfo']) AS c(contact),
                  (VALUES ('queued', NULL), ('ready', NULL), ('ready', '-1 minute'), ('ready', '1 minute'),
                          ('captured', NULL), ('handed_over', NULL), ('bounced', NULL)) AS s(state, lease)""",
        house.tenant,
    )
    house.tamper(
        """INSERT INTO message_items (tenant, message, case_id, template, step, rule, service)
           SELECT tenant, id, 'INV-0-0', 'overdue', 'overdue-daily', 'B3', false FROM messages WHERE tenant = %s""",
        house.tenant,
    )
    with transaction(engine, house.tenant) as tx:
        messages.erase(tx, "C-0", "ap", NOW)
    return house


def rows(house: House, contact: str) -> dict[str, tuple[str, str | None, bool]]:
    """By id: the state, why its bill was struck, whether any words are left."""
    found = house.rows(
        """SELECT m.id, m.state, i.struck, COALESCE(recipient, subject, text) IS NOT NULL FROM messages m
             JOIN message_items i ON i.tenant = m.tenant AND i.message = m.id WHERE m.tenant = %s AND contact = %s""",
        house.tenant,
        contact,
    )
    return {id.removeprefix(contact): tuple(rest) for id, *rest in found}


def test_what_has_not_left_is_struck_and_no_words_are_kept(house):
    assert rows(house, "ap") == {
        "queued": ("struck", "erased", False),
        "ready": ("struck", "erased", False),
        "ready-1 minute": ("struck", "erased", False),
        "ready1 minute": ("ready", None, False),
        "captured": ("captured", None, False),
        "handed_over": ("handed_over", None, False),
        "bounced": ("bounced", None, False),
    }


def test_others_keep_theirs(house):
    assert {(struck, words) for _, struck, words in rows(house, "cfo").values()} == {(None, True)}


def test_a_request_that_an_erasure_overtook_is_neither_done_again_nor_answered(engine, database):
    house = begin(engine, database, "overtaken")
    known = Identity("key:k1", "1", b"x", datetime.now(UTC) + timedelta(days=7))
    add = c.ChangeContact(customer="C-0", contact=c.ContactGiven(id="new", name="New Person"))
    erase = c.EraseContact(customer="C-0", contact="new", reason="asked")

    def ask(command: c.Command, identity: Identity | None = None):
        asked = Ask(command=command, asker=ERP, identity=identity, respond=lambda _, done: (200, b"New Person"))
        return handle(house.desk, house.tenant, [asked])[0]

    assert ask(add, known).answer == (200, b"New Person")
    assert ask(add, known).answer == (200, b"New Person")
    ask(erase)
    again = ask(add, known)
    assert again.refused and again.refused.code == "answer_erased"
    assert not [row for row in house.dump("private") if "New Person" in row]
    assert [row for row in house.dump("inbox") if "key:k1" in row], "the identity stays"
