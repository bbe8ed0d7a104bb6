"""Remedies: what makes a difference go away, where it is done, and what a proof says of it (design/decisions.md)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import Path
from whydrift.core.model.values import JsonObject, MaybeJson

APPLICATION = "Application"
"""The file name that stands for the Application's own spec, where it is in no git."""


class RemedyKind(StrEnum):
    """The closed set of remedies."""

    GIT_SET = "git-set"
    GIT_DROP = "git-drop"
    CHART_VALUE = "chart-value"
    IGNORE = "ignore"
    SERVER_SIDE_DIFF = "server-side-diff"
    OPTION = "option"
    ANNOTATE = "annotate"
    GUARDED_DELETE = "guarded-delete"
    SYNC = "sync"
    REFRESH = "refresh"
    ADOPT = "adopt"
    ONE_OWNER = "one-owner"
    OUT_OF_BAND = "out-of-band"
    NOTHING = "nothing"
    ASK = "ask"


class How(StrEnum):
    """What is edited for an edit in git."""

    YAML = "yaml"
    VALUE = "value"
    TEMPLATE = "template"
    KUSTOMIZE = "kustomize"


class Safety(StrEnum):
    """Whether a remedy may be carried out: by a program, by nobody without a look, or by hand only."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Change:
    """A change of git's object: the value that it shall have at `path` (an address in target); ABSENT drops it.

    () is the whole object. A path that target lacks is added; a list index equal to the length appends.
    """

    path: Path
    value: MaybeJson = field(compare=False)


class Field(NamedTuple):
    """A place in git's side of one object."""

    key: ObjectKey
    path: Path


@dataclass(frozen=True, slots=True)
class Instead:
    """Another remedy that works as well, and why it is second."""

    kind: RemedyKind
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What should be done about one difference, before a place for it is known.

    `changes` are what an edit in git makes of target (for ASK and IGNORE too, where an edit is among the alternatives).
    `rule` is an entry of `spec.ignoreDifferences`, `options` are sync options (`RespectIgnoreDifferences=true`) or
    compare options (`ServerSideDiff=true`), `marks` are annotations of the Application itself. `place` is one that is
    already known, as `Edit.where` gives it. `why` is one sentence. `at` is where in git somebody must write what only
    they know (a secret, a value that the server takes): a place without an edit. `follows` is the difference whose
    remedy closes this one too.
    """

    kind: RemedyKind
    why: str
    safety: Safety = Safety.SAFE
    changes: tuple[Change, ...] = ()
    rule: JsonObject | None = field(default=None, compare=False)
    options: tuple[str, ...] = ()
    marks: tuple[tuple[str, str], ...] = ()
    place: str = ""
    instead: tuple[Instead, ...] = ()
    at: Field | None = None
    follows: Field | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """The change of one file that makes changes in git's object.

    `line` (from 1) is that of the key that is edited, or of the parent that it is added under. `before` and `after` are
    the contents of the whole file. For the Application's own spec `file` is APPLICATION, `pointer` the place in it
    (`/spec/source/helm/parameters/1/value`), and both contents are the Application as YAML. `guess` says why a place
    is only likely, where nothing but a render can show that it is the right one.
    """

    repo: str
    file: str
    line: int
    how: How
    before: str
    after: str
    pointer: str = ""
    guess: str = ""

    @property
    def where(self) -> str:
        """`file:line`, or `Application:/spec/…`."""
        return f"{self.file}:{self.pointer or self.line}"


@dataclass(frozen=True, slots=True)
class Proof:
    """What comparing again with the remedy in place says: differences as `object path`, in words.

    `closes`: gone; `leaves`: still there; `hides`: changes that a rule would swallow, now or later. `wider` lists other
    applications and objects that the same edit changes. `why_not` says why there is no proof ("": it is proven);
    `refuted` where it was tried and does not work, and not only could not be tried.
    """

    closes: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    wider: tuple[str, ...] = ()
    why_not: str = ""
    refuted: bool = False


@dataclass(frozen=True, slots=True)
class Remedy:
    """What is offered for a difference: a choice, the edit where one was found, and the proof where one was made."""

    choice: Choice
    edit: Edit | None = None
    proof: Proof | None = None

    @property
    def where(self) -> str:
        """The place of the edit; "" where nothing is edited or no place is known."""
        return self.edit.where if self.edit else self.choice.place
