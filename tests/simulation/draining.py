"""After the last fault: the backlog drains in bounded time (I37), and then everything that was promised can be counted."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from service.domain.due import due
from service.domain.events.case import Reminded
from tests.simulation.auditor import Auditor
from tests.simulation.house import House, Work
from tests.simulation.loops import compose_ready, is_ready, tick
from tests.simulation.outside import Clients, World
from tests.simulation.replaying import fold
from tests.simulation.rulebook import demand, may_go_out, next_open
from tests.simulation.saving import customer_alarm, wants
from tests.simulation.sending import Spawn, courier, post_ready

PATIENCE = 60
"""Seconds in which everything that is due has been done (I11, I37)."""


class Quiet:
    """Two replicas work undisturbed until nothing is due; then everything is compared."""

    def __init__(self, house: House, auditor: Auditor, clients: Clients, world: World) -> None:
        self.house, self.auditor, self.clients, self.world = house, auditor, clients, world

    def rounds(self, spawn: Spawn) -> Iterator[list[tuple[int, str, Work]]]:
        """What is to be started, each time a moment later; raises Violation when there is no end of it."""
        begun = len(self.house.disk.log)
        for _ in range(PATIENCE):
            yield [(replica, "tick", tick(self.house)) for replica in (0, 1)]
            yield [(0, "compose", compose_ready(self.house))]
            yield [(0, "mail", post_ready(self.house, self.world))]
            yield [(1, "deliver", courier(self.house, self.world, spawn))]
            if all(at > self.house.now for at in self._waiting()):
                break
        else:
            demand(False, "I37", f"after {PATIENCE} s it still waits since {min(self._waiting())}")
        self._one_message_each(begun)
        self.check()

    def _waiting(self) -> Iterator[datetime]:
        house = self.house
        rows = house.disk.rows
        yield from (row.wake_at for row in rows["customers"].values() if row.wake_at)
        with house.disk.begin(house.now) as tx:
            yield from [m.slot_at for m in rows["messages"].values() if m.state == "queued" and is_ready(house, tx, m)]
        yield from (row.next_at or house.now for row in rows["messages"].values() if row.state == "ready")
        yield from (row.next_at for row in rows["deliveries"].values() if row.state == "pending")

    def _one_message_each(self, begun: int) -> None:
        """However long nobody worked, each contact is to hear of it once (I16)."""
        decided: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for entry in self.house.disk.log[begun:]:
            event = entry.event
            if isinstance(event, Reminded) and event.message and not event.service:
                customer, contact, channel, *_ = event.message.split("~")
                decided[customer, contact, channel].add(event.message)
                demand(len(decided[customer, contact, channel]) == 1, "I16", f"{decided} at once")

    # What must be true whenever nothing is under way

    def check(self) -> None:
        self._nothing_lost()
        self._replayed()
        self._alarms()
        self._steps_were_done()
        self._all_was_told()

    def _nothing_lost(self) -> None:
        """What was acknowledged is there (I19), what was decided is there wholly or not at all (I22)."""
        tokens, inbox = self.auditor.tokens, self.house.disk.rows["inbox"]
        for token, identity in self.clients.accepted.items():
            demand(tokens[token] > 0, "I19", f"{identity} was acknowledged and is gone")
        for token, count in tokens.items():
            decision = self.house.decisions[token]
            demand(count == decision.events, "I22", f"{count} of {decision.events} events of {decision.ask}")
            kept = decision.ask.identity is None or decision.ask.identity in inbox
            demand(kept, "I22", f"{decision.ask.identity} happened and is not remembered")

    def _replayed(self) -> None:
        """The log folded from zero equals the states (I24)."""
        rows, states = self.house.disk.rows, fold(self.house.disk.log)
        stand = {f"case/{id}": row.state for id, row in rows["cases"].items()}
        stand |= {f"customer/{id}": row.state for id, row in rows["customers"].items()}
        stand |= {f"payment/{id}": payment for id, payment in rows["payments"].items()}
        for stream in states.keys() | stand.keys():
            there, told = stand.get(stream), states.get(stream)
            demand(there == told, "I24", f"{stream} stands as {there}, the log says {told}")

    def _alarms(self) -> None:
        """No alarm rings later than its case or customer asks for (I11)."""
        house, scene = self.house, self.house.scene()
        earliest: dict[str, list[datetime]] = {}
        for row in house.disk.rows["cases"].values():
            one = due(row.state, house.plan, house.workdays, scene.law)
            if one is None:
                continue
            wanted = house.workdays.next_moment(max(one.at, house.now)) if one.windowed else max(one.at, house.now)
            on_time = row.next_at is not None and row.next_at <= wanted
            demand(on_time, "I11", f"{row.state.id} is due at {wanted}, its alarm is at {row.next_at}")
            earliest.setdefault(row.state.customer, []).append(wanted)
        for id, row in house.disk.rows["customers"].items():
            own = customer_alarm(scene, row.state)
            first = min([*earliest.get(id, []), *([own] if own else [])], default=None)
            on_time = first is None or (row.wake_at is not None and row.wake_at <= first)
            demand(on_time, "I11", f"{id} is to be woken at {first}, the alarm is at {row.wake_at}")

    def _steps_were_done(self) -> None:
        """B2 by the calendar alone: no day of the first week that has come is without its trace (I11)."""
        house, calendar = self.house, self.house.workdays.calendar
        step = house.plan.step("overdue-first-week")
        assert step is not None
        if not may_go_out(house.now, calendar):
            return
        today = house.workdays.today(house.now)
        for bill in self.auditor.ledger.bills.values():
            waits = bill.not_before is not None and bill.not_before > today
            if bill.stage != "collection" or bill.is_paused or waits or bill.due_on is None or not bill.taken_up:
                continue
            days = [bill.due_on + timedelta(at.offset.days) for at in step.at if at.offset]
            came = [day for day in days if next_open(day, calendar) <= today]
            anchor, on = bill.marks.get(step.name, (None, None))
            done = not came or (anchor == bill.due_on and on is not None and on >= came[-1])
            demand(done, "I11", f"{bill.id}, due on {bill.due_on}, did not do {step.name} of {came}")

    def _all_was_told(self) -> None:
        """What a step put into a message left with it, or was struck, or waits (I11)."""
        rows = self.house.disk.rows
        for item in rows["items"].values():
            message = rows["messages"][item.message]
            has_left = message.state in ("ready", "handed_over", "bounced")
            told = item.struck is not None or not has_left or item.case in message.cases
            demand(told, "I11", f"{item.step} of {item.case} came too late for {message.id}")

    # The end

    def next_delivery(self) -> datetime | None:
        """When the next webhook is tried again."""
        rows = self.house.disk.rows["deliveries"].values()
        return min((row.next_at for row in rows if row.state == "pending"), default=None)

    def all_delivered(self) -> None:
        """Each event reached each endpoint that wants it, or ended visibly exhausted (I26, I30)."""
        rows = self.house.disk.rows
        exhausted = {(row.endpoint, row.letter) for row in rows["deliveries"].values() if row.state == "exhausted"}
        for entry in self.house.disk.log:
            letter = (entry.stream, entry.version)
            for endpoint in rows["endpoints"].values():
                if wants(endpoint, entry.event.type):
                    came = letter in self.world.received[endpoint.id] or (endpoint.id, letter) in exhausted
                    demand(came, "I26", f"{entry.event.type} of {letter} never came to {endpoint.id}")
