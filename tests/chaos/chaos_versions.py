"""An earlier version beside the present one on one database, under load: neither makes an error of the other's work (R10)."""

import random
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from service.engine.rebuild import rebuild
from service.engine.verify import Place
from service.runtime import Runtime
from tests.chaos import clocks
from tests.chaos.conftest import Amount
from tests.chaos.elder import Elder, older
from tests.chaos.forked import barracks
from tests.chaos.traffic import NOW, during
from tests.conftest import Tell
from tests.journeys.house import House, free_port, on_database
from tests.journeys.proof import prove
from tests.journeys.receiver import Receiver

CHANGES_BACK = 30


@pytest.fixture
def elder(tmp_path: Path) -> str | None:
    """The earlier version's commit; its code lies in the test's folder."""
    return older(CHANGES_BACK, tmp_path)


@pytest.fixture
def replicas(database: str, elder: str | None, tmp_path: Path) -> Iterator[list[House]]:
    """A `serve` and a `worker` of each version."""
    present = barracks(on_database(database, clocks.SECRET_KEY))
    houses: list[House] = [present, Elder(present.environment, folder=tmp_path) if elder else barracks(present)]
    for house in houses:
        house.port = free_port()
        house.start()
        house.start("worker")
    yield houses
    for house in houses:
        house.stop()


@pytest.mark.figure("R10")
def test_R10_an_older_version_works_beside_a_newer_one(
    database: str,
    replicas: list[House],
    elder: str | None,
    runtime: Runtime,
    rng: random.Random,
    receiver: Receiver,
    amount: Amount,
    figure: Tell,
):
    print(f"beside {elder}" if elder else "there is no earlier version at hand: two processes of the same one")

    def founding(name: str) -> dict[str, str]:
        """There before the newer version came: its playbooks may be of a grammar that the older one does not read."""
        return replicas[-1].tenant(name, now=NOW)

    mended: list[int] = []

    def proving(runtime: Runtime, tenant: str) -> None:
        """The log is whole; what the newer version derives from it beside the older one's is made good by `rebuild`."""
        passes = list(rebuild(runtime.desk, Place(tenant)))
        assert sum(one.broken for one in passes) == 0
        mended.append(sum(one.mended for one in passes))
        prove(runtime, tenant)

    wait = partial(time.sleep, amount(3, 60))
    clients = during(wait, "versions", database, replicas, runtime, rng, receiver, founding, proving)
    assert [id for client in clients for id in client.broken] == []
    acknowledged = sum(client.acknowledged for client in clients)
    figure(errors=0, older=elder or "none at hand, the same code", acknowledged=acknowledged, rebuilt=sum(mended))
