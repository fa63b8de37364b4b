"""Bills of a level by what is open on them: what a supervisor looks at first."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_index(
        *("cases_raised_amount", "cases", ["tenant", "level", "currency", "open_amount", "id"]),
        postgresql_where=sa.text("stage <> 'closed' AND level <> 'none'"),
    )


def downgrade() -> None:
    raise NotImplementedError("The log is never taken apart: restore a backup instead.")
