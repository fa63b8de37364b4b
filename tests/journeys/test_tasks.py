"""One open call for a customer: bills join and leave it, it belongs to the highest of them, nobody forgets it (C4, C10)."""

from tests.journeys.company import day_of, local

RECORD = {
    "channel": "phone",
    "contact": "ap",
    "outcome": "reached",
    "willingness": "hesitant",
    "ability": "part",
    "cause": "cash_short",
    "notes": "Waits for a customer of theirs.",
    "next_step": "call again",
    "next_on": "2026-04-01",
}


def owing(company, **bills):
    """Bills of 1 000, each with its due day; the owner is li.na."""
    made = company("2026-03-02T08:00:00+08:00")
    made.customer(confirmation_required=False, collector="li.na")
    for bill, due in bills.items():
        made.bill(bill, "2026-03-02", f"2026-{due}")
    return made


def call_of(company):
    (task,) = company.tasks(kind="call", customer="C-1", state="open")
    return task


def test_C10_bills_join_the_open_call_and_leave_it(company):
    told = owing(company, I1="03-10", I2="03-12", I3="03-17")
    told.walk("2026-03-03")
    first = call_of(told)
    assert (first["cases"], first["owner"], first["role"]) == (["I1"], "li.na", "collector")
    assert local(first["best_from"]).isoformat() == "2026-03-03T09:00:00+08:00"
    told.walk("2026-03-05")
    assert (call_of(told)["id"], call_of(told)["cases"]) == (first["id"], ["I1", "I2"])
    told.pay("P-1", "1000.00", "2026-03-05", allocations=[{"invoice": "I1", "amount": "1000.00"}])
    assert call_of(told)["cases"] == ["I2"]
    told.walk("2026-03-10")
    assert call_of(told)["cases"] == ["I2", "I3"]
    told.do("supervisor", "/v1/cases/I2/pause", {"until": "2026-03-31", "reason": "audit"})
    assert call_of(told)["cases"] == ["I3"]
    told.pay("P-3", "1000.00", "2026-03-10", allocations=[{"invoice": "I3", "amount": "1000.00"}])
    assert [(t["id"], t["state"]) for t in told.tasks(kind="call", customer="C-1")] == [(first["id"], "cancelled")]
    assert [e["data"]["task"] for e in told.log("I3", "task.cancelled")] == [first["id"]]


def test_C10_a_bill_that_changes_its_stage_leaves_the_call(company):
    told = owing(company, I2="03-12")
    told.bill("I1", "2026-03-02", "2026-04-30", confirmation_required=True)
    told.walk("2026-03-05")
    assert call_of(told)["cases"] == ["I1", "I2"]
    told.say("invoice.confirmed", invoice="I1", confirmed_on="2026-03-05")
    assert call_of(told)["cases"] == ["I2"]


def test_C10_it_belongs_to_the_supervisor_while_one_of_its_bills_is_raised(company):
    told = owing(company, I1="03-10", I2="04-01")
    told.walk("2026-03-23")
    assert call_of(told)["role"] == "collector"
    told.walk("2026-03-24")  # D+14
    raised = call_of(told)
    assert (raised["role"], raised["cases"]) == ("supervisor", ["I1"])
    told.walk("2026-03-25")  # D-7 of the other bill
    assert (call_of(told)["role"], call_of(told)["cases"]) == ("supervisor", ["I1", "I2"])
    told.pay("P-1", "1000.00", "2026-03-25", allocations=[{"invoice": "I1", "amount": "1000.00"}])
    left = call_of(told)
    assert (left["id"], left["role"], left["owner"], left["cases"]) == (raised["id"], "collector", "li.na", ["I2"])


def test_C10_open_for_three_open_days_the_supervisor_is_told_once(company):
    told = owing(company, I1="04-07")  # D-7 is Tuesday, 31 March; Qingming is 4-6 April
    told.walk("2026-04-20")
    assert told.notices("task_neglected") == ["04-03 supervisor"]
    told.close("call", "C-1")
    told.walk("2026-04-24")
    assert told.notices("task_neglected") == ["04-03 supervisor", "04-24 supervisor"]  # the next one opened on the 21st


def test_C10_put_off_it_is_not_neglected_before(company):
    told = owing(company, I1="03-10")
    told.walk("2026-03-03")
    task = call_of(told)["id"]
    told.do("collector", f"/v1/tasks/{task}/snooze", {"until": "2026-03-31", "reason": "abroad"}, 403)
    told.do("collector", f"/v1/tasks/{task}/snooze", {"until": "2026-03-10", "reason": "abroad"})
    assert (call_of(told)["due_on"], call_of(told)["best_from"][:10]) == ("2026-03-10", "2026-03-10")
    told.walk("2026-03-20")
    assert told.notices("task_neglected") == ["03-13 supervisor"]


def test_C4_C10_completing_it_records_the_contact_on_every_bill(company):
    told = owing(company, I1="03-10", I2="03-12")
    told.walk("2026-03-16")
    task = call_of(told)
    told.do("collector", f"/v1/tasks/{task['id']}/complete", {}, 422)  # a call without a record
    told.do("collector", f"/v1/tasks/{task['id']}/complete", RECORD)
    told.do("collector", f"/v1/tasks/{task['id']}/complete", RECORD, 409)
    for bill in ("I1", "I2"):
        (logged,) = told.log(bill, "contact.logged")
        said = logged["data"] | logged["private"]
        assert {name: said[name] for name in RECORD} == RECORD
        assert (said["task"], logged["actor"]) == (task["id"], "collector")
        assert [e["data"]["task"] for e in told.log(bill, "task.completed")] == [task["id"]]
    told.walk("2026-03-17")
    again = call_of(told)  # the next step opens a new one
    assert (again["id"] != task["id"], again["created_at"][:10]) == (True, "2026-03-17")
    assert told.escalated("I1") == [] and told.get("/v1/cases/I1")["progress_on"] is None  # a call is no progress


def test_C10_somebody_else_can_take_it(company):
    told = owing(company, I1="03-10")
    told.walk("2026-03-03")
    told.do("collector", f"/v1/tasks/{call_of(told)['id']}/assign", {"owner": "wang.wu"}, 403)
    told.do("supervisor", f"/v1/tasks/{call_of(told)['id']}/assign", {"owner": "wang.wu"})
    assert (call_of(told)["owner"], call_of(told)["role"]) == ("wang.wu", "collector")
    told.walk("2026-03-13")
    assert call_of(told)["owner"] == "wang.wu"


def test_C10_a_promise_that_covers_takes_the_bill_out_and_broken_it_comes_back(company):
    told = owing(company, I1="03-10", I2="03-12")
    told.walk("2026-03-05")
    told.do("collector", "/v1/cases/I1/promises", {"due_on": "2026-03-09"}, 201)
    assert call_of(told)["cases"] == ["I2"]
    told.walk("2026-03-11")
    assert sorted(call_of(told)["cases"]) == ["I1", "I2"]
    assert [day_of(e) for e in told.log("I1", "promise.broken")] == ["03-11"]
