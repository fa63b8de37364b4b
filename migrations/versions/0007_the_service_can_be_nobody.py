"""A login without any right of its own can serve: it asks which migration the database has as the service's role."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute("GRANT SELECT ON alembic_version TO dunlog_app")


def downgrade() -> None:
    raise NotImplementedError("The log is never taken apart: restore a backup instead.")
