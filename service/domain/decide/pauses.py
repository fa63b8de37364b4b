"""Pausing contact and taking it up again (F1)."""

from collections.abc import Iterator
from datetime import date, timedelta

from service.domain.account import Account, Happened, on_case
from service.domain.case import Case, Pause
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


def uncovered(account: Account, scene: Scene, id: str, why: str) -> Iterator[Happened]:
    """A draft is gone: contact goes on when the others do not cover what is owed."""
    case = account.cases[id]
    covered = case.drafts and sum(draft.amount for draft in case.drafts) >= case.open
    if case.pause and case.pause.reason == "draft" and not covered:
        yield from pause_ended(account, scene, id, why)


def cover(account: Account, scene: Scene, id: str) -> Iterator[Happened]:
    """Contact rests while an open promise or drafts cover all that is owed (D1, D7)."""
    case = account.cases[id]
    promise = case.standing_promise()
    if promise and promise.pauses and promise.until >= scene.today:
        yield from pause_case(account, scene, case, "promise", promise.until, promise.id)
    case = account.cases[id]
    drafts = [draft for draft in case.drafts if draft.matures_on >= scene.today]
    if drafts and sum(draft.amount for draft in drafts) >= case.open:
        yield from pause_case(account, scene, case, "draft", max(draft.matures_on for draft in drafts))
