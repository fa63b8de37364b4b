"""Hypothesis chooses the order: the ERP's facts and people's commands, once and again, racing each other and doubled alarms,
killed before and after the commit, on a real PostgreSQL. CHAOS=1 lets it try more."""

import os
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from threading import Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from msgspec.structs import replace
from psycopg import errors
from sqlalchemy import Engine

from service.channels.outcome import Failed, Sent
from service.engine import walk
from service.engine.asks import Ask, Done
from service.engine.desk import Desk, Session
from service.engine.handle import handle
from service.engine.post import Outgoing, post_ready
from service.engine.tick import wake
from service.store.database import connect
from service.store.inbox import Identity
from service.words.compose import compose
from tests.simulation import errands
from tests.simulation.stored import BEGIN, Tenant, View

EXAMPLES = max(8, round(100 * float(os.environ.get("CHAOS", "0"))))
STEPS = 30
DAY = timedelta(1)

dice = st.integers(0, 2**32 - 1)
_names = count(1)


class Killed(BaseException):
    """The process is gone: nobody hears an answer."""


class Dying(Desk):
    """A replica that is killed when its transaction is ready to commit."""

    @contextmanager
    def open(self, tenant: str, now: datetime | None = None, snapshot: bool = False, by_key: bool = False) -> Iterator[Session]:
        with super().open(tenant, now, snapshot, by_key) as session:
            yield session
            raise Killed


