"""Git states two items of a list under one key, and a client-side apply leaves one of them.

Why it happens: a variable is named twice, two ports have the same number. `kubectl apply` merges such a list by its
key (`name`, `containerPort`; the protocol is no part of it), so that two items with one key become one: what the
cluster holds is the one that was merged last, and what git states never arrives whole. Argo CD compares by the same
merge, and mostly says Synced.

What proves it: the list is merged by a key (the patch tags of the kind's Go type), git states the key twice, live holds
fewer such items, and nothing in them that git's own do not state; and git did so at the last sync, or the merge that
Argo CD compares with leaves live as it is.

What would refute it: somebody else owns the item; git stated it once when it was synced last, and the merge would bring
it; an ignore rule covers the place; the object is applied server-side, which refuses such a list; live holds a value
that none of git's items has.

Remedies: drop the one that does not run; where both are meant (one port, two protocols), apply server-side.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.ignoring import is_ruled_out, left_out
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.twins import Twins, twins_at
from whydrift.core.explain.writers import is_argocd, others
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import ARGOCD_VERSION, SCHEMAS, SETTINGS, SYNCED_MANIFESTS
from whydrift.core.model.values import child, is_object, items, same


def concerns(subject: Subject, difference: Difference) -> bool:
    """Items of lists that git states twice, of what is applied client-side."""
    return not difference.whole and not subject.server_side and twins_at(subject, difference) is not None


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what the merge made of two items."""
    for difference in concerned:
        twins = twins_at(subject, difference)
        if twins is None or not twins.merged:
            continue
        if not (_were_synced(subject, twins) if difference.shown else _merge_leaves_it(subject, difference)):
            continue
        if others(subject, difference) or _written_by_others(subject, twins):
            continue
        yield Explanation(
            paths=frozenset({difference.path}),
            strength=Strength.REPLAYED,
            why=f"git states {len(twins.stated)} items with {twins.key} {quoted(twins.value)}: an apply merges them",
            evidence=(
                Evidence("types", f"{twins.list[-1]} is merged by {twins.key}: one item of each can stay"),
                Evidence("replay", f"git's items {_numbers(twins)} merged into one give live's"),
            ),
        )


def _written_by_others(subject: Subject, twins: Twins) -> bool:
    """Whether anybody but Argo CD owns any of what is left."""
    live, managers = subject.object.live, subject.object.managers
    entries = (e for path in twins.live_paths if is_object(live) for e in managers.owners_within(path, live))
    return any(not is_argocd(subject, entry) for entry in entries)


def _were_synced(subject: Subject, twins: Twins) -> bool:
    """Whether the last sync wrote the list as git states it now."""
    if subject.base is None:
        return False
    synced = [each for each in items(subject.base.manifest, *twins.list) if child(each, twins.key) == twins.value]
    return same(synced, list(twins.stated))


def _merge_leaves_it(subject: Subject, difference: Difference) -> bool:
    """Whether Argo CD compared what git states here, and its merge has no more than live."""
    return left_out(subject, difference) and not is_ruled_out(subject, difference)


def _numbers(twins: Twins) -> str:
    return " and ".join(str(place) for place in twins.places)


CAUSE = Cause(
    id="item-stated-twice",
    title="git states two items of a list under one key",
    side=Side.GIT,
    explain=explain,
    concerns=concerns,
    needs=needs(SYNCED_MANIFESTS),
    helps=needs(SETTINGS),
    wishes=needs(SCHEMAS, ARGOCD_VERSION),
    everywhere=True,
)
