"""GET /v1/cases/{id}/schedule and /promises: what comes, what waits and for what, and what was promised."""

from collections import Counter

from service.api.models.cases import PromiseAnswer, Schedule, ScheduledStep
from tests.api.tenants import Json, Tenant, fits, problem


def schedule(tenant: Tenant, case: str = "INV-1", role: str = "viewer") -> list[Json]:
    """The rows of a schedule, in English."""
    response = tenant.as_(role).get(f"/v1/cases/{case}/schedule", headers={"Accept-Language": "en"})
    assert response.status_code == 200, response.text
    rows: list[Json] = fits(Schedule, response.json())["data"]
    for row in rows:
        fits(ScheduledStep, row)
    return rows


def steps(rows: list[Json], name: str) -> list[Json]:
    return [row for row in rows if row["step"] == name]


def test_an_overdue_bill_has_its_whole_ladder_before_it(tenant: Tenant):
    tenant.customer()
    tenant.bill("INV-1", due_on="2026-03-02")
    tenant.walk("2026-03-12")
    rows = schedule(tenant)
    dated = [(row["step"], row["at"]) for row in rows if row["at"]]
    assert [at for _, at in dated] == sorted(at for _, at in dated)
    assert dated[0] == ("overdue-daily", "2026-03-13T09:00:00+08:00")
    assert ("overdue-supervisor", "2026-03-16T09:00:00+08:00") in dated
    assert ("overdue-manager", "2026-04-02T09:00:00+08:00") in dated
    assert ("overdue-general-manager", "2026-05-06T09:00:00+08:00") in dated  # 2 May is a holiday
    assert ("ask-hold", "2026-06-02T09:00:00+08:00") in dated
    # weekly once a manager has it, counted from that day
    assert steps(rows, "overdue-weekly")[0]["at"] == "2026-04-09T09:00:00+08:00"
    assert max(Counter(step for step, _ in dated).values()) == 10
    assert dated[0][1] == tenant.get("/v1/cases/INV-1")["next_action"]["at"]


def test_a_step_tells_what_it_does_in_words_and_codes(tenant: Tenant):
    tenant.customer()
    tenant.bill("INV-1", due_on="2026-03-02")
    tenant.walk("2026-03-12")
    row = steps(schedule(tenant), "overdue-daily")[0]
    assert row["action"] == "E-mail to the customer; Task: call (owner)"
    applying = {one["code"]: one["applies"] for one in row["actions"]}
    assert applying == {"message:email": True, "task:call": True, "task:visit": False}
    assert (row["held_back"], row["why_code"]) == (False, "schedule.after")
    moved = steps(schedule(tenant), "overdue-daily")[1]  # 14 and 15 March are a weekend
    assert moved["why_codes"] == ["schedule.after", "schedule.moved"]


def test_what_waits_says_for_what(tenant: Tenant):
    tenant.customer()
    tenant.bill("INV-1", confirmation_required=True)
    waiting = {row["step"]: row for row in schedule(tenant) if row["at"] is None}
    assert all(row["held_back"] for row in waiting.values())
    assert waiting["tax-invoice-task"]["why_code"] == "schedule.waits_for_start"
    assert waiting["ask-lawyers-letter"]["why_code"] == "schedule.unconfirmed"
    assert "unconfirmed-by-the-20th" not in waiting  # binds monthly customers alone
    assert "pod-confirm-daily" not in waiting


def test_collection_follows_confirmation_on_paper(tenant: Tenant):
    tenant.customer()
    tenant.bill("INV-1", confirmation_required=True, due_on="2026-03-31")
    rows = schedule(tenant)
    (ends,) = steps(rows, "confirmation-ends")
    assert (ends["at"], ends["why_code"]) == ("2026-04-01T00:00:00+08:00", "schedule.confirmation_ends")
    assert steps(rows, "overdue-first-week")[0]["at"] == "2026-04-01T09:00:00+08:00"
    assert steps(rows, "confirm-supervisor")[0]["at"] == "2026-03-16T09:00:00+08:00"


def test_progress_holds_an_escalation_back(tenant: Tenant):
    tenant.customer()
    tenant.bill("INV-1", due_on="2026-03-02")
    tenant.walk("2026-03-10")
    tenant.post(
        "payment.received",
        payment="P-1",
        customer="C-1",
        amount="10.00",
        currency="CNY",
        received_on="2026-03-10",
        allocations=[{"invoice": "INV-1", "amount": "10.00"}],
    )
    (row,) = steps(schedule(tenant), "overdue-supervisor")
    assert row["at"] == "2026-03-24T09:00:00+08:00"
    assert (row["held_back"], row["why_code"]) == (True, "schedule.waits_for_progress")
    assert "24 March 2026" in row["why"]


