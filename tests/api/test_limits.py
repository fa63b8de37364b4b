"""Too much is refused at the door: of one key, and of everybody together."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from service.api import limits
from service.api.limits import Buckets, Overload, RateLimit
from service.api.request_ids import RequestIds
from tests.api.conftest import serving

OPEN = ["/healthz", "/readyz", "/metrics"]


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(limits, "time", clock)
    return clock


async def quick(_: Request) -> PlainTextResponse:
    return PlainTextResponse("done")


def app(handler: Callable[[Request], Awaitable[PlainTextResponse]] = quick) -> Starlette:
    return Starlette(routes=[Route(path, handler) for path in ("/", *OPEN)])


def client(inner: object) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(inner), base_url="http://test")  # type: ignore[arg-type]


def limiting(rate: float, inner: Starlette | None = None) -> RateLimit:
    """Each Authorization header has a bucket of its own, as each key has in the service."""
    buckets = Buckets(rate)
    return RateLimit(inner or app(), spend=lambda given: buckets.take(given) if given else 0.0)


def statuses(limited: RateLimit, key: str | None, times: int) -> list[int]:
    async def ask() -> list[int]:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        async with client(limited) as asking:
            return [(await asking.get("/", headers=headers)).status_code for _ in range(times)]

    return asyncio.run(ask())


def test_a_key_has_its_burst_and_then_its_rate(clock):
    limited = limiting(rate=5)
    assert statuses(limited, "one", 12) == [200] * 10 + [429] * 2
    clock.now += 0.5
    assert statuses(limited, "one", 3) == [200] * 2 + [429]
    clock.now += 3600
    assert statuses(limited, "one", 11) == [200] * 10 + [429]


def test_keys_do_not_share_a_bucket_and_nobody_is_limited_without_one(clock):
    limited = limiting(rate=1)
    assert statuses(limited, "one", 3) == [200, 200, 429]
    assert statuses(limited, "two", 3) == [200, 200, 429]
    assert statuses(limited, None, 20) == [200] * 20


def test_no_rate_is_no_limit(clock):
    assert statuses(limiting(rate=0), "one", 50) == [200] * 50


def test_less_than_one_request_a_second_is_possible(clock):
    limited = limiting(rate=0.1)
    assert statuses(limited, "one", 2) == [200, 429]
    clock.now += 10
    assert statuses(limited, "one", 2) == [200, 429]


def test_ever_new_names_fill_no_memory(clock, monkeypatch):
    monkeypatch.setattr(limits, "MOST_NAMES", 3)
    buckets = Buckets(rate=1)
    for key in range(20):
        buckets.take(str(key))
        clock.now += 0.1
    assert len(buckets._buckets) <= 3


def test_the_refusal_says_when_to_come_again(clock):
    async def ask() -> httpx.Response:
        async with client(RequestIds(limiting(rate=0.25))) as asking:
            headers = {"Authorization": "Bearer one", "X-Request-Id": "r1", "Accept-Language": "zh"}
            await asking.get("/", headers=headers)
            return await asking.get("/", headers=headers)

    refused = asyncio.run(ask())
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "4"
    assert refused.headers["Content-Type"] == "application/problem+json"
    problem = refused.json()
    assert (problem["code"], problem["status"], problem["request"]) == ("rate_limited", 429, "r1")
    assert "请求过多" in problem["detail"]


def test_more_than_can_wait_is_refused_at_once_and_the_doors_stay_open():
    async def ask() -> tuple[list[int], httpx.Response, list[int], int]:
        go = asyncio.Event()

        async def slow(request: Request) -> PlainTextResponse:
            if request.url.path == "/":
                await go.wait()
            return PlainTextResponse("done")

        async with client(RequestIds(Overload(app(slow), most=4))) as asking:
            inside = [asyncio.create_task(asking.get("/")) for _ in range(4)]
            await asyncio.sleep(0.05)
            refused = await asking.get("/")
            doors = [(await asking.get(path)).status_code for path in OPEN]
            go.set()
            ended = [(await one).status_code for one in inside]
            return ended, refused, doors, (await asking.get("/")).status_code

    ended, refused, doors, after = asyncio.run(ask())
    assert ended == [200] * 4
    assert (refused.status_code, refused.json()["code"], refused.headers["Retry-After"]) == (503, "overloaded", "1")
    assert doors == [200] * 3
    assert after == 200


def test_a_request_that_fails_leaves_its_place():
    async def broken(_: Request) -> PlainTextResponse:
        raise RuntimeError

    async def ask() -> list[type[BaseException]]:
        raised: list[type[BaseException]] = []
        async with client(Overload(app(broken), most=1)) as asking:
            for _ in range(3):
                try:
                    await asking.get("/")
                except RuntimeError as error:
                    raised.append(type(error))
        return raised

    assert asyncio.run(ask()) == [RuntimeError] * 3


def test_the_service_limits_each_key(database):
    with serving(database, rate_limit=0.5) as service:
        tenant = service.new_tenant()
        answers = [tenant.as_("erp").get("/v1/me") for _ in range(2)]
        others = tenant.as_("viewer").get("/v1/me")
        tenant.close()
    assert [one.status_code for one in answers] == [200, 429]
    assert answers[1].json()["code"] == "rate_limited"
    assert others.status_code == 200
