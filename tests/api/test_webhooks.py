"""Webhook endpoints, end to end with a receiver of our own: managed, signed, rotated, disabled, sent once more."""

import json
import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from service.api.models.webhooks import Delivery, WebhookEndpoint, WebhookEndpointCreated
from service.api.roles import ROLES
from service.domain.events.tenant import EndpointCreated
from service.engine.deliver import Courier
from service.store import codec
from tests.api.conftest import serving
from tests.api.tenants import Json, Service, Tenant, fits, problem
from tests.channels.receivers import Receiver, RecordingServer

PATH = "/v1/webhook-endpoints"


@pytest.fixture(scope="module")
def service(database: str) -> Iterator[Service]:
    """Webhooks may go to this machine."""
    with serving(database, webhook_allow_networks="127.0.0.0/8") as running:
        yield running


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    server = RecordingServer("127.0.0.1", receiver, None)
    receiver.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield receiver
    server.shutdown()
    server.server_close()


@pytest.fixture
def courier(service: Service) -> Iterator[Courier]:
    courier = service.runtime.courier()
    yield courier
    courier.close()


def deliver(courier: Courier) -> None:
    """Everything that is due now, to its end."""
    while courier.round():
        while sum(courier._busy.values()):
            time.sleep(0.01)


def an_endpoint(tenant: Tenant, receiver: Receiver, **given: object) -> Json:
    body = {"url": receiver.url(), "types": ["case.*"], **given}
    response = tenant.as_("admin").post(PATH, json=body)
    assert response.status_code == 201, response.text
    answer: Json = response.json()
    return answer


def received(receiver: Receiver) -> list[Json]:
    return [json.loads(one.body) for one in receiver.requests]


def deliveries(tenant: Tenant, endpoint: Json) -> list[Json]:
    return [one for page in tenant.pages(f"{PATH}/{endpoint['id']}/deliveries", "admin") for one in page]


def test_an_endpoint_is_created_read_changed_and_removed(tenant, receiver):
    made = tenant.as_("admin").post(PATH, json={"url": receiver.url(), "types": ["hold.*"], "description": "ERP"})
    assert made.status_code == 201, made.text
    endpoint = fits(WebhookEndpointCreated, made.json())
    assert made.headers["location"] == f"{PATH}/{endpoint['id']}"
    assert made.headers["cache-control"] == "no-store"
    assert endpoint["secret"].startswith("whsec_")
    one = fits(WebhookEndpoint, tenant.get(f"{PATH}/{endpoint['id']}", "admin"))
    assert one == {name: value for name, value in endpoint.items() if name != "secret"}
    assert tenant.get(PATH, "admin")["data"] == [one]
    changed = tenant.as_("admin").patch(
        f"{PATH}/{one['id']}", json={"types": ["case.escalated"], "audience": "manager", "description": None}
    )
    assert changed.json() == one | {"types": ["case.escalated"], "audience": "manager", "description": None}
    assert tenant.as_("admin").delete(f"{PATH}/{one['id']}").status_code == 204
    assert problem(tenant.as_("admin").get(f"{PATH}/{one['id']}")) == (404, "unknown_endpoint")
    assert problem(tenant.as_("admin").delete(f"{PATH}/{one['id']}")) == (404, "unknown_endpoint")


@pytest.mark.parametrize("way", ["/t/SECRET?key=SECRET", "?SECRET", "/SECRET"])
def test_only_administrators_read_where_an_endpoint_really_is(tenant, receiver, database, way):
    """Chat rooms and functions in clouds have addresses that are passwords: the log, which all may read and which goes to
    other endpoints, names the host."""
    url = f"http://127.0.0.1:{receiver.port}{way}"
    made = tenant.as_("admin").post(PATH, json={"url": url, "types": ["*"]}).json()
    assert tenant.get(f"{PATH}/{made['id']}", "admin")["url"] == url
    with psycopg.connect(database) as owner:
        kept = owner.execute("SELECT string_agg(data::text, '') FROM events WHERE tenant = %s", (tenant.name,)).fetchone()
        sent = owner.execute("SELECT string_agg(body, '') FROM outbox WHERE tenant = %s", (tenant.name,)).fetchone()
    for role in sorted(ROLES):
        (event,) = tenant.get("/v1/events", role, type="webhook_endpoint.created")["data"]
        assert event["data"]["url"] == f"http://127.0.0.1:{receiver.port}"
        assert "SECRET" not in str(event)
    assert kept and sent and "SECRET" not in f"{kept} {sent}"


