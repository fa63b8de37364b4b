"""Requests that mean harm: bombs, tricks with paths and headers, pages of other origins. Never a mistake of ours."""

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest

from service.api.bodies import LARGEST
from service.app import drawn
from tests.api.conftest import serving
from tests.api.raw import bearer, first, request, talk
from tests.api.raw import dial as dialled
from tests.api.routes import GUARDED, NAMING, ROUTES, heard
from tests.api.tenants import Service, Tenant, problem

GOOD_TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def key_for(tenant: Tenant, right: Any) -> httpx.Client:
    """Somebody who may: an administrator may everything but approve."""
    return tenant.as_("boss" if right == "approve" else "admin")


# Bodies

DEEP = 100_000
BOMBS: dict[str, bytes] = {
    "nested arrays": b"[" * DEEP + b"]" * DEEP,
    "nested objects": b'{"text":' * DEEP + b"1" + b"}" * DEEP,
    "nested and never closed": b"[" * (LARGEST - 1),
    "a number of a million digits": b'{"text":' + b"9" * (LARGEST - 100) + b"}",
    "a fraction of a million digits": b'{"text":0.' + b"9" * (LARGEST - 100) + b"}",
    "a huge exponent": b'{"text":1e999999999,"amount":-1e-999999999}',
    "a hundred thousand fields": b"{" + b",".join(b'"f%d":1' % i for i in range(80_000)) + b"}",
    "one field a hundred thousand times": b"{" + b",".join([b'"text":"x"'] * 90_000) + b"}",
    "a name of a million letters": b'{"' + b"a" * (LARGEST - 100) + b'":1}',
    "half a million escapes": b'{"text":"' + rb"\u0000" * 170_000 + b'"}',
    "lone surrogates": rb'{"text":"\ud800\udfff\udc00"}',
    "bytes that are no text": b'{"text":"\xff\xfe\x00"}',
    "lists in lists": json.dumps({"text": [[[[{}]]]] * 5_000}).encode(),
    "constants that are no JSON": b'{"text": NaN, "amount": -Infinity}',
    "nothing": b"",
    "NULs": b"\0" * 1000,
    "more than there may be": b" " * (LARGEST + 1),
}
FITTING = {"nothing", "one field a hundred thousand times"}
"""What some route may take: no body where none is needed, and the last of fields that are one."""

@pytest.fixture(scope="module")
def service(database: str) -> Iterator[Service]:
    """Without a limit on requests: every route is asked again and again."""
    with serving(database, rate_limit=0) as running:
        yield running


WITH_BODY = [route for route in GUARDED if route.method in ("POST", "PUT", "PATCH")]


@pytest.mark.parametrize("what", BOMBS)
def test_no_body_makes_a_mistake_of_ours(tenant, what):
    """Sent to every route that takes one; none of them does anything."""
    tenant.bill("INV-1")
    before = tenant.get("/v1/events", "admin", limit=200)["next_cursor"]
    for route in WITH_BODY:
        path = route.path.replace("{case}", "INV-1").replace("{customer}", "C-1").replace("{", "").replace("}", "")
        response = key_for(tenant, route.right).request(
            route.method, path, content=BOMBS[what], headers={"Content-Type": "application/json"}
        )
        assert 400 <= response.status_code < 500 or what in FITTING, (route.name, response.text[:300])
        assert response.status_code < 500, (route.name, response.text[:300])
        assert len(response.content) < 40_000, "what was wrong is told in few words"
    happened = tenant.get("/v1/events", "admin", cursor=before)["data"]
    assert happened == [] or what in FITTING


PACKED = {
    "gzip": gzip.compress(b" " * 50_000_000),
    "deflate": zlib.compress(b" " * 50_000_000),
    "br": b"\xff" * 1000,
    "zstd": b"\x28\xb5\x2f\xfd",
    "compress": b"\x1f\x9d",
    "identity, gzip": gzip.compress(b"{}"),
    "GZIP": gzip.compress(b"{}"),
    "x-unknown": b"{}",
}


