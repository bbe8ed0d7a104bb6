"""Which other applications an edit in git changes: those that are rendered from the file, rendered with it and without.

A file below an application's folder, or that it names, is one that it is rendered from; what a kustomization takes from
elsewhere is found in its files. What cannot be rendered is named as one that may change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from whydrift.core.model.application import Application
from whydrift.core.model.git_files import GitFiles
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import APPLICATION, Edit
from whydrift.core.model.sources import same_url, source_type
from whydrift.core.model.values import ABSENT, mapping
from whydrift.core.prove.unlike import outside
from whydrift.ports import NotRead
from whydrift.usecases.facts import FactReader
from whydrift.usecases.rendered_from import rendered_from, wanted_of
from whydrift.usecases.renderings import Rendered, Renderings, both

MOST = 50
"""Other applications that are rendered for one edit; what comes after is named without a look."""
SELF_CONTAINED = frozenset({"directory", "helm"})
"""Types of source that are rendered from their folder and what the Application names, whatever the files refer to."""


@dataclass
class Bystanders:
    """The applications of the fleet, as far as their sources tell."""

    applications: list[Application] = field(default_factory=list)
    _files: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict)

    def saw(self, application: Application) -> None:
        """Remember an application; nothing but where it is rendered from is kept."""
        status = {key: value for key, value in mapping(application.raw, "status").items() if key != "resources"}
        self.applications.append(Application({**application.raw, "status": status}, application.instance))

    async def changed_by(
        self, edit: Edit, own: Iterable[Application], reader: FactReader, renders: Renderings
    ) -> list[str]:
        """The applications, apart from `own`, that an edit changes or may change, in words."""
        if edit.file == APPLICATION or edit.before == edit.after:
            return []
        known = {application.selector: application for application in own}
        branches = {s.target_revision for a in known.values() for s in a.sources if same_url(s.repo, edit.repo)}
        others = [a for a in self.applications if a.selector not in known and a.instance == reader.instance]
        following = [
            a for a in others if any(s.target_revision in branches for s in a.sources if same_url(s.repo, edit.repo))
        ]
        touched = [a for a in following if await self._is_rendered_from(a, edit, reader)]
        told = [await _told(a, edit, renders) for a in touched[:MOST]]
        return [says for says in told if says] + [f"Application {a.full_name} may change too" for a in touched[MOST:]]

    async def _is_rendered_from(self, application: Application, edit: Edit, reader: FactReader) -> bool:
        """Whether a file is among those that an application is rendered from."""
        sources = [n for n, source in enumerate(application.sources) if same_url(source.repo, edit.repo)]
        if any(_is_below(edit.file, place) for n in sources for place in _named(application, n)):
            return True
        if all(source_type(application, n) in SELF_CONTAINED for n in sources):
            return False
        if application.selector not in self._files:
            self._files[application.selector] = await _files_of(application, reader)
        return any(same_url(repo, edit.repo) and file == edit.file for repo, file in self._files[application.selector])


def _named(application: Application, place: int) -> Iterator[str]:
    """What the Application says that a source is rendered from: its folder, the whole where it states none, files.

    Of a source that others only refer to it is the files that they take.
    """
    source = application.sources[place]
    if source.path or not source.ref:
        yield source.path
    yield from wanted_of(application, source)


async def _files_of(application: Application, reader: FactReader) -> frozenset[tuple[str, str]]:
    """The files that an application is rendered from, by repository; nothing else of them is kept."""
    found = await rendered_from(reader, application, application.facts_key)
    trees = found.trees if isinstance(found, GitFiles) else ()
    return frozenset((tree.repo, file) for tree in trees for file in tree.files)


async def _told(application: Application, edit: Edit, renders: Renderings) -> str:
    """What an edit does to another application, "" where it renders the same with it."""
    name, place = f"Application {application.full_name}", (edit.repo, edit.file)
    unedited = renders.rendered(application, {place: edit.before})  # it may be at an older commit
    found = await both(unedited, renders.rendered(application, {place: edit.after}))
    if isinstance(found, NotRead):
        return f"{name} may change too, it was not rendered: {found.why}"
    before, after = found
    changed = [key for key in dict.fromkeys((*before, *after)) if before.get(key) != after.get(key)]
    if changed:
        again = await renders.rendered(application, {place: edit.before}, again=True)
        changed = [key for key in changed if isinstance(again, NotRead) or _is_changed(key, before, after, again)]
    return f"{name}: {', '.join(map(str, changed[:3]))}" if changed else ""


def _is_changed(key: ObjectKey, before: Rendered, after: Rendered, again: Rendered) -> bool:
    """Whether an object changes apart from what is drawn in each render."""
    was = before.get(key, ABSENT)
    drawn = list(outside(was, again.get(key, ABSENT), ()))
    return next(outside(was, after.get(key, ABSENT), drawn), None) is not None


def _is_below(file: str, place: str) -> bool:
    inside = place.strip("/").removeprefix("./")
    return inside in ("", ".") or file == inside or file.startswith(f"{inside}/")
