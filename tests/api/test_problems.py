"""Whatever goes wrong becomes a problem with a status, a code, a pointer and a sentence - and nothing from inside."""

import asyncio
import json

import httpx
import psycopg
import pytest
import sqlalchemy.exc as sa
import structlog
from fastapi import APIRouter, Depends, FastAPI, Query
from psycopg import errors as pg
from starlette.requests import Request

from service.api import etags, failures
from service.api.bodies import LARGEST, CommandRoute, read
from service.api.models.commands import ContactLogBody, ContactPatchBody, PauseBody, PromiseBody, TaskCompleteBody
from service.api.models.tenant import SettingsPatch, TestClockBody
from service.api.models.users import UserPut
from service.api.models.webhooks import WebhookEndpointCreate
from service.api.problems import Fault, Problem, invalid, of_refusal, overloaded, pointer
from service.api.request_ids import RequestIds, request_id
from service.domain.refusals import Conflict, Forbidden, NotFound, Refused, Stale

SECRET = "Zhang Wei +86 21 5555 0100"
FAILURES = {
    "problem": overloaded(),
    "stale": Problem(412, "stale"),
    "refused": Refused("date_in_past", "/due_on"),
    "not-found": NotFound("unknown_task", None, task="T-1"),
    "bug": RuntimeError(SECRET),
    "unauthorized": Problem(401, "unauthorized"),
    "pool": sa.TimeoutError("QueuePool limit"),
    "away": sa.OperationalError(SECRET, {}, psycopg.OperationalError("server closed the connection")),
    "lost": sa.DBAPIError(SECRET, {}, pg.IdleInTransactionSessionTimeout("gone"), connection_invalidated=True),
    "away-direct": pg.AdminShutdown("terminating"),
    "full": pg.DiskFull("no space left"),
    "closed": psycopg.InterfaceError("the connection is closed"),
    "busy": sa.OperationalError(SECRET, {}, pg.LockNotAvailable("lock timeout")),
    "busy-direct": pg.LockNotAvailable("lock timeout"),
    "slow": pg.QueryCanceled("statement timeout"),
    "deadlock": pg.DeadlockDetected("deadlock"),
    "broken": sa.IntegrityError(SECRET, {}, pg.UniqueViolation(SECRET)),
    "broken-direct": pg.UniqueViolation(SECRET),
}


def an_app() -> FastAPI:
    app = FastAPI()
    router = APIRouter(route_class=CommandRoute)

    @app.get("/fail/{name}")
    def fail(name: str) -> None:
        raise FAILURES[name]

    @app.get("/list")
    def listed(limit: int = Query(50, ge=1, le=200)) -> dict[str, int]:
        return {"limit": limit}

    @app.post("/raw")
    async def raw(request: Request) -> dict[str, int]:
        return {"size": len(await read(request))}

    @app.get("/id")
    def own_id(request: Request) -> dict[str, object]:
        return {"id": request_id(request), "logged": structlog.contextvars.get_contextvars().get("request")}

    def key(request: Request) -> None:
        if request.headers.get("authorization") == "none":
            raise Problem(401, "unauthorized")

    @router.post("/promises", dependencies=[Depends(key)])
    def promise(body: PromiseBody, request: Request) -> dict[str, object]:
        return {"due_on": body.due_on, "amount": body.amount, "kind": type(request).__name__}

    def accept(path, model):
        def take(body) -> dict[str, bool]:
            return {"ok": bool(body)}

        take.__annotations__["body"] = model
        router.post(path)(take)

    for path, model in {
        "/contact-log": ContactLogBody,
        "/pause": PauseBody,
        "/contacts": ContactPatchBody,
        "/complete": TaskCompleteBody,
        "/users": UserPut,
        "/settings": SettingsPatch,
        "/test-clock": TestClockBody,
        "/endpoints": WebhookEndpointCreate,
    }.items():
        accept(path, model)
    app.include_router(router)
    failures.register(app)
    app.add_middleware(RequestIds)
    return app


APP = an_app()


def call(method, path, language=None, **given) -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app=APP, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            if language:
                given.setdefault("headers", {})["Accept-Language"] = language
            return await client.request(method, path, **given)

    return asyncio.run(send())


