"""What people must do and agree to."""

from sqlalchemy import Column, Date, Index, Integer, Numeric, Table, text

from service.store.tables.shape import Text, instant, metadata, words

tasks = Table(
    "tasks",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("customer", Text, nullable=False),
    words("cases"),
    Column("bills", Integer, nullable=False),
    Column("contact", Text),
    Column("rule", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("due_on", Date),
    instant("best_from"),
    instant("best_until"),
    instant("created_at", null=False),
    instant("ended_at"),
    Column("value", Numeric, nullable=False, server_default=text("0")),
    Index("tasks_open", "tenant", "due_on", "id", postgresql_where=text("state = 'open'")),
    Index("tasks_worth", "tenant", "value", "id", postgresql_where=text("state = 'open'")),
    Index("tasks_owner", "tenant", "owner", "value", "id", postgresql_where=text("state = 'open'")),
    Index("tasks_customer", "tenant", "customer", "id"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("customer", Text, nullable=False),
    words("cases"),
    Column("bills", Integer, nullable=False),
    Column("rule", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    instant("asked_at", null=False),
    Column("asked_version", Integer, nullable=False),
    Column("expires_on", Date),
    Column("content", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("previous", Text),
    Column("answered_by", Text),
    Column("answered_version", Integer),
    instant("answered_at"),
    Index("approvals_open", "tenant", "asked_at", "id", postgresql_where=text("state = 'open'")),
    Index("approvals_customer", "tenant", "customer", "id"),
)
