"""What is kept for a time: expired answers are found tenant by tenant."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.drop_index("inbox_expiry", "inbox")
    op.create_index(
        "inbox_expiry", "inbox", ["tenant", "expires_at"], postgresql_where=sa.text("expires_at IS NOT NULL")
    )


def downgrade() -> None:
    raise NotImplementedError("The log is never taken apart: restore a backup instead.")
