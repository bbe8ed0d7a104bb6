"""Another revision than the compared one: what a sync of it would apply, in the shape of what was read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from whydrift.core.compare.hooks import counts_as_hook
from whydrift.core.explain.base import rendered_object
from whydrift.core.model.application import Application
from whydrift.core.model.effect import Does, Effect, Forecast
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.snapshot import TRACKING_ID, ApplicationSnapshot, ObjectSnapshot, States, Verdict
from whydrift.core.model.values import ABSENT, JsonObject, is_object, mapping, same

Manifests = Mapping[ObjectKey, JsonObject]


def not_rendered(application: Application, revision: str, why: str) -> Forecast:
    """What is known of a sync of a revision that does not render, and why it does not: nothing."""
    says = f"what it would change is not known: {revision} cannot be rendered: {why}"
    itself = application.facts_key
    return Forecast((Effect(itself, Does.UNKNOWN, says, False),), False, says)


def at_revision(snapshot: ApplicationSnapshot, manifests: Manifests) -> ApplicationSnapshot:
    """The application as it would be compared at a revision that renders to these manifests."""
    if snapshot.objects is None:
        return snapshot
    known = tuple(_item(item, manifests, snapshot.application) for item in snapshot.objects if not item.hook)
    there = tuple(item for item in known if item.target is not ABSENT or item.live is not ABSENT)
    return replace(snapshot, objects=(*there, *_new(snapshot, manifests)))


def _item(item: ObjectSnapshot, manifests: Manifests, application: Application) -> ObjectSnapshot:
    """An object with the target of the revision."""
    stated = rendered_object(manifests, application, item.key)
    target = _in_place(stated, item) if is_object(stated) else ABSENT
    if target is ABSENT and item.target is ABSENT:
        return item
    moved = not same(target, item.target)
    states = States(target, item.live, item.normalized_live, item.predicted)
    verdict = Verdict.OUT_OF_SYNC if moved else item.verdict
    return ObjectSnapshot(
        key=item.key, load=partial(_known, states), equal=item.equal and not moved, verdict=verdict, row=item.row
    )


def _new(snapshot: ApplicationSnapshot, manifests: Manifests) -> Iterator[ObjectSnapshot]:
    """What only the revision renders."""
    namespace = snapshot.application.destination_namespace
    there = {item.key for item in snapshot.objects or ()}
    for key, manifest in manifests.items():
        placed = key._replace(namespace=key.namespace or namespace)
        if not counts_as_hook(manifest) and key not in there and placed not in there:
            states = States(target=manifest)
            yield ObjectSnapshot(key=placed, load=partial(_known, states), verdict=Verdict.OUT_OF_SYNC)


def _in_place(manifest: JsonObject, item: ObjectSnapshot) -> JsonObject:
    """A manifest with the namespace and the tracking id that Argo CD gives it."""
    metadata = {**mapping(manifest, "metadata"), **({"namespace": item.key.namespace} if item.key.namespace else {})}
    marks = {key: part for key, part in mapping(item.target, "metadata", "annotations").items() if key == TRACKING_ID}
    annotations = {**mapping(metadata, "annotations"), **marks}
    return {**manifest, "metadata": {**metadata, **({"annotations": annotations} if annotations else {})}}


def _known(states: States) -> States:
    return states
