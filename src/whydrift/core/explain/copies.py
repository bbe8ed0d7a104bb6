"""Whole copies: manifests that somebody applied again with kubectl, and whether a pipeline did."""

from __future__ import annotations

import re
from typing import Final

from whydrift.core.compare.tracking import TRACKING_ID
from whydrift.core.explain.subject import Subject
from whydrift.core.model.managers import Entry
from whydrift.core.model.snapshot import LAST_APPLIED
from whydrift.core.model.values import ABSENT, child, is_object, mapping, text

CLIENT_SIDE_APPLY: Final = "kubectl-client-side-apply"
_PIPELINE_WORDS: Final = re.compile(
    r"(?:^|[./_-])(?:ci|cd|pipelines?|build|buildkite|commit|git-sha|git-commit|jenkins|gitlab|github|circleci|drone|"
    r"teamcity|bamboo|travis|azure-pipelines|deployed-by|deploy-id|job-id|run-id|run-url)(?:$|[./_-])",
    re.IGNORECASE,
)
"""Words in the keys that CI jobs put on what they deploy (`ci.example.com/commit`, `app.gitlab.com/env`)."""


def is_copy(entry: Entry) -> bool:
    """Whether a writer puts whole objects in place: kubectl apply of either kind, replace, and rollout undo.

    `rollout undo` and `apply --server-side` write as plain `kubectl` (reference/measured.md 24), `scale` with a
    subresource.
    """
    if entry.manager in (CLIENT_SIDE_APPLY, "kubectl-replace"):
        return True
    return entry.manager == "kubectl" and not entry.subresource


def pipeline_marks(subject: Subject) -> tuple[str, ...]:
    """The annotations and labels of a CI job in the copy that kubectl applied last; () where it is no job's copy.

    A job applies what a repository holds: a manifest without Argo CD's tracking id, unlike one that was exported.
    """
    applied = subject.object.last_applied
    if not is_object(applied) or text(applied, "metadata", "annotations", TRACKING_ID) or not _is_kubectls(subject):
        return ()
    stated = (key for part in ("annotations", "labels") for key in mapping(applied, "metadata", part))
    return tuple(key for key in stated if _PIPELINE_WORDS.search(key) and not _in_git(subject, key))


def _is_kubectls(subject: Subject) -> bool:
    owners = subject.object.owners(("metadata", "annotations", LAST_APPLIED))
    return any(entry.manager == CLIENT_SIDE_APPLY for entry in owners)


def _in_git(subject: Subject, key: str) -> bool:
    parts = ("annotations", "labels")
    return any(child(subject.object.target, "metadata", part, key) is not ABSENT for part in parts)
