"""A little of everything that happens on every day: facts, clocks, messages, webhooks, lists, and keeping house."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from service.channels.outcome import Failed, Sent
from service.domain import commands as c
from service.engine import compose, disposal, keeping, post, walk
from service.engine.desk import Desk
from service.engine.rebuild import rebuild
from service.engine.verify import Place
from service.provision import OPERATOR, create_tenant
from service.runtime import Runtime, read_playbook
from service.store import (
    alarms,
    cases,
    conversations,
    customers,
    documents,
    endpoints,
    gauges,
    links,
    log,
    mails,
    messages,
    movements,
    notices,
    outbox,
    people,
    private,
    receivable,
    tenants,
    worklist,
)
from service.store.database import CLOCK, Tx, connect, transaction
from service.words.compose import compose as render
from service.worker import Loops
from tests.api.routes import GUARDED, ask, path_to, things_of
from tests.api.tenants import Service, Tenant
from tests.journeys.receiver import Receiver
from tests.store.histories import END, House, build

LISTS = {
    "/v1/cases": (
        *("", "stage=collection", "stage=closed", "stage=review", "level=none", "level=manager", "customer=C-1"),
        *("owner=collector", "overdue_min=1", "overdue_max=30", "amount_min=1&currency=CNY", "currency=CNY", "q=INV"),
        *("amount_max=99999&currency=CNY&sort=-open_amount", "sort=open_amount&currency=CNY", "paused=true"),
        *("paused=false", "paused=manual", "due_before=2027-01-01", "q=acme", "q=INV-1", "stage=closed&q=INV"),
        *("sort=next_action_at", "sort=-next_action_at", "sort=-due_on", "sort=id", "sort=-id", "limit=1"),
    ),
    "/v1/customers": (
        *("", "q=C", "q=hong", "segment=standard", "owner=collector", "hold=true", "hold=false", "currency=CNY"),
        *(
            "overdue_min=1&currency=CNY",
            "sort=overdue&currency=CNY",
            "sort=-overdue&currency=CNY",
            "sort=id",
            "limit=1",
        ),
        *("sort=-id", "sort=-name"),
    ),
    "/v1/payments": ("", "customer=C-1", "received_from=2026-01-01&received_until=2027-01-01", "limit=1"),
    "/v1/customers/C-1/payments": ("", "received_from=2026-01-01"),
    "/v1/messages": ("", "customer=C-1", "case=INV-1", "state=queued", "state=captured", "limit=1"),
    "/v1/tasks": ("", "owner=collector", "role=collector", "kind=call", "state=open", "customer=C-1", "limit=1"),
    "/v1/approvals": ("", "state=open", "kind=hold", "role=boss", "customer=C-1", "limit=1"),
    "/v1/reports/ageing": (
        *("", "group_by=customer&limit=1", "group_by=owner&limit=1", "group_by=segment", "as_of=2026-03-01"),
        "known_at=2026-03-01T00:00:00Z",
    ),
    **{
        f"/v1/reports/{name}": ("", "group_by=customer&limit=1&known_at=2026-03-02T00:00:00Z")
        for name in ("dso", "effectiveness", "roll-rates", "at-risk", "provision", "steps")
    },
    **{
        f"/v1/reports/{name}": ("", *(f"group_by={by}&limit=1" for by in ("customer", "segment")))
        for name in ("promises", "expected-receipts", "disputes", "contacts")
    },
    "/v1/reports/targets": ("", "group_by=currency", "as_of=2026-03-01&known_at=2026-03-02T00:00:00Z"),
    "/v1/events": ("", "type=case.*", "customer=C-1", "limit=1"),
}


_ENDPOINT = next(route for route in GUARDED if route.name == "DELETE /v1/webhook-endpoints/{endpoint}")


def live(service: Service, receiver: Receiver) -> None:
    """All of it, once."""
    runtime = service.runtime
    house = build(runtime.engine, runtime.url, "history")
    _mails(house)
    tenant = service.new_tenant()
    _asks(tenant)
    _answers(tenant)
    _webhooks(tenant, receiver)
    _loops(runtime)
    gauges.read(runtime.engine)
    gauges.calendars(runtime.engine)
    for checked in rebuild(runtime.desk, Place(house.tenant)):
        assert not checked.count
    with transaction(runtime.engine, tenant.name) as tx:
        for seldom in SELDOM:
            seldom(tx)
    _leaves(runtime)
    tenant.close()


def _mails(house: House) -> None:
    """A month in which mail goes out: taken, refused, and late."""
    desk = Desk(house.engine, frozenset({"email", "letter"}), read_playbook)
    outcomes: Iterator[Sent | Failed] = iter(
        [Sent(status=250, duration_ms=1), Failed(code="x", detail="", duration_ms=1, permanent=True)]
    )
    late = Failed(code="smtp_away", detail="", duration_ms=1)
    house.ask(house.a_bill("INV-M")("C-0"))
    house.ask(c.ConfirmInvoice(invoice="INV-M"))
    for day in range(1, 9):
        walk.move(desk, house.tenant, END + timedelta(day), False, render, lambda _: None)
        post.post_ready(desk, house.tenant, render, lambda *_: next(outcomes, late))
    compose.park(desk, house.tenant, None, "nothing")


def _asks(tenant: Tenant) -> None:
    """Every route once, as far as it will go, and some of the ERP's facts."""
    things = things_of(tenant)
    tenant.post("customer.updated", customer="C-1", name="Acme", warehouse="kept aside", currency="CNY")
    tenant.bill("INV-2", issued_on="2026-01-05", due_on="2026-02-20")
    tenant.post("payment.received", payment="P-2", customer="C-1", amount="2000.00", currency="CNY")
    tenant.post("payment.reversed", payment="P-2")
    tenant.post_all([tenant.event("invoice.credited", invoice=f"INV-{n}", amount="1.00") for n in (1, 2)])
    tenant.as_("erp").post("/v1/events", json=tenant.event("pod.completed", invoice="INV-0"))
    for route in GUARDED:
        if route.method == "DELETE" or "erase" in route.path:
            continue  # when the others are through
        response = ask(tenant, route, tenant.as_("admin"), path_to(route, things))
        assert response.status_code < 500, (route.name, response.text)
    admin, endpoint = tenant.as_("admin"), path_to(_ENDPOINT, things)
    admin.patch("/v1/settings", json={"country": "SG", "time_zone": "Asia/Singapore", "contact_parents": True})
    tenant.post("customer.updated", customer="C-8", name="Acme North", parent="C-1")
    tenant.bill("INV-8", customer="C-8")
    for path in ("/v1/customers/C-8", "/v1/cases/INV-8"):
        tenant.get(path)
    tenant.walk("2026-03-04")  # by other days than those that alarms were set by
    admin.patch(endpoint, json={"enabled": True})
    for act, body in (("test", {}), ("replay", {"after": "2026-01-01T00:00:00Z"})):
        assert admin.post(f"{endpoint}/{act}", json=body).status_code == 200
    sent = tenant.ids(f"{endpoint}/deliveries", role="admin")[0]
    assert admin.post(f"{endpoint}/deliveries/{sent}/redeliver").status_code == 200
    for _ in range(2):
        tenant.as_("collector").post("/v1/cases/INV-2/notes", json={"text": "x"}, headers={"Idempotency-Key": "once"})
    text = tenant.get("/v1/playbooks/standard")["text"]
    assert admin.post("/v1/playbooks", json={"text": text + "# again\n"}).status_code == 201
    assert admin.post("/v1/playbooks/standard/move?preview=true", json={}).status_code == 200
    assert admin.post("/v1/playbooks/standard/move", json={}).json()["moved"]
    reason = {"reason": "asked in writing"}
    assert admin.post("/v1/customers/C-1/contacts/zhang/erase", json=reason).status_code == 200
    assert admin.delete(endpoint).status_code == 204


