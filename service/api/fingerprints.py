"""By what a repeat is known without keeping what was said."""

import hmac
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, TypeAlias

Print: TypeAlias = Callable[[bytes], bytes]
"""From content to its fingerprint."""


class Fingerprints(NamedTuple):
    """HMAC-SHA-256 under a key that is half the process's and half the tenant's: whoever has the database alone, as in a
    backup, cannot try whether a guess about an erased person fits."""

    key: bytes

    def of(self, secret: bytes) -> Print:
        """Those of the tenant with that secret."""
        return partial(_digest, hmac.digest(self.key, secret, "sha256"))


def _digest(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, content, "sha256")
