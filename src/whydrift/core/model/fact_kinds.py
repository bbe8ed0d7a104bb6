"""The facts that exist: one line each. A cause names in `needs` those without which it cannot decide."""

from __future__ import annotations

from collections.abc import Mapping

from whydrift.core.model.definitions import Definitions
from whydrift.core.model.facts import Cost, FactKind, Per
from whydrift.core.model.fleet import Commit, Fleet, History, Newest
from whydrift.core.model.git_files import GitFiles
from whydrift.core.model.neighbours import Neighbours
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.schema import Schemas
from whydrift.core.model.trouble import ContainerLog
from whydrift.core.model.values import JsonObject

Objects = tuple[JsonObject, ...]

SETTINGS: FactKind[JsonObject] = FactKind("settings", "GET /api/v1/settings of Argo CD", Per.FLEET, Cost.LIST)
"""Argo CD's settings: tracking method, resource overrides."""

ARGOCD_CONFIG: FactKind[JsonObject] = FactKind(
    "argocd-cm", "get configmaps in Argo CD's namespace", Per.FLEET, Cost.LIST
)
"""The data of argocd-cm and argocd-cmd-params-cm, in one map."""

ARGOCD_VERSION: FactKind[str] = FactKind("Argo CD's version", "GET /api/version of Argo CD", Per.FLEET, Cost.LIST)
"""Argo CD's own words for its version, as in "v3.5.1+109ca7c"; "" where it states none."""

FLEET: FactKind[Fleet] = FactKind("all applications", "applications get */* in Argo CD", Per.FLEET, Cost.LIST)
"""Every Application, proven to be complete: who renders which object."""

PROJECTS: FactKind[Objects] = FactKind("projects", "projects get in Argo CD", Per.FLEET, Cost.LIST)
"""The AppProjects that the caller may see."""

SYNC_WINDOWS: FactKind[JsonObject] = FactKind(
    "sync windows", "applications get in Argo CD", Per.APPLICATION, Cost.REQUEST
)
"""Argo CD's answer for `/syncwindows`: active, assigned, canSync."""

SYNCED_MANIFESTS: FactKind[Mapping[ObjectKey, JsonObject]] = FactKind(
    "manifests of the last synced revision", "applications get in Argo CD", Per.APPLICATION, Cost.RENDER
)
"""What git rendered to at the last successful sync, by key."""

SECOND_RENDER: FactKind[Mapping[ObjectKey, JsonObject]] = FactKind(
    "second render", "applications get in Argo CD", Per.APPLICATION, Cost.RENDER
)
"""The compared revision rendered once more, past every cache, by key."""

RESOURCE_TREE: FactKind[JsonObject] = FactKind(
    "resource tree", "applications get in Argo CD", Per.APPLICATION, Cost.REQUEST
)
"""Argo CD's tree of live objects and their children."""

APPLICATION_EVENTS: FactKind[Objects] = FactKind(
    "application events", "applications get in Argo CD", Per.APPLICATION, Cost.REQUEST
)
"""Events of the Application itself."""

COMMITS: FactKind[tuple[Commit, ...]] = FactKind(
    "commits since the last sync", "a clone of the repository, or revisions in Argo CD", Per.APPLICATION, Cost.REQUEST
)
"""The commits after the synced revision up to the compared one, newest first."""

SCHEMAS: FactKind[Schemas] = FactKind("schemas", "list customresourcedefinitions", Per.CLUSTER, Cost.LIST)
"""The schemas of built-in kinds and of every CRD of the cluster."""

CRDS: FactKind[Definitions] = FactKind(
    "custom resource definitions", "list customresourcedefinitions", Per.CLUSTER, Cost.LIST
)
"""Every CRD of the cluster."""

WEBHOOKS: FactKind[Objects] = FactKind(
    "mutating webhooks", "list mutatingwebhookconfigurations", Per.CLUSTER, Cost.LIST
)
"""MutatingWebhookConfigurations of the cluster."""

ADMISSION_POLICIES: FactKind[Objects] = FactKind(
    "mutating admission policies",
    "list mutatingadmissionpolicies, mutatingadmissionpolicybindings",
    Per.CLUSTER,
    Cost.LIST,
)
"""MutatingAdmissionPolicies of the cluster, and their bindings."""

AUTOSCALERS: FactKind[Objects] = FactKind("autoscalers", "list horizontalpodautoscalers", Per.NAMESPACE, Cost.LIST)
"""HorizontalPodAutoscalers in the object's namespace."""