@pytest.mark.parametrize("encoding", PACKED)
@pytest.mark.parametrize("media", ["application/json", "application/x-ndjson", "application/cloudevents-batch+json"])
def test_compressed_bodies_are_refused_unread(tenant, encoding, media):
    headers = {"Content-Encoding": encoding, "Content-Type": media}
    response = tenant.as_("erp").post("/v1/events", content=PACKED[encoding], headers=headers)
    assert problem(response) == (415, "encoding_unsupported")
    assert response.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("coding", ["gzip, chunked", "deflate, chunked"])
def test_a_compressed_transfer_is_refused_too(tenant, coding):
    """The parser takes off the chunks alone: what remained was once read as if it were the body itself."""
    for path, role in (("/v1/events", "erp"), ("/v1/cases/INV-1/notes", "collector")):
        head = request(
            f"POST {path}", bearer(tenant.keys[role]), "Content-Type: application/json", f"Transfer-Encoding: {coding}",
            "Connection: close",
        )  # fmt: skip
        (heard,) = talk(tenant.service, head + b"2\r\n{}\r\n0\r\n\r\n")
        assert (heard.status, heard.code) == (415, "encoding_unsupported")


def test_of_ten_megabytes_no_more_than_one_is_read(tenant):
    """With a length told beforehand or without; the connection ends with the refusal."""
    given = [bearer(tenant.keys["erp"]), "Content-Type: application/json"]
    piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    heard = talk(tenant.service, request("POST /v1/events", *given, "Transfer-Encoding: chunked", body=piece * 160))
    assert [one.status for one in heard] in ([413], []), "it may have hung up before all was sent"
    with dialled(tenant.service) as connection:
        connection.sendall(request("POST /v1/events", *given, "Content-Length: 10000000"))
        refused = first(connection)
    assert (refused.status, refused.headers["connection"]) == (413, "close"), "and nothing of it is waited for"


def test_a_line_without_end_is_one_bad_line(tenant):
    good = json.dumps(tenant.event("customer.updated", customer="C-9")).encode()
    body = good + b"\n" + b'{"text":"' + b"a" * 10_000_000 + b'"}\n' + good.replace(b"C-9", b"C-10").replace(b'"1"', b'"2"')
    response = tenant.as_("erp").post("/v1/events", content=body, headers={"Content-Type": "application/x-ndjson"})
    answer = response.json()
    assert (answer["accepted"], answer["rejected"], answer["lines"]) == (2, 1, 3)
    assert (answer["results"][0]["line"], answer["results"][0]["error"]["code"]) == (2, "line_too_long")


# Paths and queries

TRICKS = [
    "%00", "a%00b", "%2e%2e", "..", "%2e%2e%2fcases", "..%2f..%2fv1%2fme", "INV-1%2f..%2fINV-2", "%ff%fe", "%f0%9f%92%a9",
    "%0d%0aSet-Cookie:x", "%1b%5b31m", "%27%20OR%201=1--", "%25", "%", "a;b", "a%3bb", "*", "~", "%e2%80%ae", "%c2%a0",
    "a" * 4000, "%61" * 400, "{}", "null", "-", "%5c..%5c", "%ef%bc%8e", "CON", "%3cscript%3ealert(1)%3c%2fscript%3e",
]  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick[:30])
def test_no_path_leads_where_it_should_not(tenant, trick):
    for route in NAMING:
        parts = ["/" + (trick if part.startswith("{") else part) for part in route.path.split("/")[1:]]
        client = key_for(tenant, route.right)
        target = f"{route.method} {''.join(parts)}"
        body = b"{}" if route in WITH_BODY else b""
        head = ["Content-Type: application/json", f"Content-Length: {len(body)}"] if body else []
        key = client.headers["authorization"].removeprefix("Bearer ")
        (heard,) = talk(tenant.service, request(target, bearer(key), *head, "Connection: close", body=body))
        assert heard.status in (400, 404, 405, 422), (route.name, heard)
        assert heard.headers["content-type"] == "application/problem+json"
        assert heard.headers["x-content-type-options"] == "nosniff" and "location" not in heard.headers


