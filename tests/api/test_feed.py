"""GET /v1/events: the log in commit order, cursors that always go on, nothing skipped."""

import threading
from typing import Any

import pytest

from service.api.models.cases import EventAnswer
from tests.api.tenants import Json, Tenant, fits, problem


def read(tenant: Tenant, cursor: str | None = None, role: str = "viewer", **asked: Any) -> tuple[list[Json], str]:
    """Everything from the cursor on, and where the feed stands."""
    events: list[Json] = []
    while True:
        page = tenant.get("/v1/events", role, **asked, **({"cursor": cursor} if cursor else {}))
        events += page["data"]
        if page["next_cursor"] == cursor:
            return events, page["next_cursor"]
        cursor = page["next_cursor"]


def test_everything_that_happened(tenant: Tenant):
    tenant.customer()
    tenant.bill("INV-1")
    events, _ = read(tenant, limit=3)
    for one in events:
        fits(EventAnswer, one)
    streams = {one["stream"] for one in events}
    assert {"tenant", "customer/C-1", "case/INV-1"} <= streams
    of_case = [one for one in events if one["stream"] == "case/INV-1"]
    assert [one["version"] for one in of_case] == list(range(1, len(of_case) + 1))
    assert of_case[0]["data"]["amount"] == "1200.00"


def test_an_empty_page_keeps_the_cursor_and_the_next_event_follows_it(tenant: Tenant):
    _, here = read(tenant)
    again = tenant.get("/v1/events", cursor=here)
    assert again == {"data": [], "next_cursor": here}
    tenant.bill("INV-1")
    events, there = read(tenant, here)
    assert [one["type"] for one in events if one["stream"] == "case/INV-1"][:2] == ["invoice.issued", "case.opened"]
    assert there != here


def test_by_type_and_by_customer(tenant: Tenant):
    tenant.customer("C-1")
    tenant.bill("INV-1", "C-1")
    tenant.bill("INV-2", "C-2")
    exact, _ = read(tenant, type="case.opened", limit=1)
    assert [one["stream"] for one in exact] == ["case/INV-1", "case/INV-2"]
    kinds, _ = read(tenant, type="case.*")
    assert {one["type"].partition(".")[0] for one in kinds} == {"case"}
    mine, _ = read(tenant, customer="C-2")
    assert {one["stream"] for one in mine} == {"customer/C-2", "case/INV-2"}
    both, _ = read(tenant, customer="C-1", type="invoice.issued")
    assert [one["stream"] for one in both] == ["case/INV-1"]
    nothing, _ = read(tenant, type="hold.applied")
    assert nothing == []


def test_empty_parameters_are_none(tenant: Tenant):
    tenant.bill("INV-1")
    assert tenant.as_("viewer").get("/v1/events?cursor=&type=&customer=&limit=2").json() == tenant.get(
        "/v1/events", limit=2
    )


def test_amounts_are_written_in_their_currency_on_every_stream(tenant: Tenant):
    tenant.customer(currency="JPY", credit_limit="5000")
    tenant.bill("INV-1", amount="300", currency="JPY")
    tenant.post(
        "payment.received", payment="P-1", customer="C-1", amount="400", currency="JPY", received_on="2026-03-02"
    )
    tenant.bill("INV-2", amount="70", currency="JPY")
    tenant.post("payment.allocated", payment="P-1", allocations=[{"invoice": "INV-2", "amount": "70"}])
    (allocated,), _ = read(tenant, type="payment.allocated")
    assert allocated["data"]["applied"] == [{"case": "INV-2", "amount": "70"}]
    (updated, *_), _ = read(tenant, type="customer.updated")
    assert updated["data"]["credit_limit"] == "5000"


def test_private_words_are_for_those_who_work_with_them(tenant: Tenant):
    tenant.customer()
    for role, told in (("collector", "zhang@example.com"), ("viewer", None), ("erp", None)):
        (updated, *_), _ = read(tenant, role=role, type="customer.updated")
        private = updated["private"]
        assert (private["contacts"]["zhang"]["email"] if private else None) == told


def test_no_event_is_skipped_while_many_write(tenant: Tenant):
    """Readers that go on from their cursor see every event once."""

    def write(worker: int) -> None:
        for n in range(15):
            tenant.bill(f"INV-{worker}-{n}", f"C-{worker}")

    events: list[Json] = []
    cursor = None
    writers = [threading.Thread(target=write, args=(worker,)) for worker in range(4)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        more, cursor = read(tenant, cursor, limit=7)
        events += more
    more, cursor = read(tenant, cursor, limit=7)
    seen = [(one["stream"], one["version"]) for one in events + more]
    assert len(set(seen)) == len(seen)
    whole, _ = read(tenant, limit=200)
    assert set(seen) == {(one["stream"], one["version"]) for one in whole}
    assert sum(1 for stream, version in seen if stream.startswith("case/") and version == 1) == 60


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("type=Case.Opened", "pattern"),
        ("type=case", "pattern"),
        ("type=*", "pattern"),
        ("customer=a%20b", "pattern"),
        ("since=2026-01-01", "unknown_parameter"),
        ("limit=500", "out_of_range"),
        ("cursor=AAAA", "cursor_invalid"),
    ],
)
def test_what_cannot_be_asked(tenant: Tenant, query: str, code: str):
    assert problem(tenant.as_("viewer").get(f"/v1/events?{query}")) == (422, code)


def test_a_cursor_is_bound_to_filters_and_tenant(tenant: Tenant, stranger: Tenant):
    tenant.bill("INV-1")
    cursor = tenant.get("/v1/events", type="case.*")["next_cursor"]
    viewer = tenant.as_("viewer")
    assert viewer.get("/v1/events", params={"type": "case.*", "cursor": cursor}).status_code == 200
    assert problem(viewer.get("/v1/events", params={"cursor": cursor})) == (422, "cursor_invalid")
    answer = stranger.as_("viewer").get("/v1/events", params={"type": "case.*", "cursor": cursor})
    assert problem(answer) == (422, "cursor_invalid")
    streams = {one["stream"] for one in read(stranger)[0]}
    assert streams == {"tenant"}
