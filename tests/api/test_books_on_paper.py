"""Letters about the books as documents: a statement tells the whole account, a reconciliation what was stated on its day."""

import io

from pypdf import PdfReader

from tests.api.tenants import Tenant


def read(tenant: Tenant, letter: str) -> str:
    """What stands in the letter, without spaces."""
    sent = tenant.as_("legal").get(f"/v1/letters/{letter}", headers={"Accept": "application/pdf"})
    assert sent.status_code == 200, sent.text
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(sent.content)).pages)


def letters(tenant: Tenant) -> list[str]:
    return [one["id"] for page in tenant.pages("/v1/messages", limit=200) for one in page if one["channel"] == "letter"]


def test_H1_a_reconciliation_says_what_was_stated_whatever_came_before_it_left(tenant: Tenant):
    tenant.customer(language="en")
    tenant.bill("INV-1", due_on="2026-06-30", amount="1000.00")
    tenant.walk("2026-03-02T18:00:00+08:00")
    sent = tenant.as_("finance").post("/v1/customers/C-1/reconciliations", json={}).json()
    tenant.walk("2026-03-03T08:00:00+08:00")
    tenant.post("payment.received", payment="P-1", customer="C-1", amount="400.00", currency="CNY", received_on="2026-03-03")
    tenant.walk("2026-03-03T12:00:00+08:00")
    said = read(tenant, sent["id"])
    assert "CNY1,000.00" in said and "CNY600.00" not in said
    assert "Balanceasof2March2026" in said and "20March2026" in said  # as of the day of issue; the day it is to be back


def test_G_the_hotels_statement_is_the_whole_account(tenant: Tenant):
    tenant.customer(language="en", playbook="hotel")
    tenant.bill("INV-1", issued_on="2026-02-10", due_on="2026-04-30", amount="1000.00")
    tenant.post("payment.received", payment="P-1", customer="C-1", amount="400.00", currency="CNY", received_on="2026-02-20")
    tenant.walk("2026-03-05T12:00:00+08:00")
    (letter,) = letters(tenant)
    said = read(tenant, letter)
    assert letter.startswith("statement~") and "1February2026to5March2026" in said
    for one in ("Balancebefore1February2026CNY0.00", "BillINV-1", "PaymentP-1CNY-400.00CNY600.00", "Balanceon5March2026"):
        assert one in said, said
