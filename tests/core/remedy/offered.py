"""Offers for one small application: what a plan is made of, out of Python values."""

from __future__ import annotations

from collections.abc import Sequence

from tests.core.judge.situations import knowledge
from whydrift.core.explain.causes import CATALOGUE
from whydrift.core.judge.situation import Situation
from whydrift.core.model.application import Application
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.facts import Facts
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import APPLICATION, Change, Choice, Edit, How, Proof, RemedyKind
from whydrift.core.model.snapshot import ApplicationSnapshot, ObjectSnapshot, States, Verdict
from whydrift.core.model.values import ABSENT, JsonObject, MaybeJson, child
from whydrift.core.remedy.groups import Group
from whydrift.core.remedy.offers import Offer

REPO = "https://git.example.com/apps.git"
HEAD = "b" * 40
PROVEN = Proof(("Deployment shop/web spec.replicas",))
REPLICAS: Path = ("spec", "replicas")


def application(name: str = "shop", spec: JsonObject | None = None, metadata: JsonObject | None = None) -> Application:
    """An application with one folder in git."""
    source: JsonObject = {"repoURL": REPO, "path": name, "targetRevision": "main"}
    destination: JsonObject = {"server": "https://kubernetes.default.svc", "namespace": "shop"}
    return Application(
        {
            "metadata": {"name": name, "namespace": "argocd", **(metadata or {})},
            "spec": {"project": "default", "source": source, "destination": destination, **(spec or {})},
            "status": {"sync": {"status": "OutOfSync", "revision": HEAD, "comparedTo": {"source": source}}},
        }
    )


def deployment(replicas: MaybeJson = 2, **metadata: str) -> JsonObject:
    """A Deployment that differs in its replicas."""
    spec: JsonObject = {} if replicas is ABSENT else {"replicas": replicas}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", **metadata}, "spec": spec}


def item(target: MaybeJson, live: MaybeJson, key: ObjectKey | None = None) -> ObjectSnapshot:
    """One object with both sides."""
    key = key or ObjectKey("apps", "Deployment", "shop", "web")
    return ObjectSnapshot(key, lambda: States(target, live, live, target), verdict=Verdict.OUT_OF_SYNC)


def difference(path: Path, target: MaybeJson, live: MaybeJson) -> Difference:
    """A difference at the same path on both sides."""
    kind = Kind.EXTRA if target is ABSENT else Kind.MISSING if live is ABSENT else Kind.MODIFIED
    return Difference(path, path, kind, target, live)


def edit(before: str = "replicas: 2\n", after: str = "replicas: 5\n", file: str = "shop/web.yaml") -> Edit:
    """An edit of a file in git."""
    return Edit(REPO, file, 1, How.YAML, before, after)


def offer(
    choice: Choice,
    *,
    cause: str = "person-edits-live",
    of: Application | None = None,
    held: ObjectSnapshot | None = None,
    paths: Sequence[Path] = (REPLICAS,),
    edits: Edit | None = None,
    proof: Proof | None = None,
) -> Offer:
    """An offer for differences of one object at some paths (`()` is the whole object)."""
    held = held or item(deployment(), deployment(5))
    of = of or application()
    situation = Situation(ApplicationSnapshot(of, (held,)), {}, CATALOGUE, lambda _key: Facts(), knowledge())
    found = tuple(difference(path, _side(held.target, path), _side(held.live, path)) for path in paths)
    group = Group(held.key, found, choice, choice.changes)
    return Offer(situation, held, group, cause, edit=edits, proof=proof)


def _side(value: MaybeJson, path: Path) -> MaybeJson:
    return child(value, *path) if path else value


def adopted(edits: Edit | None = None, proof: Proof | None = PROVEN, **more: str) -> Offer:
    """What a person scaled by hand, taken over into git."""
    choice = Choice(RemedyKind.ADOPT, more.pop("why", "somebody scaled it"), changes=(Change(REPLICAS, 5),))
    return offer(choice, edits=edits or edit(), proof=proof, **more)  # type: ignore[arg-type]  # only strings: cause


def own(after: str = "a: 2\n") -> Edit:
    """An edit of the Application itself."""
    return Edit("", APPLICATION, 1, How.YAML, "a: 1\n", after, pointer="/spec")
