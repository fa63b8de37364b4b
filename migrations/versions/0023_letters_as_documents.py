"""Letters are kept byte for byte, each with the hash that the log tells."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("tenant", sa.Text(collation="C"), nullable=False),
        sa.Column("message", sa.Text(collation="C"), nullable=False),
        sa.Column("customer", sa.Text(collation="C"), nullable=False),
        sa.Column("sheet", sa.Text(collation="C"), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.Text(collation="C"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "message"),
    )
    op.create_index("documents_customer", "documents", ["tenant", "customer", "message"])
    op.execute("ALTER TABLE documents ALTER COLUMN body SET STORAGE EXTERNAL")  # a PDF is compressed as it is
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON documents TO dunlog_app")
    op.execute("ALTER TABLE documents ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE documents FORCE ROW LEVEL SECURITY")
    op.execute(
        """CREATE POLICY own_tenant ON documents TO dunlog_app
           USING (tenant = NULLIF(current_setting('app.tenant', true), ''))"""
    )


def downgrade() -> None:
    raise NotImplementedError("The log is never taken apart: restore a backup instead.")
