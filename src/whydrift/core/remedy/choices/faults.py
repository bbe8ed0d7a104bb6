"""Where the fault is that a message of a failed comparison names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import basename, dirname, join, normpath

from whydrift.core.compare.ignore import check
from whydrift.core.compare.rules import application_rules
from whydrift.core.explain.failures import Failure
from whydrift.core.model.application import Application
from whydrift.core.model.fact_kinds import RENDERED_FROM
from whydrift.core.model.remedy import Field
from whydrift.core.model.values import ABSENT, child, items, mapping, same, text
from whydrift.core.remedy.choices.case import Case
from whydrift.core.remedy.choices.drawn_lines import VALUE, expressions
from whydrift.core.remedy.choices.named_fields import named_field
from whydrift.core.remedy.choices.value_lines import Values
from whydrift.errors import NotComparable

IN_MANIFEST = re.compile(r'Failed to unmarshal "([^"]+)".*?\bline (\d+)', re.DOTALL)
IN_TEMPLATE = re.compile(r"\(([\w./-]+\.\w+):(\d+)(?::\d+)?\)")
IN_RENDERED = re.compile(r"parse error (?:on|in|at) \(?([\w./-]+\.\w+)\)?:?.*?\bline (\d+)", re.DOTALL)
NO_VALUES = re.compile(r"([\w./$-]+\.ya?ml): no such file")
NO_FILE = re.compile(r"(?:path|file|from|open|lstat|stat)[ (':]+'?([\w./ <>-]+?\.\w+)'?\)?")


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


APPLICATION = "Application:/spec"
NUMBERED = re.compile(r"source (\d+) of \d+")


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
    """The file and line in git that a renderer complains of."""
    known = case.subject.facts.maybe(RENDERED_FROM)
    files: Mapping[str, str] = known.files if known is not None else {}
    own = tuple(normpath(source.path) for source in case.application.sources if source.path)
    return next((place for place in _places(message, files, own, case.application) if place), "")


def _places(message: str, files: Mapping[str, str], own: tuple[str, ...], application: Application) -> Iterator[str]:
    manifest = IN_MANIFEST.search(message)
    if manifest:
        yield _known(manifest[1], manifest[2], files, own)
    template = IN_TEMPLATE.search(message)
    if template:
        place = _in_chart(template[1], own)
        yield from _of_template(place, int(template[2]), files, own, message, application)
    rendered = IN_RENDERED.search(message)
    if rendered:
        yield f"{_in_chart(rendered[1], own)}:{rendered[2]}"
    if "no such file" in message:
        yield _value_file(message, application)
        yield from (_referring(name, files, message) for name in dict.fromkeys(NO_FILE.findall(message)))


def _known(name: str, line: str, files: Mapping[str, str], own: tuple[str, ...]) -> str:
    """A file of the source's own folder by the name that Argo CD gives."""
    inside = [normpath(join(folder, name)) for folder in own]
    alike = [path for path in files if path.endswith(f"/{name}") or path == name]
    found = [path for path in inside if path in files] or alike or inside
    return f"{found[0]}:{line}" if found else ""


def _in_chart(name: str, own: tuple[str, ...]) -> str:
    """Helm names a template by its chart's name; in git the chart is a folder."""
    return normpath(join(own[0] if own else ".", name.partition("/")[2]))


def _of_template(
    name: str, line: int, files: Mapping[str, str], own: tuple[str, ...], message: str, application: Application
) -> Iterator[str]:
    """The value that the template's line asks for, itself or through what it includes; else the line itself."""
    lines = files.get(name, "").split("\n")
    text_of_line = lines[line - 1] if 0 < line <= len(lines) else ""
    asked = [value for expression, _ in expressions(files, lines, text_of_line) for value in VALUE.findall(expression)]
    named = sorted(asked, key=lambda value: value not in message)
    values = Values(files, value_files(application), own)
    yield from (values.nearest(name, value.split(".")) for value in dict.fromkeys(named))
    yield f"{name}:{line}"


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


def _referring(name: str, files: Mapping[str, str], message: str) -> str:
    """The line that names a file which is not there, in the folder that the message is about if it can be."""
    wanted = basename(name.strip())
    said = [path for path in files if dirname(path) and dirname(path) in message]
    for path in (*said, *files):
        for number, line in enumerate(files[path].split("\n"), start=1):
            if re.search(rf"(?<![\w.-]){re.escape(wanted)}(?![\w.-])", line) and path.endswith((".yaml", ".yml", "n")):
                return f"{path}:{number}"
    return ""
