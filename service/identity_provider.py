"""Tokens of the company's identity provider, as who their bearers are here (OpenID Connect Discovery 1.0, RFC 7519)."""

import json
import time
from collections.abc import Mapping
from threading import Lock
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import jwt

from service.api.bearers import Bearer, not_mapped
from service.api.problems import Problem
from service.api.roles import ROLES
from service.settings import Settings

AWAY_SECONDS = 10
REFRESH_SECONDS = 300.0
"""At least between two looks at the provider's keys, however many tokens name unknown ones."""

FORGET_SECONDS = 24 * 3600.0
"""After these a key that the provider has taken back is worth nothing, though nobody used a new one meanwhile."""

LEEWAY_SECONDS = 30
LONGEST = 8 * 1024
_TIMEOUT = 5.0
_LARGEST = 256 * 1024


class Provider:
    """One identity provider. Its keys are fetched when the first token comes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._keys: dict[str | None, jwt.PyJWK] = {}
        self._looked_at = float("-inf")
        self._found_at = float("-inf")
        self._looking = Lock()

    def read(self, text: str) -> Bearer | None:
        """Who bears it; None for what is no valid token for us now. Raises Problem 403 `token_not_mapped` for one that names
        no tenant, user or role of ours, and 503 when the provider's keys cannot be had."""
        if len(text) > LONGEST:
            return None
        try:
            key = self._key(jwt.get_unverified_header(text).get("kid"))
            claims = jwt.decode(
                text,
                key,
                algorithms=list(self._settings.oidc_algorithms),
                audience=self._settings.oidc_audience,
                issuer=self._settings.oidc_issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud"]},
            )
        except (jwt.PyJWTError, LookupError):
            return None
        return self._mapped(claims)

    def _mapped(self, claims: Mapping[str, Any]) -> Bearer:
        settings = self._settings
        tenant = settings.oidc_tenant or _claim(claims, settings.oidc_tenant_claim)
        user = _claim(claims, settings.oidc_user_claim)
        named = claims.get(settings.oidc_role_claim)
        names = {one for one in (named if isinstance(named, list) else [named]) if isinstance(one, str)}
        roles = settings.oidc_roles or {name: name for name in sorted(names)}
        role = next((role for name, role in roles.items() if name in names), None)
        if role not in ROLES or (not settings.oidc_roles and len(names) > 1):
            raise not_mapped(settings.oidc_role_claim)
        return Bearer(tenant, role, user, float(claims["exp"]) + LEEWAY_SECONDS)

    def _key(self, id: str | None) -> jwt.PyJWK:
        """The provider's key of that id. Raises KeyError, and Problem when the provider is away and has never been seen."""
        with self._looking:
            now = time.monotonic()
            stale = id not in self._keys or now - self._found_at > FORGET_SECONDS
            if stale and now - self._looked_at > (REFRESH_SECONDS if self._keys else AWAY_SECONDS):
                self._looked_at = now
                try:
                    self._keys, self._found_at = self._fetched(), now
                except (URLError, OSError, ValueError, KeyError, jwt.PyJWTError):
                    if now - self._found_at > FORGET_SECONDS:
                        self._keys = {}
            if not self._keys:
                raise Problem(503, "identity_provider_away", retry_after=AWAY_SECONDS)
            return self._keys[id]

    def _fetched(self) -> dict[str | None, jwt.PyJWK]:
        issuer = str(self._settings.oidc_issuer)
        configuration = _get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if configuration["issuer"] != issuer:
            raise ValueError("the configuration is another issuer's")
        return {key.key_id: key for key in jwt.PyJWKSet.from_dict(_get(configuration["jwks_uri"])).keys}


def _claim(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise not_mapped(name)
    return value


def _get(url: str) -> Any:
    if not url.startswith(("https://", "http://")):
        raise ValueError("the provider names an address that is none")
    with urlopen(url, timeout=_TIMEOUT) as answer:
        return json.loads(answer.read(_LARGEST))
