"""The chain of hashes that makes a stream tamper-evident: each event's covers the one before it.

SHA-256 over the earlier hash and the length-prefixed fields. Position and transaction id are given at insertion and not
covered; a cut-off tail shows only against an exported root.
"""

import hmac
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256

GENESIS = bytes(32)


def seal(salt: bytes, subject: str | None, text: str | None) -> str:
    """What the log says of a message's words. Without the salt, which is erased with them, no guess can be tried."""
    return hmac.new(salt, words(subject, text), sha256).hexdigest()


def words(subject: str | None, text: str | None) -> bytes:
    """The words as they are sealed and exported."""
    return f"{subject or ''}\n\n{text or ''}".encode()


def link(
    previous: bytes,
    stream: str,
    version: int,
    type: str,
    schema: int,
    data: str,
    meta: str,
    occurred_at: datetime,
    recorded_at: datetime,
) -> bytes:
    """The hash of one event after `previous`. Instants count as ISO 8601 in UTC to the microsecond."""
    own = data.encode()
    return sha256(
        b"".join(
            (
                previous,
                _sized(stream.encode()),
                _number(version),
                _named(type),
                _number(schema),
                len(own).to_bytes(4, "big"),
                own,
                _named(meta),
                _instant(occurred_at),
                _instant(recorded_at),
            )
        )
    ).digest()


def _sized(field: bytes) -> bytes:
    return len(field).to_bytes(4, "big") + field


@lru_cache(1024)
def _number(number: int) -> bytes:
    return _sized(b"%d" % number)


@lru_cache(1024)
def _named(text: str) -> bytes:
    """What a batch repeats is encoded once."""
    return _sized(text.encode())


@lru_cache(1024)
def _instant(at: datetime) -> bytes:
    return _sized(at.astimezone(UTC).isoformat().encode())
