"""What a task is worth, so that the work list is an index from the most valuable down.

The formula stands in the database, once: for what is written from now on, for what was written before, and for `verify`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    # Half of what is still open is lost in 256 days, by a straight line between the halvings: whole numbers throughout, and
    # an order that is the same on every later day. Each of the first two broken promises makes it more urgent by half.
    op.execute(
        """CREATE FUNCTION worth(open_amount bigint, due_on date, broken integer) RETURNS numeric
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT trunc(open_amount * (256 + age % 256) * power(2::numeric, age / 256)) * (2 + LEAST(broken, 2))
              FROM (SELECT LEAST(GREATEST(COALESCE(due_on - DATE '2020-01-01', 0), 0), 16383) AS age) AS since
        $$"""
    )
    op.add_column("tasks", sa.Column("value", sa.Numeric(), server_default=sa.text("0"), nullable=False))
    _value_the_open_ones()
    still_open = sa.text("state = 'open'")
    op.create_index("tasks_worth", "tasks", ["tenant", "value", "id"], postgresql_where=still_open)
    op.create_index("tasks_owner", "tasks", ["tenant", "owner", "value", "id"], postgresql_where=still_open)


def _value_the_open_ones() -> None:
    """Tenant by tenant, as the service would: row-level security binds the owner too."""
    connection = op.get_bind()
    op.execute("SET LOCAL ROLE dunlog_clock")
    tenants = connection.execute(sa.text("SELECT id FROM tenants ORDER BY id")).scalars().all()
    op.execute("SET LOCAL ROLE dunlog_app")
    for tenant in tenants:
        connection.execute(sa.text("SELECT set_config('app.tenant', :tenant, true)"), {"tenant": tenant})
        connection.execute(
            sa.text(
                """UPDATE tasks t SET value = (
                    SELECT COALESCE(sum(worth(c.open_amount, COALESCE(c.due_on, c.issued_on),
                                              COALESCE((c.state ->> 'promises_broken')::int, 0))), 0)
                      FROM cases c WHERE c.tenant = t.tenant AND c.id = ANY (t.cases))
                WHERE t.tenant = :tenant AND t.state = 'open'"""
            ),
            {"tenant": tenant},
        )
    op.execute("RESET ROLE")


def downgrade() -> None:
    raise NotImplementedError("The log is never taken apart: restore a backup instead.")
