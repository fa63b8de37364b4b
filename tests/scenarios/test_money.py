"""Amounts: what is read, what is refused and with which code, and that writing gives back what was read."""

from datetime import date
from decimal import Decimal

import pytest
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st

from service.domain import money
from service.domain.money import MoneyError

CURRENCIES = st.sampled_from(sorted(money.EXPONENTS))
MINOR = st.integers(-money.LIMIT + 1, money.LIMIT - 1)

# CLDR shows these the way people write them, without the decimals that ISO 4217 still gives them.
CLDR_SHORTENS = set("AFN ALL IQD IRR KPW LAK LBP MGA MMK RSD SOS SYP YER".split())
WITHOUT_MINOR_UNIT = {f"X{rest}" for rest in "AG AU BA BB BC BD DR PD PT SU TS UA XX".split()}


def refused(text: str, currency: str = "CNY") -> str:
    with pytest.raises(MoneyError) as caught:
        money.parse(text, currency)
    return caught.value.code


def test_exponents_are_cldrs_but_for_the_thirteen_that_cldr_shortens() -> None:
    fractions = get_global("currency_fractions")
    differing = {c for c, n in money.EXPONENTS.items() if n != fractions.get(c, fractions["DEFAULT"])[0]}
    assert differing == CLDR_SHORTENS


def test_the_codes_are_those_in_use_somewhere() -> None:
    used = {
        code
        for uses in get_global("territory_currencies").values()
        for code, _, until, _ in uses
        if until is None or date(*until) > date(2026, 11, 1)
    }
    # CNH is no ISO code; Bulgaria pays in euro since 2026. The colon and the Arab accounting dinar CLDR leaves out.
    assert used - set(money.EXPONENTS) == WITHOUT_MINOR_UNIT | {"CNH", "BGN"}
    assert set(money.EXPONENTS) - used == {"SVC", "XAD"}
    assert len(money.EXPONENTS) == 165


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1200.00", "CNY", 120000),
        ("1200.5", "CNY", 120050),
        ("1200", "CNY", 120000),
        ("0", "CNY", 0),
        ("-0.00", "CNY", 0),
        ("-0.01", "CNY", -1),
        ("007.10", "CNY", 710),
        ("1200", "JPY", 1200),
        ("1.25", "BHD", 1250),
        ("0.0001", "CLF", 1),
        ("9999999999999.99", "CNY", 10**15 - 1),
        ("-999999999999999", "JPY", 1 - 10**15),
    ],
)
def test_plain_decimals_are_read(text: str, currency: str, minor: int) -> None:
    assert money.parse(text, currency) == minor


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        ".",
        "1.",
        ".5",
        "+1",
        "1e3",
        "1E3",
        " 1",
        "1 ",
        "1\n",
        "1,000",
        "1_000",
        "--1",
        "0x1",
        "NaN",
        "Infinity",
        "\u0661\u0662",
        "\uff11\uff12",
        "1\uff0e5",
        "1.5.0",
        "\u22121",
        "¥1",
        "1\x00",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    assert refused(text) == "money_format"


def test_more_decimals_than_the_currency_has_are_refused_even_when_zero() -> None:
    assert (
        refused("1.001") == refused("1.000") == refused("1.0", "JPY") == refused("1.2500", "BHD") == "money_precision"
    )


def test_the_range_ends_before_ten_to_the_fifteen_minor_units() -> None:
    assert refused("10000000000000.00") == refused("-1000000000000000", "JPY") == "money_range"
    assert refused("9" * 5_000) == refused("0" * 1_000_000) == "money_range"


@pytest.mark.parametrize("code", ["", "cny", "XXX", "XAU", "DEM", "CNH", "CNYY", "人民币"])
def test_an_unknown_currency_is_refused_before_the_amount_is_read(code: str) -> None:
    assert not money.is_currency(code)
    assert refused("nonsense", code) == "currency_unknown"
    with pytest.raises(MoneyError, match="currency_unknown"):
        money.format(1, code)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (120000, "CNY", "1200.00"),
        (1200, "JPY", "1200"),
        (1250, "BHD", "1.250"),
        (0, "CNY", "0.00"),
        (0, "JPY", "0"),
        (-5, "CNY", "-0.05"),
        (-120000, "CNY", "-1200.00"),
        (7, "UYW", "0.0007"),
    ],
)
def test_amounts_are_written_with_the_currencys_own_decimals(minor: int, currency: str, text: str) -> None:
    assert money.format(minor, currency) == text


@given(MINOR, CURRENCIES)
def test_what_is_written_is_read_back(minor: int, currency: str) -> None:
    assert money.parse(money.format(minor, currency), currency) == minor


@given(MINOR, CURRENCIES)
def test_writing_agrees_with_exact_decimals(minor: int, currency: str) -> None:
    written = Decimal(money.format(minor, currency))
    assert written.scaleb(money.exponent(currency)) == minor
    assert written.as_tuple().exponent == -money.exponent(currency)


@given(st.text(alphabet="0123456789.-+e ,\u0663", max_size=20), CURRENCIES)
def test_reading_never_raises_anything_but_its_own_errors(text: str, currency: str) -> None:
    refusals = {"money_format", "money_precision", "money_range"}
    try:
        outcome: int | str = money.parse(text, currency)
    except MoneyError as error:
        outcome = error.code
    assert outcome in refusals or Decimal(text).scaleb(money.exponent(currency)) == outcome
