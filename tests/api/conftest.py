"""What the tests of the API share: a server on a free port and fresh sandbox tenants."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn

from service.api import connections
from service.api.context import Readiness
from service.app import create
from service.engine.desk import Desk
from service.runtime import Runtime, read_playbook
from service.settings import Settings
from service.store.database import connect
from tests.api.tenants import Service, Tenant
from tests.patience import PATIENCE

KEY = bytes(range(32))
POOL = 8
STARTS_WITHIN = PATIENCE


@contextmanager
def serving(url: str, **given: Any) -> Iterator[Service]:
    """A server on a migrated database, without clock and couriers of its own."""
    engine = connect(url, POOL)
    settings = Settings(database_url=url, **given)
    runtime = Runtime(settings, url, engine, Desk(engine, frozenset({"letter"}), read_playbook), KEY)
    app = create(runtime, lambda: Readiness(True, {}), lambda: b"")
    server = uvicorn.Server(connections.config(app))
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + STARTS_WITHIN
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    assert server.started
    yield Service(runtime, f"http://127.0.0.1:{listening.getsockname()[1]}")
    server.should_exit = True
    thread.join(STARTS_WITHIN)
    listening.close()
    engine.dispose()


@pytest.fixture(scope="module")
def service(database: str) -> Iterator[Service]:
    """One server a module, on the module's own database."""
    with serving(database) as running:
        yield running


@pytest.fixture
def tenant(service: Service) -> Iterator[Tenant]:
    """A fresh sandbox tenant whose clock stands at `NOW`."""
    fresh = service.new_tenant()
    yield fresh
    fresh.close()


@pytest.fixture
def stranger(service: Service) -> Iterator[Tenant]:
    """Another tenant, to whom nothing of the first exists."""
    fresh = service.new_tenant()
    yield fresh
    fresh.close()
