"""The feed's order is that of the transactions' numbers, not of how these are written."""

import base64

import psycopg

from service.domain.scene import Asker
from service.domain.settings import Settings
from service.engine.administer import create
from service.provision import create_key
from service.runtime import opened
from service.settings import load
from service.store import log
from service.store.database import transaction

BURN = """
DO $$ BEGIN
  WHILE length((pg_current_xact_id()::text::bigint + 3)::text) = length(pg_current_xact_id()::text) LOOP COMMIT; END LOOP;
END $$
"""


def test_the_feed_goes_on_in_order_when_transactions_get_a_digit_more(database: str) -> None:
    key = base64.b64encode(bytes(32)).decode()
    with opened(load(database_url=database, secret_key=key)) as runtime:
        create(runtime.engine, "acme", "live", Settings(), {}, Asker(actor="a", role="admin"), None)
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(BURN)
        for _ in range(8):
            create_key(runtime, "acme", "viewer")
        here, seen = (0, 0, 0), []
        while True:
            with transaction(runtime.engine, "acme") as tx:
                rows, here = log.feed(tx, here, 2, None, None)
            if not rows:
                break
            seen += [row["version"] for row in rows]
    assert seen == list(range(1, len(seen) + 1)) and len(seen) > 8
