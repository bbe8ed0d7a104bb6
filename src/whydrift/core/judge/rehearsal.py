"""What the API server refused in a dry run: a sync is refused for it too, where it asks for the same.

A dry run applies server-side, beside all other managers. What it is refused for says something of a sync only where
that leaves the same object; what is about whoever asked, about dry runs, or about what the same sync changes first
(policies, quotas, what the object names) says nothing.
"""

from __future__ import annotations

import re

from whydrift.core.compare.last_applied import LAST_APPLIED
from whydrift.core.explain.syncing import Refusal, classify, decisive
from whydrift.core.judge.calibration import sent_to_server
from whydrift.core.judge.invalid import redefined
from whydrift.core.judge.predict import Predicted, merged_by_server
from whydrift.core.judge.server import admitted
from whydrift.core.judge.situation import Situation
from whydrift.core.model.fact_kinds import DRY_RUN
from whydrift.core.model.objects import SERVER_METADATA
from whydrift.core.model.snapshot import ObjectSnapshot, Verdict, once
from whydrift.core.model.values import ABSENT, JsonObject, is_object, mapping, same
from whydrift.errors import NotComparable

REFUSING = frozenset({400, 403, 413, 422})
"""The statuses with which an API server refuses what it was sent (Kubernetes API conventions, "HTTP Status codes")."""
ABOUT_OBJECT = frozenset({Refusal.IMMUTABLE, Refusal.INVALID, Refusal.TOO_LONG, Refusal.QUOTA, Refusal.POLICY})
ABOUT_DRY_RUN = re.compile(
    r"does not support dry run|is forbidden: User |attempting to grant|not found|no PriorityClass|typed patch|"
    r"is being terminated|duplicate entries for key|associative list"
)
"""Refusals of the one who asked, of what is not there yet, and of a server-side apply alone."""
ADMITTING = frozenset({
    "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration",
    "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "MutatingWebhookConfiguration",
    "ResourceQuota", "LimitRange", "Namespace", "ClusterPolicy", "Policy",
})  # fmt: skip
"""The kinds that decide what is let in: where a sync changes one, it may let in what it did not."""


def refused_in_dry_run(item: ObjectSnapshot, after: Predicted | None, situation: Situation) -> str:
    """The server's words for why a sync of an object is refused; "" where no dry run shows that it is.

    `after` is what the sync makes of an object that is there, None for a new one.
    """
    gap = situation.facts(item.key).gaps.get(DRY_RUN)
    if gap is None or not gap.said or gap.status not in REFUSING or ABOUT_DRY_RUN.search(gap.said):
        return ""
    why = classify(gap.said)
    if why not in ABOUT_OBJECT or redefined(item, situation) or situation.manifests is not None:
        return ""
    if why in (Refusal.POLICY, Refusal.QUOTA) and _changes_who_admits(situation):
        return ""
    if why is Refusal.QUOTA and _gives_back(item, situation):
        return ""
    return decisive(gap.said) if after is None or _asked_the_same(item, after, situation) else ""


def _changes_who_admits(situation: Situation) -> bool:
    kinds = once(situation.objects, "admitting", lambda: {i.key for i in situation.objects if _admits(i)})
    return bool(kinds)


def _admits(item: ObjectSnapshot) -> bool:
    decides = item.key.kind in ADMITTING or item.key.group.endswith("gatekeeper.sh")
    return decides and item.verdict is not Verdict.SYNCED


def _gives_back(item: ObjectSnapshot, situation: Situation) -> bool:
    """Whether something of the same kind and namespace goes with the sync, which may make room first."""
    alike = (other for other in situation.alike(item.key) if other.key.namespace == item.key.namespace)
    return any(other.target is ABSENT and other.live is not ABSENT for other in alike)


def _asked_the_same(item: ObjectSnapshot, after: Predicted, situation: Situation) -> bool:
    """Whether what the dry run applied, merged as the server does, is the object that the sync would leave."""
    sent, live = sent_to_server(item, situation), item.live
    if sent is None or not is_object(live):
        return False
    try:
        asked = admitted(merged_by_server(sent, live, situation.terms, frozenset()), after.before, situation.terms)
    except NotComparable:
        return False
    return asked is not None and same(_stated(asked), _stated(after.after))


def _stated(obj: JsonObject) -> JsonObject:
    """What people state of an object: without what the server writes, and without the copy of what was applied."""
    metadata = {key: part for key, part in mapping(obj, "metadata").items() if key not in SERVER_METADATA}
    notes = {key: part for key, part in mapping(metadata, "annotations").items() if key != LAST_APPLIED}
    kept = {key: part for key, part in metadata.items() if key != "annotations"}
    return {
        **{key: part for key, part in obj.items() if key != "status"},
        "metadata": {**kept, **({"annotations": notes} if notes else {})},
    }
