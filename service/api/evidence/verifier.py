"""Checks an evidence bundle of Dunlog, offline, with nothing but Python 3.9 or newer.

    python3 verify.py                          the folder that this file lies in
    python3 verify.py evidence.zip             a bundle, or a folder that it was unpacked to
    python3 verify.py evidence.zip --earlier other.zip

It names every fault it finds: a file that is not as the manifest says, an event whose hash does not follow from its content and
the event before it, a gap, a cut end, words that are not those that were sealed in the log when they were sent. It cannot know
by itself that a whole log was written anew: compare the bundle with an earlier one (`--earlier`), with the hashes that other
programs were given, or with the digest of the manifest that somebody kept.

Exit code 0: no fault; 1: faults; 2: nothing that could be read.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Files = dict[str, bytes]
Row = dict[str, Any]
Fault = tuple[str, str]
"""Where, and what is wrong there."""

GENESIS = "00" * 32
LOG, MESSAGES, DELIVERIES, MANIFEST = "log.ndjson", "messages.ndjson", "deliveries.ndjson", "manifest.json"


def read(place: str) -> Files:
    """By name, the bytes of every file of a bundle: a zip, or a folder."""
    path = Path(place)
    if path.is_dir():
        found = sorted(one for one in path.rglob("*") if one.is_file() and "__pycache__" not in one.parts)
        return {one.relative_to(path).as_posix(): one.read_bytes() for one in found if one.suffix != ".zip"}
    with zipfile.ZipFile(path) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist() if not name.endswith("/")}


def lines(files: Files, name: str) -> list[Row]:
    """The objects of a file with one a line."""
    return [json.loads(line) for line in files.get(name, b"").decode("utf-8").splitlines() if line]


def check_files(files: Files, manifest: Row) -> Iterator[Fault]:
    """Each file is there and is what the manifest says, and there is no other."""
    for name, said in manifest["files"].items():
        if name not in files:
            yield name, "is missing"
        elif hashlib.sha256(files[name]).hexdigest() != said["sha256"]:
            yield name, "is not what the manifest says: its bytes were changed"
    for name in sorted(set(files) - set(manifest["files"]) - {MANIFEST}):
        yield name, "does not belong to the bundle"


def link(event: Row) -> str:
    """The hash of an event, from its content and the hash of the one before it."""
    fields = [event["stream"], str(event["version"]), event["type"], str(event["schema"]), event["data"], event["meta"]]
    parts = [bytes.fromhex(event["previous"])]
    for field in [*fields, event["occurred_at"], event["recorded_at"]]:
        own = field.encode("utf-8")
        parts += [len(own).to_bytes(4, "big"), own]
    return hashlib.sha256(b"".join(parts)).hexdigest()


def check_chain(events: list[Row], manifest: Row) -> Iterator[Fault]:
    """Every event follows from the one before it; whole streams have neither gap nor cut end."""
    streams: dict[str, list[Row]] = {}
    for event in events:
        streams.setdefault(event["stream"], []).append(event)
        if link(event) != event["hash"]:
            yield named(event), "does not have the hash that follows from its content: it was changed"
    for stream, said in manifest["streams"].items():
        its = streams.pop(stream, [])
        for n in range(1, len(its)):
            before, event = its[n - 1], its[n]
            if event["version"] <= before["version"]:
                yield named(event), "is there twice, or out of order"
            elif event["version"] == before["version"] + 1 and event["previous"] != before["hash"]:
                yield named(event), "does not follow the event before it"
        last = (its[-1]["version"], its[-1]["hash"]) if its else (0, GENESIS)
        if said["whole"]:
            for place, event in enumerate(its, start=1):
                if event["version"] != place:
                    yield named(event), f"comes where version {place} should: events are missing before it"
                    break
            if its and its[0]["version"] == 1 and its[0]["previous"] != GENESIS:
                yield named(its[0]), "is not the beginning of its stream"
            if last != (said["head"]["version"], said["head"]["hash"]):
                yield stream, f"ends with version {last[0]}, the manifest says {said['head']['version']}"
        elif last[0] > said["head"]["version"]:
            yield stream, "goes beyond what the manifest says"
    for stream in sorted(streams):
        yield stream, "is in the log, but not in the manifest"


def named(event: Row) -> str:
    """How an event is called."""
    return f"{event['stream']} version {event['version']} ({event['type']})"


def check_messages(events: list[Row], messages: list[Row], files: Files) -> Iterator[Fault]:
    """The words of every message that was handed over are those that the log sealed then."""
    known = {message["id"]: message for message in messages}
    told = set()
    for event in events:
        if event["type"] != "message.handed_over":
            continue
        data = json.loads(event["data"])
        told.add(data["message"])
        message = known.get(data["message"])
        if message is None:
            yield data["message"], "was handed over, but is not in the bundle"
        elif message["file"] is not None and data.get("seal"):
            if message["salt"] is None or message["file"] not in files:
                yield data["message"], "has lost its words, or the key to their seal"
            elif hmac.new(bytes.fromhex(message["salt"]), files[message["file"]], "sha256").hexdigest() != data["seal"]:
                yield data["message"], "does not say what was sent: its words are not those that were sealed"
    yield from check_letters(events, messages, files)
    for message in messages:
        if message["state"] == "handed_over" and message["id"] not in told:
            yield message["id"], "counts as handed over, but the log does not say so"


def check_letters(events: list[Row], messages: list[Row], files: Files) -> Iterator[Fault]:
    """The bytes of every letter are those whose hash the log told when it was printed last."""
    printed = {}
    for event in events:
        if event["type"] == "letter.printed":
            data = json.loads(event["data"])
            printed[data["letter"]] = data["sha256"]
    for message in messages:
        file = message.get("document")
        if file is None:
            continue
        if message["id"] not in printed:
            yield message["id"], "is a letter whose printing the log does not tell"
        elif file not in files or hashlib.sha256(files[file]).hexdigest() != printed[message["id"]]:
            yield message["id"], "is not the letter that was printed: its bytes are not those that the log knows"


def check_deliveries(events: list[Row], deliveries: list[Row]) -> Iterator[Fault]:
    """Every receipt is of an event that is here."""
    known = {(event["stream"], event["version"]) for event in events}
    for one in deliveries:
        if (one["stream"], one["version"]) not in known:
            yield one["id"], "is a receipt for an event that is not in the log"


def check_earlier(events: list[Row], manifest: Row, earlier: Row) -> Iterator[Fault]:
    """What an earlier bundle of the same case held is here, and is the same."""
    here = {(event["stream"], event["version"]): event for event in events}
    if (earlier["tenant"], earlier["case"]) != (manifest["tenant"], manifest["case"]):
        yield "the earlier bundle", "is about another case"
    for event in earlier["events"]:
        now = here.get((event["stream"], event["version"]))
        if now is None:
            yield named(event), "was in the earlier bundle and is missing"
        elif now["hash"] != event["hash"]:
            yield named(event), "was another one in the earlier bundle"


def verify(files: Files, earlier: Files | None = None) -> list[Fault]:
    """The faults of a bundle, each with where it is; `earlier` are the files of another bundle."""
    manifest = json.loads(files[MANIFEST].decode("utf-8"))
    events, messages = lines(files, LOG), lines(files, MESSAGES)
    found = list(check_files(files, manifest))
    found += check_chain(events, manifest)
    found += check_messages(events, messages, files)
    found += check_deliveries(events, lines(files, DELIVERIES))
    if earlier is not None:
        then = json.loads(earlier[MANIFEST].decode("utf-8"))
        found += check_earlier(events, manifest, {**then, "events": lines(earlier, LOG)})
    return found


def main(arguments: list[str] | None = None) -> int:
    """Prints what was found; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", nargs="?", default=str(Path(__file__).resolve().parent))
    parser.add_argument("--earlier", help="an earlier bundle of the same case")
    given = parser.parse_args(arguments)
    try:
        files = read(given.bundle)
        found = verify(files, read(given.earlier) if given.earlier else None)
        manifest = json.loads(files[MANIFEST].decode("utf-8"))
        events = lines(files, LOG)
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as broken:
        print(f"UNREADABLE: {type(broken).__name__}: {broken}")
        return 2
    for where, what in found:
        print(f"FAULT: {where} {what}.")
    sealed = sum(1 for event in events if event["type"] == "message.handed_over" and json.loads(event["data"]).get("seal"))
    print(f"Case {manifest['case']} of {manifest['tenant']}, exported at {manifest['exported_at']}.")
    streams = len(manifest["streams"])
    print(f"{len(manifest['files'])} files, {len(events)} events on {streams} streams, {sealed} sealed messages.")
    print(f"Digest of the manifest: {hashlib.sha256(files[MANIFEST]).hexdigest()}")
    print(f"{len(found)} FAULTS." if found else "NO FAULT.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
