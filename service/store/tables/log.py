"""The append-only log, what it mentions, and what of it is private."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    text,
)
from sqlalchemy.dialects.postgresql import JSON

from service.store.tables.shape import Text, Xid8, instant, metadata

events = Table(
    "events",
    metadata,
    Column("position", BigInteger, Identity(always=True), nullable=False),
    Column("tenant", Text, primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("type", Text, nullable=False),
    Column("schema", SmallInteger, nullable=False, server_default=text("1")),
    Column("data", JSON, nullable=False),
    Column("meta", JSON, nullable=False),
    Column("customer", Text),
    instant("occurred_at", null=False),
    Column("day", Date, nullable=False),
    instant("recorded_at", null=False),
    Column("epoch", Integer, nullable=False, server_default=text("1")),
    Column("xid", Xid8(), nullable=False, server_default=text("pg_current_xact_id()")),
    Column("hash", LargeBinary, nullable=False),
    CheckConstraint("version > 0", name="version_counts_from_one"),
    Index("events_feed", "tenant", "epoch", "xid", "position"),
    Index(
        *("events_told", "tenant", "type", "day"),
        postgresql_where=text(
            "type IN ('promise.made', 'promise.kept', 'promise.broken', 'promise.cancelled', 'plan.agreed', "
            "'draft.received', 'dispute.opened', 'contact.logged', 'case.escalated', 'case.written_off', "
            "'case.handed_over', 'letter.issued', 'hold.applied', 'hold.released', 'target.set')"
        ),
    ),
)

mentions = Table(
    "mentions",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("case_id", Text, primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
)

private = Table(
    "private",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("part", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("body", JSON, nullable=False),
    Index("private_subject", "tenant", "subject"),
    postgresql_with={"autovacuum_vacuum_threshold": "0", "autovacuum_vacuum_scale_factor": "0"},
)
