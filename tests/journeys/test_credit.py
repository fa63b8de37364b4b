"""Half a year of a customer whose credit is stopped and who is reviewed (E2, E3), day by day, over HTTP."""

from tests.journeys.company import day_of


def test_a_credit_stop_and_a_review(company):
    """Due on 6 March; more than 60 days overdue on 6 May, a day after the Labour Day holidays; a cheque bounces in June."""
    told = company("2026-02-02T08:00:00+08:00")
    told.customer(segment="standard", currency="CNY", credit_limit="5000.00", confirmation_required=False)
    told.bill("I-1", "2026-02-04", "2026-03-06")
    told.walk("2026-05-05")
    assert told.all("/v1/approvals", kind="credit_stop") == []
    told.walk("2026-05-06")
    request = told.asked("credit_stop", "C-1")
    assert (request["role"], request["rule"], request["asked_by"], request["cases"]) == ("finance", "E3", "clock", ["I-1"])
    assert request["asked_at"][:16] == "2026-05-06T09:00"

    told.reject("credit_stop", "C-1", "They pay after their fair.", role="finance")
    told.walk("2026-05-20")
    again = told.asked("credit_stop", "C-1")
    assert (again["asked_at"][:10], again["previous"]["reason"]) == ("2026-05-20", "They pay after their fair.")
    told.grant("credit_stop", "C-1", role="finance")
    (stopped,) = told.feed("credit.restricted")
    assert (stopped["data"]["measure"], stopped["actor"]) == ("stop", "finance")
    credit = told.get("/v1/customers/C-1/credit", "erp")
    assert (credit["may_ship"], credit["on_credit"], credit["measures"][0]["since"]) == (True, False, "2026-05-20")
    told.walk("2026-05-21")
    (letter,) = [one for one in told.messages(customer="C-1") if one["id"].startswith("credit_stop~")]
    assert (letter["state"], letter["cases"]) == ("captured", ["I-1"])
    assert "CNY 1,000.00" in letter["text"]

    told.walk("2026-06-02")
    told.pay("P-1", "1000.00", "2026-06-02", method="cheque")
    told.walk("2026-06-05")
    told.say("payment.reversed", payment="P-1", reason="no funds")
    assert told.all("/v1/tasks", kind="review") == []
    told.walk("2026-06-08")
    (task,) = told.tasks(kind="review", customer="C-1", state="open")
    assert (task["role"], task["rule"], task["why_code"]) == ("manager", "E2", "task.review_after_danger")
    figures = told.get("/v1/customers/C-1/review")
    assert figures["danger_signals"] == dict.fromkeys(("instrument_returned", "payment_reversed"), "2026-06-05")
    assert (figures["segment"], figures["segment_suggested"], figures["task"]) == ("standard", "risk", task["id"])
    told.do("manager", "/v1/customers/C-1/segment", {"segment": "risk", "reason": "The bank returned their cheque."})
    assert told.get(f"/v1/tasks/{task['id']}")["state"] == "completed"
    told.say("customer.updated", customer="C-1", segment="preferred")
    assert told.get("/v1/customers/C-1")["segment"] == "risk"

    told.pay("P-2", "1000.00", "2026-06-09")
    told.do("manager", "/v1/customers/C-1/credit/restore", {"measure": "stop", "reason": "paid"}, 202)
    told.grant("credit_restore", "C-1", role="finance")
    assert [(day_of(one), one["data"]["measure"]) for one in told.feed("credit.restored")] == [("06-08", "stop")]
    assert told.get("/v1/customers/C-1/credit", "erp")["on_credit"] is True
