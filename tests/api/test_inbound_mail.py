"""POST /v1/inbound-mail: what is taken, and what of it is told. What follows for messages stands in the journeys of mail."""

import base64

import pytest

from service.api.inbound_mail import LARGEST
from service.api.models.inbound import InboundMailAnswer
from tests.api.tenants import Tenant, fits, problem
from tests.channels.inbound import bounce, reply
from tests.channels.test_mail_reading import HOSTILE

RAW = {"Content-Type": "message/rfc822"}


def post(tenant: Tenant, raw: bytes, role: str = "erp"):
    return tenant.as_(role).post("/v1/inbound-mail", content=raw, headers=RAW)


def test_mail_about_nothing_of_ours_is_said_to_be_so_and_not_kept(tenant: Tenant):
    tenant.customer()
    for raw, recognised in (
        (reply("Hello?", to=None, sender="nobody@x.example"), "unknown"),
        (reply("Hello?"), "unknown"),
        (bounce("failed", "5.1.1"), "bounce"),
        (bounce("delayed", "4.4.1"), "delay"),
        (b"Auto-Submitted: auto-replied\r\n" + reply("Away."), "auto_reply"),
    ):
        answer = post(tenant, raw)
        assert answer.status_code == 202, answer.text
        told = fits(InboundMailAnswer, answer.json())
        assert told == {
            "recognised": recognised, "status": "ignored", "message": None, "customer": None, "contact": None, "position": None,
        }  # fmt: skip
    assert [e["type"] for e in tenant.get("/v1/events", customer="C-1")["data"]] == ["customer.updated"]


def test_a_mail_may_come_as_json(tenant: Tenant):
    raw = base64.b64encode(reply("Hello?")).decode()
    answer = tenant.as_("erp").post("/v1/inbound-mail", json={"raw": raw})
    assert (answer.status_code, answer.json()["recognised"]) == (202, "unknown")
    for body, code in (
        ({"raw": raw + "!"}, "mail_no_base64"),
        ({"raw": "Zg"}, "mail_no_base64"),
        ({"raw": 1}, "mail_missing"),
        ({}, "mail_missing"),
        ({"raw": raw, "more": 1}, "mail_missing"),
        ([], "mail_missing"),
    ):
        refused = tenant.as_("erp").post("/v1/inbound-mail", json=body)
        assert problem(refused)[0] == 422 and refused.json()["errors"][0]["code"] == code


@pytest.mark.parametrize("name", ["empty", "nul", "no_headers", "deep_parts", "deep_mails", "giant_header", "not_utf8"])
def test_a_hostile_mail_is_answered(tenant: Tenant, name: str):
    answer = post(tenant, HOSTILE[name])
    assert answer.status_code in (202, 422), answer.text


def test_who_may_and_how_much(tenant: Tenant):
    assert problem(post(tenant, reply("x"), "collector")) == (403, "role_may_not")
    assert post(tenant, reply("x"), "admin").status_code == 202
    assert problem(post(tenant, b"From: a@b.c\r\n\r\n" + b"x" * LARGEST)) == (413, "payload_too_large")
    refused = tenant.as_("erp").post("/v1/inbound-mail", content=b"x", headers={"Content-Type": "text/plain"})
    assert problem(refused) == (415, "unsupported_media_type")
