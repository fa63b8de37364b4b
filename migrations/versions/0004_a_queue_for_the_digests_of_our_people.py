"""A queue for the digests of our own people: the bills that were backfilled, until their roles have been told."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "digests",
        sa.Column("tenant", sa.Text(collation="C"), nullable=False),
        sa.Column("role", sa.Text(collation="C"), nullable=False),
        sa.Column("case_id", sa.Text(collation="C"), nullable=False),
        sa.Column("customer", sa.Text(collation="C"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "role", "case_id"),
    )
    op.create_index("digests_at", "digests", ["tenant", "role", "at"], unique=False)
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON digests TO dunlog_app")
    op.execute("ALTER TABLE digests ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE digests FORCE ROW LEVEL SECURITY")
    op.execute(
        """CREATE POLICY own_tenant ON digests TO dunlog_app
           USING (tenant = NULLIF(current_setting('app.tenant', true), ''))"""
    )
    op.execute("GRANT SELECT (tenant, role, at) ON digests TO dunlog_clock")
    op.execute("CREATE POLICY every_digest ON digests FOR SELECT TO dunlog_clock USING (true)")


def downgrade() -> None:
    raise NotImplementedError("The log is never taken apart: restore a backup instead.")
