"""Reports over HTTP: ageing as of any day and by what was known, for whom, in which groups, and in which form."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO, StringIO
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from service.api.sheets import CSV, XLSX, csv_of
from service.reports import REPORTS
from service.reports.table import MONEY, TEXT
from tests.api.tenants import Json, Service, problem


@pytest.fixture(scope="module")
def tenant(service: Service) -> Iterator[Any]:
    """Three customers in two currencies on 2 March: bills of every age, money in parts, one bill extended."""
    tenant: Any = service.new_tenant()
    tenant.customer("C-1", segment="preferred", collector="li.na")
    tenant.customer("C-2", collector="wang.wei")
    tenant.customer("-C3", segment="risk")
    bills = [
        ("A", "C-1", "100.00", "CNY", "2026-03-02"),  # due today: current
        ("B", "C-1", "200.00", "CNY", "2026-03-01"),  # 1 day
        ("C", "C-1", "300.00", "CNY", "2026-01-31"),  # 30 days
        ("D", "C-1", "400.00", "CNY", "2026-01-30"),  # 31 days
        ("E", "C-2", "500.00", "CNY", "2025-12-01"),  # 91 days
        ("F", "C-2", "600.00", "CNY", "2025-09-02"),  # 181 days
        ("G", "C-2", "7000", "JPY", "2025-12-31"),  # 61 days
        ("H", "-C3", "80.00", "CNY", "2026-02-10"),  # 20 days
    ]
    for id, customer, amount, currency, due_on in bills:
        tenant.bill(id, customer, amount, currency=currency, issued_on="2025-08-01", due_on=due_on)
    tenant.moments = [datetime.now(UTC)]
    for n, (invoice, amount, day) in enumerate([("C", "120.00", "2026-02-10"), ("F", "600.00", "2026-02-27")]):
        told = {"payment": f"P-{n}", "amount": amount, "currency": "CNY", "received_on": day}
        customer = "C-1" if invoice == "C" else "C-2"
        tenant.post("payment.received", customer=customer, allocations=[{"invoice": invoice, "amount": amount}], **told)
    yield tenant
    tenant.close()


def rows(tenant: Any, role: str = "supervisor", **asked: Any) -> dict[tuple[str, str], Json]:
    data = tenant.get("/v1/reports/ageing", role, **asked)["data"]
    return {(row["group"], row["currency"]): row for row in data}


UNMOVED = {"promises", "expected-receipts", "disputes", "contacts", "targets"}
"""Nothing of these happens here."""

BUCKETS = ("current", "days_1_30", "days_31_60", "days_61_90", "days_91_180", "over_180")


def told(row: Json) -> list[str]:
    return [row[name] for name in ("open", "overdue", *BUCKETS)]


def test_K_ageing_by_days_past_due_worked_out_by_hand(tenant):
    found = rows(tenant)
    assert found.keys() == {("CNY", "CNY"), ("JPY", "JPY")}
    assert told(found["CNY", "CNY"]) == ["1460.00", "1360.00", "100.00", "460.00", "400.00", "0.00", "500.00", "0.00"]
    assert told(found["JPY", "JPY"]) == ["7000", "7000", "0", "0", "0", "7000", "0", "0"]


def test_K_ageing_by_customer_owner_and_segment(tenant):
    assert {key: row["open"] for key, row in rows(tenant, group_by="customer").items()} == {
        ("-C3", "CNY"): "80.00",
        ("C-1", "CNY"): "880.00",
        ("C-2", "CNY"): "500.00",
        ("C-2", "JPY"): "7000",
    }
    assert {key: row["open"] for key, row in rows(tenant, group_by="owner").items()} == {
        ("collector", "CNY"): "80.00",
        ("li.na", "CNY"): "880.00",
        ("wang.wei", "CNY"): "500.00",
        ("wang.wei", "JPY"): "7000",
    }
    assert {key: row["open"] for key, row in rows(tenant, group_by="segment").items()} == {
        ("preferred", "CNY"): "880.00",
        ("risk", "CNY"): "80.00",
        ("standard", "CNY"): "500.00",
        ("standard", "JPY"): "7000",
    }


def test_K_ageing_as_of_a_past_day(tenant):
    before = rows(tenant, as_of="2026-02-09")["CNY", "CNY"]
    assert told(before) == ["2180.00", "1800.00", "380.00", "700.00", "0.00", "500.00", "600.00", "0.00"]
    assert rows(tenant, as_of="2026-02-10")["CNY", "CNY"]["open"] == "2060.00"
    assert rows(tenant, as_of="2025-07-31") == {}


def test_K_what_was_known_at_a_moment(tenant):
    moment = tenant.moments[0].isoformat()
    assert rows(tenant, known_at="2020-01-01T00:00:00Z") == {}
    assert rows(tenant, known_at=moment)["CNY", "CNY"]["open"] == "2180.00"
    assert rows(tenant, known_at=moment, as_of="2026-02-09") == rows(tenant, as_of="2026-02-09")


def test_pages_go_on_where_the_last_one_ended(tenant):
    whole = tenant.get("/v1/reports/ageing", group_by="customer")["data"]
    pages = list(tenant.pages("/v1/reports/ageing", group_by="customer", limit=1))
    assert [row for page in pages for row in page] == whole and len(pages) == 5
    assert pages[-1] == []


def test_collectors_see_their_own_and_others_all(tenant):
    own = tenant.as_("collector", "li.na").get("/v1/reports/ageing", params={"group_by": "customer"}).json()["data"]
    assert [(row["group"], row["open"]) for row in own] == [("C-1", "880.00")]
    for role in ("finance", "supervisor", "manager", "general_manager", "boss", "admin"):
        assert len(rows(tenant, role, group_by="customer")) == 4
    assert problem(tenant.as_("erp").get("/v1/reports/ageing")) == (403, "role_may_not")


def ask(tenant: Any, kind: str, **asked: str) -> httpx.Response:
    response: httpx.Response = tenant.as_("finance").get(
        "/v1/reports/ageing", params=asked, headers={"Accept": kind}
    )
    return response


def test_as_csv_whose_cells_are_no_formulas(tenant):
    response = ask(tenant, CSV, group_by="customer")
    assert response.headers["content-type"].startswith(CSV)
    assert response.headers["content-disposition"] == 'attachment; filename="ageing-2026-03-02.csv"'
    head, first, *rest = csv.reader(StringIO(response.text))
    assert head == ["group", "currency", "open", "overdue", *BUCKETS]
    assert first == ["'-C3", "CNY", "80.00", "80.00", "0.00", "80.00", "0.00", "0.00", "0.00", "0.00"]
    assert [row[:3] for row in rest] == [["C-1", "CNY", "880.00"], ["C-2", "CNY", "500.00"], ["C-2", "JPY", "7000"]]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+2", "@x", "\tx", "＝1", "－1"])
def test_text_that_begins_like_a_formula_is_quoted_and_negative_money_is_a_number(text):
    written = csv_of({"group": TEXT, "currency": TEXT, "open": MONEY}, [(text, "CNY", -150)]).decode()
    assert list(csv.reader(StringIO(written)))[1] == [f"'{text}", "CNY", "-1.50"]


def test_as_a_spreadsheet_with_typed_cells(tenant):
    response = ask(tenant, XLSX, group_by="customer")
    assert response.headers["content-type"] == XLSX
    sheet = load_workbook(BytesIO(response.content)).active
    assert sheet is not None
    head, first, *rest = list(sheet.iter_rows())
    assert [cell.value for cell in head] == ["group", "currency", "open", "overdue", *BUCKETS]
    assert [(cell.value, cell.data_type) for cell in first[:3]] == [("-C3", "s"), ("CNY", "s"), (80, "n")]
    assert [(row[0].value, row[2].value) for row in rest] == [("C-1", 880), ("C-2", 500), ("C-2", 7000)]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"as_of": "2026-03-03"}, "date_in_future"),
        ({"as_of": "0001-01-01"}, "date_out_of_range"),
        ({"as_of": "yesterday"}, "bad_date"),
        ({"known_at": "2026-03-01"}, "bad_time"),
        ({"group_by": "colour"}, "not_one_of"),
    ],
)
def test_what_cannot_be_asked(tenant, asked, code):
    status, told = problem(tenant.as_("finance").get("/v1/reports/ageing", params=asked))
    assert status == 422 and told == code


def test_another_form_is_not_to_be_had(tenant):
    assert problem(ask(tenant, "text/html")) == (406, "not_acceptable")


def test_K_provision_is_what_is_open_by_bucket_times_the_tenants_rates(tenant):
    admin = tenant.as_("admin")
    rates = {"days_1_30": 100, "days_31_60": 333, "days_91_180": 5000, "over_180": 10_000}
    assert admin.patch("/v1/settings", json={"provision_rates": {"current": 7}}).status_code == 200
    assert admin.patch("/v1/settings", json={"provision_rates": rates | {"current": None}}).status_code == 200
    (cny, jpy) = tenant.get("/v1/reports/provision")["data"]
    assert told_of(cny) == ["1460.00", "267.92", "0.00", "4.60", "13.32", "0.00", "250.00", "0.00"]
    assert told_of(jpy) == ["7000", "0", "0", "0", "0", "0", "0", "0"]
    for wrong in ({"days_1_30": 10_001}, {"days_1_31": 1}, {"current": "0.01"}):
        assert problem(admin.patch("/v1/settings", json={"provision_rates": wrong}))[0] == 422


def told_of(row: Json) -> list[str]:
    return [row[name] for name in ("open", "provision", *BUCKETS)]


def test_K_provisions_are_rounded_to_the_nearest_minor_unit_a_half_up(tenant):
    assert tenant.as_("admin").patch("/v1/settings", json={"provision_rates": {"days_61_90": 1}}).status_code == 200
    assert [row["days_61_90"] for row in tenant.get("/v1/reports/provision")["data"]] == ["0.00", "1"]


def test_K_at_risk_is_what_was_unpaid_ninety_days_late(tenant):
    """E was due 91 days ago; F was paid, but later than that; the others' ninety days are not over."""
    (row,) = tenant.get("/v1/reports/at-risk")["data"]
    assert (row["month"], row["billed"], row["unpaid"], row["at_risk_rate"]) == ("2025-08-01", "1100.00", "1100.00", 1.0)
    (row,) = tenant.get("/v1/reports/at-risk", as_of="2025-12-02")["data"]
    assert (row["billed"], row["unpaid"]) == ("600.00", "600.00")


