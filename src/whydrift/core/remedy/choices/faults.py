"""Where the fault is that a message of a failed comparison names."""

from __future__ import annotations

import re
from posixpath import basename, join, normpath

from whydrift.core.compare.ignore import check
from whydrift.core.compare.rules import application_rules
from whydrift.core.explain.failures import Failure
from whydrift.core.model.application import Application
from whydrift.core.model.remedy import Field
from whydrift.core.model.values import ABSENT, child, items, mapping, same, text
from whydrift.core.remedy.choices.case import Case
from whydrift.core.remedy.choices.charts import editable_files
from whydrift.core.remedy.choices.faults_in_files import RendererMessage
from whydrift.core.remedy.choices.named_fields import named_field
from whydrift.errors import NotComparable

APPLICATION = "Application:/spec"
NUMBERED = re.compile(r"source (\d+) of \d+")
NO_VALUES = re.compile(r"([\w./$-]+\.ya?ml): no such file")


def fault(failure: Failure, message: str, case: Case) -> tuple[str, Field | None]:
    """The place as `Edit.where` gives it ("" where it is not known), or the field of an object in git."""
    match failure:
        case Failure.SCHEMA:
            return "", _field(message, case)
        case Failure.RENDER:
            return _in_files(message, case), None
        case Failure.IGNORE_RULE:
            return _broken_rule(case), None
        case _:
            return _in_application(failure, message, case.application), None


def _in_application(failure: Failure, message: str, application: Application) -> str:
    named = "name" if text(application.raw, "spec", "destination", "name") else "server"
    parts = {
        Failure.PROJECT: f"AppProject:/spec/{'sourceRepos' if 'repo' in message else 'destinations'}",
        Failure.CLUSTER: f"{APPLICATION}/destination/{named}",
        Failure.REPOSITORY: f"{_source(message, application)}/repoURL",
        Failure.REVISION: f"{_source(message, application)}/targetRevision",
        Failure.PATH: f"{_source(message, application)}/path",
        Failure.SETTINGS: "argocd-cm:/data",
    }
    return parts.get(failure, "")


def _source(message: str, application: Application) -> str:
    """The source that a message is about."""
    if child(application.raw, "spec", "source") is not ABSENT:
        return f"{APPLICATION}/source"
    numbered = NUMBERED.search(message)
    return f"{APPLICATION}/sources/{int(numbered[1]) - 1 if numbered else 0}"


def _broken_rule(case: Case) -> str:
    """The program that cannot be read: the message does not name it (reference/measured.md 41)."""
    rules = items(case.application.raw, "spec", "ignoreDifferences")
    for number, rule in enumerate(application_rules(rules)):
        for place, program in enumerate(rule.expressions):
            try:
                case.subject.knowledge.jq.steps(program)
            except NotComparable:
                return f"{APPLICATION}/ignoreDifferences/{number}/jqPathExpressions/{place}"
        try:
            check([rule], case.subject.knowledge.jq)
        except NotComparable:
            return f"{APPLICATION}/ignoreDifferences/{number}"
    return f"{APPLICATION}/ignoreDifferences"


def _field(message: str, case: Case) -> Field | None:
    """The field of the object that states it, and otherwise than live: the message names no object."""
    found = [
        Field(item.key, path)
        for item in case.subject.siblings
        if (path := named_field(message, item.target)) and not same(child(item.live, *path), child(item.target, *path))
    ]
    return max(found, key=lambda field: len(field.path), default=None)


def _in_files(message: str, case: Case) -> str:
    """The place that a renderer complains of; a file of values that is not there is named by the Application."""
    own = tuple(normpath(source.path) for source in case.application.sources if source.path)
    said = RendererMessage(message, editable_files(case), value_files(case.application), own)
    return _value_file(message, case.application) or said.place


def value_files(application: Application) -> tuple[str, ...]:
    """The files of values that the sources name, as paths in the repository, the one that counts last."""
    found: list[str] = []
    for source in application.sources:
        for name in items(source.raw, "helm", "valueFiles"):
            stated = str(name)
            inside = stated.partition("/")[2] if stated.startswith("$") else join(source.path or ".", stated)
            found.append(normpath(inside).lstrip("/"))
    return tuple(found)


def _value_file(message: str, application: Application) -> str:
    """Where the Application names a file of values that is not there."""
    lost = NO_VALUES.search(message)
    for place, source in enumerate(application.sources if lost else ()):
        for number, name in enumerate(items(source.raw, "helm", "valueFiles")):
            if lost and basename(str(name)) == basename(lost[1]):
                one = mapping(application.raw, "spec", "source")
                return f"{APPLICATION}/{'source' if one else f'sources/{place}'}/helm/valueFiles/{number}"
    return ""
