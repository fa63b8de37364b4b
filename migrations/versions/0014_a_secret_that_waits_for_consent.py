"""A new webhook secret that signs once somebody has agreed."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("endpoints", sa.Column("next_secret", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("The log is never taken apart: restore a backup instead.")
