"""How far the alarms of a tenant have been computed anew, after its days or windows changed."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("tenants", sa.Column("renew_from", sa.Text(collation="C"), nullable=True))
    op.execute("GRANT SELECT (renew_from) ON tenants TO dunlog_clock")


def downgrade() -> None:
    raise NotImplementedError("The log is never taken apart: restore a backup instead.")
