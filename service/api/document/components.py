"""The parts that operations share: schemas tidied up, one Problem with its codes, parameters, headers, problem responses."""

import re
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from service.api.document.wording import HEADERS, PARAMETERS, WEBHOOK_PARAMETERS
from service.api.models.problems import ProblemAnswer, responses
from service.api.problems import MEDIA_TYPE, Fault, Problem, invalid, rendered
from service.words.sentences import CATALOGUES, say

Json = dict[str, Any]

REF = "#/components/schemas/"
NAMES = {"ProblemAnswer": "Problem"}
"""Schemas that the document calls otherwise than the code."""

RESPONSES = {
    400: "NotUnderstood",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    406: "NotAcceptable",
    409: "Conflict",
    410: "NoLongerKept",
    412: "Stale",
    413: "TooLarge",
    415: "UnsupportedMediaType",
    422: "Invalid",
    429: "TooMany",
    503: "Unavailable",
}
_EXAMPLES = {
    400: Problem(400, "invalid_json", {"position": 17}),
    401: Problem(401, "unauthorized"),
    403: Problem(403, "role_may_not", {"role": "viewer"}),
    404: Problem(404, "unknown_invoice", {"invoice": "INV-1"}),
    406: Problem(406, "not_acceptable"),
    409: Problem(409, "in_progress"),
    410: Problem(410, "answer_erased"),
    412: Problem(412, "stale"),
    413: Problem(413, "payload_too_large", {"limit": 1024 * 1024}),
    415: Problem(415, "unsupported_media_type"),
    422: invalid([Fault("/due_on", "bad_date")]),
    429: Problem(429, "rate_limited"),
    503: Problem(503, "database_away"),
}
_WAITING = (429, 503)
_UNTITLED = ("properties", "$defs", "examples", "example", "default", "const", "enum")
"""Keywords whose values are no schemas themselves: a field may be called `title`."""

_MESSAGE = re.compile(r"^([a-z][a-z0-9_]*(?:-[a-z0-9_]+)*) =", re.MULTILINE)


def ref(name: str) -> Json:
    """A reference to a schema."""
    return {"$ref": f"{REF}{name}"}


def schemas(drawn: Json) -> dict[str, Json]:
    """The schemas that the routes declare, under their published names and without generated titles."""
    tidy: dict[str, Json] = {name: untitled(schema) for name, schema in drawn.items()} | of_models(ProblemAnswer)
    tidy.pop("HTTPValidationError", None)
    tidy.pop("ValidationError", None)
    problem = tidy["Problem"]["properties"]
    problem["type"]["format"] = "uri-reference"
    problem["code"]["description"] = "Stable; `x-codes` lists all of them with their English sentence."
    problem["code"]["x-codes"] = codes()
    fault = tidy["ProblemFault"]["properties"]["code"]
    fault["description"] = "As the code of a problem; `x-codes` lists those that only a template's faults have."
    fault["x-codes"] = codes("template")
    if "PlaybookFault" in tidy:
        tidy["PlaybookFault"]["properties"]["code"]["x-codes"] = codes("playbook")
    return tidy


def of_models(*models: type[BaseModel]) -> dict[str, Json]:
    """The schemas of models that no route names as its answer."""
    _, drawn = models_json_schema([(model, "validation") for model in models], ref_template=REF + "{model}")
    return {NAMES.get(name, name): untitled(schema) for name, schema in drawn["$defs"].items()}


def untitled(schema: Any) -> Any:
    """The schema without the titles that generators put everywhere, its references under their published names."""
    if isinstance(schema, list):
        return [untitled(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    tidy = {}
    for name, part in schema.items():
        if name == "title" and isinstance(part, str):
            continue
        if name == "$ref":
            target = part.removeprefix(REF)
            part = f"{REF}{NAMES.get(target, target)}"
        elif name in ("properties", "$defs"):
            part = {key: untitled(value) for key, value in part.items()}
        elif name == "description":
            part = " ".join(part.split())
        elif isinstance(part, float) and part.is_integer():
            part = int(part)
        elif name not in _UNTITLED:
            part = untitled(part)
        tidy[name] = part
    if "patternProperties" in tidy:
        tidy.setdefault("additionalProperties", False)  # generators leave it out, and then any other key would fit
    return tidy


@cache
def codes(family: str = "") -> dict[str, str]:
    """The codes of a family with their English sentences, read from the catalogue; without a family those of problems."""
    found = _MESSAGE.findall((CATALOGUES / "en.ftl").read_text("utf-8"))
    wanted = [key.partition("-") for key in found]
    names = [code if family else first for first, _, code in wanted if (first == family if family else not code)]
    return {name: say(f"{family}.{name}" if family else name, "en") for name in sorted(names)}


def components(schemas: dict[str, Json]) -> Json:
    """The components of the document."""
    return {
        "schemas": dict(sorted(schemas.items())),
        "parameters": dict(sorted({**PARAMETERS, **WEBHOOK_PARAMETERS}.items())),
        "headers": HEADERS,
        "responses": {name: _response(status) for status, name in RESPONSES.items()},
        "securitySchemes": {
            "key": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "dl_<tenant>_<key id>_<secret>",
                "description": "A key of `dunlog key create`: one tenant, one role, one user.",
            }
        },
    }


def _response(status: int) -> Json:
    headers = {"X-Request-Id": header("RequestId")}
    if status in _WAITING:
        headers["Retry-After"] = header("RetryAfter")
    if status == 401:
        headers["WWW-Authenticate"] = {"schema": {"type": "string"}, "example": 'Bearer realm="dunlog"'}
    example = rendered(_EXAMPLES[status], "en", "/v1/cases/INV-1/promises", "req_5f1d7a84")
    return {
        "description": responses(status)[status]["description"],
        "headers": headers,
        "content": {MEDIA_TYPE: {"schema": ref("Problem"), "example": example}},
    }


def header(name: str) -> Json:
    """A reference to a header."""
    return {"$ref": f"#/components/headers/{name}"}


def response(status: int) -> Json:
    """A reference to a problem response."""
    return {"$ref": f"#/components/responses/{RESPONSES[status]}"}


def parameter(name: str) -> Json:
    """A reference to a parameter."""
    return {"$ref": f"#/components/parameters/{name}"}
