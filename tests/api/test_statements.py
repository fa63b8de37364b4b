"""H1: the statement of account over HTTP, by figures computed by hand."""

import io
from collections.abc import Iterator

import pytest
from pypdf import PdfReader

from service.api.models.statements import StatementAnswer
from tests.api.tenants import Json, Service, Tenant, fits, problem

PATH = "/v1/customers/C-1/statement"


@pytest.fixture(scope="module")
def told(service: Service) -> Iterator[Tenant]:
    """January to the 20th of March of one customer, in two currencies. Only to be read."""
    tenant = service.new_tenant()
    person = {"id": "zhang", "name": "张伟", "email": "zhang@example.com", "role": "accounts_payable"}
    tenant.customer(language="zh", contacts=[person])
    tenant.bill("INV-1", issued_on="2026-01-05", due_on="2026-02-04", amount="1000.00", reference="PO 7")
    tenant.bill("INV-2", issued_on="2026-02-10", due_on="2026-03-12", amount="500.00")
    tenant.bill("INV-3", issued_on="2026-03-01", due_on="2026-03-31", amount="300.00")
    tenant.bill("INV-4", issued_on="2026-03-01", due_on="2026-03-31", amount="80.00", currency="USD")
    tenant.post("invoice.submitted", invoice="INV-5", customer="C-1", amount="9.00", currency="CNY", period="2026-03")
    money = {"customer": "C-1", "currency": "CNY"}
    tenant.post("payment.received", payment="P-1", amount="400.00", received_on="2026-01-20", **money, reference="bank 1")
    tenant.post("payment.received", payment="P-2", amount="50.00", received_on="2026-02-11", **money)
    tenant.post("payment.reversed", payment="P-2", on="2026-02-20")
    draft = {"method": "acceptance_draft", "matures_on": "2026-06-01"}
    tenant.post("payment.received", payment="P-3", amount="200.00", received_on="2026-02-12", **money, **draft)
    tenant.walk("2026-03-20")
    tenant.post("invoice.credited", invoice="INV-2", amount="100.00", on="2026-03-10")
    tenant.post("invoice.amended", invoice="INV-3", amount="310.00")
    dollars = {"payment": "P-4", "amount": "100.00", "currency": "USD", "received_on": "2026-03-18", "customer": "C-1"}
    tenant.post("payment.received", **dollars)
    disputed = {"reason": "price", "amount": "30.00", "text": "Too dear."}
    assert tenant.as_("collector").post("/v1/cases/INV-3/disputes", json=disputed).status_code == 201
    yield tenant
    tenant.close()


def parts(told: Tenant, **asked: str) -> dict[str, Json]:
    answer = fits(StatementAnswer, told.get(PATH, **asked))
    return {one["currency"]: one for one in answer["currencies"]}


def lines(part: Json) -> list[str]:
    return [
        f"{one['on'][5:]} {one['kind']} {one['case'] or one['payment']} {one['amount']} {one['balance']}"
        for one in part["entries"]
    ]


def test_H1_from_one_balance_to_the_other_entry_by_entry(told: Tenant):
    answer = fits(StatementAnswer, told.get(PATH))
    assert (answer["from"], answer["to"], answer["as_of"], answer["complete"]) == (
        *("2026-02-01", "2026-03-20", "2026-03-20"),
        True,
    )
    part = parts(told)["CNY"]
    assert part["opening_balance"] == "600.00"  # 1 000 less 400; the draft is no money yet, what was taken back never came
    assert lines(part) == [
        "02-10 bill INV-2 500.00 1100.00",
        "03-01 bill INV-3 300.00 1400.00",
        "03-10 credit_note INV-2 -100.00 1300.00",
        "03-20 correction INV-3 10.00 1310.00",
    ]
    sums = [part[name] for name in ("billed", "credited", "paid", "written_off", "balance", "open", "credit")]
    assert sums == ["810.00", "-100.00", "0.00", "0.00", "1310.00", "1310.00", "0.00"]


