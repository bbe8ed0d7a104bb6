"""The errors that whydrift raises on purpose. Each carries one line for the user: what, where, what to try."""

from __future__ import annotations


class WhydriftError(Exception):
    """The command could not do its work (exit code 2)."""


class UsageError(WhydriftError):
    """The command line or the settings ask for something that does not exist."""


class SourceError(WhydriftError):
    """A source of facts (Argo CD, Kubernetes, git, a recording) cannot be used at all."""


class StoreError(WhydriftError):
    """The store of findings cannot be used: unreachable, full, of another version."""


class NotComparable(WhydriftError):
    """Argo CD's comparison would fail for this object, or its inputs cannot be compared at all."""


class NotReplayed(NotComparable):
    """Argo CD may well compare this, but whydrift cannot do it again: something is not known, or not supported."""


class Refuted(NotReplayed):
    """A remedy was tried, and does not do what it is offered for."""


class NotEditable(WhydriftError):
    """A text cannot be changed so that it states what is wanted and nothing else changes."""


class NotPatched(WhydriftError):
    """A diff does not fit the text that it shall be applied to."""
