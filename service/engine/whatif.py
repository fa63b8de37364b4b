"""A what-if on recorded history: customers read in slices and told twice, by the playbooks they had and by another one.

Nothing is written and nobody waits: each slice is read in a snapshot of its own, and told after that is over.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import structlog
from msgspec import Struct, field

from service.domain.events.case import CaseMoved, CaseOpened
from service.domain.whatif.comparing import Comparison
from service.domain.whatif.deeds import Deed, Record, deeds, steps, with_answers
from service.domain.whatif.fidelity import Fidelity
from service.domain.whatif.setting import Choice, Company
from service.domain.whatif.standing import Standing, standing_of
from service.domain.whatif.story import Story, Told
from service.engine.desk import Desk
from service.engine.retelling import Books, company, records
from service.store import recorded
from service.store.recorded import Whom

SLICE = 400
"""Bills read at once, unless one customer has more."""

MOST_BILLS = 20_000
"""Of one customer; who has more is passed over, and named."""

NAMED = 20

GoOn = Callable[[], None]

_log = structlog.get_logger()


class Wanted(Struct, frozen=True, kw_only=True):
    """`choice` from the one moment to the other, on the bills of these customers, after the one named last; of `share` (n, of)
    the n-th of so many alone."""

    choice: Choice
    since: datetime
    until: datetime
    customers: Sequence[str] | None = None
    segment: str | None = None
    after: str = ""
    most: int | None = None
    samples: int = 3
    share: tuple[int, int] = (0, 1)


class Found(Struct):
    """What has been told so far, of `total` bills those that were `passed`. `after` is the last customer told; `is_whole` once
    there are no more."""

    compared: Comparison
    total: int
    fidelity: Fidelity = field(default_factory=Fidelity)
    left_out_now: dict[str, int] = field(default_factory=dict)
    left_out_then: dict[str, int] = field(default_factory=dict)
    passed_over: list[str] = field(default_factory=list)
    events: int = 0
    passed: int = 0
    after: str = ""
    is_whole: bool = False

    def add(self, other: "Found") -> None:
        """What was found of other customers."""
        self.compared.add(other.compared)
        self.fidelity.add(other.fidelity)
        for mine, theirs in ((self.left_out_now, other.left_out_now), (self.left_out_then, other.left_out_then)):
            for type, count in theirs.items():
                mine[type] = mine.get(type, 0) + count
        self.passed_over = [*self.passed_over, *other.passed_over][:NAMED]
        self.events += other.events
        self.passed += other.passed
        self.after = max(self.after, other.after)
        self.is_whole = self.is_whole and other.is_whole


def tell(desk: Desk, tenant: str, wanted: Wanted, go_on: GoOn | None = None) -> Iterator[Found]:
    """After each customer what has been found until then; whoever has enough goes no further. `go_on` is asked again and
    again, and ends it in the midst of a customer by raising: then nothing of that customer is counted."""
    go_on = go_on or desk.go_on
    books = Books(desk, tenant)
    with desk.open(tenant, snapshot=True) as session:
        house, now = company(session, books), session.scene.now
        total = recorded.count(session.tx, wanted.customers, wanted.segment)
    found = Found(Comparison(samples_wanted=wanted.samples), total, after=wanted.after)
    yield found
    while not found.is_whole:
        go_on()
        with desk.open(tenant, snapshot=True) as session:
            few = _slice(
                recorded.customers(session.tx, found.after, SLICE, wanted.customers, wanted.segment, wanted.share)
            )
            read = records(session, [one.customer for one in few if one.bills <= MOST_BILLS])
        for one in few:
            if wanted.most is not None and found.compared.cases + one.bills > wanted.most and found.compared.cases:
                return
            if one.bills > MOST_BILLS:
                found.passed_over = [*found.passed_over, one.customer][:NAMED]
            else:
                _customer(house, wanted, found, one.customer, read.pop(one.customer, []), now, go_on)
            found.after, found.passed = one.customer, found.passed + one.bills
            yield found
        found.is_whole = not few
    yield found


def _slice(found: Sequence[Whom]) -> list[Whom]:
    few: list[Whom] = []
    bills = 0
    for one in found:
        if few and bills + one.bills > SLICE:
            break
        few.append(one)
        bills += one.bills
    return few


def _customer(
    house: Company, wanted: Wanted, found: Found, customer: str, read: list[Record], now: datetime, go_on: GoOn
) -> None:
    past = deeds(read)
    if not any(_follows(one, wanted.choice) for deed in past for one in deed.records):
        return
    here = standing_of(customer, [one for one in past if one.at < wanted.since])
    coming = [one for one in past if one.at >= wanted.since]
    days = house.era(wanted.since).workdays
    as_it_ran, told = _told(house, wanted, here, coming, None, go_on)
    otherwise, told_otherwise = _told(house, wanted, here, coming, wanted.choice, go_on)
    found.events += len(read)
    found.fidelity.take(steps(coming, min(wanted.until, now)), told, days, now)
    for story, left_out in ((as_it_ran, found.left_out_now), (otherwise, found.left_out_then)):
        for type, count in story.left_out.items():
            left_out[type] = left_out.get(type, 0) + count
    plan = wanted.choice.playbook
    cases = otherwise.here.cases
    ids = [id for id, case in cases.items() if (case.playbook, case.playbook_version) == (plan.name, plan.version)]
    compared = found.compared
    sides = compared.now.take(told, days), compared.then.take(told_otherwise, days)
    compared.take(customer, ids, (sides[0], as_it_ran.here.cases), (sides[1], cases))


def _follows(record: Record, choice: Choice) -> bool:
    return isinstance(record.event, CaseOpened | CaseMoved) and choice.takes(record.event.playbook)


def _told(
    house: Company, wanted: Wanted, here: Standing, coming: Sequence[Deed], choice: Choice | None, go_on: GoOn
) -> tuple[Story, list[Told]]:
    """By the one or the other."""
    left, answers = with_answers(coming)
    story = Story(house, here.copy(), wanted.since, choice)
    told = []
    for one in story.tell(left, answers, wanted.until):
        go_on()
        told.append(one)
    if story.is_cut_short:
        _log.warning("story_cut_short", customer=story.here.customer.id)
    return story, told
