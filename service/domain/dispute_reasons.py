"""Why customers dispute bills, as data: each reason with the root cause it usually has and who of ours can say (D5).

What they are called stands in the catalogues (`dispute_reason.…`, `root_cause.…`).
"""

from msgspec import Struct


class Reason(Struct, frozen=True):
    """A reason's usual root cause, and the audience that takes the dispute up unless somebody else is named."""

    root_cause: str
    owner: str


REASONS: dict[str, Reason] = {
    "price": Reason("pricing", "sales"),
    "discount": Reason("pricing", "sales"),
    "not_ordered": Reason("ordering", "sales"),
    "contract_terms": Reason("contract", "sales"),
    "service": Reason("service", "sales"),
    "quantity": Reason("delivery", "warehouse"),
    "not_delivered": Reason("delivery", "warehouse"),
    "late_delivery": Reason("delivery", "warehouse"),
    "damaged": Reason("delivery", "warehouse"),
    "quality": Reason("quality", "quality"),
    "duplicate": Reason("billing", "finance"),
    "wrong_customer": Reason("billing", "finance"),
    "tax_invoice": Reason("documents", "finance"),
    "documents_missing": Reason("documents", "finance"),
    "paid_already": Reason("posting", "finance"),
    "credit_missing": Reason("posting", "finance"),
    "other": Reason("unknown", "sales"),
}

CAUSES = frozenset({reason.root_cause for reason in REASONS.values()} | {"customer"})
"""What disputes come from; `customer`: the bill was right."""
