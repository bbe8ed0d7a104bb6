"""What mutating webhooks would make of what a sync sends: not known without a dry run, unless the cluster shows it.

An object that was written since the webhook is there went through it, and live shows what came of it; so does another
object of the kind, for one that is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from whydrift.core.explain.admission import Mutator, mutators_of
from whydrift.core.judge.situation import Situation
from whydrift.core.model.effect import Does, Effect
from whydrift.core.model.fact_kinds import ADMISSION_POLICIES, DRY_RUN, WEBHOOKS
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import is_object, items, text

QUIET = frozenset({Does.NOTHING, Does.FAIL, Does.UNKNOWN})
WITHOUT_DRY_RUN = "is not known without a dry run (--dry-run)"


def admission_unknown(item: ObjectSnapshot, effects: Iterable[Effect], situation: Situation) -> tuple[Effect, ...]:
    """The unknown effect of webhooks and policies on an object that a sync writes; () where what they do is known."""
    if all(effect.does in QUIET for effect in effects) or situation.facts(item.key).known(DRY_RUN):
        return ()
    unseen = [mutator for mutator in mutators_of(situation.subject(item)) if not _shown(mutator, item, situation)]
    if not unseen:
        return ()
    says = f"what {unseen[0].kind} {unseen[0].name} makes of {item.key} {WITHOUT_DRY_RUN}"
    return (Effect(item.key, Does.UNKNOWN, says, False),)


def _shown(mutator: Mutator, item: ObjectSnapshot, situation: Situation) -> bool:
    """Whether an object of this kind went through the webhook: this one, or for a new one any of the application."""
    since = _since(mutator, item, situation)
    alike = (item,) if is_object(item.live) else tuple(situation.alike(item.key))
    return any(_last_written(other) > since for other in alike if is_object(other.live))


def _last_written(item: ObjectSnapshot) -> str:
    written = (entry.time or "" for entry in item.managers.entries if entry.subresource != "status")
    return max(written, default="") or text(item.live, "metadata", "creationTimestamp")


def _since(mutator: Mutator, item: ObjectSnapshot, situation: Situation) -> str:
    """When the webhook or policy was last written, RFC 3339; "" where that is not known."""
    facts = situation.facts(item.key)
    read = (*(facts.maybe(WEBHOOKS) or ()), *(facts.maybe(ADMISSION_POLICIES) or ()))
    named = (row for row in read if mutator.name in _names(row))
    return next((text(row, "metadata", "creationTimestamp") for row in named), "")


def _names(row: object) -> Iterator[str]:
    if is_object(row):
        yield text(row, "metadata", "name")
        yield from (text(webhook, "name") for webhook in items(row, "webhooks"))
