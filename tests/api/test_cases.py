"""GET /v1/cases, one case and its log: filters, sort orders, pages that neither skip nor repeat, who sees what."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import httpx
import pytest

from service.api.models.cases import CaseAnswer, EventAnswer
from service.store import listings
from tests.api.conftest import POOL
from tests.api.tenants import Service, Tenant, fits, problem


@pytest.fixture(scope="module")
def bills(service: Service) -> Iterator[Tenant]:
    """Six open bills of two customers, one of them in euros, and a paid one; today is 20 March. Only to be read."""
    tenant = service.new_tenant()
    tenant.customer("C-1", name="Hong Star Trading", currency="CNY", collector="li.na")
    tenant.customer("C-2", name="Ａｌｂａ GmbH", currency="EUR")
    tenant.bill("INV-1", "C-1", "100.00", due_on="2026-03-10", reference="PO 77")
    tenant.bill("INV-2", "C-1", "200.00", due_on="2026-03-18")
    tenant.bill("INV-3", "C-1", "300.00", due_on="2026-05-01")
    tenant.bill("INV-4", "C-1", "200.00", due_on="2026-03-18", confirmation_required=True)
    tenant.bill("INV-5", "C-2", "50.00", currency="EUR", due_on="2026-03-01")
    tenant.bill("INV-6", "C-2", "70.00", currency="EUR", due_on=None, terms="P30D", terms_from="tax_invoice")
    tenant.bill("INV-9", "C-2", "80.00", currency="EUR", due_on="2026-03-05")
    tenant.post(
        "payment.received", payment="P-1", customer="C-2", amount="80.00", currency="EUR", received_on="2026-03-02",
        allocations=[{"invoice": "INV-9", "amount": "80.00"}],
    )  # fmt: skip
    tenant.walk("2026-03-20")
    yield tenant
    tenant.close()


def test_a_case_has_every_field_of_the_contract(bills: Tenant):
    response = bills.as_("viewer").get("/v1/cases/INV-1", headers={"Accept-Language": "en"})
    case = fits(CaseAnswer, response.json())
    assert response.headers["etag"] == f'"{case["version"]}"'
    assert response.headers["content-language"] == "en"
    expected = {
        "id": "INV-1", "customer": "C-1", "customer_name": "Hong Star Trading", "stage": "collection", "level": "none",
        "amount": "100.00", "open_amount": "100.00", "disputed_amount": "0.00", "currency": "CNY",
        "issued_on": "2026-03-01", "confirmed_on": None, "due_on": "2026-03-10", "days_overdue": 10, "owner": "li.na",
        "playbook": {"name": "standard", "version": 1}, "paused": None, "tax_invoice": None, "progress_on": None,
        "closed_as": None, "closed_on": None,
    }  # fmt: skip
    assert {name: case[name] for name in expected} == expected
    lapses = {name: value for name, value in case["limitation"].items() if name != "position"}
    assert lapses == {"expires_on": "2029-03-10", "set_by": "invoice.issued", "law": "CN"}
    next_action = case["next_action"]
    assert (next_action["step"], next_action["rule"]) == ("overdue-daily", "B3")
    assert next_action["at"] == "2026-03-23T09:00:00+08:00"
    assert next_action["why_code"] == "schedule.after"
    assert next_action["why"].startswith("Rule B3: 11 days after the due date")


def test_sentences_follow_the_reader(bills: Tenant):
    said = bills.as_("viewer").get("/v1/cases/INV-1", headers={"Accept-Language": "zh-CN"})
    assert said.headers["content-language"] == "zh"
    assert "到期日" in said.json()["next_action"]["why"]


def test_a_paid_case_has_nothing_ahead(bills: Tenant):
    case = bills.get("/v1/cases/INV-9")
    assert (case["stage"], case["closed_as"], case["open_amount"]) == ("closed", "paid", "0.00")
    assert case["next_action"] is None


def _plans(service: Service) -> tuple[int, int]:
    """How often the pool's connections carried out a prepared statement by a plan made once, and by one made anew."""
    asked = "SELECT COALESCE(sum(generic_plans), 0), COALESCE(sum(custom_plans), 0) FROM pg_prepared_statements"
    with ExitStack() as lent:
        all_of_them: list[Any] = [lent.enter_context(closing(service.runtime.engine.raw_connection())) for _ in range(POOL)]
        once, anew = zip(*(one.driver_connection.execute(asked, prepare=False).fetchone() for one in all_of_them), strict=True)
    return sum(once), sum(anew)


