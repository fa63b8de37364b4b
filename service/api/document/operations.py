"""Each operation: its name, who may, its parameters, headers and problems, found out from what its route depends on."""

from collections.abc import Callable, Iterator, Sequence
from inspect import get_annotations
from typing import Any, NamedTuple

from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute

from service.api.acts import Asking
from service.api.document.components import header, parameter, response, untitled
from service.api.document.wording import PATH_PARAMETERS
from service.api.names import called, published
from service.api.problems import MEDIA_TYPE
from service.api.roles import Right, admitted

Json = dict[str, Any]

CHANGING = ("post", "put", "patch", "delete")
TAGGED = ("/v1/cases/{case}", "/v1/customers/{customer}", "/v1/settings")
"""What is answered with an ETag."""

_BODY = (400, 413, 415)


class Operation(NamedTuple):
    """One method of one path, as the document has it."""

    path: str
    method: str
    body: Json


def operations(routes: Sequence[BaseRoute], drawn: Json) -> list[Operation]:
    """The operations of all routes; `drawn` is what the framework made of them, by path and method."""
    found = []
    for route in iter_route_contexts(routes):
        path = route.path_format or ""
        for method, given in drawn.get(path, {}).items():
            if method.upper() in (route.methods or ()):
                found.append(Operation(published(path), method, _operation(published(path), method, given, route)))
    return found


def _operation(path: str, method: str, given: Json, route: Any) -> Json:
    depends = list(_calls(route.dependant))
    right = next((one.right for one in depends if hasattr(one, "right")), None)
    repeatable = method in CHANGING and any(_asks(one) for one in depends)
    conditional = "412" in given["responses"]
    operation = {
        "operationId": called(method, path),
        "tags": given.get("tags", []),
        "summary": given["summary"],
        "description": _description(given.get("description", ""), right),
        **({"security": []} if right is None else {"x-right": right.value, "x-roles": sorted(admitted(right))}),
        "parameters": _parameters(path, given, right, repeatable, conditional),
    }
    if "requestBody" in given:
        operation["requestBody"] = untitled(given["requestBody"])
    problems = _problems(given, right, repeatable, conditional)
    operation["responses"] = {
        **{
            status: _success(path, method, status, untitled(one), repeatable)
            for status, one in sorted(given["responses"].items())
            if _is_answer(status, one)
        },
        **{str(status): response(status) for status in problems},
    }
    return operation


def _is_answer(status: str, given: Json) -> bool:
    """Whether it is no problem: `/readyz` says with 503 what stands in the way."""
    return int(status) < 400 or (int(status) == 503 and MEDIA_TYPE not in given.get("content", {}))


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    for one in dependant.dependencies:
        if one.call is not None:
            yield one.call
        yield from _calls(one)


def _asks(call: Callable[..., Any]) -> bool:
    """Whether it hands out an `Asking`: whoever acts by one keeps the answer for repeats."""
    return callable(call) and get_annotations(call).get("return") is Asking if hasattr(call, "__code__") else False


def _description(text: str, right: Right | None) -> str:
    said = "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))
    if right is None:
        return f"{said}\n\nNeeds no key."
    roles = ", ".join(f"`{role}`" for role in sorted(admitted(right)))
    return f"{said}\n\nNeeds the right `{right.value}`, which these roles have: {roles}."


def _parameters(path: str, given: Json, right: Right | None, repeatable: bool, conditional: bool) -> list[Json]:
    own = [_in_query(untitled(one)) for one in given.get("parameters", []) if one["in"] != "path"]
    in_path = {}
    for one in given.get("parameters", []):
        if one["in"] == "path":
            name = _renamed(path, one["name"], given)
            description, example = PATH_PARAMETERS[name]
            schema = untitled(one["schema"])
            schema.pop("description", None)
            schema.pop("examples", None)
            in_path[name] = {
                "name": name,
                "in": "path",
                "required": True,
                "description": description,
                "schema": schema,
                "example": example,
            }
    shared = ["RequestId"]
    shared += ["AcceptLanguage"] if right is not None else []
    shared += ["IdempotencyKey"] if repeatable else []
    shared += ["IfMatch"] if conditional else []
    return [*in_path.values(), *own, *(parameter(name) for name in sorted(shared))]


def _in_query(given: Json) -> Json:
    """A parameter cannot be null, only absent; what it means is said once."""
    schema = given["schema"]
    if "anyOf" in schema:
        (one,) = (part for part in schema["anyOf"] if part.get("type") != "null")
        schema = {**one, **{name: part for name, part in schema.items() if name != "anyOf"}}
    said = given.get("description") or schema.get("description", "")
    rest = {name: part for name, part in schema.items() if name != "description"}
    if given["name"] in PATH_PARAMETERS and "examples" in rest:
        rest["examples"] = [PATH_PARAMETERS[given["name"]][1]]
    return {"name": given["name"], "in": given["in"], **({"description": said} if said else {}), "schema": rest}


def _renamed(path: str, name: str, given: Json) -> str:
    """The published name of the path parameter: the framework has them in the order of the path."""
    names = [one["name"] for one in given["parameters"] if one["in"] == "path"]
    places = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return places[names.index(name)]


def _problems(given: Json, right: Right | None, repeatable: bool, conditional: bool) -> list[int]:
    declared = {int(status) for status, one in given["responses"].items() if not _is_answer(status, one)}
    if right is None:
        return sorted(declared - {422})
    found = declared | {401, 403, 422, 429, 503}
    found |= set(_BODY) if "requestBody" in given else set()
    found |= {409, 410} if repeatable else set()
    found |= {400, 412} if conditional else set()
    found |= {404} if any(one["in"] == "path" for one in given.get("parameters", [])) else set()
    return sorted(found)


def _success(path: str, method: str, status: str, given: Json, repeatable: bool) -> Json:
    headers = {"X-Request-Id": header("RequestId")}
    if method == "get" and path in TAGGED:
        headers["ETag"] = header("ETag")
    if status in ("201", "202"):
        headers["Location"] = header("Location")
    if repeatable:
        headers["Idempotent-Replayed"] = header("IdempotentReplayed")
    if status == "503":
        headers["Retry-After"] = header("RetryAfter")
    if given["description"] == "Successful Response":
        given = {**given, "description": _SAID.get(status, "Done.")}
    return {"description": given["description"], "headers": headers, **_content(given)}


_SAID = {"200": "As asked.", "201": "Made.", "202": "Consent is needed: the request that now waits.", "204": "Gone."}


def _content(given: Json) -> Json:
    return {"content": given["content"]} if "content" in given else {}
