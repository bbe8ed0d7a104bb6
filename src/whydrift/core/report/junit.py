"""JUnit XML: an application is a suite, an object a case; it fails for what counts, is skipped where nobody knows.

Source: the schema of Ant's JUnit reports (windyroad, JUnit.xsd), the strictest that is about.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import msgspec

from whydrift.core.model.effect import Does
from whydrift.core.model.explanation import Side
from whydrift.core.model.triage import (
    ApplicationAnswer,
    DifferenceAnswer,
    ObjectAnswer,
    ReadAnswer,
    SyncAnswer,
    UnmaskedAnswer,
)
from whydrift.core.report.remedy_lines import remedy_said
from whydrift.core.report.sync_lines import losing, told
from whydrift.core.report.tally import AT_RISK, UNDECIDED, cause_of, is_accepted, objects_of
from whydrift.core.report.words import plain, value
from whydrift.core.unmask.since import troubles_in

NO_XML = re.compile(r"[\ufffe\uffff]")
"""What no XML 1.0 document may hold and `plain` leaves in place."""


@dataclass(frozen=True, slots=True)
class Case:
    """One test case. `failure` and `skipped` are what speaks against it, in lines; () where nothing does."""

    name: str
    failure: tuple[str, ...] = ()
    skipped: str = ""


def junit_document(
    applications: Iterable[ApplicationAnswer], read: ReadAnswer, fail_on: frozenset[str], *, effects: bool = False
) -> Iterator[str]:
    """The report, suite by suite: the differences that `fail_on` names, or (`effects`) what a sync would do."""
    told = (
        (application, _effect_cases(application) if effects else _cases(application, fail_on))
        for application in applications
    )
    suites = ((_suite_name(application), cases) for application, cases in told)
    return junit_report(suites, tuple(f"{gap.what}: {gap.why}" for gap in read.gaps), read.at)


def junit_report(suites: Iterable[tuple[str, list[Case]]], unread: tuple[str, ...], at: str) -> Iterator[str]:
    """Any report; what was not read is a suite of its own, all skipped."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'
    gaps = [("not read", [Case(what, skipped="not read") for what in unread])] if unread else []
    for number, (name, cases) in enumerate(chain(gaps, suites)):
        yield _suite(number, name, cases, at)
    yield "</testsuites>\n"


def _suite(number: int, name: str, cases: list[Case], at: str) -> str:
    failures, skipped = sum(bool(c.failure) for c in cases), sum(bool(c.skipped and not c.failure) for c in cases)
    numbers = f'tests="{len(cases)}" failures="{failures}" errors="0" skipped="{skipped}" time="0"'
    named = f'id="{number}" package="whydrift" name="{attribute(name)}" hostname="localhost"'
    head = f'  <testsuite {named} {numbers} timestamp="{attribute(at.removesuffix("Z"))}">\n    <properties/>\n'
    body = "".join(_case(name, case) for case in cases)
    return f"{head}{body}    <system-out/>\n    <system-err/>\n  </testsuite>\n"


def _case(suite: str, case: Case) -> str:
    named = f'    <testcase classname="{attribute(suite)}" name="{attribute(case.name)}" time="0"'
    if case.failure:
        body = "\n".join(escaped(line) for line in case.failure)
        head = f'<failure type="whydrift" message="{attribute(case.failure[0])}">'
        return f"{named}>\n      {head}{body}</failure>\n    </testcase>\n"
    if case.skipped:
        return f'{named}>\n      <skipped message="{attribute(case.skipped)}"/>\n    </testcase>\n'
    return f"{named}/>\n"


def _suite_name(application: ApplicationAnswer) -> str:
    return "/".join(part for part in (application.instance, application.namespace, application.name) if part)


def _cases(application: ApplicationAnswer, fail_on: frozenset[str]) -> list[Case]:
    whole = [*_application(application, fail_on), *(_broken(trouble, fail_on) for trouble in troubles_in(application))]
    whole += _sync(application) if AT_RISK in fail_on else []
    objects = [_object(item, fail_on) for item in objects_of(application)]
    return [*whole, *objects] or [Case("nothing differs")]


