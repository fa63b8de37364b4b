"""Secrets at rest: what was sealed opens with the same key and place only, and any changed byte is seen."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from service.channels.sealing import Unsealable, new_key, new_secret, read_key, seal, unseal

KEY = bytes(range(32))
PLACE = "endpoint:acme:we_1"


@given(st.binary(max_size=200), st.text(max_size=40))
def test_what_was_sealed_opens(plaintext: bytes, context: str) -> None:
    assert unseal(KEY, seal(KEY, plaintext, context), context) == plaintext


def test_the_same_secret_never_looks_the_same_and_never_shows() -> None:
    secret = new_secret().encode()
    first, second = seal(KEY, secret, PLACE), seal(KEY, secret, PLACE)
    assert first != second and secret not in first


def test_another_key_or_place_opens_nothing() -> None:
    sealed = seal(KEY, b"secret", PLACE)
    for key, context in ((bytes(32), PLACE), (KEY, "endpoint:other:we_1"), (KEY, "")):
        with pytest.raises(Unsealable):
            unseal(key, sealed, context)


def test_every_changed_byte_and_every_cut_is_seen() -> None:
    sealed = seal(KEY, b"secret", PLACE)
    for index in range(len(sealed)):
        changed = bytearray(sealed)
        changed[index] ^= 1
        for broken in (bytes(changed), sealed[:index]):
            with pytest.raises(Unsealable):
                unseal(KEY, broken, PLACE)


def test_a_new_secret_is_one_the_specification_accepts() -> None:
    secret = new_secret()
    assert secret.startswith("whsec_") and 24 <= len(base64.b64decode(secret[6:], validate=True)) <= 64
    assert secret != new_secret()
    Webhook(secret)


def test_keys_are_read_and_bad_ones_said_without_repeating_them() -> None:
    assert len(read_key(f" {new_key()}\n")) == 32
    for bad in ("", "hunter2hunter2", base64.b64encode(b"short").decode(), "é" * 44):
        with pytest.raises(ValueError, match="32 bytes") as caught:
            read_key(bad)
        assert not bad or bad not in str(caught.value)
    with pytest.raises(ValueError, match="32 bytes"):
        seal(b"short", b"", PLACE)
