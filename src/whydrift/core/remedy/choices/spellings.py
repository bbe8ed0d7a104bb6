"""What means the same on both sides, or what the server cannot take as git writes it."""

from __future__ import annotations

from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.pruning import pruned
from whydrift.core.explain.stamps import is_of_server, is_restart
from whydrift.core.explain.twins import twins_at
from whydrift.core.model.fact_kinds import CRDS
from whydrift.core.model.paths import Path, for_people
from whydrift.core.model.remedy import Change, Choice, Instead, RemedyKind, Safety
from whydrift.core.model.schema import Type
from whydrift.core.model.values import ABSENT, MaybeJson, child, is_object, items, text
from whydrift.core.remedy.choices.case import Case
from whydrift.core.remedy.choices.usual import asked, dropped, nothing, pinned, server_side_diff, synced


def empty_value(case: Case) -> Choice:
    """Drop what is stored nowhere."""
    target, live = quoted(case.difference.target), case.difference.live
    if live is not ABSENT:
        return dropped(case, f"git's {target} and live's {quoted(live)} both mean nothing: without it they are equal")
    return dropped(case, f"{target} is stored nowhere: without it git says the same")


def spelling(case: Case) -> Choice:
    """Write the spelling that the server gives back; an operator's own writing shows in every comparison."""
    instead = () if case.subject.custom else (server_side_diff("the API server spells git's object the same way"),)
    return pinned(case, f"git writes {quoted(case.difference.live)} as the cluster gives it back", *instead)


def order(case: Case) -> Choice:
    """Write live's order: no comparison looks past it."""
    return pinned(case, "git lists the same items in the order that the cluster has; a server-side diff shows it too")


def stated_twice(case: Case) -> Choice:
    """Drop the item that does not run; ask where both are meant, or where what runs is made of both."""
    twins = twins_at(case.subject, case.difference)
    runs = twins.running if twins else ()
    if twins is None or len(twins.places) != 2 or len(runs) != 1:
        return asked(case, "two items have one key, and which of their values is meant is not known")
    protocols = {text(each, "protocol") or "TCP" for each in twins.stated}
    if len(protocols) == 2:
        why = "one port with two protocols: only a server-side apply (ServerSideApply=true) keeps both"
        return Choice(RemedyKind.ASK, why, Safety.MANUAL)
    (gone,) = (place for place in twins.places if place not in runs)
    why = f"of two items with one {twins.key} the cluster runs the other one: without this git says the same"
    return Choice(RemedyKind.GIT_DROP, why, Safety.SAFE, changes=(Change((*twins.list, gone), ABSENT),))


def unknown_field(case: Case) -> Choice:
    """Rename what is misspelled, drop what no version knows."""
    path, value = case.difference.path, case.difference.target
    found = pruned(case.subject, path)
    meant = found.meant if found is not None else ""
    if found is None or not meant or child(case.subject.object.target, *found.known, meant) is not ABSENT:
        return dropped(case, f"the server does not know {found.name if found else path[-1]}, so nothing is lost")
    wrong, right = (*found.known, found.name), (*found.known, meant)
    moved = child(case.subject.object.target, *wrong) if len(wrong) < len(path) else value
    return Choice(
        RemedyKind.GIT_SET,
        f"{found.name} is not known, {meant} is: with it what git asks for takes effect at the next sync",
        Safety.UNSAFE,
        changes=(Change(wrong, ABSENT), Change(right, moved)),
        instead=(Instead(RemedyKind.GIT_DROP, "the cluster runs without it until now, and would go on so"),),
    )


def converted_version(case: Case) -> Choice:
    """Write the object in the version that is stored, with the names that it has there."""
    if case.difference.path == ("apiVersion",):
        return pinned(case, f"git states {quoted(case.difference.live)}, the version that the cluster stores")
    place, version = _stored_place(case), _stored_version(case)
    changes = [Change(case.difference.path, ABSENT)]
    if place:
        changes.append(Change(place, case.difference.target))
    if version:
        changes.append(Change(("apiVersion",), version))
    stored = version or "the version that is stored"
    name = f"calls it {for_people(place, case.subject.object.target)}" if place else "does not know it"
    why = f"{stored} {name}: what git says was lost on the way"
    return Choice(RemedyKind.GIT_SET, why, Safety.UNSAFE, changes=tuple(changes))


def _stored_version(case: Case) -> str:
    """The apiVersion in which the cluster stores the kind; "" where its definition was not read."""
    definitions = case.subject.facts.maybe(CRDS)
    crd = definitions.of(case.key.group, case.key.kind) if definitions else None
    versions = (version for version in items(crd or {}, "spec", "versions") if is_object(version))
    stored = (text(version, "name") for version in versions if version.get("storage") is True)
    return next((f"{case.key.group}/{name}" for name in stored), "")


def _stored_place(case: Case) -> Path:
    """Where the stored version keeps a lost field: below one of its parent's new fields; () where that is not plain."""
    *around, name = case.difference.path
    schemas = case.subject.knowledge.schemas.with_crds(case.subject.facts.maybe(CRDS) or ())
    kind = schemas.type_of(_stored_version(case), case.key.kind)
    parent = kind.at(tuple(around)) if kind is not None else None
    below = [field for field in parent.field_names if _knows(parent.field(field), name)] if parent is not None else []
    return (*around, below[0], name) if len(below) == 1 else ()


def _knows(kind: Type | None, name: str | int) -> bool:
    return kind is not None and isinstance(name, str) and name in kind.field_names


def allocated(case: Case) -> Choice:
    """Drop the empty value: it asks the server to choose, which it does anyway; once dropped, a sync lets go of it."""
    if child(case.subject.object.target, *case.difference.path) is ABSENT:
        return synced(f"git asks for nothing here any more, and {quoted(case.difference.live)} stays")
    return dropped(
        case, f"an empty value asks the server to choose; it chose {quoted(case.difference.live)} and keeps it"
    )


def stamp(case: Case) -> Choice:
    """Drop a stamp from git; a sync brings the mark of Argo CD back; what only stands in live hurts nobody."""
    difference = case.difference
    around: MaybeJson = child(case.subject.object.target, *difference.path[:-1])
    if is_restart(difference.path) and not case.stated and around == {}:
        return Choice(
            RemedyKind.GIT_DROP,
            "git's empty annotations keep it showing; the sync after the drop takes it away, which rolls the pods",
            Safety.UNSAFE,
            changes=(Change(difference.path[:-1], ABSENT),),
            instead=(Instead(RemedyKind.IGNORE, "it restarts nothing, and hides the time of a restart for good"),),
        )
    if case.stated and is_restart(difference.path) and not (case.server_side and case.owners):
        why = "git holds the time of a restart: without it the next sync takes live's away too, which rolls the pods"
        return dropped(case, why, safety=Safety.UNSAFE)
    if case.stated:
        return dropped(case, f"{difference.path[-1]} is a tool's stamp: nobody means it as a setting")
    if difference.shown and is_of_server(difference.path):
        return synced(f"a sync writes last-applied anew, without {difference.path[-1]}")
    if difference.shown:
        return synced(f"a sync writes {difference.path[-1]} anew as Argo CD's own")
    return nothing(f"{difference.path[-1]} is a tool's stamp that hurts nobody")
