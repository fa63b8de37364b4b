"""Mails that come in, as people and mail servers write them."""

from email.message import EmailMessage, Message
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP

OURS = f"<{'0123456789' * 4}@seller.example>"


def reply(
    text: str,
    to: str | None = OURS,
    sender: str = "ap@c-1.example",
    id: str = "<1@buyer.example>",
    references: str = "",
) -> bytes:
    """A person's answer."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["Message-ID"], message["Subject"] = f"Li Na <{sender}>", id, "Re: Payment overdue"
    if to:
        message["In-Reply-To"] = to
    if references:
        message["References"] = references
    message.set_content(text)
    return message.as_bytes()


def bounce(
    action: str,
    status: str,
    to: str = "ap@c-1.example",
    original: str | None = OURS,
    id: str = "<2@mx.example>",
    headers_only: bool = False,
) -> bytes:
    """A mail server's report, as RFC 3464 shows it."""
    report = MIMEMultipart("report")
    report.set_param("report-type", "delivery-status")
    report["From"], report["Message-ID"], report["Auto-Submitted"] = "MAILER-DAEMON@mx.example", id, "auto-replied"
    report.attach(MIMEText("Your mail could not be delivered."))
    about, recipient = Message(), Message()
    about["Reporting-MTA"] = "dns; mx.example"
    recipient["Final-Recipient"], recipient["Action"], recipient["Status"] = f"rfc822; {to.upper()}", action, status
    status_part = MIMEBase("message", "delivery-status")
    status_part.set_payload([about, recipient])
    report.attach(status_part)
    sent = Message()
    sent["Subject"] = "Payment overdue"
    if original:
        sent["Message-ID"] = original
    sent.set_payload("Dear Li Na,\n")
    report.attach(MIMEText(sent.as_string(), "rfc822-headers") if headers_only else MIMEMessage(sent))
    return report.as_bytes()
