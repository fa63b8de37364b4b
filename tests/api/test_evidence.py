"""Rule I2: one export is the evidence of a case, and whoever tampered with it is told where by a program that runs offline."""

import base64
import hashlib
import hmac
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from service.api.models.cases import CaseAnswer
from service.channels.outcome import Sent
from service.engine import walk
from service.engine.desk import Desk
from service.engine.post import post_ready
from service.runtime import read_playbook
from service.words.compose import compose
from tests.api.tenants import Json, Service, Tenant, problem

Files = dict[str, bytes]
PATH = "/v1/cases/INV-1/evidence"


@pytest.fixture(scope="module")
def pursued(service: Service) -> Iterator[Tenant]:
    """A bill with mails that were handed over, a partial payment, another bill's beside it, and a hand-over."""
    tenant = service.new_tenant()
    tenant.customer()
    tenant.as_("admin").post("/v1/webhook-endpoints", json={"url": "https://example.com/hook", "types": ["*"]})
    tenant.bill("INV-1", amount="400.00", due_on="2026-03-10")
    tenant.bill("INV-2", amount="300.00", due_on="2026-03-10")
    mail(tenant, "2026-03-12T10:00:00+08:00")
    assert tenant.as_("legal").post("/v1/cases/INV-1/letters", json={"kind": "reconciliation"}).status_code == 201
    mail(tenant, "2026-03-13T10:00:00+08:00")
    tenant.post("payment.received", payment="P-1", customer="C-1", amount="100.00", currency="CNY")
    tenant.as_("collector").post("/v1/cases/INV-1/notes", json={"text": "They ask for the contract."})
    yield tenant
    tenant.close()


def mail(tenant: Tenant, until: str) -> None:
    """The clock moves, with a mail server that takes everything."""
    desk = Desk(tenant.service.runtime.engine, frozenset({"email", "letter"}), read_playbook)
    walk.move(desk, tenant.name, datetime.fromisoformat(until), False, compose, lambda _: None)
    while post_ready(desk, tenant.name, compose, lambda *_: Sent(status=250, duration_ms=1)):
        pass


def exported(tenant: Tenant, **asked: Any) -> Files:
    """The bundle's files."""
    response = tenant.as_("legal").get(PATH, params=asked)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/zip"), response.text
    digest = base64.b64encode(hashlib.sha256(response.content).digest()).decode()
    assert response.headers["content-digest"] == f"sha-256=:{digest}:"
    assert response.headers["content-disposition"] == 'attachment; filename="evidence-INV-1.zip"'
    with zipfile.ZipFile(io.BytesIO(response.content)) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


@pytest.fixture(scope="module")
def bundle(pursued: Tenant) -> Files:
    return exported(pursued)


def rows(files: Files, name: str) -> list[Json]:
    return [json.loads(line) for line in files[name].decode().splitlines()]


def with_rows(files: Files, name: str, changed: list[Json]) -> Files:
    return {**files, name: "".join(json.dumps(row) + "\n" for row in changed).encode()}


def owned_up(files: Files) -> Files:
    """As somebody would who knows of the manifest, and no more."""
    manifest = json.loads(files["manifest.json"])
    rest = {name: body for name, body in files.items() if name != "manifest.json"}
    manifest["files"] = {name: {"sha256": hashlib.sha256(body).hexdigest()} for name, body in rest.items()}
    return {**rest, "manifest.json": json.dumps(manifest).encode()}


