"""A shop whose cache was taken out of git, with a repository on this disk, and the plan for it."""

from __future__ import annotations

import difflib
import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from tests.adapters.git_work.repositories import bare, git, remote, user
from tests.small_fleet.argocd import NAMESPACE, REVISION, TRACKING
from tests.small_fleet.server import TOKEN, SmallFleet
from tests.small_fleet.store import Object
from whydrift.core.model.digest import digest
from whydrift.core.model.plan import ApplicationRef, EditStep, ObjectRef, Plan, ProofStep, Step
from whydrift.core.model.remedy import How, RemedyKind, Safety

FILES = {
    "shop/web.yaml": "kind: Deployment\nspec:\n  replicas: 3  # three are enough\n",
    "shop/cron.yaml": "kind: CronJob\nspec:\n  schedule: '5 4 * * *'\n",
}
GONE = ("apps/Deployment/cache", "/Service/cache", "/ConfigMap/cache-config")
RULE = {"group": "apps", "kind": "Deployment", "name": "web", "jsonPointers": ["/spec/replicas"]}


def manifest(version: str, kind: str, name: str, **parts: Any) -> Object:
    """An object of the shop, with the tracking id of its application."""
    group = version.rpartition("/")[0]
    tracked = {TRACKING: f"shop:{group}/{kind}:shop/{name}"}
    metadata = {"name": name, "namespace": "shop", "annotations": tracked}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **parts}


def pods(name: str, **spec: Any) -> Object:
    """The spec of a workload."""
    labels = {"app": name}
    containers = [{"name": name, "image": f"{name}:1", **spec}]
    return {
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": containers}},
    }


def furnish(fleet: SmallFleet) -> None:
    """Put the shop there: the web as git has it, and what is left of the cache."""
    web = manifest("apps/v1", "Deployment", "web", spec={"replicas": 3, **pods("web")})
    cache = pods("cache", envFrom=[{"configMapRef": {"name": "cache-config"}}])
    for obj in (
        web,
        manifest("apps/v1", "Deployment", "cache", spec={"replicas": 1, **cache}),
        manifest("v1", "Service", "cache", spec={"clusterIP": "10.0.0.7", "selector": {"app": "cache"}, "ports": []}),
        manifest("v1", "ConfigMap", "cache-config", data={"size": "64"}),
    ):
        fleet.store.put(obj)
    fleet.argocd.add("shop", [web])


@dataclass
class Situation:
    """Everything that a run of `apply` needs: servers, kubeconfig, repository, the user's folders, and a plan."""

    fleet: SmallFleet
    folder: Path
    url: str = ""
    user: dict[str, str] = field(default_factory=dict)
    more: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.user = user(self.folder / "home")
        self.url = self.url or remote(self.folder / "remote", FILES, self.user)
        furnish(self.fleet)

    @property
    def env(self) -> dict[str, str]:
        """The environment of a run."""
        kubeconfig = self.fleet.kubeconfig(self.folder / "kubeconfig")
        argocd = {"ARGOCD_SERVER": self.fleet.url.removeprefix("http://"), "ARGOCD_AUTH_TOKEN": TOKEN}
        places = {"KUBECONFIG": str(kubeconfig), "WHYDRIFT_STATE": str(self.state), "ARGOCD_OPTS": "--plaintext"}
        return {**self.user, **argocd, **places, "PATH": os.environ["PATH"], **self.more}

    @property
    def state(self) -> Path:
        """Where apply keeps journals and dumps."""
        return self.folder / "state"

    @property
    def head(self) -> str:
        """Where the tracked branch is."""
        return git(bare(self.url), "rev-parse", "main", env=self.user)

    def branches(self) -> dict[str, str]:
        """The branches of the repository beside the tracked one."""
        listed = git(
            bare(self.url), "for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads", env=self.user
        )
        found = dict(line.split() for line in listed.splitlines())
        return {name: commit for name, commit in found.items() if name != "main"}

    def shown(self, revision: str, file: str) -> str:
        """A file at a revision."""
        return git(bare(self.url), "show", f"{revision}:{file}", env=self.user)

    def merge(self, branch: str) -> str:
        """Merge a branch as a forge does; the new head."""
        git(bare(self.url), "update-ref", "refs/heads/main", branch, env=self.user)
        return self.head

    def write(self, *steps: Step) -> Path:
        """A plan of some steps, as a file."""
        application = self.fleet.argocd.application("shop")[1]
        ref = ApplicationRef(
            name="shop",
            namespace=NAMESPACE,
            cluster="https://kubernetes.default.svc",
            resource_version=application["metadata"]["resourceVersion"],
            digest=digest(application),
            revisions=(REVISION,),
        )
        plan = Plan(
            source=self.fleet.url,
            at="2026-11-28T10:00:00Z",
            by="whydrift test",
            argocd="v3.5.1",
            applications=(ref,),
            steps=steps,
            left=(),
            gaps=(),
        )
        path = self.folder / "plan.json"
        path.write_bytes(msgspec.json.encode(plan))
        return path


