"""The first day: five hundred old bills of sixty customers come at once (F2)."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from tests.journeys.company import Company, day_of, local, moment_of
from tests.journeys.receiver import Receiver
from tests.patience import eventually

TODAY = date(2026, 3, 2)

OLDER = ((date(2025, 12, 31), "general_manager"), (date(2026, 1, 31), "manager"), (date(2026, 2, 14), "supervisor"))
"""Due on the day or before it: two months, one month, two weeks ended by 28 February, the last open day before."""

TODAYS = {"2026-01-01", "2026-01-02", "2026-02-01", "2026-02-02", "2026-02-15", "2026-02-16"}
"""Due so that a level falls on today, some moved from Sunday."""


@dataclass
class FirstDay:
    """The company after its first day, and what it posted: bill by bill the customer and the due day."""

    company: Company
    customers: dict[str, str]
    due: dict[str, date]
    managers: Receiver

    def level(self, bill: str) -> str:
        return next((level for day, level in OLDER if self.due[bill] <= day), "none")


def post_everything(company: Company, managers: Receiver, customers: int, bills: int) -> FirstDay:
    """Bills due between 400 days ago and in 16 days, each issued 30 days before; the managers listen."""
    endpoint = {"url": managers.url, "types": ["notice.raised", "case.escalated"], "audience": "manager"}
    managers.secrets = [company.do("admin", "/v1/webhook-endpoints", endpoint)["secret"]]
    day = FirstDay(company, {}, {}, managers)
    for n in range(customers):
        company.customer(f"C-{n:02}", confirmation_required=False)
    for n in range(bills):
        day.due[f"I-{n:03}"] = TODAY - timedelta(400 - n * 416 // bills)
        day.customers[f"I-{n:03}"] = f"C-{n % customers:02}"
    events = [
        company.event(
            "invoice.issued",
            **{"invoice": bill, "customer": day.customers[bill], "amount": "100.00", "currency": "CNY"},
            **{"issued_on": str(due - timedelta(30)), "due_on": str(due)},
        )
        for bill, due in day.due.items()
    ]
    company.post(*events)
    return day


@pytest.fixture(scope="module", params=["at once", "go-live"])
def told(founded, request):
    """The first day on which something may go out."""
    managers = Receiver()
    if request.param == "at once":
        company = founded("2026-03-02T08:00:00+08:00")
        day = post_everything(company, managers, customers=60, bills=500)
    else:
        company = founded("2026-02-25T08:00:00+08:00", go_live="2026-03-02")
        day = post_everything(company, managers, customers=15, bills=125)
        company.walk("2026-03-02", "08:30")
        assert (company.messages(), company.feed("notice.raised"), company.tasks()) == ([], [], [])
    company.walk("2026-03-02")
    yield day
    managers.close()


def test_F2_one_message_per_contact_and_one_call_per_customer(told):
    went = told.company.messages()
    assert {f"{local(m['at']):%m-%d %H:%M}" for m in went} == {"03-02 09:00"}
    assert set(Counter((m["customer"], m["contact"]) for m in went).values()) == {1}
    assert {m["customer"] for m in went} == set(told.customers.values())
    calls = Counter(task["customer"] for task in told.company.tasks(kind="call"))
    assert calls == Counter(set(told.customers.values()))
    listed = {bill for m in went if m["contact"] == "ap" for bill in m["cases"]}
    assert listed >= {bill for bill, due in told.due.items() if due < TODAY}


def test_F2_each_case_takes_the_level_of_its_age_in_one_escalation(told):
    risen = told.company.feed("case.escalated")
    late = [(bill_of(e), e["data"]["level"]) for e in risen if e["data"].get("backfill")]
    assert sorted(late) == sorted((bill, told.level(bill)) for bill in told.due if told.level(bill) != "none")
    assert {str(told.due[bill_of(e)]) for e in risen if not e["data"].get("backfill")} <= TODAYS


def bill_of(event):
    return event["stream"].removeprefix("case/")


def test_F2_what_was_due_earlier_is_logged_as_backfilled(told):
    why = Counter(e["data"]["why"] for e in told.company.log("I-000", "step.skipped"))
    assert set(why) == {"backfill"} and why["backfill"] >= 4


def test_F2_people_get_one_digest_a_role_with_every_bill_of_every_customer(told):
    raised = [e for e in told.company.feed("notice.raised") if e["data"]["rule"] == "F2"]
    assert {(moment_of(e), e["stream"], e["data"]["text"]) for e in raised} == {("03-02 09:00", "tenant", "backfilled")}
    digests = {e["data"]["audience"][0]: e["data"] for e in raised}
    assert len(raised) == len(digests) == len(OLDER)
    for _, role in OLDER:
        bills = [bill for bill in told.due if told.level(bill) == role]
        customers = {told.customers[bill] for bill in bills}
        assert sorted(digests[role]["cases"]) == bills
        assert digests[role]["customers"] == sorted(customers)
        assert (digests[role]["bills"], digests[role]["customer_count"]) == (len(bills), len(customers))


def test_F2_the_managers_endpoint_gets_the_digest_and_no_backfilled_case(told):
    risen = [e for e in told.company.feed("case.escalated") if e["data"]["level"] == "manager"]
    raised = [e for e in told.company.feed("notice.raised") if e["data"]["audience"] == ["manager"]]
    expected = Counter("today's case" for e in risen if not e["data"].get("backfill"))
    expected += Counter(e["data"]["text"] for e in raised)
    assert expected["backfilled"] == 1 and 0 < expected["today's case"] < len(risen)
    eventually(lambda: len(told.managers.types()) >= expected.total(), "all that was expected")
    heard = [body["data"] for (body,) in list(told.managers.taken.values())]
    assert Counter(data.get("text", "today's case") for data in heard) == expected


def test_F2_nothing_is_asked_for_a_week_then_everything_at_once(told):
    told.company.walk("2026-03-08")
    assert told.company.feed("approval.requested") == []
    told.company.walk("2026-03-09")
    everything = told.company.feed("approval.requested")
    assert {(day_of(e), e["data"]["kind"]) for e in everything} == {("03-09", "hold"), ("03-09", "credit_stop")}
    asked = [e for e in everything if e["data"]["kind"] == "hold"]
    assert Counter(e["data"]["customer"] for e in asked) == Counter(set(told.customers.values()))
    old = {bill for bill, due in told.due.items() if due <= date(2025, 12, 9)}
    assert {bill for e in asked for bill in e["data"]["cases"]} == old
