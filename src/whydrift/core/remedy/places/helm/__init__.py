"""Where in a Helm chart, its values or the Application's Helm settings an edit makes the wanted changes.

The templates are followed by an evaluator of our own that keeps the origin of each rendered piece of text; an edit is
tried by rendering once more. Its border: nothing is run, nothing is read but the files that are handed in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from whydrift.core.model.application import Application
from whydrift.core.model.git_files import GitFiles
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.remedy import APPLICATION, Change, Edit
from whydrift.core.model.values import JsonObject
from whydrift.core.remedy.places.helm.guesses import UNREAD, guesses
from whydrift.core.remedy.places.helm.measures import Made, make
from whydrift.core.remedy.places.helm.sources import ChartSource, helm_source
from whydrift.core.remedy.places.helm.trial import Outcome, Trial
from whydrift.errors import NotEditable

WHY_NOT_SURE = {
    Outcome.SPREADS: "other fields of the object change with it",
    Outcome.VENDORED: "the file belongs to a subchart, which its next version replaces",
    Outcome.OPEN: "the value is made anew on each render: what shall be stated here is for somebody to say",
}


def helm_candidates(
    application: Application,
    git: GitFiles,
    place: int,
    key: ObjectKey,
    target: JsonObject,
    changes: Sequence[Change],
) -> Iterator[Edit]:
    """Edits of the source at `place` among the Application's that may make the changes, as of any chart."""
    yield from chart_candidates(helm_source(application, git, place), key, target, changes)


def chart_candidates(
    source: ChartSource, key: ObjectKey, target: JsonObject, changes: Sequence[Change]
) -> Iterator[Edit]:
    """Edits of a chart and of what states its values that may make the changes of what it renders, best first.

    First those that our own rendering shows to make exactly the changes; then those that change more (`Outcome`). Those
    that do not make the changes are left out. An edit whose `after` is its `before` is a place where somebody
    has to say what shall stand there.
    """
    files = source.unedited
    later: list[tuple[Outcome, Made]] = []
    trial = Trial(source, key, target, changes)
    for outcome, made in trial.outcomes(files):
        if outcome is Outcome.EXACT:
            yield _edit(source, files, made)
        elif outcome is not Outcome.FAILS:
            later.append((outcome, made))
    for outcome, made in sorted(later, key=lambda found: found[0]):
        yield replace(_edit(source, files, made), guess=WHY_NOT_SURE.get(outcome, ""))
    if not trial.prints(files):
        yield from _guessed(source, files, target, changes)


def _guessed(
    source: ChartSource, files: Mapping[str, str], target: JsonObject, changes: Sequence[Change]
) -> Iterator[Edit]:
    """Edits where the stated values suggest it, because no template that prints the object can be followed."""
    layers = list(source.stated())
    for idea in guesses(layers, target, changes[0]):
        ideas = [next((other for other in guesses(layers, target, change)), ()) for change in changes[1:]]
        try:
            made = make(files, tuple(step for each in (idea, *ideas) for step in each))
        except NotEditable:
            continue
        yield replace(_edit(source, files, made), guess=UNREAD)


def _edit(source: ChartSource, files: Mapping[str, str], made: Made) -> Edit:
    repo, file = ("", APPLICATION) if made.file == APPLICATION else source.place_of(made.file)
    return Edit(repo, file, made.line, made.how, files.get(made.file, ""), made.content, made.pointer)
