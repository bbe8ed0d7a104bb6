"""What the API server itself says of an object that differs: whether an apply of git's side would change anything."""

from __future__ import annotations

from whydrift.core.model.fact_kinds import DRY_RUN
from whydrift.core.model.facts import Facts
from whydrift.core.model.objects import SERVER_METADATA
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import JsonObject, is_object, mapping, same


def sees_no_change(item: ObjectSnapshot, facts: Facts) -> bool | None:
    """Whether a server-side dry run of git's object answered with what is there; None where none was made."""
    answer = facts.maybe(DRY_RUN)
    if answer is None or not is_object(item.live):
        return None
    return same(_stated(answer), _stated(item.live))


def _stated(obj: JsonObject) -> JsonObject:
    kept = {key: value for key, value in obj.items() if key != "status"}
    return {**kept, "metadata": {k: v for k, v in mapping(obj, "metadata").items() if k not in SERVER_METADATA}}
