"""What the newest commit of git says of an object, where Argo CD looked at an older one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from whydrift.core.compare.alignment import at
from whydrift.core.compare.differences import differences
from whydrift.core.explain.base import rendered_object
from whydrift.core.model.application import Application
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.fact_kinds import NEWEST
from whydrift.core.model.facts import Facts
from whydrift.core.model.fleet import Newest
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import ABSENT, MaybeJson, is_object, same


def changed_to(
    newest: Newest, application: Application, item: ObjectSnapshot, difference: Difference
) -> MaybeJson | None:
    """What the newest commit states at the place of a difference (ABSENT: nothing); None where it changes nothing."""
    then, now = (
        _value(rendered_object(manifests, application, item.key), item, difference)
        for manifests in (newest.compared, newest.manifests)
    )
    return None if same(then, now) else now


def _value(manifest: MaybeJson, item: ObjectSnapshot, difference: Difference) -> MaybeJson:
    if difference.kind is Kind.EXTRA:
        return at(difference.live_path, item.live, manifest)
    return at(difference.path, item.target, manifest)


def unnoticed(
    application: Application, facts: Callable[[ObjectKey], Facts], item: ObjectSnapshot, found: tuple[Difference, ...]
) -> tuple[Difference, ...]:
    """What the newest commit changes in an object that Argo CD calls equal, seen from that commit."""
    newest = facts(item.key).maybe(NEWEST)
    shown = any(difference.shown for difference in found)
    if newest is None or not newest.commits or shown or not is_object(item.live):
        return ()
    now = rendered_object(newest.manifests, application, item.key)
    then = rendered_object(newest.compared, application, item.key)
    if now is ABSENT or then is ABSENT:
        return ()
    changed = (replace(d, live_path=d.path, shown=False) for d in differences(now, then))
    known = {difference.path for difference in found}
    return tuple(d for d in changed if d.path not in known and same(at(d.path, now, item.target), d.live))