SCALED_OBJECTS: FactKind[Objects] = FactKind("scaled objects", "list scaledobjects", Per.NAMESPACE, Cost.LIST)
"""KEDA's ScaledObjects in the object's namespace."""

RESOURCE_QUOTAS: FactKind[Objects] = FactKind("resource quotas", "list resourcequotas", Per.NAMESPACE, Cost.LIST)
"""ResourceQuotas in the object's namespace."""

LIMIT_RANGES: FactKind[Objects] = FactKind("limit ranges", "list limitranges", Per.NAMESPACE, Cost.LIST)
"""LimitRanges in the object's namespace: what containers get that state no requests or limits."""

DISRUPTION_BUDGETS: FactKind[Objects] = FactKind(
    "disruption budgets", "list poddisruptionbudgets", Per.NAMESPACE, Cost.LIST
)
"""PodDisruptionBudgets in the object's namespace."""

NAMESPACE: FactKind[JsonObject] = FactKind("namespace", "get namespaces", Per.NAMESPACE, Cost.REQUEST)
"""The Namespace object that the object lives in."""

EVENTS: FactKind[Objects] = FactKind("events", "list events", Per.NAMESPACE, Cost.LIST)
"""Events in the object's namespace."""

DRY_RUN: FactKind[JsonObject] = FactKind("dry run", "--dry-run and patch of the object", Per.OBJECT, Cost.REQUEST)
"""What a server-side dry run of the target answered."""

GIT_FILES: FactKind[Mapping[str, str]] = FactKind(
    "files in git", "a clone of the repository", Per.APPLICATION, Cost.REQUEST
)
"""Text files of the application's own path at the compared revision, by path in the repository."""

NEIGHBOURS: FactKind[Neighbours] = FactKind(
    "neighbours", "list pods, workloads, routes and bindings in the namespace", Per.NAMESPACE, Cost.LIST
)
"""What lives in the object's namespace and may use it."""

CLUSTER_NEIGHBOURS: FactKind[Neighbours] = FactKind(
    "neighbours in the cluster", "list ingresses, bindings and webhooks in all namespaces", Per.CLUSTER, Cost.LIST
)
"""What in the whole cluster may use a cluster-scoped object."""

COMPARED_MANIFESTS: FactKind[Mapping[ObjectKey, JsonObject]] = FactKind(
    "manifests of the compared revision", "applications get in Argo CD", Per.APPLICATION, Cost.RENDER
)
"""What git renders to at the compared revision, hooks and excluded kinds too, by key."""

EARLIER_MANIFESTS: FactKind[Mapping[ObjectKey, JsonObject]] = FactKind(
    "manifests of earlier revisions", "applications get in Argo CD", Per.APPLICATION, Cost.RENDER
)
"""What git rendered to at the syncs before the last one, by key."""

POD_METRICS: FactKind[Objects] = FactKind("pod metrics", "list pods.metrics.k8s.io", Per.NAMESPACE, Cost.LIST)
"""What the pods in the object's namespace use now (metrics.k8s.io PodMetrics)."""

DEFINITION: FactKind[JsonObject] = FactKind("definition", "get customresourcedefinitions", Per.OBJECT, Cost.REQUEST)
"""One live CustomResourceDefinition, read by name; {} where it does not exist."""

SERVED: FactKind[JsonObject] = FactKind("served kinds", "GET of the API's discovery", Per.OBJECT, Cost.REQUEST)
"""The kinds that a cluster serves in one group and version; {} where it has none. Asked for the key of `served_key`."""

PODS: FactKind[Objects] = FactKind("pods", "list pods", Per.NAMESPACE, Cost.LIST)
"""The pods in the object's namespace."""

POD_LOG: FactKind[ContainerLog] = FactKind("container log", "get pods/log", Per.OBJECT, Cost.REQUEST)
"""What one container wrote, now and before its last restart; asked for the key of `log_key`."""

RENDERED_FROM: FactKind[GitFiles] = FactKind(
    "files that are rendered", "a clone of the repository", Per.APPLICATION, Cost.REQUEST
)
"""GIT_FILES, and what these refer to outside of the application's own path (bases, components, value files)."""

NEWEST: FactKind[Newest] = FactKind(
    "newest commit", "a clone of the repository, or applications get in Argo CD", Per.APPLICATION, Cost.REQUEST
)
"""What git holds now, where Argo CD looked at an older commit."""

HISTORY: FactKind[tuple[History, ...]] = FactKind(
    "history in git", "a clone of the repository", Per.APPLICATION, Cost.REQUEST
)
"""Who wrote what: the newest commits up to the compared revision and the CODEOWNERS, one for each source in git."""