def _answers(tenant: Tenant) -> None:
    """The lists, narrowed and sorted in every way, and their second pages; and the week's report."""
    for path, questions in LISTS.items():
        for question in questions:
            asked = dict(parse_qsl(question))
            counted = tenant.as_("supervisor").get(path, params=asked, headers={"Prefer": "return=total-count"})
            if cursor := counted.json()["next_cursor"]:
                tenant.get(path, **asked, cursor=cursor)
    for given in ({}, {"known_at": "2026-03-02T00:00:00Z"}):
        tenant.get("/v1/reports/weekly", "manager", **given)


def _webhooks(tenant: Tenant, receiver: Receiver) -> None:
    """Taken, refused, and gone."""
    made = tenant.as_("admin").post("/v1/webhook-endpoints", json={"url": receiver.url, "types": ["note.*"]}).json()
    receiver.secrets = [made["secret"]]
    for receiver.answer in (500, 204, 410):
        tenant.as_("collector").post("/v1/cases/INV-2/notes", json={"text": "x"})
        courier = tenant.service.runtime.courier()
        courier.round()
        courier.close()


def _loops(runtime: Runtime) -> None:
    """The worker's, with a live company, one round each."""
    create_tenant(runtime, "live-company")
    house = House(runtime.engine, runtime.url, "live-company")
    house.ask(house.a_bill("INV-1")("C-1"))
    house.tamper("UPDATE customers SET wake_at = now() - interval '1 hour' WHERE tenant = 'live-company'")
    loops = Loops(runtime)
    for loop in (loops.look, loops._letters, loops._mail, loops._tidy, loops._calendars, loops._delete):
        loop()
    loops.stop()
    watch = connect(runtime.url, 1, role=CLOCK)
    alarms.ready(watch)
    alarms.telling(watch)
    watch.dispose()
    keeping.tidy(house.desk, house.tenant, timedelta(0))