def step(kind: Any, number: str, **parts: Any) -> Step:
    """A step about the shop."""
    stated = {
        "remedy": RemedyKind.GIT_SET,
        "title": f"step {number}",
        "why": "the load asks for it",
        "causes": ("person-edits-live",),
        "applications": (f"{NAMESPACE}/shop",),
        "safety": Safety.SAFE,
        "proof": ProofStep(closes=("all",)),
    }
    return Step(id=number, kind=kind, **{**stated, **parts})


def commit(
    situation: Situation,
    number: str,
    changes: Mapping[str, Callable[[str], str]],
    before: Mapping[str, str] = FILES,
    **parts: Any,
) -> Step:
    """A commit step that changes files; `before` is what they hold then."""
    edits = []
    for file, change in changes.items():
        old, new = before[file], change(before[file])
        lines = difflib.unified_diff(old.splitlines(True), new.splitlines(True), f"a/{file}", f"b/{file}", n=1)
        digested = hashlib.sha256(old.encode()).hexdigest()
        edits.append(EditStep(file=file, line=1, how=How.YAML, before=digested, diff="".join(lines)))
    known = {"repo": situation.url, "branch": "main", "revision": situation.head}
    return step("commit", number, edits=tuple(edits), **{**known, **parts})


def more_replicas(content: str) -> str:
    """An edit."""
    return content.replace("replicas: 3", "replicas: 5")


def ref_of(situation: Situation, identity: str) -> ObjectRef:
    """An object as a plan names it."""
    _, kind, name = identity.split("/", 2)
    live = next(o for o in situation.fleet.store.objects.values() if (o["kind"], o["metadata"]["name"]) == (kind, name))
    return ObjectRef(
        id=identity,
        namespace="shop",
        api_version=live["apiVersion"],
        uid=live["metadata"]["uid"],
        resource_version=live["metadata"]["resourceVersion"],
        digest="" if kind == "Secret" else digest(live),
    )


def delete(situation: Situation, number: str, objects: tuple[str, ...] = GONE, **parts: Any) -> Step:
    """A guarded delete of what is left of the cache."""
    refs = tuple(ref_of(situation, identity) for identity in objects)
    stated = {"remedy": RemedyKind.GUARDED_DELETE, "causes": ("object-left-behind",), "objects": refs}
    return step("delete", number, **{**stated, **parts})


def rule(situation: Situation, number: str, **parts: Any) -> Step:
    """An ignore rule in the Application."""
    return step(
        "application",
        number,
        **{"remedy": RemedyKind.IGNORE, "merge": {"spec": {"ignoreDifferences": [RULE]}}, **parts},
    )


def annotation(situation: Situation, number: str) -> Step:
    """An annotation of the web."""
    merge = {"metadata": {"annotations": {"argocd.argoproj.io/sync-options": "Prune=false"}}}
    return step(
        "annotate", number, remedy=RemedyKind.ANNOTATE, objects=(ref_of(situation, "apps/Deployment/web"),), merge=merge
    )


def commits_and_patches(situation: Situation) -> tuple[Step, ...]:
    """Two commits with a request, a patch, an annotation, a refresh."""
    return (
        commit(situation, "1", {"shop/web.yaml": more_replicas}),
        commit(situation, "2", {"shop/cron.yaml": lambda content: content.replace("5 4", "6 4")}, after=("1",)),
        rule(situation, "3"),
        annotation(situation, "4"),
        step("refresh", "5", remedy=RemedyKind.REFRESH),
    )


def everything(situation: Situation) -> Path:
    """A plan with a step of every kind."""
    return situation.write(
        *commits_and_patches(situation),
        step("sync", "6", remedy=RemedyKind.SYNC, objects=(ref_of(situation, "apps/Deployment/web"),), after=("3",)),
        delete(situation, "7", after=("3",)),
    )
