"""The log and its projections.

The tables, and what guards them: three roles without rights beyond their work, row-level security that binds even the owner,
and a log that nobody can rewrite.
"""

from alembic import op

from service.store.tables import metadata

revision = "0001"
down_revision = None

APP, CLOCK, SENDER = "dunlog_app", "dunlog_clock", "dunlog_sender"
GLOBAL = {"seen"}
THIS_TENANT = "NULLIF(current_setting('app.tenant', true), '')"


def upgrade() -> None:
    metadata.create_all(op.get_bind())
    for role in (APP, CLOCK, SENDER):
        op.execute(_role(role))
        op.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
    for table in metadata.tables:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")
        if table not in GLOBAL:
            _isolate(table)
    _append_only()
    _clock()
    _sender()


def _role(role: str) -> str:
    """Roles belong to the whole cluster: another database may have made them."""
    return f"""DO $$ BEGIN
        CREATE ROLE {role} NOLOGIN NOBYPASSRLS;
    EXCEPTION WHEN duplicate_object THEN NULL; WHEN unique_violation THEN NULL;
    END $$;
    GRANT {role} TO CURRENT_USER"""


def _isolate(table: str) -> None:
    tenant = "id" if table == "tenants" else "tenant"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_tenant ON {table} TO {APP} USING ({tenant} = {THIS_TENANT})")


def _append_only() -> None:
    op.execute(f"REVOKE UPDATE, DELETE ON events FROM {APP}")
    op.execute(
        """CREATE FUNCTION refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the log is append-only'; END $$"""
    )
    op.execute(
        """CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite()"""
    )


def _clock() -> None:
    """The due scan looks across tenants, at alarms only."""
    op.execute(f"GRANT SELECT (id, kind, clock_at, follows, wake_at) ON tenants TO {CLOCK}")
    op.execute(f"GRANT SELECT (tenant, id, wake_at) ON customers TO {CLOCK}")
    op.execute(f"GRANT SELECT (tenant, id, slot_at, state, channel, customer, next_at) ON messages TO {CLOCK}")
    for table in ("tenants", "customers", "messages"):
        op.execute(f"CREATE POLICY every_alarm ON {table} FOR SELECT TO {CLOCK} USING (true)")


def _sender() -> None:
    """The delivery scan looks across tenants, at what waits only."""
    op.execute(f"GRANT SELECT (tenant, id, endpoint, state, next_at, created_at) ON deliveries TO {SENDER}")
    op.execute(f"GRANT SELECT (tenant, state) ON endpoints TO {SENDER}")
    op.execute(f"CREATE POLICY every_endpoint ON endpoints FOR SELECT TO {SENDER} USING (true)")
    op.execute(f"CREATE POLICY every_delivery ON deliveries FOR SELECT TO {SENDER} USING (true)")


def downgrade() -> None:
    raise NotImplementedError("The log is never taken apart: restore a backup instead.")