def _leaves(runtime: Runtime) -> None:
    """A company goes and comes back, a sandbox goes."""
    create_tenant(runtime, "leaving")
    create_tenant(runtime, "gone", sandbox=True)
    for tenant in ("leaving", "gone"):
        disposal.close(runtime.desk, tenant, OPERATOR)
    disposal.reopen(runtime.desk, "leaving", OPERATOR)
    disposal.estimate(runtime.desk, "gone")
    for _ in disposal.delete(runtime.desk, "gone"):
        continue


AT, DAY = datetime.fromisoformat("2026-03-02T10:00:00+08:00"), date(2026, 3, 2)

SELDOM: tuple[Callable[[Tx], Any], ...] = (
    lambda tx: cases.load_owned(tx, [("C-9", "li.na")], 1),
    lambda tx: cases.load_sharing(tx, ["C-9"], ["p"], 1),
    lambda tx: conversations.last(tx, "C-9"),
    lambda tx: conversations.last_reply(tx, "C-9"),
    lambda tx: conversations.made(tx, [("C-9", AT)], ["m"]),
    lambda tx: customers.loads(tx, ["li.na"]),
    lambda tx: customers.forget_bare(tx, ["C-9"]),
    lambda tx: customers.set_wake(tx, ["C-9"], AT),
    lambda tx: documents.of(tx, "m"),
    lambda tx: documents.hashes(tx, ["C-9"]),
    lambda tx: documents.sheets(tx, ["m"]),
    lambda tx: documents.put(tx, [documents.Printed("m", "C-9", "s", b"%PDF-", "h")], AT),
    lambda tx: endpoints.kept(tx, AT, AT, 10),
    lambda tx: receivable.named(tx, "CNY", AT.date(), ["INV-1"], ["inv-1"]),
    lambda tx: receivable.customers_called(tx, "hong star trading"),
    lambda tx: receivable.of_customers(tx, "CNY", AT.date(), ["C-9"]),
    lambda tx: receivable.of_amount(tx, "CNY", AT.date(), 100, 5),
    lambda tx: links.event(tx, "customer/C-1", 1),
    lambda tx: log.of_streams(tx, ["case/INV-1"]),
    lambda tx: mails.came_back(tx, "m"),
    lambda tx: mails.mailed(tx, ["m"]),
    lambda tx: mails.mailed_to(tx, "ap@example.com"),
    lambda tx: messages.strike(tx, [("m", "INV-1", "paid")]),
    lambda tx: messages.end_unsaid(tx, ["m"], AT),
    lambda tx: messages.put_off(tx, "m", "n", DAY, AT, AT),
    lambda tx: messages.look_again(tx, "C-9"),
    lambda tx: mails.replied(tx, "m"),
    lambda tx: messages.withhold(tx, "m"),
    lambda tx: messages.lettered(tx, [("C-1", DAY, AT, AT)]),
    lambda tx: movements.moved_since(tx, [("C-1", "INV-1", DAY)]),
    lambda tx: movements.remove_strays(tx, "C-1"),
    lambda tx: movements.put_right(tx, "C-9", "INV-9", []),
    lambda tx: notices.add(tx, [("case/INV-1", 1, "manager", "")], AT),
    lambda tx: notices.waiting(tx),
    lambda tx: notices.told_on(tx),
    lambda tx: notices.take(tx, AT, 10),
    lambda tx: notices.customers(tx, ["C-1"]),
    lambda tx: notices.put(tx, [("li.na", "li.na@example.com", "en", "s", "t", "2026-W09")], DAY, AT),
    lambda tx: notices.claim(tx, AT),
    lambda tx: notices.record(tx, {"user": "li.na", "day": DAY, "attempts": 1}, "ready", AT),
    lambda tx: notices.forget(tx, DAY, 10),
    lambda tx: outbox.add(tx, [("we_1", "case/INV-1", 1)], AT),
    lambda tx: outbox.hold(tx, ["dlv_1"]),
    lambda tx: people.secret(tx),
    lambda tx: people.keys(tx),
    lambda tx: people.revoke_key(tx, "k"),
    lambda tx: private.rewrite(tx, [private.Written("case/INV-1", 1, "", {}, ())]),
    lambda tx: tenants.closed_until(tx),
    lambda tx: worklist.approvals_by_id(tx, ["hold~C-1.1"]),
)
"""What the day did not come to, asked by hand."""
