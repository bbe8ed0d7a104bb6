"""Who wrote what live holds at a place, apart from Argo CD itself."""

from __future__ import annotations

from whydrift.core.explain.raised import REPLICAS
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.managers import Entry
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.people import CONTROLLER_MANAGERS, People, Writer
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import ABSENT, child, is_object, same, text

ITSELF = "argocd-application-controller"
"""Argo CD's own name on the RBAC objects that it reconciles and on Applications (reference/measured.md 24)."""

SERVER = "argocd-server"
"""Argo CD's API server: whoever clicks in its pages, and the server itself."""


def is_argocd(subject: Subject, entry: Entry) -> bool:
    """Whether an entry is Argo CD's own."""
    return entry.manager == ITSELF or subject.knowledge.people.writer(entry.manager) is Writer.ARGOCD


def last_writer(item: ObjectSnapshot, difference: Difference) -> Entry | None:
    """Who wrote what live holds here, apart from Argo CD: the last one, where there are several."""
    if difference.whole or not is_object(item.live):
        return None
    entries = item.owners(difference.live_path)
    apart = [entry for entry in entries if People().writer(entry.manager) is not Writer.ARGOCD]
    return max(apart, key=lambda entry: entry.time or "", default=None)


def others(subject: Subject, difference: Difference) -> tuple[Entry, ...]:
    """The entries of anybody but Argo CD that own this place; for an item that live lacks, those that hold its list."""
    return tuple(entry for entry in _owners(subject, difference) if not is_argocd(subject, entry))


def argocd_alone(subject: Subject, difference: Difference) -> bool:
    """Whether Argo CD owns this place of live and nobody else does."""
    owners = _owners(subject, difference)
    return bool(owners) and all(is_argocd(subject, entry) for entry in owners)


def controllers(subject: Subject, difference: Difference) -> tuple[Entry, ...]:
    """The other owners of this place where all of them are controllers, else none.

    A count of replicas that kube-controller-manager wrote says that some autoscaler scaled, once: it is no proof of
    its own.
    """
    found = others(subject, difference)
    if not all(_is_controller(subject, entry) for entry in found):
        return ()
    return () if all(_is_autoscaler(entry, difference) for entry in found) else found


def overwrote(subject: Subject, difference: Difference) -> bool:
    """Whether what the last sync wrote here is gone: base says so, or Argo CD owns the place no more."""
    if subject.base is not None:
        return not same(subject.base_at(difference), difference.live)
    return not any(is_argocd(subject, entry) for entry in _owners(subject, difference))


def writes_status(subject: Subject, entry: Entry) -> bool:
    """Whether the same manager also writes the status of this object, which only its controller does."""
    entries = subject.object.managers.entries
    return any(other.subresource == "status" and other.manager == entry.manager for other in entries)


def keeps_own_secret(subject: Subject, entry: Entry) -> bool:
    """Whether Argo CD's server wrote the Secret in which it keeps what it draws itself: keys and hashes."""
    home = text(subject.application.raw, "status", "controllerNamespace")
    return entry.manager == SERVER and subject.key == ObjectKey("", "Secret", home, "argocd-secret")


def _is_controller(subject: Subject, entry: Entry) -> bool:
    if keeps_own_secret(subject, entry):
        return True
    writer = subject.knowledge.people.writer(entry.manager)
    return writer is Writer.CONTROLLER or (writer is Writer.UNKNOWN and writes_status(subject, entry))


def _is_autoscaler(entry: Entry, difference: Difference) -> bool:
    scales = entry.subresource == "scale" or difference.path == REPLICAS
    return entry.manager in CONTROLLER_MANAGERS and scales


def _owners(subject: Subject, difference: Difference) -> tuple[Entry, ...]:
    live = subject.object.live
    if difference.live is not ABSENT or not is_object(live) or difference.whole:
        return () if difference.whole else subject.owners(difference)
    parent = difference.live_path[:-1]
    listed = isinstance(child(live, *parent), list)
    return subject.object.managers.holders(parent, live) if listed else ()
