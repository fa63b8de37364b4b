"""The README's Python for an ERP, run as it stands there: events, lines, a bank statement, a webhook's signature."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.api.tenants import Service
from tests.api.test_bank import credit, document
from tests.test_readme import README, blocks

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    (snippet,) = (text for text in blocks(README, "python") if "def post_statement" in text)
    names: dict[str, Any] = {}
    exec(compile(snippet, "README.md", "exec"), names)
    return names


def test_what_an_erp_posts(example: dict[str, Any], service: Service):
    tenant = service.new_tenant()
    erp, finance, at = tenant.keys["erp"], tenant.keys["finance"], {"url": service.url}
    customer = tenant.event("customer.updated", customer="C-1", name="Hong Star Trading")
    given = {"currency": "CNY", "issued_on": "2026-01-05", "due_on": "2026-02-05", "confirmation_required": False}
    bills = [tenant.event("invoice.issued", invoice=f"INV-100{n}", customer="C-1", amount="50.00", **given) for n in (1, 2)]
    assert example["post_events"]([customer, bills[0]], erp, **at)["accepted"] == 2
    lines = "\n".join(json.dumps(one) for one in bills).encode()
    told = example["post_lines"](lines, erp, **at)
    assert (told["accepted"], told["duplicate"], told["complete"]) == (1, 1, True)
    told = example["post_statement"](document(credit("50.00", "INV-1002")), finance, **at)
    assert (told["applied"], told["results"][0]["allocations"][0]["invoice"]) == (1, "INV-1002")
    tenant.close()


def test_a_signature_is_genuine_or_it_is_not(example: dict[str, Any]):
    body, now = b'{"type":"case.escalated"}', datetime.now(UTC)

    def is_genuine(at: datetime, content: bytes = body, secret: str = SECRET) -> bool:
        signature = Webhook(SECRET).sign("msg_1", at, body.decode())
        sent = {"id": "msg_1", "timestamp": f"{at.timestamp():.0f}", "signature": f"v1,x {signature}"}
        headers = {f"webhook-{name}": value for name, value in sent.items()}
        genuine: bool = example["is_genuine"](secret, headers, content)
        return genuine

    assert is_genuine(now.replace(microsecond=0))
    assert not is_genuine(now.replace(microsecond=0), content=body + b" ")
    assert not is_genuine(now.replace(microsecond=0), secret="whsec_" + "A" * 32)
    assert not is_genuine(now.replace(microsecond=0) - timedelta(minutes=6))
