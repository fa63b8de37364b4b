"""The figures of the reports worked out bill by bill from what the file says and people did (K): the definitions once more,
in plain Python. Each figure is of one group's bills in one currency, as of the end of a day; None where there is nothing to
tell. Nothing here is shared with the service."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.journeys.history import NOTHING, countback, total
from tests.journeys.history_lived import RATES, TARGETS, Bill

Row = dict[str, Any]
Bills = Sequence[Bill]
Item = tuple[str, date, Decimal]

BUCKETS = {
    "current": (-9999, 0),
    "days_1_30": (1, 30),
    "days_31_60": (31, 60),
    "days_61_90": (61, 90),
    "days_91_180": (91, 180),
    "over_180": (181, 9999),
}


def share(part: Decimal | int, whole: Decimal | int) -> float | None:
    """Of a whole that is something."""
    return round(float(part / whole), 4) if whole > 0 else None


def mean(numbers: Sequence[int]) -> float | None:
    """To a tenth."""
    return round(sum(numbers) / len(numbers), 1) if numbers else None


def amounts(bills: Iterable[Bill]) -> Decimal:
    """What the bills come to."""
    return total(bill.line.amount for bill in bills)


def open_on(bills: Bills, day: date) -> list[Bill]:
    """Those owed at the end of a day."""
    return [bill for bill in bills if bill.line.is_open(day)]


def settled(bills: Bills, day: date, days: int) -> list[Bill]:
    """Those paid in the days that end with the day."""
    return [bill for bill in bills if day - timedelta(days) < bill.line.settled <= day]


def issued(bills: Bills, day: date, days: int) -> list[Bill]:
    """Those that went out in them."""
    return [bill for bill in bills if day - timedelta(days) < bill.line.issued <= day]


def late_by(bills: Bills, day: date, most: int = 9999, least: int = 1) -> list[Bill]:
    """Those owed so many days past due."""
    return [bill for bill in open_on(bills, day) if least <= (day - bill.line.due).days <= most]


def ageing(bills: Bills, day: date) -> Row | None:
    parts = {name: amounts(late_by(bills, day, last, first)) for name, (first, last) in BUCKETS.items()}
    whole = amounts(open_on(bills, day))
    return {"open": whole, "overdue": whole - parts["current"], **parts} if whole else None


def provision(bills: Bills, day: date) -> Row | None:
    whole = amounts(open_on(bills, day))
    parts = {}
    for name, (first, last) in BUCKETS.items():
        part = amounts(late_by(bills, day, last, first)) * RATES.get(name, 0) / 10_000
        parts[name] = part.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return {"open": whole, "provision": total(parts.values()), **parts} if whole else None


def dso(bills: Bills, day: date, days: int) -> Row | None:
    whole, current = amounts(open_on(bills, day)), amounts(late_by(bills, day, 0, -9999))
    sales = amounts(issued(bills, day, days))
    if not whole and not sales and not settled(bills, day, days):
        return None
    simple, best = (round(float(part * days / sales), 2) if sales else None for part in (whole, current))
    return {
        "days": days,
        "open": whole,
        "current": current,
        "sales": sales,
        "dso": simple,
        "dso_countback": countback([bill.line for bill in bills], day),
        "dso_best_possible": best,
        "average_days_delinquent": None if simple is None or best is None else round(simple - best, 2),
    }


def contested(bills: Bills, day: date) -> Decimal:
    """What stands still of these at the end of a day."""
    return total(one.dispute.amount for one in bills if one.dispute and one.dispute.given <= day < one.dispute.solved)


def effectiveness(bills: Bills, day: date, days: int) -> Row | None:
    begun, ended = (amounts(open_on(bills, at)) for at in (day - timedelta(days), day))
    sales, closed = amounts(issued(bills, day, days)), settled(bills, day, days)
    if not ended and not sales and not closed:
        return None
    late = {name: late_by(bills, day, least=more + 1) for name, more in LATE.items()}
    could = begun + sales - amounts(late_by(bills, day, 0, -9999))
    weight = amounts(closed)
    weighted = total(bill.line.amount * bill.line.days_late for bill in closed)
    disputed = contested(open_on(bills, day), day)
    return {
        "opening": begun,
        "sales": sales,
        "collected": weight,
        "written_off": NOTHING,
        "open": ended,
        "overdue": amounts(late["overdue"]),
        "disputed": disputed,
        "cei": round(float(100 * (begun + sales - ended) / could), 2) if could > 0 else None,
        "weighted_average_days_late": round(float(weighted / weight), 2) if weight else None,
        **{f"{name}_ratio": share(amounts(those), ended) for name, those in late.items()},
        **{
            f"{name}_ratio_undisputed": share(amounts(those) - contested(those, day), ended - disputed)
            for name, those in late.items()
        },
        "bad_debt_ratio": share(NOTHING, sales),
    }


LATE = {"overdue": 0, "over_30": 30, "over_60": 60, "over_90": 90}


def promises(bills: Bills, day: date, days: int) -> Row | None:
    states: dict[str, list[Decimal]] = {"kept": [], "broken": [], "waiting": []}
    for bill in bills:
        if bill.promise and day - timedelta(days) < bill.promise.due <= day:
            state = bill.promise.state(day)
            if state in states:
                states[state].append(bill.promise.amount)
    kept, broken = states["kept"], states["broken"]
    counted: Row = {}
    for state, those in states.items():
        counted |= {state: len(those), f"{state}_amount": total(those)}
    counted["kept_ratio"] = share(len(kept), len(kept) + len(broken))
    counted["kept_amount_ratio"] = share(total(kept), total(kept) + total(broken))
    return counted if any(states.values()) else None


def expected(bill: Bill, day: date) -> Iterator[Item]:
    """What a bill's promise, plan or draft lets expect: of which kind, when, how much."""
    if bill.promise and bill.promise.state(day) == "waiting":
        yield "promised", bill.promise.due, bill.promise.amount
    if bill.plan and bill.plan.given <= day < bill.plan.over:
        for due, amount in bill.plan.parts:
            yield "planned", due, amount
    if bill.draft and bill.draft.given <= day <= bill.draft.matures:
        yield "maturing", bill.draft.matures, bill.line.amount


