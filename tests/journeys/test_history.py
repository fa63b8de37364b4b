"""The whole shipped invoice history, unaltered, through the API: what the service makes of it equals what the file says, worked
out here from the file alone. T6 is switched off: the file counts days late from the due day itself."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from tests.journeys import history
from tests.journeys.company import Company
from tests.journeys.conftest import Founding
from tests.journeys.history import NOTHING, Line, by_customer, countback, owed, total

AFTER_ALL = date(2014, 2, 3)
CUT_OFF = date(2013, 6, 28)


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    return history.read()


def told(lines: list[Line], until: date) -> Iterator[dict[str, Any]]:
    """What the ERP knows on a day, in the order of days."""
    events = []
    for line in lines:
        events.append((line.issued, 0, "invoice.issued", history.issued(line)))
        events.append((line.settled, 1, "payment.received", history.paid(line)))
    for day, _, type, data in sorted(events, key=lambda event: event[:2]):
        if day <= until:
            id = f"{type}/{data['invoice' if type == 'invoice.issued' else 'payment']}"
            yield {"specversion": "1.0", "id": id, "source": "erp/history", "type": type, "data": data}


def loaded(founded: Founding, lines: list[Line], until: date) -> Company:
    """A tenant of its own, at the end of that day, that was posted everything up to it as one stream."""
    erp = founded(f"{until}T23:00:00+08:00")
    erp.choose(in_time_on_next_open_day=False)
    events = list(told(lines, until))
    body = b"".join(json.dumps(event).encode() + b"\n" for event in events)
    headers = erp.headers("erp") | {"Content-Type": "application/x-ndjson"}
    answer = erp.http.post("/v1/events", content=body, headers=headers).json()
    assert answer["complete"] and answer["accepted"] == answer["lines"] == len(events), answer["results"][:3]
    return erp


@pytest.fixture(scope="module")
def settled(founded: Founding, lines: list[Line]) -> Company:
    """After the last payment."""
    return loaded(founded, lines, AFTER_ALL)


@pytest.fixture(scope="module")
def half_way(founded: Founding, lines: list[Line]) -> Company:
    """On a day in between."""
    return loaded(founded, lines, CUT_OFF)


def bills_of(company: Company, customer: str) -> dict[str, dict[str, Any]]:
    """Open and closed."""
    return {one["id"]: one for one in company.all("/v1/cases", customer=customer)}


def test_the_file_is_whole(lines: list[Line]):
    assert (len(lines), len(by_customer(lines)), sum(line.days_late > 0 for line in lines)) == (2466, 100, 877)
    assert total(line.amount for line in lines) == Decimal("147703.18")


def test_D7_every_bill_is_a_case_that_closed_on_its_day_and_was_late_by_the_files_days(
    settled: Company, lines: list[Line]
):
    found = {}
    for customer in by_customer(lines):
        for id, case in bills_of(settled, customer).items():
            assert (case["stage"], case["closed_as"], case["customer"]) == ("closed", "paid", customer)
            closed, due = date.fromisoformat(case["closed_on"]), date.fromisoformat(case["due_on"])
            found[id] = (case["amount"], case["open_amount"], closed, max(0, (closed - due).days))
    assert found == {line.invoice: (f"{line.amount:.2f}", "0.00", line.settled, line.days_late) for line in lines}


def test_D7_every_customer_has_the_files_payments_and_owes_nothing(settled: Company, lines: list[Line]):
    customers = {one["id"]: one for one in settled.all("/v1/customers")}
    assert customers.keys() == by_customer(lines).keys()
    for customer, theirs in by_customer(lines).items():
        assert set(customers[customer]["exposure"].values()) <= {"0.00"}
        found = {
            one["id"]: (one["amount"], one["received_on"], [(a["case"], a["amount"]) for a in one["applications"]])
            for one in settled.all(f"/v1/customers/{customer}/payments")
        }
        assert found == {
            f"P-{line.invoice}": (
                f"{line.amount:.2f}",
                str(line.settled),
                [(line.invoice, f"{line.amount:.2f}")],
            )
            for line in theirs
        }


def test_T6_off_the_average_of_days_late_is_the_files(settled: Company, lines: list[Line]):
    for customer, theirs in by_customer(lines).items():
        habits = settled.get(f"/v1/customers/{customer}")["habits"]
        late = [line.days_late for line in theirs]
        assert habits["bills_settled"] == len(theirs) <= 50
        assert habits["average_days_late"] == round(sum(late) / len(late), 1)


def test_I8_on_a_day_in_between_open_and_overdue_amounts_are_the_files(half_way: Company, lines: list[Line]):
    issued = [line for line in lines if line.issued <= CUT_OFF]
    unpaid = [line for line in issued if line.settled > CUT_OFF]
    assert len(issued) > 1500 and len(unpaid) > 50
    rows = {one["id"]: one for one in half_way.all("/v1/cases")}
    assert {id: (one["open_amount"], one["days_overdue"]) for id, one in rows.items() if one["stage"] != "closed"} == {
        line.invoice: (f"{line.amount:.2f}", max(0, (CUT_OFF - line.due).days)) for line in unpaid
    }
    assert len(issued) == sum(len(bills_of(half_way, customer)) for customer in by_customer(issued))
    owed, late = by_customer(unpaid), by_customer([line for line in unpaid if line.due < CUT_OFF])
    for one in half_way.all("/v1/customers"):
        for field, theirs in (("exposure", owed), ("overdue", late)):
            amount = total(line.amount for line in theirs.get(one["id"], []))
            assert Decimal(one[field].get("USD", "0.00")) == amount, (one["id"], field)


BUCKETS = {"current": (-9999, 0), "days_1_30": (1, 30), "days_31_60": (31, 60), "days_61_90": (61, 90)}
DAYS_LOOKED_AT = [date(2012, 2, 29), date(2012, 12, 31), CUT_OFF, date(2013, 12, 31), AFTER_ALL]


@pytest.mark.parametrize("day", DAYS_LOOKED_AT)
def test_K_ageing_of_every_customer_on_a_past_day_is_the_files(settled: Company, lines: list[Line], day: date):
    expected = {}
    for customer, theirs in by_customer([line for line in lines if line.is_open(day)]).items():
        late = [((day - line.due).days, line.amount) for line in theirs]
        expected[customer] = [total(amount for _, amount in late)] + [
            total(amount for days, amount in late if first <= days <= last) for first, last in BUCKETS.values()
        ]
    rows = settled.all("/v1/reports/ageing", group_by="customer", as_of=str(day))
    assert {row["group"]: [Decimal(row[name]) for name in ("open", *BUCKETS)] for row in rows} == expected
    assert {row["days_91_180"] for row in rows} | {row["over_180"] for row in rows} <= {"0.00"}


def test_K_provisions_for_every_customer_are_the_files(settled: Company, lines: list[Line]):
    rates = {"current": 50, "days_1_30": 333, "days_31_60": 1275}
    settled.choose(provision_rates=rates)
    for day in DAYS_LOOKED_AT[:-1]:
        expected = {}
        for customer, theirs in by_customer([line for line in lines if line.is_open(day)]).items():
            parts = [
                total(line.amount for line in theirs if first <= (day - line.due).days <= last) * rates.get(name, 0)
                for name, (first, last) in BUCKETS.items()
            ]
            expected[customer] = [(part / 10_000).quantize(Decimal("0.01"), ROUND_HALF_UP) for part in parts]
        rows = settled.all("/v1/reports/provision", group_by="customer", as_of=str(day))
        assert {row["group"]: [Decimal(row[name]) for name in BUCKETS] for row in rows} == expected
        assert all(Decimal(row["provision"]) == sum(Decimal(row[name]) for name in BUCKETS) for row in rows)


def test_K_what_was_collected_in_a_month_is_the_files(settled: Company, lines: list[Line]):
    for day in DAYS_LOOKED_AT[:-1]:
        came = total(line.amount for line in lines if day.replace(day=1) <= line.settled <= day)
        for by, group in (("currency", "USD"), ("owner", "collector")):
            row = {"group": group, "currency": "USD", "month": str(day.replace(day=1)), "target": None}
            expected = {**row, "collected": f"{came:.2f}", "share_of_target": None}
            assert settled.all("/v1/reports/targets", group_by=by, as_of=str(day)) == [expected]


def test_K_days_sales_outstanding_are_the_files(settled: Company, lines: list[Line]):
    for day in DAYS_LOOKED_AT[:-1]:
        since = day - timedelta(89)
        sold = total(line.amount for line in lines if since <= line.issued <= day)
        current = owed([line for line in lines if line.due >= day], day)
        (row,) = settled.all("/v1/reports/dso", as_of=str(day))
        assert row["sales"] == f"{sold:.2f}" and row["open"] == f"{owed(lines, day):.2f}"
        assert row["dso"] == round(float(owed(lines, day) * 90 / sold), 2)
        assert row["dso_best_possible"] == round(float(current * 90 / sold), 2)
        assert row["average_days_delinquent"] == round(row["dso"] - row["dso_best_possible"], 2)
        assert row["dso_countback"] == countback(lines, day)


def test_K_collection_effectiveness_is_the_files(settled: Company, lines: list[Line]):
    for day, days in ((CUT_OFF, 90), (CUT_OFF, 30), (date(2013, 12, 31), 365), (date(2012, 3, 31), 91)):
        before, since = day - timedelta(days), day - timedelta(days - 1)
        begun, ended = owed(lines, before), owed(lines, day)
        sold = total(line.amount for line in lines if since <= line.issued <= day)
        late = [line for line in lines if line.is_open(day) and line.due < day]
        current = ended - total(line.amount for line in late)
        closed = [line for line in lines if since <= line.settled <= day]
        (row,) = settled.all("/v1/reports/effectiveness", as_of=str(day), days=days)
        assert (row["opening"], row["sales"], row["open"]) == (f"{begun:.2f}", f"{sold:.2f}", f"{ended:.2f}")
        assert row["collected"] == f"{total(line.amount for line in closed):.2f}"
        assert row["cei"] == round(float(100 * (begun + sold - ended) / (begun + sold - current)), 2)
        weighted = sum(line.amount * line.days_late for line in closed) / sum(line.amount for line in closed)
        assert row["weighted_average_days_late"] == round(float(weighted), 2)
        for name, limit in (("overdue_ratio", 0), ("over_30_ratio", 30), ("over_60_ratio", 60)):
            part = total(line.amount for line in late if (day - line.due).days > limit)
            assert row[name] == round(float(part / ended), 4)
        assert (row["written_off"], row["bad_debt_ratio"]) == ("0.00", 0.0)


def test_K_roll_rates_are_the_files(settled: Company, lines: list[Line]):
    def place(line: Line, day: date) -> int:
        return next(n for n, (first, last) in enumerate(BUCKETS.values()) if first <= (day - line.due).days <= last)

    for day, days in ((CUT_OFF, 30), (date(2012, 12, 31), 15)):
        before = day - timedelta(days)
        expected: dict[str, list[Decimal]] = {}
        for line in lines:
            if line.issued <= before < line.settled:
                was = place(line, before)
                became = 3 if line.settled <= day else 1 if place(line, day) > was else 2
                parts = expected.setdefault(list(BUCKETS)[was], [NOTHING] * 4)
                parts[0] += line.amount
                parts[became] += line.amount
        rows = settled.all("/v1/reports/roll-rates", as_of=str(day), days=days)
        names = ("opening", "rolled", "stayed", "cured")
        assert {row["bucket"]: [Decimal(row[name]) for name in names] for row in rows} == expected
        for row in rows:
            assert row["roll_rate"] == round(float(Decimal(row["rolled"]) / Decimal(row["opening"])), 4)


def test_K_at_risk_rates_are_the_files(half_way: Company, settled: Company, lines: list[Line]):
    """The file is never ninety days late: what is unpaid is so because the ERP has not yet told."""
    for company, day in ((settled, AFTER_ALL), (half_way, CUT_OFF)):
        ripe = [line for line in lines if day - timedelta(364) <= line.issued and line.due <= day - timedelta(90)]
        rows = company.all("/v1/reports/at-risk", as_of=str(day))
        assert {row["month"]: (row["billed"], row["unpaid"], row["at_risk_rate"]) for row in rows} == {
            str(month): (f"{total(x.amount for x in ripe if x.issued.replace(day=1) == month):.2f}", "0.00", 0.0)
            for month in {line.issued.replace(day=1) for line in ripe}
        }


def test_F2_bills_recorded_long_after_their_day_send_nothing_by_themselves(half_way: Company):
    assert half_way.all("/v1/approvals") == [] == half_way.messages()
