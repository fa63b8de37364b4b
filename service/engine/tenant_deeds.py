"""What is done to the company itself once somebody has agreed, each asked again whether things still stand as they did."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

import msgspec

from service.domain.events.tenant import EndpointSecretRotated
from service.domain.refusals import Conflict
from service.domain.scene import Asker
from service.domain.settings import Settings
from service.domain.tenant import Tenant
from service.engine import reassigning
from service.engine.administer import Change, playbook_published, settings_changed, template_published
from service.store import codec, endpoints
from service.store.database import Tx

Deed = dict[str, Any]


def publish(tx: Tx, tenant: Tenant, deed: Deed) -> Sequence[Change]:
    """The text as it was asked about, unless another version has been published since."""
    name = deed["playbook"]
    _still(tenant.playbooks.get(name, 0) + 1 == deed["version"])
    return playbook_published(tx, tenant, name, deed["text"])


def publish_template(_: Tx, tenant: Tenant, deed: Deed) -> Sequence[Change]:
    """The texts as they were asked about, unless another version has been published since."""
    known = tenant.templates.get(f"{deed['language']}/{deed['kind']}")
    _still((known.version if known else 0) + 1 == deed["version"])
    return template_published(tenant, deed["language"], deed["kind"], deed["texts"])


def rotate(tx: Tx, _: Tenant, deed: Deed) -> Sequence[Change]:
    """The secret that was made with the request signs from now on, unless the endpoint is gone or got another one."""
    row = endpoints.get(tx, deed["endpoint"], lock=True)
    waiting = bytes(row["next_secret"] or b"") if row else b""
    _still(sha256(waiting).hexdigest() == deed["sealed"])
    endpoints.rotate(tx, deed["endpoint"], waiting)
    return [Change(EndpointSecretRotated(endpoint=deed["endpoint"]))]


def choose(tx: Tx, tenant: Tenant, deed: Deed) -> Sequence[Change]:
    """The fields get their new values, unless one of them has moved since."""
    plain: dict[str, Any] = codec.load(codec.encode(tenant.settings))
    _still(all(plain[name] == value for name, value in deed["was"].items()))
    return settings_changed(tx, tenant, msgspec.convert({**plain, **deed["fields"]}, Settings))


def reassign(tx: Tx, tenant: Tenant, deed: Deed) -> Sequence[Change]:
    """The customers as they were chosen, unless one of them is that owner's no longer."""
    _still(reassigning.still_theirs(tx, deed["previous"], deed["moves"]))
    asker = Asker(actor=deed["by"], role=deed["role"])
    return [reassigning.begun(tenant, asker, deed["previous"], deed["moves"], None)]


DEEDS: dict[str, Callable[[Tx, Tenant, Deed], Sequence[Change]]] = {
    "playbook": publish,
    "template": publish_template,
    "webhook_secret": rotate,
    "settings": choose,
    "reassignment": reassign,
}


def _still(same: bool) -> None:
    if not same:
        raise Conflict("world_moved", None)
