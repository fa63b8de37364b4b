"""What leaves the house: messages to customers, webhooks to programs, digests to our own people."""

from sqlalchemy import Boolean, Column, Date, Index, Integer, LargeBinary, Table, text

from service.store.tables.shape import Text, instant, metadata, words

messages = Table(
    "messages",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("customer", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("service", Boolean, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    instant("slot_at", null=False),
    instant("queued_at", null=False),
    instant("at"),
    words("cases"),
    Column("recipient", Text),
    Column("mail", Text),
    Column("mailed_to", Text),
    Column("copy", Text),
    Column("subject", Text),
    Column("text", Text),
    Column("salt", LargeBinary),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("fence", Integer, nullable=False, server_default=text("0")),
    instant("next_at"),
    Index("messages_slot", "tenant", "slot_at", postgresql_where=text("state = 'queued'")),
    Index("messages_ready", "tenant", "slot_at", "id", postgresql_where=text("state = 'ready'")),
    Index("messages_customer", "tenant", "customer", "queued_at", "id"),
    Index("messages_queued", "tenant", "queued_at", "id"),
    Index("messages_mail", "tenant", "mail", postgresql_where=text("mail IS NOT NULL")),
    Index("messages_mailed_to", "tenant", "mailed_to", "queued_at", postgresql_where=text("mailed_to IS NOT NULL")),
)

message_items = Table(
    "message_items",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("message", Text, primary_key=True),
    Column("case_id", Text, primary_key=True),
    Column("template", Text, primary_key=True),
    Column("step", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("service", Boolean, nullable=False),
    Column("struck", Text),
    Index("message_items_case", "tenant", "case_id", "message"),
)

documents = Table(
    "documents",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("message", Text, primary_key=True),
    Column("customer", Text, nullable=False),
    Column("sheet", Text),
    Column("body", LargeBinary),
    Column("sha256", Text, nullable=False),
    instant("at", null=False),
    Index("documents_customer", "tenant", "customer", "message"),
)

digests = Table(
    "digests",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("role", Text, primary_key=True),
    Column("case_id", Text, primary_key=True),
    Column("customer", Text, nullable=False),
    instant("at", null=False),
    Index("digests_at", "tenant", "role", "at"),
)

notices = Table(
    "notices",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    words("roles"),
    words("users"),
    instant("at", null=False),
    Index("notices_at", "tenant", "at"),
)

notice_mails = Table(
    "notice_mails",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("user", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("state", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    instant("at", null=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    instant("next_at"),
    Column("week", Text),
    instant("known_at"),
    Index("notice_mails_day", "tenant", "day"),
    Index("notice_mails_ready", "tenant", "day", postgresql_where=text("state = 'ready'")),
)

endpoints = Table(
    "endpoints",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("url", Text, nullable=False),
    words("types"),
    Column("audience", Text),
    Column("description", Text),
    Column("state", Text, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("old_secret", LargeBinary),
    Column("next_secret", LargeBinary),
    instant("old_until"),
    instant("created_at", null=False),
    instant("failing_since"),
    Column("failing_windows", Integer, nullable=False, server_default=text("0")),
    Column("failing_last", Integer, nullable=False, server_default=text("0")),
)

outbox = Table(
    "outbox",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("type", Text, nullable=False),
    words("audience"),
    Column("body", Text, nullable=False),
    instant("recorded_at", null=False),
    Index("outbox_recorded", "tenant", "recorded_at"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("endpoint", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("webhook", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("fence", Integer, nullable=False, server_default=text("0")),
    instant("created_at", null=False),
    instant("next_at"),
    instant("ended_at"),
    Index("deliveries_pending", "next_at", postgresql_where=text("state = 'pending'")),
    Index("deliveries_endpoint", "tenant", "endpoint", "created_at", "id"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("delivery", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    instant("started_at", null=False),
    instant("finished_at"),
    Column("outcome", Text, nullable=False),
    Column("status", Integer),
    Column("duration_ms", Integer),
    Column("detail", Text),
    Column("head", Text),
)
