"""Selectors as users know them: names with globs and prefixes, label selectors, projects."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from whydrift.core.model.application import Application
from whydrift.core.model.finding import ApplicationName
from whydrift.core.model.values import mapping
from whydrift.errors import UsageError

SET_BASED = re.compile(r"^(?P<key>\S+)\s+(?P<op>in|notin)\s*\((?P<values>[^)]*)\)$")
EQUALITY = re.compile(r"^(?P<key>[^=!\s]+)\s*(?P<op>==|=|!=)\s*(?P<value>\S*)$")
COMMA = re.compile(r",(?![^(]*\))")


@dataclass(frozen=True)
class Selection:
    """Which applications: any of `names` (`[INSTANCE:][NAMESPACE/]NAME`, globs), and all else; all when empty."""

    names: tuple[str, ...] = ()
    labels: str = ""
    projects: tuple[str, ...] = ()
    namespace: str = ""

    def chooses(self) -> Chosen:
        """The test for one application. UsageError where the label selector cannot be read."""
        return Chosen(self)

    def require(self, found: object) -> None:
        """Raise UsageError where something was asked for and nothing was found: that is a mistake, never an answer."""
        if not found and self != Selection():
            raise unmatched(" ".join(self.names) or "the selection")


class Chosen:
    """The test whether an application is selected; it remembers which names selected one."""

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._labels = label_selector(selection.labels)
        self._matched: set[str] = set()
        self._found = False

    def __call__(self, application: Application) -> bool:
        """Whether an application is selected."""
        name = ApplicationName(application.instance, application.namespace, application.name)
        return self.fits(name, application.project, mapping(application.raw, "metadata", "labels"))

    def fits(self, name: ApplicationName, project: str, labels: Mapping[str, object]) -> bool:
        """Whether the application of this name, project and labels is selected."""
        stated = self._selection
        fitting = [pattern for pattern in stated.names if name.fits(pattern)]
        chosen = (
            (not stated.names or bool(fitting))
            and (not stated.projects or any(fnmatchcase(project, pattern) for pattern in stated.projects))
            and stated.namespace in ("", name.namespace)
            and self._labels(labels)
        )
        if chosen:
            self._found = True
            self._matched.update(fitting)
        return chosen

    def require(self) -> None:
        """UsageError for a name, or a selection, that chose nothing: that is a mistake, never an answer."""
        for name in self._selection.names:
            if name not in self._matched:
                raise unmatched(name)
        self._selection.require(self._found)


def unmatched(pattern: str) -> UsageError:
    """What is said of a name that no application has."""
    return UsageError(f"no application matches {pattern}: `whydrift ls --all` and `argocd app list` name them")


def named(application: Application, pattern: str) -> bool:
    """Whether `[INSTANCE:][NAMESPACE/]NAME` names the application; each part may hold globs."""
    return ApplicationName(application.instance, application.namespace, application.name).fits(pattern)


def label_selector(selector: str) -> Callable[[Mapping[str, object]], bool]:
    """A label selector as kubectl reads it: `a=b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, joined by commas."""
    tests = [_requirement(part.strip()) for part in COMMA.split(selector) if part.strip()]
    return lambda labels: all(test(labels) for test in tests)


def _requirement(part: str) -> Callable[[Mapping[str, object]], bool]:
    if found := SET_BASED.match(part):
        key, values = found["key"], {value.strip() for value in found["values"].split(",")}
        wanted = found["op"] == "in"
        return lambda labels: (labels.get(key) in values) is wanted
    if found := EQUALITY.match(part):
        key, value, equal = found["key"], found["value"], found["op"] != "!="
        return lambda labels: (labels.get(key) == value) is equal
    if re.fullmatch(r"!?[\w./-]+", part):
        return lambda labels: (part.lstrip("!") in labels) is not part.startswith("!")
    raise UsageError(f"label selector {part!r}: cannot be read; write it as kubectl takes it, as in team=shop,env!=dev")
