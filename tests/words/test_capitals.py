"""大写金额 as banks write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.money import LIMIT
from service.words.capitals import capitals

DIGITS = {digit: value for value, digit in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (15, "壹角伍分"),
        (100, "壹元整"),
        (105, "壹元零伍分"),
        (120050, "壹仟贰佰元伍角整"),
        (140950, "壹仟肆佰零玖元伍角整"),
        (600714, "陆仟零柒元壹角肆分"),
        (32504, "叁佰贰拾伍元零肆分"),
        (1640902, "壹万陆仟肆佰零玖元零贰分"),
        (10700053, "壹拾万柒仟元伍角叁分"),
        (100000000, "壹佰万元整"),
        (10001000, "壹拾万零壹拾元整"),
        (100000001_00, "壹亿零壹元整"),
        (123456789_01, "壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元零壹分"),
        (100_0000_0000_0000, "壹万亿元整"),
        (-120000, "负壹仟贰佰元整"),
    ],
)
def test_amounts_are_written_as_banks_write_them(fen, text):
    assert capitals(fen) == text


@given(st.integers(0, LIMIT - 1))
def test_they_read_back_as_the_same_amount(fen):
    text = capitals(fen)
    whole, _, rest = text.partition("元") if "元" in text else ("", "", text)
    back = _number(whole) * 100
    for unit, worth in (("角", 10), ("分", 1)):
        if unit in rest:
            back += DIGITS[rest[rest.index(unit) - 1]] * worth
    assert back == fen
    assert ("零零" not in text and not text.startswith("零")) or fen == 0


def _number(text: str) -> int:
    for unit, worth in (("亿", 10**8), ("万", 10**4)):
        if unit in text:
            above, _, below = text.rpartition(unit)
            return _number(above) * worth + _number(below)
    total = digit = 0
    for char in text:
        if char in PLACES:
            total, digit = total + digit * PLACES[char], 0
        else:
            digit = DIGITS[char]
    return total + digit
