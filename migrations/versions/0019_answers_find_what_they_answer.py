"""A mail that comes in finds the message it speaks of: by the name it left under, or by the address it left for."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("messages", sa.Column("mail", sa.Text(collation="C"), nullable=True))
    op.add_column("messages", sa.Column("mailed_to", sa.Text(collation="C"), nullable=True))
    mail, to = sa.text("mail IS NOT NULL"), sa.text("mailed_to IS NOT NULL")
    op.create_index("messages_mail", "messages", ["tenant", "mail"], postgresql_where=mail)
    op.create_index("messages_mailed_to", "messages", ["tenant", "mailed_to", "queued_at"], postgresql_where=to)


def downgrade() -> None:
    raise NotImplementedError("The log is never taken apart: restore a backup instead.")
