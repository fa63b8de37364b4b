"""The log: one JSON line a record whatever is thrown at the service, and nothing in it of bodies, keys or people."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest

from service.api.keys import mint
from tests.api import raw
from tests.api.raw import bearer, request
from tests.journeys.house import House

CANARY = "canary7f3a"
"""Stands in everything that is sent here; the log must not know it."""

ESCAPES = "\x1b[31mred\x1b[0m"
READY = "Listening on http://"
SEALING_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


@pytest.fixture(scope="module")
def house(database: str) -> Iterator[House]:
    with House({"DATABASE_URL": database, "DUNLOG_SECRET_KEY": SEALING_KEY, "DUNLOG_LOG_LEVEL": "debug"}) as house:
        house.start()
        yield house
        house.stop()


@pytest.fixture(scope="module")
def keys(house: House) -> dict[str, str]:
    return house.tenant("acme", now="2026-03-02T10:00:00+08:00")


def lines(house: House) -> list[str]:
    return [line for line in house.said().splitlines() if not line.startswith(READY)]


def records(house: House) -> list[dict[str, Any]]:
    """Every line, which must be one JSON object with its level, time and event."""
    found = [json.loads(line) for line in lines(house)]
    assert all({"event", "level", "timestamp"} <= one.keys() for one in found), found
    return found


BAD_BODIES = [
    f'{{"text": "{CANARY}", "{CANARY}": 1}}',
    f'{{"text": "{CANARY}',
    f'{{"text": "{CANARY}\\u0000"}}',
    f'"{CANARY}"',
    CANARY,
    "[" * 40 + f'"{CANARY}"' + "]" * 40,
]


def bad_inputs(house: House, keys: dict[str, str]) -> None:
    """Every kind of refusal, with a canary wherever something can be said."""
    note = f"/v1/cases/{CANARY}/notes"
    with httpx.Client(base_url=house.url, timeout=30) as http:
        for body in BAD_BODIES:
            for path, role in ((note, "collector"), ("/v1/events", "erp"), ("/v1/playbooks", "admin")):
                headers = {"Authorization": f"Bearer {keys[role]}", "Content-Type": "application/json"}
                http.post(path, content=body, headers=headers)
        for header in ("Authorization", "Idempotency-Key", "If-Match", "Accept-Language", "User-Agent", "traceparent"):
            given = {"Authorization": f"Bearer {keys['collector']}", header: CANARY}
            http.post(note, json={"text": CANARY}, headers=given)
        for query in (f"?cursor={CANARY}", f"?{CANARY}=1", f"?currency={CANARY}", f"?q={CANARY}%00"):
            http.get(f"/v1/cases{query}", headers={"Authorization": f"Bearer {keys['viewer']}"})
        for key in (mint("acme", CANARY)[0], mint(CANARY, "k")[0], keys["boss"][:-1], CANARY):
            http.get("/v1/me", headers={"Authorization": f"Bearer {key}"})


def test_refusals_leave_nothing_of_what_was_sent(house, keys):
    bad_inputs(house, keys)
    said = house.said()
    assert CANARY not in said
    assert not any(key in said or key[-20:] in said for key in keys.values())
    records(house)


def test_a_mistake_of_ours_is_told_without_the_row_it_was_made_with(house, keys, database):
    """PostgreSQL's own message quotes the failing row."""
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("ALTER TABLE private ADD CONSTRAINT spoiled CHECK (false) NOT VALID")
        try:
            person = {"name": CANARY, "email": f"{CANARY}@example.com", "phone": "+4912345678"}
            data = {"customer": "C-1", "name": CANARY, "contacts": [{"id": "a", **person}]}
            event = {"specversion": "1.0", "id": "1", "source": "erp", "type": "customer.updated", "data": data}
            answered = [
                httpx.post(
                    f"{house.url}/v1/events", json=event, headers={"Authorization": f"Bearer {keys['erp']}"}, timeout=30
                ),
                httpx.put(
                    f"{house.url}/v1/users/li.na", json={**person, "role": "collector"},
                    headers={"Authorization": f"Bearer {keys['admin']}"}, timeout=30,
                ),
            ]  # fmt: skip
        finally:
            owner.execute("ALTER TABLE private DROP CONSTRAINT spoiled")
    for answer in answered:
        assert answer.status_code == 500 and CANARY not in answer.text and "spoiled" not in answer.text
    told = records(house)
    assert CANARY not in house.said() and "+4912345678" not in house.said()
    undone = next(one for one in told if one["event"] == "transaction_undone")
    (raised,) = [one for one in undone["raised"] if one["kind"] == "psycopg.errors.CheckViolation"]
    assert (raised["sqlstate"], raised["constraint"], raised["table"]) == ("23514", "spoiled", "private")
    assert any(place.startswith("service.store.") for place in raised["at"])
    asgi = [one for one in told if one["event"].startswith("Exception in ASGI application")]
    assert asgi and asgi[-1]["raised"][0]["kind"] == "psycopg.errors.CheckViolation"


