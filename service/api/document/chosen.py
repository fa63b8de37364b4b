"""Rows of lists that can be cut down to `fields`: what a list answers is the whole row, or some fields of it."""

from typing import Any

from service.api.document.components import REF, ref
from service.api.document.operations import Operation

Json = dict[str, Any]


def complete(found: list[Operation], schemas: dict[str, Json]) -> None:
    """Give each list that takes `fields` rows of which nothing is required, beside the whole ones."""
    for operation in found:
        if not any(one.get("name") == "fields" for one in operation.body["parameters"]):
            continue
        answer = operation.body["responses"]["200"]["content"]["application/json"]["schema"]
        rows = schemas[answer["$ref"].removeprefix(REF)]["properties"]["data"]
        whole = rows["items"].get("$ref", "").removeprefix(REF)
        if whole:
            some = {name: part for name, part in schemas[whole].items() if name not in ("required", "description")}
            schemas[f"{whole}Fields"] = {**some, "description": "The fields that were asked for."}
            rows["items"] = {"anyOf": [ref(whole), ref(f"{whole}Fields")]}
