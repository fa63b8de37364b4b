"""Letters as documents: the bytes that went out, kept as long as the person they are addressed to; their hash is in the log."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from service.store.database import Tx, columns

PDF = "application/pdf"


class Document(NamedTuple):
    """A letter as it goes out."""

    message: str
    body: bytes
    sha256: str

    @property
    def name(self) -> str:
        """How the file is called."""
        return f"{self.message.replace('~', '-')}.pdf"

    @property
    def content_type(self) -> str:
        """What it is."""
        return PDF


class Printed(NamedTuple):
    """A document to be kept; `sheet` is the hash of what was printed, by which a change is found."""

    message: str
    customer: str
    sheet: str
    body: bytes
    sha256: str


def sheets(tx: Tx, messages: Sequence[str]) -> dict[str, str]:
    """By message, what has been printed of it."""
    if not messages:
        return {}
    sql = """SELECT message, sheet FROM documents
              WHERE tenant = %(tenant)s AND message = ANY(%(messages)s::text[]) AND sheet IS NOT NULL"""
    return dict(tx.rows(sql, {"messages": list(messages)}))


def put(tx: Tx, printed: Sequence[Printed], now: datetime) -> None:
    """The documents, in place of earlier ones of the same messages."""
    tx.run(
        """INSERT INTO documents (tenant, message, customer, sheet, body, sha256, at)
           SELECT %(tenant)s, d.message, d.customer, d.sheet, d.body, d.sha256, %(now)s
             FROM unnest(%(message)s::text[], %(customer)s::text[], %(sheet)s::text[], %(body)s::bytea[], %(sha256)s::text[])
                  AS d(message, customer, sheet, body, sha256)
           ON CONFLICT (tenant, message) DO UPDATE
              SET sheet = EXCLUDED.sheet, body = EXCLUDED.body, sha256 = EXCLUDED.sha256, at = EXCLUDED.at""",
        {**columns(list(printed), Printed._fields), "now": now},
    )


def of(tx: Tx, message: str) -> Document | None:
    """The document of a message; None where there is none, or none any more."""
    sql = "SELECT body, sha256 FROM documents WHERE tenant = %(tenant)s AND message = %(message)s AND body IS NOT NULL"
    rows = tx.rows(sql, {"message": message})
    return Document(message, bytes(rows[0][0]), rows[0][1]) if rows else None


def erase(tx: Tx, customer: str, contact: str) -> None:
    """What was printed for a person, and what it was made of."""
    tx.run(
        """UPDATE documents d SET body = NULL, sheet = NULL FROM messages m
            WHERE d.tenant = %(tenant)s AND d.customer = %(customer)s AND m.tenant = %(tenant)s AND m.id = d.message
              AND m.customer = %(customer)s AND m.contact = %(contact)s""",
        {"customer": customer, "contact": contact},
    )


class Hashes(NamedTuple):
    """A document's hash as it is told, and as its bytes have it; None once they are erased."""

    message: str
    customer: str
    sha256: str
    found: str | None


def hashes(tx: Tx, customers: Sequence[str]) -> list[Hashes]:
    """Of every document of these customers."""
    rows = tx.rows(
        """SELECT message, customer, sha256, encode(sha256(body), 'hex') FROM documents
            WHERE tenant = %(tenant)s AND customer = ANY(%(customers)s::text[]) ORDER BY message""",
        {"customers": list(customers)},
    )
    return [Hashes(*row) for row in rows]
