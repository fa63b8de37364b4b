"""The plan by which cases are worked, as values: ladders of steps, each with its clock, its conditions and its actions.

`grammar.read` makes them from a playbook's data and says what is wrong with it; the process reads them, never the data.
"""

from datetime import date
from functools import cached_property
from typing import Any, Literal, TypeAlias

from msgspec import Struct

from service.domain.case import LEVELS, OURS, STAGES
from service.domain.credit import ASKED_AGAIN
from service.domain.offsets import Offset, add
from service.domain.wanted import ASKED_FOR, Conditions

Scope = Literal["case", "customer", "tenant"]
Channel = Literal["email", "sms", "letter"]
CatchUp = Literal["one", "none"]
LEVEL_NAMES = LEVELS[1:]


class At(Struct, frozen=True):
    """How far from its clock's start a step stands.

    Exactly one of: an offset; `day` of the anchor's month (clipped to its end) when the anchor's own day is at most
    `by`, else `otherwise` from the anchor; `open_days` after or before. `plus` moves the result on; `parameter` adds
    the days that the case took along for its segment.
    """

    offset: Offset | None = None
    day: int | None = None
    by: int = 31
    otherwise: Offset = Offset()
    open_days: int | None = None
    plus: Offset = Offset()
    parameter: str | None = None
    now: bool = False

    def on(self, anchor: date) -> date:
        """The day itself, open days and parameters left to the caller; raises OffsetError beyond the calendar."""
        if self.offset is not None:
            return add(anchor, self.offset)
        if self.day is not None and anchor.day <= self.by:
            first = anchor.replace(day=1)
            last = add(add(first, Offset(months=1)), Offset(days=-1))
            return add(min(add(first, Offset(days=self.day - 1)), last), self.plus)
        if self.day is not None:
            return add(add(anchor, self.otherwise), self.plus)
        return anchor


class Start(Struct, frozen=True):
    """What sets a step's clock going: a fact of the case, a level, an answer, a letter, a flag, a day of the calendar.

    A `calendar` start without day or weekday is every day.
    """

    fact: str
    name: str | None = None
    day_of_month: int | None = None
    weekday: int | None = None


