"""JSON text as Go writes it: sorted keys, no spaces, <, > and & escaped."""

from __future__ import annotations

import json

from whydrift.core.compare.typed.scalars import number_text
from whydrift.core.model.values import Json

_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def go_json(value: Json) -> str:
    """The text that encoding/json makes of a value."""
    match value:
        case dict():
            return "{" + ",".join(f"{_text(key)}:{go_json(value[key])}" for key in sorted(value)) + "}"
        case list():
            return "[" + ",".join(map(go_json, value)) + "]"
        case str():
            return _text(value)
        case None | bool():
            return json.dumps(value)
        case _:
            return number_text(value)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).translate(_ESCAPES)
