"""What a story comes to: per step what fired and what was left out, the work by week and role, and how far each bill got."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from msgspec import Struct

from service.domain.account import Happened
from service.domain.announce import role_of
from service.domain.case import LEVELS, RANK
from service.domain.events import bill as b
from service.domain.events import case as e
from service.domain.events.approval import ApprovalRequested
from service.domain.events.customer import LetterIssued, NoticeRaised
from service.domain.events.task import TaskCreated
from service.domain.scene import CLOCK
from service.domain.whatif.story import Told
from service.domain.workdays import Workdays

ASKED = "hold_asked"
MILESTONES = (*LEVELS[1:4], ASKED, *LEVELS[4:])
"""How far dunning gets with a bill, in order: each level, and the request to stop deliveries."""

LONGEST = 200
"""Lines of one bill's timeline."""


class Line(Struct, frozen=True):
    """A line of a bill's timeline: by which step, and what it was (`message:email`, `skipped:paused`, `paid`)."""

    at: datetime
    what: str
    step: str | None = None
    rule: str | None = None


class StepCount(Struct):
    """Of one step: occurrences that did something, and those left out by why."""

    rule: str
    fired: int
    skipped: Counter[str]


class BillTold(Struct):
    """What came of one bill; `reached` are the milestones with their first days."""

    reached: dict[str, date]
    contacts: int
    lines: list[Line]


class Tally(Struct):
    """Of all stories told so far. Work is counted by the Monday of its week, and by role."""

    steps: dict[str, StepCount]
    weeks: dict[date, Counter[str]]
    roles: dict[str, Counter[str]]
    touched: int = 0

    def take(self, told: Iterable[Told], workdays: Workdays) -> dict[str, BillTold]:
        """One customer's story; what came of each of their bills."""
        bills: dict[str, BillTold] = {}
        seen: set[str] = set()
        has_heard = False
        for one in told:
            day = workdays.today(one.at)
            week = self.weeks.setdefault(day - timedelta(day.weekday()), Counter())
            has_heard = self._moment(one, day, week, bills, seen) or has_heard
        self.touched += has_heard
        return bills

    def add(self, other: "Tally") -> None:
        """Stories of others."""
        for name, count in other.steps.items():
            mine = self.steps.setdefault(name, StepCount(count.rule, 0, Counter()))
            mine.fired += count.fired
            mine.skipped += count.skipped
        for week, work in other.weeks.items():
            self.weeks.setdefault(week, Counter()).update(work)
        for role, work in other.roles.items():
            self.roles.setdefault(role, Counter()).update(work)
        self.touched += other.touched

    def _moment(
        self, one: Told, day: date, week: Counter[str], bills: dict[str, BillTold], seen: set[str]
    ) -> bool:
        fired: set[tuple[str, str, date]] = set()
        has_heard = False
        for happened in one.happened:
            if happened.stream == "case":
                bill = bills.get(happened.id) or bills.setdefault(happened.id, BillTold({}, 0, []))
                _on_bill(bill, one.at, day, happened)
            has_heard = self._work(week, happened, seen) or has_heard
            self._step(happened, fired)
            if isinstance(happened.event, ApprovalRequested) and happened.event.kind == "hold":
                for id in happened.event.cases:
                    bills.setdefault(id, BillTold({}, 0, [])).reached.setdefault(ASKED, day)
        return has_heard

    def _step(self, happened: Happened, fired: set[tuple[str, str, date]]) -> None:
        event = happened.event
        if not isinstance(event, e.Reminded | e.Escalated | e.StepFired | e.StepSkipped):
            return
        count = self.steps.get(event.step) or self.steps.setdefault(event.step, StepCount(event.rule, 0, Counter()))
        if isinstance(event, e.StepSkipped):
            count.skipped[event.why] += event.count
        elif (happened.id, event.step, event.on) not in fired:
            fired.add((happened.id, event.step, event.on))
            count.fired += 1

    def _work(self, week: Counter[str], happened: Happened, seen: set[str]) -> bool:
        """Counted by week and role; whether the customer hears of it."""
        match happened.event:
            case e.Reminded(message=str(message)):
                week["messages"] += message not in seen
                seen.add(message)
                return True
            case LetterIssued():
                week["letters"] += 1
                self._for("legal", "letters")
                return True
            case TaskCreated(kind=kind, role=role):
                week[{"call": "calls", "visit": "visits"}.get(kind, "tasks")] += 1
                self._for(role, "tasks")
                return kind in ("call", "visit")
            case e.Escalated(level=level):
                week["escalations"] += 1
                self._for(role_of(level), "escalations")
            case ApprovalRequested(role=role, asked_by=asked_by) if asked_by == CLOCK:
                week["approvals"] += 1
                self._for(role, "approvals")
            case NoticeRaised(audience=audience):
                week["notices"] += 1
                for role in audience:
                    self._for(role, "notices")
            case _:
                return False
        return False

    def _for(self, role: str, what: str) -> None:
        self.roles.setdefault(role, Counter())[what] += 1


def _on_bill(bill: BillTold, at: datetime, day: date, happened: Happened) -> None:
    event = happened.event
    if isinstance(event, e.Escalated):
        for level in LEVELS[1:]:
            if RANK[level] <= RANK[event.level]:
                bill.reached.setdefault(level, day)
    bill.contacts += isinstance(event, e.Reminded)
    line = _line(at, event)
    if line and len(bill.lines) < LONGEST and line not in bill.lines[-1:]:
        bill.lines.append(line)


def _line(at: datetime, event: object) -> Line | None:
    match event:
        case e.Reminded():
            return Line(at, f"reminded:{event.channel}", event.step, event.rule)
        case e.Escalated():
            return Line(at, f"escalated:{event.level}", event.step, event.rule)
        case e.StepFired():
            return Line(at, event.did[0] if event.did else "fired", event.step, event.rule)
        case e.StepSkipped():
            return Line(at, f"skipped:{event.why}", event.step, event.rule)
        case e.CaseOpened():
            return Line(at, "opened")
        case b.InvoiceConfirmed():
            return Line(at, "confirmed")
        case b.PaymentApplied():
            return Line(at, "paid")
        case e.PromiseMade():
            return Line(at, "promised")
        case e.PromiseBroken():
            return Line(at, "promise_broken")
        case e.Paused():
            return Line(at, f"paused:{event.reason}")
        case e.CaseClosed():
            return Line(at, f"closed:{event.closed_as}")
        case _:
            return None
