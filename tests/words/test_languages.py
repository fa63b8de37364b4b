"""The language a request asks for, out of those there are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.words.languages import language_of, negotiate


@pytest.mark.parametrize(
    ("header", "default", "language"),
    [
        (None, "zh", "zh"),
        ("", "en", "en"),
        ("zh", "en", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "en", "zh"),
        ("zh-Hans", "en", "zh"),
        ("ZH-hant-TW", "en", "zh"),
        ("en-GB, zh;q=0.5", "zh", "en"),
        ("zh;q=0.5, en;q=0.9", "zh", "en"),
        ("fr, de;q=0.9", "zh", "zh"),
        ("fr, en;q=0.1", "zh", "en"),
        ("*", "zh", "zh"),
        ("en;q=0.2, *;q=0.8", "en", "zh"),
        ("zh;q=0", "zh", "zh"),
        ("zh;q=0, *", "zh", "en"),
        ("en;q=0, zh;q=0", "en", "en"),
        ("en;q=abc, zh;q=0.1", "en", "zh"),
        ("en;q=nan, zh;q=2, ;;;,,=", "en", "en"),
        ("en, zh", "zh", "zh"),
        ("en;level=1", "zh", "zh"),
        ("中文", "en", "en"),
        ("zh," * 100_000, "en", "zh"),
        ("zh", "klingon", "zh"),
        ("fr", "klingon", "en"),
    ],
)
def test_the_best_liked_language_wins(header, default, language):
    assert negotiate(header, default) == language


@given(st.text(), st.text())
def test_junk_never_hurts(header, default):
    assert negotiate(header, default) in ("zh", "en")


@pytest.mark.parametrize(("tag", "language"), [("zh_CN", "zh"), (" EN ", "en"), (None, "zh"), ("fr", "zh"), ("", "zh")])
def test_a_tag_has_a_language(tag, language):
    assert language_of(tag, "zh") == language
