"""From a composed message to a mail on its way: who sends it, to whom, whom an answer reaches, under which Message-ID."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from service.channels.email import Mailer
from service.channels.mail import Attachment, Mail, Mailbox, is_address
from service.channels.outcome import Failed, Sent
from service.engine import notices
from service.engine.desk import Desk
from service.engine.handle import InternalError, isolated
from service.engine.post import Outgoing, Post, mail_name
from service.settings import Settings
from service.words.languages import TAGS, language_of
from service.words.writing import one_line

LONGEST_NAME = 60


def poster(settings: Settings) -> Post | None:
    """Hands messages to the configured mail server; None without one."""
    if settings.smtp_url is None:
        return None
    mailer = Mailer(settings.smtp_url.get_secret_value())
    sender, answers = settings.smtp_from or "receivables@localhost", settings.smtp_reply_to

    def post(tenant: str, one: Outgoing) -> Sent | Failed:
        if not one.row["recipient"]:
            return Failed(code="no_address", detail="the contact has no e-mail address", duration_ms=0, permanent=True)
        return mailer.send(mail_of(tenant, one, sender, answers))

    return post


def notices_poster(settings: Settings, desk: Desk) -> notices.Post | None:
    """Hands the day's mails to our own people to the same server, on Friday with the week's report."""
    if settings.smtp_url is None:
        return None
    mailer = Mailer(settings.smtp_url.get_secret_value())
    sender = Mailbox(settings.smtp_from or "receivables@localhost")

    def post(tenant: str, row: Mapping[str, Any]) -> Sent | Failed:
        attachments = isolated(partial(_attached, desk, tenant, row), tenant=tenant, day=row["day"])
        if isinstance(attachments, InternalError):
            return Failed(code="internal_error", detail="the report could not be printed", duration_ms=0)
        mail = Mail(
            message_id=message_id(tenant, f"notices/{row['user']}/{row['day']}", sender.domain),
            date=row["at"],
            sender=sender,
            to=(Mailbox(row["recipient"]),),
            subject=row["subject"],
            text=row["text"],
            language=TAGS[language_of(row["language"])],
            attachments=attachments,
        )
        return mailer.send(mail)

    return post


def _attached(desk: Desk, tenant: str, row: Mapping[str, Any]) -> tuple[Attachment, ...]:
    if row["week"] is None:
        return ()
    from service.api import weekly  # with all of the API, which a mail without a report can do without

    return (Attachment(*weekly.attached(desk, tenant, row["week"], row["known_at"], language_of(row["language"]))),)


def mail_of(tenant: str, one: Outgoing, sender: str, answers: str | None) -> Mail:
    """The mail, from our address in the company's name. An answer goes to the address whose mail is posted back to us, else
    to whoever signs."""
    row, words, letter = one.row, one.said.words, one.said.letter
    domain = Mailbox(sender).domain
    signing = Mailbox(letter.sender.email, _name(letter.sender.name))
    to = Mailbox(row["recipient"], _name(letter.contact.name))
    reply_to = Mailbox(answers, signing.name) if answers else signing if is_address(signing.address) else None
    return Mail(
        message_id=message_id(tenant, row["id"], domain),
        date=row["at"],
        sender=Mailbox(sender, _name(letter.company)),
        to=(to,),
        cc=tuple(Mailbox(address) for address in one.copies if is_address(address) and address != to.address),
        reply_to=reply_to,
        follows=message_id(tenant, one.follows, domain) if one.follows else None,
        subject=row["subject"],
        text=row["text"],
        html=words.html,
        language=TAGS[letter.language],
        attachments=(Attachment(one.document.name, one.document.content_type, one.document.body),) if one.document else (),
    )


def message_id(tenant: str, message: str, domain: str) -> str:
    """The same on every try, so that the far side can drop a repeat; nothing of the customer shows in it."""
    return f"<{mail_name(tenant, message)}@{re.sub(r'[^A-Za-z0-9.-]', '', domain) or 'localhost'}>"


def _name(text: str) -> str:
    return one_line(text, LONGEST_NAME)
