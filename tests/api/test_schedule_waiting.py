"""GET /v1/cases/{id}/schedule: messages that steps have filled and that wait - for their slot, a look, advice, the feed."""

import pytest

from tests.api.tenants import Json, Tenant
from tests.api.test_schedule import schedule, steps


@pytest.fixture
def queued(tenant: Tenant) -> Tenant:
    """A bill whose first reminder has left; the next is filled on Monday the 9th."""
    tenant.customer()
    tenant.bill("INV-1", due_on="2026-03-02")
    tenant.walk("2026-03-06T18:00:00+08:00")
    return tenant


def waiting(tenant: Tenant, case: str = "INV-1") -> list[Json]:
    return [row for row in schedule(tenant, case) if row["message"]]


def ask(tenant: Tenant, path: str, body: Json) -> None:
    answer = tenant.as_("collector").post(f"/v1/messages/{path}", json=body)
    assert answer.status_code == 201, answer.text


def test_C12_what_a_reply_holds_back_is_said_until_when(queued: Tenant):
    left = queued.ids("/v1/messages", state="captured")[0]
    ask(queued, f"{left}/reply", {"text": "Soon."})
    queued.walk("2026-03-09T10:00:00+08:00")
    (row,) = waiting(queued)
    assert (row["held_back"], row["why_codes"]) == (True, ["schedule.waits_for_look"])
    assert (row["at"], row["action"]) == ("2026-03-10T09:00:00+08:00", "E-mail to the customer")
    assert row["why"] == "Held back until 10 March 2026: the customer has answered, and nobody has looked at it yet."
    assert row["message"] in queued.ids("/v1/messages", state="queued")


def test_C14_a_message_that_waits_for_advice_says_so(queued: Tenant):
    ask(queued, "C-1~zhang~email~2026-03-09/withhold", {"question": "Their CFO is new."})
    queued.walk("2026-03-09T10:00:00+08:00")
    (row,) = waiting(queued)
    assert (row["message"], row["why_codes"]) == ("C-1~zhang~email~2026-03-09", ["schedule.waits_for_advice"])
    assert (row["at"], row["held_back"]) == ("2026-03-09T17:00:00+08:00", True)


def test_F1_what_is_filled_of_a_paused_bill_says_that_it_is_paused(queued: Tenant):
    ask(queued, "C-1~zhang~email~2026-03-09/withhold", {"question": "Their CFO is new."})
    queued.walk("2026-03-09T10:00:00+08:00")
    paused = queued.as_("collector").post("/v1/cases/INV-1/pause", json={"until": "2026-03-12", "reason": "moving"})
    assert paused.status_code == 200, paused.text
    assert waiting(queued)[0]["why_codes"] == ["schedule.paused_manual", "schedule.waits_for_advice"]


def test_C12_a_silent_feed_holds_back_what_is_filled_and_what_is_to_come(queued: Tenant):
    queued.as_("admin").patch("/v1/settings", json={"payment_feed_days": 1})
    queued.walk("2026-03-09T10:00:00+08:00")
    (row,) = waiting(queued)
    assert row["why_code"] == "schedule.payment_feed"
    ahead = next(one for one in steps(schedule(queued), "overdue-daily") if not one["message"])
    assert ("message:email", "schedule.payment_feed") in [(one["code"], one["why_code"]) for one in ahead["actions"]]
    queued.as_("erp").put("/v1/payment-feed", json={"known_through": "2026-03-09"})
    assert waiting(queued)[0]["why_code"] == "schedule.leaves"
