"""The settings, read once from the environment and passed down as one immutable value."""

import base64
import binascii
import os
import secrets
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PREFIX = "DUNLOG_"
KEY_BYTES = 32


class SettingsError(Exception):
    """A setting cannot be used; the text names the variable and how to mend it."""


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _by_commas(value: object) -> object:
    return _parts(value) if isinstance(value, str) else value


def _pairs(value: object) -> object:
    if not isinstance(value, str):
        return value
    parts = [part.partition("=") for part in _parts(value)]
    if any(not (left and right) for left, _, right in parts):
        raise ValueError("it must look like ar-collectors=collector,ar-managers=manager")
    return {left.strip(): right.strip() for left, _, right in parts}


def _networks(value: object) -> object:
    return tuple(ip_network(part) for part in _parts(value)) if isinstance(value, str) else value


def _origin(text: str) -> str:
    """As browsers send it: RFC 6454, 7."""
    scheme, separator, host = text.lower().partition("://")
    if scheme not in ("http", "https") or not separator or not host or set(host) & set("/?#@*, "):
        raise ValueError("an origin looks like https://receivables.example.com, without a path and without *")
    return f"{scheme}://{host}"


Origin = Annotated[str, AfterValidator(_origin)]


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_networks)]
PortNumber = Annotated[int, Field(ge=1, le=65535)]
Ports = Annotated[tuple[PortNumber, ...], NoDecode, BeforeValidator(_by_commas)]
Origins = Annotated[tuple[Origin, ...], NoDecode, BeforeValidator(_by_commas)]
Roles = Annotated[dict[str, str], NoDecode, BeforeValidator(_pairs)]
Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
Algorithms = Annotated[tuple[Algorithm, ...], NoDecode, BeforeValidator(_by_commas), Field(min_length=1)]
Level = Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)]
Format = Annotated[Literal["json", "text"], BeforeValidator(_lower)]


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, populate_by_name=True, hide_input_in_errors=True)

    database_url: str | None = Field(
        None,
        validation_alias="DATABASE_URL",
        description="PostgreSQL 16 or newer, as postgresql://user:password@host/name. Without it an embedded server is "
        "started under the data directory.",
    )
    data_dir: Path = Field(Path(".data"), description="Where the embedded database and the local key lie.")
    postgres_bin: Path | None = Field(
        None, description="Folder of other `postgres` and `initdb` programs for the embedded server."
    )
    host: str = Field("127.0.0.1", min_length=1, description="Address the API listens on.")
    port: PortNumber = Field(8000, description="Port the API listens on.")
    trusted_proxies: Networks = Field(
        (), description="Networks (CIDR, comma-separated) of proxies whose X-Forwarded-* headers are believed."
    )
    oidc_issuer: str | None = Field(
        None,
        description="Identity provider whose tokens are taken beside keys, as https://login.example.com/realm; its "
        "configuration is read from there.",
    )
    oidc_audience: str | None = Field(
        None, validate_default=True, description="Audience (`aud`) that its tokens must be for."
    )
    oidc_algorithms: Algorithms = Field(
        ("RS256", "ES256"), description="Signatures that are taken, comma-separated; never by a shared secret."
    )
    oidc_tenant: str | None = Field(None, description="Tenant of everybody with a token, when there is only one.")
    oidc_tenant_claim: str = Field("dunlog_tenant", description="Claim that names the tenant otherwise.")
    oidc_user_claim: str = Field("preferred_username", description="Claim that names the user.")
    oidc_role_claim: str = Field("dunlog_role", description="Claim with the role, or with several names of groups.")
    oidc_roles: Roles = Field(
        {},
        description="Roles by the names in that claim, e.g. ar-collectors=collector,ar-managers=manager; of several the "
        "first one here decides. Without it the claim names the role itself.",
    )
    cors_origins: Origins = Field(
        (),
        description="Origins of front ends that browsers may let read answers, comma-separated, e.g. "
        "https://receivables.example.com.",
    )
    webhook_allow_networks: Networks = Field(
        (),
        description="Denied networks (CIDR, comma-separated) that webhooks may reach, on any port and by http.",
    )
    webhook_allow_http: bool = Field(False, description="Allow webhooks over plain http everywhere.")
    webhook_allow_ports: Ports = Field((443, 8443), description="Ports that webhooks may reach, comma-separated.")
    webhook_kept_days: int = Field(
        30, ge=5, le=3650, description="Days for which what was sent to webhooks can be looked up and sent again."
    )
    smtp_url: SecretStr | None = Field(
        None,
        description="Mail server, as smtp+starttls://user:password@host:587, smtps://host:465 or smtp://host:25. "
        "Without it e-mail is captured in a sandbox and skipped in a live tenant.",
    )
    smtp_from: str | None = Field(None, description="Sender address of e-mail, e.g. receivables@example.com.")
    smtp_reply_to: str | None = Field(
        None,
        description="Address to which answers go, when its mail is posted to /v1/inbound-mail; otherwise they go to whoever "
        "signs the message.",
    )
    secret_key: SecretStr | None = Field(
        None,
        description="Base64 of 32 random bytes that encrypt webhook secrets and key the fingerprints of events; the same on "
        "every replica and for ever. Beside an embedded database one is made in the data directory.",
    )
    secret_key_file: Path | None = Field(None, description="File that holds the secret key instead.")
    pool_size: int = Field(
        default_factory=lambda: 2 * (os.cpu_count() or 1),
        ge=2,
        le=500,
        description="Database connections of one process; by default twice the processors.",
    )
    tick_seconds: float = Field(1.0, ge=0.05, le=60, description="Seconds between two looks at the alarms.")
    rate_limit: float = Field(
        200.0,
        ge=0,
        le=1_000_000,
        description="Requests a second that one key may make on one process, twice as many in a burst; 0 sets no limit.",
    )
    metrics_port: PortNumber | None = Field(
        None, description="Port on which `dunlog worker` shows its figures; `dunlog serve` has /metrics."
    )
    log_level: Level = Field("info", description="Least level that is logged.")
    log_format: Format = Field("json", description="Form of the log lines: json for machines, or text.")

    @field_validator("database_url")
    @classmethod
    def _postgres_only(cls, url: str | None) -> str | None:
        if not url:
            return None
        scheme, separator, rest = url.partition("://")
        if scheme not in ("postgres", "postgresql", "postgresql+psycopg") or not separator:
            raise ValueError("it must begin with postgresql://")
        return f"postgresql://{rest}"

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, url: SecretStr | None) -> SecretStr | None:
        if url is None or not url.get_secret_value():
            return None
        parts = urlsplit(url.get_secret_value())
        known = parts.scheme in ("smtp", "smtps", "smtp+starttls")
        if not known or not parts.hostname or (parts.port is not None and not parts.port):
            raise ValueError("it must look like smtp://user:password@host:587")
        return url

    @field_validator("oidc_issuer")
    @classmethod
    def _provider(cls, url: str | None) -> str | None:
        if not url:
            return None
        parts = urlsplit(url)
        local = parts.hostname in ("localhost", "127.0.0.1", "::1")
        if not parts.hostname or parts.query or parts.scheme not in (("https", "http") if local else ("https",)):
            raise ValueError("it must begin with https://")
        return url

    @field_validator("oidc_audience")
    @classmethod
    def _for_us(cls, audience: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("oidc_issuer") and not audience:
            raise ValueError("it is missing beside DUNLOG_OIDC_ISSUER, and tokens for others would be taken")
        return audience or None

    @field_validator("smtp_from", "smtp_reply_to")
    @classmethod
    def _sender(cls, address: str | None) -> str | None:
        if address and ("@" not in address or any(ord(letter) < 32 for letter in address)):
            raise ValueError("it must be one e-mail address")
        return address or None

    @field_validator("postgres_bin", "secret_key_file", "metrics_port", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return value or None

    @property
    def embedded(self) -> bool:
        """Whether the database is ours to start and migrate."""
        return self.database_url is None


def load(**given: Any) -> Settings:
    """The settings of the environment, `given` ones first. Raises SettingsError naming each variable at fault."""
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingsError("\n".join(_sentences(error))) from None


def _sentences(error: ValidationError) -> Iterator[str]:
    # one a variable: a list may be wrong in several places, a union in several ways
    faults = {str(fault["loc"][0]): fault["msg"] for fault in reversed(error.errors(include_url=False)) if fault["loc"]}
    for field, message in reversed(faults.items()):
        said = message.removeprefix("Value error, ")
        yield f"{variable(field)} cannot be used: {said[:1].lower()}{said[1:]}. `dunlog settings` describes it."


def variable(field: str) -> str:
    """The environment variable of a field."""
    return "DATABASE_URL" if field.upper() == "DATABASE_URL" else f"{PREFIX}{field.upper()}"


def secret_key(settings: Settings) -> bytes:
    """The 32 bytes that encrypt secrets at rest. Raises SettingsError when none is set beside a DATABASE_URL."""
    if settings.secret_key is not None and settings.secret_key_file is not None:
        raise SettingsError("DUNLOG_SECRET_KEY and DUNLOG_SECRET_KEY_FILE are both set; keep one of them.")
    if settings.secret_key is not None:
        return _decoded(settings.secret_key.get_secret_value(), "DUNLOG_SECRET_KEY")
    if settings.secret_key_file is not None:
        return _read_key(settings.secret_key_file, f"The file {settings.secret_key_file} of DUNLOG_SECRET_KEY_FILE")
    if not settings.embedded:
        raise SettingsError(
            "Webhook secrets are stored encrypted: with DATABASE_URL set DUNLOG_SECRET_KEY, the same on every replica, "
            "or DUNLOG_SECRET_KEY_FILE. To make one: openssl rand -base64 32"
        )
    return _local_key(settings.data_dir / "secret.key")


def _local_key(path: Path) -> bytes:
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)  # unlike a rename this never replaces the key of another starter
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return _read_key(path, f"The key file {path}")


def _read_key(path: Path, name: str) -> bytes:
    try:
        return _decoded(path.read_text("ascii").strip(), name)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name} cannot be read: {error}.") from None


def _decoded(text: str, name: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingsError(f"{name} must hold base64 of {KEY_BYTES} bytes. To make one: openssl rand -base64 32")
    return key
