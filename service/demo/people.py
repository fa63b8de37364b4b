"""What the people of the demo do, on their days: the boss grants a hold, the ERP stops, collectors note promises."""

from datetime import date, timedelta
from typing import Any

from service.demo.client import Api
from service.demo.history import WITHHELD

HELD, BEHIND, LATE = WITHHELD
"""The three customers whose payments are withheld: longest first."""

HELD_FROM = WITHHELD[HELD] - timedelta(30)
"""The first day on which a bill of theirs can be three months overdue is later still: no need to ask before."""

BROKEN_MADE, BROKEN_FOR = timedelta(24), timedelta(10)
OPEN_MADE, OPEN_FOR = timedelta(3), timedelta(7)


def acts_on(day: date, today: date) -> bool:
    """Whether somebody does anything on that day."""
    return day > today - HELD_FROM


def act(api: Api, day: date, today: date) -> None:
    """What happens by people's hands on that day, in the office. Done twice, it happens once."""
    _consent(api)
    if day == today - BROKEN_MADE:
        _promise(api, BEHIND, day + BROKEN_FOR)
    if day == today - OPEN_MADE:
        _promise(api, LATE, day + OPEN_FOR)


def _consent(api: Api) -> None:
    """The boss agrees to the first hold; what is asked later stays open. The ERP acknowledges at once."""
    for approval in api.get("boss", "/v1/approvals", state="open", kind="hold")["data"]:
        if approval["customer"] == HELD:
            api.post("boss", f"/v1/approvals/{approval['id']}/grant", {})
            hold = api.get("erp", f"/v1/customers/{HELD}/credit")["hold"]
            api.events([_acknowledged(hold["id"])])


def _acknowledged(hold: str) -> dict[str, Any]:
    data = {"customer": HELD, "hold": hold}
    return {
        "specversion": "1.0",
        "id": f"ack-{hold}",
        "source": "erp/demo",
        "type": "hold.acknowledged",
        "data": data,
    }


def _promise(api: Api, customer: str, due_on: date) -> None:
    """On the customer's oldest overdue bill, wholly."""
    overdue = api.get("collector", "/v1/cases", customer=customer, overdue_min=1, sort="due_on")["data"]
    if overdue:
        oldest = overdue[0]
        body = {"amount": oldest["open_amount"], "due_on": str(due_on), "promised_by": "Helen Brandt"}
        api.post("collector", f"/v1/cases/{oldest['id']}/promises", body, once=f"promise-{customer}")
