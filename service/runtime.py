"""The composition root's heart: from settings to a database, a desk, couriers and clocks, wired once."""

import base64
import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from service import migrate, postgres
from service.channels.addresses import Reach
from service.channels.sealing import seal, unseal
from service.channels.webhook import Sender
from service.domain.playbook import Playbook
from service.engine.deliver import Courier, reveal_with
from service.engine.desk import Desk
from service.metrics import Metrics
from service.settings import Settings, SettingsError, secret_key
from service.store.database import connect
from service.store.playbook_text import check
from service.texting import Texter

VERSION = version("dunlog")
EMBEDDED_BACK_WITHIN = 30.0


@dataclass(frozen=True)
class Runtime:
    """An open house: close it by leaving `opened`."""

    settings: Settings
    url: str
    engine: Engine
    desk: Desk
    key: bytes
    metrics: Metrics = field(default_factory=Metrics)

    def seal(self, secret: str, context: str) -> bytes:
        """A webhook secret as it is kept."""
        return seal(self.key, secret.encode(), context)

    def unseal(self, sealed: bytes, context: str) -> str:
        """What was sealed for that place."""
        return unseal(self.key, sealed, context).decode()

    def reach(self) -> Reach:
        """Where webhooks may go."""
        networks = ",".join(str(network) for network in self.settings.webhook_allow_networks)
        ports = ",".join(str(port) for port in self.settings.webhook_allow_ports)
        return Reach.read(networks, allow_http=self.settings.webhook_allow_http, ports=ports)

    def courier(self) -> Courier:
        """Somebody who delivers webhooks."""
        return Courier(self.engine, Sender(self.reach(), version=VERSION), reveal_with(self.key), self.metrics)

    def texter(self) -> Texter:
        """Somebody who hands text messages to the gateways of their tenants."""
        return Texter(self.desk, Sender(self.reach(), version=VERSION), reveal_with(self.key))


def look_for_cycles_seldom() -> None:
    """What a batch makes, tens of thousands of objects at once, dies with it by reference count. Looking for cycles among it
    as often as Python does by default took half of the CPU; what is there once a process has started is never looked at."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 10, 10)


@contextmanager
def opened(settings: Settings, migrate_too: bool = False) -> Iterator[Runtime]:
    """The database is there, migrated, and a pool stands on it. Raises SettingsError with what to do when it is not."""
    with _database(settings) as url:
        _bring_up_to_date(settings, url, migrate_too)
        engine = connect(url, settings.pool_size)
        metrics = Metrics()
        desk = Desk(engine, _channels(settings), read_playbook, metrics)
        try:
            yield Runtime(settings, url, engine, desk, secret_key(settings), metrics)
        finally:
            engine.dispose()


@contextmanager
def _database(settings: Settings) -> Iterator[str]:
    if settings.database_url is not None:
        yield settings.database_url
        return
    with postgres.start(settings.data_dir, bin_dir=settings.postgres_bin) as embedded, postgres.watched(embedded):
        yield embedded.url


def _bring_up_to_date(settings: Settings, url: str, migrate_too: bool) -> None:
    if not _pending(settings, url):
        return
    if settings.embedded or migrate_too:
        migrate.upgrade(url)
        return
    raise SettingsError(
        "DATABASE_URL: the database lacks migrations of this version. "
        "Run `dunlog migrate`, or start with --migrate, after a backup."
    )


def _pending(settings: Settings, url: str) -> Any:
    """What is still to be migrated. An embedded server that was killed this moment is waited for: its keeper brings it back."""
    until = time.monotonic() + EMBEDDED_BACK_WITHIN
    while True:
        try:
            return migrate.pending(url)
        except OperationalError:
            if not settings.embedded or time.monotonic() > until:
                raise
            time.sleep(0.1)


def _channels(settings: Settings) -> frozenset[str]:
    return frozenset({"email", "letter"}) if settings.smtp_url else frozenset({"letter"})


def read_playbook(text: str, name: str, number: int) -> Playbook:
    """A published playbook; it was checked before, so a mistake now is a bug."""
    found = check(text, name, number)
    if isinstance(found, list):
        raise ValueError(f"published playbook {name} {number} no longer reads: {found[0]}")
    return found


def derived(key: bytes, purpose: str) -> bytes:
    """A key of its own for one purpose, derived from the secret one."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(hashes.SHA256(), 32, None, f"dunlog {purpose}".encode()).derive(key)


def shown(key: bytes) -> str:
    """A key as text, for files and the environment."""
    return base64.b64encode(key).decode()


def ignored(*_: Any) -> None:
    """For callers that want no report."""
