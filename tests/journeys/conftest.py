"""Journeys live in one running house a module, each in a company of its own."""

import base64
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from service.runtime import Runtime, opened
from service.settings import load
from tests.chaos.forked import barracks
from tests.journeys.company import Company
from tests.journeys.house import House, on_database
from tests.journeys.proof import prove
from tests.journeys.provisioning import found
from tests.journeys.receiver import Receiver
from tests.patience import PATIENCE

SECRET_KEY = base64.b64encode(bytes(range(32))).decode()

Founding = Callable[..., Company]


@pytest.fixture(scope="module")
def house(database: str) -> Iterator[House]:
    """`dunlog serve` as a process, on a database of the module's; whatever happened there, `dunlog verify` is content."""
    house = barracks(on_database(database, SECRET_KEY))
    try:
        house.start()
        yield house
        assert house.start("verify").wait(PATIENCE) == 0, house.said()
    finally:
        house.stop()


@pytest.fixture(scope="module")
def runtime(database: str) -> Iterator[Runtime]:
    """The same house from inside: what its command line stands on."""
    with opened(load(database_url=database, secret_key=SECRET_KEY, pool_size=4)) as runtime:
        yield runtime


@contextmanager
def companies(house: House, runtime: Runtime) -> Iterator[Founding]:
    """Makes companies; when the story is over, the tables of each must equal its log."""
    made: list[Company] = []

    def make(now: str = "2026-01-05T08:00:00+08:00", **options: str) -> Company:
        tenant = f"t-{uuid.uuid4().hex[:12]}"
        made.append(Company(house.url, found(runtime, tenant, now, **options), tenant))
        return made[-1]

    try:
        yield make
        for one in made:
            prove(runtime, one.tenant)
    finally:
        for one in made:
            one.http.close()


@pytest.fixture
def company(house: House, runtime: Runtime) -> Iterator[Founding]:
    """Makes a company whose clock stands where told."""
    with companies(house, runtime) as make:
        yield make


@pytest.fixture(scope="module")
def founded(house: House, runtime: Runtime) -> Iterator[Founding]:
    """The same for stories that several tests read."""
    with companies(house, runtime) as make:
        yield make


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook receiver."""
    receiver = Receiver()
    yield receiver
    receiver.close()
