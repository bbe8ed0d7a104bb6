"""`whydrift ignores`: each part of each rule with what is wrong with it; for terminals, pull requests and programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from whydrift.core.model.audit import FAULTS, FaultAnswer, HiddenAnswer, IgnoresAnswer, PartAnswer, RuleAnswer
from whydrift.core.report.tables import MARKDOWN_LIMIT
from whydrift.core.report.words import Ink, cell, code, count, markdown, plain, shortened, value

MARKER = "<!-- whydrift: ignores -->"
COLUMNS = ("app", "origin", "group", "kind", "name", "part", "objects", "covers", "hides", "faults", "instead")
ALARMING = frozenset({"hides-change", "blocks-release", "does-not-compile"})
TOLD = 5
"""Hidden places of one part that are shown; the others are counted."""


def ignores_text(answer: IgnoresAnswer, ink: Ink, width: int = 110) -> str:
    """The audit for a terminal: what was not read, the faulty parts with better rules, then the others in a line."""
    lines = [_headline(answer), *_unread(answer, ink)]
    for alike in _alike(part for part in answer.rules if part.faults):
        lines += ["", *(_part(alike[0], ink, width) if len(alike) == 1 else _several(alike, ink, width))]
    sound = [part for part in answer.rules if not part.faults]
    if sound:
        lines += ["", ink.strong("NOTHING WRONG WITH"), *(f"  {_line(part, width)}" for part in sound)]
    return "\n".join(lines) + "\n"


def _headline(answer: IgnoresAnswer) -> str:
    numbers = answer.summary
    whole = "Read completely." if answer.read.complete else "NOT read completely."
    if not answer.rules:
        return f"{count(numbers.applications, 'application')}, no ignore rule anywhere.  {whole}"
    said = [f"{number} {name}" for name, number in numbers.faults.items()] or ["nothing wrong with any"]
    parts = f"{count(numbers.parts, 'part')} of ignore rules in {count(numbers.applications, 'application')}"
    return f"{parts}: {', '.join(said)}.  {count(numbers.hidden, 'field')} hidden now.  {whole}"


def _unread(answer: IgnoresAnswer, ink: Ink) -> list[str]:
    gaps = [f"  {plain(gap.what)}: {plain(gap.why)}" for gap in answer.read.gaps]
    lines = ["", ink.alarm("NOT READ"), *gaps] if gaps else []
    if answer.not_proven:
        shown = [f"  {plain(gap.what)}: {plain(gap.why)}" for gap in answer.not_proven[:TOLD]]
        more = [f"  … {len(answer.not_proven) - TOLD} more: -o json"] if len(answer.not_proven) > TOLD else []
        heading = "NOT COMPARED AGAIN (what rules hide there is read off both sides, and no narrower rule is offered)"
        lines += ["", ink.strong(heading), *shown, *more]
    return lines


def _part(part: PartAnswer, ink: Ink, width: int) -> list[str]:
    mark = ink.alarm if any(fault.fault in ALARMING for fault in part.faults) else ink.strong
    lines = [f"{mark(plain(owner(part)))}  {plain(part.part)}", f"  {ink.quiet(_where(part))}"]
    for fault in part.faults:
        lines.append(f"  {mark(fault.fault)}: {plain(fault.says)}")
        lines += [f"      {row}" for rule in fault.instead for row in _instead(fault, rule)]
    told = sorted(part.hides, key=lambda hidden: hidden.verdict == "controller")
    lines += [f"  hides {line}" for hidden in told[:TOLD] for line in [shortened(_hidden(hidden), width - 8)]]
    return lines + ([f"  … {len(told) - TOLD} more: -o json"] if len(told) > TOLD else [])


def _alike(parts: Iterable[PartAnswer]) -> list[list[PartAnswer]]:
    """Parts that say the same in many applications and of which nothing else is to be told stand together."""
    groups: dict[tuple[object, ...], list[PartAnswer]] = {}
    for number, part in enumerate(parts):
        plainly = not part.hides and not any(fault.instead for fault in part.faults)
        groups.setdefault((part.rule, part.faults) if plainly else (number,), []).append(part)
    return list(groups.values())


def _several(parts: Sequence[PartAnswer], ink: Ink, width: int) -> list[str]:
    """One fault of one rule that many applications carry."""
    first = parts[0]
    names = ", ".join(dict.fromkeys(part.application for part in parts))
    lines = [f"{ink.strong(count(len(parts), 'application'))}  {plain(first.part)}"]
    lines += [f"  {ink.quiet(f'for {_kind_of(first.rule)}')}"]
    lines += [f"  {ink.strong(fault.fault)}: {plain(fault.says)}" for fault in first.faults]
    return [*lines, f"  {shortened(f'in {names}', width - 2)}"]


def _kind_of(rule: RuleAnswer) -> str:
    kind = f"{rule.group}/{rule.kind}" if rule.group else rule.kind
    name = f" {rule.namespace + '/' if rule.namespace else ''}{rule.name}" if rule.name else ""
    return plain(kind + name)


def owner(part: PartAnswer) -> str:
    """Whose rule it is: an application's, or one of the settings."""
    named = "/".join(step for step in (part.instance, part.application) if step)
    return f"{named} {part.origin}" if part.application else f"{named + ' ' if named else ''}argocd-cm {part.origin}"


