"""The parts of a plan (D3): settled as the money comes, and the first that does not come in time ends the plan."""

from collections.abc import Iterator

from service.domain.account import Account, Happened, on_case
from service.domain.case import Case
from service.domain.commitments import Part, Plan, total
from service.domain.deadlines import in_time_until
from service.domain.decide import broken, tasks
from service.domain.decide.pauses import weigh
from service.domain.events.agreed import PlanBroken, PlanCancelled, PlanKept, PlanPartKept, PlanRestored
from service.domain.scene import Scene
from service.domain.workdays import Workdays


def check(account: Account, scene: Scene, id: str) -> Iterator[Happened]:
    """Less is open: parts may be settled before their day, and a plan that seemed broken turns out to have been kept."""
    case = account.cases[id]
    plan = case.plan
    if plan is None or plan.state not in ("open", "broken") or case.paid <= plan.already:
        return
    kept = _settled(case, plan, plan.kept, scene)
    if plan.state == "broken":
        if kept == plan.kept or (kept < len(plan.parts) and _is_over(plan.parts[kept], scene)):
            return
        yield from _restored(account, scene, id)
    yield from _advance(account, scene, id, kept)
    yield from weigh(account, scene, id, "plan_kept")


def _restored(account: Account, scene: Scene, id: str) -> Iterator[Happened]:
    """The plan stands again, and with it the bills that had fallen with this one."""
    plan = account.cases[id].plan
    assert plan is not None
    yield on_case(id, PlanRestored(plan=plan.id, kept=plan.kept, on=scene.today))
    for other in list(account.cases.values()):
        if other.plan and (other.plan.id, other.plan.state) == (plan.id, "fallen"):
            yield on_case(other.id, PlanRestored(plan=plan.id, kept=other.plan.kept, on=scene.today))
            yield from weigh(account, scene, other.id, "plan_restored")


def check_broken(account: Account, scene: Scene, id: str) -> Iterator[Happened]:
    """Money was taken back: parts that it had settled are open again, or were missed after all."""
    case = account.cases[id]
    plan = case.plan
    if plan is None or plan.state not in ("open", "kept"):
        return
    kept = _settled(case, plan, 0, scene)
    if kept >= plan.kept:
        return
    if _is_over(plan.parts[kept], scene):
        yield _missed(case, plan, kept, scene)
    else:
        yield on_case(id, PlanRestored(plan=plan.id, kept=kept, on=scene.today))


def judge(account: Account, scene: Scene, id: str, plan_id: str) -> Iterator[Happened]:
    """A part's last day is over: settled, or the plan has ended for all its bills, and somebody calls that day."""
    case = account.cases[id]
    plan = case.standing_plan()
    if plan is None or plan.id != plan_id:
        return
    kept = _settled(case, plan, plan.kept, scene)
    if kept > plan.kept:
        yield from _advance(account, scene, id, kept)
        yield from weigh(account, scene, id, "plan_kept")
        return
    yield _missed(case, plan, kept, scene)
    others = [one for one in account.cases.values() if one.id != id and _shares(one, plan_id)]
    for other in others:
        assert other.plan is not None
        yield _missed(other, other.plan, other.plan.kept, scene, because_of=id)
    for name in [id, *(other.id for other in others)]:
        yield from weigh(account, scene, name, "plan_broken")
        yield from tasks.call_if_may(account, scene, name, "D3", "plan_broken")
    yield from broken.escalate(account, scene, id)


def cancel(account: Account, id: str, why: str) -> Iterator[Happened]:
    """The bill needs no plan any more."""
    plan = account.cases[id].standing_plan()
    if plan:
        yield on_case(id, PlanCancelled(plan=plan.id, why=why))


def _shares(case: Case, plan: str) -> bool:
    standing = case.standing_plan()
    return standing is not None and standing.id == plan


def _advance(account: Account, scene: Scene, id: str, kept: int) -> Iterator[Happened]:
    plan = account.cases[id].plan
    assert plan is not None
    if kept == len(plan.parts):
        received = account.cases[id].paid - plan.already
        yield on_case(id, PlanKept(plan=plan.id, received=received, on=scene.today))
        return
    for n in range(plan.kept, kept):
        part = plan.parts[n]
        settled = PlanPartKept(plan=plan.id, part=n + 1, due_on=part.due_on, amount=part.amount, on=scene.today)
        yield on_case(id, settled)


def _missed(case: Case, plan: Plan, kept: int, scene: Scene, because_of: str | None = None) -> Happened:
    part = plan.parts[kept]
    missed = PlanBroken(
        plan=plan.id,
        part=kept + 1,
        due_on=part.due_on,
        amount=part.amount,
        received=_received(case, plan, part, scene.workdays),
        on=scene.today,
        bill=because_of,
    )
    return on_case(case.id, missed)


def _settled(case: Case, plan: Plan, first: int, scene: Scene) -> int:
    """How many parts are settled, asked from part `first` on."""
    for n in range(first, len(plan.parts)):
        if not _is_settled(case, plan, n, scene):
            return n
    return len(plan.parts)


def _is_settled(case: Case, plan: Plan, n: int, scene: Scene) -> bool:
    """No more is open than the later parts come to; once its last day is over, it is enough that so much came in time,
    though the bill has grown meanwhile."""
    part, later = plan.parts[n], total(plan.parts[n + 1 :])
    if case.undisputed + _late(case, part, scene.workdays) <= later:
        return True
    due = total(plan.parts) - later
    return _is_over(part, scene) and _received(case, plan, part, scene.workdays) >= due


def _is_over(part: Part, scene: Scene) -> bool:
    return in_time_until(part, scene.workdays) < scene.today


def _late(case: Case, part: Part, workdays: Workdays) -> int:
    until = in_time_until(part, workdays)
    return sum(receipt.amount for receipt in case.receipts if receipt.on > until)


def _received(case: Case, plan: Plan, part: Part, workdays: Workdays) -> int:
    """What came since the plan was agreed, up to the part's last day in time."""
    return max(0, case.paid - plan.already - _late(case, part, workdays))
