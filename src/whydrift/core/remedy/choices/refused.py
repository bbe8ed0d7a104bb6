"""What a failing sync is refused for: correct it in git, make room for it, or ask who can."""

from __future__ import annotations

from dataclasses import replace

from whydrift.core.explain.pruning import pruned
from whydrift.core.explain.subject import SYNC_OPTIONS
from whydrift.core.explain.syncing import Refusal, Refused, classify, decisive, refused
from whydrift.core.model.paths import Path, parse_pointer, pointer, starts_with
from whydrift.core.model.remedy import Change, Choice, Field, Instead, RemedyKind, Safety
from whydrift.core.model.values import ABSENT, MaybeJson, child, is_empty
from whydrift.core.remedy.choices.case import Case
from whydrift.core.remedy.choices.changes import holds_secret
from whydrift.core.remedy.choices.charts import comes_from_elsewhere
from whydrift.core.remedy.choices.named_fields import named_field
from whydrift.core.remedy.choices.owners import one_owner
from whydrift.core.remedy.choices.unchangeable import goes_back, kept
from whydrift.core.remedy.choices.usual import asked, nothing, pinned, synced

UPDATE = Instead(RemedyKind.ANNOTATE, "Replace=true writes the whole object instead of a patch")
DROP = Instead(RemedyKind.GIT_DROP, "git does without it")
OPTION = Instead(RemedyKind.OPTION, "ServerSideApply=true for the whole application changes every object's way")


def refusal(case: Case) -> Choice:
    """By what is refused; what only waits behind another object needs nothing but the sync afterwards."""
    rows = refused(case.application)
    mine = next((row for row in rows if (row.key.kind, row.key.name) == (case.key.kind, case.key.name)), None)
    if mine is not None:
        return _mended(case, mine)
    if rows:
        return synced(f"it only waits: the sync brings it once {_named(rows[0])} is mended")
    return asked(case, case.because)


def foreseen(case: Case, says: str) -> Choice:
    """What is done about an object that the next sync would be refused for, which `says` why: as if it had been.

    What else differs in it waits for that: nothing of the object is taken before.
    """
    message = says.removeprefix("fails: ")
    row, place = Refused(case.key, classify(message), message), _stated_at(message, case.subject.object.target)
    choice = _mended(case, row)
    if choice.kind is not RemedyKind.ANNOTATE and not _is_about(case, place):
        return _waits(case, place)
    safety = Safety.UNSAFE if choice.safety is Safety.SAFE else choice.safety
    told = "" if decisive(message) in choice.why else f" ({decisive(message)})"
    return replace(choice, safety=safety, why=f"a sync would be refused{told}: {choice.why}")


def _stated_at(message: str, target: MaybeJson) -> Path:
    """The field that a forecast's reason begins with; () where it names none."""
    word = message.split(maxsplit=1)[0].rstrip(":")
    path: Path = ()
    for step in parse_pointer(word) if word.startswith("/") else ():
        path = (*path, int(step) if isinstance(child(target, *path), list) else step)
    return path


def _is_about(case: Case, place: Path) -> bool:
    """Whether a difference is what the server refuses, or has to go back with it."""
    return not place or _meets(case.difference.path, place) or goes_back(case)


def _meets(path: Path, place: Path) -> bool:
    return starts_with(path, place) or starts_with(place, path)


def _waits(case: Case, place: Path) -> Choice:
    return nothing(
        f"it waits: the server takes nothing of the object before {pointer(place)} is mended",
        follows=Field(case.key, place),
    )


def _named(row: Refused) -> str:
    return f"{row.key.kind} {row.key.name or '(no name)'}"


