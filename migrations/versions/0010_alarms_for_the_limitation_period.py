"""Every open case is looked at again before its right to sue lapses, also one whose ladder has ended.

Two years after the due date is earlier than the first warning of any law that a tenant has without choosing one, and an early
alarm does no harm: it sets the right one.
"""

from alembic import op

revision = "0010"
down_revision = "0009"

OWNED = ("cases", "customers")


def upgrade() -> None:
    for table in OWNED:  # their policies hold for the owner too
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(
        """UPDATE cases SET next_at = (due_on + 730)::timestamp AT TIME ZONE 'UTC'
            WHERE stage <> 'closed' AND due_on IS NOT NULL
              AND (next_at IS NULL OR next_at > (due_on + 730)::timestamp AT TIME ZONE 'UTC')"""
    )
    op.execute(
        """UPDATE customers c SET wake_at = k.next_at
             FROM (SELECT tenant, customer, min(next_at) AS next_at FROM cases WHERE next_at IS NOT NULL GROUP BY 1, 2) k
            WHERE c.tenant = k.tenant AND c.id = k.customer AND (c.wake_at IS NULL OR c.wake_at > k.next_at)"""
    )
    for table in OWNED:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    raise NotImplementedError("The log is never taken apart: restore a backup instead.")
