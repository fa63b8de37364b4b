"""The laws of limitation that come with the service, as data (I1): the one a tenant chose, its country's, or its own."""

from functools import cache
from importlib.resources import files

import yaml

from service.domain.limitation import CAUSES, Law
from service.domain.settings import Settings

OWN = "generic"
"""The law that a tenant writes itself: `limitation_years` and `limitation_interrupted_by`."""


@cache
def shipped() -> dict[str, Law]:
    """By code. Raises ValueError when the data name what nobody knows."""
    text = (files("service") / "laws" / "limitation.yaml").read_text("utf-8")
    found = {}
    for code, one in yaml.safe_load(text).items():
        if unknown := set(one["interrupted_by"]) - set(CAUSES):
            raise ValueError(f"{code}: unknown interruptions {sorted(unknown)}")
        found[code] = Law(code=code, years=int(one["years"]), interrupted_by=frozenset(one["interrupted_by"]))
    return found


def law_of(settings: Settings) -> Law:
    """What the tenant chose; without a choice its country's, where that is known."""
    code = settings.law or settings.country.partition("-")[0]
    own = Law(code=OWN, years=settings.limitation_years, interrupted_by=frozenset(settings.limitation_interrupted_by))
    return shipped().get(code, own)
