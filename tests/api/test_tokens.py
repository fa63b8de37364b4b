"""Tokens of the company's identity provider beside keys: who they are here, and what is none."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from service import identity_provider
from service.settings import SettingsError, load
from tests.api.conftest import serving
from tests.api.tenants import Service, Tenant, problem
from tests.patience import eventually

AUDIENCE = "dunlog"


class Issuer(ThreadingHTTPServer):
    """An identity provider that serves its configuration and keys."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}/realm"
        self.keys: dict[str, Any] = {}
        self.asked = 0
        self.away = False
        self.add("first")

    def add(self, id: str) -> None:
        self.keys[id] = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def token(self, tenant: str, key: str = "first", algorithm: str = "RS256", **claims: Any) -> str:
        """One for `tenant`'s supervisor li.na, unless told otherwise; a claim of None is left out."""
        usual = {"iss": self.url, "aud": AUDIENCE, "exp": time.time() + 600, "preferred_username": "li.na"}
        given = {**usual, "dunlog_tenant": tenant, "dunlog_role": "supervisor", **claims}
        told = {name: value for name, value in given.items() if value is not None}
        return jwt.encode(told, self.keys[key], algorithm=algorithm, headers={"kid": key})

    def jwks(self) -> list[dict[str, Any]]:
        made = []
        for id, key in self.keys.items():
            kind = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
            made.append({**kind.to_jwk(key.public_key(), as_dict=True), "kid": id, "use": "sig"})
        return made


