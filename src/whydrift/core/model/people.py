"""Whose name stands in managed fields: people's tools, pipelines, controllers. Evidence, never proof alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from typing import Final, TypeAlias


class Writer(StrEnum):
    """What kind of writer uses a manager's name."""

    ARGOCD = "Argo CD"
    PERSON = "a person's tool"
    LIBRARY = "a library, which a script or a person uses"
    PIPELINE = "a pipeline"
    CONTROLLER = "a controller"
    IMAGE_UPDATER = "an image updater"
    UNKNOWN = "an unknown writer"


def _names(listed: str) -> tuple[str, ...]:
    return tuple(listed.split())


ARGOCD = ("argocd-controller", "argocd-application-controller")
"""Argo CD's syncs; the second name in older versions, for RBAC objects and for Applications (measured.md 24)."""
PEOPLE = _names(
    """
    kubectl kubectl-* k9s argocd-server Lens lens* OpenLens freelens* headlamp* octant Mozilla bridge dashboard
    kubernetes-dashboard* GoogleCloudConsole rancher rancher-dashboard oc oc-* kubecolor* kui monokle* aptakube*
    seabird kubenav portainer* ks-apiserver jet-pilot* virtctl openshift-console* k8dash skooner kubewall
    komodor*
    """
)
"""Tools that people look through: command lines, terminals, desktop clients, web pages."""
LIBRARIES = _names(
    """
    node-fetch OpenAPI-Generator Swagger-Codegen python-requests Python-urllib python-httpx Python aiohttp curl
    Wget HTTPie PostmanRuntime insomnia Go-http-client axios okhttp Java Java-http-client Apache-HttpClient Ruby
    Faraday undici node Deno got reqwest libwww-perl kubernetes-client
    """
)
"""Names that HTTP and Kubernetes libraries give themselves: a script or a person, never more is known."""
PIPELINES = _names(
    """
    helm Helm helm-* helmfile helmwave nelm Terraform terraform* HashiCorp OpenTofu opentofu* tofu tfc-agent
    atlantis spacelift* cdktf pulumi* kustomize kustomize-controller helm-controller fluxcd* flux flux-*
    fleetagent fleet-agent fleet kapp kapp-* kapp-controller skaffold* ansible* jenkins* gitlab* agentk
    github-actions* github-runner* actions-runner* spinnaker* kluctl* werf* tilt* devspace* okteto* kpt* tanka
    timoni cdk8s ci ci-* *-ci cd-* *-cd deployer* deploy-bot *-deploy-bot *-pipeline azure-pipelines*
    azure-devops* circleci* drone-* woodpecker* buildkite* teamcity* bamboo* concourse* harness-* codefresh*
    octopus* argocd-autopilot argocd-applicationset-controller config-sync*
    """
)
"""What applies manifests out of a repository or a state file: CI jobs, Helm, Terraform, other GitOps tools."""
IMAGE_UPDATERS = ("argocd-image-updater", "argocd-image-updater-controller", "keel")
"""What polls registries and writes newer tags into the cluster."""
CONTROLLER_MANAGERS = ("kube-controller-manager", "k3s", "kubelite", "hyperkube")
"""Kubernetes' own controllers; the last three are servers that hold all of Kubernetes in one program."""
CONTROLLERS = CONTROLLER_MANAGERS + _names(
    """
    kube-scheduler kubelet kube-apiserver cloud-controller-manager *-controller
    *-controller-manager *-operator *-injector *-cainjector *-webhook controller operator manager kopf
    cainjector cert-manager* trust-manager external-secrets* external-dns* dns-controller keda* vpa-* vpa*
    goldilocks* kyverno* gatekeeper* rollouts-controller argo-rollouts flagger* pilot-discovery istiod istio*
    linkerd* traefik* contour envoy-gateway* kong* kuma-cp consul-k8s* consul-connect* nginx-ingress* metallb*
    speaker kube-vip* kube-webhook-certgen vault-k8s* vault-agent-injector* secrets-store-* gpu-operator
    nvidia-* node-feature-discovery* nfd-* cilium* calico* tigera-* glbc gke-* GoogleContainerTool
    admissionsenforcer aks-* eks eks-* aws-* azure-* digitalocean-* hcloud-* openstack-* vsphere-* openshift-*
    olm catalog cluster-policy-controller crossplane* Reloader reloader* stakater* kubernetes-replicator*
    reflector kubed kube-green* kube-downscaler* py-kube-downscaler descheduler* kured pvc-autoresizer* csi-*
    velero* stork trident* rook* openebs* argocd-notifications-controller
    tekton* knative* webhook prometheus-operator* PrometheusOperator grafana-operator* strimzi* cnpg*
    cloudnative-pg* dapr* sentry
    postgres-operator* sealed-secrets* pod-security-admission-label-synchronization-controller
    clusterrole-aggregation-controller kubevirt* virt-* longhorn* kube-reqsizer right-sizer* rightsizer*
    castai-* stormforge* scaleops* kubeturbo spot-ocean* crd-installer* karpenter* cluster-autoscaler* *-scaler
    *-autoscaler *-downscaler *-resizer *-autoresizer *-provisioner *-attacher *-snapshotter *-rotator
    *-reloader *-reconciler *-replicator *-enforcer *-mutator *-labeler *-annotator
    """
)
"""What writes fields of objects that it watches. A bare `*-manager` is left out: people name all kinds of things so."""


@dataclass(frozen=True)
class People:
    """Names by kind of writer; the user's own (`whydrift.toml`, `[managers]`) come before the built-in ones."""

    controllers: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    pipelines: tuple[str, ...] = ()

    def writer(self, manager: str) -> Writer:
        """The kind of writer behind a manager's name; UNKNOWN is named as it is and never guessed."""
        if not (self.controllers or self.people or self.pipelines):
            return _built_in(manager)
        own = ((Writer.CONTROLLER, self.controllers), (Writer.PERSON, self.people), (Writer.PIPELINE, self.pipelines))
        return _most_specific(manager, own) or _built_in(manager)


_Lists: TypeAlias = tuple[tuple[Writer, tuple[str, ...]], ...]
_BUILT_IN: Final[_Lists] = (
    (Writer.ARGOCD, ARGOCD),
    (Writer.IMAGE_UPDATER, IMAGE_UPDATERS),
    (Writer.PIPELINE, PIPELINES),
    (Writer.PERSON, PEOPLE),
    (Writer.LIBRARY, LIBRARIES),
    (Writer.CONTROLLER, CONTROLLERS),
)


@cache
def _built_in(manager: str) -> Writer:
    return _most_specific(manager, _BUILT_IN) or Writer.UNKNOWN


def _most_specific(manager: str, lists: _Lists) -> Writer | None:
    """The writer whose pattern says most about the name: `jenkins-operator` is an operator, not a `jenkins*`."""
    starts = (*"*?[", manager[:1])  # a pattern is compiled once, which takes longer than to match: most need not be
    likely = ((p, writer) for writer, patterns in lists for p in patterns if p[:1] in starts)
    found = ((len(p), writer) for p, writer in likely if fnmatchcase(manager, p))
    return max(found, key=lambda match: match[0], default=(0, None))[1]
