"""Money that comes in parts, too much, back again or later: rules D7, B10, T6 and what the credit answer says of it."""

import pytest


def owing(company, *bills, due="2026-03-12", **customer):
    """Bills of 1 000 that need no confirmation."""
    made = company("2026-03-02T08:00:00+08:00")
    made.customer(**{"confirmation_required": False, "credit_limit": "5000.00", "currency": "CNY", **customer})
    for bill in bills:
        made.bill(bill, "2026-03-02", due)
    return made


def part(invoice, amount):
    return {"invoice": invoice, "amount": amount}


def open_amounts(company, *bills):
    return {bill: company.get(f"/v1/cases/{bill}")["open_amount"] for bill in bills}


def credit_of(company):
    return company.get("/v1/customers/C-1")["credit"]


def exposure_of(company):
    answer = company.get("/v1/customers/C-1/credit", "erp")
    return answer["exposure"], answer["available"]


def test_D7_a_partial_payment_leaves_the_rest_open_until_it_is_paid(company):
    told = owing(company, "I-1")
    assert exposure_of(told) == ("1000.00", "4000.00")
    told.walk("2026-03-13")
    told.pay("P-1", "400.00", "2026-03-13", allocations=[part("I-1", "400.00")])
    assert open_amounts(told, "I-1") == {"I-1": "600.00"}
    told.walk("2026-03-16")
    assert "600.00" in told.messages()[-1]["text"]  # the whole open amount is asked for
    told.pay("P-2", "600.00", "2026-03-16")
    case = told.get("/v1/cases/I-1")
    assert (case["stage"], case["closed_as"], case["closed_on"], case["open_amount"]) == (
        *("closed", "paid", "2026-03-16"),
        "0.00",
    )
    assert exposure_of(told) == ("0.00", "5000.00")
    told.walk("2026-04-30")
    assert told.reminded("I-1") == "03-05 03-13 03-16"


def test_D7_what_the_remittance_does_not_say_goes_to_the_oldest_bills(company):
    told = owing(company)
    for bill, due in (("I-3", "2026-03-20"), ("I-2", "2026-03-12"), ("I-1", "2026-03-12"), ("I-9", "2026-03-10")):
        told.bill(bill, "2026-03-02", due)
    told.bill("U-1", "2026-03-02", "2026-03-03", currency="USD")
    told.pay("P-1", "2500.00", "2026-03-02", allocations=[part("I-3", "100.00")])
    assert open_amounts(told, "I-9", "I-1", "I-2", "I-3", "U-1") == {
        **{"I-9": "0.00", "I-1": "0.00", "I-2": "600.00", "I-3": "900.00"},
        "U-1": "1000.00",
    }
    applied = {one["case"]: one["amount"] for one in told.get("/v1/payments/P-1")["applications"]}
    assert applied == {"I-3": "100.00", "I-9": "1000.00", "I-1": "1000.00", "I-2": "400.00"}


def test_D7_what_was_paid_ahead_of_a_bills_issue_is_credit_where_the_bill_turns_out_smaller(company):
    told = owing(company)
    told.say("invoice.submitted", invoice="I-1", customer="C-1", amount="900.00", currency="CNY", period="2026-02")
    told.pay("P-1", "500.00", "2026-03-02", allocations=[part("I-1", "500.00")])
    told.bill("I-1", "2026-03-02", "2026-03-20", amount="300.00")
    assert told.get("/v1/cases/I-1")["closed_as"] == "paid"
    assert credit_of(told) == {"CNY": "200.00"}


def test_D7_what_is_too_much_is_credit_and_is_used_only_on_request(company):
    told = owing(company, "I-1")
    told.pay("P-1", "1700.00", "2026-03-02")
    assert credit_of(told) == {"CNY": "700.00"}
    told.bill("I-2", "2026-03-02", "2026-03-20")
    told.walk("2026-03-13")
    assert open_amounts(told, "I-2") == {"I-2": "1000.00"}
    assert told.reminded("I-2", "B1") == "03-13"
    told.say("payment.allocated", payment="P-1", allocations=[part("I-2", "700.00")])
    assert (open_amounts(told, "I-2"), credit_of(told)) == ({"I-2": "300.00"}, {"CNY": "0.00"})
    answer = told.try_post(told.event("payment.allocated", payment="P-1", allocations=[part("I-2", "1.00")]))
    assert answer["results"][0]["error"]["code"] == "over_allocated"


def test_D7_reversed_money_opens_the_case_at_the_level_it_closed_with(company):
    told = owing(company, "I-1", due="2026-03-03")
    told.walk("2026-03-20")
    told.pay("P-1", "1000.00", "2026-03-20")
    told.walk("2026-03-31")
    told.say("payment.reversed", payment="P-1", reason="insufficient funds", on="2026-03-31")
    case = told.get("/v1/cases/I-1")
    assert (case["stage"], case["level"], case["open_amount"]) == ("collection", "supervisor", "1000.00")
    assert "payment_reversed" in told.get("/v1/customers/C-1")["flags"]
    told.walk("2026-04-20")
    assert told.escalated("I-1") == ["03-17 supervisor", "04-03 manager"]
    assert told.reminded("I-1", "B3") == (  # nothing while it was paid; then daily until the manager's day, then weekly
        "03-11 03-12 03-13 03-16 03-17 03-18 03-19 03-20 04-01 04-02 04-03 04-10 04-17"
    )


