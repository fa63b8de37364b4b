"""Renminbi in the capital characters (大写金额) that Chinese letters carry beside the figures."""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("仟", "佰", "拾", "")


def capitals(fen: int) -> str:
    """`壹仟贰佰元伍角整` for 120050; the amount lies within the limits of `money`."""
    yuan, rest = divmod(abs(fen), 100)
    jiao, cent = divmod(rest, 10)
    text = f"{_whole(yuan)}元" if yuan or not rest else ""
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif cent and yuan:
        text += "零"
    text += f"{_DIGITS[cent]}分" if cent else "整"
    return ("负" if fen < 0 else "") + text


def _whole(n: int) -> str:
    """Groups of 亿 and 万; one 零 stands where digits between two others are missing."""
    for unit, name in ((10**8, "亿"), (10**4, "万")):
        if n >= unit:
            above, below = divmod(n, unit)
            gap = "零" if below and below < unit // 10 else ""
            return _whole(above) + name + (gap + _whole(below) if below else "")
    return _thousands(n)


def _thousands(n: int) -> str:
    text = ""
    for digit, place in zip(f"{n:04d}", _PLACES, strict=True):
        if digit != "0":
            text += _DIGITS[int(digit)] + place
        elif text and not text.endswith("零"):
            text += "零"
    return text.rstrip("零") or "零"
