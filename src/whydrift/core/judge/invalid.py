"""What the API server refuses as invalid, whatever a sync is told: custom kinds by their schema, pods by rule.

`Validate=false` changes nothing of it. Nor does its absence make a field fail that the schema does not know: a
client-side sync hands its directive to kubectl's validator alone, which leaves it to the server, and the server warns
(gitops-engine pkg/utils/kube/resource_ops.go, newApplyOptions; argo-cd issue 16817). A server-side apply does refuse it
(measured.md 32); that is the merge's own error.
"""

from __future__ import annotations

from collections.abc import Iterator

from whydrift.core.compare.terms import Terms
from whydrift.core.explain.admission import mutators_of
from whydrift.core.judge.invalid_by_schema import against_schema
from whydrift.core.judge.invalid_pods import against_rules
from whydrift.core.judge.situation import Situation
from whydrift.core.model.fact_kinds import WEBHOOKS
from whydrift.core.model.objects import group_of
from whydrift.core.model.snapshot import ObjectSnapshot, Verdict
from whydrift.core.model.values import JsonObject, is_object, text

DEFINITION = ("apiextensions.k8s.io", "CustomResourceDefinition")


def invalid_value(item: ObjectSnapshot, sent: JsonObject, situation: Situation) -> str:
    """The first value of what is sent that is refused, with its field; "" where nothing is known against any.

    A webhook may put it right before the server looks, and a definition that the same sync changes may allow it by
    then. What live has too was taken: the server does not look at it again, or our rule is wrong.
    """
    subject, live = situation.subject(item), item.live if is_object(item.live) else None
    if not subject.facts.known(WEBHOOKS) or mutators_of(subject) or redefined(item, situation):
        return ""
    taken = set() if live is None else set(_refused(live, None, situation.terms))
    return next((said for said in _refused(sent, live, situation.terms) if said not in taken), "")


def redefined(item: ObjectSnapshot, situation: Situation) -> bool:
    """Whether a sync changes what defines the kind of an object, or may."""
    definitions = (i for i in situation.objects.of_kind(DEFINITION[1]) if i.key[:2] == DEFINITION)
    return any(i.verdict is not Verdict.SYNCED and i.key.name.endswith(f".{item.key.group}") for i in definitions)


def _refused(obj: JsonObject, live: JsonObject | None, terms: Terms) -> Iterator[str]:
    if terms.knowledge.types.of(obj) is not None:
        return against_rules(obj)
    if (group_of(text(obj, "apiVersion")), text(obj, "kind")) == DEFINITION:
        return iter(())
    return against_schema(obj, live, terms.knowledge.schemas.type_of(text(obj, "apiVersion"), text(obj, "kind")))