def problem(answer: httpx.Response) -> dict[str, object]:
    """The body of an answer that is a whole problem."""
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, object] = answer.json()
    assert {"type", "title", "status", "detail", "instance", "code", "errors", "request"} == body.keys()
    assert body["status"] == answer.status_code and body["type"] == f"/problems/{body['code']}"
    assert body["request"] == answer.headers["x-request-id"]
    assert body["detail"] and body["title"] and SECRET not in answer.text
    return body


def pointers(answer: httpx.Response) -> list[tuple[str, str]]:
    errors = problem(answer)["errors"]
    assert isinstance(errors, list)
    assert all(one["detail"] for one in errors)
    return [(one["pointer"], one["code"]) for one in errors]


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("problem", 503, "overloaded"),
        ("stale", 412, "stale"),
        ("refused", 422, "date_in_past"),
        ("not-found", 404, "unknown_task"),
        ("unauthorized", 401, "unauthorized"),
        ("bug", 500, "internal_error"),
        ("broken", 500, "internal_error"),
        ("broken-direct", 500, "internal_error"),
        ("pool", 503, "database_away"),
        ("away", 503, "database_away"),
        ("lost", 503, "database_away"),
        ("away-direct", 503, "database_away"),
        ("full", 503, "database_away"),
        ("closed", 503, "database_away"),
        ("busy", 503, "busy"),
        ("busy-direct", 503, "busy"),
        ("slow", 503, "busy"),
        ("deadlock", 503, "busy"),
    ],
)
def test_every_failure_is_a_problem(name, status, code):
    answer = call("GET", f"/fail/{name}")
    body = problem(answer)
    assert (answer.status_code, body["code"], body["instance"]) == (status, code, f"/fail/{name}")
    assert ("retry-after" in answer.headers) == (status == 503)
    assert ("www-authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize(("language", "said"), [("zh-CN,zh;q=0.9", "zh"), ("en", "en"), ("fr", "en"), (None, "en")])
def test_sentences_follow_the_reader(language, said):
    answer = call("GET", "/nowhere", language)
    assert answer.headers["content-language"] == said
    assert any("一" <= sign <= "鿿" for sign in answer.text) == (said == "zh")


def test_the_frameworks_own_answers():
    assert problem(call("GET", "/nowhere"))["code"] == "not_found"
    answer = call("DELETE", "/list")
    assert (problem(answer)["code"], answer.headers["allow"]) == ("method_not_allowed", "GET")


def test_the_instance_is_a_uri_without_the_query():
    assert problem(call("GET", "/no where/é?q=secret"))["instance"] == "/no%20where/%C3%A9"


@pytest.mark.parametrize(
    ("refused", "command", "event"),
    [
        (Refused("x"), 422, 422),
        (Forbidden("x"), 403, 422),
        (NotFound("unknown_invoice"), 404, 422),
        (Conflict("invoice_exists"), 409, 409),
        (Conflict("event_id_reused"), 409, 409),
        (Conflict("payment_exists"), 409, 422),
        (Stale("stale"), 412, 422),
    ],
)
def test_refusals_by_kind_and_by_who_asked(refused, command, event):
    assert (of_refusal(refused).status, of_refusal(refused, in_event=True).status) == (command, event)


def test_a_refusal_keeps_its_pointer_and_params():
    told = of_refusal(Refused("date_in_past", "/due_on", given="x"))
    assert told.errors == [Fault("/due_on", "date_in_past", {"given": "x"})]


def test_faults_of_one_kind_name_the_problem():
    assert invalid([Fault("/a", "pattern"), Fault("/b", "pattern")]).code == "pattern"
    assert invalid([Fault("/a", "pattern"), Fault("/b", "too_long")]).code == "invalid"


def test_pointers_are_escaped_and_harmless():
    assert pointer("data", "a/b~c", 0) == "/data/a~1b~0c/0"
    assert pointer("\ud800\n\x00é") == "/\ufffd\ufffd\ufffdé"
    assert len(pointer("x" * 10_000)) == 256


class TestRequestIds:
    @pytest.mark.parametrize("given", ["x", "a" * 128, "!~/:=+"])
    def test_a_given_one_is_kept(self, given):
        answer = call("GET", "/id", headers={"X-Request-Id": given})
        assert answer.headers["x-request-id"] == given and answer.json() == {"id": given, "logged": given}

    @pytest.mark.parametrize("given", ["", "a" * 129, "a b", "é", "a\tb"])
    def test_another_is_replaced(self, given):
        answer = call("GET", "/id", headers={"X-Request-Id": given.encode()})
        made = answer.headers["x-request-id"]
        assert made.startswith("req_") and answer.json() == {"id": made, "logged": made}

    def test_every_answer_has_exactly_one(self):
        for path in ("/id", "/nowhere", "/fail/bug"):
            answer = call("GET", path, headers={"X-Request-Id": "mine"})
            assert answer.headers.get_list("x-request-id") == ["mine"]

    def test_no_log_line_of_the_next_request_has_it(self):
        call("GET", "/id", headers={"X-Request-Id": "mine"})
        assert "request" not in structlog.contextvars.get_contextvars()


def test_a_bug_is_logged_without_its_message():
    with structlog.testing.capture_logs() as logs:
        call("GET", "/fail/bug")
    assert logs == [
        {
            "event": "internal_error",
            "kind": "RuntimeError",
            "place": logs[0]["place"],
            "request": logs[0]["request"],
            "log_level": "error",
        }
    ]
    assert "test_problems" in logs[0]["place"]


class TestBodies:
    GOOD = {"amount": "1200.50", "due_on": "2026-03-06"}

    def test_a_good_one(self):
        answer = call("POST", "/promises", json=self.GOOD)
        assert answer.json() == self.GOOD | {"kind": "CommandRequest"}

    @pytest.mark.parametrize(
        ("change", "code", "where"),
        [
            ({"amount": 1200}, "amount_as_number", "/amount"),
            ({"amount": 1200.5}, "amount_as_number", "/amount"),
            ({"amount": True}, "wrong_type", "/amount"),
            ({"amount": "1,200"}, "money_format", "/amount"),
            ({"amount": "１２"}, "money_format", "/amount"),
            ({"amount": "1" * 25}, "too_long", "/amount"),
            ({"due_on": "2026-02-30"}, "bad_date", "/due_on"),
            ({"due_on": "0000-01-01"}, "bad_date", "/due_on"),
            ({"due_on": "10000-01-01"}, "bad_date", "/due_on"),
            ({"due_on": "2026-03-06T00:00:00Z"}, "bad_date", "/due_on"),
            ({"due_on": 1767225600}, "bad_date", "/due_on"),
            ({"due_on": "20260306"}, "bad_date", "/due_on"),
            ({"due_on": "2026-W10-5"}, "bad_date", "/due_on"),
            ({"promised_by": "a\nb"}, "control_character", "/promised_by"),
            ({"promised_by": "a\x07b"}, "control_character", "/promised_by"),
            ({"promised_by": "a\x00b"}, "text_invalid", "/promised_by"),
            ({"promised_by": "x" * 201}, "too_long", "/promised_by"),
            ({"promised_by": 7}, "wrong_type", "/promised_by"),
            ({"colour": "red"}, "unknown_field", "/colour"),
            ({"a/b~c": 1}, "unknown_field", "/a~1b~0c"),
        ],
    )
    def test_bad_values(self, change, code, where):
        answer = call("POST", "/promises", json=self.GOOD | change)
        assert answer.status_code == 422
        assert problem(answer)["code"] == code
        assert pointers(answer) == [(where, code)]

    def test_a_missing_field_and_another_fault_are_both_told(self):
        answer = call("POST", "/promises", json={"amount": 3})
        assert problem(answer)["code"] == "invalid"
        assert pointers(answer) == [("/amount", "amount_as_number"), ("/due_on", "field_missing")]

    @pytest.mark.parametrize(
        ("content", "status", "code"),
        [
            (b"{", 400, "invalid_json"),
            (b'{"due_on": NaN}', 400, "invalid_json"),
            (b'{"due_on": "\xff"}', 400, "invalid_json"),
            (b"[" * 100_000, 400, "too_deep"),
            (b'{"a":' * 33 + b"1" + b"}" * 33, 400, "too_deep"),
            (b'{"due_on": "\\ud800"}', 422, "text_invalid"),
            (b'{"due_on": 1e999}', 422, "number_out_of_range"),
            (b"[]", 422, "wrong_type"),
            (b"null", 422, "wrong_type"),
            (b"7", 422, "wrong_type"),
            (b"", 422, "field_missing"),
            (b"x" * (LARGEST + 1), 413, "payload_too_large"),
        ],
    )
    def test_bad_json(self, content, status, code):
        answer = call("POST", "/promises", content=content, headers={"Content-Type": "application/json"})
        assert (answer.status_code, problem(answer)["code"]) == (status, code)

    @pytest.mark.parametrize(
        ("headers", "code"),
        [
            ({}, "unsupported_media_type"),
            ({"Content-Type": "text/plain"}, "unsupported_media_type"),
            ({"Content-Type": "application/x-www-form-urlencoded"}, "unsupported_media_type"),
            ({"Content-Type": "application/json; charset=gbk"}, "charset_unsupported"),
            ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, "encoding_unsupported"),
        ],
    )
    def test_other_media(self, headers, code):
        answer = call("POST", "/promises", content=json.dumps(self.GOOD).encode(), headers=headers)
        assert (answer.status_code, problem(answer)["code"]) == (415, code)

    def test_who_asks_comes_first(self):
        for content in (b"{", b"x" * (LARGEST + 1), b'{"colour": 1}'):
            answer = call("POST", "/promises", content=content, headers={"Authorization": "none"})
            assert answer.status_code == 401

    def test_a_body_too_large_is_not_read_on(self):
        read_so_far = []

        async def chunks():
            for _ in range(40):
                read_so_far.append(1)
                yield b"x" * (256 * 1024)

        answer = call("POST", "/raw", content=chunks())
        assert (answer.status_code, problem(answer)["code"]) == (413, "payload_too_large")
        assert len(read_so_far) == 5
        assert call("POST", "/raw", content=b"x" * LARGEST).json() == {"size": LARGEST}

    def test_an_announced_size_suffices(self):
        answer = call("POST", "/raw", content=b"x", headers={"Content-Length": "9" * 30})
        assert answer.status_code == 413

    def test_a_broken_connection_is_no_bug(self):
        sent = []

        async def receive():
            return {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/raw",
            "raw_path": b"/raw",
            "query_string": b"",
            "headers": [],
        }
        asyncio.run(APP(scope | {"http_version": "1.1", "server": ("test", 80), "root_path": ""}, receive, send))
        assert sent[0]["status"] == 400 and json.loads(sent[1]["body"])["code"] == "body_incomplete"

    def test_queries_have_pointers_too(self):
        assert pointers(call("GET", "/list?limit=0")) == [("/query/limit", "out_of_range")]
        assert pointers(call("GET", "/list?limit=x")) == [("/query/limit", "wrong_type")]

    def test_no_value_is_repeated(self):
        answer = call("POST", "/promises", json=self.GOOD | {"promised_by": SECRET * 10, "due_on": SECRET})
        assert pointers(answer) and SECRET not in answer.text


