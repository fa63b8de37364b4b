"""What customers owe past its day, kept by currency. Nothing is counted here: each row says that its first due day is still
to be looked at, and housekeeping counts what has passed."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

APP = "dunlog_app"


def upgrade() -> None:
    op.create_table(
        "arrears",
        sa.Column("tenant", sa.Text(collation="C"), primary_key=True),
        sa.Column("customer", sa.Text(collation="C"), primary_key=True),
        sa.Column("currency", sa.Text(collation="C"), primary_key=True),
        sa.Column("overdue", sa.BigInteger(), nullable=False),
        sa.Column("next_due", sa.Date(), nullable=True),
        postgresql_with={"fillfactor": "80"},
    )
    # The owner too is bound by row-level security while it is forced, and no tenant is set here.
    op.execute("ALTER TABLE cases NO FORCE ROW LEVEL SECURITY")
    op.execute(
        """INSERT INTO arrears (tenant, customer, currency, overdue, next_due)
           SELECT tenant, customer, currency, 0, min(due_on) FROM cases
            WHERE stage <> 'closed' AND due_on IS NOT NULL GROUP BY tenant, customer, currency"""
    )
    op.execute("ALTER TABLE cases FORCE ROW LEVEL SECURITY")
    op.create_index(
        *("arrears_overdue", "arrears", ["tenant", "currency", "overdue", "customer"]),
        postgresql_where=sa.text("overdue > 0"),
    )
    op.create_index("arrears_next", "arrears", ["tenant", "next_due"], postgresql_where=sa.text("next_due IS NOT NULL"))
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON arrears TO {APP}")
    op.execute("ALTER TABLE arrears ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE arrears FORCE ROW LEVEL SECURITY")
    op.execute(
        f"""CREATE POLICY own_tenant ON arrears TO {APP}
           USING (tenant = NULLIF(current_setting('app.tenant', true), ''))"""
    )


def downgrade() -> None:
    raise NotImplementedError("The log is never taken apart: restore a backup instead.")
