"""Pausing contact and taking it up again (F1)."""

from collections.abc import Iterator
from datetime import date, timedelta

from service.domain.account import Account, Happened, on_case
from service.domain.case import Case, Pause, Promise
from service.domain.commands import PauseCases, ResumeCases
from service.domain.decide import tasks
from service.domain.decide.amounts import day
from service.domain.events.case import Paused, Resumed
from service.domain.refusals import Conflict, Forbidden, Refused
from service.domain.scene import Asker, Scene

SHORT_ONLY = frozenset({"collector"})
"""Roles that may pause only for the settings' `pause_days`."""


def pause_case(
    account: Account, scene: Scene, case: Case, reason: str, until: date | None, promise: str | None = None
) -> Iterator[Happened]:
    """The bill leaves the open call and visit, and nothing is sent about it; of two reasons the longer one stands."""
    if case.pause is not None and not _ends_before(case.pause, until):
        return
    yield from tasks.leave(account, scene, case, "paused")
    yield on_case(case.id, Paused(reason=reason, until=until, since=scene.today, promise=promise))


def pause(command: PauseCases, account: Account, scene: Scene, asker: Asker) -> Iterator[Happened]:
    """A person's pause, with an end and a reason; longer than the limit only from a supervisor up."""
    if day(command.until, scene, "/until") < scene.today:
        raise Refused("date_in_past", "/until", until=command.until)
    longest = scene.today + timedelta(scene.settings.pause_days)
    if asker.role in SHORT_ONLY and command.until > longest:
        raise Forbidden("pause_too_long", "/until", until=longest)
    for id in command.cases:
        case = account.case(id)
        if case.stage == "closed":
            raise Conflict("case_closed", None, case=id)
        if case.pause is not None and not _ends_before(case.pause, command.until):
            raise Conflict("already_paused", None, case=id, reason=case.pause.reason, until=case.pause.until)
        yield from tasks.leave(account, scene, case, "paused")
        paused = Paused(reason="manual", until=command.until, since=scene.today)
        yield on_case(id, paused, {"": {"reason": command.reason}})


def _ends_before(pause: Pause, until: date | None) -> bool:
    return pause.until is not None and (until is None or pause.until < until)


def resume(command: ResumeCases, account: Account, scene: Scene) -> Iterator[Happened]:
    """A person's resume: nothing goes out before the next open day."""
    for id in command.cases:
        case = account.case(id)
        if case.pause is None:
            raise Conflict("not_paused", None, case=id)
        not_before = scene.workdays.add_open(scene.today, 1)
        private = {"": {"reason": command.reason}} if command.reason else None
        yield on_case(id, Resumed(why="person", on=scene.today, not_before=not_before), private)


def pause_ended(account: Account, scene: Scene, id: str, why: str) -> Iterator[Happened]:
    """The pause's reason is gone: contact goes on in the next window, unless something else covers the bill."""
    if account.cases[id].pause is not None:
        yield on_case(id, Resumed(why=why, on=scene.today))
        yield from cover(account, scene, id)


def weigh(account: Account, scene: Scene, id: str, why: str, not_before: date | None = None) -> Iterator[Happened]:
    """What there is to chase has changed: contact goes on unless something still covers all of it."""
    pause = account.cases[id].pause
    if pause and pause.reason in COVERING and pause.reason not in _covering(account.cases[id], scene.today):
        yield on_case(id, Resumed(why=why, on=scene.today, not_before=not_before))
    yield from cover(account, scene, id)


def cover(account: Account, scene: Scene, id: str) -> Iterator[Happened]:
    """Contact rests while nothing that may be chased is left uncovered (D1, D3, D7)."""
    for reason, (until, promise) in _covering(account.cases[id], scene.today).items():
        yield from pause_case(account, scene, account.cases[id], reason, until, promise)


COVERING = frozenset({"promise", "plan", "dispute", "draft"})
"""Why contact rests by itself: only while all that could be chased is covered."""


def _is_enough(promise: Promise, case: Case) -> bool:
    return promise.amount - case.received_for(promise) >= case.chased


def _covering(case: Case, today: date) -> dict[str, tuple[date | None, str | None]]:
    """By reason, until when it lets contact rest, and the promise that does."""
    found: dict[str, tuple[date | None, str | None]] = {}
    promise = case.standing_promise()
    if promise and promise.pauses and promise.until >= today and _is_enough(promise, case):
        found["promise"] = promise.until, promise.id
    if case.stage == "closed" or case.chased or not case.open:
        return found
    plan = case.standing_plan()
    drafts = [draft.matures_on for draft in case.drafts if draft.matures_on >= today]
    if drafts:
        found["draft"] = max(drafts), None
    if plan:
        found["plan"] = plan.until, None
    if not case.undisputed:
        found["dispute"] = None, None
    return found
