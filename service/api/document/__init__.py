"""The OpenAPI 3.1 document: what the routes declare, completed by what all of them have in common, by the events that an
ERP may post and by the webhooks that go out. The committed file, `GET /v1/openapi.json` and `/docs` all come from here.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from service.api.document import chosen, components, inbound, outbound, samples
from service.api.document.operations import Operation, operations
from service.api.document.scalars import SCALARS, referring
from service.api.document.wording import DESCRIPTION, SUMMARY, TAGS

Json = dict[str, Any]

_METHODS = ("get", "put", "post", "patch", "delete")


def document(app: FastAPI) -> Json:
    """The whole document of the application's routes; the same routes always give the same document."""
    drawn = get_openapi(title=app.title, version=app.version, routes=app.routes, separate_input_output_schemas=False)
    schemas = components.schemas(drawn["components"]["schemas"])
    found = operations(app.routes, drawn["paths"])
    chosen.complete(found, schemas)
    inbound.complete(found, schemas)
    outbound.complete(schemas)
    for one in found:
        samples.complete(one.body, schemas)
    samples.complete_schemas(schemas)
    schemas = {name: referring(schema) for name, schema in schemas.items()} | SCALARS
    tags = {tag for one in found for tag in one.body["tags"]}
    return {
        "openapi": "3.1.0",
        "info": {"title": app.title, "version": app.version, "summary": SUMMARY, "description": DESCRIPTION},
        "servers": [{"url": "/", "description": "The service that this document came from."}],
        "security": [{"key": []}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items() if name in tags],
        "paths": referring(_paths(found)),
        "webhooks": outbound.webhooks(),
        "components": components.components(schemas),
        "x-internal-events": outbound.internal(),
    }


def _paths(found: list[Operation]) -> Json:
    paths: dict[str, Json] = {}
    for one in sorted(found, key=lambda one: (one.path, _METHODS.index(one.method))):
        paths.setdefault(one.path, {})[one.method] = one.body
    return paths
