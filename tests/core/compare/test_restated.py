"""What is surely applied again is what structured merge leaves as it is, for random objects of a made-up kind."""

from __future__ import annotations

from tests.core.compare.test_structured import cases, managed, widgets

from whydrift.core.compare.structured import structured_merge, surely_applied, type_of_object
from whydrift.core.compare.structured.fields import stated_fields, with_named_fields
from whydrift.core.compare.structured.reconcile import reconciled
from whydrift.core.compare.structured.restated import states_all
from whydrift.core.model.fieldsets import FieldSet
from whydrift.core.model.managers import ManagedFields
from whydrift.core.model.values import JsonObject, mapping, text
from whydrift.errors import NotComparable


def applies() -> list[tuple[JsonObject, JsonObject]]:
    """Target and live of every recorded apply, and live beside itself."""
    inputs = [mapping(case, "input") for case in cases("structured-merge-diff")]
    found = [
        (mapping(one, "target"), managed(mapping(one, "live"), one)) for one in inputs if one["operation"] == "apply"
    ]
    return found + [({key: part for key, part in live.items() if key != "metadata"}, live) for _, live in found]


def applied(live: JsonObject) -> list[FieldSet]:
    entries = (entry for entry in ManagedFields.parse(live).entries if entry.api_version == text(live, "apiVersion"))
    return [e.fields for e in entries if (e.manager, e.operation, e.subresource) == ("argocd-controller", "Apply", "")]


def merged(target: JsonObject, live: JsonObject) -> JsonObject | None:
    """What the merge makes of live; None where it stays, or where live does not fit its type."""
    try:
        return structured_merge(target, live, widgets())
    except NotComparable:
        return None


def test_what_is_surely_applied_stays() -> None:
    sure = unsure = 0
    for target, live in applies():
        try:
            stays = surely_applied(target, live, applied(live), widgets())
        except (NotComparable, ValueError):
            stays = False
        sure, unsure = sure + stays, unsure + (not stays)
        assert not stays or merged(target, live) is None
    assert sure > 20 and unsure > 20


def test_a_value_states_the_fields_that_it_would_own() -> None:
    stated = missing = 0
    for target, live in applies():
        atom = type_of_object(live, widgets())
        for fields in (reconciled(entry.fields, atom) for entry in ManagedFields.parse(live).entries):
            lacking = fields - with_named_fields(stated_fields(target, atom), atom)
            assert states_all(target, fields, atom) is not bool(lacking)
            stated, missing = stated + (not lacking), missing + bool(lacking)
    assert stated > 20 and missing > 20
