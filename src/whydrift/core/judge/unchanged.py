"""Objects that a sync surely leaves as they are, told without predicting anything.

Most objects of an application are so; a prediction costs a hundred times as much. When in doubt: not sure (a law holds
what is sure to the prediction).
"""

from __future__ import annotations

from whydrift.core.compare.last_applied import LAST_APPLIED, last_applied
from whydrift.core.compare.merge.patch_tags import MERGE, Schema
from whydrift.core.compare.structured import surely_applied
from whydrift.core.compare.terms import Terms
from whydrift.core.judge.predict import is_ours
from whydrift.core.model.fieldsets import FieldSet
from whydrift.core.model.values import Json, JsonObject, MaybeJson, is_object, items, mapping, same, text
from whydrift.errors import NotComparable


def surely_unchanged(target: JsonObject, live: JsonObject, terms: Terms) -> bool:
    """Whether last-applied states what git states, or nothing, and live holds all of it: the patch is empty then."""
    stated, wanted = last_applied(live), _bare(target)
    if is_object(stated) and not same(_bare(stated), wanted):
        return False
    struct = terms.knowledge.types.of(target)
    schema = None if struct is None else Schema(terms.knowledge.types, struct)
    try:
        return _holds(live, wanted, schema)
    except NotComparable:
        return False


def surely_merged(target: JsonObject, live: JsonObject, terms: Terms, migrated: frozenset[str]) -> bool:
    """Whether live holds all that git states, and git all that Argo CD's entries own but the annotation that goes.

    Then a server-side apply merges nothing into live but what only the server writes (ownership, for one).
    """
    if text(live, "apiVersion") != text(target, "apiVersion"):
        return False
    applied = (entry for entry in items(live, "metadata", "managedFields") if is_ours(entry, migrated))
    try:
        owned = [FieldSet.parse(mapping(entry, "fieldsV1")) for entry in applied]
        return surely_applied(_annotated(target), _annotated(live), owned, terms.knowledge.schemas)
    except (NotComparable, ValueError):  # of managed fields that cannot be read
        return False


def _annotated(manifest: JsonObject) -> JsonObject:
    """A manifest with an empty last-applied annotation: on both sides it is no difference."""
    metadata = mapping(manifest, "metadata")
    return {**manifest, "metadata": {**metadata, "annotations": {**mapping(metadata, "annotations"), LAST_APPLIED: ""}}}


def _bare(manifest: JsonObject) -> JsonObject:
    """A manifest without the annotation that it is written into."""
    metadata = {key: part for key, part in mapping(manifest, "metadata").items() if key != "annotations"}
    annotations = {
        key: note for key, note in mapping(manifest, "metadata", "annotations").items() if key != LAST_APPLIED
    }
    return {**manifest, "metadata": {**metadata, "annotations": annotations} if annotations else metadata}


def _holds(live: MaybeJson, target: Json, schema: Schema | None) -> bool:
    """Whether live has everything that the target states, so that laying the target over it changes nothing."""
    if not is_object(target) or not is_object(live):
        return False
    return all(
        key in live and (same(live[key], value) or _holds_field(live[key], value, key, schema))
        for key, value in target.items()
    )


def _holds_field(live: Json, value: Json, key: str, schema: Schema | None) -> bool:
    """Whether live has everything below a field that is not the same on both sides."""
    if isinstance(value, list):
        return _holds_list(live, value, key, schema)
    if schema is None or not is_object(value):
        return _holds(live, value, None)
    below, tags = schema.of_map(key)
    if tags.strategy or tags.retain_keys:
        return False
    kind = schema.types[below.type.removeprefix("*")].kind
    return _holds(live, value, below if kind == "struct" else None)


def _holds_list(live: Json, value: list[Json], key: str, schema: Schema | None) -> bool:
    """A list that is merged by key may hold more inside its items; any other is replaced, so it must be the same."""
    if schema is None or not isinstance(live, list) or len(live) != len(value):
        return False
    below, tags = schema.of_list(key)
    if tags.strategy != MERGE or not tags.merge_key:
        return False
    return all(
        is_object(item)
        and is_object(theirs)
        and same(item.get(tags.merge_key), theirs.get(tags.merge_key))
        and _holds(theirs, item, below)
        for item, theirs in zip(value, live, strict=True)
    )