def test_a_pause_holds_everything_back_until_it_ends(tenant: Tenant):
    tenant.customer()
    tenant.bill("INV-1", due_on="2026-03-02")
    tenant.walk("2026-03-10")
    paused = tenant.as_("collector").post(
        "/v1/cases/INV-1/pause", json={"until": "2026-03-19", "reason": "moving house"}
    )
    assert paused.status_code == 200, paused.text
    rows = schedule(tenant)
    assert (rows[0]["step"], rows[0]["at"]) == ("pause-ends", "2026-03-20T00:00:00+08:00")
    held = steps(rows, "overdue-daily")[0]
    assert (held["at"], held["why_code"]) == ("2026-03-20T09:00:00+08:00", "schedule.paused_manual")
    assert held["held_back"]
    later = steps(rows, "overdue-daily")[1]
    assert (later["at"], later["held_back"]) == ("2026-03-23T09:00:00+08:00", False)


def test_nobody_is_contacted_who_must_not_be(tenant: Tenant):
    tenant.customer(restrictions=["lawyer_represented"])
    tenant.bill("INV-1", due_on="2026-03-02")
    rows = schedule(tenant)
    assert steps(rows, "overdue-first-week")[0]["why_code"] == "schedule.restricted"
    assert not steps(rows, "overdue-supervisor")[0]["held_back"]
    assert tenant.get("/v1/cases/INV-1")["next_action"]["why_code"] == "schedule.restricted"


def test_an_open_request_waits_for_its_answer_and_a_refused_one_comes_again(tenant: Tenant):
    tenant.customer()
    tenant.bill("INV-1", due_on="2026-03-02")
    tenant.walk("2026-06-02")
    (row,) = steps(schedule(tenant), "ask-hold")
    assert (row["at"], row["why_code"]) == (None, "schedule.waits_for_answer")
    (approval,) = tenant.get("/v1/approvals", state="open", kind="hold")["data"]
    no = tenant.as_("boss").post(f"/v1/approvals/{approval['id']}/reject", json={"reason": "wait for the fair"})
    assert no.status_code == 200, no.text
    (row,) = steps(schedule(tenant), "ask-hold")
    assert (row["at"], row["why_code"]) == ("2026-06-16T09:00:00+08:00", "schedule.asked_again")


def test_levels_reached_are_said(tenant: Tenant):
    tenant.customer()
    tenant.bill("INV-1", due_on="2026-03-02")
    tenant.walk("2026-04-07")
    (row,) = steps(schedule(tenant), "overdue-daily")
    assert (row["at"], row["held_back"], row["why_code"]) == (None, True, "schedule.level_reached")


def test_before_go_live_everything_waits(service, tenant: Tenant):
    from datetime import date

    early = service.new_tenant(go_live=date(2026, 3, 16))
    early.customer()
    early.bill("INV-1", due_on="2026-03-02")
    rows = schedule(early)
    assert (rows[0]["step"], rows[0]["why_code"]) == ("take-up", "schedule.taken_up")
    assert rows[0]["at"] == "2026-03-16T09:00:00+08:00"
    assert steps(rows, "overdue-first-week")[0]["why_code"] == "schedule.waits_for_go_live"
    early.close()


def test_a_closed_case_has_no_schedule(tenant: Tenant):
    tenant.bill("INV-1")
    tenant.post("invoice.voided", invoice="INV-1")
    assert schedule(tenant) == []


def test_promises_with_what_became_of_them(tenant: Tenant):
    tenant.customer()
    for id in ("INV-1", "INV-2", "INV-3"):
        tenant.bill(id, due_on="2026-03-01")
    collector = tenant.as_("collector")
    for id, day in (("INV-1", "2026-03-05"), ("INV-2", "2026-03-05"), ("INV-3", "2026-03-20")):
        body = {"due_on": day, "promised_by": "Zhang Wei"}
        assert collector.post(f"/v1/cases/{id}/promises", json=body).status_code == 201
    tenant.post(
        "payment.received",
        payment="P-1",
        customer="C-1",
        amount="500.00",
        currency="CNY",
        received_on="2026-03-02",
        allocations=[{"invoice": "INV-2", "amount": "500.00"}],
    )
    tenant.walk("2026-03-10")
    states = {}
    for id in ("INV-1", "INV-2", "INV-3"):
        (one,) = tenant.get(f"/v1/cases/{id}/promises")["data"]
        fits(PromiseAnswer, one)
        states[id] = (one["state"], one["received"], one["promised_by"], one["due_on"])
    assert states == {
        "INV-1": ("broken", "0.00", "Zhang Wei", "2026-03-05"),
        "INV-2": ("partially_kept", "500.00", "Zhang Wei", "2026-03-05"),
        "INV-3": ("open", "0.00", "Zhang Wei", "2026-03-20"),
    }
    assert tenant.get("/v1/cases/INV-1/promises", "viewer")["data"][0]["promised_by"] is None
    assert collector.post("/v1/cases/INV-1/promises", json={"due_on": "2026-03-12"}).status_code == 201
    tenant.post("invoice.voided", invoice="INV-3")
    assert [one["state"] for one in tenant.get("/v1/cases/INV-3/promises")["data"]] == ["cancelled"]
    assert [one["state"] for page in tenant.pages("/v1/cases/INV-1/promises", limit=1) for one in page] == [
        "broken",
        "open",
    ]


