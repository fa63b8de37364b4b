"""Sentences are never empty and never an error, whatever is asked of them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.words.sentences import say

DAY = date(2026, 3, 6)


@pytest.mark.parametrize(
    ("code", "params", "en", "zh"),
    [
        (
            "unknown_invoice",
            {"invoice": "INV-1"},
            "No bill INV-1 is known here. Post its invoice.issued first, or correct the number.",
            "没有账单 INV-1。请先提交其 invoice.issued，或更正编号。",
        ),
        (
            "role_may_not_approve",
            {"role": "general_manager"},
            "Only general manager may answer this request. Pass it on to them.",
            "只有总经理可以答复该审批。请转交其办理。",
        ),
        (
            "schedule.after",
            {"rule": "B3", "days": 9, "start": "due", "anchor": DAY},
            "Rule B3: 9 days after the due date (6 March 2026).",
            "规则 B3：到期日（2026年3月6日）后 9 天。",
        ),
        (
            "schedule.after",
            {"rule": "B2", "days": 1, "start": "due", "anchor": DAY},
            "Rule B2: one day after the due date (6 March 2026).",
            "规则 B2：到期日（2026年3月6日）后 1 天。",
        ),
        (
            "schedule.paused_promise",
            {"until": DAY},
            "Held back until 6 March 2026 by a promise to pay.",
            "因付款承诺暂停至2026年3月6日。",
        ),
        (
            "notice.unconfirmed",
            {"customer": "Huadong", "count": 2, "bills": ["A", "B"]},
            "Huadong: 2 bills are still unconfirmed after the 20th: A, B.",
            "Huadong：有 2 份账单过 20 日仍未确认：A、B。",
        ),
        (
            "clock_moves_forward",
            {"now": datetime(2026, 3, 6, 1, 0, tzinfo=UTC)},
            "The clock stands at 6 March 2026 01:00 +0000 and moves forward only. Name that instant or a later one.",
            "时钟现为2026年3月6日 01:00 +0000，只能向前。请填写该时刻或以后的时刻。",
        ),
        ("title.412", {}, "Changed in the meantime", "内容已变化"),
    ],
)
def test_a_code_becomes_a_sentence(code, params, en, zh):
    assert say(code, "en", **params) == en
    assert say(code, "zh", **params) == zh
    assert say(code, "zh-CN", **params) == zh


def test_an_unknown_language_reads_english():
    assert say("not_found", "fr") == say("not_found", "en")


@pytest.mark.parametrize(
    ("code", "readable"), [("skipped.moon_was_full", "Moon was full"), ("no-such-code", "No such code"), ("", "…")]
)
def test_an_unknown_code_is_made_readable(code, readable):
    assert say(code, "zh") == readable


def test_what_is_not_given_is_a_gap_and_no_error():
    assert say("unknown_invoice", "en").startswith("No bill … is known here.")


def test_a_parameter_that_may_be_missing_leaves_no_gap():
    assert say("invalid_json", "en") == "The body is not valid JSON. Check it near that place."
    assert say("unknown_type", "en", nearest=()) == say("unknown_type", "en")


def test_foreign_text_stays_on_one_line_and_short():
    sentence = say("unknown_invoice", "en", invoice="a\nb\x00\u202e{ $c }" + "x" * 5000)
    assert sentence.startswith("No bill a b { $c }xxx") and len(sentence) < 700 and sentence.isprintable()


def test_parameters_may_have_any_name():
    assert say("not_found", "en", code="x", language="y", self="z") == say("not_found", "en")


_values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.dates(), st.datetimes(), st.binary(),
    st.lists(st.text(), max_size=30), st.decimals(), st.sets(st.integers()), st.dictionaries(st.text(), st.none()),
)  # fmt: skip


@given(
    code=st.sampled_from(["unknown_invoice", "schedule.after", "too_short", "notice.unconfirmed", "role_may_not"])
    | st.text(),
    language=st.sampled_from(["zh", "en"]) | st.text(),
    params=st.dictionaries(
        st.sampled_from("invoice days start anchor rule limit count customer role".split()), _values
    ),
)
def test_a_sentence_always_comes(code, language, params):
    assert say(code, language, **params).strip()