class TestModels:
    @pytest.mark.parametrize(
        ("path", "body"),
        [
            (
                "/contact-log",
                {"channel": "phone", "outcome": "reached", "notes": "two\nlines", "next_on": "2026-03-06"},
            ),
            ("/contact-log", {"channel": "visit", "outcome": "promised", "willingness": "yes", "verified": ["name"]}),
            ("/pause", {"until": "2026-03-06", "reason": "moves house"}),
            ("/contacts", {"id": "zhang", "mark": None}),
            ("/contacts", {"id": "zhang", "email": None}),
            ("/complete", {}),
            ("/complete", {"channel": "phone", "outcome": "reached"}),
            ("/users", {"role": "collector", "name": "李娜", "away": {"from": "2026-03-06", "until": "2026-03-08"}}),
            ("/settings", {"windows": [{"opens": "09:00", "closes": "11:30"}], "grace_days": {"preferred": 7}}),
            ("/settings", {"banks": {"CNY": {"payee": "A", "bank": "B", "account": "1"}}, "go_live_on": None}),
            ("/test-clock", {"now": "2026-03-20T09:00:00+08:00"}),
            ("/test-clock", {"follow": True}),
            ("/endpoints", {"url": "https://x.example", "types": ["case.escalated", "hold.*", "*"], "audience": None}),
        ],
    )
    def test_good(self, path, body):
        assert call("POST", path, json=body).json() == {"ok": True}

    @pytest.mark.parametrize(
        ("path", "body", "code", "where"),
        [
            ("/contact-log", {"channel": "fax", "outcome": "reached"}, "not_one_of", "/channel"),
            ("/contact-log", {"channel": "phone", "outcome": "reached", "contact": "x" * 65}, "pattern", "/contact"),
            (
                "/contact-log",
                {"channel": "phone", "outcome": "reached", "verified": ["x"] * 21},
                "too_many",
                "/verified",
            ),
            (
                "/contact-log",
                {"channel": "phone", "outcome": "reached", "verified": ["a\n"]},
                "control_character",
                "/verified/0",
            ),
            ("/pause", {"until": "2026-03-06", "reason": " \n"}, "reason_required", "/reason"),
            ("/contacts", {"id": "zhang"}, "nothing_to_change", ""),
            ("/contacts", {"id": "zhang", "email": "nobody"}, "pattern", "/email"),
            ("/contacts", {"id": "zhang", "email": "a@b\r\nBcc: c@d"}, "control_character", "/email"),
            ("/complete", {"notes": "x"}, "record_incomplete", ""),
            ("/users", {"role": "king", "name": "x"}, "not_one_of", "/role"),
            ("/users", {"role": "boss", "name": "x", "away": {"until": "2026-03-06"}}, "field_missing", "/away/from"),
            ("/settings", {}, "nothing_to_change", ""),
            ("/settings", {"habit_bills": 3.0}, "wrong_type", "/habit_bills"),
            ("/settings", {"habit_bills": 0}, "out_of_range", "/habit_bills"),
            ("/settings", {"windows": [{"opens": "9", "closes": "11:30"}]}, "pattern", "/windows/0/opens"),
            ("/settings", {"windows": []}, "too_few", "/windows"),
            ("/settings", {"automatic_release": "yes"}, "wrong_type", "/automatic_release"),
            ("/test-clock", {}, "now_or_follow", ""),
            ("/test-clock", {"now": "2026-03-20T09:00:00+08:00", "follow": True}, "now_or_follow", ""),
            ("/test-clock", {"now": "2026-03-20T09:00:00"}, "bad_time", "/now"),
            ("/test-clock", {"now": 1767225600}, "bad_time", "/now"),
            ("/endpoints", {"url": "https://x.example", "types": []}, "too_few", "/types"),
            ("/endpoints", {"url": "https://x.example", "types": ["hold"]}, "pattern", "/types/0"),
            ("/endpoints", {"url": 5, "types": ["*"]}, "wrong_type", "/url"),
        ],
    )
    def test_bad(self, path, body, code, where):
        answer = call("POST", path, json=body)
        assert answer.status_code == 422
        assert pointers(answer) == [(where, code)]

    def test_records_become_the_domains(self):
        body = ContactLogBody.model_validate({"channel": "phone", "outcome": "reached", "verified": ["name"]})
        assert (body.record().channel, body.record().verified) == ("phone", ("name",))
        assert TaskCompleteBody.model_validate({}).record() is None

    def test_openapi_publishes_them(self):
        schemas = APP.openapi()["components"]["schemas"]
        promise = schemas["PromiseBody"]
        assert promise["additionalProperties"] is False
        assert promise["properties"]["amount"]["anyOf"][0]["pattern"] == r"^-?[0-9]+(\.[0-9]+)?$"
        assert promise["properties"]["due_on"]["format"] == "date"
        assert "from" in schemas["Away"]["properties"]


class TestETags:
    def test_of_versions(self):
        assert (etags.etag(17), etags.etag(3, 12)) == ('"17"', '"3.12"')

    @pytest.mark.parametrize("header", [None, '"17"', "*", '"1", "17"', '"a,b" ,\t"17"', 'W/"17", "17"'])
    def test_what_is_admitted(self, header):
        etags.check(header, '"17"')

    @pytest.mark.parametrize(
        ("header", "current"), [('"16"', '"17"'), ('W/"17"', '"17"'), ('"1", "2"', '"17"'), ("*", None), ('"17"', None)]
    )
    def test_what_is_stale(self, header, current):
        with pytest.raises(Problem) as caught:
            etags.check(header, current)
        assert (caught.value.status, caught.value.code) == (412, "stale")

    @pytest.mark.parametrize("header", ["", "17", '"17', '"17" "18"', '"17",', ",", 'w/"17"', '"' + "x" * 5000 + '"'])
    def test_what_cannot_be_read(self, header):
        with pytest.raises(Problem) as caught:
            etags.check(header, '"17"')
        assert (caught.value.status, caught.value.code) == (400, "if_match_invalid")