class _Handler(BaseHTTPRequestHandler):
    server: Issuer

    def do_GET(self) -> None:
        issuer = self.server
        issuer.asked += 1
        answers = {
            "/realm/.well-known/openid-configuration": {"issuer": issuer.url, "jwks_uri": f"{issuer.url}/keys"},
            "/realm/keys": {"keys": issuer.jwks()},
        }
        self.send_response(503 if issuer.away else 200)
        self.end_headers()
        self.wfile.write(json.dumps(answers[self.path]).encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with Issuer() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


@contextmanager
def trusting(database: str, issuer: Issuer, **given: Any) -> Iterator[Service]:
    with serving(database, oidc_issuer=issuer.url, oidc_audience=AUDIENCE, **given) as service:
        yield service


@pytest.fixture
def trusted(database: str, issuer: Issuer) -> Iterator[Tenant]:
    with trusting(database, issuer) as service:
        tenant = service.new_tenant()
        yield tenant
        tenant.close()


def ask(service: Service, token: str, path: str = "/v1/me", **given: Any) -> httpx.Response:
    return httpx.request(
        given.pop("method", "GET"), f"{service.url}{path}", headers={"Authorization": f"Bearer {token}"}, timeout=20, **given
    )


def test_a_token_is_its_user_in_its_role_of_its_tenant(trusted: Tenant, issuer: Issuer):
    answer = ask(trusted.service, issuer.token(trusted.name))
    assert answer.status_code == 200, answer.text
    me = answer.json()
    assert (me["user"], me["role"]) == ("li.na", "supervisor")
    trusted.bill("INV-1")
    note = ask(trusted.service, issuer.token(trusted.name), "/v1/cases/INV-1/notes", method="POST", json={"text": "x"})
    assert note.status_code in (200, 201), note.text
    assert trusted.get("/v1/cases/INV-1/events")["data"][-1]["actor"] == "li.na"


def test_a_role_may_no_more_than_with_a_key(trusted: Tenant, issuer: Issuer):
    answer = ask(trusted.service, issuer.token(trusted.name, dunlog_role="viewer"), "/v1/webhook-endpoints")
    assert problem(answer) == (403, "role_may_not")


def test_who_asked_by_token_never_grants_by_key_or_token(trusted: Tenant, issuer: Issuer):
    """Four eyes compare users."""
    trusted.customer()
    trusted.bill("INV-1")
    asked = ask(
        trusted.service,
        issuer.token(trusted.name, dunlog_role="manager", preferred_username="wu"),
        "/v1/customers/C-1/hold",
        method="POST",
        json={"reason": "x"},
    )
    assert asked.status_code == 202, asked.text
    grant = f"/v1/approvals/{asked.json()['id']}/grant"
    boss = issuer.token(trusted.name, dunlog_role="boss", preferred_username="wu")
    assert problem(ask(trusted.service, boss, grant, method="POST", json={})) == (403, "four_eyes")
    assert problem(trusted.as_("boss", "wu").post(grant, json={})) == (403, "four_eyes")
    other = issuer.token(trusted.name, dunlog_role="boss", preferred_username="zhou")
    assert ask(trusted.service, other, grant, method="POST", json={}).status_code == 200


def unsigned(issuer: Issuer, tenant: str) -> str:
    claims = jwt.decode(issuer.token(tenant), options={"verify_signature": False})
    return jwt.encode(claims, "", algorithm="none", headers={"kid": "first"})


def signed_by_secret(issuer: Issuer, tenant: str) -> str:
    """With the public key as the secret: what a check that believes `alg` would take."""
    claims = jwt.decode(issuer.token(tenant), options={"verify_signature": False})
    return jwt.encode(claims, "x" * 64, algorithm="HS256", headers={"kid": "first"})


def signed_by_another(issuer: Issuer, tenant: str) -> str:
    other = Issuer()
    other.url = issuer.url
    other.server_close()
    return other.token(tenant)


NONE = {
    "expired": lambda issuer, tenant: issuer.token(tenant, exp=time.time() - 60),
    "without an end": lambda issuer, tenant: issuer.token(tenant, exp=None),
    "not yet": lambda issuer, tenant: issuer.token(tenant, nbf=time.time() + 600),
    "for others": lambda issuer, tenant: issuer.token(tenant, aud="payroll"),
    "for nobody": lambda issuer, tenant: issuer.token(tenant, aud=None),
    "of another issuer": lambda issuer, tenant: issuer.token(tenant, iss="https://evil.example"),
    "unsigned": unsigned,
    "signed by a secret": signed_by_secret,
    "signed by another key": signed_by_another,
    "signed by an algorithm that is not ours": lambda issuer, tenant: issuer.token(tenant, algorithm="RS512"),
    "changed": lambda issuer, tenant: issuer.token(tenant).replace(".", ".e30", 1),
    "no token": lambda issuer, tenant: "a.b.c",
    "endless": lambda issuer, tenant: issuer.token(tenant, more="x" * 9000),
}


@pytest.mark.parametrize("what", NONE)
def test_what_is_no_valid_token_is_told_nothing(trusted: Tenant, issuer: Issuer, what: str):
    assert ask(trusted.service, issuer.token(trusted.name)).status_code == 200
    answer = ask(trusted.service, NONE[what](issuer, trusted.name))
    assert problem(answer) == (401, "unauthorized")
    assert answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    "claims",
    [
        {"dunlog_tenant": None},
        {"dunlog_tenant": "nobody"},
        {"dunlog_tenant": "No Tenant'"},
        {"preferred_username": None},
        {"preferred_username": "li na"},
        {"dunlog_role": None},
        {"dunlog_role": "emperor"},
        {"dunlog_role": ["collector", "boss"]},
    ],
    ids=str,
)
def test_a_token_of_somebody_who_is_nobody_here_is_said_to_be(trusted: Tenant, issuer: Issuer, claims: dict[str, Any]):
    assert problem(ask(trusted.service, issuer.token(trusted.name, **claims))) == (403, "token_not_mapped")


def test_groups_are_roles_as_the_setting_maps_them_the_first_named_there_first(database: str, issuer: Issuer):
    with trusting(database, issuer, oidc_roles={"ar-bosses": "boss", "ar-staff": "collector"}) as service:
        tenant = service.new_tenant()
        for groups, role in ((["x", "ar-staff"], "collector"), (["ar-staff", "ar-bosses"], "boss")):
            assert ask(service, issuer.token(tenant.name, dunlog_role=groups)).json()["role"] == role
        assert problem(ask(service, issuer.token(tenant.name, dunlog_role=["boss"]))) == (403, "token_not_mapped")
        tenant.close()


