"""GET /v1/messages, one message, and letters: what was said to whom, and who may read it."""

from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from service.api.models.work import LetterAnswer, MessageAnswer
from tests.api.tenants import Service, Tenant, fits, problem


@pytest.fixture(scope="module")
def post(service: Service) -> Iterator[Tenant]:
    """Two customers who are written to; a letter has gone out to the first. Only to be read."""
    tenant = service.new_tenant()
    tenant.customer("C-1", language="en")
    tenant.customer("C-2", name="Alba")
    tenant.bill("INV-1", "C-1", due_on="2026-03-02")
    tenant.bill("INV-2", "C-1", due_on="2026-03-02")
    tenant.walk("2026-06-02")
    agree(tenant)
    tenant.bill("INV-3", "C-2", issued_on="2026-06-01", due_on="2026-06-08")
    tenant.walk("2026-06-10")
    agree(tenant)
    tenant.walk("2026-06-11")
    yield tenant
    tenant.close()


def agree(tenant: Tenant) -> None:
    """The boss grants what is asked."""
    for approval in tenant.get("/v1/approvals", state="open")["data"]:
        granted = tenant.as_(approval["role"]).post(f"/v1/approvals/{approval['id']}/grant", json={})
        assert granted.status_code == 200, granted.text


def test_C12_only_a_message_that_has_left_can_be_answered(tenant):
    tenant.customer()
    tenant.bill("INV-1", issued_on="2026-01-05", due_on="2026-02-27")
    tenant.walk("2026-03-02T18:00:00+08:00")
    tenant.bill("INV-2", issued_on="2026-01-05", due_on="2026-03-01")
    left, *_ = tenant.ids("/v1/messages", state="captured")
    reply = {"text": "Soon."}
    answer = tenant.as_("collector").post(f"/v1/messages/{left}/reply", json=reply)
    assert answer.status_code == 201 and tenant.get(f"/v1/messages/{left}")["state"] == "replied"
    assert tenant.as_("collector").post(f"/v1/messages/{left}/reply", json=reply).status_code == 201
    tenant.walk("2026-03-03T10:00:00+08:00")
    waiting, *_ = tenant.ids("/v1/messages", state="queued")
    response = tenant.as_("collector").post(f"/v1/messages/{waiting}/reply", json=reply)
    assert problem(response) == (409, "message_not_left")


def test_a_message_about_several_bills(post: Tenant):
    (first, *_) = post.get("/v1/messages", customer="C-1", limit=200)["data"][::-1]
    found = fits(MessageAnswer, post.get(f"/v1/messages/{first['id']}"))
    assert found == first
    assert (found["customer"], found["contact"], found["channel"], found["state"]) == (
        "C-1",
        "zhang",
        "email",
        "captured",
    )
    assert found["cases"] == ["INV-1", "INV-2"]
    assert "INV-1" in found["text"]
    assert found["at"] == "2026-03-02T10:00:00+08:00"


def test_filters_and_pages(post: Tenant):
    everything = post.ids("/v1/messages", limit=200)
    assert post.ids("/v1/messages", limit=7) == everything
    mine = post.ids("/v1/messages", customer="C-2", limit=1)
    assert mine and set(mine) == set(post.ids("/v1/messages", case="INV-3"))
    assert set(post.ids("/v1/messages", customer="C-1")) == set(everything) - set(mine)
    by_state = {
        state: post.ids("/v1/messages", state=state) for state in ("captured", "queued", "struck", "handed_over")
    }
    assert sorted(id for ids in by_state.values() for id in ids) == sorted(everything)
    assert len(by_state["captured"]) > 10
    assert post.ids("/v1/messages", state="bounced") == []
    ats = [row["at"] for page in post.pages("/v1/messages", limit=50) for row in page]
    assert ats == sorted(ats, reverse=True)


