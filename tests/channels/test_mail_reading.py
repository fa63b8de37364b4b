"""What a mail that comes in is taken for, and that no mail does harm."""

import re
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.channels.inbound import HEADER, LINE, LINES, LONGEST, READ, Inbound, MailMistake, bounded, read
from service.channels.plain import plain
from tests.channels.inbound import OURS, bounce, reply

# What a person wrote


def test_an_answer_names_the_mail_it_answers_and_who_wrote() -> None:
    got = read(reply("We pay on Friday.\n\n> Our books show 3 bills\n", references="<other@x.example>"))
    assert (got.kind, got.id, got.sender) == ("mail", "<1@buyer.example>", "ap@c-1.example")
    assert got.refers == (OURS, "<other@x.example>") and got.text == "We pay on Friday."


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Yes.\n\nOn Mon, 2 Mar 2026 at 09:00, Li Na wrote:\n> Payment overdue", "Yes."),
        ("好的，周五付款。\n\n在 2026年3月2日，李娜 写道：\n> 逾期账款", "好的，周五付款。"),
        ("Ok\n-----Original Message-----\nFrom: Li Na", "Ok"),
        ("收到\n发件人：李娜 <x@y.example>\n逾期", "收到"),
        ("> 1. Please pay\nnever", "> 1. Please pay\nnever"),
        ("a\0b\x1b[31m\u202ec", "a�b�[31m�c"),
        ("x" * 9000, "x" * LONGEST),
        ("　您好\u00a0！", "您好 ！"),
    ],
)
def test_its_words_without_the_mail_it_answers(written: str, said: str) -> None:
    assert read(reply(written)).text == said


def test_html_alone_becomes_text() -> None:
    page = (
        "<html><head><title>t</title><style>p{color:red}</style></head><body><!-- no --><p>We&nbsp;pay <b>12</b> &lt;CNY&gt;"
        "</p><script>alert(1)</script><table><tr><td>INV-1</td><td>Friday</td></tr></table><br>Li</body></html>"
    )
    message = EmailMessage(policy=SMTP)
    message["From"] = "ap@c-1.example"
    message.set_content(page, subtype="html")
    assert read(message.as_bytes()).text == "We pay 12 <CNY>\n\nINV-1 Friday\n\nLi"


def test_text_is_preferred_and_what_is_attached_is_not_said() -> None:
    message = EmailMessage(policy=SMTP)
    message["From"] = '"Li, Na" <AP@C-1.example>'
    message.set_content("In text.")
    message.add_alternative("<p>In HTML.</p>", subtype="html")
    message.add_attachment("Attached.", filename="a.txt")
    got = read(message.as_bytes())
    assert (got.text, got.sender, got.id) == ("In text.", "ap@c-1.example", None)


@pytest.mark.parametrize("charset", ["gbk", "gb18030", "big5", "utf-16", "iso-2022-jp", "koi8-r", "windows-1252"])
def test_other_writings_are_read(charset: str) -> None:
    word = {"koi8-r": "Привет", "windows-1252": "é", "iso-2022-jp": "日本"}.get(charset, "周五")
    head = f"From: ap@c-1.example\r\nContent-Type: text/plain; charset={charset}\r\n\r\n".encode()
    assert read(head + word.encode(charset)).text == word


# What a machine wrote


@pytest.mark.parametrize(
    "header",
    [
        ("Auto-Submitted", "auto-replied; owner-email=x@y.example"), ("Precedence", "bulk"), ("Precedence", "auto_reply"),
        ("X-Autoreply", "yes"), ("X-Autorespond", "1"), ("Return-Path", "<>"), ("List-Id", "<l.example>"),
        ("Content-Type", "multipart/report; report-type=disposition-notification; boundary=x"),
    ],
)  # fmt: skip
def test_an_automatic_answer_is_no_reply(header: tuple[str, str]) -> None:
    raw = f"{header[0]}: {header[1]}\r\n".encode() + reply("I am away.")
    assert read(raw).kind == "auto_reply" and read(raw).text == ""


def test_a_person_who_says_that_no_machine_wrote_is_believed() -> None:
    assert read(b"Auto-Submitted: no\r\n" + reply("Yes.")).kind == "mail"


def test_a_report_tells_whom_it_did_not_reach_and_what_came_back() -> None:
    got = read(bounce("failed", "5.1.1"))
    assert got.kind == "bounce" and got.failures == (("ap@c-1.example", "5.1.1"),) and got.refers == (OURS,)
    assert read(bounce("failed", "4.4.7")).kind == "bounce", "given up after days"
    late = read(bounce("delayed", "4.4.1", headers_only=True))
    assert late.kind == "delay" and late.refers == (OURS,) and late.failures[0].status == "4.4.1"
    assert read(bounce("delivered", "2.0.0")).kind == "auto_reply"
    assert read(bounce("failed", "nonsense")).failures == (("ap@c-1.example", ""),)


# What means harm

