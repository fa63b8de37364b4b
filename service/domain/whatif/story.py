"""One customer's story told once more: what the ERP and people did comes when it came, and between that the clock wakes the
customer whenever something is due - all by the very rules, in memory."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush

from msgspec import Struct

from service.domain.account import Account, Happened
from service.domain.case import Case
from service.domain.commands import MoveCases, Wake
from service.domain.decide import follow, run
from service.domain.decide.watch import is_look
from service.domain.due import customer_dues, due
from service.domain.events.approval import ApprovalRequested
from service.domain.events.case import CaseMoved, CaseOpened
from service.domain.playbook import Playbook
from service.domain.refusals import Refused
from service.domain.scene import CLOCK, CLOCKWORK, Scene
from service.domain.whatif import circumstances
from service.domain.whatif.deeds import Answers, Deed, Record
from service.domain.whatif.recalled import again, do_again
from service.domain.whatif.setting import Choice, Company, Era
from service.domain.whatif.standing import Standing

PARKED_FOR = timedelta(hours=1)
MOST_WAKES = 50_000
"""Of one customer: more is a playbook that never comes to an end."""


class Told(Struct, frozen=True):
    """What happened at a moment."""

    at: datetime
    happened: list[Happened]


class Story:
    """Told from a moment on; `left_out` counts by type what was done then and had no object here."""

    def __init__(self, company: Company, here: Standing, since: datetime, choice: Choice | None = None) -> None:
        self.company = company
        self.here = here
        self.choice = choice
        self.now = since
        self.left_out: dict[str, int] = {}
        self.is_cut_short = False
        self._opening: Playbook | None = None
        self._era: Era = company.era(since)
        self._standing = {id: case for id, case in here.cases.items() if _is_worked(case)}
        self._alarms: dict[str, datetime] = {}
        self._touched: dict[str, bool] = {}
        self._queue: list[tuple[datetime, str]] = []
        self._own_at: datetime | None = None
        self._gone: set[str] = set()
        self._asked: Counter[str] = Counter()
        self._wakes = 0

    def tell(self, deeds: Iterable[Deed], answers: Answers, until: datetime) -> Iterator[Told]:
        """Everything up to that moment, in order of time."""
        if self.choice:
            yield from self._move(self.choice)
        self._renew()
        self._answers, self._until = answers, until
        self._waiting = [(deed.at, deed.position, deed) for deed in deeds if deed.at <= until]
        heapify(self._waiting)
        while self._waiting:
            while self._waiting:
                yield from self._come_to(self._waiting[0][2], self._waiting[0][0])
            if self.now < until:  # what is due by what comes at the very end comes after it
                yield from self._pass(until)
        if self.now < until:
            yield from self._pass(until)

    def _come_to(self, deed: Deed, at: datetime) -> Iterator[Told]:
        if at > self.now:
            is_look_of_the_day = deed.is_clocks and any(is_look(one.event) for one in deed.records)
            yield from self._pass(at, before=is_look_of_the_day)
            if self._waiting[0][2] is not deed:
                return  # an answer came before it
            self._arrive(at)
        heappop(self._waiting)
        yield from self._again(deed)

    def _again(self, deed: Deed) -> Iterator[Told]:
        opened = {one.id: one.event for one in deed.records if isinstance(one.event, CaseOpened)}
        for record in again(deed):
            case = opened.get(record.id)
            if self.choice and isinstance(record.event, CaseMoved) and self.choice.takes(record.event.playbook):
                continue
            self._opening = self._plan(case.playbook, case.playbook_version) if case else None
            account = self._account(self._concerned(record))
            if case:
                account.loads = {case.owner: -1}
            yield from self._done(account, record)

    def _done(self, account: Account, record: Record) -> Iterator[Told]:
        scene = self.scene
        if is_look(record.event):
            circumstances.weigh(account, scene, self.here.cases.values())
        try:
            happened = follow(do_again(account, scene, record), account, scene)
        except Refused:
            self.left_out[record.event.type] = self.left_out.get(record.event.type, 0) + 1
            return
        yield from self._kept(account, happened)

    def _plan(self, name: str, version: int) -> Playbook:
        if self.choice and self.choice.takes(name):
            return self.choice.playbook
        return self.company.playbook(name, version)

    def _playbook(self, name: str, version: int) -> Playbook:
        chosen = self.choice.playbook if self.choice else None
        if chosen and (chosen.name, chosen.version) == (name, version):
            return chosen
        return self.company.playbook(name, version)

    def _newest(self, name: str) -> Playbook:
        if self._opening is None:
            raise KeyError(name)
        return self._opening

    @property
    def scene(self) -> Scene:
        """What is known now."""
        return self.company.scene(self.now, self._playbook, self._newest)

    def _move(self, choice: Choice) -> Iterator[Told]:
        """What is open goes on by the other playbook from the first moment on."""
        ids = [id for id, case in self._standing.items() if case.stage != "closed" and choice.takes(case.playbook)]
        if ids:
            plan, account = choice.playbook, self._account(dict(self._standing))
            move = MoveCases(
                customer=self.here.customer.id, cases=tuple(ids), playbook=plan.name, version=plan.version
            )
            yield from self._kept(account, run(move, account, self.scene, CLOCKWORK))

    def _account(self, cases: dict[str, Case]) -> Account:
        account = Account(self.here.customer, lambda _: frozenset(self._gone))
        account.cases, account.payments = cases, self.here.payments
        account.approvals = self.here.approvals.rows
        return account

    def _concerned(self, record: Record) -> dict[str, Case]:
        """The bills still owed, or given up, and those that the record names."""
        event = record.event
        named = {record.id, *getattr(event, "cases", ())}
        named |= {one.case for one in getattr(event, "allocations", ()) or getattr(event, "applied", ())}
        payment = self.here.payments.get(record.id) if record.stream == "payment" else None
        if payment:
            named |= {*payment.applied, *payment.planned}
        return self._standing | {id: self.here.cases[id] for id in named if id in self.here.cases}

    def _kept(self, account: Account, happened: list[Happened]) -> Iterator[Told]:
        """What has happened stays, and the alarms follow."""
        if not happened:
            return
        here = self.here
        here.customer = account.customer
        touched = set()
        for one in happened:
            here.take(self.now, one)
            if one.stream == "case":
                touched.add(one.id)
            elif isinstance(one.event, ApprovalRequested) and one.event.asked_by == CLOCK:
                self._expect(one.event.kind)
        for id in touched:
            self._put(account.cases[id])
        self._own()
        yield Told(self.now, happened)

    def _expect(self, kind: str) -> None:
        """The answer that such a request got then comes after as long, in a window where it would come at another time."""
        n = self._asked[kind]
        self._asked[kind] += 1
        given = self._answers.get(kind, [])
        for took, deed in given[n] if n < len(given) else ():
            at = self.now + took
            if at != deed.at:
                at = self._era.workdays.next_moment(at)
            if at <= self._until:
                heappush(self._waiting, (at, deed.position, deed))

    # The clock

    def _put(self, case: Case, fired: bool = True) -> None:
        """Its alarm is worked out when the clock goes on: until then more may happen."""
        self.here.cases[case.id] = case
        if _is_worked(case):
            self._standing[case.id] = case
        else:
            self._standing.pop(case.id, None)
        self._touched[case.id] = fired

    def _alarm(self, case: Case, fired: bool) -> datetime | None:
        era, now = self._era, self.now
        one = due(case, self._playbook(case.playbook, case.playbook_version), era.workdays, era.law) if case.playbook else None
        if one is None or one.at > now:
            return one.at if one else None
        at = era.workdays.next_moment(now) if one.windowed else now
        return at if fired or at > now else now + PARKED_FOR

    def _set_alarms(self) -> None:
        for id, fired in self._touched.items():
            at = self._alarm(self.here.cases[id], fired)
            if at is None:
                self._alarms.pop(id, None)
            else:
                self._alarms[id] = at
                heappush(self._queue, (at, id))
        self._touched.clear()

    def _own(self, fired: bool = True) -> None:
        days, now = self._era.workdays, self.now
        dues = customer_dues(self.here.customer, days)
        ats = [days.next_moment(now) if one.at <= now and one.windowed else one.at for one in dues]
        self._own_at = min(ats, default=None)
        if not fired and self._own_at is not None and self._own_at <= now:
            self._own_at = now + PARKED_FOR

    def _renew(self) -> None:
        """Every alarm anew: the days have changed, or the story begins."""
        for case in list(self._standing.values()):
            self._put(case)
        self._own()

    def _arrive(self, at: datetime, and_at_it: bool = True) -> None:
        """Messages whose time has come have left."""
        slots = self.here.slots
        for message in [m for m, slot in slots.items() if slot < at or (and_at_it and slot == at)]:
            del slots[message]
            self._gone.add(message)
        self.now = at
        era = self.company.era(self.now)
        if era is not self._era:
            self._era = era
            self._renew()

    def _next(self) -> datetime | None:
        self._set_alarms()
        while self._queue and self._alarms.get(self._queue[0][1]) != self._queue[0][0]:
            heappop(self._queue)
        ats = [self._queue[0][0]] if self._queue else []
        ats += [self._own_at] if self._own_at is not None else []
        return max(min(ats), self.now) if ats else None

    def _pass(self, until: datetime, before: bool = False) -> Iterator[Told]:
        """Whatever is due up to then, or `before`. It stops where an answer comes in between."""
        while (at := self._next()) is not None and (at < until or (at == until and not before)):
            if self._waiting and self._waiting[0][0] < at:
                return
            if self._wakes >= MOST_WAKES:
                self.is_cut_short = True
                return
            if at > self.now:
                self._arrive(at, and_at_it=False)
            yield from self._wake()

    def _wake(self) -> Iterator[Told]:
        self._wakes += 1
        rung = self._rung()
        scene = self.scene
        account = self._account(self._beside(rung))
        circumstances.fill(account, scene, [account.cases[id] for id in rung], self.here.cases, self.here.ability)
        happened = run(Wake(customer=self.here.customer.id), account, scene, CLOCKWORK)
        yield from self._kept(account, happened)
        touched = {one.id for one in happened if one.stream == "case"}
        for id in rung:
            if id not in touched:
                self._put(self.here.cases[id], fired=False)
        if not happened:
            self._own(fired=False)

    def _rung(self) -> list[str]:
        found: dict[str, None] = {}
        while self._queue and self._queue[0][0] <= self.now:
            at, id = heappop(self._queue)
            if self._alarms.get(id) == at:
                found[id] = None
        return list(found)

    def _beside(self, rung: list[str]) -> dict[str, Case]:
        """Those that have rung, and with them the bills that move with others."""
        found = {id: self._standing[id] for id in rung}
        bound = any(one.bound for one in self.here.customer.requests.values())
        return dict(self._standing) if bound or any(case.plan for case in found.values()) else found


def _is_worked(case: Case) -> bool:
    return case.stage != "closed" or bool(case.lost)
