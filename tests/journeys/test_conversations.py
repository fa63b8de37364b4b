"""What is said to customers and by them, over the API: from the first call to somebody lost (C4-C9, C12-C14)."""


def owing(company, due: str = "2026-03-10", **customer):
    made = company("2026-03-02T08:00:00+08:00")
    made.customer(confirmation_required=False, collector="li.na", **customer)
    made.bill("I1", "2026-03-02", due)
    return made


def call(company, outcome: str, role: str = "collector", **more):
    return company.do(role, "/v1/cases/I1/contact-log", {"channel": "phone", "outcome": outcome, **more})


def kinds(company, **params) -> list[str]:
    return sorted(task["kind"] for task in company.tasks(customer="C-1", state="open", **params))


def test_C4_C7_C9_from_a_next_step_to_a_lost_contact(company):
    told = owing(company)
    told.walk("2026-03-11")
    step = {"next_step": "send the delivery note", "next_on": "2026-03-14"}
    told.close("call", "C-1", "collector", contact="ap", point="workplace", **step)
    (task,) = told.tasks(kind="follow_up", customer="C-1")
    assert (task["owner"], task["due_on"], task["contact"]) == ("collector", "2026-03-16", "ap")
    assert told.get("/v1/customers/C-1")["contacts"][0]["points"] == {"workplace": "verified"}
    told.do("collector", f"/v1/tasks/{task['id']}/complete", {})

    told.walk("2026-03-16")
    call(told, "refused", contact="ap")
    assert told.notices("contact_refused") == ["03-16 supervisor"]
    call(told, "not_reached", contact="ap")
    assert "lost_contact" not in kinds(told)
    call(told, "not_reached", contact="ap")
    (lost,) = told.tasks(kind="lost_contact", customer="C-1")
    assert (lost["role"], lost["why_code"], lost["contact"]) == ("supervisor", "task.lost_contact", "ap")
    told.do("supervisor", f"/v1/tasks/{lost['id']}/complete", {})

    (open_call,) = told.tasks(kind="call", customer="C-1", state="open")
    sheet = told.get(f"/v1/tasks/{open_call['id']}", "collector")["sheet"]
    assert (sheet["last"]["outcome"], sheet["deadline"]["on"]) == ("not_reached", "2026-03-19")
    assert next(one["tactic"] for one in sheet["objections"]) == "avoiding"

    call(told, "left", contact="ap")
    assert told.get("/v1/customers/C-1")["contacts"][0]["mark"] == "left"
    assert "find_contact" in kinds(told)
    told.walk("2026-03-18")
    assert {m["contact"] for m in told.messages(customer="C-1") if m["at"][:10] >= "2026-03-17"} == {"cfo"}
    assert told.get("/v1/customers/C-1")["flags"] == {"refusal": "2026-03-16", "lost_contact": "2026-03-16"}


def test_C4_a_next_step_about_a_dozen_bills_ends_when_all_of_them_are_paid(company):
    told = owing(company)
    for n in range(2, 13):
        told.bill(f"I{n}", "2026-03-02", "2026-03-10")
    told.walk("2026-03-11")
    told.close("call", "C-1", "collector", contact="ap", next_step="ask the boss", next_on="2026-03-14")
    (task,) = told.tasks(kind="follow_up", customer="C-1", state="open")
    assert len(task["cases"]) == 12
    told.pay("P-1", "12000.00", "2026-03-11")
    assert told.tasks(kind="follow_up", customer="C-1", state="open") == []


def sent(company) -> list[tuple[str, str]]:
    """(day, state) of the dunning e-mails that left."""
    found = [m for m in company.messages(customer="C-1") if not m["id"].endswith("~service")]
    return [(m["at"][5:10], m["state"]) for m in found if m["state"] not in ("queued", "struck")]


