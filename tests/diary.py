"""What a playbook did, day by day, as lines to be compared with what the rules say.

`03-10 B2 email overdue copy finance`, `03-10 B2 call overdue collector`, `04-09 B6 level manager`: the day, the rule, and
what was said to whom. Every evening the open call and visit are done, so that each day's own come to light. That an open
request still waits is left out.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from service.domain.commands import ContactRecord
from tests.examples import ZONE, day
from tests.world import World

SPOKE = ContactRecord(
    channel="phone",
    outcome="reached",
    contact="ap",
    willingness="yes",
    ability="full",
    cause="forgot",
    verified=("identity",),
    notes="noted",
)
NOBODY_THERE = ContactRecord(channel="visit", outcome="not_reached")


def kept(world: World, until: str) -> World:
    """The same world on the evening of that day, its calls and visits done on the days on which they were asked for."""
    today = world.scene.today
    while today <= day(until):
        world.walk(f"{today} 18:00")
        for kind, record in (("call", SPOKE), ("visit", NOBODY_THERE)):
            if kind in world.customer.tasks:
                world.finish(kind, record)
        today += timedelta(1)
    return world


def diary(world: World, rules: Collection[str]) -> list[str]:
    """What those rules did, sorted."""
    lines = [(at, line) for at, one in world.log if (line := _line(one.event)) and line.split(" ")[0] in rules]
    return sorted(f"{at.astimezone(ZONE):%m-%d} {line}" for at, line in lines)


def on(days: str, *lines: str) -> list[str]:
    """The same lines on each of the days: `on("03-10 03-12", "B2 call overdue collector")`."""
    return [f"{one} {line}" for one in days.split() for line in lines]


def _line(event: Any) -> str | None:
    match event.type:
        case "case.reminded" if event.message:
            told = f"{event.rule} {event.channel} {event.template}"
            return told + (" service" if event.service else "") + (f" copy {event.copy}" if event.copy else "")
        case "task.created":
            more = [f"by {event.due_on:%m-%d}"] if event.due_on and event.due_on != event.on else []
            more += [f"asking {','.join(event.requires)}"] if event.requires else []
            more += [f"at {','.join(event.points)}"] if event.points else []
            return " ".join([event.rule, event.kind, event.why, event.role, *more])
        case "notice.raised" if event.text != "request_unanswered":
            return f"{event.rule} tells {','.join(event.audience)} {event.text}"
        case "case.escalated":
            return f"{event.rule} level {event.level}"
        case "approval.requested":
            return f"{event.rule} asks {event.role} {event.kind}"
        case "letter.issued":
            return f"{event.rule} letter {event.kind}"
        case _:
            return None