@pytest.mark.parametrize("query", ["?limit=1" * 2, "?" + "&".join(f"x{i}=1" for i in range(4000)), "?limit=1&" * 500,
                                   "?q=%00", "?q=%ff", "?cursor=" + "A" * 3000, "?limit=%30%31e5", "?" + "a" * 30_000,
                                   "?sort=-id;drop", "?q=%25&limit=1", "?amount_min=1e400&currency=CNY"],
                         ids=lambda query: query[:20])  # fmt: skip
def test_no_query_makes_a_mistake_of_ours(tenant, query):
    for route in GUARDED:
        if route.method == "GET" and "{" not in route.path:
            response = heard(key_for(tenant, route.right), "GET", route.path + query)
            assert response.status_code < 500, (route.name, response.text)


def test_no_parameter_takes_what_no_database_does(tenant):
    """Of roles, which had no form, a NUL once went through to the database and came back as a mistake of ours."""
    paths, tried = drawn().openapi()["paths"], 0
    for path, methods in paths.items():
        for given in methods.get("get", {}).get("parameters", []):
            if given.get("in") == "query":
                target = re.sub(r"{\w+}", "X-1", path)
                for text in ("%00", "a%00b", "%01", "%ed%a0%80", "%c2%85", "%e2%80%a8", "%ff"):
                    response = heard(tenant.as_("admin"), "GET", f"{target}?{given['name']}={text}")
                    refused = (404, 422) if "%00" in text else (200, 404, 409, 422)
                    assert response.status_code in refused, (path, given["name"], text, response.text)
                    tried += 1
    assert tried > 200


def test_every_parameter_is_known_and_given_once(tenant):
    """Of two filters one would be ignored, a misspelt one altogether: more would be shown than was asked for."""
    paths = drawn().openapi()["paths"]
    tried = 0
    for route in GUARDED:
        path = route.path.replace("{name}", "{playbook}") if "/playbooks" in route.path else route.path
        client, target = key_for(tenant, route.right), route.path.replace("{", "").replace("}", "")
        unknown = client.request(route.method, target + "?colour=red")
        assert problem(unknown) == (422, "unknown_parameter"), route.name
        for given in paths[path][route.method.lower()]["parameters"]:
            if given.get("in") == "query":
                twice = client.request(route.method, f"{target}?{given['name']}=1&{given['name']}=2")
                assert problem(twice) == (422, "repeated_parameter"), (route.name, given["name"])
                tried += 1
    assert tried > 40


def test_a_slash_too_many_leads_nowhere(tenant):
    """It once led to wherever the Host header said, keys and all."""
    for route in ROUTES:
        path = route.path.replace("{", "").replace("}", "")
        head = request(f"{route.method} {path}/", "Host: evil.example", "Connection: close", host=False)
        (heard,) = talk(tenant.service, head)
        assert heard.status == 404 and "location" not in heard.headers, route.name
        assert b"evil.example" not in heard.body


HEADERS = {
    "If-Match": ['"', "W/", '"' * 5000, "*" * 100, '"a"' * 1000, "\x80\xff"],
    "Idempotency-Key": ["\x80", "a" * 256, "a\tb", " "],
    "Accept": ["*/*;q=2", "," * 5000, "text/html", "/" * 100, ";q=", "application/json;q=nan"],
    "Accept-Language": [";q=inf", "," * 5000, "zh;q=1e999", "-" * 100, "\xff"],
    "Content-Type": ["application/json; charset=\xff", "application/" + "x" * 5000, ";;;=;", "application/json;" * 500],
    "Content-Length": ["00000000000000000000002"],
    "X-Request-Id": ["\xff", "a" * 5000, "a b"],
    "Host": ["[", "a/b?c#d", "\xff", "a:99999999", ""],
    "Cookie": ["a=b; " * 2000],
    "traceparent": ["\xff", "a" * 5000],
}


