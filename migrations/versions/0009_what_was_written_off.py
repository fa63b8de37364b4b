"""What was written off is found by its customer: money that comes later is a recovery."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_index(
        "cases_lost", "cases", ["tenant", "customer"], postgresql_where=sa.text("closed_as = 'written_off'")
    )


def downgrade() -> None:
    raise NotImplementedError("The log is never taken apart: restore a backup instead.")
