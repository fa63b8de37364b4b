"""With the mail of a Friday goes the report of its week, by what was known when it was written."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("notice_mails", sa.Column("week", sa.Text(collation="C"), nullable=True))
    op.add_column("notice_mails", sa.Column("known_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("The log is never taken apart: restore a backup instead.")
