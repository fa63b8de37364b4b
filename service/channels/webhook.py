"""Standard Webhooks 1.0.0: a signed POST whose every outcome, hostile receivers included, is `Sent` or `Failed`."""

import re
import ssl
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Self

from standardwebhooks import Webhook

from service.channels.addresses import Reach, UrlRefused, check_url
from service.channels.dialing import Lookup, failure_code, system_lookup
from service.channels.outcome import Failed, Sent, head_of, safe
from service.channels.posting import Answer, AnswerTooLarge, BadAnswer, Poster

DEADLINE_SECONDS = 15.0
BODY_BYTES = 20 * 1024
LONGEST_RETRY_AFTER = timedelta(days=7)

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One message for one endpoint, tried `at` that instant. `secrets` holds the newest first, two while one rotates; `body`
    leaves as it is."""

    url: str
    id: str
    at: datetime
    body: bytes = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    traceparent: str | None = None

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError("a webhook id holds letters, digits, _ and - only")
        if not self.secrets:
            raise ValueError("a webhook is never sent unsigned")


class Sender:
    """Sends deliveries over a small shared pool; safe to use from several threads, `close` (or `with`) when done."""

    def __init__(
        self, reach: Reach, *, version: str, deadline: float = DEADLINE_SECONDS, kept: int = 32,
        lookup: Lookup = system_lookup, ssl_context: ssl.SSLContext | None = None,
    ) -> None:  # fmt: skip
        self._reach, self._agent, self._deadline = reach, f"Dunlog/{version}", deadline
        self._poster = Poster(reach, lookup, ssl_context, kept)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._poster.close()

    def send(self, delivery: Delivery) -> Sent | Failed:
        """One attempt, over within the deadline whatever the far side does."""
        began = time.monotonic()
        try:
            if len(delivery.body) > BODY_BYTES:
                return _failed("too_large", f"the body has more than {BODY_BYTES} bytes", began, permanent=True)
            target = check_url(delivery.url, self._reach)
            headers = [("host", target.authority), ("user-agent", self._agent), *_headers(delivery)]
            return _judge(self._poster.post(target, headers, delivery.body, began + self._deadline), delivery.at, began)
        except UrlRefused as refused:
            return _failed(refused.code, f"{refused.code} {refused.params or ''}".strip(), began)
        except (OSError, BadAnswer, AnswerTooLarge) as error:
            return _failed(_code(error), str(error), began)


def _headers(delivery: Delivery) -> list[tuple[str, str]]:
    text, at = delivery.body.decode("utf-8"), delivery.at.astimezone(UTC)
    signatures = [Webhook(secret).sign(delivery.id, at, text) for secret in delivery.secrets]
    headers = [
        ("content-type", "application/cloudevents+json"),
        ("content-length", str(len(delivery.body))),
        ("accept-encoding", "identity"),
        ("webhook-id", delivery.id),
        ("webhook-timestamp", str(int(at.timestamp()))),
        ("webhook-signature", " ".join(signatures)),
    ]
    if delivery.traceparent is not None and _TRACEPARENT.fullmatch(delivery.traceparent):
        headers.append(("traceparent", delivery.traceparent))
    return headers


def _judge(answer: Answer, at: datetime, began: float) -> Sent | Failed:
    """Only a 2xx heard to its end is success: when in doubt the message goes again under the same id."""
    head = head_of(answer.head)
    if answer.broken is not None:
        return _failed(_code(answer.broken), str(answer.broken), began, status=answer.status, head=head)
    if 200 <= answer.status < 300:
        return Sent(status=answer.status, duration_ms=_since(began), head=head)
    return _failed(
        "http_status", f"HTTP {answer.status}", began, status=answer.status, head=head, gone=answer.status == 410,
        retry_after=retry_after(answer.retry_after, at),
    )  # fmt: skip


def retry_after(header: str, now: datetime) -> timedelta | None:
    """A Retry-After header, seconds or an HTTP date, as the time to wait; None when absent or senseless."""
    text = header.strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return min(timedelta(seconds=int(text)), LONGEST_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return min(max(aware - now, timedelta()), LONGEST_RETRY_AFTER)


def _code(error: Exception) -> str:
    if isinstance(error, OSError):
        return failure_code(error)
    return "too_large" if isinstance(error, AnswerTooLarge) else "protocol_error"


def _failed(
    code: str, detail: str, began: float, *, status: int | None = None, head: str = "", gone: bool = False,
    permanent: bool = False, retry_after: timedelta | None = None,
) -> Failed:  # fmt: skip
    return Failed(
        code=code, detail=safe(detail), duration_ms=_since(began), status=status, head=head, gone=gone,
        permanent=permanent, retry_after=retry_after,
    )  # fmt: skip


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
