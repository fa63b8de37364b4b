"""Reading a playbook's words: offsets, clock starts and conditions, each mistake with the path where it stands."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from service.domain import playbook as p
from service.domain import reliability
from service.domain.case import LEVELS, STAGES
from service.domain.money import MoneyError, parse
from service.domain.offsets import Offset, OffsetError
from service.domain.offsets import parse as parse_offset
from service.domain.wanted import OWN, Conditions

Path = tuple[str | int, ...]

FACTS = frozenset(
    {"statement", "issued", "submitted", "period", "due", "confirmed", "pod", "resent", "tax_requested", "tax_issued"}
    | {"tax_dispatched"}
)
NAMED = frozenset({"level", "granted", "answered", "letter", "flag"})
PARAMETERS = frozenset({"grace"})
"""What a case takes along of its customer's segment when it opens."""

SEGMENTS = frozenset({"preferred", "standard", "risk"})
AUDIENCES = frozenset(
    {
        "collector",
        "supervisor",
        "manager",
        "general_manager",
        "boss",
        "finance",
        "sales",
        "quality",
        "legal",
        "warehouse",
        "front_desk",
    }
)
CONTACT_ROLES = frozenset({"accounts_payable", "decision_maker", "other"})
OUTCOMES = frozenset(
    {"reached", "not_reached", "wrong_number", "left", "moved", "refused", "evasive", "promised", "disputed"}
    | {"asks_documents"}
)
ABILITIES = frozenset({"full", "part", "none"})
TASK_KINDS = frozenset(
    {"call", "visit", "review", "pod", "find_contact", "assist", "finance", "legal", "reconcile", "deduct"}
)
REQUEST_KINDS = frozenset(
    {"hold", "release", "letter", "lawyer_letter", "plan", "extension", "discount", "write_off", "credit_stop"}
    | {"hand_over", "credit_terms", "credit_restore"}
)
LETTERS = frozenset(
    {"reminder", "urgent", "stern", "final_notice", "formal_dunning", "reconciliation", "statement", "credit_stop"}
    | {"hold", "lawyer", "plan", "paid_in_full"}
)
RECORD_FIELDS = frozenset(
    {"contact", "point", "met", "agreed", "willingness", "ability", "cause", "verified", "notes", "next_step", "next_on"}
)
POINTS = frozenset({"workplace", "home", "mobile", "third_party"})
CYCLES = frozenset({"none", "monthly"})
T = TypeVar("T")

_FARTHEST = 30 * 366
"""Days: no step stands further from its clock's start."""


class Mistake(Struct, frozen=True):
    """What is wrong in a playbook: where (a path of keys and indexes), which kind, and how to mend it."""

    path: Path
    code: str
    params: dict[str, str] = {}


class Wrong(Exception):
    """A mistake on its way up; the reader collects them."""

    def __init__(self, path: Path, code: str, **params: object) -> None:
        super().__init__(code)
        self.mistake = Mistake(path, code, {name: str(value) for name, value in params.items()})


class Reader:
    """Collects mistakes instead of stopping at the first, so that one check shows them all."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    def convert(self, data: Any, shape: type[T], path: Path) -> T:
        """The data in that shape; raises Wrong with the path of what does not fit."""
        try:
            return msgspec.convert(data, shape, strict=False)
        except msgspec.ValidationError as error:
            what, _, where = str(error).partition(" - at `$")
            raise Wrong((*path, *_keys(where.rstrip("`"))), "shape", what=what) from None

    def attempt(self, action: Callable[[], T]) -> T | None:
        """What the action gives, or None with its mistake noted."""
        try:
            return action()
        except Wrong as wrong:
            self.mistakes.append(wrong.mistake)
            return None


def _keys(text: str) -> Path:
    """`.a[0].b` as keys; msgspec writes `[...]` for a mapping's value."""
    parts = text.replace("[", ".[").split(".")
    return tuple(int(p[1:-1]) if p[1:-1].isdigit() else p for p in parts if p and p != "[...]")


def word(given: Any, known: Iterable[str], path: Path) -> str:
    """One of the known words."""
    if not isinstance(given, str) or given not in known:
        raise Wrong(path, "word_unknown", given=given, known=", ".join(sorted(known)))
    return given


def words(given: Iterable[str] | None, known: Iterable[str], path: Path) -> None:
    """Each of the known words."""
    for index, one in enumerate(given or ()):
        word(one, known, (*path, index))


