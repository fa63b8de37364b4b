"""API keys: `dl_<tenant>_<key id>_<secret><checksum>`, readable without a database and plain to secret scanners."""

import hashlib
import hmac
import re
import secrets
import string
import zlib
from typing import NamedTuple

SECRET_SIGNS = 27
"""Of base 62: 160 random bits."""

_CHECK_SIGNS = 6
_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_TENANT = re.compile(r"[a-z0-9-]{1,40}")
_ID = re.compile(r"[A-Za-z0-9-]{1,40}")
_KEY = re.compile(
    rf"(dl_(?P<tenant>{_TENANT.pattern})_(?P<key>{_ID.pattern})_(?P<secret>[0-9A-Za-z]{{{SECRET_SIGNS}}}))"
    rf"(?P<check>[0-9A-Za-z]{{{_CHECK_SIGNS}}})"
)


class KeyParts(NamedTuple):
    """What a key says of itself; only `matches` tells whether it is one of ours."""

    tenant: str
    key: str
    secret: str

    def __repr__(self) -> str:
        return f"KeyParts(tenant={self.tenant!r}, key={self.key!r}, secret=…)"


def mint(tenant: str, key: str) -> tuple[str, bytes]:
    """A new key: its text, to be shown once, and the digest to be kept. Raises ValueError for ids that do not fit."""
    if not _TENANT.fullmatch(tenant) or not _ID.fullmatch(key):
        raise ValueError("a tenant is [a-z0-9-]{1,40}, a key id [A-Za-z0-9-]{1,40}")
    secret = "".join(secrets.choice(_DIGITS) for _ in range(SECRET_SIGNS))
    text = f"dl_{tenant}_{key}_{secret}"
    return text + _checksum(text), digest(secret)


def read(text: str) -> KeyParts | None:
    """The parts of a well-formed key; None for anything else, without asking a database."""
    found = _KEY.fullmatch(text)
    if found is None or found["check"] != _checksum(found[1]):
        return None
    return KeyParts(found["tenant"], found["key"], found["secret"])


def bearer(authorization: str | None) -> str | None:
    """What an Authorization header bears, a key or a token; None without one."""
    scheme, _, text = (authorization or "").partition(" ")
    return text.strip() if scheme.lower() == "bearer" else None


def digest(secret: str) -> bytes:
    """SHA-256: of 160 random bits there is nothing to guess, so a slow hash would only slow down every request."""
    return hashlib.sha256(secret.encode()).digest()


def matches(parts: KeyParts, kept: bytes) -> bool:
    """Whether the secret is the one whose digest was kept, in constant time."""
    return hmac.compare_digest(digest(parts.secret), kept)


def _checksum(text: str) -> str:
    """Base 62 of the CRC-32: finds a key that was cut or mistyped."""
    rest, signs = zlib.crc32(text.encode()), ""
    for _ in range(_CHECK_SIGNS):
        rest, digit = divmod(rest, len(_DIGITS))
        signs = _DIGITS[digit] + signs
    return signs
