"""Which URL is accepted when an endpoint is created, and which answer of DNS is admitted."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.channels.addresses import DENIED, MAX_URL, Reach, UrlRefused, admit, check_answers, check_url
from service.channels.outcome import Failed
from service.channels.webhook import Sender
from tests.channels.receivers import delivery
from tests.conftest import Tell

STRICT = Reach()
LONG_LABEL = "a" * 64
HOSTILE = [
    ("", "url_malformed"),
    ("hooks.example.com", "url_malformed"),
    ("https:hooks.example.com", "url_malformed"),
    ("https:/hooks.example.com/", "url_malformed"),
    ("//hooks.example.com/", "url_malformed"),
    ("javascript:alert(1)", "url_malformed"),
    ("https://e.com/" + "a" * MAX_URL, "url_too_long"),
    ("ftp://hooks.example.com/", "scheme_not_allowed"),
    ("file:///etc/passwd", "scheme_not_allowed"),
    ("gopher://127.0.0.1:6379/_FLUSHALL", "scheme_not_allowed"),
    ("ws://hooks.example.com/", "scheme_not_allowed"),
    ("://hooks.example.com/", "scheme_not_allowed"),
    ("http://hooks.example.com/", "https_required"),
    ("HTTP://hooks.example.com/", "https_required"),
    ("http://8.8.8.8/", "https_required"),
    ("https://hooks.example.com:22/", "port_not_allowed"),
    ("https://8.8.8.8:6379/", "port_not_allowed"),
    ("https://hooks.example.com:0/", "port_invalid"),
    ("https://hooks.example.com:65536/", "port_invalid"),
    ("https://hooks.example.com:0443/", "port_invalid"),
    ("https://hooks.example.com:/", "port_invalid"),
    ("https://hooks.example.com:+443/", "port_invalid"),
    ("https://hooks.example.com:4x/", "port_invalid"),
    ("https://hooks.example.com:443:443/", "port_invalid"),
    ("https://user@hooks.example.com/", "userinfo_not_allowed"),
    ("https://user:secret@hooks.example.com/", "userinfo_not_allowed"),
    ("https://hooks.example.com:443@127.0.0.1/", "userinfo_not_allowed"),
    ("https://@127.0.0.1/", "userinfo_not_allowed"),
    ("https://hooks.example.com/#top", "fragment_not_allowed"),
    ("https://hooks.example.com#@127.0.0.1/", "fragment_not_allowed"),
    ("https://hooks.example.com/?a=b#", "fragment_not_allowed"),
    ("https:///hook", "host_missing"),
    ("https://:443/hook", "host_missing"),
    ("https://?x", "host_missing"),
    ("https://127.0.0.1%2f.example.com/", "host_percent"),
    ("https://%31%32%37.0.0.1/", "host_percent"),
    ("https://[fe80::1%25eth0]/", "host_percent"),
    ("https://[fe80::1%eth0]/", "host_percent"),
    ("https://hooks.example.com\\@127.0.0.1/", "url_characters"),
    ("https:\\\\127.0.0.1\\", "url_characters"),
    ("https://hooks.example.com/\r\nHost: x", "url_characters"),
    ("https://hooks.example.com/\n", "url_characters"),
    ("https://hooks.example.com\t/", "url_characters"),
    (" https://hooks.example.com/", "url_characters"),
    ("https://hooks.example.com/ ", "url_characters"),
    ("https://hooks .example.com/", "url_characters"),
    ("https://hooks.example.com\0.internal/", "url_characters"),
    ("https://hooks.example.com/a\x7f", "url_characters"),
    ("https://hooks.example.com/{tenant}", "url_characters"),
    ("https://hooks.example.com/%zz", "url_characters"),
    ("https://hooks.example.com/报", "url_characters"),
    ("https://例子.example/", "host_not_ascii"),
    ("https://１２７.0.0.1/", "host_not_ascii"),
    ("https://127。0。0。1/", "host_not_ascii"),
    ("https://ⓛocalhost/", "host_not_ascii"),
    ("https://hooks\u200b.example.com/", "host_not_ascii"),
    ("https://" + "a." * 127 + "example/", "host_too_long"),
    (f"https://{LONG_LABEL}.example/", "host_invalid"),
    ("https://hooks.example.com./", "host_invalid"),
    ("https://localhost./", "host_invalid"),
    ("https://127.0.0.1./", "host_invalid"),
    ("https://hooks..example.com/", "host_invalid"),
    ("https://.example.com/", "host_invalid"),
    ("https://-hooks.example.com/", "host_invalid"),
    ("https://hooks-.example.com/", "host_invalid"),
    ("https://*.example.com/", "host_invalid"),
    ("https://2130706433/", "host_invalid"),
    ("https://0x7f000001/", "host_invalid"),
    ("https://0x7F.1/", "host_invalid"),
    ("https://0177.0.0.1/", "host_invalid"),
    ("https://017700000001/", "host_invalid"),
    ("https://127.1/", "host_invalid"),
    ("https://127.0.1/", "host_invalid"),
    ("https://127.0.0.0x1/", "host_invalid"),
    ("https://0/", "host_invalid"),
    ("https://0x/", "host_invalid"),
    ("https://256.0.0.1/", "host_invalid"),
    ("https://1.2.3.4.5/", "host_invalid"),
    ("https://::1/", "port_invalid"),
    ("https://[::1/", "host_invalid"),
    ("https://::1]/", "port_invalid"),
    ("https://[]/", "host_invalid"),
    ("https://[127.0.0.1]/", "host_invalid"),
    ("https://[v1.x]/", "host_invalid"),
    ("https://[::1]x/", "host_invalid"),
    ("https://[[::1]]/", "host_invalid"),
    ("https://localhost/", "address_denied"),
    ("https://LOCALHOST/", "address_denied"),
    ("https://app.localhost/", "address_denied"),
    ("https://localhost.localdomain/", "address_denied"),
    ("https://ip6-loopback/", "address_denied"),
    ("http://localhost:8000/", "address_denied"),
    ("http://127.0.0.1:5432/", "address_denied"),
    ("http://169.254.169.254/latest/meta-data/", "address_denied"),
]

# One address or two from every network that is denied, the edges where the edge is the risk.
BAD_ADDRESSES = """
0.0.0.0 0.255.255.255 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 169.254.169.254
172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1
198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::808:808
64:ff9b:1::1 100::1 2001::1 2001:0:7f00:1::1 2001:2::1 2001:10::1 2001:20::1 2001:1ff::1 2001:db8::1
2002:7f00:1:: 2002:808:808::1
3fff::1 3fff:fff::1 4000::1 5f00::1 8000::1 fc00::1 fd00::1 fd00:ec2::254 fe80::1 febf::1 fec0::1 ff02::1 ff0e::1
""".split()

GOOD_ADDRESSES = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 169.253.255.255
169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.1 192.0.3.1 192.167.255.255 192.169.0.0 198.17.255.255
198.20.0.0 223.255.255.255 2001:200::1 2001:4860:4860::8888 2003::1 2400:3200::1 2606:4700::1111 3ffe::1
""".split()


