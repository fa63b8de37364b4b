"""A tenant can be deleted: closed first, and when its time is over the owner alone may take its events out of the log.

For everybody else, for every other tenant and before that time the log stays append-only, and it is never rewritten.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

CLOCK = "dunlog_clock"
THIS_TENANT = "NULLIF(current_setting('app.tenant', true), '')"


def upgrade() -> None:
    op.add_column("tenants", sa.Column("delete_after", sa.DateTime(timezone=True), nullable=True))
    op.execute(f"GRANT SELECT (delete_after) ON tenants TO {CLOCK}")
    op.execute("DROP TRIGGER append_only ON events")
    op.execute(
        """CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON events
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()"""
    )
    op.execute(
        """CREATE FUNCTION refuse_loss() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM gone WHERE NOT EXISTS (
                SELECT FROM tenants WHERE id = gone.tenant AND delete_after <= transaction_timestamp()))
            THEN RAISE EXCEPTION 'the log is append-only'; END IF;
            RETURN NULL;
        END $$"""
    )
    op.execute(
        """CREATE TRIGGER kept_until_deletion AFTER DELETE ON events REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_loss()"""
    )
    # An owner who is no superuser is bound by row-level security too, and sees one tenant at a time.
    for table, tenant in (("events", "tenant"), ("tenants", "id")):
        op.execute(f"CREATE POLICY owners_tenant ON {table} TO CURRENT_USER USING ({tenant} = {THIS_TENANT})")


def downgrade() -> None:
    raise NotImplementedError("The log is never taken apart: restore a backup instead.")
