"""Whose hands a change shows: people's tools and libraries in managed fields, and changes that leave no name.

A removed field and a zero have no owner, a reordered keyed list neither (reference/measured.md 17, 18, 34).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from whydrift.core.compare.alignment import align, at
from whydrift.core.explain.autoscalers import autoscalers_of
from whydrift.core.explain.empties import dropped, hollow
from whydrift.core.explain.raised import REPLICAS
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.twins import twins_at
from whydrift.core.explain.writers import SERVER, is_argocd, keeps_own_secret, others
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.managers import Entry
from whydrift.core.model.people import Writer
from whydrift.core.model.values import ABSENT, MaybeJson, child, is_empty, is_object, mapping, same, text

HANDS: Final = frozenset({Writer.PERSON, Writer.LIBRARY})
ORDERED: Final = frozenset({"initContainers"})
"""Lists with keys whose order means something all the same: init containers run one after the other."""
SHARED_NAMES: Final = {"rancher": "cattle.io"}
"""Controllers that write under the name of a tool for people; keys of this domain are theirs."""
IMAGE_UPDATER: Final = "argocd-image-updater.argoproj.io/"
"""Beginning of the annotations that tell an image updater which images of an Application it looks after."""
WRITE_ONLY: Final = "stringData"
"""What the API server takes in a Secret and never gives back: it goes into `data`."""
AUTO_SYNC: Final = ("spec", "syncPolicy", "automated")
"""What a rollback, or somebody in Argo CD's pages, takes away from an Application."""


def hands_at(subject: Subject, difference: Difference) -> tuple[Entry, ...]:
    """The people's entries at this place, the last writer first; none where anybody else owns it as well."""
    owners = others(subject, difference) or _writers_of_the_list_around(subject, difference)
    if not owners or any(not is_hand(subject, entry) or not _after_sync(subject, entry) for entry in owners):
        return ()
    if any(is_shared(entry, difference) for entry in owners) or _is_updated(subject, difference, owners):
        return ()
    return tuple(sorted(owners, key=lambda entry: entry.time or "", reverse=True))


def hands_within(subject: Subject, difference: Difference, base: MaybeJson) -> tuple[Entry, ...]:
    """The people's entries at those parts of a value that are not as the last sync wrote them; none unless at all.

    What only live has and nobody but Argo CD owns there are defaults.
    """
    found = dict[Entry, None]()
    for part, before in _parts(difference, base):
        if same(part.live, before) or (before is ABSENT and not others(subject, part)):
            continue
        hands = hands_at(subject, part) or hands_within(subject, part, before)
        if not hands:
            return ()
        found |= dict.fromkeys(hands)
    return tuple(found)


def _parts(difference: Difference, base: MaybeJson) -> Iterator[tuple[Difference, MaybeJson]]:
    """The keys or items of live's value as differences of their own, each with what the base has there."""
    live = difference.live
    if is_object(live) and is_object(base):
        for key, value in live.items():
            yield _part(difference, key, value), child(base, key)
    elif isinstance(live, list) and isinstance(base, list):
        for i, j in align(base, live):
            if j is not None:
                yield _part(difference, j, live[j]), ABSENT if i is None else base[i]


def _part(difference: Difference, step: str | int, value: MaybeJson) -> Difference:
    path, live_path = (*difference.path, step), (*difference.live_path, step)
    return replace(difference, path=path, live_path=live_path, live=value)


def is_hand(subject: Subject, entry: Entry) -> bool:
    """Whether an entry has the name of a person's tool, or of a library that a script or a person uses."""
    return subject.knowledge.people.writer(entry.manager) in HANDS and not keeps_own_secret(subject, entry)


def is_shared(entry: Entry, difference: Difference) -> bool:
    """Whether a key is one that a controller writes under the name of a tool for people."""
    return SHARED_NAMES.get(entry.manager, "\0") in str(difference.path[-1])


def may_be_updater(subject: Subject, difference: Difference) -> bool:
    """Whether an image updater may have written an Application's source through Argo CD's API, in the server's name."""
    asked = any(key.startswith(IMAGE_UPDATER) for key in mapping(subject.object.live, "metadata", "annotations"))
    return asked and difference.path[:2] in (("spec", "source"), ("spec", "sources"))


def hands_since(subject: Subject) -> tuple[Entry, ...]:
    """The people's entries that wrote anything of this object after its last sync."""
    entries = subject.object.managers.entries
    return tuple(entry for entry in entries if entry.time and is_hand(subject, entry) and _after_sync(subject, entry))