def refusal(url: str, reach: Reach = STRICT) -> UrlRefused:
    with pytest.raises(UrlRefused) as caught:
        check_url(url, reach)
    return caught.value


def test_the_table_is_long_enough() -> None:
    assert len({url for url, _ in HOSTILE}) >= 60


@pytest.mark.parametrize(("url", "code"), HOSTILE)
def test_hostile_urls_are_refused_with_their_reason(url: str, code: str) -> None:
    assert refusal(url).code == code


@pytest.mark.figure("R8")
def test_hostile_urls_open_no_connection(receive, figure: Tell) -> None:
    """Everything but the address is allowed and every name leads to a listening loopback: still nothing arrives."""
    receiver = receive()
    reach = Reach(allow_http=True, ports=frozenset(range(1, 65536)))
    with Sender(reach, version="1", lookup=lambda host, port: ["127.0.0.1"]) as sender:
        for url, _ in HOSTILE:
            for variant in {url, url.replace(":443", f":{receiver.port}").replace(":8000", f":{receiver.port}")}:
                assert isinstance(sender.send(delivery(variant)), Failed), variant
        for host in ("hooks.example.com", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "xn--fsqu00a.xn--0zwm56d"):
            url = f"http://{host}:{receiver.port}/"
            result = sender.send(delivery(url))
            assert isinstance(result, Failed) and result.code == "address_denied"
    assert receiver.connections == 0
    figure(hostile_urls=len({url for url, _ in HOSTILE}), connections=receiver.connections)


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "authority"),
    [
        ("https://hooks.example.com", "hooks.example.com", 443, "/", "hooks.example.com"),
        ("HTTPS://Hooks.Example.COM:8443/a/../b?c=d&e=%20", "hooks.example.com", 8443, "/a/../b?c=d&e=%20",
         "hooks.example.com:8443"),
        ("https://my_service.example?", "my_service.example", 443, "/?", "my_service.example"),
        ("https://xn--fsqu00a.xn--0zwm56d/", "xn--fsqu00a.xn--0zwm56d", 443, "/", "xn--fsqu00a.xn--0zwm56d"),
        ("https://8.8.8.8/x", "8.8.8.8", 443, "/x", "8.8.8.8"),
        ("https://[2606:4700:0:0::1111]:8443/", "2606:4700::1111", 8443, "/", "[2606:4700::1111]:8443"),
        ("https://3com.example/", "3com.example", 443, "/", "3com.example"),
    ],
)  # fmt: skip
def test_honest_urls_are_taken_apart(url: str, host: str, port: int, path: str, authority: str) -> None:
    target = check_url(url, STRICT)
    assert (target.scheme, target.host, target.port, target.path) == ("https", host, port, path)
    assert target.authority == authority


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_bad_addresses_are_denied_as_literal_and_as_answer(address: str) -> None:
    literal = f"[{address}]" if ":" in address else address
    assert refusal(f"https://{literal}/").code == "address_denied"
    with pytest.raises(UrlRefused) as caught:
        check_answers("https", "hooks.example.com", 443, ["8.8.8.8", address, "1.1.1.1"], STRICT)
    assert caught.value.code == "address_denied"
    assert address not in str(caught.value.params.values()), "a tenant must not learn what a name resolves to"


