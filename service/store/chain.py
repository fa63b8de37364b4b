"""The chain of hashes that makes a stream tamper-evident: each event's covers the one before it.

SHA-256 over the earlier hash and the length-prefixed fields. Position and transaction id are given at insertion and not
covered; a cut-off tail shows only against an exported root.
"""

from datetime import UTC, datetime
from hashlib import sha256

GENESIS = bytes(32)


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
    fields = (
        stream.encode(),
        b"%d" % version,
        type.encode(),
        b"%d" % schema,
        data.encode(),
        meta.encode(),
        _in_utc(occurred_at),
        _in_utc(recorded_at),
    )
    parts = [previous]
    for field in fields:
        parts.append(_LENGTHS[len(field)] if len(field) < _SHORT else len(field).to_bytes(4, "big"))
        parts.append(field)
    return sha256(b"".join(parts)).digest()


_SHORT = 1024
_LENGTHS = [length.to_bytes(4, "big") for length in range(_SHORT)]


def _in_utc(at: datetime) -> bytes:
    return (at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat().encode()
