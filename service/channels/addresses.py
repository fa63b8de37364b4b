"""Which address a webhook may reach: the form of the URL when an endpoint is created, every answer of DNS at every
connect. Nothing here opens a connection."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal, Never

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Code = Literal[
    "url_too_long", "url_characters", "url_malformed", "scheme_not_allowed", "https_required", "userinfo_not_allowed",
    "fragment_not_allowed", "host_missing", "host_percent", "host_not_ascii", "host_too_long", "host_invalid",
    "port_invalid", "port_not_allowed", "address_denied",
]  # fmt: skip

MAX_URL = 2048
MAX_HOST = 253
DEFAULT_PORTS = {"https": 443, "http": 80}

# Written out, because `is_global` lets through ::127.0.0.1, 64:ff9b::7f00:1, 2002:7f00:1::, multicast and more.
DENIED: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        # All of IPv6 but 2000::/3: loopback, ::/96, mapped, translated, 64:ff9b, 100::, 5f00, fc00, fe80, fec0, ff00
        "::/3", "4000::/2", "8000::/1",
        # Inside 2000::/3: protocol assignments with Teredo, documentation twice, 6to4
        "2001::/23", "2001:db8::/32", "3fff::/20", "2002::/16",
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip

_PARTS = re.compile(r"([^:/?#]*)://([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?")
_CHARACTERS = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2}|[^\x00-\x7f])*")
_AUTHORITY = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::(.*))?")
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LOOPBACK_NAME = re.compile(r"(?:.+\.)?localhost(?:\.localdomain)?|ip6-(?:localhost|loopback)")


class UrlRefused(ValueError):
    """This URL, or what its name resolves to, may not be called: a stable code and its parameters."""

    def __init__(self, code: Code, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Reach:
    """What the operator allowed. Inside `networks` neither the https rule nor the ports rule binds."""

    networks: tuple[Network, ...] = ()
    allow_http: bool = False
    ports: frozenset[int] = field(default=frozenset({443, 8443}))

    @classmethod
    def read(cls, networks: str = "", *, allow_http: bool = False, ports: str = "443,8443") -> "Reach":
        """From the settings' comma-separated texts; raises ValueError with a sentence naming the bad part."""
        return cls(tuple(_network(part) for part in _split(networks)), allow_http, frozenset(map(_port, _split(ports))))


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart once, so that what was checked and what is called cannot differ. `path` includes the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The Host header: brackets for IPv6, the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def check_url(url: str, reach: Reach) -> Target:
    """The URL taken apart, or UrlRefused. Literal addresses are decided here; names are asked at every connect."""
    scheme, authority, path, query = _split_url(url)
    host, port = _host_and_port(authority, scheme)
    literal = literal_of(host)
    if literal is not None:
        admit(scheme, port, literal, reach, host)
    elif _LOOPBACK_NAME.fullmatch(host):
        admit(scheme, port, _loopback(reach), reach, host)
    elif not reach.networks:
        # With allowed networks the name may lead into one of them, where these rules do not bind: connect decides.
        _admit_public(scheme, port, reach)
    return Target(scheme, str(literal or host), port, (path or "/") + (query or ""))


def check_answers(scheme: str, host: str, port: int, answers: Iterable[str], reach: Reach) -> tuple[Address, ...]:
    """What DNS answered for a host, all of it admitted; one bad answer refuses the host."""
    addresses = dict.fromkeys(_parse(answer, host) for answer in answers)
    for address in addresses:
        admit(scheme, port, address, reach, host)
    return tuple(addresses)


def admit(scheme: str, port: int, address: Address, reach: Reach, host: str) -> None:
    """Raises UrlRefused unless this address may be called so. The address stays out of the parameters: a tenant must
    not learn from us what our internal names resolve to."""
    if any(address in network for network in reach.networks):
        return
    if any(address in network for network in DENIED):
        raise UrlRefused("address_denied", host=host)
    _admit_public(scheme, port, reach)


def literal_of(host: str) -> Address | None:
    """The address when the host is written as one (IPv6 without brackets), else None."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def _split_url(url: str) -> tuple[str, str, str, str | None]:
    if len(url) > MAX_URL:
        raise UrlRefused("url_too_long", limit=MAX_URL)
    parts = _PARTS.fullmatch(url)
    if parts is not None and "%" in parts[2]:
        raise UrlRefused("host_percent")
    if not _CHARACTERS.fullmatch(url):
        raise UrlRefused("url_characters")
    if parts is None:
        raise UrlRefused("url_malformed")
    scheme, authority, path, query, fragment = parts.groups()
    if scheme.lower() not in DEFAULT_PORTS:
        raise UrlRefused("scheme_not_allowed", scheme=scheme[:20])
    if "@" in authority:
        raise UrlRefused("userinfo_not_allowed")
    if fragment is not None:
        raise UrlRefused("fragment_not_allowed")
    if not (path + (query or "")).isascii():
        raise UrlRefused("url_characters")
    return scheme.lower(), authority, path, query


def _host_and_port(authority: str, scheme: str) -> tuple[str, int]:
    if not authority.isascii():
        # Unicode names have several readings (full-width digits, ideographic full stops); the xn-- form has one.
        raise UrlRefused("host_not_ascii")
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        raise UrlRefused("host_invalid")
    host, port = match[1].lower(), match[2]
    if port is not None and not (_PORT.fullmatch(port) and int(port) <= 65535):
        raise UrlRefused("port_invalid")
    return _host(host), DEFAULT_PORTS[scheme] if port is None else int(port)


def _host(host: str) -> str:
    if not host:
        raise UrlRefused("host_missing")
    if len(host) > MAX_HOST:
        raise UrlRefused("host_too_long", limit=MAX_HOST)
    bracketed = host.startswith("[")
    bare = host[1:-1] if bracketed else host
    literal = literal_of(bare)
    if bracketed != isinstance(literal, IPv6Address):
        raise UrlRefused("host_invalid")
    if literal is None:
        _check_labels(bare)
    return bare


def _check_labels(host: str) -> None:
    labels = host.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise UrlRefused("host_invalid")
    if _NUMBER.fullmatch(labels[-1]):
        # The C library reads 127.1, 0177.0.0.1, 2130706433 and 0x7f.1 as addresses; only the dotted form is a host.
        raise UrlRefused("host_invalid")


def _admit_public(scheme: str, port: int, reach: Reach) -> None:
    if scheme != "https" and not reach.allow_http:
        raise UrlRefused("https_required")
    if port not in reach.ports:
        raise UrlRefused("port_not_allowed", port=port, allowed=", ".join(map(str, sorted(reach.ports))))


def _loopback(reach: Reach) -> Address:
    four, six = IPv4Address("127.0.0.1"), IPv6Address("::1")
    return six if any(six in network for network in reach.networks) else four


def _parse(answer: str, host: str) -> Address:
    address = literal_of(answer)
    if address is None or "%" in answer:
        raise UrlRefused("address_denied", host=host)
    return address


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError as error:
        _bad(f"{text!r} is not a network such as 10.1.0.0/16: {error}")


def _port(text: str) -> int:
    if not (_PORT.fullmatch(text) and int(text) <= 65535):
        _bad(f"{text!r} is not a port from 1 to 65535")
    return int(text)


def _bad(sentence: str) -> Never:
    raise ValueError(sentence) from None