def test_a_bill_is_read_by_plans_that_were_made_once(bills: Tenant, service: Service):
    once, anew = _plans(service)
    for _ in range(10 * POOL):
        bills.get("/v1/cases/INV-1")
    then_once, then_anew = _plans(service)
    assert then_once > once
    assert then_anew == anew


@pytest.mark.parametrize("path", ["", "/events", "/schedule", "/promises"])
def test_a_case_is_only_its_own_tenants(bills: Tenant, stranger: Tenant, path: str):
    assert bills.as_("viewer").get(f"/v1/cases/INV-1{path}").status_code == 200
    assert problem(stranger.as_("admin").get(f"/v1/cases/INV-1{path}")) == (404, "unknown_invoice")
    assert problem(bills.as_("admin").get(f"/v1/cases/NONE{path}")) == (404, "unknown_invoice")
    assert problem(bills.as_("admin").get(f"/v1/cases/%00{path}")) == (404, "unknown_invoice")


def test_without_a_key_nothing_is_told(bills: Tenant):
    assert problem(httpx.get(f"{bills.service.url}/v1/cases")) == (401, "unauthorized")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, "INV-5 INV-1 INV-2 INV-4 INV-3 INV-6"),
        ({"stage": "confirmation"}, ""),
        ({"stage": "collection"}, "INV-5 INV-1 INV-2 INV-4 INV-3 INV-6"),
        ({"stage": "closed"}, "INV-9"),
        ({"level": "none"}, "INV-1 INV-2 INV-3 INV-6"),
        ({"level": "supervisor"}, "INV-5 INV-4"),
        ({"level": "supervisor", "sort": "-id"}, "INV-5 INV-4"),
        ({"level": "legal"}, ""),
        ({"customer": "C-2"}, "INV-5 INV-9 INV-6"),
        ({"customer": "C-2", "stage": "collection"}, "INV-5 INV-6"),
        ({"owner": "li.na"}, "INV-1 INV-2 INV-4 INV-3"),
        ({"overdue_min": 0}, "INV-5 INV-1 INV-2 INV-4 INV-3 INV-6"),
        ({"overdue_min": 2}, "INV-5 INV-1 INV-2 INV-4"),
        ({"overdue_min": 3}, "INV-5 INV-1"),
        ({"overdue_max": 2}, "INV-2 INV-4 INV-3 INV-6"),
        ({"overdue_max": 2, "customer": "C-2"}, "INV-9 INV-6"),
        ({"overdue_min": 2, "overdue_max": 10}, "INV-1 INV-2 INV-4"),
        ({"overdue_min": 1, "overdue_max": 30, "sort": "id", "customer": "C-2"}, "INV-5"),
        ({"currency": "EUR"}, "INV-5 INV-6"),
        ({"currency": "CNY", "amount_min": "200.00"}, "INV-2 INV-4 INV-3"),
        ({"currency": "CNY", "amount_min": "100.01", "amount_max": "200"}, "INV-2 INV-4"),
        ({"due_before": "2026-03-18"}, "INV-5 INV-1"),
        ({"paused": "true"}, ""),
        ({"paused": "promise"}, ""),
        ({"paused": "false"}, "INV-5 INV-1 INV-2 INV-4 INV-3 INV-6"),
        ({"q": "INV"}, "INV-5 INV-1 INV-2 INV-4 INV-3 INV-6"),
        ({"q": "INV-9"}, "INV-9"),
        ({"q": "INV-99"}, ""),
        ({"q": "C-2"}, "INV-5 INV-6"),
        ({"q": "po 7"}, "INV-1"),
        ({"q": "hong s"}, "INV-1 INV-2 INV-4 INV-3"),
        ({"q": "ALBA"}, "INV-5 INV-6"),
        ({"q": "star"}, ""),
        ({"q": "%"}, ""),
        ({"sort": "-due_on"}, "INV-3 INV-4 INV-2 INV-1 INV-5 INV-6"),
        ({"sort": "id"}, "INV-1 INV-2 INV-3 INV-4 INV-5 INV-6"),
        ({"sort": "-id"}, "INV-6 INV-5 INV-4 INV-3 INV-2 INV-1"),
        ({"sort": "open_amount", "currency": "CNY"}, "INV-1 INV-2 INV-4 INV-3"),
        ({"sort": "-open_amount", "currency": "CNY"}, "INV-3 INV-4 INV-2 INV-1"),
        ({"level": "supervisor", "currency": "CNY", "overdue_min": 2, "sort": "-open_amount"}, "INV-4"),
        ({"level": "supervisor", "currency": "CNY", "overdue_min": 3, "sort": "-open_amount"}, ""),
        ({"sort": "id", "customer": "C-2"}, "INV-5 INV-6 INV-9"),
        ({"owner": "", "sort": "id"}, "INV-1 INV-2 INV-3 INV-4 INV-5 INV-6"),
    ],
)  # fmt: skip
def test_filters_and_sorts(bills: Tenant, asked: dict[str, Any], found: str):
    assert bills.ids("/v1/cases", **asked) == found.split()
    assert bills.ids("/v1/cases", limit=1, **asked) == found.split()
    assert bills.ids("/v1/cases", limit=2, **asked) == found.split()


