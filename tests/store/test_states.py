"""A state's bytes depend on what it says alone, never on how it came about; else no replay could equal the tables (I24)."""

from datetime import date
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

from service.domain.case import Case, Promise
from service.domain.customer import Contact, Customer
from service.domain.payment import Payment
from service.domain.tenant import Tenant
from service.store import codec


def _shapes(hint: Any) -> set[Any]:
    """Every struct that a value of that type may hold."""
    found: set[Any] = set()
    waiting = [hint]
    while waiting:
        one = waiting.pop()
        waiting += get_args(one)
        if isinstance(one, type) and issubclass(one, msgspec.Struct) and one not in found:
            found.add(one)
            waiting += get_type_hints(one).values()
    return found


@pytest.mark.parametrize("state", [Case, Customer, Payment, Tenant])
def test_every_default_word_is_known_to_the_codec(state):
    omitting = [shape for shape in _shapes(state) if shape.__struct_config__.omit_defaults]
    for shape in omitting:
        words = {f.name for f in msgspec.structs.fields(shape) if isinstance(f.default, str) and f.default}
        assert words == {name for name, _ in codec.WORDS.get(shape, ())}, shape


PROMISE = Promise("p", 1, date(2026, 1, 1), date(2026, 1, 1), date(2026, 1, 1))


def fresh(word: str) -> str:
    """An equal word that is another object."""
    return "".join(list(word))


@pytest.mark.parametrize(
    ("made", "read"),
    [
        (Case(id="I"), Case(id="I", stage=fresh("review"), level=fresh("none"), reopens_to=fresh("collection"))),
        (
            Case(id="I", promises=(PROMISE,)),
            Case(id="I", promises=(msgspec.structs.replace(PROMISE, state=fresh("open")),)),
        ),
        (Customer(id="C"), Customer(id="C", segment=fresh("standard"), billing_cycle=fresh("none"))),
        (
            Customer(id="C", contacts={"a": Contact("a")}),
            Customer(id="C", contacts={"a": Contact("a", role=fresh("other"))}),
        ),
        (Payment(id="P"), Payment(id="P", method=fresh("transfer"))),
    ],
)
def test_equal_states_have_equal_bytes(made, read):
    assert made == read
    assert codec.encode_state(made) == codec.encode_state(read)
    assert codec.encode_state(codec.state(type(read), codec.encode_state(read))) == codec.encode_state(made)


def test_equal_tenants_have_equal_bytes():
    made, read = Tenant(id="t", kind="live"), Tenant(id="t", kind=fresh("live"))
    assert codec.encode_tenant(made) == codec.encode_tenant(read) == '{"id":"t"}'
