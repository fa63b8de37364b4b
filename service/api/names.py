"""Names that stay: of path parameters, one a kind of thing, and of operations, a verb and what it is about."""

ONE_OF = {
    "approvals": "approval",
    "cases": "case",
    "contacts": "contact",
    "customers": "customer",
    "costs": "cost",
    "deadlines": "deadline",
    "deliveries": "delivery",
    "discounts": "discount",
    "dispute-reasons": "dispute_reason",
    "disputes": "dispute",
    "events": "event",
    "letters": "letter",
    "messages": "message",
    "milestones": "milestone",
    "notes": "note",
    "payments": "payment",
    "plans": "plan",
    "playbooks": "playbook",
    "promises": "promise",
    "reconciliations": "reconciliation",
    "tasks": "task",
    "users": "user",
    "versions": "version",
    "webhook-endpoints": "webhook_endpoint",
}
_VERBS = {"get": "get", "post": "create", "put": "put", "patch": "change", "delete": "delete"}
_OWN = {
    "get /docs": "read_docs",
    "get /healthz": "get_health",
    "get /metrics": "get_metrics",
    "get /readyz": "get_readiness",
    "get /v1/dispute-reasons": "list_dispute_reasons",
    "get /v1/events": "read_feed",
    "get /v1/openapi.json": "get_document",
    "patch /v1/customers/{customer}/contacts": "change_named_customer_contact",
    "post /v1/cases/{case}/contact-log": "log_case_contact",
    "post /v1/customers/{customer}/contact-log": "log_customer_contact",
    "post /v1/events": "post_events",
    "post /v1/playbooks": "publish_playbook",
    "post /v1/tasks/{task}/appointment": "arrange_visit",
    "post /v1/tasks/{task}/ask-help": "ask_task_help",
    "delete /v1/templates/{language}/{kind}": "withdraw_template",
    "get /v1/templates": "list_templates",
    "get /v1/templates/{language}/{kind}": "get_template",
    "post /v1/templates/{language}/{kind}/preview": "preview_template",
    "put /v1/templates/{language}/{kind}": "publish_template",
    "post /v1/test-clock": "move_test_clock",
    "post /v1/webhook-endpoints/{endpoint}/deliveries/{delivery}/redeliver": "redeliver_delivery",
    "post /v1/webhook-endpoints/{endpoint}/rotate-secret": "rotate_webhook_secret",
}


def published(path: str) -> str:
    """The path with its parameters named after what they are: `/v1/cases/{case}/events`, whatever the code calls them."""
    parts = path.split("/")
    for index, part in enumerate(parts):
        if part.startswith("{"):
            parts[index] = "{" + ONE_OF.get(parts[index - 1], part[1:-1]).removeprefix("webhook_") + "}"
    return "/".join(parts)


def called(method: str, path: str) -> str:
    """The operation's id: `list_cases`, `get_case`, `pause_case`, `create_case_promise`."""
    own = _OWN.get(f"{method} {path}")
    if own is not None:
        return own
    parts = path.strip("/").split("/")[1:]
    words = [part for part in parts if not part.startswith("{")]
    about = [ONE_OF.get(word, word.replace("-", "_")) for word in words]
    last = words[-1]
    if parts[-1].startswith("{"):
        return "_".join([_VERBS[method], *about])
    if last in ONE_OF:
        plural = last.replace("-", "_")
        return "_".join(["list", *about[:-1], plural] if method == "get" else [_VERBS[method], *about])
    if method == "post" and len(words) > 1:
        return "_".join([about[-1], *about[:-1]])
    return "_".join([_VERBS[method], *about])
