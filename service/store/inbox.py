"""Once: what has been asked before, by whom, with what content, and what came of it."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from service.store.database import Tx, columns


class Identity(Struct, frozen=True):
    """(source, id) names a request for ever; `content` is what must be equal when it comes again."""

    source: str
    id: str
    content: bytes
    expires_at: datetime | None = None


class Seen(Struct, frozen=True):
    """What came of a request: the position of its event, or the stored answer."""

    content: bytes
    position: int | None
    status: int | None
    answer: bytes | None

    @property
    def is_erased(self) -> bool:
        """Whether there was an answer that is no longer kept."""
        return self.status is not None and self.answer is None


def look(tx: Tx, identities: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Seen]:
    """What came of those that were asked before."""
    if not identities:
        return {}
    rows = tx.rows(
        """SELECT source, id, content, position, status, answer FROM inbox
             JOIN unnest(%(source)s::text[], %(id)s::text[]) AS i(source, id) USING (source, id)
            WHERE tenant = %(tenant)s AND (expires_at IS NULL OR expires_at > transaction_timestamp())""",
        columns(list(identities), ("source", "id")),
    )
    return {(source, id): Seen(*rest) for source, id, *rest in rows}


class Kept(Struct, frozen=True):
    """A request that was carried out, with what came of it; `customer` is whose data an answer may hold."""

    identity: Identity
    position: int | None = None
    status: int | None = None
    answer: bytes | None = None
    customer: str | None = None


def keep(tx: Tx, done: Sequence[Kept]) -> None:
    """Remember them. Raises Missed when somebody else was faster with one, and all must be undone."""
    if not done:
        return
    rows = sorted(
        (one.identity.source, one.identity.id, one.identity.content, one.position, one.status, one.answer, until, whose)
        for one in done
        for until, whose in [(one.identity.expires_at, one.customer)]
    )
    names = ("source", "id", "content", "position", "status", "answer", "expires_at", "customer")
    tx.write(
        """INSERT INTO inbox (tenant, source, id, content, position, status, answer, expires_at, customer)
           SELECT %(tenant)s, i.* FROM unnest(%(source)s::text[], %(id)s::text[], %(content)s::bytea[],
             %(position)s::bigint[], %(status)s::int[], %(answer)s::bytea[], %(expires_at)s::timestamptz[],
             %(customer)s::text[]) AS i
           ON CONFLICT (tenant, source, id) DO UPDATE
              SET (content, position, status, answer, expires_at, customer)
                = (EXCLUDED.content, EXCLUDED.position, EXCLUDED.status, EXCLUDED.answer, EXCLUDED.expires_at,
                   EXCLUDED.customer)
            WHERE inbox.expires_at <= transaction_timestamp()""",
        columns(rows, names),
        rows=len(rows),
    )


def begin(tx: Tx, identity: Identity) -> bool:
    """Whether nobody else is carrying out the same request this moment."""
    row = tx.one(
        "SELECT pg_try_advisory_xact_lock(hashtextextended(%(name)s, 0)) AS free",
        {"name": f"{tx.tenant}/{identity.source}/{identity.id}"},
    )
    return bool(row and row["free"])


def forget_answers(tx: Tx, customer: str) -> None:
    """What was answered about a customer: a repeat still does nothing, but is told no more than that."""
    tx.run(
        """UPDATE inbox SET answer = NULL
            WHERE tenant = %(tenant)s AND customer = %(customer)s AND answer IS NOT NULL""",
        {"customer": customer},
    )