def checked(folder: Path, files: Files, *arguments: str) -> tuple[int, str]:
    """What the bundle's own verifier says, in a process of its own, outside this repository, with no packages."""
    for name, body in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    command = [sys.executable, "-I", "-S", "-B", str(folder / "verify.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=60, check=False)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


def zipped(files: Files, path: Path) -> str:
    with zipfile.ZipFile(path, "w") as out:
        for name, body in files.items():
            out.writestr(name, body)
    return str(path)


# What is in it


def test_H2_letters_are_there_byte_for_byte_and_one_changed_byte_is_found(pursued: Tenant, bundle: Files, tmp_path: Path):
    (letter,) = [one for one in rows(bundle, "messages.ndjson") if one["channel"] == "letter"]
    body = bundle[letter["document"]]
    assert body == pursued.as_("legal").get(f"/v1/letters/{letter['id']}").content and body.startswith(b"%PDF-")
    changed = owned_up({**bundle, letter["document"]: body[:-9] + b"?" + body[-8:]})
    code, said = checked(tmp_path, changed)
    assert code == 1 and letter["id"] in said and "is not the letter that was printed" in said


def test_I2_the_whole_log_of_the_bill_what_was_said_and_receipts(pursued: Tenant, bundle: Files):
    log = rows(bundle, "log.ndjson")
    own = [event for event in log if event["stream"] == "case/INV-1"]
    assert [event["version"] for event in own] == list(range(1, pursued.get("/v1/cases/INV-1")["version"] + 1))
    told = pursued.get("/v1/cases/INV-1/events", limit=200)["data"]
    assert {(one["position"], one["hash"]) for one in told} <= {(one["position"], one["hash"]) for one in log}
    assert {event["stream"] for event in log} == {"case/INV-1", "customer/C-1", "payment/P-1"}
    messages = rows(bundle, "messages.ndjson")
    assert [one["state"] for one in messages] == ["handed_over"] * len(messages) != []
    assert {one["recipient"] for one in messages} == {"zhang@example.com"}
    for one in messages:
        said = pursued.get(f"/v1/messages/{one['id']}")
        assert bundle[one["file"]].decode() == f"{said['subject']}\n\n{said['text']}"
    assert {one["stream"] for one in rows(bundle, "deliveries.ndjson")} == {"case/INV-1", "customer/C-1", "payment/P-1"}
    assert "They ask for the contract." in bundle["texts.ndjson"].decode()
    CaseAnswer.model_validate_json(bundle["case.json"])
    assert bundle["case.json"] and bundle["README.txt"].decode().startswith("Evidence about one bill")


def test_I2_the_log_binds_the_words_by_a_seal_whose_key_lies_beside_them(bundle: Files):
    keys = {one["id"]: (one["salt"], one["file"]) for one in rows(bundle, "messages.ndjson")}
    seals = [json.loads(e["data"]) for e in rows(bundle, "log.ndjson") if e["type"] == "message.handed_over"]
    assert seals
    for data in seals:
        salt, file = keys[data["message"]]
        assert hmac.new(bytes.fromhex(salt), bundle[file], "sha256").hexdigest() == data["seal"]
    assert len({salt for salt, _ in keys.values()}) == len(keys), "no two keys are the same"


def test_I2_without_texts_what_our_people_wrote_stays_here(pursued: Tenant):
    files = exported(pursued, texts="false")
    assert files["texts.ndjson"] == b""
    assert not any(b"They ask for the contract." in body for body in files.values())


def test_I2_no_other_bill_of_the_customers_stands_in_the_log(bundle: Files):
    for event in rows(bundle, "log.ndjson"):
        if event["stream"].startswith("customer/"):
            assert "INV-1" in event["data"]


def test_I2_is_for_legal(pursued: Tenant):
    assert problem(pursued.as_("manager").get(PATH)) == (403, "role_may_not")
    assert problem(pursued.as_("legal").get("/v1/cases/NONE/evidence")) == (404, "unknown_invoice")


# What the verifier says


def test_I2_a_bundle_as_it_was_exported_has_no_fault(bundle: Files, tmp_path: Path):
    code, said = checked(tmp_path / "here", bundle)
    assert (code, said.splitlines()[-1]) == (0, "NO FAULT."), said
    assert hashlib.sha256(bundle["manifest.json"]).hexdigest() in said
    assert checked(tmp_path / "here", bundle, zipped(bundle, tmp_path / "it.zip"))[0] == 0


def _first(files: Files, type: str) -> tuple[list[Json], Json]:
    log = rows(files, "log.ndjson")
    return log, next(event for event in log if event["type"] == type)


def amount(files: Files) -> Files:
    log, event = _first(files, "invoice.issued")
    event["data"] = event["data"].replace("40000", "90000")
    return with_rows(files, "log.ndjson", log)


def time(files: Files) -> Files:
    log, event = _first(files, "payment.applied")
    event["recorded_at"] = event["recorded_at"].replace("20", "19", 1)
    return with_rows(files, "log.ndjson", log)


def actor(files: Files) -> Files:
    log, event = _first(files, "message.handed_over")
    event["meta"] = event["meta"] + " "
    return with_rows(files, "log.ndjson", log)


def rehashed(files: Files) -> Files:
    """With a hash that fits: then the next event does not follow."""
    log, event = _first(files, "case.opened")
    event["data"] = event["data"] + " "
    fields = [event[name] for name in ("stream", "version", "type", "schema", "data", "meta", "occurred_at", "recorded_at")]
    sized = (len(own := str(field).encode()).to_bytes(4, "big") + own for field in fields)
    event["hash"] = hashlib.sha256(bytes.fromhex(event["previous"]) + b"".join(sized)).hexdigest()
    return with_rows(files, "log.ndjson", log)


def left_out(files: Files) -> Files:
    log, event = _first(files, "payment.applied")
    return with_rows(files, "log.ndjson", [one for one in log if one is not event])


def cut_off(files: Files) -> Files:
    log = rows(files, "log.ndjson")
    last = max((one for one in log if one["stream"] == "case/INV-1"), key=lambda one: one["version"])
    return with_rows(files, "log.ndjson", [one for one in log if one is not last])


def without_payment(files: Files) -> Files:
    return with_rows(files, "log.ndjson", [e for e in rows(files, "log.ndjson") if e["stream"] != "payment/P-1"])


def words(files: Files) -> Files:
    name = rows(files, "messages.ndjson")[0]["file"]
    return {**files, name: files[name] + b"We will sue you tomorrow."}


def key(files: Files) -> Files:
    messages = rows(files, "messages.ndjson")
    messages[0]["salt"] = "00" * 16
    return with_rows(files, "messages.ndjson", messages)


def made_up(files: Files) -> Files:
    messages = rows(files, "messages.ndjson")
    return with_rows(files, "messages.ndjson", [*messages, {**messages[0], "id": "made-up"}])


def receipt(files: Files) -> Files:
    deliveries = rows(files, "deliveries.ndjson")
    return with_rows(files, "deliveries.ndjson", [*deliveries, {**deliveries[0], "id": "dlv_x", "version": 9999}])


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (amount, "case/INV-1 version 1 (invoice.issued) does not have the hash"),
        (time, "(payment.applied) does not have the hash"),
        (actor, "(message.handed_over) does not have the hash"),
        (rehashed, "case/INV-1 version 3 (case.reminded) does not follow the event before it"),
        (left_out, "events are missing before it"),
        (cut_off, "case/INV-1 ends with version"),
        (without_payment, "payment/P-1 ends with version 0"),
        (words, "does not say what was sent"),
        (key, "does not say what was sent"),
        (made_up, "made-up counts as handed over, but the log does not say so"),
        (receipt, "dlv_x is a receipt for an event that is not in the log"),
    ],
)
def test_I2_who_tampers_and_mends_the_manifest_is_told_where(
    tamper: Callable[[Files], Files], named: str, bundle: Files, tmp_path: Path
):
    code, said = checked(tmp_path, owned_up(tamper(bundle)))
    assert code == 1
    assert named in said, said


