"""The week's report: what managers read on Friday, as JSON and on paper, in which no figure is another than JSON's."""

import io
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from service.api.models.reports import WeeklyReport
from service.api.weekly_paper import money, percent, signed
from service.domain import weeks
from tests.api.tenants import Json, Service, fits, problem

PDF = "application/pdf"
THURSDAY, FRIDAY = "2026-03-19", "2026-03-20"


@pytest.fixture(scope="module")
def tenant(service: Service) -> Iterator[Any]:
    """A company of two currencies, with a manager, up to a Friday: bills of every age, money, a promise, a dispute, a hold."""
    tenant: Any = service.new_tenant(now="2026-03-09T09:30:00+08:00")
    admin = tenant.as_("admin")
    for user, role in (("wang.min", "manager"), ("li.na", "collector"), ("zhao.lei", "supervisor")):
        body = {"name": user.replace(".", " ").title(), "role": role, "email": f"{user}@seller.example"}
        assert admin.put(f"/v1/users/{user}", json=body).is_success
    tenant.customer("C-1", name="Hong Star Trading", collector="li.na")
    tenant.customer("C-2", name="宏星贸易有限公司")
    tenant.customer("C-3", name="Blue Moon 🌙 GmbH")
    for id, customer, amount, currency, due_on in [
        ("A", "C-1", "100000.00", "CNY", "2026-03-13"),
        ("B", "C-1", "20000.00", "CNY", "2026-01-30"),
        ("C", "C-2", "3000.50", "CNY", "2025-12-01"),
        ("D", "C-2", "400.00", "CNY", "2026-04-30"),
        ("E", "C-3", "7500.00", "EUR", "2026-03-01"),
        ("F", "C-3", "99.99", "EUR", "2026-05-01"),
    ]:
        tenant.bill(id, customer, amount, currency=currency, issued_on="2025-11-03", due_on=due_on)
    assert tenant.as_("manager").put("/v1/users/li.na/targets/2026-03", json={"amounts": {"CNY": "30000.00"}}).is_success
    pay(tenant, "B", "C-1", "5000.00", "2026-03-10")
    tenant.walk("2026-03-16")
    pay(tenant, "B", "C-1", "12345.67", "2026-03-16")
    act(tenant, "cases/A/promises", due_on="2026-03-27")
    act(tenant, "cases/C/disputes", reason="price", text="too much", amount="1000.50")
    act(tenant, "cases/C/contact-log", channel="phone", outcome="reached")
    held = tenant.as_("manager").post("/v1/customers/C-3/hold", json={"reason": "No answer."}).json()["id"]
    assert tenant.as_("boss").post(f"/v1/approvals/{held}/grant", json={}).is_success
    tenant.walk(FRIDAY)
    yield tenant
    tenant.close()


def act(tenant: Any, path: str, **body: Any) -> None:
    assert tenant.as_("supervisor").post(f"/v1/{path}", json=body).is_success


def pay(tenant: Any, invoice: str, customer: str, amount: str, day: str) -> None:
    told = {"payment": f"P-{day}", "amount": amount, "currency": "CNY", "received_on": day}
    tenant.post("payment.received", customer=customer, allocations=[{"invoice": invoice, "amount": amount}], **told)


def week(tenant: Any, **asked: str) -> Json:
    answer: Json = tenant.get("/v1/reports/weekly", "manager", **{"week": "2026-W12", **asked})
    return answer


def pages(tenant: Any, language: str = "en", **asked: str) -> httpx.Response:
    answer: httpx.Response = tenant.as_("manager").get(
        "/v1/reports/weekly",
        params={"week": "2026-W12", **asked},
        headers={"Accept": PDF, "Accept-Language": language},
    )
    assert answer.status_code == 200, answer.text
    return answer


def text_of(document: bytes) -> str:
    """All that can be read in it, without spaces, which lines break at."""
    read = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages)
    return re.sub(r"[\s\u200b]+", "", read)


def test_K_a_week_ends_with_its_thursday(tenant):
    told = fits(WeeklyReport, week(tenant))
    assert (told["week"], told["as_of"]) == ("2026-W12", THURSDAY)
    without = {"as_of": THURSDAY}
    assert tenant.get("/v1/reports/weekly", "manager", **without) == told
    assert week(tenant, week="2026-W11")["as_of"] == "2026-03-12"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"week": "2026-W13"}, "date_in_future"),
        ({"week": "2026-W60"}, "week_unknown"),
        ({"week": "2026-W12", "as_of": THURSDAY}, "week_or_as_of"),
        ({"week": "12"}, "pattern"),
    ],
)
def test_what_is_no_week(tenant, asked, code):
    assert problem(tenant.as_("manager").get("/v1/reports/weekly", params=asked)) == (422, code)


