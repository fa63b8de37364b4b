"""Where a list goes on, as text that only we can write: bound to the tenant, the list and its filters."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, NoReturn, TypeAlias

import msgspec

from service.api.problems import fault

Position: TypeAlias = tuple[str | int | None, ...]
"""The sort values of the last row shown; days and instants as ISO text."""

LONGEST = 2048
_MAC_BYTES = 16
_FILTER_BYTES = 12


class _Content(msgspec.Struct, array_like=True, frozen=True):
    kind: str
    filters: bytes
    position: Position


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(_Content)
_CANONICAL = msgspec.json.Encoder(order="deterministic")


class Cursors:
    """Writes and reads the cursors of one installation; `key` is the same on every replica and at least 16 bytes."""

    def __init__(self, key: bytes) -> None:
        self._key = hmac.digest(key, b"dunlog cursors 1", "sha256")

    def write(self, tenant: str, kind: str, filters: Mapping[str, Any], position: Position) -> str:
        """The cursor behind a row. `filters` are those the list was asked with, the sort order among them."""
        content = _ENCODER.encode(_Content(kind, self._hash(tenant, filters), position))
        return base64.urlsafe_b64encode(self._mac(content) + content).rstrip(b"=").decode()

    def read(self, text: str, tenant: str, kind: str, filters: Mapping[str, Any]) -> Position:
        """The position; raises Problem `cursor_invalid` for a cursor made up, or of another tenant, list or filters."""
        raw = _unpacked(text)
        mac, content = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(content)):
            _refuse()
        try:
            found = _DECODER.decode(content)
        except msgspec.DecodeError:  # one that an older release wrote
            _refuse()
        if found.kind != kind or found.filters != self._hash(tenant, filters):
            _refuse()
        return found.position

    def _mac(self, content: bytes) -> bytes:
        return hmac.digest(self._key, content, "sha256")[:_MAC_BYTES]

    def _hash(self, tenant: str, filters: Mapping[str, Any]) -> bytes:
        asked = {name: value for name, value in filters.items() if value is not None}
        return hashlib.sha256(_CANONICAL.encode([tenant, asked])).digest()[:_FILTER_BYTES]


def _unpacked(text: str) -> bytes:
    if len(text) > LONGEST or not text.isascii() or not text:
        _refuse()
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        _refuse()
    # several texts decode to the same bytes; only ours is a cursor
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != text:
        _refuse()
    return raw


def _refuse() -> NoReturn:
    raise fault("/query/cursor", "cursor_invalid")
