"""A day's message, or a letter, as text. What it says stands in `service/letters`, one file a template and language;
everything foreign is cut to clean lines before it meets one."""

import re
from collections.abc import Iterable
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from msgspec import Struct
from msgspec.structs import replace

from service.words.capitals import capitals
from service.words.languages import LANGUAGES, Language
from service.words.letters import BillLine, Composed, Letter
from service.words.mail import mail_of, totals
from service.words.writing import amount, day, one_line

TEMPLATES = Path(__file__).parent.parent / "letters"
_BLANK_LINES = re.compile(r"\n{3,}")


def compose(letter: Letter) -> Composed:
    """The subject and the text, in the letter's language. Its currencies are known ones (else MoneyError)."""
    letter = _cleaned(letter)
    frame = _environment(letter.language).get_template("letter.txt" if letter.kind else "message.txt")
    rendered = frame.render(mail=mail_of(letter, known_templates(), known_letters()))
    lines = "\n".join(line.rstrip() for line in rendered.splitlines())
    subject, _, text = _BLANK_LINES.sub("\n\n", lines).strip().partition("\n")
    return Composed(subject, text.strip() + "\n")


@cache
def known_templates() -> frozenset[str]:
    """The templates that a playbook's messages may name: those with a text in every language."""
    return _in_every_language("messages")


@cache
def known_letters() -> frozenset[str]:
    """The kinds of letter that have a text in every language."""
    return _in_every_language("letters")


def _in_every_language(folder: str) -> frozenset[str]:
    found = [{file.stem for file in (TEMPLATES / language / folder).glob("*.txt")} for language in LANGUAGES]
    return frozenset(set.intersection(*found))


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES / language),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "day": partial(day, language=language),
        "money": amount,
        "capitals": capitals,
        "totals": totals,
        "sums": partial(_sums, language=language),
    }
    return environment


def _sums(bills: Iterable[BillLine], language: Language, most: int = 0) -> str:
    """`CNY 1,200.50 and USD 7.00`: what is open on the bills, by currency; of at most so many currencies."""
    each = [amount(total.open, total.currency) for total in totals(bills)]
    text = ("、" if language == "zh" else " and ").join(each[: most or None])
    return f"{text} …" if most and len(each) > most else text


def _cleaned(value: Any) -> Any:
    """The same with every text in it a clean line; what is clean already is not copied."""
    match value:
        case str():
            return one_line(value)
        case Struct():
            fields = {name: getattr(value, name) for name in value.__struct_fields__}
            changed = {name: new for name, old in fields.items() if (new := _cleaned(old)) != old}
            return replace(value, **changed) if changed else value
        case dict():
            return {key: _cleaned(one) for key, one in value.items()}
        case tuple():
            return tuple(map(_cleaned, value))
        case _:
            return value
