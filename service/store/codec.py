"""Events and states to JSON and back. Old shapes are lifted here and nowhere else."""

from typing import Any, TypeVar

import msgspec

from service.domain.case import Case, Promise
from service.domain.customer import Contact, Customer, OpenRequest
from service.domain.events import TYPES, Event
from service.domain.events.tenant import EndpointCreated, origin
from service.domain.payment import Payment
from service.domain.settings import ADDED, Settings
from service.domain.tenant import Tenant

State = TypeVar("State", Case, Customer, Payment)

SCHEMA = 1

_encoder = msgspec.json.Encoder(order=None)
_sorted = msgspec.json.Encoder(order="deterministic")
_events: dict[str, msgspec.json.Decoder[Any]] = {name: msgspec.json.Decoder(shape) for name, shape in TYPES.items()}
_states: dict[type, msgspec.json.Decoder[Any]] = {
    shape: msgspec.json.Decoder(shape) for shape in (Case, Customer, Payment)
}


class UnknownEvent(Exception):
    """The log holds a type that this code does not know: it is older than the database."""


def encode(value: object) -> str:
    """JSON text, fields in the order of their shape."""
    return _encoder.encode(value).decode()


def encode_state(state: object) -> str:
    """JSON text that is the same for equal states, however they came about."""
    return _encoder.encode(_settled(state)).decode()


def encode_tenant(tenant: Tenant) -> str:
    """The same for a tenant, whose sets have no order of their own; its fields keep theirs."""
    plain: dict[str, Any] = msgspec.to_builtins(_settled(tenant), order="deterministic")
    if chosen := plain.get("settings"):
        plain["settings"] = {name: value for name, value in chosen.items() if _ADDED.get(name, ...) != value}
    return _encoder.encode(plain).decode()


_ADDED = {name: value for name, value in msgspec.to_builtins(Settings()).items() if name in ADDED}


_LIFTED = frozenset({EndpointCreated.type})

WORDS = {
    shape: tuple((f.name, f.default) for f in msgspec.structs.fields(shape) if isinstance(f.default, str) and f.default)
    for shape in (Case, Promise, Customer, Contact, OpenRequest, Payment, Tenant)
}
"""The fields of states that are a word by default."""


def _settled(one: Any) -> Any:
    """With the very words of the defaults: the encoder leaves a default out when it is the same object, so that a
    state read from the log and one that a decision made would differ in their bytes."""
    changed: dict[str, Any] = {
        name: word for name, word in WORDS[type(one)] if (value := getattr(one, name)) is not word and value == word
    }
    match one:
        case Case() if one.promises:
            changed["promises"] = tuple(map(_settled, one.promises))
        case Customer() if one.contacts or one.requests:
            changed["contacts"] = {key: _settled(contact) for key, contact in one.contacts.items()}
            changed["requests"] = {key: _settled(request) for key, request in one.requests.items()}
        case _:
            pass
    return msgspec.structs.replace(one, **changed) if changed else one


def canonical(value: object) -> bytes:
    """JSON bytes that are the same for equal values."""
    return _sorted.encode(value)


def event(type: str, schema: int, data: str | bytes) -> Event:
    """The event behind a stored row."""
    if type not in _events or schema != SCHEMA:
        raise UnknownEvent(f"{type} (schema {schema})")
    decoded: Event = _events[type].decode(data)
    return _lifted(decoded) if type in _LIFTED else decoded


def _lifted(event: Event) -> Event:
    """Whole URLs stood in the log once."""
    return msgspec.structs.replace(event, url=origin(event.url)) if isinstance(event, EndpointCreated) else event


def state(shape: type[State], data: str | bytes) -> State:
    """The state behind a stored row."""
    decoded: State = _states[shape].decode(data)
    return decoded


def load(data: str | bytes) -> Any:
    """Any JSON."""
    return msgspec.json.decode(data)