def test_what_cannot_be_asked(tenant: Tenant, stranger: Tenant):
    tenant.bill("INV-1")
    assert problem(tenant.as_("viewer").get("/v1/cases/INV-1/schedule?days=5")) == (422, "unknown_parameter")
    assert problem(tenant.as_("viewer").get("/v1/cases/INV-1/promises?limit=0")) == (422, "out_of_range")
    assert problem(stranger.as_("viewer").get("/v1/cases/INV-1/schedule")) == (404, "unknown_invoice")


# Why not (E5, C11, A, G)


def one_step(tenant: Tenant, step: str, case: str = "INV-1", language: str = "en") -> list[Json]:
    answer = tenant.as_("viewer").get(f"/v1/cases/{case}/schedule?step={step}", headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    rows: list[Json] = fits(Schedule, answer.json())["data"]
    return rows


def codes(row: Json) -> list[tuple[str, str | None]]:
    return [(one["code"], one["why_code"]) for one in row["actions"]]


def test_nobody_to_write_to_holds_the_mail_back_and_the_call_goes(tenant: Tenant):
    tenant.post("customer.updated", customer="C-1", name="Acme", contacts=[])
    tenant.bill("INV-1", due_on="2026-03-02")
    row = one_step(tenant, "overdue-first-week")[0]
    assert codes(row) == [("message:email", "schedule.no_contact"), ("task:call", None)]
    assert not row["held_back"]
    told = one_step(tenant, "tell-of-hold")[0]
    assert (told["why_code"], told["why"]) == ("schedule.waits_for_start", "Waits until the grant is known.")


def test_a_step_whose_every_word_finds_nobody_is_held_back_and_says_so(tenant: Tenant):
    text = tenant.get("/v1/playbooks/early-reminder")["text"].replace(
        "          - task: {kind: call, why: overdue}\n", ""
    )
    assert tenant.as_("admin").post("/v1/playbooks", json={"text": text}).status_code == 201
    tenant.post("customer.updated", customer="C-1", name="Acme", playbook="early-reminder", contacts=[])
    tenant.bill("INV-1", due_on="2026-03-02", confirmation_required=False)
    row = one_step(tenant, "chase")[0]
    assert (row["held_back"], row["why_codes"][:2]) == (
        True,
        ["schedule.no_contact", "schedule.channel_not_configured"],
    )
    assert one_step(tenant, "chase", language="zh")[0]["why"].startswith("暂停：客户没有")


def test_collection_waits_for_the_confirmation(tenant: Tenant):
    tenant.customer(confirmation_required=True)
    tenant.bill("INV-1", due_on="2026-04-30", confirmation_required=True)
    row = one_step(tenant, "tell-of-hold")[0]
    assert row["why_code"] == "schedule.unconfirmed"
    assert "30 April 2026" in row["why"]


def test_what_waits_for_an_answer_names_the_request(tenant: Tenant):
    tenant.customer()
    tenant.bill("INV-1", issued_on="2026-01-02", due_on="2026-01-05")
    tenant.walk("2026-04-10")
    (approval,) = tenant.ids("/v1/approvals", state="open", kind="hold")
    for step in ("ask-hold", "tell-of-hold", "ask-formal-letter"):
        (row,) = one_step(tenant, step)
        assert (row["why_code"], row["held_back"]) == ("schedule.waits_for_answer", True)
        assert approval in row["why"]


def test_of_a_step_that_is_over_it_says_since_when(tenant: Tenant):
    tenant.customer()
    tenant.bill("INV-1", due_on="2026-03-02")
    tenant.walk("2026-03-20")
    assert not steps(schedule(tenant), "overdue-first-week")
    (row,) = one_step(tenant, "overdue-first-week")
    assert (row["why"], row["at"]) == ("Nothing more: its last day was 9 March 2026.", None)
    assert one_step(tenant, "pod-collect")[0]["why_code"] == "schedule.never"
    tenant.post("payment.received", payment="P-1", customer="C-1", amount="1200.00", currency="CNY")
    assert one_step(tenant, "overdue-daily")[0]["why_code"] == "schedule.closed"
    unknown = tenant.as_("viewer").get("/v1/cases/INV-1/schedule?step=none")
    assert problem(unknown) == (404, "unknown_step")


def test_a_customers_ladder_tells_its_day_of_the_calendar(tenant: Tenant):
    tenant.customer(playbook="hotel")
    tenant.bill("INV-1", due_on="2026-06-30")
    row = one_step(tenant, "statement")[0]
    assert (row["at"], row["why"]) == ("2026-03-05T09:00:00+08:00", "Rule G-hotel: the calendar’s day is 5 March 2026.")
