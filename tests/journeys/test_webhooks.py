"""A manager's webhooks as a receiver sees them: signed, at least once, the same id on every try, never in each other's way.

Nothing waits an hour here: the tests move what waits for its next try an hour back, as if that hour had passed.
"""

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from typing import Any

import psycopg
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from tests.journeys.company import Company
from tests.journeys.conftest import Founding
from tests.journeys.house import House
from tests.journeys.receiver import Receiver
from tests.patience import eventually

Hour = Callable[[Company], None]


@pytest.fixture
def an_hour_passes(database: str) -> Hour:
    """For all that waits for another try (and for leases): its moment is an hour nearer."""

    def passes(company: Company) -> None:
        with psycopg.connect(database) as connection:
            connection.execute(
                "UPDATE deliveries SET next_at = next_at - interval '1 hour' WHERE tenant = %s AND state = 'pending'",
                (company.tenant,),
            )

    return passes


def listen(company: Company, receiver: Receiver | str, *types: str, audience: str | None = None) -> str:
    """An endpoint's id; the receiver knows its secret."""
    url = receiver if isinstance(receiver, str) else receiver.url
    body = {"url": url, "types": list(types or ("*",)), "audience": audience}
    made = company.do("admin", "/v1/webhook-endpoints", body, 201)
    if isinstance(receiver, Receiver):
        receiver.secrets = [made["secret"]]
    endpoint: str = made["id"]
    return endpoint


def deliveries(company: Company, endpoint: str) -> list[dict[str, Any]]:
    return company.all(f"/v1/webhook-endpoints/{endpoint}/deliveries", "admin")


def outcomes(delivery: dict[str, Any]) -> list[tuple[str, int | None]]:
    return [(attempt["outcome"], attempt["status"]) for attempt in delivery["attempts"]]


def test_I26_a_receiver_that_fails_for_an_hour_gets_each_message_once_it_is_back(
    company: Founding, receiver: Receiver, an_hour_passes: Hour
):
    erp = company()
    endpoint = listen(erp, receiver)
    receiver.answer = 500
    erp.customer()
    for n in range(5):
        erp.bill(f"INV-{n}", "2026-01-05", "2026-03-06")
    erp.pay("P-1", "1000.00", "2026-01-05", allocations=[{"invoice": "INV-1", "amount": "1000.00"}])
    for tries in (1, 2, 3):
        eventually(partial(_tried, erp, endpoint, tries), f"{tries} tries of each")
        an_hour_passes(erp)
    assert receiver.taken == {}
    receiver.answer = 204
    an_hour_passes(erp)
    eventually(lambda: {one["state"] for one in deliveries(erp, endpoint)} == {"delivered"}, "all delivered")

    shown = deliveries(erp, endpoint)
    assert {one["webhook_id"] for one in shown} == receiver.taken.keys() == {id for id, _ in receiver.attempts}
    assert all(len(bodies) == 1 for bodies in receiver.taken.values())
    assert {bodies[0]["type"] for bodies in receiver.taken.values()} >= {
        "case.opened",
        "payment.applied",
        "case.closed",
    }
    for one in shown:
        *failed, last = outcomes(one)
        assert len(failed) >= 3 and set(failed) == {("http_status", 500)} and last == ("delivered", 204)
        assert [attempt["number"] for attempt in one["attempts"]] == list(range(1, len(one["attempts"]) + 1))


def _tried(company: Company, endpoint: str, tries: int) -> bool:
    """So many tries of each have ended."""
    shown = deliveries(company, endpoint)
    return {sum(a["outcome"] != "started" for a in one["attempts"]) for one in shown} == {tries}


def test_I27_while_a_secret_rotates_both_verify_and_a_foreign_one_does_not(company: Founding, receiver: Receiver):
    erp = company()
    endpoint = listen(erp, receiver, "case.opened")
    (old,) = receiver.secrets
    new = erp.do("admin", f"/v1/webhook-endpoints/{endpoint}/rotate-secret")["secret"]
    receiver.secrets = [old, new]  # the receiver raises unless every one of them verifies
    erp.customer()
    erp.bill("INV-1", "2026-01-05", "2026-03-06")
    eventually(lambda: receiver.types() == ["case.opened"], "the event")
    ((body, headers),) = receiver.raw
    with pytest.raises(WebhookVerificationError):
        Webhook(listen_secret(erp)).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify(body + b" ", headers)


def listen_secret(company: Company) -> str:
    """Another endpoint's."""
    body = {"url": "https://elsewhere.example/hook", "types": ["hold.*"]}
    secret: str = company.do("admin", "/v1/webhook-endpoints", body)["secret"]
    return secret


def test_I29_one_hanging_endpoint_delays_another_by_less_than_five_seconds(company: Founding, receiver: Receiver):
    erp = company()
    with hanging() as url:
        stuck = listen(erp, url, "*")
        listen(erp, receiver, "case.opened")
        erp.customer()
        bills = [
            erp.event(
                "invoice.issued", invoice=f"INV-{n}", customer="C-1", amount="10.00", currency="CNY",
                issued_on="2026-01-05", due_on="2026-03-06",
            )
            for n in range(300)
        ]  # fmt: skip
        erp.post(*bills)
        eventually(lambda: len(receiver.taken) == len(bills), "all of the other's")
        erp.bill("INV-LATER", "2026-01-05", "2026-03-06")
        asked = time.monotonic()
        eventually(lambda: len(receiver.taken) == len(bills) + 1, "one more")
        assert time.monotonic() - asked < 5
        assert {one["state"] for one in deliveries(erp, stuck)} == {"pending"}
        erp.ask("admin", "DELETE", f"/v1/webhook-endpoints/{stuck}")


