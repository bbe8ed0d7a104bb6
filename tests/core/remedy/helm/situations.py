"""Situations of Helm sources as data: files, the Application's settings, a field, and the place that is looked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from tests.from_yaml import from_yaml
from whydrift.core.model.application import Application
from whydrift.core.model.git_files import GitFiles, Tree
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import Path as FieldPath
from whydrift.core.model.paths import parse_pointer
from whydrift.core.model.remedy import Change, Edit
from whydrift.core.model.values import ABSENT, Json, JsonObject, child
from whydrift.core.remedy.places.helm import helm_candidates
from whydrift.core.remedy.places.helm.sources import HelmSource

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Situation:
    """One case: `wanted` has the keys of a case in `cases/*.yaml`, those of its file below them."""

    name: str
    wanted: dict[str, object]

    @property
    def files(self) -> dict[str, str]:
        """The files of the repository."""
        files = self.wanted["files"]
        assert isinstance(files, dict)
        newline = "\r\n" if self.wanted.get("crlf") else "\n"
        return {str(path): str(text).replace("\n", newline) for path, text in files.items()}

    @property
    def application(self) -> Application:
        """An Application with one source, or with the ones that the case states."""
        path = str(self.wanted.get("path of the chart", "chart"))
        helm = self.wanted.get("helm", {})
        stated = self.wanted.get("sources")
        source = {"path": path, "repoURL": "https://git.example.com/shop.git", "helm": helm}
        spec = {"sources": stated} if stated else {"source": source}
        metadata = {"name": "shop", "namespace": "argocd"}
        raw: JsonObject = {"metadata": metadata, "spec": {**spec, "destination": {"namespace": "shop"}}}  # type: ignore[dict-item]  # YAML of the case
        return Application(raw)

    @property
    def git(self) -> GitFiles:
        """The files as one tree for each source."""
        packed = {path: text for path, text in self.files.items() if ".tgz/" in path}
        files = {path: text for path, text in self.files.items() if path not in packed}
        trees = [
            Tree(source.repo, "abc", source.path, files if not source.chart else {}, packed=packed)
            for source in self.application.sources
        ]
        return GitFiles(files, tuple(tree.path for tree in trees), tuple(trees))

    @property
    def key(self) -> ObjectKey:
        """The object."""
        group, kind, name = str(self.wanted["object"]).split("/")
        return ObjectKey(group, kind, str(self.wanted.get("namespace", "shop")), name)

    def target(self) -> JsonObject:
        """The object as it is rendered now; what the case states of it where no template prints it."""
        stated = self.wanted.get("target")
        if isinstance(stated, dict):
            return stated
        printed = next(HelmSource(self.application, self.git, 0).rendering().objects(self.key), None)
        return printed[2].value if printed else {}

    def change(self) -> Change:
        """What is wanted."""
        value: Json = self.wanted.get("value")  # type: ignore[assignment]  # YAML of the case
        return Change(steps(str(self.wanted["path"]), self.target()), ABSENT if self.wanted.get("drop") else value)

    def edits(self) -> Iterator[Edit]:
        """What is offered."""
        return helm_candidates(self.application, self.git, 0, self.key, self.target(), [self.change()])


def steps(pointer: str, root: JsonObject) -> FieldPath:
    """A pointer as steps, with indices where lists are."""
    found: list[str | int] = []
    for step in parse_pointer(pointer):
        found.append(int(step) if isinstance(child(root, *found), list) else step)
    return tuple(found)


def place_of(edit: Edit | None) -> tuple[str, str]:
    """The file of an edit (or its place in the Application) and the text of its line; "none" without an edit."""
    if edit is None:
        return "none", ""
    if edit.pointer:
        return edit.where, ""
    return edit.file, (edit.before.splitlines() or [""])[edit.line - 1].strip()


def changed_lines(edit: Edit) -> dict[str, list[str]]:
    """The lines that an edit takes away and adds."""
    lines = list(unified_diff(edit.before.splitlines(), edit.after.splitlines(), n=0, lineterm=""))[2:]
    found = {mark: [line[1:] for line in lines if line.startswith(mark)] for mark in "-+"}
    return {mark: texts for mark, texts in found.items() if texts}


def situations() -> Iterator[Situation]:
    """All cases."""
    for file in sorted(CASES.glob("*.yaml")):
        content = from_yaml(file.read_text())
        shared = {key: value for key, value in content.items() if key != "cases"}
        for case in content["cases"]:
            files = {**shared.get("files", {}), **case.get("files", {})}
            yield Situation(f"{file.stem}: {case['says']}", {**shared, **case, "files": files})
