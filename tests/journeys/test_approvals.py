"""Who asks never answers, what is answered is what was asked, and a no is shown when it is asked again (B8, B9)."""

import pytest

from service.provision import create_key
from tests.journeys.company import day_of

BEGINS = "2026-06-01T08:00:00+08:00"


def owing(company, runtime=None):
    """A bill that has been open for four months when it is first recorded: what is asked waits a week, till 8 June."""
    made = company(BEGINS)
    made.customer(confirmation_required=False, collector="li.na")
    made.bill("I-1", "2026-01-05", "2026-01-31")
    if runtime:
        made.keys["second"] = create_key(runtime, made.tenant, "boss", "boss.two")
    return made


def refused(company, role, path, status, code, body=None):
    response = company.ask(role, "POST", path, body or {})
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_granted_by_the_role_that_was_asked_and_by_no_other(company):
    told = owing(company)
    told.walk("2026-06-08")
    request = told.asked("hold", "C-1")
    assert (request["role"], request["asked_by"], request["cases"], request["rule"]) == ("boss", "clock", ["I-1"], "B8")
    path = f"/v1/approvals/{request['id']}"
    for role in ("viewer", "collector", "supervisor", "manager", "general_manager", "finance", "legal", "erp", "admin"):
        assert told.ask(role, "POST", f"{path}/grant", {}).status_code == 403
    refused(told, "boss", f"{path}/grant", 409, "content_changed", {"content_hash": "0" * 64})
    refused(told, "boss", f"{path}/reject", 422, "field_missing")  # a no needs a reason
    told.do("boss", f"{path}/grant", {"content_hash": request["content_hash"]})
    assert told.asked("hold", "C-1", "granted")["answered_by"] == "boss"
    refused(told, "boss", f"{path}/grant", 409, "approval_closed")
    assert told.get("/v1/customers/C-1/credit", "erp")["may_ship"] is False


def test_rejected_it_is_asked_again_with_the_reason_and_the_letters_do_not_wait(company):
    told = owing(company)
    told.walk("2026-06-10")
    first = told.reject("hold", "C-1", "They pay after their fair.")
    assert (first["state"], first["reason"]) == ("rejected", "They pay after their fair.")
    told.walk("2026-06-23")
    assert told.all("/v1/approvals", kind="hold", customer="C-1", state="open") == []
    assert told.asked("letter", "C-1")["asked_at"][:10] == "2026-06-17"  # a week after the first answer
    told.walk("2026-06-24")
    again = told.asked("hold", "C-1")
    assert (again["id"] != first["id"], again["asked_at"][:10]) == (True, "2026-06-24")
    assert again["previous"]["reason"] == "They pay after their fair."
    assert again["previous"]["id"] == first["id"]
    (answer,) = told.log("I-1", "approval.rejected")
    assert answer["private"]["reason"] == "They pay after their fair."


def test_four_eyes_who_asked_may_not_answer(company, runtime):
    told = owing(company, runtime)
    told.do("boss", "/v1/customers/C-1/hold", {"reason": "No answer for months."}, 202)
    request = told.asked("hold", "C-1")
    assert (request["asked_by"], request["reason"]) == ("boss", "No answer for months.")
    path = f"/v1/approvals/{request['id']}"
    refused(told, "boss", f"{path}/grant", 403, "four_eyes")
    refused(told, "boss", f"{path}/reject", 403, "four_eyes", {"reason": "changed my mind"})
    refused(told, "manager", "/v1/customers/C-1/hold", 409, "request_open", {"reason": "me too"})
    told.do("second", f"{path}/grant")
    granted = told.asked("hold", "C-1", "granted")
    assert (granted["asked_by"], granted["answered_by"]) == ("boss", "boss.two")
    (applied,) = told.feed("hold.applied")
    assert (applied["actor"], applied["data"]["approval"]) == ("boss.two", request["id"])


def test_a_collector_may_not_even_ask(company):
    told = owing(company)
    assert told.ask("collector", "POST", "/v1/customers/C-1/hold", {"reason": "angry"}).status_code == 403


def test_an_unanswered_request_reminds_its_role_every_three_open_days(company):
    told = owing(company)
    told.walk("2026-07-01")
    reminded = "06-11 06-16 06-22 06-25 06-30"  # Dragon Boat Festival is 19-21 June
    told_of = [one for one in told.notices("request_unanswered", "C-1") if one.endswith("boss")]
    assert told_of == [f"{day} boss" for day in reminded.split()]
    assert told.asked("hold", "C-1")["expires_on"] is None


def test_a_persons_request_expires_after_thirty_days(company):
    told = owing(company)
    told.pay("P-0", "1000.00", "2026-06-01")
    told.do("manager", "/v1/customers/C-1/hold", {"reason": "rumours"}, 202)
    assert told.asked("hold", "C-1")["expires_on"] == "2026-07-01"
    told.walk("2026-07-01")
    assert told.asked("hold", "C-1")["state"] == "open"
    told.walk("2026-07-02", "00:30")
    assert [day_of(e) for e in told.feed("approval.expired")] == ["07-02"]
    told.do("manager", "/v1/customers/C-1/hold", {"reason": "more rumours"}, 202)


@pytest.mark.parametrize("closing", ["payment", "void"])
def test_B10_a_request_without_bills_is_cancelled(company, closing):
    told = owing(company)
    told.walk("2026-06-09")
    if closing == "payment":
        told.pay("P-1", "1000.00", "2026-06-09")
    else:
        told.say("invoice.voided", invoice="I-1", reason="booked twice")
    assert told.asked("hold", "C-1", "cancelled")["cases"] in ([], ["I-1"])
    told.walk("2026-07-10")
    kinds = sorted(one["data"]["kind"] for one in told.feed("approval.requested"))
    assert kinds == ["credit_stop", "hold"]  # each once
