"""What the template of an ApplicationSet computes for one application, where an element of a list generator states it.

applicationset/generators/list.go: an element's keys are the parameters; docs: operator-manual/applicationset,
Generators-List.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import Change
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson, child, is_object, items, text

PARAMETER = re.compile(r"\{\{-?\s*\.?([A-Za-z_][\w.-]*?)\s*-?\}\}")
"""One parameter and nothing else, with and without `goTemplate`."""
COMPUTED = re.compile(r"\{\{.*?\}\}", re.DOTALL)


def in_element(manifest: JsonObject, inside: Path, name: str, change: Change) -> Change | None:
    """A change of the application of that name as one of the element that it is made of.

    None where the template states the value itself or computes it otherwise, where it takes the same parameter for
    something else too, or where not exactly one element makes the application.
    """
    template = child(manifest, *inside)
    lone = PARAMETER.fullmatch(text(template, *change.path))
    if lone is None or child(manifest, "spec", "templatePatch") is not ABSENT:
        return None
    key = lone[1]
    made = [(path, element) for path, element in _elements(manifest) if _filled(template, element) == name]
    if len(made) != 1 or _uses(template, key) != 1:
        return None
    (path, element), steps = made[0], tuple(key.split("."))
    value = _as_before(child(element, *steps), change.value)
    return None if value is ABSENT else Change((*path, *steps), value)


def _elements(manifest: JsonObject) -> Iterator[tuple[Path, JsonObject]]:
    """The elements of list generators that have no template of their own, with where they stand."""
    for place, generator in enumerate(items(manifest, "spec", "generators")):
        if _is_bare(child(generator, "list", "template")):
            for number, element in enumerate(items(generator, "list", "elements")):
                if is_object(element):
                    yield ("spec", "generators", place, "list", "elements", number), element


def _is_bare(template: MaybeJson) -> bool:
    """Whether a generator's own template states nothing: Argo CD fills in its empty fields (measured, 3.5.7)."""
    if is_object(template):
        return all(_is_bare(part) for part in template.values())
    return template is ABSENT or template in ("", None, [])


def _filled(template: MaybeJson, element: JsonObject) -> str:
    """The name that an element's application gets; what is not known stays as it is written."""
    name = text(template, "metadata", "name")
    return PARAMETER.sub(lambda found: text(element, *found[1].split(".")) or found[0], name)


def _uses(value: MaybeJson, key: str) -> int:
    """How often a template may use a parameter: by its name, or with all others (`{{ toJson . }}`)."""
    if isinstance(value, str):
        use = re.compile(rf"(?<![\w-]){re.escape(key)}(?![\w-])|(?<!\w)\.(?!\w)")
        return sum(len(use.findall(part)) for part in COMPUTED.findall(value))
    parts = list(value.values()) if is_object(value) else value if isinstance(value, list) else []
    return sum(_uses(part, key) for part in parts)


def _as_before(before: MaybeJson, after: MaybeJson) -> MaybeJson:
    """A value in the type that the element has; ABSENT where it cannot have that."""
    if isinstance(before, str) and isinstance(after, str):
        return after
    number: Json = int(after) if isinstance(after, str) and after.isdigit() else None
    return number if type(before) is int and number is not None else ABSENT
