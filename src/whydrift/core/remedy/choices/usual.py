"""The remedies that several causes share, with what each needs: changes, rule, options, safety."""

from __future__ import annotations

from whydrift.core.explain.stamps import is_tracking
from whydrift.core.model.explanation import Side
from whydrift.core.model.remedy import Change, Choice, Field, Instead, RemedyKind, Safety
from whydrift.core.remedy.choices.case import COMPARED_BY_SERVER, Case
from whydrift.core.remedy.choices.changes import holds_secret, without
from whydrift.core.remedy.choices.swapped import taken_over
from whydrift.core.remedy.rules import narrowest_rule, respect_for


def pinned(case: Case, why: str, *instead: Instead) -> Choice:
    """git states what live says, which changes nothing in the cluster; ask where that cannot be written."""
    changes = _writable(case)
    if not changes:
        return asked(case, _why_not(case), *instead)
    return Choice(RemedyKind.GIT_SET, why, changes=changes, instead=instead)


def dropped(case: Case, why: str, *instead: Instead, safety: Safety = Safety.SAFE) -> Choice:
    """git states nothing here any more."""
    return Choice(RemedyKind.GIT_DROP, why, safety, changes=without(case.difference), instead=instead)


def ignored(case: Case, why: str, *instead: Instead) -> Choice:
    """The narrowest rule for this very difference; with it the option that keeps a sync from writing over it."""
    rule = narrowest_rule(case.subject, [case.difference])
    options = respect_for(case.subject, case.difference)
    safety = Safety.UNSAFE if options and case.application_rules else Safety.SAFE
    return Choice(
        RemedyKind.IGNORE, why, safety, _of_the_edit(case, instead), rule=rule, options=options, instead=instead
    )


def _of_the_edit(case: Case, instead: tuple[Instead, ...]) -> tuple[Change, ...]:
    """The changes of the first edit in git among the alternatives."""
    for one in instead:
        if one.kind is RemedyKind.GIT_DROP:
            return without(case.difference)
        if one.kind in (RemedyKind.GIT_SET, RemedyKind.ADOPT):
            return _writable(case)
    return ()


def _writable(case: Case) -> tuple[Change, ...]:
    """What makes git say what live says; none where a value of it is masked, or where nobody can tell what stays."""
    changes = taken_over(case)
    masked = holds_secret(case.difference.live) or any(holds_secret(change.value) for change in changes)
    return () if masked else changes


def _why_not(case: Case) -> str:
    """Why live's value cannot be written."""
    if taken_over(case) or holds_secret(case.difference.live):
        return "live's value is masked here: only who knows it can write it into git"
    return "without it git's list would be empty, and live's holds what nobody can tell to be meant instead"


def adopted(case: Case, why: str, *instead: Instead) -> Choice:
    """git takes over what live says; a look is needed where nobody knows yet whether it is wanted."""
    changes = _writable(case)
    if not changes:
        return asked(case, _why_not(case), *instead)
    safety = Safety.SAFE if case.side in (Side.CLUSTER, Side.CONTROLLER) else Safety.UNSAFE
    if len(changes[0].path) < len(case.difference.path):
        why = f"{why}; with it git takes over all that the cluster's list holds instead"
    return Choice(RemedyKind.ADOPT, why, safety, changes=changes, instead=instead)


def placed(case: Case) -> Field | None:
    """The place in git of what differs; None where git states nothing (tracking marks are Argo CD's own)."""
    path = case.difference.path
    return Field(case.key, path) if case.stated and not is_tracking(path) else None


def asked(case: Case, why: str, *instead: Instead) -> Choice:
    """Somebody has to decide; the edit that would adopt live's value is named where there is one."""
    difference = case.difference
    changes = () if difference.whole else _writable(case)
    at = None if changes else placed(case)
    return Choice(RemedyKind.ASK, why, Safety.MANUAL, changes=changes, at=at, instead=instead)


def synced(why: str, *instead: Instead) -> Choice:
    """A sync brings git's side; it is not safe before all its effects are known (`judged_with`)."""
    return Choice(RemedyKind.SYNC, why, Safety.UNSAFE, instead=instead)


def nothing(why: str, follows: Field | None = None) -> Choice:
    """It goes away with something else, or hurts nobody."""
    return Choice(RemedyKind.NOTHING, why, follows=follows)


def server_side_diff(why: str = "it shows no default of the API server, but every comparison then asks it") -> Instead:
    """Comparing server-side, as the second choice."""
    return Instead(RemedyKind.SERVER_SIDE_DIFF, why)


def compared_by_server(why: str, *instead: Instead) -> Choice:
    """Argo CD asks the API server what git's object would become, and compares that."""
    return Choice(RemedyKind.SERVER_SIDE_DIFF, why, options=(COMPARED_BY_SERVER,), instead=instead)
