"""A dump of the database holds no secret: keys are hashed, webhook secrets sealed, the rest stays with the operator."""

import base64
import hashlib
import hmac
import json
import os
import re
import subprocess
import urllib.parse
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest
from sqlalchemy import make_url

from service.postgres.place import Account, binaries
from tests.journeys.company import Company
from tests.journeys.conftest import SECRET_KEY
from tests.journeys.house import House, on_database
from tests.journeys.receiver import Receiver

SMTP_PASSWORD = "smtp-Sesame-81f0"
NOW = "2026-03-02T10:00:00+08:00"


@dataclass
class Dumped:
    """What was given out or set, by name, and the dump made after it had all been used."""

    secrets: dict[str, str]
    text: str
    url: str


@pytest.fixture(scope="module")
def dumped(database: str) -> Dumped:
    house = on_database(database, SECRET_KEY)
    house.environment |= {"DUNLOG_SMTP_URL": f"smtps://robot:{SMTP_PASSWORD}@127.0.0.1:1", "DUNLOG_SMTP_FROM": "a@b.example"}
    receiver = Receiver()
    try:
        house.start()
        company = Company(house.url, house.tenant("acme", now=NOW), "acme")
        used = _use(house, company, receiver)
        company.http.close()
    finally:
        house.stop()
        receiver.close()
    found = subprocess.run([_pg_dump(), "--dbname", database], capture_output=True, check=True)
    return Dumped(used, found.stdout.decode(), database)


def _use(house: House, company: Company, receiver: Receiver) -> dict[str, str]:
    """Everything that makes or meets a secret, repeats among it: their answers are kept."""
    used = {f"key of {role}": key for role, key in company.keys.items()}
    revoked = house.run("key", "create", "--tenant", "acme", "--role", "viewer", "--user", "gone").strip()
    house.run("key", "revoke", revoked.split("_")[2], "--tenant", "acme")
    used["revoked key"] = revoked
    first, then = (company.headers("admin") | {"Idempotency-Key": key} for key in ("made", "rotated"))
    for _ in range(2):
        made = company.http.post("/v1/webhook-endpoints", json={"url": receiver.url, "types": ["*"]}, headers=first).json()
        rotated = company.http.post(f"/v1/webhook-endpoints/{made['id']}/rotate-secret", headers=then).json()
        used |= {"webhook secret": made["secret"], "rotated secret": rotated["secret"]}
    receiver.secrets = [used["webhook secret"], used["rotated secret"]]
    company.customer()
    company.bill("INV-1", "2026-01-05", "2026-02-20", confirmation_required=False)
    company.walk("2026-03-05")
    for role in company.keys:
        company.get("/v1/me", role)
    httpx.get(f"{house.url}/v1/me", headers={"Authorization": f"Bearer {company.keys['admin'][:-1]}x"})
    return used | {"sealing key": SECRET_KEY, "SMTP password": SMTP_PASSWORD}


def _pg_dump() -> Path:
    return binaries(None, Account(os.geteuid(), os.getegid())) / "pg_dump"


def forms(secret: str) -> Iterator[str]:
    """A secret as a dump might hold it: as it is, as bytes in hexadecimal, as base64, with what it encodes."""
    core = re.sub(r"^(whsec_|dl_\w+?_\w+?_)", "", secret)
    raws = {secret.encode(), core.encode(), core[:27].encode()}
    with suppress(ValueError):
        raws.add(base64.b64decode(core, validate=True))
    for raw in raws:
        yield raw.hex()
        yield base64.b64encode(raw).decode().rstrip("=")
        yield base64.urlsafe_b64encode(raw).decode().rstrip("=")
        if raw.isascii():
            yield raw.decode()
            yield urllib.parse.quote(raw.decode(), safe="")
            yield json.dumps(raw.decode())[1:-1]


def test_a_dump_holds_no_secret_in_any_form(dumped):
    assert "COPY public.events" in dumped.text and "INV-1" in dumped.text
    assert len(dumped.secrets) > 12
    found = [name for name, secret in dumped.secrets.items() for form in forms(secret) if form in dumped.text]
    assert found == []
    assert not re.search(r"whsec_|dl_acme_|smtps?://|Bearer ", dumped.text)


def test_the_search_would_find_them(dumped):
    """A secret written down anywhere, in the form of any column, is found."""
    for name, secret in dumped.secrets.items():
        spoiled = dumped.text + "\\\\x" + secret.encode().hex()
        assert any(form in spoiled for form in forms(secret)), name


def test_of_keys_there_are_digests_and_of_webhook_secrets_nothing_that_repeats(dumped):
    with psycopg.connect(dumped.url) as owner:
        digests = {bytes(one) for (one,) in owner.execute("SELECT digest FROM keys")}
        sealed = [bytes(one) for row in owner.execute("SELECT secret, old_secret FROM endpoints") for one in row]
    admin = dumped.secrets["key of admin"].split("_")[3][:27]
    assert hashlib.sha256(admin.encode()).digest() in digests
    assert len(sealed) == 2 and len({one[:13] for one in sealed}) == 2, "each has a nonce of its own"
    raw = [base64.b64decode(dumped.secrets[name].removeprefix("whsec_")) for name in ("webhook secret", "rotated secret")]
    assert all(one not in kept for one in raw for kept in sealed)


def test_a_dump_confirms_no_guess(dumped):
    """The fingerprint of an event outlives the erasure of its person: the key in the dump must not be the whole of it."""
    with psycopg.connect(dumped.url) as owner:
        ((half,),) = owner.execute("SELECT secret FROM tenants WHERE id = 'acme'").fetchall()
        prints = {bytes(one) for (one,) in owner.execute("SELECT content FROM inbox WHERE source = 'erp/test'")}
    assert prints
    person = {"id": "ap", "name": "Li Na", "email": "ap@c-1.example", "phone": "1", "role": "accounts_payable"}
    other = {"id": "cfo", "name": "Wu Lei", "email": "cfo@c-1.example", "role": "decision_maker"}
    data = {"contacts": [person, other], "customer": "C-1", "name": "C-1 Ltd"}
    guess = {"data": data, "subject": None, "type": "customer.updated"}
    canonical = json.dumps(guess, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert hmac.digest(bytes(half), canonical, "sha256") not in prints
    process = _derived(base64.b64decode(SECRET_KEY))
    assert hmac.digest(hmac.digest(process, bytes(half), "sha256"), canonical, "sha256") in prints, "the guess was right"


def _derived(key: bytes) -> bytes:
    """RFC 5869 with the one block that is needed."""
    extracted = hmac.digest(b"\0" * 32, key, "sha256")
    return hmac.digest(extracted, b"dunlog fingerprints\x01", "sha256")


def test_the_url_of_a_database_is_not_in_it(dumped):
    password = make_url(dumped.url).password
    assert password is None or password not in dumped.text
