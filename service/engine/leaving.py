"""A message that may leave, and which of its bills no longer belong into it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from service.domain.case import Case
from service.domain.customer import Contact, Customer
from service.domain.decide.demands import DEMANDS


class Leaving(Struct, frozen=True):
    """A message that may leave now, with the lines that its steps put into it."""

    row: Mapping[str, Any]
    customer: Customer
    contact: Contact | None
    items: Sequence[Mapping[str, Any]]
    lettered: frozenset[str]
    children: Mapping[str, Customer] = {}


def templates_of(items: Iterable[Mapping[str, Any]]) -> dict[str, set[str]]:
    """By bill, in which templates its steps speak of it."""
    found: dict[str, set[str]] = {}
    for item in items:
        found.setdefault(item["case_id"], set()).add(item["template"])
    return found


def struck_from(case: Case, templates: set[str], one: Leaving) -> str | None:
    """Why a bill no longer belongs into a message: nothing about it is to be said any more."""
    if one.customer.restrictions and (one.row["channel"] == "letter" or not one.row["service"]):
        return "restricted"
    if child := one.children.get(case.customer):
        if child.parent != one.customer.id:
            return "parent_changed"
        if child.restrictions:
            return "restricted"
    if one.row["channel"] == "letter" and one.row["kind"] in DEMANDS and case.stage == "closed":
        return "closed"
    if one.row["service"]:
        return None
    if case.stage == "closed":
        return "closed"
    if case.stage == "legal":
        return "hand_over"
    if case.pause is not None:
        return "paused"
    if templates <= {"confirm"} and case.stage != "confirmation":
        return "stage_changed"
    return "letter" if case.id in one.lettered else None
