"""A parent that pays for its children (E), day by day, over HTTP: one mail for all of them, each one's own standing."""

from typing import Any

import pytest

from tests.journeys.company import Company


@pytest.fixture
def told(company) -> Company:
    """Two children of one holding, a bill of each, due on Thursday 5 March; both came to us that day."""
    told: Company = company("2026-03-05T18:00:00+08:00")
    told.choose(contact_parents=True)
    told.customer("H", name="Star Holding", currency="CNY", credit_limit="100.00")
    for id in ("A", "B"):
        told.customer(id, name=f"Star {id}", parent="H", contacts=[], currency="CNY")
    told.bill("I-A", "2026-03-02", "2026-03-05", customer="A", confirmation_required=False)
    told.bill("I-B", "2026-03-02", "2026-03-05", customer="B", amount="500.00", confirmation_required=False)
    return told


def left(told: Company) -> list[dict[str, Any]]:
    """What was written to the holding."""
    return [one for one in told.messages(customer="H") if one["state"] in ("captured", "replied")]


def test_E_one_mail_a_day_for_all_the_children_and_nobody_else_is_asked(told: Company):
    told.walk("2026-03-06")
    (mail,) = left(told)
    assert (mail["id"], mail["contact"], mail["cases"]) == ("H~ap~email~2026-03-06", "ap", ["I-A", "I-B"])
    assert "Star Holding" in mail["text"] and "CNY 1,500.00" in mail["subject"]
    assert "I-A, Star A" in mail["text"] and "I-B, Star B" in mail["text"]
    assert told.messages(customer="A") == told.messages(customer="B") == [mail], "each finds what was said about its bills"
    assert told.messages(customer="C") == []
    assert told.tasks(kind="find_contact") == []
    for case in ("I-A", "I-B"):
        (reminded,) = [one for one in told.log(case, "case.reminded") if one["data"]["channel"] == "email"]
        assert reminded["data"]["message"] == mail["id"]
    told.customer("C", name="Star C", parent="H", contacts=[], currency="CNY")
    told.bill("I-H", "2026-03-02", "2026-03-06", customer="H", confirmation_required=False)
    told.walk("2026-03-09")
    assert told.messages(customer="C") == [] and len(told.messages(customer="H")) == 2, "a sibling without bills has none"


def test_E_the_family_is_shown_and_its_debt_by_currency(told: Company):
    told.bill("I-H", "2026-03-02", "2026-04-05", customer="H", amount="7.00", currency="USD")
    for id in ("H", "A"):
        found = told.get(f"/v1/customers/{id}")
        assert found["parent"] == (None if id == "H" else "H")
        assert found["family"] == {
            "parent": "H",
            "children": [{"id": "A", "name": "Star A"}, {"id": "B", "name": "Star B"}],
            "complete": True,
            "exposure": {"CNY": "1500.00", "USD": "7.00"},
            "overdue": {"CNY": "0.00", "USD": "0.00"},
        }
    assert told.get("/v1/customers/H")["exposure"] == {"CNY": "0.00", "USD": "7.00"}
    assert told.get("/v1/customers/H/credit")["may_ship"] is True
    told.customer("ALONE")
    assert told.get("/v1/customers/ALONE")["family"] is None


def test_C12_who_answered_for_the_family_is_left_alone_for_the_family(told: Company):
    told.walk("2026-03-06")
    told.do("collector", f"/v1/messages/{left(told)[0]['id']}/reply", {"text": "On Friday."}, 201)
    told.bill("I-B2", "2026-03-02", "2026-03-08", customer="B", confirmation_required=False)
    told.walk("2026-03-09")
    assert len(left(told)) == 1
    waiting = [row for row in told.get("/v1/cases/I-B2/schedule")["data"] if row["message"]]
    assert [row["why_code"] for row in waiting] == ["schedule.waits_for_look"]
    (task,) = told.tasks(kind="reply", state="open")
    assert task["customer"] == "H"
    told.do("collector", f"/v1/tasks/{task['id']}/complete", {})
    told.walk("2026-03-10")
    assert [one["cases"] for one in left(told)][1:] == [["I-A", "I-B", "I-B2"]]


def test_C7_a_former_parent_learns_nothing_more(told: Company):
    told.walk("2026-03-06", "08:59")
    told.choose(payment_feed_days=1)  # mail waits
    told.walk("2026-03-06", "10:00")
    told.say("customer.updated", customer="B", parent=None, contacts=[{"id": "b", "name": "B", "email": "b@b.example"}])
    told.say("customer.updated", customer="A", restrictions=["lawyer_represented"])
    told.choose(payment_feed_days=None)
    told.walk("2026-03-06")
    assert left(told) == []
    assert [one["state"] for one in told.messages(customer="H")] == ["struck"]


def test_E_one_that_pays_meanwhile_is_not_named(told: Company):
    told.choose(payment_feed_days=1)
    told.walk("2026-03-06", "10:00")
    told.pay("P-1", "500.00", "2026-03-06", customer="B")
    told.choose(payment_feed_days=None)
    told.walk("2026-03-06")
    (mail,) = left(told)
    assert mail["cases"] == ["I-A"] and "I-B" not in mail["text"]


@pytest.mark.parametrize(
    ("customer", "parent", "code"),
    [
        ("X", "A", "parent_has_parent"),
        ("H", "X", "parent_has_children"),
        ("X", "X", "own_parent"),
        ("X", "NONE", "unknown_customer"),
    ],
)
def test_E_families_have_two_generations(told: Company, customer: str, parent: str, code: str):
    told.customer("X")
    answer = told.try_post(told.event("customer.updated", customer=customer, parent=parent))
    (error,) = [one["error"] for one in answer["results"]]
    assert (error["code"], error["errors"][0]["pointer"] if error.get("errors") else "/data/parent") == (
        code,
        "/data/parent",
    )


def test_E_without_the_tenants_wish_each_is_written_to_itself(told: Company):
    told.choose(contact_parents=False)
    told.walk("2026-03-06")
    assert left(told) == []
    assert [one["customer"] for one in told.tasks(kind="find_contact", state="open")] == ["A", "B"]