def test_one_tenant_for_all_and_another_claim_for_the_user(database: str, issuer: Issuer):
    with serving(database) as before:
        tenant = before.new_tenant()
    with trusting(database, issuer, oidc_tenant=tenant.name, oidc_user_claim="sub") as service:
        answer = ask(service, issuer.token("nobody", sub="u-1"))
        assert answer.json()["user"] == "u-1", answer.text
    tenant.close()


def test_a_new_key_of_the_provider_is_fetched_and_unknown_ones_do_not_make_us_ask_and_ask(
    trusted: Tenant, issuer: Issuer, monkeypatch
):
    clock = Later(monkeypatch)
    assert ask(trusted.service, issuer.token(trusted.name)).status_code == 200
    asked = issuer.asked
    issuer.add("second")
    for _ in range(5):
        assert ask(trusted.service, issuer.token(trusted.name, key="second", jti=f"{_}")).status_code == 401
    assert issuer.asked == asked
    clock.seconds += identity_provider.REFRESH_SECONDS + 1
    assert ask(trusted.service, issuer.token(trusted.name, key="second")).status_code == 200
    assert issuer.asked == asked + 2


class Later:
    """The provider's clock, ahead by so many seconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds = 0.0
        monkeypatch.setattr(identity_provider, "time", self)

    def monotonic(self) -> float:
        return time.monotonic() + self.seconds


def test_a_provider_that_is_away_is_said_to_be_and_known_keys_go_on(trusted: Tenant, issuer: Issuer, monkeypatch):
    clock = Later(monkeypatch)
    issuer.away = True
    answer = ask(trusted.service, issuer.token(trusted.name))
    assert problem(answer) == (503, "identity_provider_away")
    assert answer.headers["Retry-After"]
    issuer.away = False
    clock.seconds += identity_provider.AWAY_SECONDS + 1
    assert ask(trusted.service, issuer.token(trusted.name)).status_code == 200
    issuer.away = True
    clock.seconds += 3600
    assert ask(trusted.service, issuer.token(trusted.name, jti="other")).status_code == 200
    clock.seconds += identity_provider.FORGET_SECONDS
    assert ask(trusted.service, issuer.token(trusted.name, jti="another")).status_code == 503


def test_the_provider_must_say_that_it_is_itself(trusted: Tenant, issuer: Issuer):
    token = issuer.token(trusted.name)
    issuer.url += "/other"
    assert ask(trusted.service, token).status_code == 503


def test_elliptic_curves_too(trusted: Tenant, issuer: Issuer):
    issuer.keys["curve"] = ec.generate_private_key(ec.SECP256R1())
    assert ask(trusted.service, issuer.token(trusted.name, key="curve", algorithm="ES256")).status_code == 200


def test_a_token_that_was_good_is_worth_nothing_when_it_has_expired(trusted: Tenant, issuer: Issuer):
    for seconds in (1.5, 5, 20):  # as long as this machine needs to ask in time
        token = issuer.token(trusted.name, exp=time.time() - identity_provider.LEEWAY_SECONDS + seconds)
        if ask(trusted.service, token).status_code == 200:
            break
    else:
        raise AssertionError("it was never good")
    eventually(lambda: ask(trusted.service, token).status_code != 200, "it has expired")
    assert problem(ask(trusted.service, token)) == (401, "unauthorized")


def test_without_a_provider_no_token_is_good(tenant: Tenant, issuer: Issuer):
    assert problem(ask(tenant.service, issuer.token(tenant.name))) == (401, "unauthorized")
    assert issuer.asked == 0


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"oidc_issuer": "http://login.example.com", "oidc_audience": "x"}, "DUNLOG_OIDC_ISSUER"),
        ({"oidc_issuer": "https://login.example.com"}, "DUNLOG_OIDC_AUDIENCE"),
        ({"oidc_algorithms": "HS256"}, "DUNLOG_OIDC_ALGORITHMS"),
        ({"oidc_algorithms": ""}, "DUNLOG_OIDC_ALGORITHMS"),
        ({"oidc_roles": "boss"}, "DUNLOG_OIDC_ROLES"),
    ],
)
def test_settings_that_would_let_anybody_in_are_refused(given: dict[str, str], named: str):
    with pytest.raises(SettingsError, match=named):
        load(**given)
