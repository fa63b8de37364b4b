"""A day's message, or a letter, as text, and for a mail the same words set in HTML. What it says stands in
`service/letters`, one file a template and language; everything foreign is cut to clean lines before it meets one."""

import re
from collections.abc import Callable, Iterable
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, FunctionLoader, StrictUndefined
from msgspec import Struct
from msgspec.structs import replace

from service.words.capitals import capitals
from service.words.languages import LANGUAGES, TAGS, Language
from service.words.letters import BillLine, Composed, Letter
from service.words.mail import Mail, mail_of, totals
from service.words.writing import amount, day, one_line

TEMPLATES = Path(__file__).parent.parent / "letters"
_BLANK_LINES = re.compile(r"\n{3,}")


def compose(letter: Letter) -> Composed:
    """The subject and the text, in the letter's language. Its currencies are known ones (else MoneyError)."""
    rendered = _rendered(_environment(letter.language), letter, "txt")
    lines = "\n".join(line.rstrip() for line in rendered.splitlines())
    subject, _, text = _BLANK_LINES.sub("\n\n", lines).strip().partition("\n")
    return Composed(subject, text.strip() + "\n")


def compose_mail(letter: Letter) -> Composed:
    """The same with the words in HTML too."""
    if letter.short:
        return compose(letter)
    return replace(compose(letter), html=_rendered(_html_environment(letter.language), letter, "html").lstrip())


def _rendered(environment: Environment, letter: Letter, form: str) -> str:
    frame = environment.get_template(f"{'letter' if letter.kind else 'short' if letter.short else 'message'}.{form}")
    return frame.render(mail=opened(letter))


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


def opened(letter: Letter) -> Mail:
    """The letter as its templates see it, cleaned."""
    return mail_of(_cleaned(letter), known_templates(), known_letters())


def words(language: Language, name: str) -> Any:
    """The words of a template of lines, by name: what its macros say, and its labels."""
    return _environment(language).get_template(name).module


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
    environment.globals["tag"] = TAGS[language]
    return environment


@cache
def _html_environment(language: Language) -> Environment:
    """The same templates, in which the lines of bills and banks are set as tables."""
    files = FileSystemLoader([TEMPLATES / language, TEMPLATES])
    loader = ChoiceLoader([FunctionLoader(_instead(language)), files])
    return _environment(language).overlay(loader=loader, autoescape=True)


def _instead(language: Language) -> Callable[[str], str | None]:
    files = {"lines.txt": TEMPLATES / "lines.html", "words.txt": TEMPLATES / language / "lines.txt"}
    return lambda name: files[name].read_text("utf-8") if name in files else None


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