def test_what_has_not_left_is_queued(tenant: Tenant):
    tenant.customer()
    tenant.bill("INV-1", due_on="2026-03-06")
    tenant.walk("2026-03-03")
    tenant.post("tax_invoice.requested", invoice="INV-1")
    tenant.post("tax_invoice.dispatched", invoice="INV-1", courier="SF", tracking="SF-1")
    waiting = tenant.get("/v1/messages", state="queued")["data"]
    for one in waiting:
        fits(MessageAnswer, one)
        assert (one["state"], one["text"], one["cases"]) == ("queued", None, ["INV-1"])


@pytest.mark.parametrize("role", ["viewer", "erp"])
def test_texts_are_not_for_everybody(post: Tenant, role: str):
    (one,) = post.get("/v1/messages", role, limit=1)["data"]
    assert (one["subject"], one["text"]) == (None, None)
    assert post.get("/v1/messages", "collector", limit=1)["data"][0]["text"]


def letter(tenant: Tenant) -> str:
    found = [
        row["id"] for page in tenant.pages("/v1/messages", limit=200) for row in page if row["channel"] == "letter"
    ]
    assert found
    return str(found[-1])


def test_a_letter_as_text_and_as_json(post: Tenant):
    id = letter(post)
    text = post.as_("legal").get(f"/v1/letters/{id}", headers={"Accept": "text/plain"})
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert "INV-1" in text.text
    found = fits(LetterAnswer, post.get(f"/v1/letters/{id}", "legal"))
    assert (found["id"], found["channel"], found["text"]) == (id, "letter", text.text)
    assert found["kind"] in ("formal_dunning", "reconciliation", "credit_stop")
    assert found["issued_on"] >= "2026-06-02"


def test_H2_a_letter_is_kept_byte_for_byte_with_its_hash_in_the_log(post: Tenant):
    id = letter(post)
    sent = post.as_("legal").get(f"/v1/letters/{id}")
    assert sent.headers["content-type"] == "application/pdf" and sent.content.startswith(b"%PDF-")
    hash = sha256(sent.content).hexdigest()
    assert sent.headers["etag"] == f'"{hash}"'
    again = post.as_("legal").get(f"/v1/letters/{id}", headers={"If-None-Match": f'"{hash}"'})
    assert (again.status_code, again.content) == (304, b"")
    told = [e["data"] for e in post.get("/v1/events", type="letter.printed")["data"]]
    assert [one["sha256"] for one in told if one["letter"] == id] == [hash]
    read = "".join(page.extract_text() for page in PdfReader(BytesIO(sent.content)).pages)
    assert all(case in read for case in post.get(f"/v1/letters/{id}")["cases"])


def test_a_letter_refused(post: Tenant, stranger: Tenant):
    id = letter(post)
    for role in ("viewer", "erp"):
        assert problem(post.as_(role).get(f"/v1/letters/{id}")) == (403, "role_may_not")
    assert problem(stranger.as_("legal").get(f"/v1/letters/{id}")) == (404, "not_found")
    picture = post.as_("legal").get(f"/v1/letters/{id}", headers={"Accept": "image/png"})
    assert problem(picture) == (406, "not_acceptable")
    message = post.get("/v1/messages", customer="C-2", limit=1)["data"][0]["id"]
    assert problem(post.as_("legal").get(f"/v1/letters/{message}")) == (404, "not_found")


def test_a_message_is_only_its_own_tenants(post: Tenant, stranger: Tenant):
    id = post.ids("/v1/messages")[0]
    assert problem(stranger.as_("admin").get(f"/v1/messages/{id}")) == (404, "not_found")
    assert problem(post.as_("admin").get("/v1/messages/a%00b")) == (404, "not_found")
    assert stranger.ids("/v1/messages") == []


@pytest.mark.parametrize(
    ("query", "code"),
    [("state=ready", "not_one_of"), ("channel=email", "unknown_parameter"), ("cursor=AAAA", "cursor_invalid")],
)
def test_what_cannot_be_asked(post: Tenant, query: str, code: Any):
    assert problem(post.as_("viewer").get(f"/v1/messages?{query}")) == (422, code)
