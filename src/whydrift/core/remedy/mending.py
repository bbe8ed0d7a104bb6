"""What is broken now → the edit that takes away what cannot work: a list item in git whose address answers 404.

Everything else that is broken is a question to a person, with the place in git where to look.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from whydrift.core.model.application import Application
from whydrift.core.model.git_files import GitFiles
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import Path
from whydrift.core.model.remedy import Change, Edit, How, Proof
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.trouble import NOT_IN_GIT, Trouble
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson, child, is_object, mapping, text
from whydrift.core.remedy.overlay import Overlay
from whydrift.core.remedy.text.editing import edit_text
from whydrift.core.remedy.text.nodes import Alias, Entries, Items, Node, Scalar, value_of
from whydrift.core.remedy.text.reading import Document, documents
from whydrift.errors import NotEditable

URL = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s\"'<>\\)\]}|,;]+")
GONE = re.compile(r"\b(?:404|410|not found|no such (?:file|release|asset))\b", re.IGNORECASE)
NAMING = ("name", "id", "key")
"""The fields by which others refer to an item of a list (Kubernetes, API conventions: lists of named subobjects)."""
SHORTEST = 4
"""Letters of a name that is looked for in other objects: a shorter one stands everywhere."""
Rendered = Mapping[ObjectKey, JsonObject]


@dataclass(frozen=True)
class Item:
    """A list item in a file in git: what the trouble's line quotes of it, and the names that others use for it."""

    repo: str
    file: str
    document: int
    path: Path
    value: Json
    quoted: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Mend:
    """What is broken, the edit that takes away what cannot work (None: a person has to decide), and who names it."""

    application: Application
    trouble: Trouble
    item: ObjectSnapshot | None = None
    dropped: Item | None = None
    edit: Edit | None = None
    proof: Proof | None = None
    users: tuple[str, ...] = ()

    @property
    def named(self) -> str:
        """The application as whydrift's commands take it."""
        return self.application.selector


def in_git(trouble: Trouble) -> bool:
    """Whether a place in git is known for what is broken."""
    return trouble.origin.source not in ("", NOT_IN_GIT)


def item_behind(trouble: Trouble, git: GitFiles) -> Item | None:
    """The list item in git that holds the address which is said to be gone; None where nothing says so."""
    file, _, line = trouble.origin.source.rpartition(":")
    said = trouble.why.line
    if not GONE.search(said) or not line.isdigit():
        return None
    quoted = {address.rstrip(".:") for address in URL.findall(said)}
    for tree in git.trees:
        if file in tree.files and tree.repo:
            found = _items_at(tree.files[file], int(line), quoted)
            return next((Item(tree.repo, file, *where) for where in found), None)
    return None


def _items_at(content: str, line: int, quoted: Iterable[str]) -> Iterator[tuple[int, Path, Json, str, tuple[str, ...]]]:
    """(document, path, value, what is quoted of it, its names) of the innermost item with an address on a line."""
    try:
        found = documents(content)
    except NotEditable:
        return
    for number, document in enumerate(found):
        for path, scalar in _scalars(document):
            stated = scalar.value
            if content.count("\n", 0, scalar.start) + 1 == line and isinstance(stated, str) and stated in quoted:
                place = max((n for n, part in enumerate(path) if isinstance(part, int)), default=-1)
                if place >= 0:
                    item = child(document.value, *path[: place + 1])
                    if item is not ABSENT:
                        yield number, path[: place + 1], item, stated, _names(item)


def _scalars(document: Document) -> Iterator[tuple[Path, Scalar]]:
    """Every scalar that is written out in a document, with its path."""
    waiting: list[tuple[Path, Node]] = [] if document.root is None else [((), document.root)]
    while waiting:
        path, node = waiting.pop()
        match node:
            case Scalar():
                yield path, node
            case Items():
                waiting += [((*path, n), item) for n, item in enumerate(node.items)]
            case Entries():
                waiting += [((*path, str(value_of(key))), value) for key, value in node.pairs]
            case Alias():
                continue


def _names(item: MaybeJson) -> tuple[str, ...]:
    stated = [text(item, key) for key in NAMING] if is_object(item) else []
    return tuple(name for name in stated if len(name) >= SHORTEST)


def dropping(item: Item, git: GitFiles, overlay: Overlay) -> Edit | None:
    """The edit that takes an item away, on top of others; None where the file refuses it, or it moved."""
    tree = next((tree for tree in overlay.over(git).trees if tree.repo == item.repo and item.file in tree.files), None)
    if tree is None:
        return None
    content = tree.files[item.file]
    try:
        if child(documents(content)[item.document].value, *item.path) != item.value:
            return None
        edited = edit_text(content, item.document, [Change(item.path, ABSENT)])
    except (NotEditable, IndexError):
        return None
    return Edit(item.repo, item.file, edited.line, How.VALUE, content, edited.content)


def proof_of(item: Item, before: Rendered, after: Rendered) -> Proof:
    """Which rendered objects do not hold the address any more with the edit, and what else it changes."""
    held = [key for key, obj in before.items() if _holds(obj, item.quoted)]
    still = [key for key in held if key in after and _holds(after[key], item.quoted)]
    changed = [key for key in dict.fromkeys((*before, *after)) if before.get(key) != after.get(key) and key not in held]
    closes = tuple(f"{key} names {item.quoted}" for key in held if key not in still)
    why_not = f"rendered with the edit, {still[0]} still names {item.quoted}" if still else ""
    if not held:
        why_not = f"rendered here, nothing names {item.quoted}"
    return Proof(closes, wider=tuple(map(str, changed)), why_not=why_not)


def names_it(obj: MaybeJson, names: Iterable[str]) -> bool:
    """Whether an object's own words (not its status, not what servers write) name one of some names."""
    if not is_object(obj):
        return False
    metadata = {key: value for key, value in mapping(obj, "metadata").items() if key in ("annotations", "labels")}
    stated: JsonObject = {key: value for key, value in obj.items() if key not in ("status", "metadata")}
    return any(_holds({**stated, "metadata": metadata}, name) for name in names)


def _holds(value: MaybeJson, words: str) -> bool:
    """Whether a text stands as a whole word in a key or a scalar of a value."""
    whole = re.compile(rf"(?<![\w.-]){re.escape(words)}(?![\w-]|\.\w)")
    waiting: list[MaybeJson] = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            waiting += [*part.keys(), *part.values()]
        elif isinstance(part, list):
            waiting += part
        elif isinstance(part, str) and words in part and whole.search(part):
            return True
    return False
