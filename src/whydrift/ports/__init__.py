"""What whydrift needs from outside. Everything that it reads from an API is one question (a URL) and one reply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar, runtime_checkable

from whydrift.core.model.application import Application
from whydrift.core.model.fleet import Commit
from whydrift.core.model.journal import Entry
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.values import JsonObject

if TYPE_CHECKING:
    from whydrift.core.prove.placing import Placing

A_contra = TypeVar("A_contra", contravariant=True)
R_co = TypeVar("R_co", covariant=True)


class Api(StrEnum):
    """The two APIs that are read."""

    ARGOCD = "argocd"
    KUBERNETES = "kubernetes"


@dataclass(frozen=True, slots=True)
class Question:
    """A GET: API, id of the instance or cluster ("" is the only one), URL path (decoded) and query.

    `hints` are sent as well but change nothing in the answer (Argo CD's `project`, which turns a 403 into a 404).
    """

    api: Api
    path: str
    query: tuple[tuple[str, str], ...] = ()
    at: str = ""
    hints: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        query = "&".join(f"{key}={value}" for key, value in self.query)
        return self.path + (f"?{query}" if query else "")


@dataclass(frozen=True, slots=True)
class Body:
    """A complete answer."""

    content: bytes


@dataclass(frozen=True, slots=True)
class NotRead:
    """No answer: `why` for people; `status` where a server refused (403, 404 …), None where it was not asked.

    `said` is the whole message of a Kubernetes API server that refused, "" where none stands in its answer.
    """

    why: str
    status: int | None = None
    said: str = ""


Reply = Body | NotRead


class Source(Protocol):
    """Answers questions about Argo CD and clusters: live servers, or a recording of them."""

    @property
    def name(self) -> str:
        """Where answers come from, for people: a URL or a path."""

    async def ask(self, question: Question) -> Reply:
        """Answer one question. Never raises for what a server answered; SourceError when it cannot be asked at all."""

    def instances(self) -> Sequence[str]:
        """Ids of the Argo CD instances; [""] is the only one."""

    async def clusters(self, instance: str = "") -> dict[str, str]:
        """Destination URL or name, as an instance states it → id for `Question.at`; "" is Argo CD's own cluster."""

    @property
    def requests(self) -> int:
        """How many questions were asked so far."""

    async def close(self) -> None:
        """Let go of connections and files."""


class Asked(Protocol):
    """A source that other processes read too: what was asked of it is told by them, and added up."""

    asked: set[str]


class Workers(Protocol[A_contra, R_co]):
    """Other processes that do one kind of work."""

    async def ask(self, argument: A_contra, /) -> R_co:
        """What the work gives for an argument, by the next process that is free; its failures are raised here."""

    async def close(self) -> None:
        """End the processes."""


@runtime_checkable
class DryRuns(Protocol):
    """Asks a cluster what an apply would make. Only with `--dry-run`; a recording answers what was recorded."""

    async def dry_run(self, at: str, target: JsonObject, namespace: str = "") -> Reply:
        """What a server-side apply of `target` would make; `namespace` is for targets that state none."""


class Metrics(Protocol):
    """Says what pods use now, where a cluster's own metrics API does not."""

    async def pods(self, namespace: str) -> tuple[JsonObject, ...] | NotRead:
        """What each pod of a namespace uses now, in the form of metrics.k8s.io PodMetrics, without labels."""


NO_REPOSITORIES = "repositories are not read (--no-git, or a recording without them)"
"""Why nothing of git is known where no repository is asked."""


class Repository(Protocol):
    """Reads git repositories, never writes. Paths are relative to the repository, revisions are full hashes."""

    async def commits(self, url: str, since: str | None, until: str, path: str) -> tuple[Commit, ...] | NotRead:
        """The newest commits after `since` (None: all) up to `until` that touch `path` ("": any), newest first."""

    async def files(self, url: str, revision: str, path: str) -> dict[str, str] | NotRead:
        """The text files below `path` at a revision, by path; binary and very large ones are left out."""

    async def head(self, url: str, name: str) -> str | NotRead:
        """The full hash that a branch, a tag or a hash stands for now ("HEAD": the default branch)."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A file as git holds it, byte for byte: no filter, no line ends changed, LFS pointers as they are.

    `link` says that it is a symbolic link; its content is then where it leads.
    """

    content: bytes
    link: bool = False


@runtime_checkable
class Trees(Protocol):
    """Reads whole files out of git, binary ones and links too; a `Repository` that can also be rendered from."""

    async def tree(self, url: str, revision: str, path: str) -> Mapping[str, Blob] | NotRead:
        """The files below `path` ("" is everything) at a revision, by path in the repository; submodules are empty."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """What is to be rendered: an application's sources, with files changed and perhaps another spec.

    `edits` are whole contents by (repository URL, path in it). `spec` replaces the Application's own. `placing` says
    where objects go, as far as that was read. `kube_version` and `api_versions` are the cluster's, as Argo CD tells
    Helm of them; "" and () where they are not known. `build_options` are those of kustomize by its version, "" is the
    one without a name, which stands for any that is not there. `again` asks for a render of its own: charts may draw
    values.
    """

    application: Application
    edits: Mapping[tuple[str, str], str] = field(default_factory=dict)
    spec: JsonObject | None = None
    placing: Placing | None = None
    kube_version: str = ""
    api_versions: tuple[str, ...] = ()
    again: bool = False
    build_options: Mapping[str, str] = field(default_factory=dict)


class Renderer(Protocol):
    """Renders what Argo CD would apply, without a network and without running anything of the repository's."""

    async def render(self, rendering: Rendering) -> Mapping[ObjectKey, JsonObject] | NotRead:
        """The objects by key, as Argo CD tracks them; NotRead where no tool can render it, or the tool failed."""


@dataclass(frozen=True, slots=True)
class Write:
    """A request that changes something: at which API and instance or cluster, and its JSON body. Never repeated."""

    api: Api
    method: Literal["GET", "POST", "PATCH", "DELETE"]
    path: str
    body: JsonObject | None = field(default=None, repr=False)
    query: tuple[tuple[str, str], ...] = ()
    at: str = ""
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Refused:
    """The server (or whoever it goes through) said no: nothing changed. `status` None: it was not even asked."""

    why: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Nobody knows whether it happened: the connection broke, or the server failed in the middle."""

    why: str


Outcome = Body | Refused | Unanswered


@runtime_checkable
class Writes(Protocol):
    """Changes clusters and Argo CD. Only `apply` has one that is allowed to."""

    async def write(self, write: Write) -> Outcome:
        """Send one request, once. Never raises for what a server answered, or did not."""

    async def secret(self, at: str, path: str) -> Reply:
        """A Secret as it is, unmasked; not read unless the user allowed it (`--dump-secrets`)."""


class WorkClone(Protocol):
    """Clones of its own, in which commits are made without a work tree, and from which they are pushed."""

    async def head(self, url: str, branch: str) -> str | NotRead:
        """The hash that the remote has for a branch ("HEAD": its default one) now; "" where it has none."""

    async def default_branch(self, url: str) -> str | NotRead:
        """The name of the remote's default branch."""

    async def content(self, url: str, revision: str, file: str) -> str | NotRead:
        """The text of a regular file at a revision; NotRead for anything else (a link, a submodule, LFS, binary)."""

    async def commit(self, url: str, parent: str, files: Mapping[str, str], message: str) -> str | NotRead:
        """Commit whole contents on top of a revision, by the user, signed where they sign. The hash; not pushed yet."""

    async def has(self, url: str, revision: str) -> bool:
        """Whether the clone holds a commit."""

    async def push(self, url: str, revision: str, branch: str) -> Outcome:
        """Push a commit as a branch that the remote does not have yet."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pull or merge request: `branch` into `base`, in the repository at `url`."""

    url: str
    branch: str
    base: str
    title: str
    body: str


class Forge(Protocol):
    """Where repositories are hosted: opens pull and merge requests."""

    def page(self, proposal: Proposal) -> str:
        """The address at which a person opens the request, "" where none is known."""

    async def propose(self, proposal: Proposal) -> Outcome:
        """Open the request; the body of the outcome is its address. Refused where there is no token for the host."""

    async def proposed(self, proposal: Proposal) -> str | NotRead:
        """The address of the open request for the branch, "" where there is none."""


class Journal(Protocol):
    """What was done, on a disk: one apply at a time, nothing is ever taken back."""

    @property
    def entries(self) -> Sequence[Entry]:
        """Everything so far, oldest first."""

    def add(self, entry: Entry) -> None:
        """Write one entry down; when this returns, it is on the disk. SourceError where that is not possible."""


class Dumps(Protocol):
    """Files that hold what is to be deleted, secrets included: readable by their owner only, outside of work trees."""

    def save(self, name: str, content: bytes) -> str:
        """Keep a dump; the path, when it is on the disk and reads back the same. SourceError otherwise."""

    def read(self, path: str) -> bytes:
        """The content of a dump. SourceError where it cannot be read."""