def _where(part: PartAnswer) -> str:
    unjudged = "" if part.judged else "; not all that it is for was looked at"
    numbers = f"{count(part.objects, 'object')}, takes {count(part.covers, 'place')} out"
    return f"for {_kind_of(part.rule)}: {numbers}{unjudged}"


def _instead(fault: FaultAnswer, rule: RuleAnswer) -> list[str]:
    """The better rule as it is to be written."""
    head = "instead:" if fault.fault == "too-wide" else "probably meant:"
    return [head, *(f"  {line}" for line in rule_lines(rule))]


def rule_lines(rule: RuleAnswer) -> list[str]:
    """A rule as YAML; names that come from outside are quoted where YAML would read them otherwise."""
    lines = [f"- group: {_yaml(rule.group)}", f"  kind: {_yaml(rule.kind)}"]
    lines += [f"  {key}: {_yaml(said)}" for key, said in (("name", rule.name), ("namespace", rule.namespace)) if said]
    listed = (
        ("jsonPointers", rule.json_pointers),
        ("jqPathExpressions", rule.jq_path_expressions),
        ("managedFieldsManagers", rule.managed_fields_managers),
    )
    for key, rows in listed:
        lines += [f"  {key}:", *(f"  - {_yaml(row)}" for row in rows)] if rows else []
    return lines


def _yaml(said: str) -> str:
    bare = bool(said) and said[0].isalpha() and all(c.isalnum() or c in "-./_" for c in said) and said.isascii()
    return said if bare and said.lower() not in _WORDS else msgspec.json.encode(plain(said)).decode()


_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def _hidden(hidden: HiddenAnswer) -> str:
    _, kind, name = hidden.object.split("/", 2)
    sides = f" (git {value(hidden.target, 40)}, live {value(hidden.live, 40)})" if hidden.path else ""
    verdict = {"change": "CHANGE ", "release": "RELEASE ", "controller": ""}[hidden.verdict]
    unproven = "" if hidden.proven else " [read off both sides]"
    return f"{verdict}{kind}/{name} {hidden.field or 'as a whole'}{sides}{unproven}: {hidden.says}"


def _line(part: PartAnswer, width: int) -> str:
    does = f"hides {count(len(part.hides), 'field')}" if part.hides else f"hides nothing today, covers {part.covers}"
    if not part.judged and not part.covers:
        does = "not judged: not all that it is for was looked at"
    return f"{shortened(f'{owner(part)}  {part.part}', max(width - 40, 40))}   {does}"


def ignores_tsv(answer: IgnoresAnswer) -> str:
    """One line a part."""
    rows = ["\t".join(COLUMNS), *("\t".join(map(cell, _row(part))) for part in answer.rules)]
    return "\n".join(rows) + "\n"


def _row(part: PartAnswer) -> tuple[str, ...]:
    instead = "; ".join(" ".join(rule_lines(rule)) for fault in part.faults for rule in fault.instead)
    rule = part.rule
    numbers = (str(part.objects), str(part.covers), str(len(part.hides)))
    named = (part.application, part.origin, rule.group, rule.kind, rule.name, part.part)
    return (*named, *numbers, ",".join(fault.fault for fault in part.faults), instead)


def ignores_markdown(answer: IgnoresAnswer) -> str:
    """A pull request comment; what does not fit is counted, never cut in the middle."""
    parts = [MARKER, f"### whydrift ignores: {markdown(_headline(answer))}", ""]
    parts += [f"- **not read:** {markdown(f'{gap.what}: {gap.why}')}" for gap in answer.read.gaps[:20]]
    length, left = sum(map(len, parts)), 0
    for part in (part for part in answer.rules if part.faults):
        section = "\n".join(_section(part))
        if length + len(section) > MARKDOWN_LIMIT:
            left += 1
            continue
        parts.append(section)
        length += len(section) + 1
    if left:
        parts.append(f"… {count(left, 'more part')}: `whydrift ignores -o tsv`")
    return "\n".join(parts) + "\n"


def _section(part: PartAnswer) -> Iterator[str]:
    yield f"#### {markdown(owner(part))}: {code(part.part)}"
    yield ""
    for fault in part.faults:
        yield f"- **{fault.fault}**: {markdown(fault.says)}"
        for rule in fault.instead:
            yield from ("", "  ```yaml", *(f"  {plain(line)}" for line in rule_lines(rule)), "  ```", "")
    yield from (f"- hides {markdown(_hidden(hidden))}" for hidden in part.hides[:TOLD])
    yield ""


def found_faults(parts: Sequence[PartAnswer]) -> frozenset[str]:
    """Every fault that `--fail-on` can name and that was found."""
    return frozenset(fault.fault for part in parts for fault in part.faults)


def ignores_exit_code(answer: IgnoresAnswer, fail_on: frozenset[str]) -> int:
    """1 where a fault was found that counts, 3 where objects were not read, else 0."""
    if found_faults(answer.rules) & fail_on:
        return 1
    return 0 if answer.read.complete else 3


FAIL_ON = tuple(
    fault for fault in FAULTS if fault in {"hides-change", "blocks-release", "does-not-compile", "matches-nothing"}
)
"""What makes the exit code 1 unless the user says otherwise."""
