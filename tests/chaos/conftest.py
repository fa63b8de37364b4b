"""Chaos is thrown from a seed that is printed. Without CHAOS only a little is thrown, CHAOS=1 throws as much as the figures
ask for and CHAOS=0.1 a tenth of it; CHAOS_SEED=7 repeats a run (as far as processes and clocks can be repeated)."""

import os
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service.postgres import place
from service.runtime import Runtime, opened
from service.settings import load
from tests.chaos import clocks
from tests.chaos.present import Present
from tests.chaos.processes import Cluster
from tests.chaos.town import BEFORE, Mailbox
from tests.journeys.receiver import Receiver
from tests.patience import eventually

Amount = Callable[[int, int], int]
"""How much in every run of the tests, and how much for the figures, to how much in this one."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.chaos)


@pytest.fixture(scope="session")
def amount() -> Amount:
    share = os.environ.get("CHAOS")
    return lambda little, much: max(little, round(much * float(share))) if share else little


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    seed = int(os.environ.get("CHAOS_SEED") or random.SystemRandom().randrange(10**6))
    print(f"{request.node.name}: CHAOS_SEED={seed}")
    request.node.user_properties.append(("seed", seed))
    return random.Random(seed)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook receiver."""
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server."""
    mailbox = Mailbox()
    yield mailbox
    mailbox.close()


@pytest.fixture
def present(database: str) -> Present:
    """The module's database lives on the last day before the town's bills are overdue, and the test moves its clock."""
    return Present(database).install(BEFORE)


@pytest.fixture
def runtime(database: str) -> Iterator[Runtime]:
    """The house from inside."""
    with opened(load(database_url=database, secret_key=clocks.SECRET_KEY, pool_size=4)) as runtime:
        yield runtime


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A data directory on the disk that any account may pass; whatever runs in it has stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="dunlog-chaos-"))
    folder.chmod(0o711)
    cluster = Cluster(folder)
    yield cluster
    eventually(lambda: cluster.postmaster() is None, "the server stops")
    shutil.rmtree(place.far_home(folder), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