def test_C12_a_reply_stops_messages_until_a_person_has_looked(company):
    told = owing(company)
    told.walk("2026-03-12")
    assert sent(told) == [("03-03", "captured"), ("03-11", "captured")]
    last = told.messages(customer="C-1")[-1]["id"]
    told.do("collector", f"/v1/messages/{last}/reply", {"text": "We pay on Friday."}, 201)
    (replied,) = told.log("I1", "message.replied")
    assert (replied["private"]["text"], replied["data"]["waits_until"]) == ("We pay on Friday.", "2026-03-16")
    told.say("tax_invoice.dispatched", invoice="I1", courier="SF", tracking="1")
    told.walk("2026-03-13")
    assert [m["state"] for m in told.messages(customer="C-1") if m["id"].endswith("~service")] == ["captured"]
    assert sent(told) == [("03-03", "captured"), ("03-11", "replied")]  # D+3 was on the 13th
    (task,) = told.tasks(kind="reply", customer="C-1", state="open")
    assert task["owner"] == "li.na"
    told.do("collector", f"/v1/tasks/{task['id']}/complete", {})
    told.walk("2026-03-16")
    assert sent(told)[2:] == [("03-16", "captured")]

    told.do("collector", f"/v1/messages/{told.messages(customer='C-1')[-1]['id']}/reply", {}, 201)
    told.walk("2026-03-17", "23:00")
    assert len(sent(told)) == 3
    told.walk("2026-03-18")  # nobody has looked: two open days are over, and all that waited is one message
    assert [(m["at"][5:10], m["state"]) for m in told.messages(customer="C-1", state="captured")][-1:] == [
        ("03-18", "captured")
    ]
    told.do("collector", "/v1/messages/C-1~ap~email~2026-03-19/reply", {}, 404)


def test_C13_a_visit_is_arranged_recorded_and_confirmed(company):
    told = owing(company)
    for id, paid in (("OLD-1", "02-20"), ("OLD-2", "02-20")):  # who pays late by habit is visited (B5)
        told.bill(id, "2026-01-05", "2026-02-06")
        told.pay(f"P-{id}", "1000.00", f"2026-{paid}", allocations=[{"invoice": id, "amount": "1000.00"}])
    told.walk("2026-03-18")
    (visit,) = told.tasks(kind="visit", customer="C-1", state="open")
    path = f"/v1/tasks/{visit['id']}"
    record = {"channel": "visit", "outcome": "reached", "contact": "cfo", "met": ["Wu Lei"], "agreed": "Half by Friday."}
    told.do("collector", f"{path}/complete", record, 409)
    told.do("collector", f"{path}/appointment", {"contact": "ap", "at": "2026-03-20T14:00:00+08:00"}, 422)
    arranged = told.do("collector", f"{path}/appointment", {"contact": "cfo", "at": "2026-03-20T14:00:00+08:00"})
    assert (arranged["due_on"], arranged["best_from"]) == ("2026-03-20", "2026-03-20T14:00:00+08:00")
    assert told.get(path, "collector")["sheet"]["appointment"]["contact"] == "cfo"
    told.walk("2026-03-20", "16:00")
    told.do("collector", f"{path}/complete", record | {"agreed": ""}, 422)
    told.do("collector", f"{path}/complete", record)
    (call,) = told.tasks(kind="confirm_call", customer="C-1", state="open")
    assert (call["due_on"], call["cases"], call["why_code"]) == ("2026-03-20", ["I1"], "task.confirm_visit")
    last = told.get(f"/v1/tasks/{call['id']}", "collector")["sheet"]["last"]
    assert (last["met"], last["agreed"], last["channel"]) == (["Wu Lei"], "Half by Friday.", "visit")
    told.do("collector", f"/v1/tasks/{call['id']}/complete", {"channel": "phone", "outcome": "reached", "contact": "cfo"})