def receipts(items: Sequence[Item], day: date) -> Row | None:
    """Of what is expected, by kind and by when."""
    whens = {"late": (-9999, -1), "days_0_7": (0, 7), "days_8_30": (8, 30), "later": (31, 9999)}
    found: Row = {"expected": total(amount for _, _, amount in items)}
    for kind in ("promised", "planned", "maturing"):
        found[kind] = total(amount for one, _, amount in items if one == kind)
    for when, (first, last) in whens.items():
        found[when] = total(amount for _, due, amount in items if first <= (due - day).days <= last)
    return found if items else None


def expected_receipts(bills: Bills, day: date) -> Row | None:
    return receipts([item for bill in bills for item in expected(bill, day)], day)


def expected_by_day(bills: Bills, day: date) -> dict[tuple[str, str], Row | None]:
    """The same for each due day and currency."""
    found: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for bill in bills:
        for item in expected(bill, day):
            found[str(item[1]), bill.currency].append(item)
    return {key: receipts(items, day) for key, items in found.items()}


def disputes(bills: Bills, day: date, days: int) -> Row | None:
    since = day - timedelta(days)
    begun = [bill.dispute for bill in bills if bill.dispute and bill.dispute.given <= day]
    standing = [one for one in begun if day < one.solved]
    opened, solved = [one for one in begun if since < one.given], [one for one in begun if since < one.solved <= day]
    ages = [(day - one.given).days for one in standing]
    amount = total(one.amount for one in standing)
    told = {
        "disputes": len(standing),
        "open_amount": amount,
        "share_of_receivables": share(amount, amounts(open_on(bills, day))),
        "average_age_days": mean(ages),
        "oldest_days": max(ages, default=None),
        "opened": len(opened),
        "solved": len(solved),
    }
    return told if standing or opened or solved else None


def contacts(bills: Bills, day: date, days: int, within_days: int) -> Row | None:
    """Of the bills that were overdue when the days began; a call is counted for each that it was about."""
    first = day - timedelta(days - 1)
    overdue = [bill for bill in open_on(bills, first - timedelta(1)) if bill.line.due < first]
    calls = {bill.line.invoice: [on for on in bill.called if first <= on <= day] for bill in overdue}
    paid = settled(overdue, day, days)
    brought = [
        bill
        for bill in paid
        if any(timedelta(0) <= bill.line.settled - on <= timedelta(within_days) for on in calls[bill.line.invoice])
    ]
    told = {
        "contacts": sum(len(ons) for ons in calls.values()),
        "within_days": within_days,
        "overdue": amounts(overdue),
        "collected": amounts(paid),
        "collected_after_contact": amounts(brought),
        "effectiveness": share(amounts(brought), amounts(overdue)),
    }
    return told if overdue else None


def steps(bills: Bills, day: date, days: int, last: Mapping[str, tuple[str, date]]) -> dict[str, Row]:
    """By step: `last` is what had fired for a bill before its money came, and when."""
    paid: dict[str, list[Bill]] = defaultdict(list)
    for bill in settled(bills, day, days):
        step, _ = last.get(bill.line.invoice, ("none", None))
        paid[step].append(bill)
    whole = amounts(bill for those in paid.values() for bill in those)
    return {
        step: {
            "payments": len(those),
            "collected": amounts(those),
            "share": share(amounts(those), whole),
            "average_days_after": None
            if step == "none"
            else mean([(one.line.settled - last[one.line.invoice][1]).days for one in those]),
        }
        for step, those in paid.items()
    }


def targets(bills: Bills, day: date, by: str) -> dict[tuple[str, str], Row]:
    """Of the month, up to the day, by collector or by currency: the last that was set by then counts."""
    wanted: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    came: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    first = day.replace(day=1)
    for collector, own in {whose: own for on, whose, own in TARGETS if first <= on <= day}.items():
        for currency, amount in own.items():
            wanted[collector if by == "owner" else currency, currency] += Decimal(amount)
    for bill in settled(bills, day, day.day):
        came[bill.owner if by == "owner" else bill.currency, bill.currency] += bill.line.amount
    return {
        key: {
            "month": str(first),
            "target": wanted.get(key),
            "collected": came.get(key, NOTHING),
            "share_of_target": share(came.get(key, NOTHING), wanted.get(key, NOTHING)),
        }
        for key in wanted.keys() | came.keys()
    }
