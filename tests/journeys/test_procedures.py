"""The other procedures of section G, lived through the API on dated days: one customer each, in one house."""

from datetime import date

from tests.journeys.company import day_of


def on(company, playbook, now="2026-03-02T08:00:00+08:00", **facts):
    """A company with one customer on that playbook."""
    made = company(now)
    made.customer(playbook=playbook, **{"confirmation_required": False, **facts})
    return made


def flag(told, bill, name):
    told.do("collector", f"/v1/cases/{bill}/flags", {"flag": name})


def letters(told):
    """Every letter's day and kind."""
    return [f"{day_of(e)} {e['data']['kind']}" for e in told.feed("letter.issued")]


def asked(told):
    """Every request's day, kind and role."""
    return [f"{day_of(e)} {e['data']['kind']} {e['data']['role']}" for e in told.feed("approval.requested")]


def test_G_ageing_from_a_friendly_word_to_the_hand_over(company):
    told = on(company, "ageing")
    told.bill("I-1", "2026-03-02", "2026-03-09", amount="120000.00")
    told.walk("2026-05-09", "12:00")
    assert told.reminded("I-1").split()[:6] == ["03-10", "03-17", "03-24", "03-31", "04-07", "04-09"]
    first = told.messages()[0]
    assert (first["subject"], first["state"]) == ("A friendly reminder: 1 bill, CNY 120,000.00", "captured")
    told.grant("letter", "C-1")
    told.walk("2026-06-10")
    assert letters(told) == ["05-09 formal_dunning"]
    assert [t["kind"] for t in told.tasks(kind="visit", state="open")] == ["visit"]
    flag(told, "I-1", "wilful_default")
    told.walk("2026-06-11", "12:00")
    told.grant("hand_over", "C-1")
    assert told.get("/v1/cases/I-1")["stage"] == "legal"
    told.walk("2026-07-31")
    assert told.reminded("I-1").split()[-1] <= "06-11"
    assert asked(told) == ["05-09 credit_stop finance", "05-09 letter boss", "06-11 hand_over boss"]


def test_G_pressure_letter_by_letter(company):
    told = on(company, "pressure")
    told.bill("I-1", "2026-03-02", "2026-03-09")
    told.walk("2026-03-10")
    (call,) = told.tasks(kind="call", state="open")
    assert (call["why_code"], call["due_on"]) == ("task.ask_cause", "2026-03-10")
    path, record = f"/v1/tasks/{call['id']}/complete", {"channel": "phone", "outcome": "reached"}
    assert told.ask("collector", "POST", path, record).json()["code"] == "record_incomplete"
    told.do("collector", path, {**record, "cause": "cash_short"})
    told.walk("2026-06-08")
    assert letters(told) == ["03-16 reminder", "04-09 urgent", "05-09 stern", "05-25 final_notice"]
    assert told.escalated("I-1") == ["04-09 supervisor", "05-09 manager"]
    assert asked(told) == ["05-09 credit_stop finance", "06-08 hand_over boss"]


def test_G_early_reminder_by_segment(company):
    told = on(company, "early-reminder", segment="preferred")
    told.customer("C-2", playbook="early-reminder", segment="risk", confirmation_required=False)
    for bill, customer in (("I-1", "C-1"), ("I-2", "C-2")):
        told.bill(bill, "2026-03-02", "2026-03-16", customer)
    told.walk("2026-05-18")
    assert told.reminded("I-1", channel="email").split()[:3] == ["03-09", "03-24", "03-31"]
    assert told.reminded("I-2", channel="email").split()[:3] == ["03-09", "03-17", "03-24"]
    assert told.reminded("I-1", channel="phone").split()[0] == "03-11"
    assert {line.split()[-1] for line in told.skipped("I-1")} == {"channel_not_configured"}  # no SMS in this house
    assert told.escalated("I-1") == ["05-18 supervisor"]  # D+61 is a Saturday
    (call,) = told.tasks(kind="call", customer="C-1", state="open")
    assert call["role"] == "supervisor"


