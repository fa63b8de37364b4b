"""A customer may belong to a family: its parent is written to in its place."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("customers", sa.Column("parent", sa.Text(collation="C"), nullable=True))
    where = sa.text("parent IS NOT NULL")
    op.create_index("customers_parent", "customers", ["tenant", "parent"], postgresql_where=where)


def downgrade() -> None:
    raise NotImplementedError("The log is never taken apart: restore a backup instead.")