def test_D7_reversed_after_months_it_takes_the_level_that_its_age_calls_for(company):
    told = owing(company, "I-1", due="2026-03-03")
    told.walk("2026-03-10")
    told.pay("P-1", "1000.00", "2026-03-10")
    told.walk("2026-05-20")
    told.say("payment.reversed", payment="P-1", on="2026-05-20")
    (risen,) = told.log("I-1", "case.escalated")
    assert (risen["data"]["level"], risen["data"]["backfill"]) == ("general_manager", True)
    told.walk("2026-05-21")
    assert told.reminded("I-1").split()[-1] == "05-21"
    assert len(told.log("I-1", "case.escalated")) == 1


DRAFT = {"method": "acceptance_draft", "matures_on": "2026-04-30"}


def test_D7_a_draft_rests_the_case_until_it_matures_and_pays_it_when_honoured(company):
    told = owing(company, "I-1", due="2026-03-03")
    told.walk("2026-03-10")
    told.pay("P-1", "1000.00", "2026-03-10", **DRAFT)
    case = told.get("/v1/cases/I-1")
    assert case["paused"] == {"reason": "draft", "until": "2026-04-30"}
    assert (case["open_amount"], case["progress_on"]) == ("1000.00", "2026-03-10")
    assert told.get("/v1/payments/P-1")["state"] == "maturing"
    told.walk("2026-04-30", "16:00")
    assert told.reminded("I-1").split()[-1] == "03-10"
    told.say("payment.honoured", payment="P-1", on="2026-04-30")
    assert told.get("/v1/cases/I-1")["closed_as"] == "paid"


def test_D7_a_draft_that_nobody_honours_covers_nothing_any_more(company):
    told = owing(company, "I-1", "I-2", due="2026-03-03")
    told.walk("2026-03-10")
    told.pay("P-1", "1000.00", "2026-03-10", allocations=[part("I-1", "1000.00")], **DRAFT)
    told.walk("2026-05-06")
    assert told.reminded("I-1").split()[-2:] == ["03-10", "05-06"]  # May Day lies between
    assert told.escalated("I-2")[0] == "03-17 supervisor"  # the other one went on
    assert told.escalated("I-1") == ["05-06 supervisor"]


def test_D7_a_tenant_may_count_drafts_on_receipt(company):
    told = owing(company, "I-1")
    told.choose(drafts_count_on_receipt=True)
    told.pay("P-1", "1000.00", "2026-03-02", **DRAFT)
    assert told.get("/v1/cases/I-1")["closed_as"] == "paid"


@pytest.mark.parametrize(
    ("type", "more", "closed_as"),
    [("invoice.voided", {}, "voided"), ("invoice.credited", {"amount": "1000.00"}, "credited")],
)
def test_D7_a_bill_that_was_none_gives_its_money_back_as_credit(company, type, more, closed_as):
    told = owing(company, "I-1")
    told.pay("P-1", "300.00", "2026-03-02", allocations=[part("I-1", "300.00")])
    told.say(type, invoice="I-1", reason="wrong customer", **more)
    case = told.get("/v1/cases/I-1")
    assert (case["stage"], case["open_amount"]) == ("closed", "0.00")
    assert case["closed_as"] == closed_as
    assert credit_of(told) == {"CNY": "300.00"}
    assert exposure_of(told)[0] == "0.00"
    told.walk("2026-04-30")
    assert told.reminded("I-1") == ""


@pytest.mark.parametrize(("in_time", "visited"), [(True, ""), (False, "04-03")])
def test_T6_money_of_the_next_open_day_is_in_time_for_habits_while_the_ladder_counts_from_D(company, in_time, visited):
    told = owing(company)
    told.choose(habit_days=0, in_time_on_next_open_day=in_time)
    for bill, issued, due, paid in (
        ("I-1", "2026-02-02", "2026-03-14", "2026-03-16"),  # a Saturday, and the Monday after it
        ("I-2", "2026-02-03", "2026-03-21", "2026-03-23"),
    ):
        told.bill(bill, issued, due)
        told.walk(paid, "10:00")
        told.pay(f"P-{bill}", "1000.00", paid)
        assert told.reminded(bill, "B2") == paid[5:]
    told.bill("I-3", "2026-03-16", "2026-03-26")
    told.walk("2026-04-03")
    assert told.reminded("I-3", channel="visit") == visited
    assert told.get("/v1/customers/C-1")["habits"]["average_days_late"] == (0.0 if in_time else 2.0)
