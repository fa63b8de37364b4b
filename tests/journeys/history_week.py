"""The week's report of the history that is lived through, worked out from the file, from what people did and, for the steps of
the playbooks, from the log."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from tests.journeys import history_figures as figures
from tests.journeys.history import total
from tests.journeys.history_figures import Bills, Row, amounts, contested, late_by, open_on, settled
from tests.journeys.history_lived import HELD, RELEASED, Bill, held

LEVELS = ("none", "supervisor", "manager", "general_manager", "hold", "formal", "legal")
Raised = Mapping[str, Sequence[tuple[date, str]]]
"""By bill when it rose to which level, in order."""


def weekly(bills: Bills, day: date, raised: Raised) -> dict[str, list[Row]]:
    """Every section of the seven days that end with the day."""
    currencies = {currency: [bill for bill in bills if bill.currency == currency] for currency in ("CNY", "EUR")}

    def rows(figure: Callable[..., Row | None], **asked: Any) -> list[Row]:
        found = {currency: figure(those, **asked) for currency, those in currencies.items()}
        return [{"group": currency, "currency": currency, **row} for currency, row in found.items() if row]

    owned = sorted(figures.targets(bills, day, "owner").items())
    stopped = held(bills) if HELD <= day < RELEASED else None
    before = day - timedelta(7)
    return {
        "receipts": rows(_receipts, day=day),
        "targets": [{"group": whose, "currency": currency, **row} for (whose, currency), row in owned],
        "ageing": rows(figures.ageing, day=day),
        "ageing_change": [
            _change(now, then)
            for now, then in zip(rows(figures.ageing, day=day), rows(figures.ageing, day=before), strict=True)
        ],
        "days": rows(figures.dso, day=day, days=90),
        "overdue": [row for those in currencies.values() for row in _overdue(those, day, raised, stopped)],
        "promises": rows(figures.promises, day=day, days=7),
        "expected": rows(figures.expected_receipts, day=day),
        "disputes": rows(figures.disputes, day=day, days=7),
        "escalations": _escalations(bills, day, raised),
        "holds": [{"held": int(stopped is not None), "applied": _in(HELD, day), "released": _in(RELEASED, day)}],
        "measures": _measures(bills, day, raised),
    }


def _in(on: date, day: date) -> int:
    """Whether it was in the week that ends with the day."""
    return int(day - timedelta(7) < on <= day)


def _receipts(bills: Bills, day: date) -> Row:
    this, last = (amounts(settled(bills, end, 7)) for end in (day, day - timedelta(7)))
    return {"collected": this, "collected_the_week_before": last}


def _change(now: Row, then: Row) -> Row:
    return {name: now[name] if name in ("group", "currency") else now[name] - then[name] for name in now}


def _overdue(bills: Bills, day: date, raised: Raised, stopped: str | None) -> list[Row]:
    """The twenty customers who owe most past its day."""
    late: dict[str, list[Bill]] = {}
    for bill in late_by(bills, day):
        late.setdefault(bill.customer, []).append(bill)
    worst = sorted(late, key=lambda customer: (-amounts(late[customer]), customer))[:20]
    found = []
    for one in worst:
        theirs = [bill for bill in bills if bill.customer == one]
        since = str(HELD) if one == stopped else None
        found.append({**_chased(theirs, late[one], day, raised), "hold_since": since})
    return found


def _chased(theirs: Bills, late: Bills, day: date, raised: Raised) -> Row:
    """What a customer owes, and what was done about it in thirty days."""
    oldest = min(late, key=lambda bill: (bill.line.due, bill.line.invoice))
    called = sorted({on for bill in theirs for on in bill.called if day - timedelta(30) < on <= day})
    levels = ["none", *(level for on, level in raised.get(oldest.line.invoice, []) if on <= day)]
    promised = [one.promise for one in theirs if one.promise and one.promise.state(day) == "waiting"]
    return {
        "group": oldest.customer,
        "currency": oldest.currency,
        **(figures.ageing(theirs, day) or {}),
        "name": f"{oldest.customer} Ltd",
        "bills": len(late),
        "oldest_days": (day - oldest.line.due).days,
        "owner": oldest.owner,
        "level": levels[-1],
        "contacts": len(called),
        "last_contact_on": str(called[-1]) if called else None,
        "promised": total(one.amount for one in promised),
        "disputed": contested(open_on(theirs, day), day),
    }


def _escalations(bills: Bills, day: date, raised: Raised) -> list[Row]:
    whose = {bill.line.invoice: bill.customer for bill in bills}
    rose = {(level, invoice) for invoice, times in raised.items() for on, level in times if _in(on, day)}
    return [
        {"level": level, "bills": len(those), "customers": len({whose[one] for one in those})}
        for level in LEVELS
        if (those := [invoice for reached, invoice in rose if reached == level])
    ]


def _measures(bills: Bills, day: date, raised: Raised) -> list[Row]:
    """What was done, counted by event."""
    done = [
        *(("contact.logged", on) for _, on in {(bill.customer, on) for bill in bills for on in bill.called}),
        *(("promise.made", bill.promise.given) for bill in bills if bill.promise),
        *(("plan.agreed", bill.plan.given) for bill in bills if bill.plan),
        *(("dispute.opened", bill.dispute.given) for bill in bills if bill.dispute),
        *(("case.escalated", on) for times in raised.values() for on, _ in times),
        *(("hold.applied", HELD), ("hold.released", RELEASED)),
    ]
    counted = Counter(event for event, on in done if _in(on, day))
    return [{"measure": event, "count": counted[event]} for event in sorted(counted)]