def test_G_hotel_statements_and_books_compared_on_site(company):
    told = on(company, "hotel", credit_limit="2500.00", currency="CNY", confirmation_required=True)
    told.bill("I-1", "2026-03-02", "2026-04-10")
    told.bill("I-2", "2026-03-03", "2026-04-30")
    told.walk("2026-04-11")
    assert letters(told) == ["03-05 statement", "04-07 statement"]
    (letter, _) = told.feed("letter.issued")
    assert sorted(letter["data"]["cases"]) == ["I-1", "I-2"]
    assert [t["cases"] for t in told.tasks(kind="reconcile")] == [["I-1"]]
    flag(told, "I-2", "wilful_delay")
    assert told.notices("wilful_delay") == ["04-11 finance"]
    told.bill("I-3", "2026-04-11", "2026-05-31")
    told.walk("2026-04-13")
    assert asked(told) == ["04-13 credit_stop finance"]  # over the limit with the third
    told.grant("credit_stop", "C-1", "finance")
    assert [day_of(one) for one in told.feed("credit.restricted")] == ["04-13"]


def test_G_phone_from_point_to_point(company):
    told = on(company, "phone")
    told.bill("I-1", "2026-03-02", "2026-03-09")
    told.walk("2026-03-10")
    said = {"contact": "ap", "notes": "no answer on any number", "verified": ["number"]}
    told.close("call", "C-1", "collector", **{**said, "outcome": "not_reached"})
    told.walk("2026-03-19")
    assert [t["kind"] for t in told.tasks(kind="find_contact", state="open")] == ["find_contact"]
    told.close("call", "C-1", "collector", outcome="reached", willingness="yes", ability="part", **said)
    told.walk("2026-03-30")
    assert told.escalated("I-1") == []  # somebody was reached
    ahead = [r for r in told.get("/v1/cases/I-1/schedule")["data"] if r["step"] == "plan" and r["at"]]
    assert [row["held_back"] for row in ahead] == [False] * len(ahead)
    flag(told, "I-1", "wilful")
    told.walk("2026-03-31")
    assert asked(told) == ["03-31 hand_over boss"]


def test_G_employee_statement_and_deduction(company):
    told = on(company, "employee", now="2026-03-20T08:00:00+08:00")
    told.bill("I-1", "2026-03-20", "2026-04-15", amount="88.00")
    told.bill("I-2", "2026-03-27", "2026-04-15", amount="12.00")
    told.walk("2026-04-01", "10:00")
    told.grant("letter", "C-1", "finance")
    told.walk("2026-04-16")
    assert letters(told) == ["04-01 statement"]
    (deduct,) = told.tasks(kind="deduct")
    assert (sorted(deduct["cases"]), deduct["role"], deduct["due_on"]) == (["I-1", "I-2"], "finance", "2026-04-21")
    assert told.get(f"/v1/tasks/{deduct['id']}")["amounts"] == [{"currency": "CNY", "amount": "100.00"}]
    told.pay("P-1", "88.00", "2026-04-16")
    assert told.get(f"/v1/tasks/{deduct['id']}")["amounts"] == [{"currency": "CNY", "amount": "12.00"}]
    told.do("finance", f"/v1/tasks/{deduct['id']}/complete", {})
    assert told.tasks(kind="deduct", state="open") == []


# Which playbook


def test_E1_the_customer_else_the_segment_else_the_tenant_chooses_and_the_case_keeps_it(company):
    told = company("2026-03-02T08:00:00+08:00")
    told.choose(playbook="ageing", segment_playbooks={"risk": "pressure"})
    chosen = {"C-1": {"playbook": "phone", "segment": "risk"}, "C-2": {"segment": "risk"}, "C-3": {}}
    for customer, facts in chosen.items():
        told.customer(customer, **facts)
        told.bill(f"I-{customer}", "2026-03-02", "2026-03-31", customer)
    found = [told.get(f"/v1/cases/I-{customer}")["playbook"] for customer in chosen]
    assert found == [{"name": name, "version": 1} for name in ("phone", "pressure", "ageing")]
    told.customer("C-3", segment="risk")
    assert told.get("/v1/cases/I-C-3")["playbook"]["name"] == "ageing"
    refused = told.ask("admin", "PATCH", "/v1/settings", {"segment_playbooks": {"risk": "none-such"}})
    assert refused.json()["errors"][0]["code"] == "unknown_playbook"