def test_bills_of_a_name_that_very_many_have(bills: Tenant, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(listings, "NAMED_AT_MOST", 0)
    assert bills.ids("/v1/cases", q="hong s") == "INV-1 INV-2 INV-4 INV-3".split()
    assert bills.ids("/v1/cases", q="hong x") == []


@pytest.mark.parametrize("sort", ["next_action_at", "-next_action_at"])
def test_sorted_by_what_comes_next(bills: Tenant, sort: str):
    rows = [row for page in bills.pages("/v1/cases", sort=sort, limit=2) for row in page]
    ats = [row["next_action"]["at"] for row in rows if row["next_action"]]
    assert ats == sorted(ats, reverse=sort.startswith("-"))
    assert [row["next_action"] is None for row in rows] == sorted(row["next_action"] is None for row in rows)
    assert len(rows) == 6


def test_paused_cases_are_found_by_why(tenant: Tenant):
    tenant.bill("INV-1")
    tenant.bill("INV-2")
    made = tenant.as_("collector").post("/v1/cases/INV-2/promises", json={"due_on": "2026-03-25"})
    assert made.status_code == 201, made.text
    assert tenant.ids("/v1/cases", paused="true") == ["INV-2"]
    assert tenant.ids("/v1/cases", paused="promise") == ["INV-2"]
    assert tenant.ids("/v1/cases", paused="manual") == []
    assert tenant.ids("/v1/cases", paused="false") == ["INV-1"]
    assert tenant.get("/v1/cases/INV-2")["paused"] == {"reason": "promise", "until": "2026-03-26"}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("colour=red", "unknown_parameter"),
        ("stage=open", "not_one_of"),
        ("stage=review&stage=legal", "repeated_parameter"),
        ("sort=amount", "not_one_of"),
        ("sort=open_amount", "currency_required"),
        ("amount_min=5", "currency_required"),
        ("amount_max=5.001&currency=CNY", "money_precision"),
        ("amount_min=5e3&currency=CNY", "money_format"),
        ("currency=ABC", "currency_unknown"),
        ("currency=cny", "pattern"),
        ("limit=0", "out_of_range"),
        ("limit=201", "out_of_range"),
        ("limit=many", "wrong_type"),
        ("overdue_min=-1", "out_of_range"),
        ("due_before=2026-02-30", "bad_date"),
        ("customer=a%20b", "pattern"),
        ("q=%20", "pattern"),
        ("q=a%00", "control_character"),
        ("cursor=AAAA", "cursor_invalid"),
        ("cursor=%F0%9F%98%80", "cursor_invalid"),
    ],
)
def test_what_cannot_be_asked(bills: Tenant, query: str, code: str):
    assert problem(bills.as_("viewer").get(f"/v1/cases?{query}")) == (422, code)


