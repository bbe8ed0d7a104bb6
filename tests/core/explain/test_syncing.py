"""Messages of refused syncs, as API servers and Argo CD word them, and whose fault they are."""

from __future__ import annotations

import pytest

from whydrift.core.explain.syncing import Refusal, Refused, classify, decisive, still_refused
from whydrift.core.model.explanation import Side
from whydrift.core.model.objects import ObjectKey

PORT = 'Service "web" is invalid: spec.ports[0].port: Invalid value: 80800: must be between 1 and 65535, inclusive'
MESSAGES = {
    PORT: Refusal.INVALID,
    'Deployment.apps "web" is invalid: spec.selector: Invalid value: {"a":"b"}: field is immutable': Refusal.IMMUTABLE,
    "StatefulSet.apps \"db\" is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas' "
    "are forbidden": Refusal.IMMUTABLE,
    'PersistentVolumeClaim "d" is invalid: spec: Forbidden: spec is immutable after creation except '
    "resources.requests": Refusal.IMMUTABLE,
    "The order in patch list: [map[name:v1]] doesn't match $setElementOrder list: [map[name:v2]]": Refusal.ORDER,
    'ConfigMap "d" is invalid: metadata.annotations: Too long: may not be more than 262144 bytes': Refusal.TOO_LONG,
    'services "a" is forbidden: exceeded quota: small, requested: services=1, used: services=2': Refusal.QUOTA,
    'pods "a" is forbidden: failed quota: small: must specify limits.cpu for: a': Refusal.QUOTA,
    "deployments.apps a is forbidden: ValidatingAdmissionPolicy 'p' with binding 'p' denied it": Refusal.POLICY,
    'admission webhook "v.example.com" denied the request: no latest': Refusal.POLICY,
    'pods "a" is forbidden: violates PodSecurity "restricted:latest": privileged': Refusal.POLICY,
    'Internal error occurred: failed calling webhook "v.example.com": no endpoints': Refusal.WEBHOOK_DOWN,
    'namespaces "shop" not found': Refusal.NAMESPACE,
    'The Kubernetes API could not find a.example.com/Target for requested resource shop/web. Make sure the "T" CRD '
    "is installed on the destination cluster.": Refusal.KIND,
    'no matches for kind "Target" in version "a.example.com/v1"': Refusal.KIND,
    "resource :ResourceQuota is not permitted in project team": Refusal.PROJECT,
    "from backfill-: cannot use generate name with apply": Refusal.NO_NAME,
    'Apply failed with 1 conflict: conflict with "kubectl-edit" using apps/v1: .spec.replicas': Refusal.CONFLICT,
    "failed to create typed patch object (a/b; apps/v1): .x: field not declared in schema": Refusal.UNKNOWN_FIELD,
    'deployments.apps is forbidden: User "system:serviceaccount:argocd:x" cannot create resource': Refusal.RIGHTS,
    "Shared resource found: Namespace/a is part of applications argocd/a and b": Refusal.SHARED,
    "the stars are not right": Refusal.OTHER,
}


@pytest.mark.parametrize(("message", "why"), MESSAGES.items())
def test_a_message_says_why_an_object_is_refused(message: str, why: Refusal) -> None:
    assert classify(message) is why


def test_sides_follow_from_the_reason() -> None:
    assert Refusal.INVALID.side is Side.GIT
    assert Refusal.PROJECT.side is Side.STRUCTURE
    assert Refusal.QUOTA.side is Side.ASK
    assert Refusal.OTHER.side is Side.ASK


def test_a_value_that_git_still_states_is_still_refused() -> None:
    row = Refused(ObjectKey("", "Service", "shop", "web"), Refusal.INVALID, PORT)
    assert still_refused(row, {"spec": {"ports": [{"port": 80800}]}})
    assert not still_refused(row, {"spec": {"ports": [{"port": 8080}]}})
    assert not still_refused(row, {"spec": {}})


def test_the_words_of_kubectl_are_left_out() -> None:
    assert decisive(f'error when patching "/dev/shm/1": {PORT}') == PORT