class Machine(RuleBasedStateMachine):
    """What the service promises, whatever Hypothesis does."""

    engine: Engine
    url: str

    def __init__(self) -> None:
        super().__init__()
        self.tenant = Tenant(self.engine, self.url, f"machine-{next(_names)}")
        self.asked: list[tuple[Ask, Done | None]] = []
        self.clock = BEGIN
        self.mail: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for command, asker in self.tenant.founding():
            self._ask(0, self._worded(command, asker))

    # Asking

    def _worded(self, command: Any, asker: Any) -> Ask:
        number = str(len(self.asked) + 1)
        is_person = asker is not errands.ERP
        source = f"key:{asker.actor}" if is_person else "erp"
        until = datetime.now(BEGIN.tzinfo) + DAY if is_person else None
        identity = Identity(source, number, repr(command).encode(), until)
        respond = (lambda session, done: (200, repr(done.position).encode())) if is_person else None
        return Ask(command=command, asker=replace(asker, request=number), identity=identity, respond=respond)

    def _ask(self, replica: int, ask: Ask) -> Done:
        (done,) = handle(self.tenant.desks[replica % 2], self.tenant.name, [ask])
        self.asked.append((ask, done))
        note(f"{ask.command}: {done.refused.code if done.refused else done.status}")
        return done

    @rule(dice=dice)
    def ask(self, dice: int) -> None:
        command, asker = errands.errand(random.Random(dice), View(self.tenant))
        self._ask(dice, self._worded(command, asker))

    @rule(dice=dice)
    def ask_again(self, dice: int) -> None:
        """Once more, at another replica: the same answer, and nothing happens."""
        ask, earlier = self.asked[dice % len(self.asked)]
        before = self._events()
        (done,) = handle(self.tenant.desks[dice // 7 % 2], self.tenant.name, [ask])
        if earlier is None or (earlier.refused and earlier.answer is None):
            self.asked[dice % len(self.asked)] = ask, done
            return
        assert (done.status, done.repeated) == ("duplicate", True), done
        assert (done.answer or done.position) == (earlier.answer or earlier.position)
        assert self._events() == before

    @rule(dice=dice)
    def ask_something_else_by_the_same_name(self, dice: int) -> None:
        ask, earlier = self.asked[dice % len(self.asked)]
        if earlier is None or (earlier.refused and earlier.answer is None) or ask.identity is None:
            return
        before = self._events()
        other = replace(ask, identity=replace(ask.identity, content=b"other"))
        (done,) = handle(self.tenant.desks[0], self.tenant.name, [other])
        assert done.refused and done.refused.code in ("event_id_reused", "idempotency_key_reused")
        assert self._events() == before

    @rule(dice=dice)
    def ask_and_die(self, dice: int) -> None:
        """Killed before the commit nothing has happened; after it, everything, though nobody heard."""
        command, asker = errands.errand(random.Random(dice), View(self.tenant))
        ask = self._worded(command, asker)
        before = self._events()
        with pytest.raises(Killed):
            handle(Dying(self.engine, frozenset(), self.tenant.desks[0]._read_playbook), self.tenant.name, [ask])
        assert self._events() == before
        self.asked.append((ask, None))

    @rule(dice=dice)
    def race(self, dice: int) -> None:
        """Two requests at the same time, while an alarm rings twice."""
        view = View(self.tenant)
        asks = []
        for n in (dice, dice + 1):
            command, asker = errands.errand(random.Random(n), view)
            asks.append(self._worded(command, asker))
            self.asked.append((asks[-1], None))
        places = [len(self.asked) - 2, len(self.asked) - 1]
        ringing = self._next() if dice % 2 else self.clock

        def carry_out(n: int) -> None:
            (done,) = handle(self.tenant.desks[n], self.tenant.name, [asks[n]])
            self.asked[places[n]] = asks[n], done

        def ring(n: int) -> None:
            wake(self.tenant.desks[n], self.tenant.name, ringing)

        _together([lambda: carry_out(0), lambda: carry_out(1), lambda: ring(0), lambda: ring(1)])
        self._walk(ringing)

    # Time

    @rule(days=st.integers(0, 12), minutes=st.integers(0, 600))
    def time_passes(self, days: int, minutes: int) -> None:
        self._walk(self.clock + timedelta(days=days, minutes=minutes))

    @rule()
    def something_comes_due(self) -> None:
        self._walk(self._next())

    def _next(self) -> datetime:
        ((at,),) = self.tenant.rows("SELECT min(wake_at) FROM customers WHERE tenant = %s")
        return max(self.clock, at or self.clock)

    def _walk(self, to: datetime) -> None:
        self.clock = max(self.clock, to)
        walk.move(self.tenant.desks[0], self.tenant.name, self.clock, False, compose, lambda _: None)
        assert self.tenant.now() == self.clock

    # Mail

    @rule(dice=dice)
    def mail_leaves(self, dice: int) -> None:
        """Each contact hears from us once a day and channel (I14)."""
        self.tenant.change("UPDATE messages SET next_at = NULL WHERE tenant = %s AND state = 'ready'")
        rng = random.Random(dice)

        def post(_: str, one: Outgoing) -> Sent | Failed:
            message = one.row
            whom = (message["customer"], message["contact"], message["channel"], str(message["day"]))
            if not message["service"]:
                self.mail[whom].add(message["id"])
                assert len(self.mail[whom]) == 1, self.mail[whom]
            if rng.random() < 0.7:
                return Sent(status=250, duration_ms=1)
            return Failed(code="refused", detail="", duration_ms=1, permanent=rng.random() < 0.3)

        post_ready(self.tenant.desks[0], self.tenant.name, compose, post)

    # What is always true

    def _events(self) -> int:
        ((events,),) = self.tenant.rows("SELECT count(*) FROM events WHERE tenant = %s")
        return int(events)

    @invariant()
    def the_log_breaks_no_promise(self) -> None:
        self.tenant.stands_as_told()

    def teardown(self) -> None:
        self.tenant.stands_as_told()
        self.tenant.is_proved()


def _together(deeds: list[Callable[[], None]]) -> None:
    """All at the same time; what one of them raises is raised here, save a lock waited for too long."""
    raised: list[BaseException] = []

    def guarded(deed: Callable[[], None]) -> None:
        try:
            deed()
        except errors.LockNotAvailable:
            return
        except BaseException as error:
            raised.append(error)

    threads = [Thread(target=guarded, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    engine = connect(database, 6)
    yield engine
    engine.dispose()


@pytest.mark.chaos
def test_no_order_of_commands_clocks_and_deaths_breaks_a_promise(engine, database):
    class Here(Machine):
        pass

    Here.engine, Here.url = engine, database
    tries = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        print_blob=True,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Here, settings=tries)
