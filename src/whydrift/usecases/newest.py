"""Reads whether git moved on since Argo CD looked at it, and what the newest commit renders to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import yaml

from whydrift.core.model.application import Application, is_pinned
from whydrift.core.model.fact_kinds import NEWEST
from whydrift.core.model.facts import Gap
from whydrift.core.model.fleet import Newest
from whydrift.core.model.objects import ObjectKey, key_of
from whydrift.core.model.values import JsonObject, is_object, items
from whydrift.ports import NO_REPOSITORIES, NotRead
from whydrift.usecases.decode import decode, decode_object, plain_json

if TYPE_CHECKING:
    from whydrift.usecases.facts import FactReader

MANIFEST_FILES = (".yaml", ".yml", ".json")


async def newest(reader: FactReader, application: Application, key: ObjectKey) -> object:
    """The newest commit of what an application follows; a gap where git cannot tell."""
    if reader.repository is None or len(application.sources) != len(application.revisions):
        return Gap("newest commit", NO_REPOSITORIES, NEWEST.needs)
    one = len(application.sources) == 1 and not application.sources[0].chart
    found = await (_newest(reader, application) if one else _unmoved(reader, application))
    return Gap("newest commit", found.why, NEWEST.needs) if isinstance(found, NotRead) else found


async def _unmoved(reader: FactReader, application: Application) -> Newest | NotRead:
    """That no source of several has a newer commit; where one has, what it renders to is not known here."""
    assert reader.repository is not None
    for source, compared in zip(application.sources, application.revisions, strict=True):
        if is_pinned(source):
            continue
        if source.chart:
            return NotRead(
                f"chart {source.chart} {source.target_revision}: the registry is not asked for newer versions"
            )
        head = await reader.repository.head(source.repo, source.target_revision or "HEAD")
        if isinstance(head, NotRead) or head != compared:
            return head if isinstance(head, NotRead) else NotRead(f"{source.repo} moved on to {head[:8]}")
    return Newest(application.revisions[0])


async def _newest(reader: FactReader, application: Application) -> Newest | NotRead:
    assert reader.repository is not None
    source, compared = application.sources[0], application.revisions[0]
    head = await reader.repository.head(source.repo, source.target_revision or "HEAD")
    if isinstance(head, NotRead) or head == compared:
        return head if isinstance(head, NotRead) else Newest(head)
    commits = await reader.repository.commits(source.repo, compared, head, source.path)
    if isinstance(commits, NotRead) or not commits:
        return commits if isinstance(commits, NotRead) else Newest(head)
    for render in (_rendered, _stated):
        now, then = await render(reader, application, head), await render(reader, application, compared)
        if not isinstance(now, NotRead) and not isinstance(then, NotRead):
            return Newest(head, commits, now, then)
    if await _is_taken_back(reader, application, head):
        now = await _rendered(reader, application, application.synced_revisions[0])
        then = await _rendered(reader, application, compared)
        if not isinstance(now, NotRead) and not isinstance(then, NotRead):
            return Newest(head, commits, now, then)
    return NotRead(f"{head[:8]} cannot be rendered here")


async def _is_taken_back(reader: FactReader, application: Application, head: str) -> bool:
    """Whether the newest commit holds the very files of the last sync, so that it renders to the same."""
    if len(application.synced_revisions) != 1 or reader.repository is None:
        return False
    repo = application.sources[0].repo
    now = await reader.repository.files(repo, head, "")
    then = await reader.repository.files(repo, application.synced_revisions[0], "")
    return not isinstance(now, NotRead) and now == then


async def _rendered(
    reader: FactReader, application: Application, revision: str
) -> Mapping[ObjectKey, JsonObject] | NotRead:
    """What Argo CD renders a revision to."""
    reply = await reader.about(application, "/manifests", (("revision", revision),))
    if isinstance(reply, NotRead):
        return reply
    what = f"manifests of {application.name}"
    stated = items(decode_object(reply.content, what), "manifests")
    return _by_key(reader, (decode(str(manifest).encode(), what) for manifest in stated))


async def _stated(
    reader: FactReader, application: Application, revision: str
) -> Mapping[ObjectKey, JsonObject] | NotRead:
    """What plain files of a folder state at a revision; not read where anything else than their text decides."""
    source, kind = application.sources[0], application.raw.get("status")
    if not (is_object(kind) and kind.get("sourceType") == "Directory") or source.raw.get("directory"):
        return NotRead("it is not a plain folder of manifests")
    if reader.repository is None:
        return NotRead(NO_REPOSITORIES)
    files = await reader.repository.files(source.repo, revision, source.path)
    if isinstance(files, NotRead):
        return files
    folder = source.path.strip("/").removeprefix("./")
    plain = [text for name, text in sorted(files.items()) if _in_folder(name, folder)]
    try:
        return _by_key(
            reader, (plain_json(document) for text in plain for document in yaml.load_all(text, Loader=_Plain))
        )
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return NotRead(f"a file is no YAML that can be read ({' '.join(str(error).split())[:200]})")


def _in_folder(name: str, folder: str) -> bool:
    place, _, file = name.rpartition("/")
    return place in (folder, "" if folder == "." else folder) and file.endswith(MANIFEST_FILES)


def _by_key(reader: FactReader, documents: Iterable[object]) -> Mapping[ObjectKey, JsonObject]:
    found: dict[ObjectKey, JsonObject] = {}
    for manifest in _objects(documents):
        masked = reader.masker.mask(manifest)
        if is_object(masked):
            found[key_of(masked)] = masked
    return found


def _objects(documents: Iterable[object]) -> Iterator[JsonObject]:
    for document in documents:
        if is_object(document) and document.get("kind") == "List":
            yield from (item for item in items(document, "items") if is_object(item))
        elif is_object(document) and document.get("kind"):
            yield document


class _Plain(yaml.CSafeLoader):
    """YAML as JSON has it: dates stay text."""


_Plain.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:timestamp"]
    for letter, rules in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