def test_I2_files_that_were_changed_added_or_lost_are_named(bundle: Files, tmp_path: Path):
    files = {name: body for name, body in bundle.items() if name != "texts.ndjson"}
    files |= {"case.json": bundle["case.json"] + b" ", "more.txt": b"x"}
    code, said = checked(tmp_path, files)
    assert (code, said.count("FAULT:")) == (1, 3)
    assert "FAULT: case.json is not what the manifest says" in said
    assert "FAULT: texts.ndjson is missing" in said
    assert "FAULT: more.txt does not belong to the bundle" in said


def test_I2_a_log_that_was_written_anew_shows_against_an_earlier_bundle(pursued: Tenant, bundle: Files, tmp_path: Path):
    mail(pursued, "2026-03-16T10:00:00+08:00")
    earlier, later = zipped(bundle, tmp_path / "earlier.zip"), exported(pursued)
    assert len(rows(later, "log.ndjson")) > len(rows(bundle, "log.ndjson"))
    assert checked(tmp_path / "good", later, "--earlier", earlier)[0] == 0
    code, said = checked(tmp_path / "anew", anew(later), "--earlier", earlier)
    assert code == 1
    assert "case/INV-1 version 1 (invoice.issued) was another one in the earlier bundle" in said
    assert said.count("FAULT:") == said.count("was another one in the earlier bundle"), "by itself it is without a fault"


def anew(files: Files) -> Files:
    """Another amount, and every hash of the stream worked out again."""
    log, event = _first(files, "invoice.issued")
    event["data"] = event["data"].replace("40000", "90000")
    previous = "00" * 32
    for one in (one for one in log if one["stream"] == "case/INV-1"):
        one["previous"] = previous
        names = ("stream", "version", "type", "schema", "data", "meta", "occurred_at", "recorded_at")
        sized = (len(own := str(one[name]).encode()).to_bytes(4, "big") + own for name in names)
        previous = one["hash"] = hashlib.sha256(bytes.fromhex(previous) + b"".join(sized)).hexdigest()
    manifest = json.loads(files["manifest.json"])
    manifest["streams"]["case/INV-1"]["head"]["hash"] = previous
    return owned_up({**with_rows(files, "log.ndjson", log), "manifest.json": json.dumps(manifest).encode()})


@pytest.mark.parametrize("broken", ["manifest.json", "log.ndjson"])
def test_I2_what_cannot_be_read_is_said_to_be_so(broken: str, bundle: Files, tmp_path: Path):
    code, said = checked(tmp_path, {**bundle, broken: b"{"})
    assert (code, said[:10]) == (2, "UNREADABLE")


def test_I2_of_an_erased_person_nothing_can_be_exported_nor_guessed(tenant: Tenant, tmp_path: Path):
    tenant.customer()
    tenant.bill("INV-1", amount="400.00", due_on="2026-03-10")
    mail(tenant, "2026-03-13T10:00:00+08:00")
    erased = tenant.as_("admin").post("/v1/customers/C-1/contacts/zhang/erase", json={"reason": "asked to be"})
    assert erased.status_code == 200, erased.text
    files = exported(tenant)
    assert {(one["file"], one["salt"], one["recipient"]) for one in rows(files, "messages.ndjson")} == {(None, None, None)}
    assert not any(b"Zhang" in body or b"zhang@" in body for body in files.values())
    assert checked(tmp_path, files)[0] == 0