def offset(text: Any, path: Path) -> Offset:
    """An ISO 8601 duration of whole days and months."""
    if not isinstance(text, str):
        raise Wrong(path, "offset_format", given=text)
    try:
        distance = parse_offset(text)
    except OffsetError as error:
        raise Wrong(path, error.code, given=text) from None
    if abs(distance.months) * 31 + abs(distance.days) > _FARTHEST:
        raise Wrong(path, "offset_range", given=text)
    return distance


def whole(given: Any, path: Path, least: int, most: int) -> int:
    """A whole number within bounds."""
    try:
        number = int(given)
    except (TypeError, ValueError):
        number = least - 1
    if not least <= number <= most:
        raise Wrong(path, "whole_number", given=given, least=least, most=most)
    return number


_AT = frozenset({"offset", "day", "by", "otherwise", "open_days", "plus", "parameter"})


def at(given: Any, path: Path) -> p.At:
    """Where a step stands: `P7D`, `-P7D`, `now`, or a mapping of day, open_days, plus and parameter."""
    if given is None:
        return p.At(offset=Offset())
    if given == "now":
        return p.At(now=True)
    if isinstance(given, str):
        return p.At(offset=offset(given, path))
    if not isinstance(given, dict) or not set(given) <= _AT or len({"offset", "day", "open_days"} & set(given)) != 1:
        raise Wrong(path, "at_unknown", given=given)
    values: dict[str, Any] = {
        name: offset(given[name], (*path, name)) for name in ("offset", "otherwise", "plus") if name in given
    }
    for name, least, most in (("day", 1, 31), ("by", 1, 31), ("open_days", -250, 250)):
        if name in given:
            values[name] = whole(given[name], (*path, name), least, most)
    if "parameter" in given:
        values["parameter"] = word(given["parameter"], PARAMETERS, (*path, "parameter"))
    return p.At(**values)


def start(given: Any, path: Path) -> p.Start:
    """What sets the clock going."""
    if given == "every_day":
        return p.Start("calendar")
    if isinstance(given, str) and given in FACTS:
        return p.Start(given)
    if isinstance(given, dict) and len(given) == 1:
        ((kind, name),) = given.items()
        here = (*path, kind)
        if kind == "day_of_month":
            return p.Start("calendar", day_of_month=whole(name, here, 1, 31))
        if kind == "weekday":
            return p.Start("calendar", weekday=whole(name, here, 1, 7))
        if kind in NAMED:
            return p.Start(kind, _named(kind, name, here))
    raise Wrong(path, "start_unknown", given=given, facts=", ".join(sorted(FACTS)))


def _named(kind: str, name: Any, path: Path) -> str:
    known = {"level": LEVELS[1:], "granted": REQUEST_KINDS, "answered": REQUEST_KINDS, "letter": LETTERS}.get(kind)
    return word(name, known, path) if known else _flag(name, path)


def _flag(name: Any, path: Path) -> str:
    if not isinstance(name, str) or not name:
        raise Wrong(path, "word_unknown", given=name, known="any name")
    return name


def conditions(reader: Reader, data: Any, path: Path) -> Conditions:
    """Conditions, each of their words known."""
    given = reader.convert(data, Conditions, path)
    for name, known in (
        ("stage", STAGES),
        ("level", LEVELS),
        ("segment", SEGMENTS),
        ("last_outcome", OUTCOMES),
        ("last_ability", ABILITIES),
        ("reliability", reliability.WORDS),
    ):
        words(getattr(given, name), known, (*path, name))
    for name, known in (
        ("level_at_least", LEVELS),
        ("request_open", REQUEST_KINDS),
        ("answered", REQUEST_KINDS),
        ("granted", REQUEST_KINDS),
        ("letter_issued", LETTERS),
        ("billing_cycle", CYCLES),
    ):
        if getattr(given, name) is not None:
            word(getattr(given, name), known, (*path, name))
    if given.without_progress is not None:
        offset(given.without_progress, (*path, "without_progress"))
    for currency, amount in (given.amount_at_least or {}).items():
        _amount(amount, currency, (*path, "amount_at_least", currency))
    return given


def _amount(text: str, currency: str, path: Path) -> None:
    try:
        parse(text, currency)
    except MoneyError as error:
        raise Wrong(path, error.code, given=text) from None


def own(given: Conditions, path: Path) -> Conditions:
    """Conditions that read the case alone; others would have to be asked again with every change of the customer."""
    for name in sorted(named(given) - OWN):
        raise Wrong((*path, name), "while_not_own", name=name)
    return given


def named(given: Conditions | None) -> set[str]:
    """The names of the conditions that are given."""
    return {name for name in Conditions.__struct_fields__ if given and getattr(given, name) is not None}