def test_C14_a_message_waits_for_a_superiors_words_or_goes_as_always(company):
    told = owing(company)
    told.walk("2026-03-10")
    message, path = "C-1~ap~email~2026-03-11", "/v1/messages/C-1~ap~email~2026-03-11"
    asking = {"question": "Their CFO is new.", "text": "We know that you took over last week."}
    told.do("collector", "/v1/messages/C-1~ap~email~2026-03-13/withhold", asking, 404)  # too far ahead
    told.do("collector", f"{path}/withhold", asking, 201)
    told.walk("2026-03-11", "10:00")
    assert ("03-11", "captured") not in sent(told)
    assert told.get(path)["withheld"] == {**asking, "until": "2026-03-11"}
    assert told.get(path, "viewer")["withheld"] is None
    told.do("collector", f"{path}/advise", {}, 403)
    told.do("supervisor", f"{path}/advise", {}, 201)
    told.walk("2026-03-11", "11:00")
    left = told.get(path)
    assert (left["state"], left["withheld"]) == ("captured", None)
    assert asking["text"] in left["text"] and "CNY 1,000.00" in left["text"] and "Our books show" not in left["text"]
    told.do("collector", f"{path}/withhold", asking, 409)  # it has left

    second = "/v1/messages/C-1~ap~email~2026-03-13"
    told.walk("2026-03-12")
    told.do("collector", f"{second}/withhold", asking, 201)
    told.walk("2026-03-13", "16:00")
    assert told.get(second)["state"] == "queued"
    told.walk("2026-03-13", "17:00")
    assert [t["kind"] for t in told.tasks(kind="advise", customer="C-1", state="cancelled")] == ["advise"]
    told.walk("2026-03-16")
    (last,) = [m for m in told.messages(customer="C-1", state="captured") if m["at"][:10] == "2026-03-16"]
    assert asking["text"] not in last["text"] and "Our books show" in last["text"]
    assert message != last["id"]


def test_C12_messages_wait_while_the_payment_feed_is_silent(company):
    told = owing(company)
    told.customer("C-2")
    told.walk("2026-03-06")
    told.pay("P-1", "1.00", "2026-03-06", customer="C-2")
    told.choose(payment_feed_days=2)
    told.walk("2026-03-11", "12:00")  # heard on Friday the 6th; two open days back is Monday the 9th
    assert (told.get("/v1/payment-feed")["late"], sent(told)) == (True, [("03-03", "captured")])
    told.walk("2026-03-12")
    assert told.notices("payment_feed_late") == ["03-11 supervisor"]
    response = told.ask("erp", "PUT", "/v1/payment-feed", {"known_through": "2026-03-11"})
    assert (response.status_code, response.json()["late"]) == (200, False)
    told.walk("2026-03-13", "12:00")
    assert sent(told)[1:] == [("03-13", "captured")]
    told.walk("2026-03-18")
    assert told.notices("payment_feed_late") == ["03-11 supervisor", "03-16 supervisor"]
    told.pay("P-2", "1.00", "2026-03-18", customer="C-2")
    told.walk("2026-03-19", "12:00")
    assert sent(told)[2:] == [("03-19", "captured")]


def test_C12_over_the_weeks_budget_messages_wait_for_monday(company):
    told = owing(company, due="2026-03-09")
    told.choose(contact_budget=2)
    told.walk("2026-03-10")  # D+1
    assert sent(told)[-1] == ("03-10", "captured")
    call(told, "not_reached", contact="ap")  # the second contact of the week
    schedule = told.get("/v1/cases/I1/schedule")["data"]
    (held,) = {one["why"] for row in schedule for one in row["actions"] if one["why_code"] == "schedule.budget"}
    assert "16 March 2026" in held or "2026年3月16日" in held
    told.walk("2026-03-12", "12:00")  # D+3
    assert ("03-12", "captured") not in sent(told)
    told.say("tax_invoice.dispatched", invoice="I1", courier="SF", tracking="1")
    told.walk("2026-03-13")
    assert [m["state"] for m in told.messages(customer="C-1") if m["id"].endswith("~service")] == ["captured"]
    told.walk("2026-03-16", "12:00")
    assert sent(told)[-1] == ("03-16", "captured") and len(sent(told)) == 3, "all that waited is one message"
    told.choose(contact_budget=None)
    told.walk("2026-03-20")
    assert len(sent(told)) > 5