def test_a_cursor_fits_its_own_list_alone(bills: Tenant, stranger: Tenant):
    cursor = bills.get("/v1/cases", limit=2)["next_cursor"]
    viewer = bills.as_("viewer")
    assert viewer.get("/v1/cases", params={"limit": 3, "cursor": cursor}).status_code == 200
    turned = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    for path, params in (
        ("/v1/cases", {"cursor": cursor, "owner": "li.na"}),
        ("/v1/cases", {"cursor": cursor, "sort": "id"}),
        ("/v1/cases", {"cursor": turned}),
        ("/v1/customers", {"cursor": cursor}),
    ):
        assert problem(viewer.get(path, params=params)) == (422, "cursor_invalid")
    assert problem(stranger.as_("viewer").get("/v1/cases", params={"cursor": cursor})) == (422, "cursor_invalid")


def test_pages_neither_skip_nor_repeat_while_bills_come_in(tenant: Tenant):
    """Rows that do not change: the forty that were there before."""
    there = [f"OLD-{n:02}" for n in range(40)]
    tenant.post_all(
        [
            tenant.event(
                "invoice.issued", invoice=id, customer=f"C-{n % 3}", amount="10.00", currency="CNY", issued_on="2026-03-01",
                due_on=f"2026-04-{1 + n % 5:02}", confirmation_required=False,
            )
            for n, id in enumerate(there)
        ]
    )  # fmt: skip
    stop = threading.Event()

    def pour() -> None:
        number = 0
        while not stop.is_set():
            tenant.bill(f"NEW-{number:04}", f"C-{number % 3}", due_on=f"2026-04-{1 + number % 5:02}")
            number += 1

    pouring = threading.Thread(target=pour)
    pouring.start()
    try:
        for sort in ("due_on", "-due_on", "id", "next_action_at", "-next_action_at"):
            seen = tenant.ids("/v1/cases", sort=sort, limit=3)
            old = [id for id in seen if id.startswith("OLD")]
            assert sorted(old) == there
            assert len(set(seen)) == len(seen)
    finally:
        stop.set()
        pouring.join()


def test_the_log_of_a_case_is_its_own_and_what_names_it(bills: Tenant):
    events = [row for page in bills.pages("/v1/cases/INV-9/events", limit=2) for row in page]
    assert events == bills.get("/v1/cases/INV-9/events")["data"]
    types = [one["type"] for one in events]
    assert types[:2] == ["invoice.issued", "case.opened"]
    assert {"payment.received", "payment.applied", "case.closed"} <= set(types)
    positions = [one["position"] for one in events]
    assert positions == sorted(set(positions))
    for one in events:
        fits(EventAnswer, one)
        assert len(bytes.fromhex(one["hash"])) == 32
    received = next(one for one in events if one["type"] == "payment.received")
    assert received["stream"] == "payment/P-1"
    assert received["data"]["amount"] == "80.00"
    assert received["data"]["applied"] == [{"case": "INV-9", "amount": "80.00"}]
    assert received["actor"] == "erp"


def test_what_people_wrote_is_not_for_viewers_and_the_erp(tenant: Tenant):
    tenant.bill("INV-1")
    written = tenant.as_("collector").post("/v1/cases/INV-1/notes", json={"text": "Pays after month-end."})
    assert written.status_code == 201, written.text

    def told(role: str) -> Any:
        return tenant.get("/v1/cases/INV-1/events", role, limit=200)["data"][-1]["private"]

    assert told("collector") == told("legal") == told("admin") == {"text": "Pays after month-end."}
    assert told("viewer") is told("erp") is None


def test_a_read_knows_no_parameters_of_its_own(bills: Tenant):
    assert problem(bills.as_("viewer").get("/v1/cases/INV-1?verbose=1")) == (422, "unknown_parameter")
    assert problem(bills.as_("viewer").get("/v1/cases/INV-1/events?type=x")) == (422, "unknown_parameter")
