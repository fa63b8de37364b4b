"""What reports add up: the money of every bill by business day and due date, a row a change. Its key holds the whole row, so
that sums read the index alone."""

from sqlalchemy import BigInteger, Column, Date, Integer, PrimaryKeyConstraint, Table

from service.store.tables.shape import Text, instant, metadata

movements = Table(
    "movements",
    metadata,
    Column("tenant", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("part", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("due_on", Date),
    instant("recorded_at", null=False),
    PrimaryKeyConstraint(
        *("tenant", "customer", "case_id", "version", "part"),
        postgresql_include=["kind", "day", "amount", "currency", "due_on", "recorded_at"],
    ),
    # Sums read the index alone only where vacuum has been: it comes after a twentieth of new rows, not a fifth.
    postgresql_with={"autovacuum_vacuum_insert_scale_factor": "0.05"},
)
