"""`whydrift plan`: the steps on a terminal and as a pull request comment; RUNBOOK.md with the exact commands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from whydrift.core.model.plan import FieldRef, Plan, Step
from whydrift.core.model.remedy import Safety
from whydrift.core.prove.edits import AFTER_SYNC
from whydrift.core.remedy.carried import carried
from whydrift.core.remedy.commands import line
from whydrift.core.report.manual_operation import is_manual, manual_operation
from whydrift.core.report.words import Ink, code, count, fence, markdown, plain, value, wrapped

LONGEST = 65_536
"""Characters that GitHub and GitLab take in a comment at least."""
MOST_LEFT = 20
MOST_SIDES = 2
MOST_NOT_READ = 5
INDENT = " " * 14
NOTHING_TO_PROVE = "nothing to prove: "
WORDS = {
    "commit": "commit", "application": "patch", "annotate": "annotate", "sync": "sync", "refresh": "refresh",
    "delete": "delete", "manual": "by hand", "ask": "ask",
}  # fmt: skip


def plan_text(
    plan: Plan, written: tuple[str, ...], ink: Ink, width: int = 110, *, recorded: bool = False, causes: str = ""
) -> str:
    """The plan for a terminal: each step with its proof, then what is left, and what to do next.

    `written` names the files; what was `recorded` cannot be changed from here. `causes` are the only ones planned for.
    """
    nothing = f"Nothing to do for {causes}: it explains no difference that has a remedy."
    lines = [ink.strong(nothing if causes and not plan.steps else _summary(plan)), *_first_not_read(plan)]
    if plan.steps:
        lines.append("")
    for step in plan.steps:
        lines += wrapped(step.title, width, f"{step.id:>3}  {WORDS[step.kind]:<9}")
        for detail in _details(step):
            lines += wrapped(detail, width, INDENT)
    lines += _left(plan, width)
    if written:
        lines += ["", *(f"Wrote {name}" for name in written)]
    if written and plan.steps:
        lines += wrapped(_next(plan, written, recorded), width, "Next: ")
    return "\n".join(lines) + "\n"


def _next(plan: Plan, written: tuple[str, ...], recorded: bool) -> str:
    """What the tool can carry out now, else what it can where somebody names it, else the runbook."""
    may = carried(plan)
    looked = [step.id for step in plan.steps if step.id in may.left and f"--only {step.id} " in may.left[step.id]]
    if recorded:
        return f"{written[-1]}, or `whydrift plan` where the servers are: a recording cannot be changed"
    apply = line("whydrift", "apply", written[0])
    if may.steps:
        steps = [step.id for step in may.steps]
        return f"{apply}   shows, asks, and carries out {'step' if len(steps) == 1 else 'steps'} {', '.join(steps)}"
    if looked:
        return f"{apply} --only {looked[0]}   after a look: it is not safe without one"
    return f"{written[-1]}   nothing here can be carried out without you"


def _summary(plan: Plan) -> str:
    steps, fields = len(plan.steps), sum(len(step.fields) for step in plan.steps)
    named = {name for step in plan.steps for name in step.applications}
    if not plan.steps:
        accepted = all(row.accepted for row in plan.left)
        why = "all that differs is accepted" if accepted else "no difference has a remedy"
        return f"Nothing to do: {why if plan.left else 'nothing differs'}."
    return f"{count(steps, 'step')} for {count(fields, 'field')} in {count(len(named), 'application')}"


def _first_not_read(plan: Plan) -> list[str]:
    """What was not read stands first, and does not push the first step off the screen."""
    lines = list(_not_read(plan))
    more = len(lines) - MOST_NOT_READ
    return (
        lines if more <= 1 else [*lines[:MOST_NOT_READ], f"not read: {more} more, listed in the runbook and by -o json"]
    )


def _not_read(plan: Plan) -> Iterator[str]:
    for gap in plan.gaps:
        needs = f" (needs {plain(gap.needs)})" if gap.needs else ""
        yield f"not read: {plain(gap.what)}: {plain(gap.why)}{needs}"


def _details(step: Step) -> Iterator[str]:
    about = f"{', '.join(step.causes)}"
    where = ", ".join(f"{plain(edit.file)}:{edit.line}" for edit in step.edits[:3]) or plain(step.where)
    more = f" … {len(step.edits) - 3} more files" if len(step.edits) > 3 else ""
    yield f"{about}   {where}{more}" if where else about
    yield from _sides(step)
    if step.kind == "delete" and any(item.id.startswith("/Secret/") for item in step.objects):
        yield "needs --dump-secrets: its dump holds what a Secret holds"
    proof, warned = proof_line(step), step.safety is not Safety.SAFE
    unproven = proof == f"{NOTHING_TO_PROVE}{plain(step.why)}"
    if unproven and step.kind == "ask":
        yield plain(step.why)
    elif not (unproven and warned):
        yield proof
    if warned and not (unproven and step.kind == "ask"):
        yield f"{step.safety.value}: {plain(step.why)}"


def _sides(step: Step) -> Iterator[str]:
    """What both sides say, of a step about a field or two; and who wrote what the cluster holds."""
    told = [field for field in step.fields if (field.target, field.live) != (msgspec.UNSET, msgspec.UNSET)]
    objects = {(field.application, field.object, field.namespace) for field in told}
    for field in told if len(told) <= MOST_SIDES else ():
        place = f"{field.object.partition('/')[2]} " if len(objects) > 1 else ""
        name = f"{place}{field.path}: " if len(told) > 1 else ""
        since = f" at {field.since}" if field.since else ""
        by = f"   {field.by} wrote it{since}" if field.by else ""
        yield f"{name}git {value(field.target)}, live {value(field.live)}{by}"


def proof_line(step: Step) -> str:
    """What the proof says, in a line."""
    proof = step.proof
    if proof.why_not:
        return f"not proven: {plain(proof.why_not)}"
    if not (proof.closes or proof.leaves or proof.hides):
        return NOTHING_TO_PROVE + plain(step.why)
    leaves, hides = f"leaves {len(proof.leaves)}", f"hides {len(proof.hides) or 'nothing'}"
    later = sum(line.endswith(AFTER_SYNC) for line in proof.closes)
    synced = "" if not later else AFTER_SYNC if later == len(proof.closes) else f" ({later} after a sync)"
    said = (
        f"proven: closes {len(proof.closes)}{synced}, {leaves}{_example(proof.leaves)}, {hides}{_example(proof.hides)}"
    )
    return said + (f"; also changes {len(proof.wider)} more: {plain(proof.wider[0])}" if proof.wider else "")


def _example(lines: Sequence[str]) -> str:
    """The first of several, and that there are more."""
    return f" ({plain(lines[0])}{', …' if len(lines) > 1 else ''})" if lines else ""


def _left(plan: Plan, width: int) -> Iterator[str]:
    if not plan.left:
        return
    yield ""
    yield "WITHOUT A STEP"
    for row in plan.left[:MOST_LEFT]:
        yield from wrapped(f"{row.application}  {row.object} {row.path}   {row.why}", width, "  ")
    if len(plan.left) > MOST_LEFT:
        yield f"  … {len(plan.left) - MOST_LEFT} more: whydrift plan -o json"


def plan_markdown(plan: Plan) -> str:
    """The plan as a comment: a table of steps, then the diffs as far as they fit."""
    lines = [f"### whydrift plan: {markdown(_summary(plan))}", ""]
    lines += [f"> {markdown(line)}" for line in _not_read(plan)]
    lines += ["| # | step | why | proof |", "|--:|---|---|---|"]
    for step in plan.steps:
        cells = (f"{WORDS[step.kind]}: {step.title}", ", ".join(step.causes), proof_line(step))
        lines.append(f"| {step.id} | " + " | ".join(markdown(cell).replace("\n", " ") for cell in cells) + " |")
    counted = Counter(row.why for row in plan.left)
    lines += ["", *(f"- without a step: {count(n, 'field')}: {markdown(why)}" for why, n in counted.most_common(10))]
    text = "\n".join(lines) + "\n"
    for step in plan.steps:
        part = _diffs(step)
        if len(text) + len(part) > LONGEST - 100:
            return text[: LONGEST - 100] + "\n… the rest is in patches/\n"
        text += part
    return text


def _diffs(step: Step) -> str:
    if not step.edits:
        return ""
    diff = "".join(edit.diff for edit in step.edits)
    ticks = fence(diff)
    safety = "" if step.safety is Safety.SAFE else f"{step.safety.value}: "
    others = "".join(f"- or: {markdown(other)}\n" for other in step.instead)
    about = f"{safety}{markdown(step.why)}\n\n{others}\n"
    return f"\n<details><summary>step {step.id}</summary>\n\n{about}{ticks}diff\n{diff}{ticks}\n\n</details>\n"


def runbook(plan: Plan) -> str:
    """RUNBOOK.md: every step with its reason, its proof, the commands that a person would run, and the way back."""
    lines = [
        "# Runbook",
        "",
        f"Made by {plan.by} from {code(plan.source)} at {plan.at}: {markdown(_summary(plan))}.",
        "",
    ]
    lines += ["`whydrift apply plan.json` carries these steps out; the commands do the same by hand.", ""]
    lines += [f"- {markdown(line)}" for line in _not_read(plan)]
    for step in plan.steps:
        lines += _step(step, plan)
    if plan.left:
        lines += ["## Without a step", ""]
        lines += [f"- {code(r.application)} {code(r.object)} {code(r.path)}: {markdown(r.why)}" for r in plan.left]
    return "\n".join(lines).rstrip("\n") + "\n"


def _step(step: Step, plan: Plan) -> Iterator[str]:
    yield f"## {step.id}. {markdown(step.title)}"
    yield ""
    yield markdown(step.why)
    yield ""
    yield f"- cause: {', '.join(map(code, step.causes))} · safety: {step.safety.value} · {markdown(proof_line(step))}"
    if step.after:
        yield f"- after step {', '.join(step.after)}"
    if step.where or step.edits:
        yield "- where: " + (", ".join(code(f"{e.file}:{e.line}") for e in step.edits) or code(step.where))
    yield from (f"- also changes {markdown(other)}" for other in step.proof.wider)
    yield from (f"- hides {markdown(change)}" for change in step.proof.hides)
    yield from (f"- or: {markdown(other)}" for other in step.instead)
    yield from (f"- {code(f'{f.object} {f.path}'.rstrip())}: {markdown(f.why)}" for f in _told_apart(step))
    yield ""
    yield from _fenced("sh", step.commands)
    if step.rollback:
        yield "Back:"
        yield ""
        yield from _fenced("sh", step.rollback)
    if is_manual(step):
        yield "As a manual operation for a registry of runbooks:"
        yield ""
        yield from _fenced("yaml", manual_operation(step, plan))


def _told_apart(step: Step) -> tuple[FieldRef, ...]:
    """The fields of a step that somebody has to look at, each for a reason of its own: who still uses it, say."""
    return tuple(field for field in step.fields if field.why and step.kind in ("ask", "delete", "manual"))


def _fenced(language: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        ticks = fence("\n".join(lines))
        yield f"{ticks}{language}"
        yield from (plain(line) for line in lines)
        yield ticks
        yield ""