@pytest.mark.parametrize("name", HEADERS)
def test_no_header_makes_a_mistake_of_ours(tenant, name):
    tenant.bill("INV-1")
    for value in HEADERS[name]:
        for line, role, body in (
            ("GET /v1/cases", "viewer", b""),
            ("GET /v1/cases/INV-1", "viewer", b""),
            ("POST /v1/cases/INV-1/notes", "collector", b"{}"),
            ("POST /v1/events", "erp", b"{}"),
        ):
            given = {"Host": "a", "Content-Type": "application/json", "Content-Length": str(len(body)), name: value}
            lines = [f"{header}: {text}" for header, text in given.items()]
            (heard,) = talk(
                tenant.service, request(line, bearer(tenant.keys[role]), *lines, "Connection: close", body=body, host=False)
            )
            assert heard.status < 500, (line, value[:40], heard)


def test_only_a_trace_is_kept_as_one(tenant, database):
    """Any text of any length once went into the log with every event it caused."""
    tenant.bill("INV-1")
    for given in (GOOD_TRACE, "x" * 9000, "00-\x85-01".encode("latin-1").decode("latin-1")):
        headers = {"traceparent": given.encode("latin-1")}
        note = {"text": "x"}
        assert tenant.as_("collector").post("/v1/cases/INV-1/notes", json=note, headers=headers).status_code == 201
    with psycopg.connect(database) as owner:
        rows = owner.execute(
            "SELECT meta->>'traceparent' FROM events WHERE tenant = %s AND type LIKE '%%note%%' ORDER BY position",
            (tenant.name,),
        ).fetchall()
    assert [trace for (trace,) in rows] == [GOOD_TRACE, None, None]


# Browsers


def test_no_other_origin_is_let_in(tenant):
    """No key is ever sent by a browser on its own, and no page of another origin may read an answer."""
    origin = {"Origin": "https://evil.example"}
    asking = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    client = tenant.as_("admin")
    for route in ROUTES:
        path = route.path.replace("{", "").replace("}", "")
        preflight = client.request("OPTIONS", path, headers=origin | asking)
        assert preflight.status_code == 405
        answers = [preflight, heard(client, route.method, path, headers=origin)]
        for answer in answers:
            assert not [name for name in answer.headers if name.lower().startswith("access-control")], route.name
            assert "set-cookie" not in answer.headers


def test_the_page_runs_nothing_and_stands_in_no_frame(service):
    response = httpx.get(f"{service.url}/docs")
    policy = dict(part.strip().split(" ", 1) for part in response.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'" and policy["frame-ancestors"] == "'none'"
    assert "script-src" not in policy and policy["form-action"] == policy["base-uri"] == "'none'"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert "<script" not in response.text


@pytest.mark.parametrize("accept", ["text/html", "text/html,application/xhtml+xml;q=0.9", "*/*"])
def test_refusals_are_never_html(tenant, accept):
    markup = "<script>alert(1)</script>"
    client = tenant.as_("admin")
    refused = [
        client.get(f"/{markup}", headers={"Accept": accept}),
        client.get(f"/v1/cases/{markup}", headers={"Accept": accept}),
        client.get("/v1/cases", params={markup: markup}, headers={"Accept": accept}),
        client.post("/v1/events", json={"specversion": "1.0", "type": markup, "id": markup}, headers={"Accept": accept}),
        client.post("/v1/cases/INV-1/notes", json={markup: markup}, headers={"Accept": accept}),
    ]
    for response in refused:
        assert response.status_code >= 400
        assert response.headers["content-type"] == "application/problem+json"
        assert response.headers["x-content-type-options"] == "nosniff"
