"""Objects that are broken without pods: certificates, rollouts, addresses that never come."""

from __future__ import annotations

from collections.abc import Iterator

from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.trouble import Category, Reason, SaidBy, Trouble
from whydrift.core.model.values import JsonObject, MaybeJson, child, items, text
from whydrift.core.unmask.categories import category_of
from whydrift.core.unmask.containers import GRACE, condition
from whydrift.core.unmask.moments import between
from whydrift.core.unmask.scene import Scene


def object_troubles(scene: Scene) -> tuple[Trouble, ...]:
    """Troubles that stand in an object's own status."""
    return tuple(trouble for key, item in scene.by_key.items() for trouble in _trouble(scene, key, item.live))


def _trouble(scene: Scene, key: ObjectKey, live: MaybeJson) -> Iterator[Trouble]:
    if not isinstance(live, dict) or between(text(live, "metadata", "creationTimestamp"), scene.now) <= GRACE:
        return
    match key.group, key.kind:
        case "", "Service":
            yield from _service(key, live)
        case "networking.k8s.io", "Ingress":
            yield from _without_address(key, live)
        case "cert-manager.io", "Certificate":
            yield from _certificate(scene, key, live)
        case "argoproj.io", "Rollout":
            yield from _rollout(key, live)
        case _:
            return


def _service(key: ObjectKey, live: JsonObject) -> Iterator[Trouble]:
    """A load balancer that nobody gives an address; one with externalIPs has its own (health_service.go)."""
    if text(live, "spec", "type") == "LoadBalancer" and not items(live, "spec", "externalIPs"):
        yield from _without_address(key, live)


def _without_address(key: ObjectKey, live: JsonObject) -> Iterator[Trouble]:
    """A Service or Ingress whose status holds no address."""
    if not items(live, "status", "loadBalancer", "ingress"):
        since = text(live, "metadata", "creationTimestamp")
        yield Trouble(key, "Progressing", Category.NO_ADDRESS, since=since)


def _certificate(scene: Scene, key: ObjectKey, live: JsonObject) -> Iterator[Trouble]:
    """A certificate that is not ready (cert-manager's conditions): why it is not issued tells more than that."""
    ready, issuing = condition(live, "Ready"), condition(live, "Issuing")
    if text(ready, "status") != "False" or between(text(ready, "lastTransitionTime"), scene.now) <= GRACE:
        return
    failed = text(issuing, "status") == "False" and text(issuing, "message")
    yield Trouble(
        key=key,
        state=_health(scene, key) or "Degraded",
        category=Category.CERTIFICATE_NOT_READY,
        reason=text(ready, "reason"),
        since=text(ready, "lastTransitionTime"),
        why=Reason(failed or text(ready, "message"), SaidBy.CONDITION),
    )


def _rollout(key: ObjectKey, live: JsonObject) -> Iterator[Trouble]:
    """A rollout that was aborted or that reports itself degraded (Argo Rollouts' status)."""
    progressing, invalid = condition(live, "Progressing"), condition(live, "InvalidSpec")
    aborted = child(live, "status", "abort") is True or text(progressing, "reason") == "RolloutAborted"
    if not aborted and text(live, "status", "phase") != "Degraded" and text(invalid, "status") != "True":
        return
    said = text(live, "status", "message") or text(invalid, "message") or text(progressing, "message")
    yield Trouble(
        key=key,
        state="Degraded",
        category=Category.ROLLOUT_ABORTED if aborted else category_of(said) or Category.ROLLOUT_ABORTED,
        reason=text(progressing, "reason"),
        since=text(live, "status", "abortedAt") or text(progressing, "lastTransitionTime"),
        why=Reason(said, SaidBy.STATUS),
    )


def _health(scene: Scene, key: ObjectKey) -> str:
    """Argo CD's word on the health of an object."""
    return text(scene.health(key), "status")