def test_of_whole_urls_that_stood_in_the_log_before_the_origin_is_told():
    data = '{"endpoint":"we_1","url":"https://chat.example/T0/SECRET","types":["*"]}'
    event = codec.event("webhook_endpoint.created", 1, data)
    assert isinstance(event, EndpointCreated) and event.url == "https://chat.example"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"url": "http://10.0.0.1/x", "types": ["*"]}, "/url", "address_denied"),
        ({"url": "http://169.254.169.254/latest", "types": ["*"]}, "/url", "address_denied"),
        ({"url": "ftp://example.com", "types": ["*"]}, "/url", "scheme_not_allowed"),
        ({"url": "https://a:b@example.com", "types": ["*"]}, "/url", "userinfo_not_allowed"),
        ({"url": "https://example.com#x", "types": ["*"]}, "/url", "fragment_not_allowed"),
        ({"url": "https://example.com", "types": []}, "/types", "too_few"),
        ({"url": "https://example.com", "types": ["Case Opened"]}, "/types/0", "pattern"),
        ({"url": "https://example.com", "types": ["*"], "audience": "king"}, "/audience", "not_one_of"),
        ({"url": "https://example.com", "types": ["*"], "secret": "mine"}, "/secret", "unknown_field"),
        ({"types": ["*"]}, "/url", "field_missing"),
    ],
)
def test_an_endpoint_that_cannot_be_is_refused(tenant, body, pointer, code):
    response = tenant.as_("admin").post(PATH, json=body)
    assert problem(response)[0] == 422
    assert (response.json()["errors"][0]["pointer"], response.json()["errors"][0]["code"]) == (pointer, code)
    assert tenant.get(PATH, "admin")["data"] == []


def test_a_matching_event_arrives_signed(tenant, receiver, courier):
    endpoint = an_endpoint(tenant, receiver, types=["case.opened"])
    tenant.customer()
    tenant.bill("INV-1")
    deliver(courier)
    (request,) = receiver.requests
    event = Webhook(endpoint["secret"]).verify(request.body, request.headers)
    assert (event["type"], event["data"]["case"]["id"]) == ("case.opened", "INV-1")
    (delivery,) = deliveries(tenant, endpoint)
    fits(Delivery, delivery)
    assert (delivery["state"], delivery["webhook_id"]) == ("delivered", request.headers["webhook-id"])
    (attempt,) = delivery["attempts"]
    assert (attempt["number"], attempt["status"], attempt["outcome"]) == (1, 204, "delivered")
    assert attempt["duration_ms"] >= 0


