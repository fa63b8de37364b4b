"""Keys: what a well-formed one looks like, that anything else is none, and which roles they open what for."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.api import keys, roles
from service.api.problems import Problem
from service.api.roles import Right, admitted


def test_a_key_is_read_back():
    text, kept = keys.mint("acme-2", "k1")
    parts = keys.read(text)
    assert parts is not None
    assert (parts.tenant, parts.key) == ("acme-2", "k1")
    assert keys.matches(parts, kept)
    assert text.startswith("dl_acme-2_k1_") and text == f"dl_acme-2_k1_{parts.secret}{text[-6:]}"


def test_only_its_own_digest_matches():
    first, _ = keys.mint("acme", "k1")
    _, other = keys.mint("acme", "k1")
    parts = keys.read(first)
    assert parts is not None and not keys.matches(parts, other) and not keys.matches(parts, b"")


def test_no_two_are_alike_and_the_bits_suffice():
    secrets = {parts.secret for _ in range(500) if (parts := keys.read(keys.mint("a", "b")[0]))}
    assert len(secrets) == 500
    assert 62**keys.SECRET_SIGNS >= 2**128
    assert len(set("".join(secrets))) == 62


@pytest.mark.parametrize("tenant", ["", "Acme", "a_b", "a" * 41, "a/b", "a\n"])
def test_tenants_that_do_not_fit(tenant):
    with pytest.raises(ValueError, match="tenant"):
        keys.mint(tenant, "k1")
    assert keys.mint("a" * 40, "K" * 40)


def test_every_changed_sign_is_found():
    text, kept = keys.mint("acme", "k1")
    for at in range(len(text)):
        changed = keys.read(text[:at] + ("x" if text[at] != "x" else "y") + text[at + 1 :])
        assert changed is None or not keys.matches(changed, kept)
        assert changed is None
    assert keys.read(text[:-1]) is None and keys.read(text + "x") is None and keys.read(text + "\n") is None


@given(st.text())
def test_any_text_is_none(text):
    assert keys.read(text) is None
    assert keys.read(keys.bearer(f"Bearer {text}") or "") is None


def test_the_header():
    text, _ = keys.mint("acme", "k1")
    assert keys.bearer(f"Bearer {text}") == keys.bearer(f"bearer  {text} ") == text
    for header in (None, "", text, f"Basic {text}", f"Bearer{text}"):
        assert keys.bearer(header) is None
    assert keys.read(keys.bearer(f"Bearer {text} {text}") or "") is None


def test_a_secret_is_not_shown_by_accident():
    parts = keys.read(keys.mint("acme", "k1")[0])
    assert parts is not None
    assert parts.secret not in repr(parts) and parts.secret not in f"{parts}"


@pytest.mark.parametrize("right", Right)
def test_every_right_is_given_to_known_roles(right):
    assert admitted(right) and admitted(right) <= roles.ROLES


def test_an_administrator_may_everything_but_approve():
    assert {right for right in Right if "admin" not in admitted(right)} == {Right.APPROVE}


def test_everybody_reads_and_only_the_erp_posts_events():
    assert admitted(Right.READ) == roles.ROLES
    assert admitted(Right.EVENTS) == {"erp", "admin"}
    assert {right for right in Right if "erp" in admitted(right)} == {
        Right.READ,
        Right.EVENTS,
        Right.INBOUND_MAIL,
        Right.PAYMENT_FEED,
    }
    assert {right for right in Right if "viewer" in admitted(right)} == {Right.READ, Right.REPORTS, Right.WEEKLY}


def test_whoever_leads_may_what_they_lead():
    ladder = ("viewer", "collector", "supervisor", "manager", "general_manager", "boss")
    for below, above in pairwise(ladder):
        of_all = {Right.WEEKLY}  # the week's figures are of everybody's bills; a collector sees their own
        assert {right for right in Right if below in admitted(right)} - of_all <= {
            right for right in Right if above in admitted(right)
        }


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("collector", {Right.PROMISE, Right.NOTE, Right.TASK, Right.PAUSE}, {Right.ASSIGN, Right.RESUME, Right.HOLD}),
        ("supervisor", {Right.ASSIGN, Right.RESUME, Right.PLAN, Right.EXTEND, Right.SIMULATE}, {Right.HOLD, Right.PLAYBOOKS}),
        ("manager", {Right.HOLD, Right.RELEASE, Right.WRITE_OFF, Right.APPROVE}, {Right.SETTINGS, Right.KEYS}),
        ("finance", {Right.TASK, Right.CREDIT_STOP}, {Right.EVENTS, Right.PROMISE}),
        ("legal", {Right.LETTER, Right.HAND_OVER, Right.MILESTONE, Right.EVIDENCE}, {Right.HOLD}),
    ],
)
def test_the_roles_of_the_contract(role, may, may_not):
    for right in may:
        roles.check(right, role)
    for right in may_not:
        with pytest.raises(Problem) as caught:
            roles.check(right, role)
        assert (caught.value.status, caught.value.code) == (403, "role_may_not")
