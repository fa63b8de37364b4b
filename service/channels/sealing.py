"""Secrets of webhook endpoints: made here, and encrypted at rest with AES-256-GCM bound to where they belong."""

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
SECRET_BYTES = 32
_VERSION = b"\x01"
_NONCE_BYTES = 12
_TAG_BYTES = 16


class Unsealable(ValueError):
    """Not sealed with this key for this context, or changed since."""


def new_secret() -> str:
    """A signing secret for an endpoint: `whsec_` and the base64 of 32 random bytes."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def new_key() -> str:
    """A sealing key as text, for a settings file."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")


def read_key(text: str) -> bytes:
    """The key a setting holds, 32 bytes as base64; raises ValueError with a sentence that does not repeat it."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(
            f"The sealing key must be the base64 of {KEY_BYTES} bytes, as `openssl rand -base64 32` makes."
        )
    return key


def seal(key: bytes, plaintext: bytes, context: str) -> bytes:
    """The plaintext encrypted; only the same key and context (such as `endpoint:<tenant>:<id>`) open it again."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _VERSION + nonce + _cipher(key).encrypt(nonce, plaintext, _bound(context))


def unseal(key: bytes, sealed: bytes, context: str) -> bytes:
    """What was sealed; raises Unsealable."""
    if sealed[:1] != _VERSION or len(sealed) < 1 + _NONCE_BYTES + _TAG_BYTES:
        raise Unsealable("not a sealed value of a known version")
    nonce, text = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        return _cipher(key).decrypt(nonce, text, _bound(context))
    except InvalidTag:
        raise Unsealable("sealed with another key, for another place, or changed since") from None


def _cipher(key: bytes) -> AESGCM:
    if len(key) != KEY_BYTES:
        raise ValueError(f"a sealing key has {KEY_BYTES} bytes")
    return AESGCM(key)


def _bound(context: str) -> bytes:
    return _VERSION + context.encode("utf-8")