@pytest.mark.parametrize("address", GOOD_ADDRESSES)
def test_public_addresses_are_admitted(address: str) -> None:
    assert check_answers("https", "hooks.example.com", 443, [address], STRICT) == (ip_address(address),)


@pytest.mark.parametrize("network", DENIED, ids=str)
def test_every_denied_network_is_needed_and_tried(network: object) -> None:
    """Dropping one line of the list lets a tried address through."""
    rest = [other for other in DENIED if other != network]
    assert any(not any(ip_address(bad) in other for other in rest) for bad in BAD_ADDRESSES)


@pytest.mark.parametrize("answer", ["fe80::1%eth0", "8.8.8.8%1", "nonsense", "", "127.1"])
def test_answers_that_are_no_plain_address_are_denied(answer: str) -> None:
    with pytest.raises(UrlRefused):
        check_answers("https", "hooks.example.com", 443, [answer], Reach.read("::/0,0.0.0.0/0"))


INSIDE = Reach.read("10.1.0.0/16, fd00:1::/32,127.0.0.0/8")


@pytest.mark.parametrize(
    "url",
    ["http://10.1.2.3:9000/", "https://10.1.2.3/", "http://[fd00:1::5]:81/", "http://localhost:8000/",
     "http://127.0.0.1:1234/hook", "http://receiver:9000/", "https://hooks.example.com:5000/"],
)  # fmt: skip
def test_inside_allowed_networks_neither_scheme_nor_port_binds(url: str) -> None:
    check_url(url, INSIDE)


@pytest.mark.parametrize(
    ("url", "code"),
    [("http://10.2.0.1:9000/", "address_denied"), ("http://8.8.8.8/", "https_required"),
     ("https://8.8.8.8:9000/", "port_not_allowed"), ("http://[::1]/", "address_denied"),
     ("http://[::ffff:10.1.2.3]/", "address_denied")],
)  # fmt: skip
def test_outside_them_the_rules_bind(url: str, code: str) -> None:
    assert refusal(url, INSIDE).code == code


@pytest.mark.parametrize(
    ("scheme", "port", "answers", "code"),
    [
        ("http", 9000, ["10.1.0.1"], None),
        ("http", 443, ["8.8.8.8"], "https_required"),
        ("https", 9000, ["8.8.8.8"], "port_not_allowed"),
        ("http", 443, ["10.1.0.1", "8.8.8.8"], "https_required"),
        ("https", 443, ["10.1.0.1", "8.8.8.8"], None),
        ("https", 443, ["10.1.0.1", "10.2.0.1"], "address_denied"),
        ("https", 443, ["8.8.8.8", "::1"], "address_denied"),
    ],
)
def test_the_rules_bind_again_on_what_a_name_resolves_to(
    scheme: str, port: int, answers: list[str], code: str | None
) -> None:
    if code is None:
        assert [str(found) for found in check_answers(scheme, "name.example", port, answers, INSIDE)] == answers
        return
    with pytest.raises(UrlRefused) as caught:
        check_answers(scheme, "name.example", port, answers, INSIDE)
    assert caught.value.code == code


def test_allowing_http_leaves_the_ports_rule() -> None:
    assert refusal("http://hooks.example.com/", Reach(allow_http=True)).params == {"port": 80, "allowed": "443, 8443"}
    check_url("http://hooks.example.com/", Reach.read(allow_http=True, ports="80, 443"))


@pytest.mark.parametrize(
    ("networks", "ports", "names"),
    [("10.0.0.1/8", "443", "10.0.0.1/8"), ("10.0.0.0/8,nonsense", "443", "nonsense"), ("", "0", "0"),
     ("", "443,https", "https"), ("", "70000", "70000")],
)  # fmt: skip
def test_settings_that_cannot_be_read_are_named(networks: str, ports: str, names: str) -> None:
    with pytest.raises(ValueError, match=names):
        Reach.read(networks, ports=ports)


@given(st.one_of(st.text(max_size=60), st.from_regex(r"https?://[^/]{0,40}/.{0,9}")))
def test_any_text_is_taken_apart_or_refused(url: str) -> None:
    try:
        target = check_url(url, STRICT)
    except UrlRefused:
        return
    assert target.scheme == "https" and target.port in STRICT.ports and target.path.startswith("/")
    assert target.host.isascii() and not set(target.host) & set("@%#/\\ \r\n\t\0")


@given(st.ip_addresses())
def test_without_allowed_networks_only_global_addresses_pass(address: object) -> None:
    """is_global alone is not enough, but nothing it refuses may pass either."""
    try:
        admit("https", 443, address, STRICT, "host")  # type: ignore[arg-type]
    except UrlRefused:
        return
    assert address.is_global and not address.is_multicast  # type: ignore[attr-defined]