HEAD = b"From: ap@c-1.example\r\n"
DEEP = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000))
HOSTILE = {
    "empty": b"",
    "nul": b"\0" * 5000,
    "no_headers": b"\r\n\r\nhello",
    "deep_parts": HEAD + DEEP,
    "deep_mails": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 3000,
    "giant_header": HEAD + b"X-A: " + b"a" * 3_000_000 + b"\r\n\r\nhi",
    "folded": HEAD + b"Content-Type: text/plain" + b";\r\n a=b" * 400_000 + b"\r\n\r\nhi",
    "parameters": HEAD + b"Content-Type: text/plain" + b";" * 900_000 + b"\r\n\r\nhi",
    "quotes": HEAD + b'Content-Type: text/plain; a="' + b'\\"' * 400_000 + b"\r\n\r\nhi",
    "numbered": HEAD + b"Content-Type: text/plain; charset*" + b"9" * 5000 + b"*=x\r\n\r\nhi",
    "lines": HEAD + b"\r\n" + b"\n" * 4_000_000,
    "parts": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 100_000,
    "comments": b"From: " + b"(" * 500_000 + b"\r\n\r\nhi",
    "names": b"From: " + b"a,<" * 300_000 + b"\r\n\r\nhi",
    "references": HEAD + b"References: " + b"<" * 900_000 + b"\r\n\r\nhi",
    "broken_base64": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n=a=b=c!!" * 9,
    "uuencoded": HEAD + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 666 x\r\n\xff\xff\r\nend",
    "punycode": HEAD + b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a" * 500_000,
    "bomb": HEAD + b"Content-Type: text/plain; charset=zlib\r\n\r\nx",
    "nul_charset": HEAD + b'Content-Type: text/plain; charset="a\0b"\r\n\r\nhi',
    "not_utf8": HEAD + b"Subject: \xff\xfe\r\n\r\n\xff\xfe\xfa",
    "encoded_words": b"From: =?utf-8?b?" + b"=?utf-8?q?" * 90_000 + b"\r\n\r\nhi",
    "html_comments": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<!--" * 200_000,
    "html_tags": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<a " * 200_000,
    "html_declarations": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<![" * 200_000,
    "html_entities": HEAD + b"Content-Type: text/html\r\n\r\n" + b"&#" * 200_000,
    "report": HEAD + b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n",
    "quoted_on": HEAD + b"\r\n" + b"On " * 300_000,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_is_read_or_refused_soon(name: str) -> None:
    """Where the library reads all of it, some of these take minutes."""
    with suppress(MailMistake):
        assert isinstance(read(HOSTILE[name]), Inbound)
    kept = bounded(HOSTILE[name])
    assert len(kept) <= READ and max(map(len, [b"", *kept.splitlines()])) <= LINE and len(kept.splitlines()) <= LINES
    assert max(map(len, re.findall(rb"(?:\n[ \t][^\n]*)+", kept)), default=0) <= 2 * HEADER


def test_what_is_nested_too_deep_is_refused() -> None:
    for name in ("deep_parts", "deep_mails"):
        with pytest.raises(MailMistake, match="mail_too_nested"):
            read(HOSTILE[name])


def test_headers_cannot_be_smuggled_through_an_address() -> None:
    folded = read(b"From: a@b.example\r\n Bcc: x@evil.example\r\nMessage-ID: <a b>\r\nIn-Reply-To: <c\r\n d>\r\n\r\nhi")
    assert folded.sender in ("a@b.example", None) and (folded.id, folded.refers) == (None, ())
    for sender in (b"<ap@c-1.example>, <evil@x.example>", b"ap@c-1.example\0@evil", b"<>", b"a@b@c", b"=?utf-8?q?a=40b.c?="):
        found = read(b"From: " + sender + b"\r\n\r\nhi").sender
        assert found in ("ap@c-1.example", None)


PIECES = [
    b"From: a@b.c", b"Content-Type: multipart/report; boundary=b", b"--b", b"--b--", b"", b"\0\xff", b"Status: 5.1.1",
    b"Content-Type: message/delivery-status", b"Action: failed", b"Final-Recipient: rfc822; a@b.c", b"Message-ID: <x@y>",
    b"Content-Type: message/rfc822", b"Content-Type: text/html; charset=gbk", b"<p>&lt;\x80", b"In-Reply-To: <a@b>",
    b"Content-Transfer-Encoding: base64", b"QUJD", b"Content-Type: text/rfc822-headers",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=30), max_size=30).map(b"\r\n".join))
def test_any_bytes_are_a_mail_or_none(raw: bytes) -> None:
    try:
        got = read(raw)
    except MailMistake:
        return
    got.text.encode()
    assert "\0" not in got.text and len(got.text) <= LONGEST


def test_a_page_of_anything_has_a_text() -> None:
    assert plain("<p>a<td>b</p>&amp;<unknown>c") == "a b\n&c"
    assert plain("</script>a<script>b") == "a"