def test_H1_what_is_open_by_age_with_what_is_disputed_beside_it(told: Tenant):
    part = parts(told)["CNY"]
    bills = [(one["case"], one["open_amount"], one["days_overdue"], one["disputed_amount"]) for one in part["bills"]]
    assert bills == [
        ("INV-1", "600.00", 44, "0.00"),
        ("INV-2", "400.00", 8, "0.00"),
        ("INV-3", "310.00", 0, "30.00"),
    ]
    assert {name: amount for name, amount in part["ageing"].items() if amount != "0.00"} == {
        "current": "310.00",
        "days_1_30": "400.00",
        "days_31_60": "600.00",
    }
    assert (part["overdue"], part["disputed"], part["bills"][0]["reference"]) == ("1000.00", "30.00", "PO 7")


def test_H1_what_was_paid_ahead_is_the_customers_credit(told: Tenant):
    part = parts(told)["USD"]
    assert (part["open"], part["credit"], part["balance"], part["bills"]) == ("0.00", "20.00", "-20.00", [])
    assert lines(part) == ["03-01 bill INV-4 80.00 80.00", "03-18 payment P-4 -100.00 -20.00"]


def test_H1_one_period_begins_where_the_one_before_it_ended(told: Tenant):
    january, february = (
        parts(told, **{"from": f"2026-0{month}-01", "to": end})["CNY"]
        for month, end in ((1, "2026-01-31"), (2, "2026-02-28"))
    )
    assert lines(january) == ["01-05 bill INV-1 1000.00 1000.00", "01-20 payment P-1 -400.00 600.00"]
    assert (january["opening_balance"], january["balance"]) == ("0.00", february["opening_balance"])
    assert [(one["case"], one["open_amount"], one["days_overdue"]) for one in february["bills"]] == [
        ("INV-1", "600.00", 24),
        ("INV-2", "500.00", 0),
    ]
    assert "USD" not in parts(told, to="2026-02-28")


@pytest.mark.parametrize(
    ("asked", "code", "pointer"),
    [
        ({"to": "2026-03-21"}, "date_in_future", "/query/to"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "date_out_of_range", "/query/from"),
        ({"to": "1980-01-01"}, "date_out_of_range", "/query/to"),
        ({"from": "x"}, "bad_date", "/query/from"),
        ({"since": "2026-03-02"}, "unknown_parameter", "/query/since"),
    ],
)
def test_H1_days_that_make_no_period_are_refused(told: Tenant, asked: Json, code: str, pointer: str):
    response = told.as_("finance").get(PATH, params=asked)
    assert problem(response)[0] == 422
    assert {(one["code"], one["pointer"]) for one in response.json()["errors"]} == {(code, pointer)}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            None,
            (
                *("对账单", "张伟", "2026年2月1日至2026年3月20日", "人民币壹仟叁佰壹拾元整"),
                *("其中有争议CNY30.00", "贵司贷方余额USD20.00"),
            ),
        ),
        ("en", ("STATEMENTOFACCOUNT", "张伟", "1February2026to20March2026", "CNY30.00indispute", "USD20.00toyourcredit")),
    ],
)
def test_H1_as_a_document_it_says_the_same_in_the_customers_language_or_another(told: Tenant, language, words):
    asked = {"language": language} if language else {}
    sent = told.as_("finance").get(PATH, params=asked, headers={"Accept": "application/pdf"})
    assert (sent.status_code, sent.headers["content-type"]) == (200, "application/pdf")
    assert sent.headers["content-language"] == (language or "zh")
    read = "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(sent.content)).pages)
    lines = parts(told)["CNY"]["entries"] + parts(told)["USD"]["entries"]
    assert all(one in read for one in (*words, *(line["case"] or line["payment"] for line in lines)))


def test_H1_an_honoured_draft_is_money_from_that_day(tenant: Tenant):
    tenant.customer()
    tenant.bill("INV-1", issued_on="2026-03-01", due_on="2026-06-30", amount="500.00")
    draft = {"method": "acceptance_draft", "matures_on": "2026-04-10", "customer": "C-1", "currency": "CNY"}
    tenant.post("payment.received", payment="P-1", amount="200.00", received_on="2026-03-02", **draft)
    assert lines(parts(tenant)["CNY"]) == ["03-01 bill INV-1 500.00 500.00"]
    tenant.walk("2026-04-10")
    tenant.post("payment.honoured", payment="P-1", on="2026-04-09")
    assert lines(parts(tenant)["CNY"])[1:] == ["04-09 payment P-1 -200.00 300.00"]
    assert parts(tenant, to="2026-04-08")["CNY"]["balance"] == "500.00"