def test_K_the_weeks_figures_by_hand(tenant):
    told = week(tenant)
    assert {row["currency"]: (row["collected"], row["collected_the_week_before"]) for row in told["receipts"]} == {
        "CNY": ("12345.67", "5000.00"),
        "EUR": ("0.00", "0.00"),
    }
    cny, eur = told["ageing_change"]
    assert (cny["open"], cny["overdue"], cny["current"]) == ("-12345.67", "87654.33", "-100000.00")
    assert (cny["days_1_30"], cny["days_31_60"]) == ("100000.00", "-12345.67")
    assert set(eur.values()) == {"EUR", "0.00"}
    owing = {row["group"]: row for row in told["overdue"]}
    assert [*owing] == ["C-1", "C-2", "C-3"]
    names = ("name", "overdue", "oldest_days", "bills", "owner", "contacts", "last_contact_on", "promised", "disputed")
    assert {id: tuple(row[name] for name in names) for id, row in owing.items()} == {
        "C-1": ("Hong Star Trading", "102654.33", 48, 2, "li.na", 0, None, "100000.00", "0.00"),
        "C-2": ("宏星贸易有限公司", "3000.50", 108, 1, "collector", 1, "2026-03-16", "0.00", "1000.50"),
        "C-3": ("Blue Moon 🌙 GmbH", "7500.00", 18, 1, "collector", 0, None, "0.00", "0.00"),
    }
    assert {id: row["hold_since"] for id, row in owing.items()} == {"C-1": None, "C-2": None, "C-3": "2026-03-16"}
    assert told["holds"] == [{"held": 1, "applied": 1, "released": 0}]
    levels = {row["id"]: row["level"] for row in tenant.get("/v1/cases", limit=200)["data"]}
    assert {id: owing[id]["level"] for id in owing} == {"C-1": levels["B"], "C-2": levels["C"], "C-3": levels["E"]}
    assert week(tenant, week="2026-W10")["holds"] == [{"held": 0, "applied": 0, "released": 0}]


def test_K_bills_that_rose_in_the_week_by_level(tenant):
    raised: list[Json] = tenant.get("/v1/events", "admin", limit=200, type="case.escalated")["data"]
    expected: dict[str, set[str]] = {}
    for one in raised:
        if "2026-03-13" <= one["occurred_at"][:10] <= THURSDAY:
            expected.setdefault(one["data"]["level"], set()).add(one["stream"])
    assert expected
    assert {row["level"]: row["bills"] for row in week(tenant)["escalations"]} == {
        level: len(streams) for level, streams in expected.items()
    }


FIGURES = {"en": ("Receivables report, week 2026-W12", "Current"), "zh": ("应收账款周报（2026-W12 周）", "未到期")}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_K_every_figure_on_paper_is_jsons(tenant, language):
    told, answer = week(tenant), pages(tenant, language)
    assert answer.headers["content-type"] == PDF and answer.headers["content-language"] == language
    assert answer.headers["content-disposition"] == 'inline; filename="weekly-2026-W12.pdf"'
    assert 1 <= len(PdfReader(io.BytesIO(answer.content)).pages) <= 3
    read = text_of(answer.content)
    for shown in (*FIGURES[language], *figures(told)):
        assert shown.replace(" ", "") in read, shown
    assert "Hong Star Trading".replace(" ", "") in read and "宏星贸易有限公司" in read
    assert "BlueMoon?GmbH" in read, "a sign without a glyph keeps nobody from the rest"
    assert "LiNa" in read, "people by their names"


def figures(told: Json) -> Iterator[str]:
    """All that the pages show of it, as it is written there."""
    for row in told["receipts"]:
        yield from (money(row["collected"]), money(row["collected_the_week_before"]))
    for now, change in zip(told["ageing"], told["ageing_change"], strict=True):
        for name in ("open", "current", "days_1_30", "days_31_60", "days_61_90", "days_91_180", "over_180"):
            yield from (money(now[name]), signed(change[name]))
    for row in told["days"]:
        yield from (f"{row[name]:,}" for name in ("dso", "dso_best_possible", "average_days_delinquent") if row[name])
    for row in told["targets"]:
        yield from (money(row["collected"]), money(row["target"]), percent(row["share_of_target"]))
    for row in told["overdue"]:
        yield from (money(row["overdue"]), str(row["oldest_days"]), str(row["bills"]))
        yield from (money(row[name]) for name in ("promised", "disputed") if float(row[name]))
    for row in told["promises"]:
        yield from (money(row[f"{name}_amount"]) for name in ("kept", "broken", "waiting"))
    for row in told["expected"]:
        yield from (money(row["days_0_7"]), money(row["expected"]))
    for row in told["disputes"]:
        yield from (money(row["open_amount"]), percent(row["share_of_receivables"]), str(row["average_age_days"]))
    for row in told["measures"]:
        yield str(row["count"])


def test_the_same_week_makes_the_same_bytes(tenant):
    assert pages(tenant).content == pages(tenant).content


def test_a_company_that_is_owed_nothing_has_a_page_too(service):
    tenant = service.new_tenant(now="2026-03-20T09:30:00+08:00")
    answer = pages(tenant)
    assert "Deliveriesstopped" in text_of(answer.content)
    tenant.close()


def test_K_the_notice_goes_out_on_friday_once(tenant):
    def told() -> list[Json]:
        rows = tenant.get("/v1/events", "admin", limit=200, type="notice.raised")["data"]
        return [one["data"] for one in rows if one["data"]["text"] == weeks.TOLD]

    assert [(one["on"], one["about"]) for one in told()] == [("2026-03-13", "2026-W11"), (FRIDAY, "2026-W12")]
    assert told()[0]["audience"] == ["manager", "general_manager"]
    tenant.walk("2026-03-26")
    assert len(told()) == 2
    assert date.fromisoformat(week(tenant)["as_of"]) == weeks.ended(date.fromisoformat(FRIDAY))