class Message(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message to the customer; a service message does not count as the day's reminder (C3)."""

    template: str
    channel: Channel = "email"
    service: bool = False
    to: tuple[str, ...] = ()
    copy: str | None = None


class TaskWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person must act: `role` is a role or the case's `owner`.

    `requires` names fields of the contact record without which it cannot be completed, `points` the contact points to
    try, in order.
    """

    kind: str
    why: str
    role: str = "owner"
    due: At | None = None
    due_start: Start | None = None
    at_most_every: Offset | None = None
    requires: tuple[str, ...] = ()
    points: tuple[str, ...] = ()


class Notice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody on our side has to know; `text` is a code of the catalogue."""

    audience: tuple[str, ...]
    text: str


class Letter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document of weight; issuing it may raise the level (B9)."""

    kind: str
    level: str | None = None


class Request(Struct, frozen=True, kw_only=True):
    """Ask `role` to agree to `granted`; ask `again` so long after a refusal, remind every so many open days.
    Of customers for whom `first_when` holds the word of the role `first` is needed before."""

    kind: str
    role: str
    granted: tuple["Action", ...]
    again: Offset | None = None
    remind_open_days: int = 3
    first: str | None = None
    first_when: Conditions | None = None


class Escalate(Struct, frozen=True):
    """The case rises to a level."""

    level: str


class PutHold(Struct, frozen=True):
    """Stop shipments to the customer."""

    what: str = "shipments"


class Propose(Struct, frozen=True):
    """What belongs to the customer's own procedures: `credit_stop`, `hand_over`, `statement`."""

    what: str


Deed: TypeAlias = Message | TaskWanted | Notice | Letter | Request | Escalate | PutHold | Propose


class Action(Struct, frozen=True):
    """One thing a step does, under conditions of its own and perhaps under another rule's name."""

    deed: Deed
    when: Conditions | None = None
    unless: Conditions | None = None
    rule: str | None = None


CREDIT_STOP = Request(
    kind="credit_stop",
    role="finance",
    granted=(Action(Propose("credit_stop")), Action(Letter(kind="credit_stop"))),
    again=ASKED_AGAIN,
)
"""What is asked for by whoever wants deliveries on credit to end (E3): the clock, a playbook in either of its ways, a
person. Finance agrees, and the customer is told in writing."""


class Step(Struct, frozen=True, kw_only=True, dict=True):
    """One line of a playbook."""

    name: str
    rule: str
    ladder: str
    scope: Scope
    start: Start
    at: tuple[At, ...]
    actions: tuple[Action, ...]
    every: Offset | None = None
    times: int | None = None
    until: str | None = None
    until_level: str | None = None
    until_offset: Offset | None = None
    never_after: Offset | None = None
    wait: Offset | None = None
    while_: tuple[Conditions, ...] = ()
    when: Conditions | None = None
    unless: Conditions | None = None
    select: dict[str, str] = {}
    catch_up: CatchUp = "one"

    @cached_property
    def standing(self) -> tuple[tuple[str, Any], ...]:
        """What the case's own facts must be, all of them, for the clock to run. After hand-over nobody is dunned (J1): there
        runs only what names that stage and contacts no customer."""
        own = tuple(one for conditions in self.while_ for one in conditions.own)
        stages = [wanted for name, wanted in own if name == "stage"]
        return own if stages and not (self.contacts and all("legal" in one for one in stages)) else (*own, ("stage", OURS))

    def may_run(self, stage: str) -> bool:
        """Whether nothing of it rules the stage out."""
        return all(stage in wanted for name, wanted in self.standing if name == "stage")

    @cached_property
    def repeats(self) -> bool:
        """Whether it has several occurrences on one clock."""
        return self.every is not None or len(self.at) > 1 or self.start.fact == "calendar"

    @cached_property
    def at_once(self) -> bool:
        """Fires with the fact that starts its clock, at any hour (T3)."""
        return self.at[0].now

    @cached_property
    def escalates_to(self) -> str | None:
        """The level this step raises to, if it does."""
        return next((a.deed.level for a in self.actions if isinstance(a.deed, Escalate)), None)

    @cached_property
    def request(self) -> Request | None:
        """What this step asks for, if it asks."""
        return next((a.deed for a in self.actions if isinstance(a.deed, Request)), None)

    @cached_property
    def contacts(self) -> bool:
        """Whether it reaches out to the customer."""
        return any(reaches_out(a.deed) for a in self.actions)

    @cached_property
    def reminds(self) -> bool:
        """Whether it asks the customer for something: such steps collapse when missed (F1); service messages do not."""
        return any(reminds(a.deed) for a in self.actions)

    @cached_property
    def climbs(self) -> bool:
        """Whether it raises the bill or asks for consent: what is missed of that follows, one a day (F1)."""
        return self.escalates_to is not None or self.request is not None

    @cached_property
    def asks(self) -> frozenset[str]:
        """What its conditions want to know of the customer that costs a query (`ASKED_FOR`)."""
        on_actions = (c for a in self.actions for c in (a.when, a.unless))
        conditions = [c for c in (self.when, self.unless, *on_actions) if c]
        return frozenset(of for name, of in ASKED_FOR.items() if any(getattr(c, name) is not None for c in conditions))


def reaches_out(deed: Deed) -> bool:
    """Whether the customer hears of it: messages, letters, calls and visits."""
    return isinstance(deed, Message | Letter) or (isinstance(deed, TaskWanted) and deed.kind in ("call", "visit"))


def reminds(deed: Deed) -> bool:
    """Whether it asks the customer for something."""
    return reaches_out(deed) and not (isinstance(deed, Message) and deed.service)


class Playbook(Struct, frozen=True, kw_only=True, dict=True):
    """A procedure as published: its steps stand in ladder order, which breaks ties of time (T2)."""

    name: str
    version: int
    title: dict[str, str]
    steps: tuple[Step, ...]
    parameters: dict[str, dict[str, int]] = {}

    @cached_property
    def during(self) -> dict[str, tuple[Step, ...]]:
        """By stage, the steps that are asked of a case whose clock may run in it: its own, and its customer's."""
        own = [step for step in self.steps if step.scope != "tenant"]
        return {stage: tuple(step for step in own if step.may_run(stage)) for stage in STAGES}

    @cached_property
    def immediate(self) -> dict[str, tuple[Step, ...]]:
        """Those of them that fire with the fact that starts their clock."""
        return {stage: tuple(step for step in steps if step.at_once) for stage, steps in self.during.items()}

    @cached_property
    def asking(self) -> dict[str, tuple[Step, ...]]:
        """Those of them whose conditions want to know of the customer what costs a query."""
        return {stage: tuple(step for step in steps if step.asks) for stage, steps in self.during.items()}

    def step(self, name: str) -> Step | None:
        """The step of that name."""
        return next((step for step in self.steps if step.name == name), None)
