"""From a composed message to a mail on its way: who sends it, to whom, under which Message-ID."""

import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from service.channels.email import Mailer
from service.channels.mail import Mail, Mailbox
from service.channels.outcome import Failed, Sent
from service.engine.post import Post
from service.runtime import Runtime


def poster(runtime: Runtime) -> Post | None:
    """Hands messages to the configured mail server; None without one."""
    settings = runtime.settings
    if settings.smtp_url is None:
        return None
    mailer = Mailer(settings.smtp_url.get_secret_value())
    sender = Mailbox(settings.smtp_from or "receivables@localhost")

    def post(tenant: str, message: Mapping[str, Any], at: datetime) -> Sent | Failed:
        if not message["recipient"]:
            return Failed(code="no_address", detail="the contact has no e-mail address", duration_ms=0, permanent=True)
        mail = Mail(
            message_id=message_id(tenant, message["id"], sender.domain),
            date=at,
            sender=sender,
            to=(Mailbox(message["recipient"]),),
            subject=message["subject"],
            text=message["text"],
        )
        return mailer.send(mail)

    return post


def message_id(tenant: str, message: str, domain: str) -> str:
    """The same on every try, so that the far side can drop a repeat; nothing of the customer shows in it."""
    digest = sha256(f"{tenant}/{message}".encode()).hexdigest()[:40]
    return f"<{digest}@{re.sub(r'[^A-Za-z0-9.-]', '', domain) or 'localhost'}>"
