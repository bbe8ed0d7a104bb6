"""Which sources are rendered, with which parameters: those of the Application, and those that lie in the folder.

Source: reposerver/repository/repository.go :: mergeSourceParameters, newEnv; pkg/apis/application/v1alpha1/types.go ::
Env.Envsubst.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from posixpath import join

from whydrift.adapters.render.checkout import Checkout, NotRendered
from whydrift.adapters.render.manifests import parsed
from whydrift.core.compare.merge import json_merge
from whydrift.core.model.application import Application, Source
from whydrift.core.model.values import JsonObject, mapping

IN_FOLDER = ".argocd-source.yaml"
OF_APPLICATION = ".argocd-source-{}.yaml"
KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
TOOLS = ("helm", "kustomize", "directory", "plugin")
VARIABLE = re.compile(r"\$(?:\$|\{([^}]*)\}|([A-Za-z_][A-Za-z0-9_]*))")


@dataclass(frozen=True)
class Asked:
    """One source of an application that is to be rendered, at its revision."""

    application: Application
    place: int
    source: Source
    revision: str

    @property
    def variables(self) -> dict[str, str]:
        """What parameters may refer to as `$ARGOCD_APP_…`."""
        return {
            "ARGOCD_APP_NAME": self.application.instance_name,
            "ARGOCD_APP_NAMESPACE": self.application.destination_namespace,
            "ARGOCD_APP_PROJECT_NAME": self.application.project,
            "ARGOCD_APP_REVISION": self.revision,
            "ARGOCD_APP_REVISION_SHORT": self.revision[:7],
            "ARGOCD_APP_REVISION_SHORT_8": self.revision[:8],
            "ARGOCD_APP_SOURCE_REPO_URL": self.source.repo,
            "ARGOCD_APP_SOURCE_PATH": self.source.path,
            "ARGOCD_APP_SOURCE_TARGET_REVISION": self.source.target_revision,
        }

    def substituted(self, value: str) -> str:
        """A parameter with its variables filled in; one that is not known becomes ""."""
        variables = self.variables

        def filled(found: re.Match[str]) -> str:
            return "$" if found.group() == "$$" else variables.get(found[1] or found[2] or "", "")

        return VARIABLE.sub(filled, value)


def asked(application: Application, spec: JsonObject | None) -> list[Asked]:
    """The sources at their compared revisions, perhaps as another spec states them; NotRendered for other revisions."""
    before, revisions = application.sources, application.revisions
    if spec is not None:
        application = _with_spec(application, spec)
    sources = application.sources
    if len(sources) != len(revisions):
        raise NotRendered("it is not known which revision of which source was compared")
    for was, becomes in zip(before, sources, strict=False):
        if (was.repo, was.target_revision) != (becomes.repo, becomes.target_revision):
            raise NotRendered("another repository or revision is asked for than was compared")
    pairs = enumerate(zip(sources, revisions, strict=True))
    return [Asked(application, place, source, revision) for place, (source, revision) in pairs]


def _with_spec(application: Application, spec: JsonObject) -> Application:
    status = mapping(application.raw, "status")
    sync = {key: value for key, value in mapping(status, "sync").items() if key != "comparedTo"}
    return Application({**application.raw, "spec": spec, "status": {**status, "sync": sync}}, application.instance)


def with_parameters_of_folder(asked: Asked, checkout: Checkout, path: str) -> JsonObject:
    """The source with the parameters that files in its folder add; only those of tools count."""
    merged = asked.source.raw
    for name in (IN_FOLDER, OF_APPLICATION.format(asked.application.name)):
        content = checkout.file(f"{path}/{name}" if path else name)
        if content is not None:
            merged = json_merge.apply(parsed(content, name), merged)
    tools: JsonObject = {key: value for key, value in merged.items() if key in TOOLS and value is not None}
    return {**{key: value for key, value in asked.source.raw.items() if key not in TOOLS}, **tools}


def discovered(stated: JsonObject, checkout: Checkout, path: str) -> str:
    """How a source is rendered that Argo CD has not rendered yet (types.go, ExplicitType; discovery.go, AppType)."""
    explicit = next((tool for tool in TOOLS if tool in stated), "")
    if explicit:
        return explicit
    if any(checkout.file(join(path, name)) is not None for name in KUSTOMIZATIONS):
        return "kustomize"
    return "directory" if checkout.file(join(path, "Chart.yaml")) is None else "helm"
