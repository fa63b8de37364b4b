"""What comes to the road and what goes back: a command with who asks it, and what came of it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from service.domain.commands import Command
from service.domain.events import Event
from service.domain.refusals import Refused
from service.domain.scene import Asker
from service.engine.desk import Session
from service.store.inbox import Identity


class Fact(Struct, frozen=True):
    """An event as it stands in the log."""

    stream: str
    id: str
    version: int
    event: Event


class Done(Struct, frozen=True, kw_only=True):
    """What came of an ask: `accepted`, `duplicate`, or `rejected` with why; `position` names its first event.
    `repeated` tells an identity seen before from a command that had nothing to do."""

    status: str
    position: int | None = None
    refused: Refused | None = None
    happened: tuple[Fact, ...] = ()
    answer: tuple[int, bytes] | None = None
    repeated: bool = False


Respond = Callable[[Session, Done], tuple[int, bytes]]
"""What to answer (status and body), worked out in the command's own transaction."""


class Ask(Struct, frozen=True, kw_only=True):
    """One command. `extra` is what the ERP said beside what we know, kept aside; `expects` names a case or customer and
    the versions that If-Match admits; `respond` makes the answer that a repeat of the same idempotency key gets again."""

    command: Command
    asker: Asker
    identity: Identity | None = None
    occurred_at: datetime | None = None
    extra: Mapping[str, Any] | None = None
    expects: tuple[str, str, frozenset[int]] | None = None
    respond: Respond | None = None
