"""Runs migrations on the connection that service.migrate hands over; there is no offline mode."""

from alembic import context

from service.store.tables import metadata

if context.is_offline_mode():
    raise SystemExit("Migrations run on a database only; there is no offline mode.")

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=True,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