def test_while_a_secret_rotates_both_verify(tenant, receiver, courier):
    endpoint = an_endpoint(tenant, receiver, types=["case.opened"])
    rotated = tenant.as_("admin").post(f"{PATH}/{endpoint['id']}/rotate-secret")
    assert rotated.status_code == 200, rotated.text
    new = rotated.json()["secret"]
    assert new != endpoint["secret"]
    tenant.customer()
    tenant.bill("INV-1")
    deliver(courier)
    (request,) = receiver.requests
    for secret in (new, endpoint["secret"]):
        Webhook(secret).verify(request.body, request.headers)
    with tenant.service.runtime.desk.open(tenant.name) as session:
        session.tx.run("UPDATE endpoints SET old_until = now() - interval '1 second' WHERE tenant = %(tenant)s")
    tenant.bill("INV-2")
    deliver(courier)
    Webhook(new).verify(receiver.requests[1].body, receiver.requests[1].headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(endpoint["secret"]).verify(receiver.requests[1].body, receiver.requests[1].headers)


def test_secrets_are_kept_sealed(tenant, receiver):
    body = {"url": receiver.url(), "types": ["*"]}
    keyed = {"Idempotency-Key": "k-1"}
    first = tenant.as_("admin").post(PATH, json=body, headers=keyed)
    again = tenant.as_("admin").post(PATH, json=body, headers=keyed)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == first.json()
    secret = first.json()["secret"].removeprefix("whsec_").encode()
    with tenant.service.runtime.desk.open(tenant.name) as session:
        kept = session.tx.rows("SELECT answer FROM inbox WHERE tenant = %(tenant)s AND answer IS NOT NULL")
        kept += session.tx.rows("SELECT secret FROM endpoints WHERE tenant = %(tenant)s")
        kept += [
            (text.encode(),) for (text,) in session.tx.rows("SELECT data::text FROM events WHERE tenant = %(tenant)s")
        ]
    assert len(kept) > 3
    assert not any(secret in bytes(value) for (value,) in kept)


def test_an_audience_gets_only_what_calls_on_it(tenant, receiver, courier):
    an_endpoint(tenant, receiver, types=["*"], audience="boss")
    tenant.customer()
    tenant.bill("INV-1")
    tenant.as_("manager").post("/v1/customers/C-1/hold", json={"reason": "x"})
    deliver(courier)
    assert [event["type"] for event in received(receiver)] == ["approval.requested"]


def test_a_disabled_endpoint_gets_nothing_and_may_have_it_later(tenant, receiver, courier):
    endpoint = an_endpoint(tenant, receiver, types=["case.opened"])
    path = f"{PATH}/{endpoint['id']}"
    tenant.customer()
    tenant.bill("INV-1")
    disabled = tenant.as_("admin").patch(path, json={"enabled": False})
    assert (disabled.json()["enabled"], disabled.json()["state"]) == (False, "disabled")
    tenant.bill("INV-2")
    deliver(courier)
    assert not receiver.requests
    assert [one["state"] for one in deliveries(tenant, endpoint)] == ["cancelled"]
    for act, body in (("replay", {"after": "2026-01-01T00:00:00Z"}), ("test", None)):
        assert problem(tenant.as_("admin").post(f"{path}/{act}", json=body)) == (409, "endpoint_disabled")
    assert tenant.as_("admin").patch(path, json={"enabled": True}).json()["enabled"] is True
    replayed = tenant.as_("admin").post(f"{path}/replay", json={"after": "2026-01-01T00:00:00Z"})
    assert (replayed.json()["queued"], replayed.json()["complete"]) == (2, True)
    deliver(courier)
    assert sorted(event["data"]["case"]["id"] for event in received(receiver)) == ["INV-1", "INV-2"]
    (first,) = {one["webhook_id"] for one in deliveries(tenant, endpoint) if one["state"] == "cancelled"}
    assert first in {request.headers["webhook-id"] for request in receiver.requests}


def test_an_endpoint_that_is_gone_is_disabled_and_said_so(tenant, receiver, courier):
    endpoint = an_endpoint(tenant, receiver, types=["case.opened"])
    receiver.answer = (410, {}, b"gone fishing")
    tenant.customer()
    tenant.bill("INV-1")
    deliver(courier)
    assert tenant.get(f"{PATH}/{endpoint['id']}", "admin")["enabled"] is False
    (delivery,) = deliveries(tenant, endpoint)
    assert delivery["state"] == "exhausted"
    assert (delivery["attempts"][0]["status"], delivery["attempts"][0]["head"]) == (410, "gone fishing")
    feed = tenant.get("/v1/events", type="webhook_endpoint.disabled")["data"]
    assert [event["data"] for event in feed] == [{"endpoint": endpoint["id"], "why": "gone"}]


def test_a_redelivery_keeps_the_webhook_id(tenant, receiver, courier):
    endpoint = an_endpoint(tenant, receiver, types=["case.opened"])
    tenant.customer()
    tenant.bill("INV-1")
    deliver(courier)
    (first,) = deliveries(tenant, endpoint)
    again = tenant.as_("admin").post(f"{PATH}/{endpoint['id']}/deliveries/{first['id']}/redeliver")
    assert again.status_code == 200, again.text
    second = fits(Delivery, again.json())
    assert (second["webhook_id"], second["state"]) == (first["webhook_id"], "pending")
    assert second["id"] != first["id"]
    deliver(courier)
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1
    assert len({request.body for request in receiver.requests}) == 1
    assert len(receiver.requests) == 2
    assert [one["state"] for one in deliveries(tenant, endpoint)] == ["delivered", "delivered"]
    nothing = tenant.as_("admin").post(f"{PATH}/{endpoint['id']}/deliveries/dlv_none/redeliver")
    assert problem(nothing) == (404, "unknown_delivery")


def test_I36_a_message_whose_senders_die_is_given_up_after_as_many_attempts_as_any_other(
    tenant, receiver, courier, database
):
    endpoint = an_endpoint(tenant, receiver, types=["case.opened"])
    tenant.customer()
    tenant.bill("INV-1")
    with psycopg.connect(database) as owner:  # as if ten senders had died, one after the other
        owner.execute("UPDATE deliveries SET attempts = 10 WHERE endpoint = %s", (endpoint["id"],))
    deliver(courier)
    assert receiver.requests == []
    (delivery,) = deliveries(tenant, endpoint)
    assert (delivery["state"], delivery["next_at"]) == ("exhausted", None)
    assert [one["outcome"] for one in delivery["attempts"]] == ["given_up"]


def test_a_replay_is_bounded_by_its_range(tenant, receiver, courier):
    endpoint = an_endpoint(tenant, receiver, types=["case.opened"])
    other = an_endpoint(tenant, receiver, types=["invoice.*"])
    tenant.customer()
    tenant.bill("INV-1")
    path = f"{PATH}/{endpoint['id']}/replay"
    early = {"after": "2020-01-01T00:00:00Z", "until": "2020-02-01T00:00:00Z"}
    assert tenant.as_("admin").post(path, json=early).json() == {
        "queued": 0,
        "complete": True,
        "until": "2020-02-01T00:00:00Z",
    }
    turned = {"after": early["until"], "until": early["after"]}
    assert problem(tenant.as_("admin").post(path, json=turned)) == (422, "range_empty")
    assert tenant.as_("admin").post(path, json={"after": "2020-01-01T00:00:00Z"}).json()["queued"] == 1
    deliver(courier)
    assert [one["type"] for one in deliveries(tenant, endpoint)] == ["case.opened", "case.opened"]
    assert len(deliveries(tenant, other)) == 1


def test_a_test_goes_to_that_endpoint_only_whatever_it_listens_to(tenant, receiver, courier):
    asked = an_endpoint(tenant, receiver, types=["hold.*"], audience="boss")
    an_endpoint(tenant, receiver, types=["*"])
    deliver(courier)
    before = len(receiver.requests)
    response = tenant.as_("admin").post(f"{PATH}/{asked['id']}/test")
    assert response.status_code == 200, response.text
    delivery = fits(Delivery, response.json())
    deliver(courier)
    (request,) = receiver.requests[before:]
    event = Webhook(asked["secret"]).verify(request.body, request.headers)
    assert (event["type"], event["data"]["endpoint"]) == ("webhook_endpoint.tested", asked["id"])
    assert request.headers["webhook-id"] == delivery["webhook_id"]
    assert [one["id"] for one in deliveries(tenant, asked)] == [delivery["id"]]


def test_another_tenant_sees_none_of_it(tenant, stranger, receiver, courier):
    endpoint = an_endpoint(tenant, receiver, types=["*"])
    stranger.customer()
    stranger.bill("INV-1")
    deliver(courier)
    assert not receiver.requests or all(stranger.name not in str(event) for event in received(receiver))
    path = f"{PATH}/{endpoint['id']}"
    for method, rest, body in (
        ("GET", "", None),
        ("PATCH", "", {"enabled": False}),
        ("DELETE", "", None),
        ("GET", "/deliveries", None),
        ("POST", "/rotate-secret", None),
        ("POST", "/replay", {"after": "2020-01-01T00:00:00Z"}),
        ("POST", "/test", None),
        ("POST", "/deliveries/dlv_x/redeliver", None),
    ):
        response = stranger.as_("admin").request(method, path + rest, json=body)
        assert problem(response) == (404, "unknown_endpoint"), (method, rest)
    assert stranger.get(PATH, "admin")["data"] == []


def test_deliveries_in_pages_newest_first(tenant, receiver, courier):
    endpoint = an_endpoint(tenant, receiver, types=["case.opened"])
    tenant.customer()
    for n in range(5):
        tenant.bill(f"INV-{n}")
    ids = [one["id"] for one in deliveries(tenant, endpoint)]
    path = f"{PATH}/{endpoint['id']}/deliveries"
    assert [one["id"] for page in tenant.pages(path, "admin", limit=2) for one in page] == ids
    created = [one["created_at"] for one in deliveries(tenant, endpoint)]
    assert created == sorted(created, reverse=True)
    other = an_endpoint(tenant, receiver)
    cursor = tenant.get(path, "admin", limit=2)["next_cursor"]
    response = tenant.as_("admin").get(f"{PATH}/{other['id']}/deliveries", params={"limit": 2, "cursor": cursor})
    assert problem(response) == (422, "cursor_invalid")
