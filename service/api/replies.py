"""What the acts of people answer: what was done, a promise, a record; read in the deed's own transaction."""

from collections.abc import Sequence

from service.api.acts import Reply, Replying
from service.api.models.cases import PromiseAnswer
from service.api.models.customers import CommandAnswer
from service.api.models.work import Logged
from service.domain.case import Case
from service.domain.commands import MakePromise
from service.domain.events.case import PromiseMade
from service.domain.money import format
from service.engine.asks import Done
from service.engine.desk import Session
from service.store import cases


def did(ids: Sequence[str]) -> Replying:
    """The cases that a command concerned, and when it was done."""

    def reply(session: Session, done: Done) -> Reply:
        return Reply(CommandAnswer(cases=list(ids), position=done.position, at=session.scene.now))

    return reply


def recorded(location: str) -> Replying:
    """Something was written down: the event that says so, and where it is read."""

    def reply(_: Session, done: Done) -> Reply:
        fact = done.happened[0]
        id = f"{fact.stream}/{fact.id}/{fact.version}"
        return Reply(Logged(id=id, position=done.position), 201, location)

    return reply


def promises_of(session: Session, done: Done, command: MakePromise) -> list[PromiseAnswer]:
    """The promises that a command made."""
    made = [(fact.id, fact.event.promise) for fact in done.happened if isinstance(fact.event, PromiseMade)]
    states = cases.load(session.tx, [case for case, _ in made])
    return [promise_answer(states[case].state, id, command.promised_by) for case, id in made]


def promise_answer(case: Case, id: str, promised_by: str | None) -> PromiseAnswer:
    """One promise of a case; who made it is private and lies elsewhere."""
    promise = next(one for one in case.promises if one.id == id)
    return PromiseAnswer.model_validate(
        {
            "id": id,
            "case": case.id,
            "amount": format(promise.amount, case.currency),
            "currency": case.currency,
            "due_on": promise.due_on,
            "until": promise.until,
            "made_on": promise.made_on,
            "promised_by": promised_by,
            "state": promise.state,
        }
    )
