"""SARIF 2.1.0 for code scanning: rules are the causes with their documentation, results are differences or effects.

Source: OASIS, Static Analysis Results Interchange Format 2.1.0. The log is made piece by piece, so that a fleet never
stands in memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import msgspec

from whydrift.core.model.effect import Does
from whydrift.core.model.explanation import Side
from whydrift.core.model.triage import (
    AcceptedAnswer,
    ApplicationAnswer,
    DifferenceAnswer,
    EffectAnswer,
    GapAnswer,
    ObjectAnswer,
    ReadAnswer,
    RemedyAnswer,
    SyncAnswer,
    UnmaskedAnswer,
)
from whydrift.core.model.values import Json, JsonObject
from whydrift.core.report.cause_page import CausePage
from whydrift.core.report.remedy_lines import remedy_said
from whydrift.core.report.sarif_fixes import fixes_of
from whydrift.core.report.sarif_text import relative_uri, text
from whydrift.core.report.tally import UNDECIDED, UNEXPLAINED, cause_of, objects_of
from whydrift.core.report.words import plain, value
from whydrift.core.unmask.since import troubles_in

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ABOUT = "https://github.com/whydrift/whydrift"
ERRORS, WARNINGS = frozenset({Side.ASK, Side.CLUSTER}), frozenset({Side.GIT, Side.STRUCTURE})
OPEN = {
    UNEXPLAINED: "No cause could prove itself: this difference is of an unknown kind, and worth a look.",
    UNDECIDED: "A cause may apply, and a fact that would decide it could not be read.",
    "not-read": "The application could not be read: nothing in it is known to be clean.",
    "not-compared": "Argo CD could not compare the application: nothing in it is known to be clean.",
}
EFFECT = "a-sync-would-"
BROKEN = "broken-now"


@dataclass(frozen=True, slots=True)
class Rule:
    """What results can be of: an id that completes a sentence, what it says in short, and in full (Markdown)."""

    id: str
    short: str
    full: str
    markdown: str = ""

    def said(self) -> JsonObject:
        """As a reportingDescriptor."""
        return {
            "id": self.id,
            "name": "".join(part.capitalize() for part in self.id.split("-")),
            "shortDescription": {"text": text(self.short)},
            "fullDescription": {"text": text(self.full)},
            "help": {"text": text(self.full), "markdown": self.markdown or self.full},
            "helpUri": f"{ABOUT}/blob/main/docs/causes/{self.id}.md" if self.markdown else ABOUT,
        }


@dataclass(frozen=True, slots=True)
class Result:
    """One finding: of which rule, how bad (error, warning, note), what, where, and what it is recognised by."""

    rule: str
    level: str
    message: str
    uri: str
    logical: str
    kind: str
    identity: tuple[str, ...]
    properties: JsonObject
    line: int = 0
    fixes: tuple[JsonObject, ...] = ()
    lived_with: str = ""
    """Why somebody decided to live with it; "" where nobody did."""

    def said(self) -> JsonObject:
        """As a result; the fingerprint stays while values, causes and wording change."""
        logical: Json = [{"fullyQualifiedName": plain(self.logical), "kind": self.kind}]
        physical: JsonObject = {"artifactLocation": {"uri": relative_uri(self.uri)}}
        region: JsonObject = {"region": {"startLine": self.line}} if self.line else {}
        place: JsonObject = {"physicalLocation": {**physical, **region}}
        fixes: JsonObject = {"fixes": list(self.fixes)} if self.fixes else {}
        digest = hashlib.sha256("\0".join(self.identity).encode("utf-8", "surrogatepass")).hexdigest()
        return {
            "ruleId": self.rule,
            "level": self.level,
            "message": {"text": text(self.message)},
            "locations": [{**place, "logicalLocations": logical}],
            "partialFingerprints": {"whydrift/v1": digest},
            **fixes,
            "suppressions": [_suppression(self.lived_with)] if self.lived_with else [],
            "properties": self.properties,
        }


def _suppression(why: str) -> JsonObject:
    return {"kind": "external", "status": "accepted", "justification": text(why)}


def sarif_document(
    applications: Iterable[ApplicationAnswer], read: ReadAnswer, pages: Sequence[CausePage], *, effects: bool = False
) -> Iterator[str]:
    """The log of a scan, piece by piece: the differences, or (`effects`) what a sync would do that is not safe."""
    return sarif_log(rules_of(pages), _results(applications, effects), read.gaps, read.complete)


def rules_of(pages: Sequence[CausePage]) -> list[Rule]:
    """Every cause, what stays open, and every effect of a sync."""
    causes = [_rule(page) for page in pages]
    open_ = [Rule(name, says, says) for name, says in OPEN.items()]
    effects = [Rule(f"{EFFECT}{does.value}", f"A sync would {does.value}.", _danger(does)) for does in Does]
    return [
        *causes,
        *open_,
        *effects,
        Rule(BROKEN, "Something is broken now.", "A workload is broken, whatever differs."),
    ]


def _danger(does: Does) -> str:
    if does is Does.FAIL:
        return "A sync is refused by the API server or by Argo CD."
    return f"A sync would {does.value} something, and it is not known that nothing is lost by it."


def _rule(page: CausePage) -> Rule:
    sections = "\n\n".join(f"**{name}**: {body}" for name, body in page.sections.items())
    return Rule(page.cause.id, page.cause.title, page.summary, f"{page.summary}\n\n{sections}")


def sarif_log(
    rules: Sequence[Rule], results: Iterable[Result], gaps: Sequence[GapAnswer], complete: bool
) -> Iterator[str]:
    """A log with one run. What was not read stands among the notifications of the tool."""
    driver: JsonObject = {"name": "whydrift", "informationUri": ABOUT, "rules": [rule.said() for rule in rules]}
    notes: list[Json] = [
        {"level": "warning", "message": {"text": text(f"not read: {gap.what}: {gap.why}")}} for gap in gaps
    ]
    invocation: JsonObject = {"executionSuccessful": True, "toolExecutionNotifications": notes}
    head: JsonObject = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "invocations": [invocation]}
    yield f'{{"$schema":{_json(SCHEMA)},"version":"2.1.0","runs":[{_json(head)[:-1]},"results":['
    for number, result in enumerate(results):
        yield ("," if number else "") + _json(result.said())
    yield f'],"properties":{{"readCompletely":{_json(complete)}}}}}]}}\n'


def _json(value_: Json) -> str:
    return msgspec.json.encode(value_).decode()


def _results(applications: Iterable[ApplicationAnswer], effects: bool) -> Iterator[Result]:
    told: Callable[[ApplicationAnswer], Iterator[Result]] = _effects if effects else _differences
    for application in applications:
        if application.not_read:
            yield _result(application, "not-read", "error", f"not read: {application.not_read}", "", "")
        yield from (_trouble(application, trouble) for trouble in troubles_in(application))
        yield from told(application)


def _differences(application: ApplicationAnswer) -> Iterator[Result]:
    if application.agrees == "not-compared":
        why = "; ".join(application.argocd.conditions) or "Argo CD could not compare it"
        yield _result(application, "not-compared", "error", f"not compared: {why}", "", "/status/conditions")
    for item in objects_of(application):
        for d in item.differences:
            yield _difference(application, item, d)


def _difference(application: ApplicationAnswer, item: ObjectAnswer, d: DifferenceAnswer) -> Result:
    because = d.because if isinstance(d.because, str) else d.explanations[0].why if d.explanations else _open(d)
    sides = f" (git {value(d.target)}, live {value(d.live)})" if d.path else ""
    hidden = "" if d.shown else " Argo CD does not show it."
    remedy = None if isinstance(d.remedy, msgspec.UnsetType) else d.remedy
    fix = f" Fix: {remedy_said(remedy)}." if remedy else ""
    message = f"{_named(item)} {d.field or 'as a whole'}{sides}: {because}.{hidden}{fix}"
    properties: JsonObject = {
        "application": plain(application.name),
        "side": d.side.value if isinstance(d.side, Side) else "",
        "strength": d.explanations[0].strength.value if d.explanations else "",
        "shown": d.shown,
    }
    found = _result(application, cause_of(d), level(d), message, place(item), d.path, properties)
    if isinstance(d.accepted, AcceptedAnswer):
        why = f"{d.accepted.reason} ({d.accepted.owner}, until {d.accepted.until})"
        found = replace(found, level="note", lived_with=why)
    return _remedied(found, application, remedy) if remedy else found


def _remedied(result: Result, application: ApplicationAnswer, remedy: RemedyAnswer) -> Result:
    """A result at the place of its remedy, with the edit where one is proven."""
    revisions = (source.revision for source in application.sources if source.repo == remedy.repo)
    at: JsonObject = {"repository": plain(remedy.repo), "revision": plain(next(revisions, ""))} if remedy.repo else {}
    kind: JsonObject = {"remedy": remedy.kind.value, "safety": remedy.safety.value}
    found = _at(result, remedy.where)
    return replace(found, fixes=fixes_of(remedy), properties={**result.properties, **at, **kind})


def _at(result: Result, where: str) -> Result:
    """A result at `file:line`; as it is where that is no place in a file."""
    file, _, line = where.rpartition(":")
    return replace(result, uri=file, line=int(line)) if file and line.isdecimal() and int(line) else result


def _effects(application: ApplicationAnswer) -> Iterator[Result]:
    sync = application.sync
    if not isinstance(sync, SyncAnswer):
        return
    for effect in sync.effects:
        if not effect.safe or effect.does is Does.FAIL:
            yield _effect(application, effect)


def _effect(application: ApplicationAnswer, effect: EffectAnswer) -> Result:
    loses = f" It would lose what {effect.loses} says." if isinstance(effect.loses, str) else ""
    message = f"{effect.object.split('/', 1)[1]}: a sync {effect.says}.{loses}"
    properties: JsonObject = {"application": plain(application.name), "paths": [plain(path) for path in effect.paths]}
    bad = "warning" if effect.does is Does.UNKNOWN else "error"
    where = f"{effect.object}@{effect.namespace}"
    path = "".join((f"#{effect.does.value}", *effect.paths[:1]))
    return _result(application, f"{EFFECT}{effect.does.value}", bad, message, where, path, properties)


def _trouble(application: ApplicationAnswer, trouble: UnmaskedAnswer) -> Result:
    where = f"{trouble.object}@{trouble.namespace}"
    line = f": {trouble.line}" if trouble.line else ", and nothing says why"
    message = f"{trouble.object.split('/', 1)[-1]} {trouble.container} is {trouble.state} ({trouble.category}){line}"
    properties: JsonObject = {"application": plain(application.name), "category": trouble.category}
    found = _result(application, BROKEN, "error", message, where, f"#{trouble.container}", properties)
    return _at(found, trouble.source) if isinstance(trouble.source, str) else found


def _result(
    application: ApplicationAnswer,
    rule: str,
    bad: str,
    message: str,
    where: str,
    path: str,
    properties: JsonObject | None = None,
) -> Result:
    source = next((s for s in application.sources if s.path and s.type not in ("chart", "oci")), None)
    named = "/".join(part for part in (application.instance, application.namespace, application.name) if part)
    at: JsonObject = {"repository": plain(source.repo), "revision": plain(source.revision)} if source else {}
    return Result(
        rule=rule,
        level=bad,
        message=message,
        uri=source.path if source else f"applications/{named}",
        logical=f"{named}/{where}{path}",
        kind="member" if path else "object",
        identity=(named, where, path, rule if not where else ""),
        properties={**at, **(properties or {})},
    )


def level(d: DifferenceAnswer) -> str:
    """How bad a difference is: error where a sync would lose something or nobody knows, note where nobody must act."""
    if not isinstance(d.side, Side):
        return "error" if cause_of(d) == UNEXPLAINED else "warning"
    return "error" if d.side in ERRORS else "warning" if d.side in WARNINGS else "note"


def _open(d: DifferenceAnswer) -> str:
    if not d.undecided:
        return "unexplained, no cause could prove itself"
    return "undecided: " + "; ".join(f"{u.cause} needs {u.needs}" for u in d.undecided)


def _named(item: ObjectAnswer) -> str:
    _, kind, name = item.id.split("/", 2)
    return f"{kind} {item.namespace}/{name}" if item.namespace else f"{kind} {name}"


def place(item: ObjectAnswer) -> str:
    """What tells an object from all others of its application."""
    return f"{item.id}@{item.namespace}"
