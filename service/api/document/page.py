"""The document as one HTML page: readable without scripts, and without a network."""

import json
import re
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from service.api.document.scalars import SCALARS

Json = dict[str, Any]

_METHODS = ("get", "put", "post", "patch", "delete")
_CODE = re.compile(r"(`[^`]+`)")
_MARKS = (
    (re.compile(r"\*\*([^*]+)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![*\w])\*([^*]+)\*(?![*\w])"), r"<em>\1</em>"),
)
_BOUNDS = (
    ("minimum", "{} or more"),
    ("maximum", "at most {}"),
    ("minLength", "not shorter than {}"),
    ("maxLength", "not longer than {}"),
    ("minItems", "{} or more"),
    ("maxItems", "at most {}"),
)


def page(document: Json) -> str:
    """The page, whole."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {"prose": prose, "phrase": phrase, "kind": kind, "bounds": bounds, "pretty": pretty}
    operations = [
        {"method": method, "path": path, **_resolved(one, document)}
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    ]
    operations.sort(key=lambda one: (one["path"], _METHODS.index(one["method"])))
    groups = [
        {**tag, "operations": [one for one in operations if tag["name"] in one["tags"][:1]]} for tag in document["tags"]
    ]
    hooks = [{"name": name, **_resolved(one["post"], document)} for name, one in document["webhooks"].items()]
    schemas = document["components"]["schemas"]
    return environment.get_template("page.html").render(
        document=document,
        groups=groups,
        hooks=hooks,
        signing=hooks[0]["parameters"] if hooks else [],
        schemas=schemas,
        codes=schemas["Problem"]["properties"]["code"]["x-codes"],
        scalars=SCALARS,
    )


def _resolved(operation: Json, document: Json) -> Json:
    """The operation with its shared parameters and answers in place."""
    return {
        **operation,
        "parameters": [_found(one, document) for one in operation["parameters"]],
        "responses": {status: _found(one, document) for status, one in operation["responses"].items()},
    }


def _found(part: Json, document: Json) -> Json:
    if "$ref" not in part:
        return part
    found: Any = document
    for step in part["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    resolved: Json = found
    return resolved


def prose(text: str) -> str:
    """Paragraphs of text with code, strong and stressed words as safe HTML."""
    return "".join(f"<p>{phrase(part)}</p>" for part in text.strip().split("\n\n"))


def phrase(text: str) -> str:
    """One paragraph of it."""
    safe = escape(" ".join(text.split()), quote=False)
    return "".join(_marked(part) for part in _CODE.split(safe))


def _marked(part: str) -> str:
    """Stars inside code are no marks."""
    if part.startswith("`"):
        return f"<code>{part.strip('`')}</code>"
    for pattern, replacement in _MARKS:
        part = pattern.sub(replacement, part)
    return part


def kind(schema: Json) -> str:
    """What values a schema admits, as safe HTML with links to the schemas it names."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#schema-{name}">{name}</a>'
    for several in ("oneOf", "anyOf"):
        if several in schema:
            return " or ".join(dict.fromkeys(kind(one) for one in schema[several]))
    if "const" in schema:
        return f"<code>{escape(json.dumps(schema['const']))}</code>"
    if "enum" in schema:
        return " · ".join(f"<code>{escape(str(one))}</code>" for one in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {kind(schema['items'])}" if schema.get("items") else "list"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"map to {kind(schema['additionalProperties'])}"
    return escape(str(schema.get("format") or schema.get("type") or "any"))


def bounds(schema: Json) -> str:
    """Limits, shape and default, as safe HTML."""
    said = [text.format(schema[name]) for name, text in _BOUNDS if name in schema]
    said += [f"like <code>{escape(schema['pattern'])}</code>"] if "pattern" in schema else []
    if schema.get("default") is not None and schema["default"] != []:
        said.append(f"default <code>{escape(json.dumps(schema['default'], ensure_ascii=False))}</code>")
    return "; ".join(said)


def pretty(value: Any) -> str:
    """An example as it is written; a text as it is."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
