"""What collectors are to bring in, month by month; `reports/targets` shows what of it has come."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from service.api.acts import Asking, Reply, administer, asks
from service.api.bodies import CommandRoute
from service.api.models.problems import responses
from service.api.models.reports import TargetsAnswer, TargetsPut
from service.api.problems import Fault, fault, invalid
from service.api.queries import known_id
from service.api.roles import Right
from service.domain.events.tenant import TargetSet
from service.domain.money import MoneyError, format, parse
from service.domain.tenant import Tenant
from service.engine.administer import Change
from service.store import targets
from service.store.database import Tx

router = APIRouter(prefix="/v1", tags=["reports"], route_class=CommandRoute)

Month = Annotated[str, Path(pattern=r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2026-03"])]


@router.put(
    "/users/{user}/targets/{month}", response_model=TargetsAnswer, responses=responses(404, 422), summary="Set targets"
)
def put_targets(
    user: str, month: Month, body: TargetsPut, asking: Annotated[Asking, Depends(asks(Right.TARGETS))]
) -> Response:
    """What the collector is to bring in during the month, whole: a currency that is left out has no target any more."""
    known_id(user, "unknown_user", user=user)
    wanted = _read(body)

    def decide(tx: Tx, _: Tenant) -> tuple[Sequence[Change], Reply]:
        stands = {currency: amount for (_, currency), amount in targets.of_month(tx, month, user).items()}
        changes = [
            Change(TargetSet(collector=user, month=month, currency=currency, amount=wanted.get(currency, 0)))
            for currency in sorted(stands.keys() | wanted.keys())
            if stands.get(currency, 0) != wanted.get(currency, 0)
        ]
        amounts = {currency: format(amount, currency) for currency, amount in sorted(wanted.items())}
        return changes, Reply(TargetsAnswer(collector=user, month=month, amounts=amounts))

    return administer(asking, decide)


def _read(body: TargetsPut) -> dict[str, int]:
    wanted: dict[str, int] = {}
    faults = []
    for currency, text in body.amounts.items():
        try:
            wanted[currency] = parse(text, currency)
        except MoneyError as error:
            faults.append(Fault(f"/amounts/{currency}", error.code, {"given": text, "currency": currency}))
    if faults:
        raise invalid(faults)
    for currency, amount in wanted.items():
        if amount <= 0:
            raise fault(f"/amounts/{currency}", "amount_not_positive", given=body.amounts[currency])
    return wanted
