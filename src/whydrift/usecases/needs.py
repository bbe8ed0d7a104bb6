"""What reading facts takes on a cluster. Listed nowhere: the readers are run against a source that only listens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from whydrift.core.model.application import Application
from whydrift.core.model.facts import FactKind
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.resource_path import ResourcePath, resource_path
from whydrift.core.model.schema import Schemas
from whydrift.core.model.secrets import Masker
from whydrift.core.rbac import Grant
from whydrift.errors import SourceError
from whydrift.ports import Api, Body, NotRead, Question, Reply
from whydrift.usecases.facts import READERS, FactReader

NAMESPACE, HOME, CLUSTER, OBJECT = "some-namespace", "argocd-namespace", "some-cluster", "some-object"
"""Stand for real names while the readers are listened to."""
PROOF = "which cluster Argo CD runs in"
VISIBLE = "whether Argo CD lists all Applications"
CORE = (
    "/apis/argoproj.io/v1alpha1/applications",
    f"/apis/argoproj.io/v1alpha1/namespaces/{HOME}/appprojects",
    f"/apis/apps/v1/namespaces/{HOME}/statefulsets",
)
"""What is asked in place of Argo CD's API where no API server runs (core mode)."""


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that facts ask of a cluster; NAMESPACE and HOME in its path stand for real namespaces."""

    path: str
    asks: ResourcePath
    facts: tuple[str, ...]

    @property
    def at_home(self) -> bool:
        """Whether it is asked in Argo CD's own namespace only."""
        return self.asks.namespace == HOME

    @property
    def name(self) -> str:
        """The one object that it is about; "" where any will do."""
        return "" if self.asks.name in (OBJECT, NAMESPACE) or OBJECT in self.asks.name else self.asks.name

    def grant(self, home: str) -> Grant:
        """The permission, least: in Argo CD's namespace where that is enough, else in all of them."""
        asks = self.asks
        own = self.at_home and asks.group == ""
        return Grant(asks.verb, asks.group, asks.granted, home if self.at_home else "", self.name if own else "")


@dataclass
class _Listening:
    """A source that answers nothing and remembers what it was asked. `reply` is what it says to everything."""

    reply: Reply
    asked: list[Question] = field(default_factory=list)
    name: str = "nothing"
    requests: int = 0

    async def ask(self, question: Question) -> Reply:
        """Remember it."""
        self.asked.append(question)
        return self.reply

    def instances(self) -> Sequence[str]:
        """The only one."""
        return [""]

    async def clusters(self, instance: str = "") -> dict[str, str]:
        """The one of the sample."""
        return {CLUSTER: ""}

    async def close(self) -> None:
        """Nothing is open."""


SAMPLE = Application(
    {
        "metadata": {"name": "any", "namespace": HOME},
        "spec": {"destination": {"server": CLUSTER, "namespace": NAMESPACE}, "source": {"repoURL": "r", "path": "."}},
        "status": {"sync": {"revision": "b"}, "history": [{"revision": "a"}]},
    }
)


async def needs(schemas: Schemas, core: bool = False) -> tuple[Need, ...]:
    """Everything that the readers of facts ask of clusters, with the names of the facts, by path."""
    asked: dict[str, list[str]] = defaultdict(list)
    for kind in READERS:
        for path in await _asked_for(kind, schemas):
            if kind.name not in asked[path]:
                asked[path].append(kind.name)
    applications = f"/apis/argoproj.io/v1alpha1/namespaces/{HOME}/applications"
    asked[f"{applications}/{OBJECT}"].append(PROOF)
    asked[applications].append(VISIBLE)
    for path in CORE if core else ():
        asked[path].append("what Argo CD's API would say")
    found = ((path, resource_path(path), tuple(facts)) for path, facts in sorted(asked.items()))
    return tuple(Need(path, asks, facts) for path, asks, facts in found if asks is not None)


async def _asked_for(kind: FactKind[object], schemas: Schemas) -> list[str]:
    """The paths that one reader asks: once where every list is empty, once where everything is forbidden."""
    paths: list[str] = []
    for reply in (Body(b'{"items":[]}'), NotRead("", 403)):
        listening = _Listening(reply)
        reader = FactReader(listening, Masker(b"nothing"), schemas, renders=1)
        key = ObjectKey("example.com", "Thing", NAMESPACE, OBJECT)
        with suppress(SourceError):  # an empty answer may be no answer of that kind: what was asked is what counts
            await READERS[kind](reader, SAMPLE, key)
        paths += [question.path for question in listening.asked if question.api is Api.KUBERNETES]
    return list(dict.fromkeys(paths))
