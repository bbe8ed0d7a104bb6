"""Scalars of YAML: what Go reads them as, and how a value is written so that it is read as the same.

Kubernetes, Argo CD and Helm read YAML with sigs.k8s.io/yaml (goyaml.v2/resolve.go): `on` and `y` are booleans, `0755`
is octal, `1e3` is a float, time stamps are strings.
"""

from __future__ import annotations

import json
import math
import re

from whydrift.core.model.values import Json
from whydrift.errors import NotEditable

WORDS: dict[str, bool | None] = {
    **{word: True for word in ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON")},
    **{word: False for word in ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF")},
    **{word: None for word in ("", "~", "null", "Null", "NULL")},
}
NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))")
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
NUMBER_LIKE = re.compile(
    r"[-+]?(?:0[xX][0-9a-fA-F_]+|0[oObB][0-7_]+|(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9_]+)(?:[eE][-+]?[0-9]+)?"
    r"|[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?)"
)
"""What some reader of YAML takes for a number: 1.1's base 60 and octal, 1.2's octal, underscores."""
DATE_LIKE = re.compile(r"\d{4}-\d\d?-\d\d?(?:$|[tT ]\d)")
RESERVED = "-?:,[]{}#&*!|>'\"%@`"
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


def plain_value(text: str) -> Json:
    """What Go reads a plain scalar as; NotEditable for numbers that JSON cannot hold."""
    if text in WORDS:
        return WORDS[text]
    if NOT_FINITE.fullmatch(text):
        raise NotEditable(f"{text} is no value that JSON can hold")
    if text[0] not in "+-.0123456789":
        return text
    digits = text if text[0] == "." else text.replace("_", "")
    whole = INTEGER.fullmatch(digits)
    if whole:
        return _integer(whole)
    return float(digits) if FLOAT.fullmatch(digits) else text


def _integer(found: re.Match[str]) -> int:
    sign, hexadecimal, binary, octal, decimal = found.groups()
    for digits, base in ((hexadecimal, 16), (binary, 2), (octal, 8)):
        if digits:
            return int(sign + digits, base)
    return int(sign + decimal)


def scalar_text(value: Json, style: str = "", flow: bool = False) -> str:
    """A scalar as text on one line: a string in the quotes of `style` (' or "), or plain where it can be."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return _float(value)
        case str():
            return _string(value, style, flow)
        case _:
            raise NotEditable("a map or a list is no scalar")


def _float(value: float) -> str:
    if not math.isfinite(value):
        raise NotEditable(f"{value} is no value that JSON can hold")
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _string(value: str, style: str, flow: bool) -> str:
    if style == "'" and not CONTROL.search(value):
        return "'" + value.replace("'", "''") + "'"
    if style != '"' and is_plain(value, flow):
        return value
    return _double_quoted(value)


def _double_quoted(value: str) -> str:
    quoted = json.dumps(value, ensure_ascii=False)
    return CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", quoted)


def is_plain(value: str, flow: bool = False) -> bool:
    """Whether a string without quotes is read as this very string, also by readers of YAML 1.1 and 1.2."""
    if not value or value != value.strip() or CONTROL.search(value) or "\t" in value:
        return False
    if value in WORDS or value == "<<" or NUMBER_LIKE.fullmatch(value) or NOT_FINITE.fullmatch(value):
        return False
    if DATE_LIKE.match(value) or value.startswith(("---", "...")):
        return False
    if value[0] in RESERVED and not (value[0] in "-?:" and len(value) > 1 and value[1] not in " ,[]{}"):
        return False
    if ": " in value or " #" in value or value.endswith(":"):
        return False
    return not (flow and (set(value) & set(",[]{}") or ":" in value[-1:] or value[0] in "-?:"))
