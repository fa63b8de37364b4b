"""What the routes need of the house, put together once by the composition root and handed to every request."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from starlette.requests import Request

from service.api.cursors import Cursors
from service.api.fingerprints import Fingerprints
from service.channels.addresses import Reach
from service.domain.playbook import Playbook
from service.engine.compose import Render
from service.engine.convoy import Convoy
from service.engine.desk import Desk

CheckPlaybook = Callable[[str, str], "Playbook | list[Any]"]


class Readiness(NamedTuple):
    """Whether requests can be served, and what stands in the way or should be known."""

    ready: bool
    checks: dict[str, Any]


class Context(NamedTuple):
    """The desk, the keys for cursors, fingerprints and secrets, and the few functions that belong to the process."""

    desk: Desk
    convoy: Convoy
    cursors: Cursors
    fingerprints: Fingerprints
    seal: Callable[[str, str], bytes]
    unseal: Callable[[bytes, str], str]
    new_secret: Callable[[], str]
    reach: Reach
    render: Render
    readiness: Callable[[], Readiness]
    metrics: Callable[[], bytes]
    version: str
    key_patience: float = 5.0
    started_at: datetime | None = None


async def context(request: Request) -> Context:
    """The house's context, as a dependency; on the event loop, for a thread would cost more than the answer."""
    found: Context = request.app.state.context
    return found
