"""Plans of recordings, made in this process, and what git renders to with them in place."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.adapters.render.tools import tools
from whydrift.adapters.builtin.schema import builtin_schemas
from whydrift.adapters.files.recording import Recording
from whydrift.adapters.git.bundles import RecordedRepositories
from whydrift.adapters.render.renderer import ToolRenderer
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import Edit, How, RemedyKind
from whydrift.core.model.secrets import Masker
from whydrift.core.model.values import JsonObject
from whydrift.core.remedy.offers import Offer
from whydrift.ports import NotRead, Renderer
from whydrift.settings import Settings
from whydrift.usecases.drafts import Draft
from whydrift.usecases.facts import FactReader
from whydrift.usecases.plan import Drafting, Planned, Planning, planned
from whydrift.usecases.scan import Read, visit
from whydrift.usecases.wider import Bystanders
from whydrift.usecases.workbench import Workbench
from whydrift.wiring import analysis

Rendered = Mapping[ObjectKey, JsonObject]


@dataclass
class Made:
    """A plan of a recording with what it was made from, still open."""

    plan: Planned
    drafts: dict[str, Draft]
    bench: Workbench
    repository: RecordedRepositories

    def edits(self, draft: Draft, *, asked: bool = False) -> list[Edit]:
        """The edits of an application in their order; `asked` takes those of open questions too."""
        mine = [offer for offer in self.plan.offers if offer.named == _name(draft) and offer.edit is not None]
        return [o.edit for o in mine if o.edit and (asked or o.group.choice.kind is not RemedyKind.ASK)]

    def offers(self, draft: Draft) -> list[Offer]:
        """The offers for an application."""
        return [offer for offer in self.plan.offers if offer.named == _name(draft)]

    async def rendered(self, draft: Draft, edits: list[Edit]) -> Rendered | NotRead:
        """What an application comes to with edits in place."""
        return await self.bench.renders(draft).after(draft.situation, edits)

    async def as_folder(self, draft: Draft, folder: Path) -> list[Edit] | NotRead:
        """Edits that make the whole content of a folder of the repository; files that it lacks become empty."""
        source, revisions = draft.application.sources[0], draft.application.revisions
        tree = await self.repository.tree(source.repo, revisions[0] if revisions else "", "")
        if isinstance(tree, NotRead):
            return tree
        files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if _is_content(path)}
        changed = {
            name: content for name, content in files.items() if name not in tree or tree[name].content != content
        }
        changed |= {name: b"" for name in tree if name not in files and not name.endswith("README.md")}
        return [Edit(source.repo, name, 1, How.YAML, "", content.decode()) for name, content in changed.items()]


def _is_content(path: Path) -> bool:
    return path.is_file() and ".git" not in path.parts


def _name(draft: Draft) -> str:
    return f"{draft.application.namespace}/{draft.application.name}"


@asynccontextmanager
async def planned_for(
    recording: Path,
    *,
    hidden: bool = True,
    comment: bool = False,
    rendering: Callable[[Renderer], Renderer] | None = None,
) -> AsyncGenerator[Made, None]:
    """The plan of a recording with real tools, or with what `rendering` makes of them."""
    source = Recording(recording)
    repository = RecordedRepositories(source.files)
    real: Renderer = ToolRenderer(repository, tools())
    bench, drafting = Workbench(rendering(real) if rendering else real), Drafting(lambda _number, _name: None)
    found: dict[str, Draft] = {}
    how = analysis(Settings(), hidden)

    def reader(instance: str) -> FactReader:
        return FactReader(source, Masker(b"k" * 16), builtin_schemas(), instance, repository=repository)

    async def remembered() -> AsyncGenerator[Draft, None]:
        async for draft in visit(source, how, reader, lambda _application: True, Read(), drafting.draft):
            found[draft.application.name] = draft
            yield draft

    try:
        plan = await planned(remembered(), bench, Planning(lambda _cause: True, Bystanders(), how, comment))
        yield Made(plan, found, bench, repository)
    finally:
        repository.close()
