"""The API's own description (OpenAPI 3.1), made of the types that it answers with."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version

import msgspec

from whydrift.web.api.documents import ADDRESSES, Address
from whydrift.web.problem import ProblemAnswer

NUMBERS = ("limit", "offset", "days", "after")
SAYS = {
    "q": "a text that names hold",
    "days": "how many days back, 365 at most",
    "limit": "rows of a page, 1000 at most",
    "scope": "shown, hidden or trouble",
    "accepted": "true or false",
    "gone": "true: also what is gone",
    "severity": "broken, loses, unexplained, attention or noise",
    "after": "the id of an event: what came after it, oldest first",
}
Json = dict[str, object]


@cache
def openapi() -> bytes:
    """The description as JSON."""
    kinds: list[type[msgspec.Struct]] = [*dict.fromkeys(address.answers for address in ADDRESSES), ProblemAnswer]
    schemas, components = msgspec.json.schema_components(
        kinds, schema_hook=lambda kind: {"description": "any JSON value"}, ref_template="#/components/schemas/{name}"
    )
    by_kind = dict(zip(kinds, schemas, strict=True))
    paths = {address.path: {"get": _operation(address, by_kind)} for address in ADDRESSES}
    document: Json = {
        "openapi": "3.1.0",
        "info": {
            "title": "whydrift",
            "version": version("whydrift"),
            "description": "Read only. Lists of values repeat their key. Behind a token: bearer, or Basic's password.",
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }
    return msgspec.json.format(msgspec.json.encode(document))


def _operation(address: Address, by_kind: dict[type[msgspec.Struct], Json]) -> Json:
    named = [part.strip("{}") for part in address.path.split("/") if part.startswith("{")]
    parameters: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in named
    ]
    parameters += [_parameter(name) for name in address.query]
    return {
        "operationId": address.document.__name__,
        "summary": address.says,
        "parameters": parameters,
        "responses": {
            "200": {"description": address.says, "content": _content(by_kind[address.answers])},
            "default": {"description": "No answer, and why", "content": _content(by_kind[ProblemAnswer])},
        },
    }


def _parameter(name: str) -> Json:
    schema: Json = {"type": "integer" if name in NUMBERS else "string"}
    about: Json = {"description": SAYS[name]} if name in SAYS else {}
    return {"name": name, "in": "query", "required": False, "schema": schema, **about}


def _content(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}
