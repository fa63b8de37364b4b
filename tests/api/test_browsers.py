"""What pages of other origins may do: nothing, unless the operator let them in."""

from collections.abc import Iterator

import httpx
import pytest

from service.settings import SettingsError, load
from tests.api.conftest import serving
from tests.api.tenants import Service, Tenant

FRONT_END = "https://receivables.example.com"
PREFLIGHT = {
    "Origin": FRONT_END,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization, content-type, idempotency-key, if-match",
}


@pytest.fixture(scope="module")
def opened(database: str) -> Iterator[Service]:
    with serving(database, cors_origins=(FRONT_END,)) as service:
        yield service


def headers(response: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name.startswith("access-control-")}


def test_a_front_end_that_is_let_in_asks_commands_and_reads_what_it_needs(opened: Service):
    tenant = opened.new_tenant()
    tenant.bill("INV-1")
    asked = httpx.options(f"{opened.url}/v1/cases/INV-1/notes", headers=PREFLIGHT)
    assert asked.status_code == 200
    assert headers(asked)["access-control-allow-origin"] == FRONT_END
    answer = tenant.as_("viewer").get("/v1/cases/INV-1", headers={"Origin": FRONT_END})
    assert headers(answer)["access-control-allow-origin"] == FRONT_END
    assert {"ETag", "Location", "Retry-After"} <= set(headers(answer)["access-control-expose-headers"].split(", "))
    assert "access-control-allow-credentials" not in answer.headers
    tenant.close()


def test_its_mistakes_are_told_to_it_too(opened: Service):
    answer = httpx.get(f"{opened.url}/v1/cases", headers={"Origin": FRONT_END})
    assert answer.status_code == 401
    assert headers(answer)["access-control-allow-origin"] == FRONT_END


def test_pages_of_other_origins_read_nothing(opened: Service):
    other = PREFLIGHT | {"Origin": "https://evil.example"}
    asked = httpx.options(f"{opened.url}/v1/cases/INV-1/notes", headers=other)
    assert asked.status_code == 400
    assert "access-control-allow-origin" not in asked.headers


def test_unless_told_otherwise_nobody_is_let_in(tenant: Tenant):
    answer = tenant.as_("viewer").get("/v1/cases", headers={"Origin": FRONT_END})
    assert headers(answer) == {}
    assert httpx.options(f"{tenant.service.url}/v1/cases", headers=PREFLIGHT).status_code == 405


@pytest.mark.parametrize("origin", ["*", "receivables.example.com", "https://a.example/", "https://*.a.example", "ftp://a"])
def test_what_is_no_origin_is_said(origin: str):
    with pytest.raises(SettingsError, match="DUNLOG_CORS_ORIGINS"):
        load(cors_origins=origin)
