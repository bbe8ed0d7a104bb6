"""Makes the table of built-in types from what an API server serves at /openapi/v3: `python -m … DIRECTORY`.

Kept is what the comparison and the causes ask for: structure, list and map types, formats, enums, true defaults.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

KEPT = (
    "type",
    "format",
    "enum",
    "required",
    "x-kubernetes-list-type",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-map-type",
)
TABLE = Path(__file__).with_name("schema.json.gz")

# OpenAPI cannot say what these are; kube-openapi (schemaconv) knows them by name.
SPECIAL: dict[str, dict[str, Any]] = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {"type": "string", "format": "quantity"},
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {"type": "string", "format": "int-or-string"},
    "io.k8s.apimachinery.pkg.runtime.RawExtension": {"type": "object", "x-kubernetes-map-type": "atomic"},
}


def table(directory: Path) -> dict[str, Any]:
    """The table of a directory of OpenAPI v3 documents: `kinds` ("apiVersion/kind" to name) and `definitions`."""
    documents = [json.loads(file.read_text()) for file in sorted(directory.rglob("*.json"))]
    schemas = {name: schema for document in documents for name, schema in document["components"]["schemas"].items()}
    kinds = {_kind(schema): name for name, schema in schemas.items() if _is_object(schema)}
    definitions: dict[str, Any] = {}
    todo = sorted(kinds.values())
    while todo:
        name = todo.pop()
        if name not in definitions:
            definitions[name] = SPECIAL.get(name) or reduced(schemas[name])
            todo += _references(definitions[name])
    return {"definitions": dict(sorted(definitions.items())), "kinds": dict(sorted(kinds.items()))}


def reduced(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without what nobody asks for."""
    kept = {keyword: schema[keyword] for keyword in KEPT if keyword in schema}
    references = [part["$ref"] for part in [schema, *schema.get("allOf", [])] if "$ref" in part]
    if references:
        kept["$ref"] = references[0].rsplit("/", 1)[-1]
    # A Go field that is no pointer has its zero value as "default": the server fills nothing in, but list keys use it.
    if "default" in schema and schema["default"] != {}:
        kept["default" if schema["default"] else "x-go-zero"] = schema["default"]
    for keyword in ("items", "additionalProperties"):
        if isinstance(schema.get(keyword), dict):
            kept[keyword] = reduced(schema[keyword])
    if "properties" in schema:
        kept["properties"] = {field: reduced(below) for field, below in schema["properties"].items()}
    return kept


def _is_object(schema: dict[str, Any]) -> bool:
    kinds, fields = schema.get("x-kubernetes-group-version-kind", []), schema.get("properties", {})
    return len(kinds) == 1 and "metadata" in fields and not kinds[0]["kind"].endswith("List")


def _kind(schema: dict[str, Any]) -> str:
    gvk = schema["x-kubernetes-group-version-kind"][0]
    group = gvk["group"] + "/" if gvk["group"] else ""
    return f"{group}{gvk['version']}/{gvk['kind']}"


def _references(schema: dict[str, Any]) -> list[str]:
    found = [schema["$ref"]] if "$ref" in schema else []
    below = [schema.get("items"), schema.get("additionalProperties"), *schema.get("properties", {}).values()]
    return found + [name for part in below if isinstance(part, dict) for name in _references(part)]


if __name__ == "__main__":
    TABLE.write_bytes(gzip.compress(json.dumps(table(Path(sys.argv[1])), separators=(",", ":")).encode(), mtime=0))
