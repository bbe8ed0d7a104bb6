"""Which facts a cause can read at all: the names of fact kinds in its functions, and in all that these refer to."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from whydrift.core.explain.cause import Cause
from whydrift.core.model import fact_kinds
from whydrift.core.model.facts import FactKind

SOURCE = Path(fact_kinds.__file__).parents[3]
KINDS = fact_kinds.__name__
OF_SUBJECT = {"schema": "SCHEMAS", "stored": "SCHEMAS", "stored_base": "SCHEMAS", "release": "ARGOCD_VERSION"}
"""What a subject works out of facts when it is asked for it."""
Way = tuple[str, ...]


class Module(NamedTuple):
    """A module's own names with what stands behind them, and where its other names come from."""

    own: dict[str, ast.stmt]
    imported: dict[str, tuple[str, str]]


def reachable(cause: Cause) -> dict[FactKind[object], Way]:
    """The facts that the functions of a cause may read, each with the functions that lead to it."""
    found: dict[str, Way] = {}
    for function in (cause.explain, cause.concerns):
        for name, way in _reached(function.__module__, function.__name__, (), set()):
            found.setdefault(name, way)
    return {getattr(fact_kinds, name): way for name, way in found.items()}


def _reached(module: str, name: str, way: Way, seen: set[tuple[str, str]]) -> Iterator[tuple[str, Way]]:
    """The names of the facts that a name of a module leads to."""
    own, imported = _read(module)
    if name in imported and name not in own:
        if imported[name][0] == KINDS:
            yield name, way
        elif imported[name][0].startswith("whydrift."):
            yield from _reached(*imported[name], way, seen)
    elif name in own and name != "Subject" and (module, name) not in seen:
        seen.add((module, name))
        here = (*way, f"{module.rpartition('.')[2]}.{name}")
        for node in ast.walk(own[name]):
            if isinstance(node, ast.Attribute) and node.attr in OF_SUBJECT and _is_subject(node.value):
                yield OF_SUBJECT[node.attr], here
            elif isinstance(node, ast.Name):
                yield from _reached(module, node.id, here, seen)


def _is_subject(node: ast.expr) -> bool:
    return (isinstance(node, ast.Name) and node.id == "subject") or (
        isinstance(node, ast.Attribute) and node.attr == "subject"
    )


@cache
def _read(module: str) -> Module:
    place = SOURCE / module.replace(".", "/")
    tree = ast.parse((place / "__init__.py" if place.is_dir() else place.with_suffix(".py")).read_text())
    own: dict[str, ast.stmt] = {}
    imported: dict[str, tuple[str, str]] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            imported |= {alias.asname or alias.name: (node.module or "", alias.name) for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            own[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            own |= {target.id: node for target in targets if isinstance(target, ast.Name)}
    return Module(own, imported)
