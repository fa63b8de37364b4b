"""Who may: what a route asks for is a right, and each right names the roles it admits."""

from enum import StrEnum

from service.api.problems import Problem

VIEWER, ERP, ADMIN = "viewer", "erp", "admin"
COLLECTOR, SUPERVISOR, MANAGER, GENERAL_MANAGER, BOSS = "collector", "supervisor", "manager", "general_manager", "boss"
FINANCE, LEGAL = "finance", "legal"

_MANAGERS = frozenset({MANAGER, GENERAL_MANAGER, BOSS})
_SUPERVISORS = _MANAGERS | {SUPERVISOR}
_COLLECTORS = _SUPERVISORS | {COLLECTOR}
ROLES = _COLLECTORS | {VIEWER, FINANCE, LEGAL, ERP, ADMIN}


class Right(StrEnum):
    """What may be done. How far a right goes - a pause of 14 days, a task of one's own role - the domain says."""

    READ = "read"
    TEXTS = "texts"
    EVENTS = "events"
    INBOUND_MAIL = "inbound_mail"
    CONTACT_LOG = "contact_log"
    CONTACTS = "contacts"
    ERASE = "erase"
    PROMISE = "promise"
    DISPUTE = "dispute"
    RESOLVE_DISPUTE = "resolve_dispute"
    NOTE = "note"
    TASK = "task"
    FLAG = "flag"
    PAUSE = "pause"
    RESUME = "resume"
    ASSIGN = "assign"
    PLAN = "plan"
    EXTEND = "extend"
    DISCOUNT = "discount"
    HOLD = "hold"
    RELEASE = "release"
    SEGMENT = "segment"
    RESTRICT = "restrict"
    WRITE_OFF = "write_off"
    HAND_OVER = "hand_over"
    CREDIT_STOP = "credit_stop"
    PAYMENT = "payment"
    LETTER = "letter"
    RECEIPT = "receipt"
    RECONCILE = "reconcile"
    ADVISE = "advise"
    PAYMENT_FEED = "payment_feed"
    MILESTONE = "milestone"
    EVIDENCE = "evidence"
    APPROVE = "approve"
    REPORTS = "reports"
    WEEKLY = "weekly"
    TARGETS = "targets"
    SETTINGS = "settings"
    PLAYBOOKS = "playbooks"
    SIMULATE = "simulate"
    USERS = "users"
    KEYS = "keys"
    WEBHOOKS = "webhooks"
    TEST_CLOCK = "test_clock"


_NOBODY_ELSE: frozenset[str] = frozenset()

_ROLES: dict[Right, frozenset[str]] = {
    Right.READ: ROLES,
    Right.TEXTS: ROLES - {VIEWER, ERP},
    Right.EVENTS: frozenset({ERP}),
    Right.INBOUND_MAIL: frozenset({ERP}),
    Right.CONTACT_LOG: _COLLECTORS,
    Right.CONTACTS: _COLLECTORS,
    Right.ERASE: _MANAGERS,
    Right.PROMISE: _COLLECTORS,
    Right.DISPUTE: _COLLECTORS,
    Right.RESOLVE_DISPUTE: _COLLECTORS | {FINANCE, LEGAL},
    Right.NOTE: _COLLECTORS | {FINANCE, LEGAL},
    Right.TASK: _COLLECTORS | {FINANCE, LEGAL},
    Right.FLAG: _COLLECTORS,
    Right.PAUSE: _COLLECTORS,
    Right.RESUME: _SUPERVISORS,
    Right.ASSIGN: _SUPERVISORS,
    Right.PLAN: _SUPERVISORS,
    Right.EXTEND: _SUPERVISORS,
    Right.DISCOUNT: _SUPERVISORS,
    Right.HOLD: _MANAGERS,
    Right.RELEASE: _MANAGERS,
    Right.SEGMENT: _MANAGERS,
    Right.RESTRICT: _SUPERVISORS | {LEGAL},
    Right.WRITE_OFF: _MANAGERS,
    Right.HAND_OVER: _MANAGERS | {LEGAL},
    Right.CREDIT_STOP: _MANAGERS | {FINANCE},
    Right.PAYMENT: frozenset({FINANCE}),
    Right.LETTER: frozenset({LEGAL}),
    Right.RECEIPT: _COLLECTORS | {LEGAL},
    Right.RECONCILE: _COLLECTORS | {FINANCE, LEGAL},
    Right.ADVISE: _SUPERVISORS,
    Right.PAYMENT_FEED: frozenset({FINANCE, ERP}),
    Right.MILESTONE: frozenset({LEGAL}),
    Right.EVIDENCE: frozenset({LEGAL}),
    Right.APPROVE: _SUPERVISORS | {FINANCE, LEGAL},
    Right.REPORTS: ROLES - {ERP},
    Right.WEEKLY: ROLES - {ERP, COLLECTOR},
    Right.TARGETS: _SUPERVISORS,
    Right.SETTINGS: _NOBODY_ELSE,
    Right.PLAYBOOKS: _NOBODY_ELSE,
    Right.SIMULATE: _SUPERVISORS,
    Right.USERS: _NOBODY_ELSE,
    Right.KEYS: _NOBODY_ELSE,
    Right.WEBHOOKS: _NOBODY_ELSE,
    Right.TEST_CLOCK: _NOBODY_ELSE,
}


def admitted(right: Right) -> frozenset[str]:
    """The roles that have the right: an administrator has every one but that to approve."""
    return _ROLES[right] if right is Right.APPROVE else _ROLES[right] | {ADMIN}


def check(right: Right, role: str) -> None:
    """Raises Problem `role_may_not` unless the role has the right."""
    if role not in admitted(right):
        raise Problem(403, "role_may_not", {"role": role, "right": right.value})
