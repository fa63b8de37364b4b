"""Text messages: a signed webhook to the gateway that the company named in its settings, which sends them on."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from service.channels.outcome import Failed, Sent
from service.channels.webhook import Delivery, Sender
from service.engine.deliver import Reveal
from service.engine.desk import Desk
from service.engine.post import Outgoing
from service.store import codec, endpoints
from service.store.outbox import webhook_id
from service.words.languages import TAGS

TYPE = "message.send"
NO_NUMBER, NO_GATEWAY = "no_number", "gateway_missing"
SENSELESS = frozenset({400, 404, 422})
"""The gateway's no to this message: it would say so again."""


class _Gateway(Struct, frozen=True):
    endpoint: str
    url: str
    secrets: tuple[str, ...]
    at: datetime


class Texter:
    """Hands text messages to the gateways of their tenants, by the same ways and under the same guards as any webhook."""

    def __init__(self, desk: Desk, sender: Sender, reveal: Reveal) -> None:
        self._desk, self._sender, self._reveal = desk, sender, reveal

    def post(self, tenant: str, one: Outgoing) -> Sent | Failed:
        """One attempt; a 2xx says that the gateway has it. The `webhook-id` is the same on every try."""
        if not one.row["recipient"]:
            return Failed(code=NO_NUMBER, detail="the contact has no mobile number", duration_ms=0, permanent=True)
        gateway = self._gateway(tenant)
        if gateway is None:
            return Failed(code=NO_GATEWAY, detail="the gateway's endpoint is disabled or removed", duration_ms=0)
        body = codec.encode(_event(tenant, one)).encode()
        id = webhook_id(tenant, gateway.endpoint, f"message/{one.row['id']}", 0)
        outcome = self._sender.send(Delivery(url=gateway.url, id=id, at=gateway.at, body=body, secrets=gateway.secrets))
        return _final(outcome) if isinstance(outcome, Failed) and outcome.status in SENSELESS else outcome

    def close(self) -> None:
        """Give the connections back."""
        self._sender.close()

    def _gateway(self, tenant: str) -> _Gateway | None:
        with self._desk.open(tenant) as session:
            id = session.scene.settings.sms_gateway
            row = endpoints.get(session.tx, id) if id else None
            if row is None or row["state"] != "enabled":
                return None
            old = row["old_secret"] if row["old_until"] and row["old_until"] > session.tx.now else None
        context = f"{tenant}/{row['id']}"
        secrets = tuple(self._reveal(bytes(one), context) for one in (row["secret"], old) if one)
        return _Gateway(row["id"], row["url"], secrets, session.tx.now)


def _event(tenant: str, one: Outgoing) -> dict[str, Any]:
    row = one.row
    data = {name: row[name] for name in ("customer", "contact", "channel", "text")}
    return {
        "specversion": "1.0",
        "id": row["id"],
        "source": f"dunlog/{tenant}",
        "type": TYPE,
        "time": row["at"],
        "subject": row["id"],
        "datacontenttype": "application/json",
        "data": {"message": row["id"], "to": row["recipient"], "language": TAGS[one.said.letter.language], **data},
    }


def _final(failed: Failed) -> Failed:
    return Failed(
        code="gateway_refused",
        detail=failed.detail,
        duration_ms=failed.duration_ms,
        status=failed.status,
        head=failed.head,
        permanent=True,
    )
