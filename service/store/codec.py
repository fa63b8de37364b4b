"""Events and states to JSON and back. Old shapes are lifted here and nowhere else."""

from typing import Any, TypeVar

import msgspec

from service.domain.case import Case
from service.domain.customer import Customer
from service.domain.events import TYPES, Event
from service.domain.payment import Payment

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


def canonical(value: object) -> bytes:
    """JSON bytes that are the same for equal values."""
    return _sorted.encode(value)


def event(type: str, schema: int, data: str | bytes) -> Event:
    """The event behind a stored row."""
    if type not in _events or schema != SCHEMA:
        raise UnknownEvent(f"{type} (schema {schema})")
    decoded: Event = _events[type].decode(data)
    return decoded


def state(shape: type[State], data: str | bytes) -> State:
    """The state behind a stored row."""
    decoded: State = _states[shape].decode(data)
    return decoded


def load(data: str | bytes) -> Any:
    """Any JSON."""
    return msgspec.json.decode(data)
