"""What the daily look at customers goes by: when a review is due, the credit limit, the payment run, key accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("customers", sa.Column("review_on", sa.Date, nullable=True))
    op.add_column("customers", sa.Column("credit_limit", sa.BigInteger, nullable=True))
    op.add_column("customers", sa.Column("key_account", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("customers", sa.Column("payment_run", sa.Text(collation="C"), nullable=True))
    # The owner too is bound by row-level security while it is forced, and no tenant is set here.
    op.execute("ALTER TABLE customers NO FORCE ROW LEVEL SECURITY")
    op.execute(
        """UPDATE customers SET credit_limit = (state->>'credit_limit')::bigint,
                  key_account = COALESCE((state->>'key_account')::boolean, false)
            WHERE state->>'credit_limit' IS NOT NULL OR state->>'key_account' IS NOT NULL"""
    )
    op.execute("ALTER TABLE customers FORCE ROW LEVEL SECURITY")
    for name, column, where in (
        ("review", "review_on", "review_on IS NOT NULL"),
        ("unreviewed", "id", "review_on IS NULL AND version > 0"),
        ("limited", "id", "credit_limit IS NOT NULL"),
        ("paying", "payment_run", "payment_run IS NOT NULL"),
        ("key", "id", "key_account"),
    ):
        op.create_index(f"customers_{name}", "customers", ["tenant", column], postgresql_where=sa.text(where))


def downgrade() -> None:
    raise NotImplementedError("The log is never taken apart: restore a backup instead.")
