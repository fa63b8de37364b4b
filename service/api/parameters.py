"""Query parameters, before anybody looks at their meaning: each is known here and given once, or one would be ignored, and
is text that a database takes."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request

from service.api.problems import Fault, invalid

MOST_TOLD = 20


def check_parameters(request: Request) -> None:
    """Raises Problem for parameters that the route does not know, that are given twice or hold what no text may."""
    if not request.scope["query_string"]:
        return
    known = {name for field in request.scope["route"].dependant.query_params for name in _names(field)}
    given = request.query_params.multi_items()
    faults = [
        Fault(f"/query/{name[:64]}", "repeated_parameter" if name in known else "unknown_parameter")
        for name, count in sorted(Counter(name for name, _ in given).items())
        if name not in known or count > 1
    ]
    faults = faults or [Fault(f"/query/{name}", "control_character") for name, value in given if "\0" in value]
    if faults:
        raise invalid(faults[:MOST_TOLD])


def _names(field: Any) -> Iterator[str]:
    """A parameter's, or those of the model that several are given in."""
    kind = field.field_info.annotation
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from (one.alias or name for name, one in kind.model_fields.items())
    else:
        yield field.alias
