"""What was kept beside a customer's log of people and in people's words: read to be erased, rewritten, and gone.

The subject of a person's details is `customer/person`; that of all that was written about the customer, their bills and
their payments is the customer.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from service.store import codec
from service.store.database import Tx, columns

OWN, EXTRA = "", "~extra"
"""The event's own words, and the fields of an ERP's event that we do not know; any other part is a person's id."""


class Written(NamedTuple):
    """Words beside one event; `people` are those it speaks of, in its order, where its unknown fields may be theirs."""

    stream: str
    version: int
    part: str
    body: dict[str, Any]
    people: tuple[str, ...]


def details(tx: Tx, customer: str, contact: str) -> dict[str, dict[str, Any]]:
    """Every version of a person's details, by the version of the event that brought them."""
    rows = tx.rows(
        """SELECT version, body::text FROM private
            WHERE tenant = %(tenant)s AND subject = %(subject)s AND stream = %(stream)s""",
        {"subject": f"{customer}/{contact}", "stream": f"customer/{customer}"},
    )
    return {str(version): codec.load(body) for version, body in rows}


def records(tx: Tx, customer: str, contact: str) -> list[tuple[str, int]]:
    """(stream, version) of the contact records with that person, and of their replies, whose words are still kept."""
    rows = tx.rows(
        """SELECT stream, version FROM events e JOIN private p USING (tenant, stream, version)
            WHERE e.tenant = %(tenant)s AND e.stream = %(stream)s AND e.type IN ('contact.logged', 'message.replied')
              AND p.part = '' AND e.data ->> 'contact' = %(contact)s""",
        {"stream": f"customer/{customer}", "contact": contact},
    )
    return [(stream, version) for stream, version in rows]


def written(tx: Tx, customer: str) -> Iterator[Written]:
    """All that people and the ERP wrote about a customer, any number of rows in flat memory."""
    rows = tx.stream(
        """SELECT p.stream, p.version, p.part, p.body::text, (
                    SELECT array_agg(c ->> 'id' ORDER BY place) FROM events e,
                           json_array_elements(e.data -> 'contacts') WITH ORDINALITY AS given(c, place)
                     WHERE p.part = '~extra' AND e.tenant = %(tenant)s AND e.stream = p.stream AND e.version = p.version
                       AND e.type = 'customer.updated')
             FROM private p WHERE p.tenant = %(tenant)s AND p.subject = %(subject)s AND p.stream <> 'tenant'""",
        {"subject": customer},
    )
    for stream, version, part, body, people in rows:
        yield Written(stream, version, part, codec.load(body), tuple(people or ()))


def rewrite(tx: Tx, changed: Sequence[Written]) -> None:
    """Rows with what is left of them."""
    if changed:
        rows = [(one.stream, one.version, one.part, codec.encode(one.body)) for one in changed]
        tx.run(
            """UPDATE private p SET body = v.body::json
                 FROM unnest(%(stream)s::text[], %(version)s::int[], %(part)s::text[], %(body)s::text[])
                      AS v(stream, version, part, body)
                WHERE p.tenant = %(tenant)s AND p.stream = v.stream AND p.version = v.version AND p.part = v.part""",
            columns(rows, ("stream", "version", "part", "body")),
        )


def forget(tx: Tx, rows: Sequence[tuple[str, int, str]]) -> None:
    """(stream, version, part) of rows of which nothing is left."""
    if rows:
        tx.run(
            """DELETE FROM private p USING unnest(%(stream)s::text[], %(version)s::int[], %(part)s::text[])
                      AS v(stream, version, part)
                WHERE p.tenant = %(tenant)s AND p.stream = v.stream AND p.version = v.version AND p.part = v.part""",
            columns(list(rows), ("stream", "version", "part")),
        )
