"""Notices that wait for a mail to our own people, and these mails: one a person and day."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0020"
down_revision = "0019"

TEXT = sa.Text(collation="C")


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("tenant", TEXT, nullable=False),
        sa.Column("stream", TEXT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("roles", ARRAY(TEXT), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("users", ARRAY(TEXT), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "stream", "version"),
    )
    op.create_index("notices_at", "notices", ["tenant", "at"])
    op.create_table(
        "notice_mails",
        sa.Column("tenant", TEXT, nullable=False),
        sa.Column("user", TEXT, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("recipient", TEXT, nullable=False),
        sa.Column("language", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "user", "day"),
    )
    op.create_index("notice_mails_day", "notice_mails", ["tenant", "day"])
    op.create_index("notice_mails_ready", "notice_mails", ["tenant", "day"], postgresql_where=sa.text("state = 'ready'"))
    for table in ("notices", "notice_mails"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO dunlog_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"""CREATE POLICY own_tenant ON {table} TO dunlog_app
                USING (tenant = NULLIF(current_setting('app.tenant', true), ''))"""
        )
    op.execute("GRANT SELECT (tenant, day, state, next_at) ON notice_mails TO dunlog_clock")
    op.execute("CREATE POLICY every_notice_mail ON notice_mails FOR SELECT TO dunlog_clock USING (true)")


def downgrade() -> None:
    raise NotImplementedError("The log is never taken apart: restore a backup instead.")
