"""Who a token's bearer is here."""

from typing import NamedTuple

from service.api.problems import Problem


class Bearer(NamedTuple):
    """A tenant's user in a role, until so many seconds since 1970."""

    tenant: str
    role: str
    user: str
    until: float


def not_mapped(claim: str) -> Problem:
    """A good token of somebody who is nobody here; `claim` is what does not say who."""
    return Problem(403, "token_not_mapped", {"claim": claim})
