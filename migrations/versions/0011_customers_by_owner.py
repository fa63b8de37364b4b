"""How many customers somebody has, for those who take turns at new ones."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_index(
        "customers_owner", "customers", ["tenant", "owner"], postgresql_where=sa.text("owner <> 'collector'")
    )


def downgrade() -> None:
    raise NotImplementedError("The log is never taken apart: restore a backup instead.")
