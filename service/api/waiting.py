"""Messages that a case's steps have filled and that have not left yet: when each does, or what it waits for."""

from collections.abc import Iterator
from typing import Any

from service.api.answers import local, sentence, sentences
from service.domain.case import Case
from service.domain.customer import Customer
from service.domain.outlook import Outlook
from service.domain.reasons import Reason, because_of, because_paused
from service.engine.desk import Session
from service.engine.gates import Gates
from service.store import messages


def waiting_rows(
    session: Session, gates: Gates, found: Outlook, customer: Customer, language: str
) -> Iterator[dict[str, Any]]:
    """One a message and step, as rows of the schedule. What was handed over to legal is struck, so nothing of it waits."""
    case, scene = found.case, session.scene
    known = {one.id: one for one in (customer, found.account.parent) if one}
    for row in messages.waiting(session.tx, case.id) if case.stage not in ("closed", "legal") else ():
        whose = known.get(row["customer"])
        if whose is None:  # it went to a parent who is none any more: the bill is struck from it
            continue
        step = found.playbook.step(row["step"])
        why = tuple(_held(gates, case, whose, row))
        at = max([row["leaves_at"], scene.now, *(gate.opens for gate in gates.closed(row, whose))])
        text = sentence("action.message", language, {"channel": row["channel"], "template": row["template"]})
        told = why or (Reason("schedule.leaves"), *(found.left_alone(step) if step else ()))
        yield {
            "step": row["step"],
            "rule": row["rule"],
            "at": local(session, at),
            "action": text,
            "actions": [
                {
                    "code": f"message:{row['channel']}",
                    "text": text,
                    "rule": row["rule"],
                    "applies": True,
                    "why": sentences(why, language) if why else None,
                    "why_code": why[0].code if why else None,
                }
            ],
            "held_back": bool(why),
            "why": sentences(told, language),
            "why_code": told[0].code,
            "why_codes": [reason.code for reason in told],
            "message": row["id"],
        }


def _held(gates: Gates, case: Case, customer: Customer, row: dict[str, Any]) -> Iterator[Reason]:
    """What stands before it as things are now."""
    contact = customer.contacts.get(row["contact"])
    if customer.restrictions and (row["channel"] == "letter" or not row["service"]):
        yield Reason("schedule.restricted")
    elif contact is None or contact.mark is not None or not contact.may_receive_details:
        yield Reason("schedule.no_contact", {"channel": row["channel"]})
    if case.pause and not row["service"]:
        yield because_paused(case.pause)
    yield from (because_of(gate) for gate in gates.closed(row, customer))
