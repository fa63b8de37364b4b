"""The world around the house: clients that ask and ask again, a mail server, receivers of webhooks; each remembers what it saw
and minds what it was promised."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.simulation.house import Ask, Done, House
from tests.simulation.rows import DeliveryRow, MessageRow
from tests.simulation.rulebook import demand
from tests.simulation.sending import DEADLINE

PASSING = frozenset({"in_progress", "raced"})
"""Answers that mean: ask again."""

REUSED = frozenset({"idempotency_key_reused", "event_id_reused"})

MOODS = ("well", "well", "down", "drops", "slow", "hangs", "deadly")


@dataclass
class Request:
    """One request as it may be sent several times; `answers` are those that arrived."""

    asks: list[Ask]
    answers: list[list[Done]] = field(default_factory=list)


@dataclass
class Clients:
    """The ERP and people: the answer to a question never changes (I20, I21)."""

    requests: list[Request] = field(default_factory=list)
    accepted: dict[str, tuple[str, str]] = field(default_factory=dict)
    _answers: dict[tuple[str, str], tuple[str, object]] = field(default_factory=dict)

    def acknowledged(self, request: Request, done: list[Done]) -> None:
        """An answer has arrived."""
        request.answers.append(done)
        for ask, one in zip(request.asks, done, strict=True):
            if ask.identity is None:
                continue
            if one.token:
                self.accepted[one.token] = ask.identity
            if not PASSING.intersection(one.answer):
                self._compare(ask, one, ask.identity)

    def _compare(self, ask: Ask, one: Done, identity: tuple[str, str]) -> None:
        invariant = "I21" if ask.is_key else "I20"
        content, answer = self._answers.get(identity, (None, None))
        if REUSED.intersection(one.answer):
            demand(content != ask.content, invariant, f"{identity} was answered {answer} and now {one.answer}")
        elif content is None:
            if ask.is_key or one.status != "rejected":
                self._answers[identity] = ask.content, one.answer
        else:
            same = content == ask.content
            demand(same, invariant, f"{identity} with other content was answered {one.answer}")
            demand(one.answer == answer, invariant, f"{identity} was answered {answer} and now {one.answer}")


@dataclass
class Sent:
    """One attempt as the far side saw it."""

    began: datetime
    ended: datetime


@dataclass
class World:
    """The far side of mail and webhooks."""

    house: House
    moods: dict[str, str] = field(default_factory=lambda: defaultdict(lambda: "well"))
    takes: timedelta = timedelta(seconds=1)
    is_deadly: bool = False
    received: dict[str, dict[tuple[str, int], set[str]]] = field(default_factory=lambda: defaultdict(dict))
    _attempts: dict[str, list[Sent]] = field(default_factory=lambda: defaultdict(list))

    def mail(self, message: MessageRow) -> tuple[timedelta, bool]:
        return self._attempt("mail", message.id, message.next_at)

    def webhook(self, delivery: DeliveryRow) -> tuple[timedelta, bool]:
        takes, is_taken = self._attempt(delivery.endpoint, delivery.id, delivery.next_at)
        if is_taken or self.moods[delivery.endpoint] == "drops":
            ids = self.received[delivery.endpoint].setdefault(delivery.letter, set())
            ids.add(delivery.webhook)
            demand(len(ids) == 1, "I26", f"{delivery.letter} came to {delivery.endpoint} as {sorted(ids)}")
        return takes, is_taken

    def recover(self) -> None:
        """Everybody is well again."""
        self.moods.clear()
        self.takes = timedelta(seconds=1)

    def is_in_flight(self, id: str) -> bool:
        """Whether the last attempt that had a right to it has not ended yet."""
        return bool(self._attempts[id]) and self._attempts[id][-1].ended > self.house.now

    def _attempt(self, where: str, what: str, until: datetime | None) -> tuple[timedelta, bool]:
        mood, now = self.moods[where], self.house.now
        takes = DEADLINE if mood in ("slow", "hangs") else self.takes
        if until is not None and now <= until:  # who slept past their lease may well come second
            for earlier in self._attempts[what]:
                demand(earlier.ended <= now, "I26", f"{what} is sent twice at once: {earlier.began} and {now}")
            self._attempts[what].append(Sent(now, now + takes))
        self.is_deadly = mood == "deadly"
        return takes, mood in ("well", "slow")
