"""The log and its projections.

The tables, and what guards them: three roles without rights beyond their work, row-level security that binds even the owner,
and a log that nobody can rewrite.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from service.store.tables.shape import Xid8

revision = "0001"
down_revision = None

APP, CLOCK, SENDER = "dunlog_app", "dunlog_clock", "dunlog_sender"
GLOBAL = {"seen"}
TABLES = (
    "approvals attempts calendars cases customers deliveries endpoints events inbox keys mentions message_items messages "
    "outbox payments playbooks private seen tasks tenants users"
).split()
THIS_TENANT = "NULLIF(current_setting('app.tenant', true), '')"


def upgrade() -> None:
    _tables()
    for role in (APP, CLOCK, SENDER):
        op.execute(_role(role))
        op.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")
        if table not in GLOBAL:
            _isolate(table)
    _append_only()
    _clock()
    _sender()


def _tables() -> None:
    op.create_table(
        "approvals",
        sa.Column("tenant", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("role", sa.Text(collation="C"), nullable=False),
        sa.Column("customer", sa.Text(collation="C"), nullable=False),
        sa.Column("cases", postgresql.ARRAY(sa.Text(collation="C")), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("bills", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(collation="C"), nullable=False),
        sa.Column("asked_by", sa.Text(collation="C"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_version", sa.Integer(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("content", sa.Text(collation="C"), nullable=False),
        sa.Column("content_hash", sa.Text(collation="C"), nullable=False),
        sa.Column("previous", sa.Text(collation="C"), nullable=True),
        sa.Column("answered_by", sa.Text(collation="C"), nullable=True),
        sa.Column("answered_version", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )
    op.create_index("approvals_customer", "approvals", ["tenant", "customer", "id"], unique=False)
    op.create_index(
        "approvals_open",
        "approvals",
        ["tenant", "asked_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "attempts",
        sa.Column("tenant", sa.Text(collation="C"), nullable=False),
        sa.Column("delivery", sa.Text(collation="C"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(collation="C"), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("detail", sa.Text(collation="C"), nullable=True),
        sa.Column("head", sa.Text(collation="C"), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "delivery", "number"),
    )
    op.create_table(
        "calendars",
        sa.Column("tenant", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "version"),
    )
    op.create_table(
        "cases",
        sa.Column("tenant", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("customer", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("stage", sa.Text(collation="C"), nullable=False),
        sa.Column("level", sa.Text(collation="C"), nullable=False),
        sa.Column("owner", sa.Text(collation="C"), nullable=False),
        sa.Column("currency", sa.Text(collation="C"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("open_amount", sa.BigInteger(), nullable=False),
        sa.Column("reference_key", sa.Text(collation="C"), nullable=True),
        sa.Column("period", sa.Text(collation="C"), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("late_confirmed_from", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("paused", sa.Text(collation="C"), nullable=True),
        sa.Column("closed_as", sa.Text(collation="C"), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(stage = 'closed') = (closed_as IS NOT NULL)", name="closed_says_how"),
        sa.CheckConstraint("open_amount >= 0", name="open_is_never_negative"),
        sa.PrimaryKeyConstraint("tenant", "id"),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(
        "cases_alarm",
        "cases",
        ["tenant", "customer", "next_at"],
        unique=False,
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index(
        "cases_amount",
        "cases",
        ["tenant", "currency", "open_amount", "id"],
        unique=False,
        postgresql_where=sa.text("stage <> 'closed'"),
    )
    op.create_index(
        "cases_closed", "cases", ["tenant", "due_on", "id"], unique=False, postgresql_where=sa.text("stage = 'closed'")
    )
    op.create_index(
        "cases_due", "cases", ["tenant", "due_on", "id"], unique=False, postgresql_where=sa.text("stage <> 'closed'")
    )
    op.create_index("cases_habit", "cases", ["tenant", "customer", "issued_on"], unique=False)
    op.create_index(
        "cases_next", "cases", ["tenant", "next_at", "id"], unique=False, postgresql_where=sa.text("stage <> 'closed'")
    )
    op.create_index(
        "cases_owed",
        "cases",
        ["tenant", "customer"],
        unique=False,
        postgresql_include=["currency", "open_amount", "due_on", "level"],
        postgresql_where=sa.text("stage <> 'closed'"),
    )
    op.create_index(
        "cases_owner",
        "cases",
        ["tenant", "owner", "due_on", "id"],
        unique=False,
        postgresql_where=sa.text("stage <> 'closed'"),
    )
    op.create_index(
        "cases_paused",
        "cases",
        ["tenant", "due_on", "id"],
        unique=False,
        postgresql_where=sa.text("stage <> 'closed' AND paused IS NOT NULL"),
    )
    op.create_index(
        "cases_raised",
        "cases",
        ["tenant", "level", "due_on", "id"],
        unique=False,
        postgresql_where=sa.text("stage <> 'closed' AND level <> 'none'"),
    )
    op.create_index(
        "cases_reference",
        "cases",
        ["tenant", "reference_key"],
        unique=False,
        postgresql_where=sa.text("reference_key IS NOT NULL"),
    )
    op.create_index(
        "cases_stage",
        "cases",
        ["tenant", "stage", "due_on", "id"],
        unique=False,
        postgresql_where=sa.text("stage IN ('review', 'confirmation', 'legal')"),
    )
    op.create_table(
        "customers",
        sa.Column("tenant", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("state", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=True),
        sa.Column("name_key", sa.Text(collation="C"), server_default=sa.text("''"), nullable=False),
        sa.Column("segment", sa.Text(collation="C"), server_default=sa.text("'standard'"), nullable=False),
        sa.Column("owner", sa.Text(collation="C"), server_default=sa.text("''"), nullable=False),
        sa.Column("hold", sa.Text(collation="C"), nullable=True),
        sa.Column("own_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wake_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id"),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(
        "customers_held",
        "customers",
        ["tenant", "name_key", "id"],
        unique=False,
        postgresql_where=sa.text("hold IS NOT NULL"),
    )
    op.create_index("customers_name", "customers", ["tenant", "name_key", "id"], unique=False)
    op.create_index(
        "customers_wake",
        "customers",
        ["tenant", "wake_at"],
        unique=False,
        postgresql_where=sa.text("wake_at IS NOT NULL"),
    )
    op.create_table(
        "deliveries",
        sa.Column("tenant", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("endpoint", sa.Text(collation="C"), nullable=False),
        sa.Column("stream", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("webhook", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("fence", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )
    op.create_index("deliveries_endpoint", "deliveries", ["tenant", "endpoint", "created_at", "id"], unique=False)
    op.create_index(
        "deliveries_pending", "deliveries", ["next_at"], unique=False, postgresql_where=sa.text("state = 'pending'")
    )
    op.create_table(
        "endpoints",
        sa.Column("tenant", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("url", sa.Text(collation="C"), nullable=False),
        sa.Column("types", postgresql.ARRAY(sa.Text(collation="C")), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("audience", sa.Text(collation="C"), nullable=True),
        sa.Column("description", sa.Text(collation="C"), nullable=True),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("old_secret", sa.LargeBinary(), nullable=True),
        sa.Column("old_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failing_windows", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failing_last", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )
    op.create_table(
        "events",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("tenant", sa.Text(collation="C"), nullable=False),
        sa.Column("stream", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(collation="C"), nullable=False),
        sa.Column("schema", sa.SmallInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("data", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.Column("meta", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.Column("customer", sa.Text(collation="C"), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("epoch", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("version > 0", name="version_counts_from_one"),
        sa.PrimaryKeyConstraint("tenant", "stream", "version"),
    )
    op.create_index("events_feed", "events", ["tenant", "epoch", "xid", "position"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("tenant", sa.Text(collation="C"), nullable=False),
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "source", "id"),
    )
    op.create_index(
        "inbox_expiry", "inbox", ["expires_at"], unique=False, postgresql_where=sa.text("expires_at IS NOT NULL")
    )
    op.create_table(
        "keys",
        sa.Column("tenant", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("role", sa.Text(collation="C"), nullable=False),
        sa.Column("user", sa.Text(collation="C"), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )
    op.create_table(
        "mentions",
        sa.Column("tenant", sa.Text(collation="C"), nullable=False),
        sa.Column("case_id", sa.Text(collation="C"), nullable=False),
        sa.Column("stream", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "case_id", "stream", "version"),
    )
    op.create_table(
        "message_items",
        sa.Column("tenant", sa.Text(collation="C"), nullable=False),
        sa.Column("message", sa.Text(collation="C"), nullable=False),
        sa.Column("case_id", sa.Text(collation="C"), nullable=False),
        sa.Column("template", sa.Text(collation="C"), nullable=False),
        sa.Column("step", sa.Text(collation="C"), nullable=False),
        sa.Column("rule", sa.Text(collation="C"), nullable=False),
        sa.Column("service", sa.Boolean(), nullable=False),
        sa.Column("struck", sa.Text(collation="C"), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "message", "case_id", "template"),
    )
    op.create_index("message_items_case", "message_items", ["tenant", "case_id", "message"], unique=False)
    op.create_table(
        "messages",
        sa.Column("tenant", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("customer", sa.Text(collation="C"), nullable=False),
        sa.Column("contact", sa.Text(collation="C"), nullable=False),
        sa.Column("channel", sa.Text(collation="C"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("service", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("slot_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cases", postgresql.ARRAY(sa.Text(collation="C")), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("recipient", sa.Text(collation="C"), nullable=True),
        sa.Column("copy", sa.Text(collation="C"), nullable=True),
        sa.Column("subject", sa.Text(collation="C"), nullable=True),
        sa.Column("text", sa.Text(collation="C"), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("fence", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )
    op.create_index("messages_customer", "messages", ["tenant", "customer", "queued_at", "id"], unique=False)
    op.create_index("messages_queued", "messages", ["tenant", "queued_at", "id"], unique=False)
    op.create_index(
        "messages_ready",
        "messages",
        ["tenant", "slot_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'ready'"),
    )
    op.create_index(
        "messages_slot", "messages", ["tenant", "slot_at"], unique=False, postgresql_where=sa.text("state = 'queued'")
    )
    op.create_table(
        "outbox",
        sa.Column("tenant", sa.Text(collation="C"), nullable=False),
        sa.Column("stream", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(collation="C"), nullable=False),
        sa.Column("audience", postgresql.ARRAY(sa.Text(collation="C")), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("body", sa.Text(collation="C"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "stream", "version"),
    )
    op.create_index("outbox_recorded", "outbox", ["tenant", "recorded_at"], unique=False)
    op.create_table(
        "payments",
        sa.Column("tenant", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("customer", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("currency", sa.Text(collation="C"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("rest", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.CheckConstraint("rest >= 0", name="rest_is_never_negative"),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )
    op.create_index(
        "payments_credit",
        "payments",
        ["tenant", "customer"],
        unique=False,
        postgresql_include=["currency", "rest"],
        postgresql_where=sa.text("rest > 0"),
    )
    op.create_index("payments_customer", "payments", ["tenant", "customer", "received_on", "id"], unique=False)
    op.create_index("payments_received", "payments", ["tenant", "received_on", "id"], unique=False)
    op.create_table(
        "playbooks",
        sa.Column("tenant", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(collation="C"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "name", "version"),
    )
    op.create_table(
        "private",
        sa.Column("tenant", sa.Text(collation="C"), nullable=False),
        sa.Column("stream", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("part", sa.Text(collation="C"), nullable=False),
        sa.Column("subject", sa.Text(collation="C"), nullable=False),
        sa.Column("body", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "stream", "version", "part"),
    )
    op.create_index("private_subject", "private", ["tenant", "subject"], unique=False)
    op.create_table(
        "seen",
        sa.Column("loop", sa.Text(collation="C"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("loop"),
    )
    op.create_table(
        "tasks",
        sa.Column("tenant", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("role", sa.Text(collation="C"), nullable=False),
        sa.Column("owner", sa.Text(collation="C"), nullable=False),
        sa.Column("customer", sa.Text(collation="C"), nullable=False),
        sa.Column("cases", postgresql.ARRAY(sa.Text(collation="C")), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("bills", sa.Integer(), nullable=False),
        sa.Column("contact", sa.Text(collation="C"), nullable=True),
        sa.Column("rule", sa.Text(collation="C"), nullable=False),
        sa.Column("why", sa.Text(collation="C"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("best_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("best_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )
    op.create_index("tasks_customer", "tasks", ["tenant", "customer", "id"], unique=False)
    op.create_index(
        "tasks_open", "tasks", ["tenant", "due_on", "id"], unique=False, postgresql_where=sa.text("state = 'open'")
    )
    op.create_table(
        "tenants",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("state", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("clock_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("follows", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("wake_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('live', 'sandbox')", name="kind_known"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "users",
        sa.Column("tenant", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("role", sa.Text(collation="C"), nullable=False),
        sa.Column("reports_to", sa.Text(collation="C"), nullable=True),
        sa.Column("away_from", sa.Date(), nullable=True),
        sa.Column("away_until", sa.Date(), nullable=True),
        sa.Column("cover", sa.Text(collation="C"), nullable=True),
        sa.Column("details_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )


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
