"""Secrets that lack a key, or are not there: where git makes them, and where it refers to them."""

from __future__ import annotations

import re
from difflib import get_close_matches

from whydrift.core.model.values import items, mapping
from whydrift.core.unmask.case import Case
from whydrift.core.unmask.outline import Line, in_flow, line_of

SECRET_MAKERS = frozenset(
    {"Secret", "ExternalSecret", "SealedSecret", "VaultStaticSecret", "OnePasswordItem", "InfisicalSecret"}
)


def secret_place(case: Case) -> str | None:
    """The key that a Secret lacks: where git makes that Secret the nearest key there, else the reference."""
    line = case.trouble.why.line
    key = re.search(r"find key (\S+) in Secret \S*?([^/\s]+)$", line) or re.search(r"secret key: (\S+)()", line)
    secret = (
        key.group(2)
        if key
        else (re.search(r"(?i)secrets? \"?([\w.-]+/)?([\w.-]+)\"? (?:not found|does not)", line) or [""] * 3)[2]
    )
    makers = [w for w in case.places.documents if secret and _makes(w.lines, secret)]
    for written in makers:
        named = {value: line_.number for line_ in written.lines for value in _keys(line_.path, line_.value)}
        close = get_close_matches(key.group(1), list(named), n=1, cutoff=0.6) if key else []
        if close:
            return f"{written.file}:{named[close[0]]}"
    reference = _reference(case, secret, key.group(1) if key else "")
    return reference or (makers[0].at("metadata", "name") if makers else None)


def _makes(lines: tuple[Line, ...], secret: str) -> bool:
    """Whether a document makes a Secret of a name."""
    kind = line_of(lines, ("kind",))
    names = (line_of(lines, path) for path in (("spec", "target", "name"), ("metadata", "name")))
    named = next((found for found in names if found is not None), None)
    return kind is not None and kind.value in SECRET_MAKERS and named is not None and secret in named.value


def _keys(path: tuple[str | int, ...], value: str) -> list[str]:
    """The keys of a Secret that a line of its maker names."""

    flow = in_flow(value, "secretKey")
    if flow:
        return [flow]
    if path[-1:] == ("secretKey",):
        return [value]
    inside = {"data", "stringData", "encryptedData"} & {str(step) for step in path[:-1]}
    return [str(path[-1])] if inside and isinstance(path[-1], str) else []


def _reference(case: Case, secret: str, key: str) -> str | None:
    """Where the workload names a Secret, and the key of it."""
    env = items(case.container, "env")
    for number, row in enumerate(env):
        ref = mapping(row, "valueFrom", "secretKeyRef")
        if ref and (not key or ref.get("key") == key) and (not secret or ref.get("name") == secret):
            path = ("env", number, "valueFrom", "secretKeyRef")
            found = case.at(*path, "key" if key else "name") or case.at(*path)
            if found:
                return found
    return case.places.text(key or secret)


def secret_reference(case: Case) -> str | None:
    """Where the container names the Secret that it logs in with."""
    for number, row in enumerate(items(case.container, "env")):
        if mapping(row, "valueFrom", "secretKeyRef"):
            path = ("env", number, "valueFrom", "secretKeyRef")
            return case.at(*path)
    return None
