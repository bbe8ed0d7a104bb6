"""Where a kustomization names files and folders: each of them looked at, or given another name."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from whydrift.adapters.render.checkout import NotRendered
from whydrift.core.model.values import Json, JsonObject, is_object, mapping, text

FOLDERS = ("resources", "bases", "components")
FILES = ("crds", "configurations", "patchesStrategicMerge", "transformers", "generators", "validators")
INLINE = ("patchesStrategicMerge", "transformers", "generators", "validators")
"""Lists that may hold YAML text in place of a path."""
WITH_PATH = ("patches", "patchesJson6902", "replacements")
GENERATORS = ("configMapGenerator", "secretGenerator")
CHARTS, GLOBALS, OLD_CHARTS = "helmCharts", "helmGlobals", "helmChartInflationGenerator"
LEADING = (*FOLDERS, *FILES, *WITH_PATH, *GENERATORS, CHARTS, GLOBALS, OLD_CHARTS, "openapi")
"""The fields that lead to files."""
INNER = (
    *("path", "files", "envs", "env", "valuesFile", "additionalValuesFiles", "chartHome", "configHome"),
    *("name", "version", "repo"),
)
"""The fields below them that do."""
LOADED = frozenset({*(key.casefold() for key in INNER), "paths"})
URL = re.compile(r"https?:", re.IGNORECASE)
Named = Callable[[str], str]


def with_paths(stated: JsonObject, named: Named) -> JsonObject:
    """A kustomization with another name for each path in it; text that stands in place of a path stays."""
    made = dict(stated)
    for key in (*FOLDERS, *FILES):
        _each(made, key, partial(_entry, key, named))
    for key in WITH_PATH:
        _each(made, key, lambda entry: _replaced(entry, "path", named))
    for key in GENERATORS:
        _each(made, key, lambda entry: _generator(entry, named))
    _each(made, CHARTS, lambda entry: _chart(entry, named))
    if text(made, "openapi", "path"):
        made["openapi"] = _replaced(made["openapi"], "path", named)
    return made


def check_spelling(name: str, stated: JsonObject) -> None:
    """Refuse what leads to files and is written in other letters: kustomize reads it (encoding/json), we would not."""
    for key in stated:
        _check_key(name, key, LEADING)
    below = (stated.get(key) for key in LEADING)
    for value in below:
        for entry in value if isinstance(value, list) else [value]:
            for key in mapping(entry):
                _check_key(name, key, INNER)


def fetches(value: Json, key: str = "") -> bool:
    """Whether something that the configuration of a generator or the like states as a path is a URL."""
    if isinstance(value, dict):
        return any(fetches(inner, name) for name, inner in value.items())
    if isinstance(value, list):
        return any(fetches(inner, key) for inner in value)
    paths = (value, value.partition("=")[2]) if isinstance(value, str) and key.casefold() in LOADED else ()
    return any(URL.match(path) for path in paths)


def _check_key(name: str, key: str, known: tuple[str, ...]) -> None:
    if key not in known and key.casefold() in {each.casefold() for each in known}:
        raise NotRendered(f"{name}: {key} is not spelled as kustomize spells it")


def _each(made: JsonObject, key: str, becomes: Callable[[Json], Json]) -> None:
    entries = made.get(key)
    if isinstance(entries, list):
        made[key] = [becomes(entry) for entry in entries]


def _entry(key: str, named: Named, entry: Json) -> Json:
    if not isinstance(entry, str):
        return entry
    is_text = key in INLINE and ("\n" in entry or ": " in entry) and not URL.match(entry)
    return entry if is_text else named(entry)


def _replaced(entry: Json, key: str, named: Named) -> Json:
    return {**mapping(entry), key: named(text(entry, key))} if text(entry, key) else entry


def _listed(entry: Json, key: str, named: Named) -> Json:
    made = dict(mapping(entry))
    _each(made, key, lambda path: named(str(path)))
    return made if is_object(entry) else entry


def _generator(entry: Json, named: Named) -> Json:
    """The entry of a generator: a file may stand behind a key and `=`."""

    def behind_key(stated: str) -> str:
        key, equals, path = stated.rpartition("=")
        return f"{key}{equals}{named(path)}"

    return _replaced(_listed(_listed(entry, "files", behind_key), "envs", named), "env", named)


def _chart(entry: Json, named: Named) -> Json:
    return _replaced(_listed(entry, "additionalValuesFiles", named), "valuesFile", named)
