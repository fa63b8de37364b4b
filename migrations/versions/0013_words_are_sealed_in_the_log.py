"""What a message said is bound to the log by a seal; its key lies beside the words and is erased with them."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("messages", sa.Column("salt", sa.LargeBinary, nullable=True))


def downgrade() -> None:
    raise NotImplementedError("The log is never taken apart: restore a backup instead.")
