"""POST /v1/bank-statements: what came in by the bank's own message (ISO 20022), applied where it is certain whose it is."""

from datetime import date
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

import pytest

from service.channels.camt import StatementMistake, read
from service.domain.matching import Certain, OpenBill, Received, Uncertain, match
from tests.api.tenants import Tenant, problem

XML = {"Content-Type": "application/xml"}
ON = "2026-03-02"


def credit(amount: str, text: str = "", payer: str | None = None, ref: str | None = None, **more: str) -> str:
    """An entry of a statement with one transaction."""
    own = f"<AcctSvcrRef>{ref}</AcctSvcrRef>" if ref else ""
    by = f"<RltdPties><Dbtr><Pty><Nm>{escape(payer)}</Nm></Pty></Dbtr></RltdPties>" if payer else ""
    structured = more.get("structured", "")
    said = f"<RmtInf><Ustrd>{escape(text)}</Ustrd>{structured}</RmtInf>"
    return f"""<Ntry><Amt Ccy="{more.get("currency", "CNY")}">{amount}</Amt>
        <CdtDbtInd>{more.get("direction", "CRDT")}</CdtDbtInd>{more.get("reversal", "")}
        <Sts><Cd>{more.get("status", "BOOK")}</Cd></Sts><BookgDt><Dt>{more.get("on", ON)}</Dt></BookgDt>
        <NtryDtls><TxDtls><Refs>{own}<EndToEndId>NOTPROVIDED</EndToEndId></Refs>{by}{said}</TxDtls></NtryDtls></Ntry>"""


