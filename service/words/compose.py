"""A day's message, or a letter, as text, and for a mail the same words set in HTML. What it says stands in
`service/letters`, one file a template and language; everything foreign is cut to clean lines before it meets one."""

import re
from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from service.words.capitals import capitals
from service.words.languages import TAGS, Language
from service.words.letters import BillLine, Composed, Letter
from service.words.mail import Mail, Part, mail_of, totals
from service.words.templates import LETTERS, MESSAGE, Said, Template, filled, known_letters, known_messages, ours
from service.words.writing import amount, day, one_line

if TYPE_CHECKING:
    from jinja2 import Environment

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


def _rendered(environment: "Environment", letter: Letter, form: str) -> str:
    mail = opened(letter)
    frame = environment.get_template(f"{'letter' if mail.said else 'short' if letter.short else 'message'}.{form}")
    return frame.render(mail=mail)


def opened(letter: Letter) -> Mail:
    """The letter as its templates see it, cleaned: a letter of a kind or each part of a message with what it says."""
    letter = _cleaned(letter)
    mail = mail_of(letter, known_messages(), known_letters())
    if letter.kind:
        return replace(mail, said=_said(letter, mail, mail.first, mail.first.template, letter.template))
    parts, riders = (tuple(_saying(letter, mail, part) for part in some) for some in (mail.parts, mail.riders))
    return replace(mail, parts=parts, riders=riders)


def _saying(letter: Letter, mail: Mail, part: Part) -> Part:
    return replace(part, said=_said(letter, mail, part, f"{MESSAGE}{part.template}", letter.own.get(part.template)))


def _said(letter: Letter, mail: Mail, part: Part, kind: str, own: Template | None) -> Said:
    shipped = ours(letter.language, kind)
    return filled(own or shipped, shipped, _values(letter, mail, part), is_open=any(bill.open for bill in part.claimed))


def words(language: Language, name: str) -> Any:
    """The words of a template of lines, by name: what its macros say, and its labels."""
    return _environment(language).get_template(name).module


def _values(letter: Letter, mail: Mail, part: Part) -> dict[str, str]:
    """What fills the places of a template; each is text, whatever it looks like."""
    lines, paper = words(letter.language, "lines.txt"), words(letter.language, "paper.txt")
    bills = part.claimed
    settled = tuple(replace(bill, open=bill.amount) for bill in bills)
    return {
        "customer": mail.customer,
        "company": mail.company or paper.creditor,
        "name": mail.name or paper.unnamed,
        "today": day(mail.today, letter.language),
        "pay_by": day(mail.pay_by or mail.today, letter.language),
        "bills": str(lines.count(len(bills))),
        "sums": _sums(bills, letter.language) or paper.nothing,
        "headline": str(lines.headline(bills)) if bills else paper.nothing,
        "answer_to": f"{lines.person(mail)}{lines.reach(mail.sender)}",
        "since": day(part.on or letter.since or mail.today, letter.language),
        "paid": _sums(settled, letter.language, most=3) or paper.nothing,
        "parts": str(paper.parts(mail)),
    }


@cache
def _environment(language: Language) -> "Environment":
    # Nothing is composed by the time a process has started.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(LETTERS / language),
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
def _html_environment(language: Language) -> "Environment":
    """The same templates, in which the lines of bills and banks are set as tables."""
    from jinja2 import ChoiceLoader, FileSystemLoader, FunctionLoader

    files = FileSystemLoader([LETTERS / language, LETTERS])
    loader = ChoiceLoader([FunctionLoader(_instead(language)), files])
    return _environment(language).overlay(loader=loader, autoescape=True)


def _instead(language: Language) -> Callable[[str], str | None]:
    files = {"lines.txt": LETTERS / "lines.html", "words.txt": LETTERS / language / "lines.txt"}
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
        case Template():
            return value  # ours, or checked when it was published; it may have lines
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
