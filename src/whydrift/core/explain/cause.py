"""What a cause is: a name, the facts that it needs, which differences concern it, and how it proves itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from whydrift.core.explain.subject import About, Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Explanation, Side
from whydrift.core.model.facts import FactKind

Explain = Callable[[Subject, tuple[Difference, ...]], Iterable[Explanation]]


@dataclass(frozen=True)
class Cause:
    """One entry of the catalogue; its folder's docstring is its documentation.

    `concerns` is a cheap test, without facts, of whether the cause may apply to a difference at all; only for those is
    a missing fact of `needs` an "undecided". `explain` gets the concerned differences and yields what it can prove.
    Facts of `helps` may be missing: they are read for what the cause cannot prove without them (Facts.maybe).
    `wishes` are facts that only add evidence: they are read where possible, and a gap changes nothing.
    `heeds` are facts that others ask for wherever they matter here: looked at where they were read, never asked for.
    A cause reads no other fact, nor do the functions that it calls. What the last sync wrote is a part of the subject:
    SYNCED_MANIFESTS is named by causes that have it rendered.
    `hidden` causes look at differences that Argo CD does not show, those that look `everywhere` at both; causes `about`
    an application look at the Application itself.
    """

    id: str
    title: str
    side: Side
    explain: Explain
    concerns: Callable[[Subject, Difference], bool]
    needs: frozenset[FactKind[object]] = field(default_factory=frozenset)
    helps: frozenset[FactKind[object]] = field(default_factory=frozenset)
    wishes: frozenset[FactKind[object]] = field(default_factory=frozenset)
    heeds: frozenset[FactKind[object]] = field(default_factory=frozenset)
    hidden: bool = False
    everywhere: bool = False
    about: About = About.OBJECT


def needs(*kinds: object) -> frozenset[FactKind[object]]:
    """A set of fact kinds: those without which a cause cannot decide, or those that it wishes for."""
    return frozenset(kind for kind in kinds if isinstance(kind, FactKind))
