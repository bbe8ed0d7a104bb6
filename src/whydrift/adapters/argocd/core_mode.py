"""Core mode: no API server runs. What the Kubernetes API can answer in its place, and what to run for the rest."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

from whydrift.core.model.facts import Gap
from whydrift.core.model.values import Json, items, mapping, text
from whydrift.errors import SourceError
from whydrift.ports import Api, Body, NotRead, Question, Reply, Source
from whydrift.usecases.decode import stated_homes

FOR_MORE = "no Argo CD API server (core mode): run `argocd admin dashboard`, then --server http://localhost:8080"
GROUP = "/apis/argoproj.io/v1alpha1"
APPLICATIONS = "/api/v1/applications"
MAY_GET = "/api/v1/account/can-i/applications/get/"


class CoreMode(SourceError):
    """The user's login is `--core`: there is no API server to ask. `CoreSource` answers what Kubernetes knows."""

    def __init__(self) -> None:
        super().__init__(FOR_MORE)


class CoreSource:
    """Applications, projects and the version out of the Kubernetes API; every other question says what to run.

    `namespace` is Argo CD's own as far as it is known; where an Application names it, that one is taken.
    """

    def __init__(self, kubernetes: Source, namespace: str = "argocd") -> None:
        self.name = f"{kubernetes.name} (core mode)"
        self.notes = [f"statuses only: {FOR_MORE}"]
        self.gaps: tuple[Gap, ...] = ()
        self.kubernetes = kubernetes
        self.namespace = namespace
        self._list: tuple[Reply, bool] | None = None
        self._listing = asyncio.Lock()

    async def ask(self, question: Question) -> Reply:
        """Answer from the Kubernetes API, as Argo CD would have answered."""
        if question.api is Api.KUBERNETES:
            return await self.kubernetes.ask(question)
        if question.path == APPLICATIONS:
            return (await self._applications(anew=True))[0]  # whoever asks for it wants it as it is now
        if question.path.startswith(MAY_GET):
            return Body(b'{"value":"yes"}' if (await self._applications())[1] else b'{"value":"no"}')
        if question.path == "/api/version":
            return await self._version()
        if question.path == "/api/v1/projects":
            return await self._get(f"{GROUP}/namespaces/{await self._home()}/appprojects")
        return await self._one_application(question)

    async def _applications(self, anew: bool = False) -> tuple[Reply, bool]:
        """All Applications of the cluster and True; where that is forbidden, those of Argo CD's namespace and False."""
        async with self._listing:
            if anew or self._list is None:
                self._list = await self._listed()
            return self._list

    async def _listed(self) -> tuple[Reply, bool]:
        everywhere = await self._get(f"{GROUP}/applications")
        if isinstance(everywhere, NotRead) and everywhere.status == 403:
            return await self._get(f"{GROUP}/namespaces/{self.namespace}/applications"), False
        return everywhere, isinstance(everywhere, Body)

    async def _home(self) -> str:
        """Argo CD's own namespace (an Application's status.controllerNamespace): a context may state any other."""
        reply, _ = await self._applications()
        named = stated_homes(reply.content) if isinstance(reply, Body) else []
        return next(filter(None, named), self.namespace)

    async def namespaces(self, instance: str) -> Sequence[str]:
        """The namespace whose Applications are read where those of all cannot be."""
        return (self.namespace,)

    async def _one_application(self, question: Question) -> Reply:
        head, _, name = question.path.rpartition("/")
        if head != APPLICATIONS:
            return NotRead(FOR_MORE)
        namespace = dict(question.query).get("appNamespace") or await self._home()
        return await self._get(f"{GROUP}/namespaces/{namespace}/applications/{name}")

    async def _version(self) -> Reply:
        """The tag of the controller's image: what runs says which version it is."""
        reply = await self._get(f"/apis/apps/v1/namespaces/{await self._home()}/statefulsets")
        if isinstance(reply, NotRead):
            return NotRead(f"the version of Argo CD: {reply.why}", reply.status)
        try:
            listed: Json = json.loads(reply.content)
        except ValueError:
            return NotRead("the version of Argo CD: Kubernetes did not answer with JSON")
        for workload in items(listed, "items"):
            for container in items(mapping(workload, "spec", "template", "spec"), "containers"):
                image = text(container, "image").partition("@")[0]
                if "application-controller" in text(workload, "metadata", "name") and ":" in image:
                    return Body(json.dumps({"Version": image.rpartition(":")[2]}).encode())
        return NotRead("the version of Argo CD: no application controller with a tagged image in its namespace")

    async def _get(self, path: str) -> Reply:
        return await self.kubernetes.ask(Question(Api.KUBERNETES, path))

    def instances(self) -> Sequence[str]:
        """The only one."""
        return [""]

    async def clusters(self, instance: str = "") -> dict[str, str]:
        """Those of the Kubernetes source."""
        return await self.kubernetes.clusters()

    @property
    def requests(self) -> int:
        """Questions that the Kubernetes source was asked."""
        return self.kubernetes.requests

    async def close(self) -> None:
        """Close the Kubernetes source."""
        await self.kubernetes.close()
