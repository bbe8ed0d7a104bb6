"""Everything that is broken now in one application, each thing once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from whydrift.core.model.facts import Gap
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.trouble import Complaint, Trouble
from whydrift.core.unmask.jobs import job_troubles
from whydrift.core.unmask.objects import object_troubles
from whydrift.core.unmask.origin import with_origin
from whydrift.core.unmask.pending import pending_troubles, unmade_troubles
from whydrift.core.unmask.pods import pod_troubles
from whydrift.core.unmask.scene import Scene
from whydrift.core.unmask.services import service_troubles
from whydrift.core.unmask.terminating import terminating_troubles
from whydrift.core.unmask.unseen_pods import tree_troubles
from whydrift.core.unmask.verdicts import verdict_troubles


@dataclass(frozen=True)
class Unmasked:
    """What is broken in an application at a time, and what could not be looked at.

    `complaints` are what containers that run write, where those were asked. `waits` say what else is not well, and not
    called broken.
    """

    troubles: tuple[Trouble, ...] = ()
    gaps: tuple[Gap, ...] = ()
    at: str = ""
    complaints: tuple[Complaint, ...] = ()
    waits: tuple[str, ...] = ()


def troubles_of(scene: Scene) -> tuple[Trouble, ...]:
    """What is broken now: what pods tell, then what objects tell without pods, then Argo CD's own verdict."""
    seen = tree_troubles(scene) if scene.pods is None else (*pod_troubles(scene), *pending_troubles(scene))
    told = {trouble.key for trouble in seen}
    more = (*job_troubles(scene), *unmade_troubles(scene), *object_troubles(scene), *service_troubles(scene))
    other = (trouble for trouble in more if trouble.key not in told)
    found = (*seen, *other, *terminating_troubles(scene))
    return tuple(with_origin(scene, trouble) for trouble in _once((*found, *verdict_troubles(scene, found))))


def _once(found: tuple[Trouble, ...]) -> tuple[Trouble, ...]:
    """Each object and container once, the restarts of a trouble that was told twice added to none."""
    kept: dict[tuple[ObjectKey, str], Trouble] = {}
    for trouble in found:
        place = (trouble.key, trouble.container)
        known = kept.get(place)
        kept[place] = trouble if known is None else replace(known, restarts=max(known.restarts, trouble.restarts))
    return tuple(kept.values())
