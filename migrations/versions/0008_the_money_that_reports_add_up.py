"""The money that reports add up, filled from the log: a bill's streams are folded as the service folds them."""

from collections.abc import Iterator
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from alembic import op

from service.engine.folding import COLUMNS, fold_one
from service.store import movements
from service.store.arrays import Array, ArrayDumper
from service.store.database import Row, Tx

revision = "0008"
down_revision = "0007"

APP, CLOCK = "dunlog_app", "dunlog_clock"
AT_ONCE = 5_000

_BILLS = f"""
SELECT {COLUMNS} FROM events WHERE tenant = %(tenant)s AND stream >= 'case/' AND stream < 'case0' ORDER BY stream, version
"""


def upgrade() -> None:
    op.create_table(
        "movements",
        sa.Column("tenant", sa.Text(collation="C"), nullable=False),
        sa.Column("customer", sa.Text(collation="C"), nullable=False),
        sa.Column("case_id", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(collation="C"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            *("tenant", "customer", "case_id", "version", "part"),
            postgresql_include=["kind", "day", "amount", "currency", "due_on", "recorded_at"],
        ),
        postgresql_with={"autovacuum_vacuum_insert_scale_factor": "0.05"},
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON movements TO {APP}")
    op.execute("ALTER TABLE movements ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE movements FORCE ROW LEVEL SECURITY")
    op.execute(
        f"""CREATE POLICY own_tenant ON movements TO {APP}
           USING (tenant = NULLIF(current_setting('app.tenant', true), ''))"""
    )
    _fill()


def _fill() -> None:
    """Every tenant's, in this transaction: there all of them, or none."""
    driver: Any = op.get_bind().connection.driver_connection
    driver.adapters.register_dumper(Array, ArrayDumper)
    op.execute(f"SET LOCAL ROLE {CLOCK}")
    tenants = [tenant for (tenant,) in op.get_bind().execute(sa.text("SELECT id FROM tenants ORDER BY id"))]
    op.execute(f"SET LOCAL ROLE {APP}")
    for tenant in tenants:
        op.get_bind().execute(sa.text("SELECT set_config('app.tenant', :tenant, true)"), {"tenant": tenant})
        (now,) = op.get_bind().execute(sa.text("SELECT transaction_timestamp()")).one()
        tx = Tx(driver, tenant, now)
        rows = _rows(tx)
        while some := list(islice(rows, AT_ONCE)):
            movements.add(tx, some)
    op.execute("SET LOCAL ROLE NONE")


def _rows(tx: Tx) -> Iterator[Row]:
    """What cannot be read is left to `dunlog verify`."""
    for stream, events in groupby(tx.stream(_BILLS), key=itemgetter(0)):
        yield from fold_one(tx.tenant, stream, events).moved


def downgrade() -> None:
    raise NotImplementedError("The log is never taken apart: restore a backup instead.")
