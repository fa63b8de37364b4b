"""What the tests of the store share: a pool on the module's database, and a house with a past."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, make_url

from service import postgres
from service.store.database import connect
from tests.conftest import copied
from tests.store.histories import House, build

TENANT = "acme"


@pytest.fixture(scope="module")
def engine(database: str) -> Iterator[Engine]:
    engine = connect(database, 4)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def ten_months(server: postgres.Embedded, template: str) -> Iterator[str]:
    """The name of a database in which ten months have passed once for all modules."""
    with copied(server, template) as url:
        engine = connect(url, 4)
        build(engine, url, TENANT)
        engine.dispose()
        yield str(make_url(url).database)


@pytest.fixture(scope="module")
def house(server: postgres.Embedded, ten_months: str) -> Iterator[House]:
    """After ten months, in a database of the module's own; who tells another story has another house."""
    with copied(server, ten_months) as url:
        engine = connect(url, 4)
        yield House(engine, url, TENANT)
        engine.dispose()
