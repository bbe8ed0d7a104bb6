"""What refuses a sync as a whole, before anything is applied."""

from __future__ import annotations

from collections.abc import Container

from whydrift.core.explain.conditions import FAILED
from whydrift.core.explain.failures import classify, decisive
from whydrift.core.explain.sync_windows import holding_window
from whydrift.core.explain.syncing import ALL_REFUSED, ended_badly, failing, refused, still_refused
from whydrift.core.explain.syncing import decisive as refusal
from whydrift.core.judge.situation import Situation
from whydrift.core.model.effect import Does, Effect
from whydrift.core.model.explanation import Side
from whydrift.core.model.fact_kinds import COMMITS, SYNC_WINDOWS
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.values import text


def stopped(situation: Situation) -> tuple[Effect, ...]:
    """Why a sync would be refused as a whole; () where nothing is known to stop it."""
    found = _not_compared(situation) or _window(situation) or _nameless(situation) or _shared(situation)
    return (found,) if found else ()


def error_stands(situation: Situation) -> tuple[Effect, ...]:
    """A sync is refused for an error that leaves the verdict as it is: a health check that fails, a signature.

    controller/state.go, CompareAppState puts both down as comparison errors. They may be gone when a sync begins, so
    what it would take away counts beside it.
    """
    application = situation.application
    errors = [message for kind, message in application.conditions if kind == "ComparisonError"]
    if not errors or application.sync == "Unknown" or situation.manifests is not None:
        return ()
    return (Effect(situation.itself, Does.FAIL, f"fails while this stands: {decisive(errors[0])}", True),)


def refused_before(situation: Situation) -> tuple[Effect, ...]:
    """What the last sync of what this revision says was refused for, as a whole or object by object.

    One of an earlier revision counts where git still states the very value that it was refused for.
    """
    application = situation.application
    if situation.manifests is not None or not ended_badly(application):
        return ()
    same_revision = failing(application, situation.whole.maybe(COMMITS) or ())
    message = text(application.operation, "message")
    whole = same_revision and ALL_REFUSED.search(message) is not None
    here = {item.key: item for item in situation.snapshot.objects or ()}
    rows = [(_placed(row.key, here), row) for row in refused(application)]
    told = tuple(
        Effect(key, Does.FAIL, f"fails: {row.why.value}: {refusal(row.message)}", True)
        for key, row in rows
        if same_revision or (key in here and still_refused(row, here[key].target))
    )
    if told or not whole:
        return told
    return (Effect(situation.itself, Does.FAIL, f"fails: {refusal(message)}", True),)


def refused_as_a_whole(situation: Situation) -> bool:
    """Whether the last sync of what this revision says ended before it applied anything."""
    application = situation.application
    same_revision = situation.manifests is None
    return (
        same_revision
        and failing(application, situation.whole.maybe(COMMITS) or ())
        and ALL_REFUSED.search(text(application.operation, "message")) is not None
    )


def _placed(key: ObjectKey, here: Container[ObjectKey]) -> ObjectKey:
    """The key as the snapshot has it: results give cluster-scoped objects a namespace."""
    wide = key._replace(namespace="")
    return wide if key not in here and wide in here else key


def _not_compared(situation: Situation) -> Effect | None:
    """A sync is refused while a comparison error stands (controller/sync.go, SyncAppState)."""
    application = situation.application
    errors = [message for kind, message in application.conditions if kind in FAILED]
    if application.sync != "Unknown" or (situation.manifests is not None and _is_about_git(errors)):
        return None
    why = decisive(errors[0]) if errors else "Argo CD could not compare"
    return Effect(situation.itself, Does.FAIL, f"fails: {why}", True)


def _is_about_git(errors: list[str]) -> bool:
    """Whether only the content of git stands in the way, which another revision may mend."""
    return bool(errors) and all(classify(message).side is Side.GIT for message in errors)


def _window(situation: Situation) -> Effect | None:
    windows = situation.whole.maybe(SYNC_WINDOWS)
    if windows is None or windows.get("canSync") is not False:
        return None
    held = holding_window(situation.application, windows) or "a sync window is closed now"
    return Effect(situation.itself, Does.FAIL, f"is refused: {held}", True)


def _nameless(situation: Situation) -> Effect | None:
    """An object without a name cannot be applied, and nothing of the application is (measured.md 48)."""
    for item in situation.snapshot.objects or ():
        if text(item.target, "metadata", "generateName") and not text(item.target, "metadata", "name"):
            return Effect(item.key, Does.FAIL, "fails: a generated name cannot be used with apply", True)
    return None


def _shared(situation: Situation) -> Effect | None:
    if "FailOnSharedResource=true" not in situation.application.sync_options:
        return None
    told = [message for kind, message in situation.application.conditions if kind == "SharedResourceWarning"]
    return Effect(situation.itself, Does.FAIL, f"fails: {told[0]}", True) if told else None
