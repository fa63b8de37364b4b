"""Write-offs (J2): asked for with a reason, agreed to by level, and nothing is deleted: the bill is owed all the same."""

from collections.abc import Iterator, Sequence
from typing import Any

from service.domain.account import Account, Happened, on_case
from service.domain.case import Case
from service.domain.commands import WriteOff
from service.domain.decide import closing, consents
from service.domain.events.claim import WrittenOff
from service.domain.money import parse
from service.domain.scene import Asker, Scene
from service.domain.settings import Settings

KIND = "write_off"

LEVELS = ("supervisor", "manager", "general_manager")
"""Who agrees to what their limits cover, the lowest first; the boss agrees to everything."""


def ask(command: WriteOff, account: Account, scene: Scene, asker: Asker) -> Iterator[Happened]:
    """What is open on the bills now is what may be written off, no more; who must agree follows from the sums."""
    cases = consents.about(account, command.cases)
    role = approver(scene.settings, cases)
    ids, deed = [case.id for case in cases], {"bills": consents.amounts(cases)}
    yield from consents.ask(account, scene, asker, KIND, "J2", ids, deed, command.reason, role)


def approver(settings: Settings, cases: Sequence[Case]) -> str:
    """The lowest role whose limits cover what is open, in each currency."""
    amounts: dict[str, int] = {}
    for case in cases:
        amounts[case.currency] = amounts.get(case.currency, 0) + case.open
    for role in LEVELS:
        limits = settings.write_off_limits.get(role, {})
        if all(code in limits and amount <= parse(limits[code], code) for code, amount in amounts.items()):
            return role
    return "boss"


def carry_out(
    account: Account, scene: Scene, names: list[str], deed: dict[str, Any], approval: str
) -> Iterator[Happened]:
    """Each bill's present rest, which may have shrunk; one that has grown needs another consent."""
    for case in consents.still(account, names, deed["bills"]):
        written_off = WrittenOff(amount=case.open, currency=case.currency, on=scene.today, approval=approval)
        yield on_case(case.id, written_off)
        yield from closing.close(account, scene, account.cases[case.id], "written_off", scene.today)
