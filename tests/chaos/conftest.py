"""Chaos is thrown from a seed that is printed. CHAOS=20 throws twenty times as much, CHAOS_SEED=7 repeats a run (as far as
processes and clocks can be repeated)."""

import os
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.postgres import place
from tests.chaos.processes import Cluster
from tests.journeys.receiver import Receiver


@pytest.fixture(scope="session")
def chaos() -> int:
    """How much: 1 in every run of the tests."""
    return int(os.environ.get("CHAOS", "1"))


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    seed = int(os.environ.get("CHAOS_SEED") or random.SystemRandom().randrange(10**6))
    print(f"{request.node.name}: CHAOS_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook receiver."""
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A data directory on the disk that any account may pass; whatever runs in it has stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="dunlog-chaos-"))
    folder.chmod(0o711)
    cluster = Cluster(folder)
    yield cluster
    until = time.monotonic() + 30
    while cluster.postmaster() is not None:
        assert time.monotonic() < until, "the server did not stop"
        time.sleep(0.05)
    shutil.rmtree(place.far_home(folder), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
