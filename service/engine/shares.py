"""Large work in shares that are carried out at the same time: while one is being written, the next is decided.

Customers are independent of each other; what concerns one of them stays in one share, in its order.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from service.domain import commands as c
from service.engine.asks import Ask, Done
from service.engine.desk import Desk
from service.engine.gather import owners
from service.engine.handle import handle

HANDS = 2
WORTH_SHARING = 200
"""Fewer commands would not make up for another commit."""

Result = TypeVar("Result")


def at_once(works: Sequence[Callable[[], Result]]) -> list[Result]:
    """All of them, the first in this thread; when one fails the others are waited for."""
    with ThreadPoolExecutor(max(1, len(works) - 1), thread_name_prefix="share") as hands:
        others = [hands.submit(work) for work in works[1:]]
        return [work() for work in works[:1]] + [other.result() for other in others]


def carry_out(desk: Desk, tenant: str, asks: Sequence[Ask]) -> list[Done]:
    """As `handle`, in as many transactions as there are shares."""
    if len(asks) < WORTH_SHARING:
        return handle(desk, tenant, asks)
    with desk.open(tenant) as session:
        names = owners(session, asks)
    shares = shared(asks, names)
    parts = at_once([partial(handle, desk, tenant, [asks[n] for n in its]) for its in shares])
    done = {n: one for its, part in zip(shares, parts, strict=True) for n, one in zip(its, part, strict=True)}
    return [done[n] for n in range(len(asks))]


def shared(asks: Sequence[Ask], names: Sequence[str | None]) -> list[list[int]]:
    """The places of the asks by share, about as many in each; `names` are their customers, None of those unknown. Customers
    of whom the same is said, a bill's id or an event's, stay together."""
    leader: dict[str | None, str | None] = {}

    def led(name: str | None) -> str | None:
        while (above := leader.get(name, name)) != name:
            name = above
        return name

    first: dict[Hashable, str | None] = {}
    for ask, name in zip(asks, names, strict=True):
        for said in _said(ask):
            other = first.setdefault(said, name)
            if other != name and led(other) != led(name):
                leader[led(name)] = led(other)
    groups: dict[str | None, list[int]] = {}
    for n, name in enumerate(names):
        groups.setdefault(led(name), []).append(n)
    shares: list[list[int]] = [[] for _ in range(HANDS)]
    for group in groups.values():
        min(shares, key=len).extend(group)
    return [sorted(its) for its in shares if its]


def _said(ask: Ask) -> Iterator[Hashable]:
    if ask.identity is not None:
        yield ask.identity.source, ask.identity.id
    match ask.command:
        case c.SubmitInvoice() | c.IssueInvoice():
            yield "case", None, ask.command.invoice
        case c.ReceivePayment():
            yield "payment", None, ask.command.payment
        case _:
            return
