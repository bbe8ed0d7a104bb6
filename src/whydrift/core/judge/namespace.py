"""The Namespace that an Application makes: what a sync writes on it (controller/sync_namespace.go, measured.md 44)."""

from __future__ import annotations

from whydrift.core.compare.differences import Change
from whydrift.core.judge.dangers import danger
from whydrift.core.judge.situation import MANAGED_NAMESPACE, Situation
from whydrift.core.model.effect import Does, Effect
from whydrift.core.model.fact_kinds import DRY_RUN, NAMESPACE
from whydrift.core.model.facts import Facts
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import pointer
from whydrift.core.model.values import ABSENT, Json, MaybeJson, child, mapping, same, text


def namespace_effects(situation: Situation) -> tuple[Effect, ...]:
    """What a sync writes on the application's own Namespace; nothing where git holds it or nothing is asked for."""
    application = situation.application
    key = ObjectKey("", "Namespace", "", application.destination_namespace)
    wanted = mapping(application.raw, *MANAGED_NAMESPACE)
    if not wanted or "CreateNamespace=true" not in application.sync_options or _in_git(key, situation):
        return ()
    live = situation.whole.maybe(NAMESPACE)
    if live is None or text(live, "metadata", "name") not in ("", key.name):
        return (
            Effect(key, Does.UNKNOWN, f"what it writes on Namespace {key.name} is not known: it was not read", False),
        )
    return tuple(
        _effect(key, (part, name), value, child(live, "metadata", part, name), situation)
        for part in ("labels", "annotations")
        for name, value in mapping(wanted, part).items()
        if not same(value, child(live, "metadata", part, name))
    )


def without_namespace(key: ObjectKey, situation: Situation) -> str:
    """Why an object cannot be created for want of its Namespace; "" where it is there, or the sync makes it."""
    words = f'namespaces "{key.namespace}" not found'
    if not key.namespace or not _is_missing(words, situation.facts(key)):
        return ""
    application, own = situation.application, ObjectKey("", "Namespace", "", key.namespace)
    made = "CreateNamespace=true" in application.sync_options and key.namespace == application.destination_namespace
    return "" if made or _in_git(own, situation) else words


def _is_missing(words: str, facts: Facts) -> bool:
    """Whether the cluster does not have a Namespace: it was looked for, or the server said so in a dry run."""
    there, refused = facts.maybe(NAMESPACE), facts.gaps.get(DRY_RUN)
    return not there if there is not None else refused is not None and words in refused.said


def _in_git(key: ObjectKey, situation: Situation) -> bool:
    return any(item.key == key and item.target is not ABSENT for item in situation.snapshot.objects or ())


def _effect(key: ObjectKey, place: tuple[str, str], value: Json, live: MaybeJson, situation: Situation) -> Effect:
    path = ("metadata", *place)
    synced = mapping(situation.application.operation, "syncResult", "managedNamespaceMetadata")
    asked_before = same(child(synced, *place), value)
    feared = danger(key, Change(path, path, live, value))
    says = f"{place[1]} of Namespace {key.name}: {_told(live)} → {value}{f'; {feared}' if feared else ''}"
    does = Does.UPDATE if live is ABSENT else Does.OVERWRITE
    unlike = not same(child(synced, *place), live) and live is not ABSENT
    safe = not feared and not (asked_before or unlike)
    return Effect(key, does, says, safe, (pointer(path),), "" if safe else "namespace-metadata-differs")


def _told(value: MaybeJson) -> str:
    return "nothing" if value is ABSENT else str(value)
