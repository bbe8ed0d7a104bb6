"""Whose name stands in managed fields: people's tools, pipelines, controllers. Evidence, never proof alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase


class Writer(StrEnum):
    """What kind of writer uses a manager's name."""

    ARGOCD = "Argo CD"
    PERSON = "a person"
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
    kubernetes-dashboard* rancher rancher-dashboard oc oc-* kubecolor* kui monokle* aptakube* seabird kubenav
    portainer* ks-apiserver jet-pilot* virtctl openshift-console* k8dash skooner kubewall
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
    atlantis spacelift* cdktf pulumi* kustomize kustomize-controller helm-controller fluxcd* flux
    flux-client-side-apply fleetagent fleet-agent fleet kapp kapp-* skaffold* ansible ansible-playbook jenkins
    jenkins-agent* jenkins-deploy* gitlab-agent* gitlab-kas gitlab-runner* gitlab-ci* gitlab-deploy* agentk
    github-actions* github-runner* spinnaker* kluctl* werf* tilt* devspace* okteto* kpt* tanka timoni cdk8s ci
    ci-* *-ci deployer* azure-pipelines* azure-devops* circleci* drone-* woodpecker* buildkite* teamcity*
    bamboo* concourse* harness-* codefresh* octopus* cd-* *-deploy-bot deploy-bot
    """
)
"""What applies manifests out of a repository or a state file: CI jobs, Helm, Terraform, other GitOps tools."""
IMAGE_UPDATERS = ("argocd-image-updater", "argocd-image-updater-controller", "keel")
"""What polls registries and writes newer tags into the cluster."""
CONTROLLERS = _names(
    """
    kube-controller-manager kube-scheduler kubelet kube-apiserver cloud-controller-manager *-controller
    *-controller-manager *-operator *-injector *-cainjector *-webhook controller operator manager cert-manager*
    external-secrets* external-dns* dns-controller keda* vpa-* vpa* goldilocks* kyverno* rollouts-controller
    flagger* pilot-discovery istio* linkerd* traefik* nginx-ingress* metallb* speaker kube-webhook-certgen
    vault-k8s* gpu-operator node-feature-discovery* cilium* calico* glbc gke-* GoogleContainerTool
    admissionsenforcer aks-* eks-* aws-* azure-* openshift-* cluster-policy-controller crossplane* Reloader
    reloader* stakater* kube-green* kube-downscaler* descheduler* pvc-autoresizer* csi-* velero*
    argocd-applicationset-controller argocd-notifications-controller tekton* knative* webhook
    prometheus-operator* PrometheusOperator grafana-operator* strimzi* cnpg* postgres-operator* sealed-secrets*
    pod-security-admission-label-synchronization-controller clusterrole-aggregation-controller kubevirt* virt-*
    longhorn* kube-reqsizer right-sizer* rightsizer* crd-installer* karpenter* cluster-autoscaler* *-scaler
    *-autoscaler eks
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
        for writer, patterns in self._lists():
            if any(fnmatchcase(manager, pattern) for pattern in patterns):
                return writer
        return Writer.UNKNOWN

    def _lists(self) -> tuple[tuple[Writer, tuple[str, ...]], ...]:
        return (
            (Writer.CONTROLLER, self.controllers),
            (Writer.PERSON, self.people),
            (Writer.PIPELINE, self.pipelines),
            (Writer.ARGOCD, ARGOCD),
            (Writer.IMAGE_UPDATER, IMAGE_UPDATERS),
            (Writer.PIPELINE, PIPELINES),
            (Writer.PERSON, PEOPLE),
            (Writer.LIBRARY, LIBRARIES),
            (Writer.CONTROLLER, CONTROLLERS),
        )
