"""Known injectors: which webhook puts what into other people's objects.

Paths are written as people read them (`core/model/paths.py`, for_people); `*` stands for anything. Sources: the
projects' own documentation; reference/drift-catalogue.md OPW-*, ADM-*.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple


class Injector(NamedTuple):
    """One injector: what people call it, patterns of its webhooks' names, and of the paths that it fills."""

    name: str
    webhooks: tuple[str, ...]
    paths: tuple[str, ...]


INJECTORS = (
    Injector(
        "Istio",
        ("*istio*",),
        (
            "*ontainers[name=istio-*",
            "*volumes[name=istio*",
            "*volumes[name=workload-*",
            '*["sidecar.istio.io/*"]*',
            '*["istio.io/*"]*',
            '*labels["security.istio.io/*"]',
            '*labels["service.istio.io/*"]',
            '*["prometheus.io/*"]',
        ),
    ),
    Injector("Linkerd", ("*linkerd*",), ("*ontainers[name=linkerd-*", "*volumes[name=linkerd-*", '*linkerd.io/*"]')),
    Injector(
        "Consul", ("*consul*",), ("*ontainers[name=consul-*", "*volumes[name=consul-*", '*consul.hashicorp.com/*"]')
    ),
    Injector("Kuma", ("*kuma*",), ("*ontainers[name=kuma-*", "*volumes[name=kuma-*", '*["kuma.io/*"]')),
    Injector(
        "Vault's agent injector",
        ("*vault*",),
        (
            "*ontainers[name=vault-agent*",
            "*volumes[name=vault-*",
            "*volumes[name=home-*",
            "*volumeMounts[mountPath=/vault/*",
            '*["vault.hashicorp.com/*"]',
            "*volumes[name=vault-env*",
            "*ontainers[name=copy-vault-env*",
        ),
    ),
    Injector(
        "Dapr", ("*dapr*",), ("*ontainers[name=daprd*", '*["dapr.io/*"]', "*env[name=DAPR_*", "*volumes[name=dapr-*")
    ),
    Injector(
        "OpenTelemetry",
        ("*opentelemetry*", "*otel*"),
        (
            "*ontainers[name=opentelemetry-*",
            "*ontainers[name=otc-container*",
            "*env[name=OTEL_*",
            "*volumes[name=opentelemetry-*",
        ),
    ),
    Injector("Datadog", ("*datadog*",), ("*env[name=DD_*", "*ontainers[name=datadog-*", "*volumes[name=datadog*")),
    Injector("Jaeger", ("*jaeger*",), ("*ontainers[name=jaeger-agent*", '*["sidecar.jaegertracing.io/*"]')),
    Injector("Kyverno", ("*kyverno*",), ('*["policies.kyverno.io/*"]', '*["kyverno.io/*"]', "spec.rules[*")),
    Injector(
        "an image policy",
        ("*image*", "*digest*", "*cosign*", "*sigstore*", "*connaisseur*", "*portieris*", "*notation*"),
        ("*ontainers[*].image", '*["policy.sigstore.dev/*"]', '*["alpha.image-policy.k8s.io/*"]'),
    ),
    Injector(
        "Tekton",
        ("*tekton*",),
        (
            "spec.params[*].type",
            "spec.results[*].type",
            "*taskSpec.params[*].type",
            "*taskRef.kind",
            "*pipelineRef.kind",
            "*bindings[*].kind",
            "*interceptors[*].ref.kind",
            "*template.apiVersion",
            "spec.serviceAccountName",
            "spec.timeout*",
            "*params[*].properties*",
            '*["tekton.dev/*"]',
            '*["triggers.tekton.dev/*"]',
        ),
    ),
    Injector(
        "Knative",
        ("*knative*",),
        (
            '*["serving.knative.dev/*"]',
            '*["eventing.knative.dev/*"]',
            "*containerConcurrency",
            "*timeoutSeconds",
            "*enableServiceLinks",
            "*readinessProbe*",
            "*resources",
        ),
    ),
    Injector("the Prometheus operator", ("*prometheus*",), ('*["prometheus-operator-validated"]',)),
    Injector("CloudNativePG", ("*cnpg*", "*cloudnative-pg*"), ("spec.*",)),
    Injector(
        "cert-manager",
        ("*cert-manager*",),
        ('*["cert-manager.io/*"]', "spec.uid", "spec.username", "spec.groups*", "spec.extra*"),
    ),
    Injector(
        "GKE",
        ("*gke.io", "*autopilot*", "*warden*"),
        (
            "*resources*",
            "*tolerations*",
            "*nodeSelector*",
            "*securityContext*",
            '*gke.io/*"]',
            '*["cloud.google.com/*"]',
        ),
    ),
    Injector(
        "Azure",
        ("*azure*", "aks-*", "*.aks.*"),
        (
            "*env[name=AZURE_*",
            "*env[name=KUBERNETES_*",
            "*volumes[name=azure-identity-*",
            "*volumeMounts[mountPath=/var/run/secrets/azure*",
            "*namespaceSelector*",
        ),
    ),
    Injector(
        "EKS",
        ("*amazonaws*", "*eks*", "pod-identity-webhook*"),
        (
            "*env[name=AWS_*",
            "*volumes[name=aws-iam-token*",
            "*volumes[name=eks-pod-identity*",
            "*volumeMounts[mountPath=/var/run/secrets/*",
        ),
    ),
    Injector(
        "a scheduler",
        ("*spot*", "*schedul*", "*karpenter*", "*node-selector*", "*toleration*", "*placement*"),
        (
            "*tolerations*",
            "*nodeSelector*",
            "*affinity*",
            "*schedulerName",
            "*priorityClassName",
            "*topologySpreadConstraints*",
        ),
    ),
)


def injector_of(webhook: str, path: str) -> Injector | None:
    """The known injector that a webhook's name and a path belong to."""
    known = (one for one in INJECTORS if _any(one.webhooks, webhook) and _any(one.paths, path))
    return next(known, None)


def is_injected(path: str) -> bool:
    """Whether a path has a name that some known injector gives to what it adds."""
    named = (pattern for one in INJECTORS for pattern in one.paths if "=" in pattern or '"' in pattern)
    return any(_compiled(pattern).fullmatch(path) for pattern in named)


def _any(patterns: tuple[str, ...], value: str) -> bool:
    return any(_compiled(pattern).fullmatch(value) for pattern in patterns)


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)