def document(*entries: str, message: str = "BkToCstmrStmt", part: str = "Stmt", version: str = "camt.053.001.08") -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
        <Document xmlns="urn:iso:std:iso:20022:tech:xsd:{version}"><{message}><GrpHdr><MsgId>M1</MsgId></GrpHdr>
        <{part}><Id>S1</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>{"".join(entries)}</{part}></{message}>
        </Document>""".encode()


def post(tenant: Tenant, xml: bytes, role: str = "finance") -> dict[str, Any]:
    answer = tenant.as_(role).post("/v1/bank-statements", content=xml, headers=XML)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


@pytest.fixture
def owing(tenant: Tenant) -> Tenant:
    tenant.customer("C-1", name="Hong Star Trading")
    tenant.customer("C-2", name="Blue Moon GmbH")
    tenant.bill("INV-1001", "C-1", "1200.00", issued_on="2026-01-05", due_on="2026-02-05", reference="PO 7/881")
    tenant.bill("INV-1002", "C-1", "300.00", issued_on="2026-01-05", due_on="2026-02-06")
    tenant.bill("INV-2001", "C-2", "500.00", issued_on="2026-02-05", due_on="2026-04-06", reference="REF-77-B")
    return tenant


def open_amount(tenant: Tenant, case: str) -> str:
    found: str = tenant.get(f"/v1/cases/{case}")["open_amount"]
    return found


def test_number_and_amount_agree(owing: Tenant):
    told = post(owing, document(credit("1200.00", "Payment of inv-1001, INV-1001. Thank you", ref="B1")))
    assert (told["credits"], told["applied"]) == (1, 1)
    (one,) = told["results"]
    assert (one["customer"], one["allocations"]) == ("C-1", [{"invoice": "INV-1001", "amount": "1200.00"}])
    assert owing.get("/v1/cases/INV-1001")["closed_as"] == "paid"
    paid = owing.get(f"/v1/payments/{one['payment']}")
    assert (paid["amount"], paid["received_on"], paid["customer"]) == ("1200.00", ON, "C-1")


def test_reference_and_name_agree_and_a_part_is_paid(owing: Tenant):
    (one,) = post(owing, document(credit("200.00", "REF-77-B part", payer="BLUE MOON GMBH")))["results"]
    assert (one["status"], one["allocations"]) == ("applied", [{"invoice": "INV-2001", "amount": "200.00"}])
    assert open_amount(owing, "INV-2001") == "300.00"


def test_several_bills_in_the_order_named_and_the_rest_is_credit(owing: Tenant):
    (one,) = post(owing, document(credit("1600.00", "INV-1002 INV-1001", payer="Hong Star Trading")))["results"]
    assert [part["invoice"] for part in one["allocations"]] == ["INV-1002", "INV-1001"]
    assert owing.get("/v1/customers/C-1")["credit"] == {"CNY": "100.00"}


def test_name_and_amount_agree_without_a_number(owing: Tenant):
    (one,) = post(owing, document(credit("1500.00", "thank you", payer="hong star trading")))["results"]
    assert (one["status"], len(one["allocations"])) == ("applied", 2)


def test_a_document_that_is_named_with_its_amount(owing: Tenant):
    paid = "<RfrdDocAmt><RmtdAmt Ccy='CNY'>700.00</RmtdAmt></RfrdDocAmt>"
    named = f"<Strd><RfrdDocInf><Nb>INV-1001</Nb></RfrdDocInf>{paid}</Strd>"
    (one,) = post(owing, document(credit("700.00", structured=named)))["results"]
    assert one["allocations"] == [{"invoice": "INV-1001", "amount": "700.00"}]


@pytest.mark.parametrize(
    ("text", "payer", "amount", "first"),
    [
        ("INV-1001", "Somebody else", "77.00", "INV-1001"),  # a number alone may be a slip
        ("", None, "500.00", "INV-2001"),  # an amount alone may be anybody's
        ("", "Hong Star Trading", "77.00", "INV-1001"),  # a name alone says nothing of the bills
        ("INV-1001 INV-2001", "Hong Star Trading", "1700.00", "INV-1001"),  # bills of two customers
    ],
)
def test_what_is_uncertain_is_a_task_with_candidates_and_nothing_is_posted(
    owing: Tenant, text: str, payer: str | None, amount: str, first: str
):
    told = post(owing, document(credit(amount, text, payer=payer)))
    (one,) = told["results"]
    assert (told["uncertain"], one["payment"]) == (1, None)
    assert one["candidates"][0]["invoice"] == first
    (task,) = owing.get("/v1/tasks", state="open", kind="whose_payment")["data"]
    assert task["role"] == "finance" and first in task["cases"]
    notes = owing.get("/v1/events", "finance", type="customer.noted")["data"]
    assert amount.rstrip("0").rstrip(".") in notes[-1]["private"]["text"]
    assert owing.get("/v1/payments")["data"] == []


def test_the_same_credit_in_another_message_changes_nothing(owing: Tenant):
    entry, doubt = credit("1200.00", "INV-1001", ref="B-7"), credit("77.00", "INV-1002", ref="B-8")
    post(owing, document(entry, doubt))
    noted = len(owing.get("/v1/events", type="customer.noted")["data"])
    told = post(owing, document(entry, doubt))
    assert told["duplicate"] == 2
    assert len(owing.get("/v1/payments")["data"]) == 1
    assert len(owing.get("/v1/events", type="customer.noted")["data"]) == noted
    notified = document(entry, message="BkToCstmrDbtCdtNtfctn", part="Ntfctn", version="camt.054.001.08")
    assert post(owing, notified)["duplicate"] == 1


def test_each_credit_sees_what_the_one_before_left_open(owing: Tenant):
    told = post(owing, document(credit("500.00", "INV-2001", ref="1"), credit("500.00", "INV-2001", ref="2")))
    assert [one["status"] for one in told["results"]] == ["applied", "unknown"]


def test_currencies_never_mix(owing: Tenant):
    told = post(owing, document(credit("1200.00", "INV-1001", payer="Hong Star Trading", currency="EUR")))
    assert told["unknown"] == 1
    assert open_amount(owing, "INV-1001") == "1200.00"


def test_a_bill_that_closes_leaves_the_task(owing: Tenant):
    post(owing, document(credit("77.00", "INV-1001")))
    post(owing, document(credit("1200.00", "INV-1001", ref="B1")))
    (task,) = owing.get("/v1/tasks", kind="whose_payment")["data"]
    assert task["state"] == "cancelled"


def test_debits_and_pending_entries_are_passed_over_and_reversals_told(owing: Tenant):
    told = post(
        owing,
        document(
            credit("10.00", "fee", direction="DBIT"),
            credit("1200.00", "INV-1001", status="PDNG"),
            credit("5.00", "back", direction="DBIT", reversal="<RvslInd>true</RvslInd>"),
        ),
    )
    assert (told["passed_over"], told["taken_back"], told["credits"]) == (2, 1, 1)
    assert owing.get("/v1/payments")["data"] == []


def test_what_cannot_be_booked_says_why_and_may_come_again(owing: Tenant):
    (one,) = post(owing, document(credit("1200.00", "INV-1001", on="2026-03-20", ref="B1")))["results"]
    assert (one["status"], one["error"]["code"]) == ("rejected", "date_in_future")
    owing.walk("2026-03-20")
    assert post(owing, document(credit("1200.00", "INV-1001", on="2026-03-20", ref="B1")))["applied"] == 1
    (one,) = post(owing, document(credit("1.001", "INV-1002")))["results"]
    assert (one["status"], one["error"]["code"]) == ("rejected", "money_precision")


def test_transactions_of_one_entry_and_the_older_form():
    entry = """<Ntry><Amt Ccy="EUR">30</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
      <ValDt><DtTm>2026-03-01T10:00:00</DtTm></ValDt><AcctSvcrRef>X</AcctSvcrRef><NtryDtls>
      <TxDtls><AmtDtls><TxAmt><Amt Ccy="EUR">10</Amt></TxAmt></AmtDtls><RltdPties><Dbtr><Nm>A</Nm></Dbtr></RltdPties></TxDtls>
      <TxDtls><Amt Ccy="EUR">20</Amt><RmtInf><Strd><CdtrRefInf><Ref>RF18</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>
      </NtryDtls></Ntry>"""
    first, second = read(document(entry, version="camt.053.001.02")).credits
    assert (first.amount, first.payer, first.on) == (Decimal(10), "A", date(2026, 3, 1))
    assert (second.amount, second.named[0].id) == (Decimal(20), "RF18")
    assert first.id != second.id


def test_equal_credits_without_a_reference_of_the_bank_are_two():
    one, other = read(document(credit("5.00", "x"), credit("5.00", "x"))).credits
    assert one.id != other.id


BOMB = b"""<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><Document>&b;</Document>"""
OUTSIDE = b"""<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/hostname">]><Document>&a;</Document>"""


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (b"", "statement_no_xml"),
        (b"{}", "statement_no_xml"),
        (BOMB, "statement_no_xml"),
        (OUTSIDE, "statement_no_xml"),
        (b"<Document><CstmrCdtTrfInitn/></Document>", "statement_no_camt"),
        (document(credit("1200.00", on="yesterday")), "statement_no_date"),
        (document(credit("much")), "statement_no_amount"),
        (document(credit("-1")), "statement_no_amount"),
        (document(credit("NaN")), "statement_no_amount"),
    ],
)
def test_what_is_no_statement_is_said(tenant: Tenant, xml: bytes, code: str):
    with pytest.raises(StatementMistake, match=code):
        read(xml)
    answer = tenant.as_("finance").post("/v1/bank-statements", content=xml, headers=XML)
    assert problem(answer) == (422, code)


def test_who_may_and_in_which_form(tenant: Tenant):
    answer = tenant.as_("collector").post("/v1/bank-statements", content=document(), headers=XML)
    assert problem(answer) == (403, "role_may_not")
    answer = tenant.as_("finance").post("/v1/bank-statements", json={})
    assert problem(answer) == (415, "unsupported_media_type")


def test_a_name_that_two_customers_have_is_nobodys():
    bills = [OpenBill("A", "C-1", 100, True), OpenBill("B", "C-2", 50, True)]
    found = match(Received(amount=100, named=(), customers=frozenset({"C-1", "C-2"})), [], bills, [])
    assert isinstance(found, Uncertain) and found.bills[0].id == "A"


def test_all_that_is_overdue_at_once():
    bills = [OpenBill("A", "C", 100, True), OpenBill("B", "C", 50, True), OpenBill("D", "C", 70, False)]
    received = Received(amount=150, named=(), customers=frozenset({"C"}))
    assert match(received, [], bills, []) == Certain("C", (("A", 100), ("B", 50)))
    whole = Received(amount=220, named=(), customers=frozenset({"C"}))
    assert match(whole, [], bills, []) == Certain("C", (("A", 100), ("B", 50), ("D", 70)))
