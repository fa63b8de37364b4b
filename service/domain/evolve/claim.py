"""What each event of a claim that is not simply paid means for its case: total, for any state."""

from msgspec.structs import replace

from service.domain.case import Case, Interruption
from service.domain.events import claim as e
from service.domain.events.bill import PaymentApplied, PaymentUnapplied
from service.domain.evolve.pursuit import evolve_pursuit, interrupted

REVERSED = "reversed"
"""Why an application is taken back with its payment."""


def evolve_claim(case: Case, event: e.ClaimEvent) -> Case:
    """The case after the event, its version counted already."""
    match event:
        case e.Interrupted():
            return interrupted(case, event.cause, Interruption(event.on, event.by, event.version, event.stream))
        case e.WrittenOff():
            return replace(case, written_off=case.written_off + event.amount)
        case e.Recovered():
            return case  # the payment's own event has moved the money
        case _:
            return evolve_pursuit(case, event)


def came(case: Case, event: PaymentApplied) -> Case:
    """What of the money is for what had been written off."""
    return standing(replace(case, recovered=case.recovered + event.recovered)) if event.recovered else case


def went(case: Case, event: PaymentUnapplied) -> Case:
    """A recovery that is reversed is lost again; one that was not needed for the bill never was a loss."""
    if not event.recovered:
        return case
    less = 0 if event.why == REVERSED else event.recovered
    return standing(replace(case, recovered=case.recovered - event.recovered, written_off=case.written_off - less))


def lessened(case: Case) -> Case:
    """A bill that turns out smaller was written off by less."""
    less = min(max(0, -case.open), case.lost)
    return standing(replace(case, written_off=case.written_off - less)) if less else case


def standing(case: Case) -> Case:
    """How a bill that was written off stands: whether all of it has come in the end."""
    if case.closed_as not in ("written_off", "recovered"):
        return case
    closed_as = "written_off" if case.lost else "recovered" if case.recovered else "paid" if case.paid else "credited"
    return replace(case, closed_as=closed_as)
