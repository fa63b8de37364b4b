"""Journeys live in one running house a module, each in a company of its own."""

import base64
import uuid
from collections.abc import Callable, Iterator

import pytest

from tests.journeys.company import Company
from tests.journeys.house import House, on_database
from tests.journeys.receiver import Receiver

SECRET_KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture(scope="module")
def house(database: str) -> Iterator[House]:
    """`dunlog serve` as a process, on a database of the module's."""
    house = on_database(database, SECRET_KEY)
    house.start()
    yield house
    house.stop()


@pytest.fixture
def company(house: House) -> Callable[..., Company]:
    """Makes a company whose clock stands where told."""

    def make(now: str = "2026-01-05T08:00:00+08:00", **options: str) -> Company:
        return Company(house.url, house.tenant(f"t-{uuid.uuid4().hex[:12]}", now=now, **options))

    return make


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook receiver."""
    receiver = Receiver()
    yield receiver
    receiver.close()