def _application(application: ApplicationAnswer, fail_on: frozenset[str]) -> list[Case]:
    """The case of an application that was not read, or that Argo CD could not compare."""
    if application.not_read:
        said = f"not read: {application.not_read}"
        return [Case("the application", failure=(said,) if "not-read" in fail_on else (), skipped=said)]
    if application.agrees == "not-compared":
        said = "; ".join(application.argocd.conditions) or "Argo CD could not compare it"
        return [Case("the application", skipped=f"not compared: {said}")]
    return []


def _sync(application: ApplicationAnswer) -> list[Case]:
    """The case of a sync that would take something away."""
    lost = tuple(f"a sync {told(effect)}" for effect in losing(application))
    return [Case("a sync", lost)] if lost else []


def _object(item: ObjectAnswer, fail_on: frozenset[str]) -> Case:
    counting = [d for d in item.differences if counts(d, fail_on)]
    open_ = [u for d in item.differences if cause_of(d) == UNDECIDED for u in d.undecided]
    skipped = "; ".join(dict.fromkeys(f"undecided: {u.cause} needs {u.needs}" for u in open_))
    name = f"{item.id} in {item.namespace}" if item.namespace else item.id
    return Case(name, tuple(line for d in counting for line in (_line(d), *_fix(d))), skipped)


def _broken(trouble: UnmaskedAnswer, fail_on: frozenset[str]) -> Case:
    name = f"{trouble.object} {trouble.container} in {trouble.namespace}"
    said = f"{trouble.state}, {trouble.category}: {trouble.line or 'nothing says why'}"
    return Case(name, failure=(said,) if "broken" in fail_on else ())


def counts(d: DifferenceAnswer, fail_on: frozenset[str]) -> bool:
    """Whether a difference makes the exit code 1 (`--fail-on`)."""
    named = cause_of(d) in fail_on or (isinstance(d.side, Side) and d.side.value in fail_on)
    return named and not is_accepted(d)


def _line(d: DifferenceAnswer) -> str:
    side = f" [{d.side.value}]" if isinstance(d.side, Side) else ""
    why = f": {d.explanations[0].why}" if d.explanations else ""
    sides = f" git {value(d.target)}, live {value(d.live)}" if d.path else " the whole object"
    return f"{cause_of(d)}{side} {d.field}{sides}{why}"


def _fix(d: DifferenceAnswer) -> tuple[str, ...]:
    """What to do about a difference, in a line; () where nobody asked for it."""
    return () if isinstance(d.remedy, msgspec.UnsetType) else (f"  fix: {remedy_said(d.remedy)}",)


def _effect_cases(application: ApplicationAnswer) -> list[Case]:
    """What guard says: fails where something is lost or refused, skipped where an effect is not known."""
    sync = application.sync
    if not isinstance(sync, SyncAnswer):
        return [Case("the application", skipped=application.not_read or "nothing is known about a sync")]
    cases: dict[tuple[str, str], list[tuple[bool, bool, str]]] = {}
    for effect in sync.effects:
        unknown = effect.does is Does.UNKNOWN
        bad = (not effect.safe and not unknown) or effect.does is Does.FAIL
        said = f"{effect.does.value}: {effect.says}"
        cases.setdefault((effect.object, effect.namespace), []).append((bad, unknown and not effect.safe, said))
    told = [_effects(f"{name} in {place}" if place else name, found) for (name, place), found in cases.items()]
    return told or [Case("a sync changes nothing", skipped="" if sync.safe else sync.because)]


def _effects(name: str, found: list[tuple[bool, bool, str]]) -> Case:
    failure = tuple(said for bad, _, said in found if bad)
    return Case(name, failure, "; ".join(said for _, unknown, said in found if unknown))


def escaped(said: str) -> str:
    """Text of an XML document."""
    return NO_XML.sub("\ufffd", html.escape(plain(said), quote=False))


def attribute(said: str) -> str:
    """The value of an attribute."""
    return NO_XML.sub("\ufffd", html.escape(plain(said)))
