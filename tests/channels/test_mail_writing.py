"""What a mail looks like when it arrives, and what may never become one."""

from dataclasses import replace

import pytest

from service.channels.mail import ATTACHED_BYTES, Attachment, Mailbox, MailInvalid, compose
from service.channels.outcome import Failed, Sent
from tests.channels.posts import MAIL, parsed, said, send


def test_a_mail_arrives_as_written(serve) -> None:
    post, port = serve()
    result = send(port)
    assert isinstance(result, Sent) and result.status == 250 and result.head == "2.0.0 queued as 4711 for …@…"
    ((sender, recipients, raw),) = post.letters
    assert (sender, recipients) == ("billing@seller.example", ["bob@buyer.example", "desk@buyer.example"])
    got = parsed(raw)
    assert got["Message-ID"] == MAIL.message_id and got["Subject"] == MAIL.subject
    assert got["Date"].datetime == MAIL.date and got["Auto-Submitted"] == "auto-generated"
    assert [box.display_name for box in got["From"].addresses] == ["应收, 部门"]
    assert [(box.display_name, box.addr_spec) for box in got["To"].addresses] == [
        ('Bob "the" Buyer, Ltd', "bob@buyer.example")
    ]
    assert got["Cc"] == "desk@buyer.example" and got["Reply-To"] == "clerk@seller.example"
    assert got.get_content_type() == "text/plain" and got.get_content_charset() == "utf-8"
    assert said(got) == MAIL.text + "\n"


def test_the_same_words_in_html_and_documents_beside_them(serve) -> None:
    post, port = serve()
    papers = (Attachment("对账单.pdf", "application/pdf", b"%PDF-1.7\r\n\0\xff"), Attachment("a.csv", "text/csv", b"a,b\r\n"))
    html = "<p>您好 " + "x" * 2000 + "</p>\n"
    mail = replace(MAIL, html=html, language="zh-CN", follows="<before.1@dunlog.example>", attachments=papers)
    assert isinstance(send(port, mail), Sent)
    got = parsed(post.letters[0][2])
    kinds = ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf", "text/csv"]
    assert [part.get_content_type() for part in got.walk()] == kinds and not any(part.defects for part in got.walk())
    assert (said(got), said(got, "html")) == (MAIL.text + "\n", html)
    assert [(part.get_filename(), part.get_content_disposition()) for part in got.iter_attachments()] == [
        ("对账单.pdf", "attachment"), ("a.csv", "attachment"),
    ]  # fmt: skip
    assert [part.get_payload(decode=True) for part in got.iter_attachments()] == [paper.content for paper in papers]
    assert got["Content-Language"] == "zh-CN" and got["References"] == got["In-Reply-To"] == "<before.1@dunlog.example>"
    assert [part["MIME-Version"] for part in got.walk()] == ["1.0"] + 5 * [None]


def test_no_text_can_end_its_part() -> None:
    """Whoever knows the boundary of a mail cannot know that of a mail with this boundary in it."""
    mail = replace(MAIL, html="<p>x</p>", text="x")
    boundary = parsed(compose(mail)).get_boundary()
    assert boundary and "=_" in boundary
    forged = replace(mail, text=f"x\n--{boundary}\nContent-Type: text/html\n\nfree\n--{boundary}--\n")
    got = parsed(compose(forged))
    assert len(list(got.walk())) == 3 and got.get_boundary() != boundary and said(got) == forged.text


def test_too_much_is_not_attached() -> None:
    half = b"x" * (ATTACHED_BYTES // 2)
    fits = (Attachment("a.pdf", "application/pdf", half), Attachment("b.pdf", "application/pdf", half))
    assert compose(replace(MAIL, attachments=fits))
    result = send(1, replace(MAIL, attachments=(*fits, Attachment("c.pdf", "application/pdf", b"x"))))
    assert isinstance(result, Failed) and result.permanent and str(ATTACHED_BYTES) in result.detail


def test_every_try_is_the_same_bytes_and_any_server_takes_them() -> None:
    raw = compose(MAIL)
    assert raw == compose(MAIL) and raw.isascii() and compose(replace(MAIL, text="您好")).isascii()
    rich = replace(MAIL, html="<p>您好</p>", attachments=(Attachment("a.pdf", "application/pdf", b"\xff"),))
    assert compose(rich) == compose(rich) and compose(rich).isascii()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n")) and b"\n" not in raw.replace(b"\r\n", b"")


def test_a_long_message_id_is_not_folded_or_encoded() -> None:
    long = f"<{'a' * 128}@{'b' * 60}.example>"
    assert f"Message-ID: {long}\r\n".encode() in compose(replace(MAIL, message_id=long))


HOSTILE_TEXTS = ["a\r\nBcc: x@evil.example", "a\nb", "a\rb", "a\0b", "a\x0bb", "a\u2028b", "a\x85b", "\ud800"]
HOSTILE_ADDRESSES = [
    "", "bob", "@buyer.example", "bob@", "a@b.example, c@evil.example", "a@b.example\r\nBcc: c@evil.example",
    "a b@c.example", "<a@b.example>", "a@b@c.example", "a@b..example", "a@b.example>", 'a@b.example" <c@evil.example>',
    "陈@buyer.example", "bob@例子.example", "a" * 65 + "@b.example", "a@" + "b." * 150 + "example", "a@[127.0.0.1]",
    "a@b.example\n", "a@b.example SIZE=1", "a\u200b@b.example",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_nothing_becomes_a_header_of_its_own(text: str) -> None:
    box = Mailbox("a@b.example", text)
    for bad in (
        replace(MAIL, subject=text), replace(MAIL, sender=box), replace(MAIL, to=(box,)), replace(MAIL, cc=(box,)),
        replace(MAIL, reply_to=box), replace(MAIL, message_id=f"<{text}@x.example>"),
        replace(MAIL, follows=f"<{text}@x.example>"), replace(MAIL, language=text),
        replace(MAIL, attachments=(Attachment(text, "text/csv", b""),)),
        replace(MAIL, attachments=(Attachment("a.csv", f"text/{text}", b""),)),
    ):  # fmt: skip
        with pytest.raises(MailInvalid) as caught:
            compose(bad)
        assert text not in str(caught.value)


@pytest.mark.parametrize("address", HOSTILE_ADDRESSES)
def test_an_address_is_one_address(serve, address: str) -> None:
    for bad in (
        replace(MAIL, to=(Mailbox(address),)), replace(MAIL, cc=(Mailbox(address),)),
        replace(MAIL, sender=Mailbox(address)), replace(MAIL, reply_to=Mailbox(address)),
    ):  # fmt: skip
        with pytest.raises(MailInvalid):
            compose(bad)


def test_a_mail_that_cannot_be_written_fails_for_good_without_a_connection() -> None:
    for bad in (
        replace(MAIL, to=()), replace(MAIL, date=MAIL.date.replace(tzinfo=None)), replace(MAIL, subject="a\r\nb"),
        replace(MAIL, message_id="no-brackets@x"),
    ):  # fmt: skip
        result = send(1, bad)
        assert isinstance(result, Failed) and (result.code, result.permanent) == ("message_invalid", True)


def test_the_text_may_hold_anything(serve) -> None:
    post, port = serve()
    assert isinstance(send(port, replace(MAIL, text="a\0b\ud800\r\n.\r\nMAIL FROM:<x@y>\n")), Sent)
    assert len(post.letters) == 1 and "a�b?\r\n.\r\nMAIL FROM" in parsed(post.letters[0][2]).get_content()