def test_nobody_writes_lines_of_their_own_into_the_log(house, keys):
    """Line breaks, colours and other records in ids, headers and what is no request at all."""
    forged = '{"event": "forged", "level": "info"}'
    before = len(lines(house))
    key = bearer(keys["collector"])
    attempts = [
        request("GET /v1/me", key, f"X-Request-Id: {forged}", "Connection: close"),
        request("GET /v1/me", key, f"X-Request-Id: a\r\n{forged}", "Connection: close"),
        request("GET /v1/me", key, f"X-Request-Id: a\n{forged}"),
        request("GET /v1/me", key, f"X-Request-Id: {ESCAPES}"),
        request("GET /v1/me", key, f"User-Agent: {ESCAPES}\n{forged}"),
        request("GET /v1/me", key, "traceparent: 00-\x85\x9b31m-1-01", "Connection: close"),
        request(f"GET /v1/cases/%0a{forged.replace(' ', '%20').replace(chr(34), '%22')}", key, "Connection: close"),
        request("GET /v1/cases/%1b%5b31mred%e2%80%a8", key, "Connection: close"),
        f"\r\n{forged}\r\n\r\n".encode(),
        f"GET {forged} HTTP/1.1\r\n\r\n".encode(),
    ]
    for attempt in attempts:
        assert raw.talk(house, attempt), attempt
    records(house)
    added = "\n".join(lines(house)[before:])
    assert "forged" not in added and "\x1b" not in added and "\x9b" not in added


def test_with_text_logs_too_a_record_is_one_line_without_words(tmp_path):
    """People's form once showed the values of all variables around a mistake, keys among them."""
    script = tmp_path / "failing.py"
    script.write_text(
        "import logging, structlog\n"
        "from service.logs import configure\n"
        "from service.settings import Settings\n"
        "configure(Settings(log_format='text'))\n"
        "def fail(secret):\n"
        f"    raise ValueError('{CANARY} in a message')\n"
        "try:\n"
        f"    fail('{CANARY} in a variable')\n"
        "except ValueError:\n"
        "    structlog.get_logger().exception('failed', thing='a\\nb\\x1b[31m\\u2028')\n"
        "    logging.getLogger('library').exception('forged\\nline \\x1b[31m')\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True, env={"PYTHONPATH": "."})
    said = done.stdout + done.stderr
    assert CANARY not in said and "\x1b" not in said and "\u2028" not in said
    assert len(said.splitlines()) == 2 and said.count("builtins.ValueError") == 2
    assert "__main__:8" in said and "x1b[31m" in said, "told, but not acted upon"


def test_libraries_log_the_same_way(house, keys):
    """uvicorn's records stand in the same form."""
    raw.talk(house, b"nonsense\r\n\r\n")
    assert not any(line.startswith(("WARNING", "ERROR", "INFO")) for line in lines(house))
