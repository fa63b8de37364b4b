"""The evidence bundle (I2): one zip with a bill's log, what was said, receipts, and what is needed to check all of it."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from importlib.resources import files
from typing import Any, NamedTuple

import msgspec

from service.store.chain import GENESIS, words

FORMAT = 1

Rows = Sequence[Mapping[str, Any]]


class Found(NamedTuple):
    """What is kept about the bill."""

    events: Rows
    whole: Sequence[str]
    heads: Mapping[str, tuple[int, bytes]]
    messages: Rows
    lines: Mapping[str, Rows]
    deliveries: Rows
    texts: Rows
    case: Mapping[str, Any]


def packed(found: Found, tenant: str, case: str, customer: str, at: datetime, by: str) -> bytes:
    """The zip; the same for the same content."""
    parts = {"README.txt": _own("readme.txt"), "verify.py": _own("verifier.py"), **_contents(found)}
    manifest = {
        "format": FORMAT,
        "tenant": tenant,
        "case": case,
        "customer": customer,
        "exported_at": at,
        "exported_by": by,
        "streams": {
            stream: {"whole": stream in found.whole, "head": {"version": version, "hash": hash.hex()}}
            for stream, (version, hash) in sorted(found.heads.items())
        },
        "files": {name: {"sha256": sha256(body).hexdigest(), "bytes": len(body)} for name, body in parts.items()},
    }
    return _zipped({**parts, "manifest.json": _pretty(manifest)}, at)


def _own(name: str) -> bytes:
    return (files(__package__) / name).read_bytes()


def _contents(found: Found) -> dict[str, bytes]:
    names = {one["id"]: f"messages/{n:04}.txt" for n, one in enumerate(found.messages, start=1) if one["text"] is not None}
    papers = {one["id"]: f"letters/{n:04}.pdf" for n, one in enumerate(found.messages, start=1) if one["document"]}
    return {
        "case.json": _pretty(found.case),
        "log.ndjson": _lined([_event(row) for row in found.events]),
        "messages.ndjson": _lined(
            [
                _message(row, names.get(row["id"]), papers.get(row["id"]), found.lines.get(row["id"], ()))
                for row in found.messages
            ]
        ),
        **{names[one["id"]]: words(one["subject"], one["text"]) for one in found.messages if one["id"] in names},
        **{papers[one["id"]]: bytes(one["document"]) for one in found.messages if one["id"] in papers},
        "deliveries.ndjson": _lined(found.deliveries),
        "texts.ndjson": _lined([{**row, "body": json.loads(row["body"])} for row in found.texts]),
    }


def _event(row: Mapping[str, Any]) -> dict[str, Any]:
    """Instants as they were hashed."""
    return {
        **row,
        "occurred_at": row["occurred_at"].astimezone(UTC).isoformat(),
        "recorded_at": row["recorded_at"].astimezone(UTC).isoformat(),
        "previous": bytes(row["previous"] or GENESIS).hex(),
        "hash": bytes(row["hash"]).hex(),
    }


def _message(row: Mapping[str, Any], file: str | None, document: str | None, lines: Rows) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if name not in ("subject", "text", "salt", "document")}
    salt = bytes(row["salt"]).hex() if row["salt"] else None
    return {**kept, "lines": [dict(line) for line in lines], "file": file, "document": document, "salt": salt}


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case _:
            raise NotImplementedError(type(value))


def _lined(rows: Rows) -> bytes:
    return b"".join(_text(row) + b"\n" for row in rows)


def _pretty(value: object) -> bytes:
    return msgspec.json.format(_text(value), indent=2) + b"\n"


def _text(value: object) -> bytes:
    return msgspec.json.encode(msgspec.to_builtins(value, builtin_types=(), enc_hook=_plain))


def _zipped(parts: Mapping[str, bytes], at: datetime) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, body in parts.items():
            bundle.writestr(zipfile.ZipInfo(name, at.timetuple()[:6]), body, zipfile.ZIP_DEFLATED)
    return out.getvalue()
