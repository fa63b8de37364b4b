"""The database's clock in the test's hand.

The service takes the time from the database and from nowhere else; here a schema that stands before `pg_catalog` tells the
time moved by so much. Nothing of the service is replaced, live tenants' loops run as they always do.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
from sqlalchemy import make_url

_CLOCK = """
DROP SCHEMA IF EXISTS moved CASCADE;
CREATE SCHEMA moved;
CREATE TABLE moved.clock (by interval NOT NULL);
INSERT INTO moved.clock VALUES ('0');
CREATE FUNCTION moved.transaction_timestamp() RETURNS timestamptz STABLE
  RETURN pg_catalog.transaction_timestamp() + (SELECT by FROM moved.clock);
CREATE FUNCTION moved.now() RETURNS timestamptz STABLE
  RETURN pg_catalog.now() + (SELECT by FROM moved.clock);
GRANT USAGE ON SCHEMA moved TO PUBLIC;
GRANT SELECT ON moved.clock TO PUBLIC;
"""


@dataclass
class Present:
    """What the database says is now; who holds it may move it either way."""

    url: str

    def install(self, now: datetime) -> "Present":
        """Connections opened from now on live at that moment, which goes on from there."""
        name = make_url(self.url).database
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(_CLOCK)
            connection.execute(f'ALTER DATABASE "{name}" SET search_path = moved, pg_catalog, public'.encode())
        self.set(now)
        return self

    def now(self) -> datetime:
        with psycopg.connect(self.url) as connection:
            row = connection.execute("SELECT now()").fetchone()
        assert row
        found: datetime = row[0]
        return found

    def set(self, now: datetime) -> None:
        """It is that moment; live business does not wait until then."""
        with psycopg.connect(self.url) as connection:
            connection.execute("UPDATE moved.clock SET by = %s - pg_catalog.now()", (now,))

    def move(self, by: timedelta) -> None:
        """So much later (or earlier) than it was."""
        with psycopg.connect(self.url) as connection:
            connection.execute("UPDATE moved.clock SET by = by + %s", (by,))
