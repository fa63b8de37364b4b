"""Entries of the log as they are read: money as decimal text, private words beside them for those who may read them."""

from collections.abc import Sequence
from typing import Any

from service.api.answers import may_read_texts
from service.api.guards import Principal
from service.domain.announce import data_of
from service.engine.desk import Session
from service.store import codec, log, lookups

_OWN, _EXTRA = "", "~extra"


def event_answers(session: Session, principal: Principal, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Stored rows as answers, in their order."""
    currencies = lookups.currencies(session.tx, [row["stream"] for row in rows])
    keys = [(row["stream"], row["version"]) for row in rows]
    private = log.private_of(session.tx, keys) if may_read_texts(principal) else {}
    return [
        _answer(row, currencies.get(row["stream"]), private.get(key, {})) for row, key in zip(rows, keys, strict=True)
    ]


def _answer(row: dict[str, Any], currency: str | None, private: dict[str, Any]) -> dict[str, Any]:
    meta = codec.load(row["meta"])
    return {
        "position": row["position"],
        "stream": row["stream"],
        "version": row["version"],
        "type": row["type"],
        "occurred_at": row["occurred_at"],
        "recorded_at": row["recorded_at"],
        "actor": meta.get("actor", ""),
        "source": meta.get("source", ""),
        "data": data_of(codec.event(row["type"], row["schema"], row["data"]), currency),
        "private": _readable(private),
        "hash": row["hash"].hex(),
    }


def _readable(private: dict[str, Any]) -> dict[str, Any] | None:
    """The event's own words by name, those about people under `contacts`, fields we do not know under `extra`."""
    if not private:
        return None
    people = {part: body for part, body in private.items() if part not in (_OWN, _EXTRA)}
    return {
        **private.get(_OWN, {}),
        **({"contacts": people} if people else {}),
        **({"extra": private[_EXTRA]} if _EXTRA in private else {}),
    }
