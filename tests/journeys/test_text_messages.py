"""Text messages by the company's own gateway: a real HTTP server that verifies signatures, and says later what came of them."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.company import Company
from tests.journeys.conftest import Founding
from tests.journeys.receiver import Receiver
from tests.patience import PATIENCE

TO = "+86 139 0000 0000"


@pytest.fixture
def texting(company: Founding, receiver: Receiver) -> Company:
    """Who reminds early, by text message too; the gateway is there."""
    made = company("2026-03-02T08:00:00+08:00")
    made.choose(playbook="early-reminder", company="Dunlog Ltd", language="en")
    contact = {"id": "ap", "name": "Li Na", "email": "ap@c-1.example", "mobile": TO, "role": "accounts_payable"}
    made.customer(confirmation_required=False, contacts=[contact])
    endpoint = made.do("admin", "/v1/webhook-endpoints", {"url": receiver.url, "types": ["message.send"]}, 201)
    receiver.secrets = [endpoint["secret"]]
    made.choose(sms_gateway=endpoint["id"])
    return made


def texts(company: Company) -> list[dict[str, Any]]:
    return [one for one in company.messages(customer="C-1") if one["channel"] == "sms"]


def eventually(holds: Callable[[], Any], what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, what
        time.sleep(0.05)


def test_G_a_text_message_goes_signed_to_the_gateway_which_may_say_later_that_it_reached_nobody(
    texting: Company, receiver: Receiver
):
    texting.bill("INV-1", "2026-03-02", "2026-03-27")
    texting.walk("2026-03-20")  # five open days before it is due
    eventually(lambda: [one["state"] for one in texts(texting)] == ["handed_over"], "it is handed over")
    (text,) = texts(texting)
    (taken,) = receiver.taken.values()
    assert len(taken) == 1 and taken[0]["type"] == "message.send" and taken[0]["id"] == text["id"]
    data = taken[0]["data"]
    assert (data["to"], data["text"], data["message"], data["language"]) == (TO, text["text"], text["id"], "en")
    assert data["text"].startswith("Dunlog Ltd: ") and "CNY 1,000.00" in data["text"] and "(INV-1)" in data["text"]
    assert len(data["text"].splitlines()) == 1 and len(data["text"]) < 300
    assert [e["data"]["message"] for e in texting.log("INV-1", "message.handed_over") if e["data"]["channel"] == "sms"] == [
        text["id"]
    ]
    path = f"/v1/messages/{text['id']}/bounced"
    assert texting.ask("collector", "POST", path, {}).status_code == 403
    texting.do("erp", path, {"code": "unknown_number"}, 201)
    texting.do("erp", path, {"code": "unknown_number"}, 409)
    (bounced,) = texting.log("INV-1", "message.bounced")
    assert (bounced["data"]["code"], bounced["data"]["returned"], texts(texting)[0]["state"]) == (
        "unknown_number",
        True,
        "bounced",
    )


def test_G_what_the_gateway_refuses_for_good_is_bounced(texting: Company, receiver: Receiver):
    receiver.answer = 422
    texting.bill("INV-1", "2026-03-02", "2026-03-27")
    texting.walk("2026-03-20")
    eventually(lambda: [one["state"] for one in texts(texting)] == ["bounced"], "it is bounced")
    assert [e["data"]["code"] for e in texting.log("INV-1", "message.bounced")] == ["gateway_refused"]
    assert len(receiver.attempts) == 1


def test_G_without_a_gateway_a_text_message_is_skipped(texting: Company, receiver: Receiver):
    response = texting.ask("admin", "PATCH", "/v1/settings", {"sms_gateway": "we_unknown"})
    assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "unknown_endpoint")
    texting.choose(sms_gateway=None)
    texting.bill("INV-1", "2026-03-02", "2026-03-27")
    rows = texting.get("/v1/cases/INV-1/schedule")["data"]
    assert any(
        action["code"] == "message:sms" and action["why_code"] == "schedule.channel_not_configured"
        for row in rows
        for action in row["actions"]
    )
    texting.walk("2026-03-20")
    assert texts(texting) == [] and receiver.attempts == []
    assert "channel_not_configured" in " ".join(texting.skipped("INV-1"))
