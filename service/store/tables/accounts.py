"""Who may come in, and what they asked before: tenants, keys, users, settings of both, the inbox."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    text,
)
from sqlalchemy.dialects.postgresql import JSON

from service.store.tables.shape import Text, instant, metadata

tenants = Table(
    "tenants",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("0")),
    Column("state", JSON, nullable=False),
    Column("hash", LargeBinary),
    Column("secret", LargeBinary, nullable=False),
    instant("clock_at"),
    Column("follows", Boolean, nullable=False, server_default=text("false")),
    instant("wake_at"),
    Column("renew_from", Text),
    instant("created_at", null=False),
    instant("delete_after"),
    CheckConstraint("kind IN ('live', 'sandbox')", name="kind_known"),
)

keys = Table(
    "keys",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    instant("created_at", null=False),
    instant("revoked_at"),
    instant("last_used_at"),
)

users = Table(
    "users",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("reports_to", Text),
    Column("away_from", Date),
    Column("away_until", Date),
    Column("cover", Text),
    Column("details_version", Integer, nullable=False),
)

playbooks = Table(
    "playbooks",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    instant("published_at", null=False),
)

calendars = Table(
    "calendars",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("body", JSON, nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("position", BigInteger),
    Column("status", SmallInteger),
    Column("answer", LargeBinary),
    instant("expires_at"),
    Column("customer", Text),
    Index("inbox_answers", "tenant", "customer", postgresql_where=text("answer IS NOT NULL")),
    Index("inbox_expiry", "tenant", "expires_at", postgresql_where=text("expires_at IS NOT NULL")),
)

seen = Table(
    "seen",
    metadata,
    Column("loop", Text, primary_key=True),
    instant("at", null=False),
)