@contextmanager
def hanging() -> Iterator[str]:
    """A server that takes connections and says nothing; at the end it hangs up on all."""
    taken: list[socket.socket] = []
    with closing(socket.create_server(("127.0.0.1", 0), backlog=128)) as listener:

        def accept() -> None:
            while True:
                try:
                    taken.append(listener.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/hook"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            for one in taken:
                one.close()


def test_I26_a_message_whose_sender_was_killed_goes_again_under_the_same_id(
    company: Founding, house: House, receiver: Receiver, an_hour_passes: Hour
):
    erp = company()
    with hanging() as url:
        endpoint = listen(erp, url, "case.opened")
        erp.customer()
        erp.bill("INV-1", "2026-01-05", "2026-03-06")
        eventually(lambda: outcomes(deliveries(erp, endpoint)[0]) == [("started", None)], "it is on its way")
        (before,) = deliveries(erp, endpoint)
        house.kill()
    house.start()
    an_hour_passes(erp)
    eventually(lambda: len(outcomes(deliveries(erp, endpoint)[0])) >= 2, "it goes again")
    (after,) = deliveries(erp, endpoint)
    assert after["webhook_id"] == before["webhook_id"]
    assert outcomes(after)[0] == ("unknown", None)


def test_R10_an_orderly_end_waits_for_the_answer_to_what_is_on_its_way(
    company: Founding, house: House, receiver: Receiver, an_hour_passes: Hour
):
    erp = company()
    endpoint = listen(erp, receiver, "case.opened")
    receiver.delay = 2.0
    erp.customer()
    erp.bill("INV-1", "2026-01-05", "2026-03-06")
    eventually(lambda: receiver.attempts, "it is on its way")
    (process,) = house.processes
    house.stop()
    assert process.poll() == 0
    house.start()
    an_hour_passes(erp)
    time.sleep(1)
    (delivery,) = deliveries(erp, endpoint)
    assert (delivery["state"], outcomes(delivery)) == ("delivered", [("delivered", 204)])
    assert len(receiver.attempts) == 1


def test_I30_a_receiver_that_is_gone_gets_nothing_more_and_once_enabled_what_it_missed(
    company: Founding, receiver: Receiver, an_hour_passes: Hour
):
    erp, witness = company(), Receiver()
    try:
        endpoint = listen(erp, receiver, "case.opened")
        listen(erp, witness, "webhook_endpoint.*")
        began = datetime.now().astimezone().isoformat()
        receiver.answer = 410
        erp.customer()
        erp.bill("INV-1", "2026-01-05", "2026-03-06")
        eventually(lambda: "webhook_endpoint.disabled" in witness.types(), "it is said that it is disabled")
        assert erp.get(f"/v1/webhook-endpoints/{endpoint}", "admin")["enabled"] is False
        erp.bill("INV-2", "2026-01-05", "2026-03-06")
        an_hour_passes(erp)
        time.sleep(1)
        assert len(receiver.attempts) == 1

        receiver.answer = 204
        enabled = erp.ask("admin", "PATCH", f"/v1/webhook-endpoints/{endpoint}", {"enabled": True})
        assert enabled.json()["enabled"] is True
        replayed = erp.do("admin", f"/v1/webhook-endpoints/{endpoint}/replay", {"after": began})
        assert replayed["queued"] == 2
        eventually(lambda: len(receiver.taken) == 2, "what it missed")
        assert sorted(body["subject"] for (body,) in receiver.taken.values()) == ["case/INV-1", "case/INV-2"]
    finally:
        witness.close()


def test_an_endpoint_hears_what_calls_on_its_audience_and_what_its_types_name(company: Founding, receiver: Receiver):
    erp, others = company(), [Receiver() for _ in range(3)]
    managers, supervisors, holds = others
    try:
        listen(erp, managers, "*", audience="manager")
        listen(erp, supervisors, "case.escalated", audience="supervisor")
        listen(erp, holds, "hold.*")
        erp.customer()
        erp.bill("INV-1", "2026-01-05", "2026-01-19", confirmation_required=False)
        erp.walk("2026-04-24")
        erp.grant("hold", "C-1")
        hold = erp.get("/v1/customers/C-1/credit", "erp")["hold"]["id"]
        erp.say("hold.acknowledged", customer="C-1", hold=hold)
        eventually(lambda: set(holds.types()) == {"hold.applied", "hold.acknowledged"}, "the hold and its answer")
        eventually(lambda: len(supervisors.taken) == 1, "the supervisor's escalation")
        bodies = [body for (body,) in managers.taken.values()]
        assert Counter(body["data"]["level"] for body in bodies if body["type"] == "case.escalated") == {"manager": 1}
        assert {"case.escalated", "notice.raised", "task.created", "hold.applied"} <= {body["type"] for body in bodies}
        assert all("manager" in body["data"]["audience"] for body in bodies)
        ((escalated,),) = supervisors.taken.values()
        assert escalated["data"]["case"]["id"] == "INV-1" and escalated["data"]["level"] == "supervisor"
    finally:
        for one in others:
            one.close()
