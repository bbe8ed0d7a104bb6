"""The audit of ignore rules as a page, for code scanning and for CI servers."""

from __future__ import annotations

from collections.abc import Iterator

from whydrift.core.model.audit import FAULTS, Fault, FaultAnswer, HiddenAnswer, IgnoresAnswer, PartAnswer
from whydrift.core.report.html import LONGEST, definitions, unread
from whydrift.core.report.html_page import code, folded, mark, note, page, safe, table
from whydrift.core.report.ignores_text import ALARMING, owner, rule_lines
from whydrift.core.report.junit import Case, junit_report
from whydrift.core.report.sarif import Result, Rule, sarif_log
from whydrift.core.report.words import count, plain, value

MEANS: dict[Fault, str] = {
    "hides-change": "An ignore rule hides a change that a person, a pipeline or git made.",
    "blocks-release": "An ignore rule that syncs respect keeps what git says from arriving.",
    "does-not-compile": "A jq program of a rule does not compile: Argo CD compares nothing of the application.",
    "matches-nothing": "A rule takes nothing out of any object: it is without effect.",
    "too-wide": "A narrower rule hides exactly what this one hides today.",
    "shadowed": "Another rule takes out all that this one does.",
    "expired": "The rule was meant to be gone by now.",
}


def ignores_html(answer: IgnoresAnswer) -> Iterator[str]:
    """The audit as one page."""
    return page("whydrift: ignore rules", _body(answer))


def _body(answer: IgnoresAnswer) -> Iterator[str]:
    numbers = answer.summary
    yield "<header><h1>What the ignore rules hide</h1>\n"
    yield f"<p>{count(numbers.parts, 'part')} of rules in {count(numbers.applications, 'application')}"
    yield f" · {count(numbers.hidden, 'field')} hidden now</p>\n"
    yield f'<p class="quiet small">read from {code(answer.read.source)} at {safe(answer.read.at)}</p></header>\n'
    yield unread(answer.read)
    rows = [(mark(name, _kind(name)), safe(MEANS[name]), str(number)) for name, number in _counted(answer)]
    columns = (("what is wrong", ""), ("which means", ""), ("parts", "number"))
    yield table(columns, rows) if rows else note((), "Nothing is wrong with any rule.", "good")
    yield "<main>\n"
    yield from (_section(part) for part in answer.rules)
    yield "</main>\n"
    if answer.not_proven:
        lines = [f"{gap.what}: {gap.why}" for gap in answer.not_proven]
        yield note(lines, "Not compared again: what rules hide there is read off both sides")


def _counted(answer: IgnoresAnswer) -> list[tuple[Fault, int]]:
    return [(name, answer.summary.faults[name]) for name in FAULTS if name in answer.summary.faults]


def _kind(name: Fault) -> str:
    return "bad" if name in ALARMING else "warn"


def _section(part: PartAnswer) -> str:
    marks = "".join(mark(fault.fault, _kind(fault.fault)) for fault in part.faults) or mark("fine", "good")
    head = f"<h3>{safe(owner(part))}</h3> {code(part.part)} {marks}"
    rule = part.rule
    rows = [
        ("kind", code(f"{rule.group}/{rule.kind}" if rule.group else rule.kind)),
        ("name", code(rule.name) if rule.name else ""),
        ("is for", safe(count(part.objects, "object"))),
        ("takes out", safe(count(part.covers, "place"))),
    ]
    body = definitions(rows) + "".join(map(_fault, part.faults)) + "".join(map(_hidden, part.hides))
    return f"<section>{folded(head, body, opened=bool(part.faults))}</section>\n"


def _fault(fault: FaultAnswer) -> str:
    rules = "".join(f"<pre>{safe_lines(rule_lines(rule))}</pre>" for rule in fault.instead)
    better = f"<p>{'instead' if fault.fault == 'too-wide' else 'probably meant'}:</p>{rules}" if rules else ""
    return note([fault.says], fault.fault, "bad" if fault.fault in ALARMING else "") + better


def safe_lines(lines: list[str]) -> str:
    """Lines of a preformatted block."""
    return "\n".join(map(safe, lines))


def _hidden(hidden: HiddenAnswer) -> str:
    where = f"{hidden.application}: {hidden.object}"
    kind = "" if hidden.verdict == "controller" else "bad"
    head = f"<p>{code(where)} {code(hidden.field or 'as a whole')} {mark(hidden.verdict, kind)}</p>"
    sides = (
        '<div class="sides">'
        f'<div><b>git</b><span class="value">{safe(value(hidden.target, LONGEST))}</span></div>'
        f'<div><b>live</b><span class="value">{safe(value(hidden.live, LONGEST))}</span></div></div>'
    )
    unproven = "" if hidden.proven else '<p class="quiet small">read off both sides, not compared again</p>'
    return f'<div class="field">{head}{sides if hidden.path else ""}<p>{safe(hidden.says)}</p>{unproven}</div>\n'


def ignores_sarif(answer: IgnoresAnswer) -> Iterator[str]:
    """One result a fault."""
    rules = [Rule(f"ignore-rule-{name}", MEANS[name], MEANS[name]) for name in FAULTS]
    results = (_result(part, fault) for part in answer.rules for fault in part.faults)
    return sarif_log(rules, results, answer.read.gaps, answer.read.complete)


def _result(part: PartAnswer, fault: FaultAnswer) -> Result:
    named = "/".join(step for step in (part.instance, part.app_namespace, part.application) if step) or "argocd-cm"
    instead = "; ".join(" ".join(rule_lines(rule)) for rule in fault.instead)
    better = f" Better: {instead}" if instead else ""
    return Result(
        rule=f"ignore-rule-{fault.fault}",
        level="error" if fault.fault in ALARMING else "warning",
        message=f"{owner(part)} {part.part}: {fault.says}.{better}",
        uri=f"applications/{named}",
        logical=f"{named}/{part.origin}",
        kind="member",
        identity=(named, part.origin, part.form, part.part, fault.fault),
        properties={"part": plain(part.part), "hides": len(part.hides)},
    )


def ignores_junit(answer: IgnoresAnswer, fail_on: frozenset[str]) -> Iterator[str]:
    """An application (or the settings) is a suite, a part of a rule a case."""
    suites: dict[str, list[Case]] = {}
    for part in answer.rules:
        named = "/".join(step for step in (part.instance, part.app_namespace, part.application) if step) or "argocd-cm"
        failure = tuple(f"{fault.fault}: {fault.says}" for fault in part.faults if fault.fault in fail_on)
        skipped = "" if part.judged else "not all that it is for was looked at"
        suites.setdefault(named, []).append(Case(f"{part.origin} {part.part}", failure, skipped))
    return junit_report(suites.items(), tuple(f"{gap.what}: {gap.why}" for gap in answer.read.gaps), answer.read.at)
