"""What the document says in its own words: its preface, its tags, and the parameters that many routes share."""

SUMMARY = "Accounts-receivable collections: invoice events in; dunned cases, approvals and signed webhooks out."

DESCRIPTION = """\
An ERP posts invoice and payment events; every bill becomes a case; a clock carries each case through a playbook of \
reminders, escalations and requests for consent; people promise, pause, grant and reject; what happened leaves as signed \
webhooks.

**Values.** JSON in UTF-8, names in snake_case. Money is a decimal *string* beside an ISO 4217 `currency` (`"1200.50"`, \
`"CNY"`), answered with the currency's own number of decimals; a JSON number for money is refused. Days are `YYYY-MM-DD`, \
instants RFC 3339 with offset, durations ISO 8601 (`P7D`, `P1M`). Ids of customers, invoices and payments are the ERP's \
own: 1 to 64 of `A-Z a-z 0-9 . _ -`, unique per tenant. A case's id is its invoice's id.

**Keys.** `Authorization: Bearer <key>`. A key belongs to one tenant, one role and one user; the user stands in the log. \
What belongs to another tenant does not exist (404).

**Errors** are RFC 9457 problems in `application/problem+json`, all of one shape (`Problem`): a stable `code`, a sentence \
in `detail` that says how to mend it, and `errors` with a JSON pointer for each invalid value. The codes are listed with \
the schema `Problem`. Sentences follow `Accept-Language` (`zh`, `en`). Any route may also answer 500 `internal_error`: a \
mistake of ours, with nothing done. What is no plain HTTP/1.1 request, comes without end or too slowly is answered before any \
route by 400 `malformed_request`, 408 or 431, and the connection closed.

**Lists** take `limit` and `cursor` and answer `data` and `next_cursor`. A row that does not change is neither skipped nor \
repeated; a page may be short or empty: only `next_cursor: null` ends a list. A cursor is opaque and bound to its filters.

**Repeats.** A changing call may carry an `Idempotency-Key`, kept for seven days: the same key and request answer the \
first response again with `Idempotent-Replayed: true`. `If-Match` with an `ETag` refuses a change of what has moved on.

**Growing.** Fields, event types, codes and enumerated values may be added at any time: ignore what you do not know. \
Unknown fields of an *event* are kept and ignored; unknown fields of a *command* and unknown query parameters are refused.
"""

TAGS = {
    "events": "Events in from the ERP, and the log out as a feed in the order of commit.",
    "cases": "One bill being collected: where it stands, what happened, what comes next, and what people do about it.",
    "customers": "Who owes: exposure, credit, statement, people, and acts on several bills at once.",
    "payments": "Money received, what it was applied to, and what of it is still credit.",
    "tasks": "The work list: what a person must do, by when, and why.",
    "approvals": "Requests for consent and their answers; nobody answers what they asked for.",
    "messages": "What was said to whom, as messages and letters, and how it fared.",
    "playbooks": "The procedures by which cases are worked, as versioned data.",
    "reports": "Figures that managers watch, as of any day and by what was known at any moment.",
    "webhooks": "Where events go, what was sent there attempt by attempt, and sending it again.",
    "settings": "What a tenant may choose, versioned in the log.",
    "users": "The people on our side, and who the key stands for.",
    "test clock": "A sandbox tenant's own clock, which moves forward through everything that is due.",
    "operating": "Whether the service lives, is ready, and how it fares; and this document.",
}

PATH_PARAMETERS = {
    "case": ("The case's id, which is its invoice's.", "INV-1"),
    "customer": ("The ERP's id of the customer.", "C-1"),
    "contact": ("The id of a person at the customer's.", "zhang"),
    "deadline": ("The deadline's number on the case.", "1"),
    "dispute": ("Which of the bill's disputes, counted from one.", "1"),
    "payment": ("The ERP's id of the payment.", "P-1"),
    "task": ("The task's id.", "C-1.14"),
    "approval": ("The approval's id.", "hold~C-1.12"),
    "delegation": ("The delegation's id.", "delegation~chen.41"),
    "message": ("The message's id.", "C-1.20260323.email.zhang"),
    "letter": ("The letter's id: the message's that carries it.", "C-1.20260323.letter.zhang"),
    "reconciliation": ("The id of the letter that compares the books.", "reconciliation~C-1.31"),
    "playbook": ("The playbook's name.", "standard"),
    "language": ("The language: `zh` or `en`.", "en"),
    "kind": ("The kind of letter.", "reminder"),
    "month": ("A calendar month.", "2026-03"),
    "user": ("The user's id, as it stands in the log.", "li.na"),
    "endpoint": ("The endpoint's id.", "we_3f9c2a70b1d84e65"),
    "delivery": ("The delivery's id.", "dlv_mzxw6ytboi"),
}

PARAMETERS = {
    "AcceptLanguage": {
        "name": "Accept-Language",
        "in": "header",
        "description": "In which language sentences are: `zh` or `en`, the default.",
        "schema": {"type": "string"},
        "example": "zh-CN, en;q=0.8",
    },
    "RequestId": {
        "name": "X-Request-Id",
        "in": "header",
        "description": "Your own id of the request, 1 to 128 visible ASCII characters; one is made when there is none.",
        "schema": {"type": "string"},
        "example": "req_5f1d7a84",
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Makes a repeat safe for seven days. Same key and request: the first answer again. Same key and "
        "another request: 422 `idempotency_key_reused`. Still in progress: 409 `in_progress`. The answer "
        "erased since: 410 `answer_erased`.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
        "example": "8f0c6f0e-2d53-4a61-9a51-7b0f6c1f2f3a",
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "An `ETag` of the case or customer, as it was answered: 412 `stale` when it has changed since.",
        "schema": {"type": "string", "maxLength": 4096},
        "example": '"17"',
    },
}

WEBHOOK_PARAMETERS = {
    "WebhookId": {
        "name": "webhook-id",
        "in": "header",
        "required": True,
        "description": "The same on every try: keep it to drop repeats.",
        "schema": {"type": "string", "pattern": "^msg_[a-z2-7]+$"},
        "example": "msg_mzxw6ytboi",
    },
    "WebhookSignature": {
        "name": "webhook-signature",
        "in": "header",
        "required": True,
        "description": "`v1,` and base64 of HMAC-SHA256 over `id.timestamp.body` (Standard Webhooks); several with a space "
        "between while a secret rotates, of which one that fits is enough.",
        "schema": {"type": "string"},
        "example": "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
    },
    "WebhookTimestamp": {
        "name": "webhook-timestamp",
        "in": "header",
        "required": True,
        "description": "When this try was signed, in Unix seconds; refuse old ones.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
        "example": "1774314000",
    },
}

HEADERS = {
    "RequestId": {
        "description": "The id of the request: yours, or one of ours. It stands in every problem as `request`.",
        "schema": {"type": "string"},
        "example": "req_5f1d7a84",
    },
    "ETag": {
        "description": "The version of what is answered, for `If-Match`.",
        "schema": {"type": "string"},
        "example": '"17"',
    },
    "Location": {
        "description": "Where what was made is read.",
        "schema": {"type": "string", "format": "uri-reference"},
        "example": "/v1/cases/INV-1",
    },
    "RetryAfter": {
        "description": "Seconds to wait before trying again.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
        "example": "5",
    },
    "IdempotentReplayed": {
        "description": "`true` when this is the answer that the first request with the `Idempotency-Key` got.",
        "schema": {"type": "string", "const": "true"},
        "example": "true",
    },
}