def is_unsigned(subject: Subject, difference: Difference, base: MaybeJson) -> bool:
    """Whether a change is one that leaves no owner, and nobody but a person is known to have written the object."""
    signed = any(is_argocd(subject, entry) for entry in subject.object.managers.entries) or _is_remade(subject)
    if difference.path[0] == "spec" and _is_as_created(subject):
        return False
    if not signed or _is_there(subject, difference) or others(subject, difference) or _others_since(subject):
        return False
    if twins_at(subject, difference) is not None:  # a merge leaves one of two, whoever applied
        return False
    if difference.order:
        return difference.path[-1] in ORDERED
    if difference.kind is Kind.MISSING:
        return _would_be_kept(subject, difference, base)
    zeroed = is_empty(difference.live) and not is_empty(base) and base is not ABSENT
    return zeroed and not subject.owners(difference) and not _scales_to_zero(subject, difference)


def _is_as_created(subject: Subject) -> bool:
    """Whether the spec was never written again: of the first generation, by the last sync or before it.

    What is not in it then was not stored, whoever sent it.
    """
    last, metadata = subject.application.syncs.last(subject.key), mapping(subject.object.live, "metadata")
    created = text(metadata, "creationTimestamp")
    return metadata.get("generation") == 1 and last is not None and "" < created <= last.finished


def _is_remade(subject: Subject) -> bool:
    """Whether people made the object anew after the last sync, and nobody else wrote more of it than the status."""
    last = subject.application.syncs.last(subject.key)
    if last is None or text(subject.object.live, "metadata", "creationTimestamp") <= last.finished:
        return False
    written = [entry for entry in subject.object.managers.entries if not entry.subresource]
    return bool(written) and all(is_hand(subject, entry) for entry in written)


def _is_updated(subject: Subject, difference: Difference, owners: tuple[Entry, ...]) -> bool:
    """Whether all that wrote here is Argo CD's own server, and an image updater may have asked it to."""
    return may_be_updater(subject, difference) and all(entry.manager == SERVER for entry in owners)


def _is_there(subject: Subject, difference: Difference) -> bool:
    """Whether live has what Argo CD's comparison misses: an ignore rule took it out of one side only."""
    gone = difference.kind is Kind.MISSING
    return gone and at(difference.path, subject.object.target, subject.object.live) is not ABSENT


def _writers_of_the_list_around(subject: Subject, difference: Difference) -> tuple[Entry, ...]:
    """Who wrote the list from one of whose items a field is gone: a list that is written as a whole has an owner."""
    live, path = subject.object.live, difference.live_path
    places = [place for place, step in enumerate(path) if isinstance(step, int)]
    if difference.live is not ABSENT or not places or not is_object(live):
        return ()
    holders = subject.object.managers.holders(path[: places[-1]], live)
    return tuple(entry for entry in holders if not is_argocd(subject, entry))


def _after_sync(subject: Subject, entry: Entry) -> bool:
    """Whether an entry was written after the object's last sync began; `scale` entries carry no time."""
    last = subject.application.syncs.last(subject.key)
    return entry.time is None or last is None or entry.time >= last.started


def _others_since(subject: Subject) -> bool:
    """Whether a controller, a pipeline or an unknown writer wrote more than the status since the last sync."""
    return any(
        not entry.subresource
        and not is_argocd(subject, entry)
        and not is_hand(subject, entry)
        and _after_sync(subject, entry)
        for entry in subject.object.managers.entries
    )


def _would_be_kept(subject: Subject, difference: Difference, base: MaybeJson) -> bool:
    """Whether the API server keeps such a field, so that somebody must have taken it away.

    Custom kinds lose fields to pruning and to conversion as well; there a person's write since the sync is asked for,
    except in Applications, whose fields Argo CD's own pages take away without leaving a name.
    """
    if difference.path[0] == WRITE_ONLY:
        return False
    if difference.path[0] == "metadata":
        return isinstance(base, str) or not hollow(base)
    if (subject.key.group, subject.key.kind) == ("argoproj.io", "Application"):
        automated = difference.path[:3] == AUTO_SYNC or _held_auto_sync(difference, base)
        known = automated or child(subject.stored, *difference.path) is not ABSENT
        return known and dropped(subject, difference) is None
    kept = child(subject.stored, *difference.path) is not ABSENT
    return kept and (not subject.custom or (not hollow(base) and bool(hands_since(subject))))


def _held_auto_sync(difference: Difference, base: MaybeJson) -> bool:
    """Whether the whole sync policy is gone, and it held nothing but auto-sync."""
    return difference.path == AUTO_SYNC[:2] and is_object(base) and list(base) == [AUTO_SYNC[2]]


def _scales_to_zero(subject: Subject, difference: Difference) -> bool:
    """Whether an autoscaler may have scaled to nothing: then nobody need have done it."""
    return difference.path == REPLICAS and any(scaler.least == 0 for scaler in autoscalers_of(subject))