LOOKS = """
grammar: 1
name: looks
ladders:
  - ladder: weekly
    scope: tenant
    start: {weekday: 3}
    select: SELECT
    steps:
      - {step: look, rule: G, do: [{notice: {audience: [finance], text: wilful_delay}}]}
"""


def test_G_a_ladder_published_today_comes_on_its_next_day_and_finds_those_it_is_meant_for(company):
    told = company("2026-03-02T08:00:00+08:00")
    told.choose(segment_playbooks={"risk": "standard"})
    publish = {"text": LOOKS.replace("SELECT", "{segment: risk, having: overdue_bills}")}
    told.do("admin", "/v1/playbooks", publish, 201)
    told.choose(playbook="looks")
    told.choose(segment_playbooks={"risk": "looks", "preferred": "standard"})
    people = {"C-1": ("risk", "2026-03-03"), "C-2": ("risk", "2026-03-04"), "C-3": ("standard", "2026-03-03")}
    for customer, (segment, due) in people.items():
        told.customer(customer, segment=segment, confirmation_required=False)
        told.bill(f"I-{customer}", "2026-03-02", due, customer)
    told.walk(date(2026, 3, 4).isoformat())
    (notice,) = told.feed("notice.raised")
    assert (day_of(notice), notice["data"]["customers"]) == ("03-04", ["C-1"])


# Resuming (F1)


def test_F1_the_preview_of_a_resume_is_what_then_happens(company):
    told = company("2026-03-02T08:00:00+08:00")
    told.customer(confirmation_required=False)
    for bill in ("I-1", "I-2"):
        told.bill(bill, "2026-03-02", "2026-03-09")
    told.walk("2026-03-11")
    told.do("supervisor", "/v1/customers/C-1/pause", {"until": "2026-07-31", "reason": "a new system"})
    told.walk("2026-06-17")
    seen = told.do("supervisor", "/v1/customers/C-1/resume?preview=true", {})
    before = {bill: len(told.log(bill)) for bill in ("I-1", "I-2")}
    told.do("supervisor", "/v1/customers/C-1/resume", {})
    told.walk("2026-06-25")
    fresh = {bill: told.log(bill)[before[bill] :] for bill in before}

    mail = [one for one in seen["contacts"] if one["channel"] == "email"]
    assert (mail[0]["at"][:10], mail[0]["cases"]) == ("2026-06-18", ["I-1", "I-2"])
    sent = [m["at"][:10] for m in told.messages() if m["at"] >= "2026-06-18"]
    assert [one["at"][:10] for one in mail] == sent[: len(mail)]
    levels = [(one["case"], one["at"][5:10], one["level"]) for one in seen["escalations"]]
    assert sorted(levels) == sorted(
        (bill, day_of(e), e["data"]["level"]) for bill in fresh for e in fresh[bill] if e["type"] == "case.escalated"
    )
    assert [level for case, _, level in levels if case == "I-1"] == ["supervisor", "manager", "general_manager"]
    assert (
        [one["at"][5:10] for one in seen["requests"]]
        == [day_of(e) for e in told.feed("approval.requested") if e["data"]["kind"] == "hold"]
        == ["06-24"]
    )
    skipped = {(one["case"], one["step"], one["count"], one["why_code"]) for one in seen["skipped"]}
    assert skipped == {
        (bill, e["data"]["step"], e["data"]["count"], f"skipped.{e['data']['why']}")
        for bill in fresh
        for e in fresh[bill]
        if e["type"] == "step.skipped"
    }