def _mended(case: Case, row: Refused) -> Choice:
    match row.why:
        case Refusal.NAMESPACE:
            return _namespace(case)
        case Refusal.TOO_LONG if "annotations" in row.message:
            return _annotated(case, "ServerSideApply=true", "applied server-side it needs no copy of itself", OPTION)
        case Refusal.ORDER:
            return _annotated(case, "ServerSideApply=true", "applied server-side no patch is put in order", UPDATE)
        case Refusal.IMMUTABLE:
            return _immutable(case)
        case Refusal.POLICY | Refusal.UNKNOWN_FIELD | Refusal.INVALID:
            return _corrected(case, row)
        case Refusal.SHARED:
            return one_owner(case)
        case Refusal.VERSION:
            said = f"{row.why.value}: {decisive(row.message)}"
            return Choice(RemedyKind.GIT_SET, said, Safety.MANUAL, at=Field(case.key, ("apiVersion",)))
        case _:
            return asked(case, f"{row.why.value}: {decisive(row.message)}", DROP)


def _immutable(case: Case) -> Choice:
    if case.key.kind == "Job":
        return _annotated(case, "Replace=true,Force=true", "a Job cannot change: it is made anew, and runs again")
    return _with_a_look(kept(case))


def _with_a_look(choice: Choice) -> Choice:
    """What takes back a part of somebody's commit is carried out only where somebody names it."""
    back = choice.kind is RemedyKind.GIT_SET and choice.safety is Safety.SAFE
    return replace(choice, safety=Safety.UNSAFE) if back else choice


def _namespace(case: Case) -> Choice:
    why = f"the namespace {case.key.namespace} is not there: with CreateNamespace=true the next sync makes it"
    instead = Instead(RemedyKind.OUT_OF_BAND, "somebody else makes the namespace, with the labels that it needs")
    return Choice(RemedyKind.OPTION, why, options=("CreateNamespace=true",), instead=(instead,))


def _annotated(case: Case, options: str, why: str, *instead: Instead) -> Choice:
    """Sync options for this object, in git."""
    change = Change(("metadata", "annotations", SYNC_OPTIONS), options)
    return Choice(RemedyKind.ANNOTATE, f"{SYNC_OPTIONS}: {options}: {why}", Safety.UNSAFE, (change,), instead=instead)


def _corrected(case: Case, row: Refused) -> Choice:
    """The field that the message names: dropped where it is empty, renamed where it is misspelled, else as it was."""
    place, said = named_field(row.message, case.subject.object.target), decisive(row.message)
    value = child(case.subject.object.target, *place)
    if place and is_empty(value):
        return _emptied(case, place, f"an empty value is not taken here: {said}")
    if place and row.why is Refusal.UNKNOWN_FIELD:
        return _renamed(case, place, value, said)
    if not _is_about(case, place) and any(_meets(each.path, place) for each in case.subject.differences):
        return _waits(case, place)
    if not case.difference.whole:
        return _with_a_look(
            pinned(case, f"git states what was taken before, which new one was meant is not known: {said}")
        )
    return Choice(RemedyKind.GIT_SET, f"git needs another value here: {said}", Safety.MANUAL, at=Field(case.key, place))


def _emptied(case: Case, place: Path, why: str) -> Choice:
    """What is stated empty is left out; a chart that is not ours leaves nothing out: it takes what was taken before."""
    if comes_from_elsewhere(case):
        live = child(case.subject.object.live, *place)
        before = (Change(place, live),) if live is not ABSENT and not holds_secret(live) else ()
        return Choice(RemedyKind.CHART_VALUE, why, Safety.MANUAL, before, at=Field(case.key, place))
    return Choice(RemedyKind.GIT_DROP, why, changes=(Change(place, ABSENT),))


def _renamed(case: Case, place: Path, value: MaybeJson, said: str) -> Choice:
    found = pruned(case.subject, place)
    if found is None or not found.meant or child(case.subject.object.target, *found.known, found.meant) is not ABSENT:
        return Choice(RemedyKind.GIT_DROP, f"nothing is lost without it: {said}", changes=(Change(place, ABSENT),))
    changes = (Change((*found.known, found.name), ABSENT), Change((*found.known, found.meant), value))
    return Choice(
        RemedyKind.GIT_SET, f"{found.meant} is the name that the server knows: {said}", Safety.UNSAFE, changes
    )
