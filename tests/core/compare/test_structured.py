"""Structured merge and server-side prediction against what the Go code answers, and the laws that they obey.

`structured-merge-diff.jsonl.gz`: answers of structured-merge-diff v6.4.0 itself (merge.Updater.Apply; the steps of Argo
CD's removeWebhookMutation and managedfields.Normalize) for random objects of one made-up kind, with random managed
fields. `argo-cd.jsonl.gz`: entries of the golden vectors in which no later step (defaults, masks, ignore rules) has a
say, so that the prediction can be compared as it stands.
"""

from __future__ import annotations

import copy
import gzip
from functools import cache
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whydrift.adapters.builtin.schema import builtin_schemas
from whydrift.core.compare.structured import drop_trusted_differences, server_side_predicted, structured_merge
from whydrift.core.compare.structured.atoms import root_atom
from whydrift.core.compare.structured.comparison import compare
from whydrift.core.compare.structured.fields import stated_fields
from whydrift.core.model.fieldsets import FieldSet
from whydrift.core.model.schema import Schemas
from whydrift.core.model.values import Json, JsonObject, child, is_object, items, mapping, same, text
from whydrift.core.model.versions import MEASURED
from whydrift.errors import NotComparable

VECTORS = Path(__file__).parents[2] / "data" / "structured"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


@cache
def lines(name: str) -> list[JsonObject]:
    return [orjson.loads(line) for line in gzip.open(VECTORS / f"{name}.jsonl.gz")]


def cases(name: str) -> list[JsonObject]:
    return lines(name)[1:]


@cache
def widgets() -> Schemas:
    return builtin_schemas().with_crds([mapping(lines("structured-merge-diff")[0], "crd")])


def managed(obj: JsonObject, case: JsonObject) -> JsonObject:
    """The object with the managed fields of a case, which stand beside the object there."""
    entries: list[Json] = [{**mapping(entry), "fieldsType": "FieldsV1"} for entry in items(case, "managers")]
    return {**obj, "metadata": {"managedFields": entries}}


def bare(obj: JsonObject) -> JsonObject:
    return {key: value for key, value in obj.items() if key != "metadata"}


def answered(case: JsonObject) -> JsonObject:
    live = managed(mapping(case, "live"), case)
    match text(case, "operation"):
        case "apply":
            predicted = structured_merge(managed(mapping(case, "target"), case), live, widgets())
            return {"same": True} if predicted is None else {"predicted": bare(predicted)}
        case "ssd":
            dry_run = managed(mapping(case, "dryRun"), case)
            return {"predicted": bare(server_side_predicted(dry_run, live, widgets(), MEASURED))}
        case operation:
            schemas = widgets() if operation == "trusted" else builtin_schemas()
            managers = frozenset(str(name) for name in items(case, "trusted"))
            target, trimmed = drop_trusted_differences(mapping(case, "target"), live, managers, schemas)
            return {"live": bare(trimmed), "target": target}


@pytest.mark.parametrize("index", range(338))
def test_answers_as_structured_merge_diff_does(index: int) -> None:
    vector = cases("structured-merge-diff")[index]
    case, expected = mapping(vector, "input"), mapping(vector, "output")
    before = copy.deepcopy(case)
    if "error" in expected:
        with pytest.raises(NotComparable):
            answered(case)
    else:
        assert same(answered(case), expected)
    assert case == before


def as_shown(obj: JsonObject) -> JsonObject:
    """An object as managed-resources shows it under server-side diff, without what the default rules drop."""
    hidden = ("managedFields", "resourceVersion", "creationTimestamp")
    metadata = {key: value for key, value in mapping(obj, "metadata").items() if key not in hidden}
    annotations = metadata.get("annotations")
    if is_object(annotations):
        metadata["annotations"] = {key: value for key, value in annotations.items() if key != LAST_APPLIED}
    return {**{key: value for key, value in obj.items() if key != "status"}, "metadata": metadata}


def predicted(case: JsonObject) -> JsonObject:
    name = text(case, "crd")
    schemas = builtin_schemas().with_crds([mapping(lines("argo-cd")[0], "crds", name)] if name else [])
    live = mapping(case, "live")
    if text(case, "strategy") == "structured":
        return structured_merge(mapping(case, "target"), live, schemas) or live
    answer = mapping(case, "dryRun")
    return answer if case["includeWebhooks"] is True else server_side_predicted(answer, live, schemas, MEASURED)


@pytest.mark.parametrize("name", [text(case, "name") for case in cases("argo-cd")])
def test_predicts_as_argo_cd_does(name: str) -> None:
    case = next(case for case in cases("argo-cd") if case["name"] == name)
    if "error" in case:
        with pytest.raises(NotComparable):
            predicted(case)
    else:
        assert as_shown(predicted(case)) == case["predicted"]


# No empty lists and maps: structured-merge-diff does not count an empty keyed list as stated, and may then prune the
# map around it, so the laws do not hold for them. The recorded answers cover them.
Values = st.SearchStrategy[Json]
words: Values = st.sampled_from("abc")
word_maps: Values = st.dictionaries(st.sampled_from("abc"), words, min_size=1, max_size=3)
numbers: Values = st.integers(80, 82)
protocols: Values = st.sampled_from(["TCP", "UDP"])


def maps(required: dict[str, Values], optional: dict[str, Values]) -> st.SearchStrategy[JsonObject]:
    return st.fixed_dictionaries(required, optional=optional).map(dict)


