"""What reports read of the log where no money has moved: an index of these events alone."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

TOLD = (
    "type IN ('promise.made', 'promise.kept', 'promise.broken', 'promise.cancelled', 'plan.agreed', 'draft.received', "
    "'dispute.opened', 'contact.logged', 'case.escalated', 'case.written_off', 'case.handed_over', 'letter.issued', "
    "'hold.applied', 'hold.released', 'target.set')"
)


def upgrade() -> None:
    op.create_index("events_told", "events", ["tenant", "type", "day"], postgresql_where=sa.text(TOLD))


def downgrade() -> None:
    raise NotImplementedError("The log is never taken apart: restore a backup instead.")
