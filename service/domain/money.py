"""Money as an integer of minor units plus an ISO 4217 code: the decimals of every currency, strict reading of decimal
strings and their exact writing. No float and no rounding anywhere."""

import re

LIMIT = 10**15
"""Amounts lie strictly between -LIMIT and LIMIT minor units, so that sums of thousands still fit a bigint."""

# ISO 4217 list one. Codes without a minor unit (metals, XDR, XSU, XUA, XTS, XXX) are no money one can owe; funds codes
# (CHE, CLF, UYW ...) are.
_TWO = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY "
    "COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS "
    "INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR "
    "MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP "
    "STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG"
)
_OTHER = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

EXPONENTS: dict[str, int] = {
    **dict.fromkeys(_TWO.split(), 2),
    **{code: digits for digits, codes in _OTHER.items() for code in codes.split()},
}

# ASCII digits only: \d would let in Arabic-Indic and full-width ones.
_DECIMAL = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
_LONGEST = 64


class MoneyError(ValueError):
    """Text that is no amount. `code` is one of `money_format` (not a plain decimal string), `money_precision` (more
    decimals than the currency has), `money_range` (LIMIT or beyond) and `currency_unknown`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def is_currency(code: str) -> bool:
    return code in EXPONENTS


def exponent(currency: str) -> int:
    """Decimals of the currency; raises MoneyError `currency_unknown`."""
    digits = EXPONENTS.get(currency)
    if digits is None:
        raise MoneyError("currency_unknown")
    return digits


def parse(text: str, currency: str) -> int:
    """Minor units of a plain decimal string such as `1200.5`: `-?digits[.digits]`, nothing else. Fewer decimals than
    the currency has are filled up, more are refused even when zero. Raises MoneyError."""
    digits = exponent(currency)
    found = _DECIMAL.fullmatch(text)
    if found is None:
        raise MoneyError("money_format")
    sign, whole, decimals = found.groups("")
    if len(decimals) > digits:
        raise MoneyError("money_precision")
    # Python reads long digit strings in quadratic time and refuses very long ones with an error of its own.
    minor = int(whole + decimals + "0" * (digits - len(decimals))) if len(text) <= _LONGEST else LIMIT
    if minor >= LIMIT:
        raise MoneyError("money_range")
    return -minor if sign else minor


def format(minor: int, currency: str) -> str:
    """The amount with the currency's own number of decimals: 120000 CNY is `1200.00`, 1200 JPY `1200`."""
    digits = exponent(currency)
    if digits == 0:
        return str(minor)
    text = str(abs(minor)).rjust(digits + 1, "0")
    return f"{'-' if minor < 0 else ''}{text[:-digits]}.{text[-digits:]}"
