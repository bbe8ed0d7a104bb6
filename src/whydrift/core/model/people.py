"""Whose name stands in managed fields: people's tools, pipelines, controllers. Evidence, never proof alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase


class Writer(StrEnum):
    """What kind of writer uses a manager's name."""

    ARGOCD = "Argo CD"
    PERSON = "a person"
    PIPELINE = "a pipeline"
    CONTROLLER = "a controller"
    IMAGE_UPDATER = "an image updater"
    UNKNOWN = "an unknown writer"


ARGOCD = ("argocd-controller",)
PEOPLE = (
    "kubectl", "kubectl-*", "k9s", "argocd-server", "Lens", "lens*", "OpenLens", "freelens*", "headlamp*", "octant", "Mozilla",
    "dashboard", "kubernetes-dashboard", "rancher-dashboard", "oc", "oc-*", "kubecolor*", "kui", "monokle*", "aptakube*", "seabird",
)  # fmt: skip
PIPELINES = (
    "helm", "Helm", "helm-*", "Terraform", "terraform*", "HashiCorp", "pulumi*", "kustomize-controller", "helm-controller",
    "fluxcd*", "flux", "flux-*", "kapp", "kapp-*", "skaffold*", "ansible*", "jenkins*", "gitlab*", "github-actions*", "spinnaker*",
    "crossplane*", "carvel*", "kluctl*", "werf*", "tilt*", "devspace*", "kpt*", "ci", "ci-*", "*-ci", "deployer*", "azure-pipelines*",
    "circleci*", "drone*", "tekton-deploy*",
)  # fmt: skip
IMAGE_UPDATERS = (
    "argocd-image-updater",
    "argocd-image-updater-controller",
    "keel",
    "image-automation-controller",
    "renovate*",
    "diun*",
)
CONTROLLERS = (
    "kube-controller-manager", "kube-scheduler", "kubelet", "kube-apiserver", "cloud-controller-manager", "*-controller",
    "*-controller-manager", "*-operator", "*-manager", "*-injector", "*-cainjector", "*-webhook", "controller", "operator", "manager",
    "cert-manager*", "external-secrets*", "external-dns*", "dns-controller", "keda*", "vpa-*", "vpa*", "goldilocks*", "kyverno*",
    "rollouts-controller", "flagger*", "pilot-discovery", "istio*", "linkerd*", "traefik*", "nginx-ingress*", "metallb*", "speaker",
    "kube-webhook-certgen", "vault-k8s*", "gpu-operator", "node-feature-discovery*", "cilium*", "calico*", "glbc", "gke-*", "GoogleContainerTool",
    "admissionsenforcer", "aks-*", "eks*", "aws-*", "azure-*", "openshift-*", "cluster-policy-controller", "rancher", "fleet-agent*",
    "Reloader", "reloader*", "stakater*", "kube-green*", "kube-downscaler*", "descheduler*", "pvc-autoresizer*", "csi-*", "velero*",
    "argocd-application-controller", "argocd-applicationset-controller", "argocd-notifications-controller", "tekton*", "knative*",
    "webhook", "prometheus-operator*", "PrometheusOperator", "grafana-operator*", "strimzi*", "cnpg*", "postgres-operator*", "sealed-secrets*",
    "pod-security-admission-label-synchronization-controller", "clusterrole-aggregation-controller", "kubevirt*", "virt-*", "longhorn*",
    "kube-reqsizer", "right-sizer*", "rightsizer*", "crd-installer*", "karpenter*", "cluster-autoscaler*", "*-scaler", "*-autoscaler",
)  # fmt: skip


@dataclass(frozen=True)
class People:
    """Manager names by kind of writer: the built-in lists, and before them the user's own (`whydrift.toml`, `[managers]`)."""

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
            (Writer.CONTROLLER, CONTROLLERS),
        )
