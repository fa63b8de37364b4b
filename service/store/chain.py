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
        stream,
        str(version),
        type,
        str(schema),
        data,
        meta,
        occurred_at.astimezone(UTC).isoformat(),
        recorded_at.astimezone(UTC).isoformat(),
    )
    parts = [previous]
    for field in fields:
        text = field.encode()
        parts.append(len(text).to_bytes(4, "big"))
        parts.append(text)
    return sha256(b"".join(parts)).digest()