def lists(of: Values, *keys: str) -> Values:
    unique = st.lists(
        of, min_size=1, max_size=4, unique_by=lambda item: orjson.dumps([child(item, key) for key in keys])
    )
    return unique.map(list)


ports = lists(maps({"port": numbers, "protocol": protocols}, {"name": words}), "port", "protocol")
named = lists(maps({"name": words}, {"value": words, "ports": ports, "extra": word_maps}), "name")
tags: Values = st.lists(words, min_size=1, unique=True).map(list)
specs = maps(
    {"size": st.integers(1, 3)},
    {
        "name": words,
        "tags": tags,
        "args": tags,
        "labels": word_maps,
        "selector": word_maps,
        "ports": ports,
        "items": named,
    },
)


def widget(spec: JsonObject, **owned: JsonObject) -> JsonObject:
    """A widget whose managed fields say who (argocd applies, all others update) owns what those specs state."""
    entries: list[Json] = [
        {
            "manager": "argocd-controller" if name == "argocd" else name,
            "operation": "Apply" if name == "argocd" else "Update",
            "apiVersion": "example.com/v1",
            "fieldsType": "FieldsV1",
            "fieldsV1": fields_v1(stated),
        }
        for name, stated in owned.items()
    ]
    metadata: JsonObject = {"name": "lamp", **({"managedFields": entries} if entries else {})}
    return {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": metadata, "spec": spec}


def fields_v1(spec: JsonObject) -> Json:
    atom = root_atom(widgets(), "example.com/v1", "Widget")
    assert atom is not None
    return written(stated_fields(widget(spec), atom))


def written(fields: FieldSet) -> Json:
    below: JsonObject = {}
    for element in fields.members | fields.children.keys():
        node = written(fields.children[element]) if element in fields.children else {}
        assert isinstance(node, dict)
        below[element] = {".": {}, **node} if node and element in fields.members else node
    return below


@given(specs, specs, specs)
def test_a_second_sync_changes_nothing(live: JsonObject, before: JsonObject, target: JsonObject) -> None:
    first = structured_merge(widget(target), widget(live, argocd=before), widgets())
    left = mapping(first, "spec") if first else live
    assert structured_merge(widget(target), widget(left, argocd=target), widgets()) is None


@given(specs, specs)
def test_what_git_states_is_what_a_sync_leaves(live: JsonObject, target: JsonObject) -> None:
    predicted = structured_merge(widget(target), widget(live), widgets()) or widget(live)
    atom = root_atom(widgets(), "example.com/v1", "Widget")
    assert atom is not None
    changes = compare(predicted, widget(target), atom)
    assert not changes.modified
    assert not changes.added


@given(specs)
def test_what_git_stops_stating_goes(live: JsonObject) -> None:
    predicted = structured_merge(widget({"size": 9}), widget(live, argocd=live), widgets())
    assert predicted is not None
    assert predicted["spec"] == {"size": 9}


@given(specs, specs)
def test_what_somebody_else_owns_stays(live: JsonObject, before: JsonObject) -> None:
    predicted = structured_merge(widget({"size": 9}), widget(live, argocd=before, kubectl=live), widgets())
    assert predicted is not None
    assert predicted["spec"] == {**live, "size": 9}


@given(specs)
def test_live_stays_as_it_is_where_git_states_nothing_else(live: JsonObject) -> None:
    assert structured_merge(widget(live), widget(live), widgets()) is None


def test_an_unknown_kind_cannot_be_merged_but_its_trusted_differences_are_dropped() -> None:
    target, live = widget({"size": 1}), widget({"size": 2}, argocd={"size": 2})
    with pytest.raises(NotComparable, match="unable to resolve parseableType"):
        structured_merge(target, live, builtin_schemas())
    dropped = drop_trusted_differences(target, live, frozenset({"argocd-controller"}), builtin_schemas())
    assert [mapping(side, "spec") for side in dropped] == [{}, {}]


@pytest.mark.parametrize(
    "entry",
    [
        {"operation": "Patch", "apiVersion": "example.com/v1", "fieldsType": "FieldsV1"},
        {"operation": "Apply", "fieldsType": "FieldsV1"},
        {"operation": "Apply", "apiVersion": "example.com/v1", "fieldsType": "FieldsV2"},
        {"operation": "Apply", "apiVersion": "example.com/v1", "fieldsType": "FieldsV1", "fieldsV1": {"spec": {}}},
    ],
)
def test_unreadable_managed_fields_stop_the_comparison(entry: JsonObject) -> None:
    entries: list[Json] = [{"manager": "kubectl", **entry}]
    live: JsonObject = {**widget({"size": 1}), "metadata": {"managedFields": entries}}
    with pytest.raises(NotComparable, match="managed fields"):
        structured_merge(widget({"size": 2}), live, widgets())


def test_an_entry_of_another_api_version_neither_protects_nor_prunes() -> None:
    owned: JsonObject = {"name": "a", "size": 1}
    live = widget(owned, argocd=owned)
    (entry,) = items(live, "metadata", "managedFields")
    entries: list[Json] = [{**mapping(entry), "apiVersion": "example.com/v0"}]
    old: JsonObject = {**live, "metadata": {"name": "lamp", "managedFields": entries}}
    assert structured_merge(widget({"size": 1}), live, widgets()) is not None
    assert structured_merge(widget({"size": 1}), old, widgets()) is None
