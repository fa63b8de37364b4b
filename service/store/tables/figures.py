"""What is added up. Reports add up `movements`: the money of every bill by business day and due date, a row a change, whose
key holds the whole row, so that sums read the index alone. `arrears` are sums that are kept."""

from sqlalchemy import BigInteger, Column, Date, Index, Integer, PrimaryKeyConstraint, Table, text

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

arrears = Table(
    "arrears",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("customer", Text, primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("overdue", BigInteger, nullable=False),
    Column("next_due", Date),
    Index("arrears_overdue", "tenant", "currency", "overdue", "customer", postgresql_where=text("overdue > 0")),
    Index("arrears_next", "tenant", "next_due", postgresql_where=text("next_due IS NOT NULL")),
    postgresql_with={"fillfactor": "80"},
)