def test_K_at_risk_goes_by_the_due_date_that_holds_on_the_day(service):
    """The bill was due in January, until it was said on 2 March that it had been due in November."""
    tenant = service.new_tenant()
    tenant.bill("A", amount="100.00", issued_on="2025-11-01", due_on="2026-01-10")
    assert tenant.get("/v1/reports/at-risk")["data"] == []
    tenant.post("invoice.amended", invoice="A", due_on="2025-11-20")
    (row,) = tenant.get("/v1/reports/at-risk")["data"]
    assert (row["billed"], row["unpaid"], row["at_risk_rate"]) == ("100.00", "100.00", 1.0)
    tenant.close()


def test_K_what_rolled_stayed_and_was_cured_of_a_bucket(tenant):
    """From 31 January on: F paid, C paid in part and now 30 days late, D 31, E from 61 to 91."""
    rows = {row["bucket"]: row for row in tenant.get("/v1/reports/roll-rates")["data"] if row["currency"] == "CNY"}
    names = ("opening", "rolled", "stayed", "cured", "written_off")
    assert {bucket: [row[name] for name in names] for bucket, row in rows.items()} == {
        "current": ["680.00", "460.00", "100.00", "120.00", "0.00"],
        "days_1_30": ["400.00", "400.00", "0.00", "0.00", "0.00"],
        "days_61_90": ["500.00", "500.00", "0.00", "0.00", "0.00"],
        "days_91_180": ["600.00", "0.00", "0.00", "600.00", "0.00"],
    }
    assert rows["current"]["roll_rate"] == 0.6765 and rows["current"]["cure_rate"] == 0.1765


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_answers_in_every_group_and_form(tenant, name):
    for group_by in REPORTS[name].groups:
        asked = {"group_by": group_by} | ({"days": 60} if name == "roll-rates" else {})
        answer = tenant.get(f"/v1/reports/{name}", **asked)
        assert all(list(row) == list(REPORTS[name].columns) for row in answer["data"])
        assert answer["data"] or name in UNMOVED
        for kind in (CSV, XLSX):
            response = tenant.as_("finance").get(
                f"/v1/reports/{name}", params=asked, headers={"Accept": kind}
            )
            assert response.status_code == 200 and response.content


def test_every_answer_leads_to_the_definition_of_its_figures_and_each_has_its_own(tenant):
    """A front end that shows a figure can say what it is."""
    document, page = tenant.get("/v1/openapi.json"), tenant.as_("viewer").get("/docs").text
    schemas = document["components"]["schemas"]
    for name in (*REPORTS, "weekly"):
        answer = tenant.as_("manager").get(f"/v1/reports/{name}")
        path, _, anchor = answer.json()["definition"].partition("#")
        assert path == "/docs" and f'id="{anchor}"' in page, name
        assert document["paths"][f"/v1/reports/{name}"]["get"]["operationId"] == anchor
    for name, report in REPORTS.items():
        row = schemas["".join(part.capitalize() for part in name.split("-")) + "Row"]["properties"]
        assert [column for column in report.columns if column != "currency" and not row[column].get("description")] == [], name
    file = tenant.as_("viewer").get("/v1/reports/dso", headers={"Accept": CSV})
    assert file.headers["link"] == '</docs#get_reports_dso>; rel="describedby"'
