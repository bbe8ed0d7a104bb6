"""A mend → a step of a plan: never called safe, since only the pods can show that they start without it."""

from __future__ import annotations

from collections.abc import Sequence

from whydrift.core.model.plan import ProofStep, Step
from whydrift.core.model.remedy import RemedyKind, Safety
from whydrift.core.model.trouble import Trouble
from whydrift.core.remedy import commands
from whydrift.core.remedy.commits import committed
from whydrift.core.remedy.mending import Mend
from whydrift.core.remedy.object_refs import object_ref
from whydrift.core.remedy.text.diff import unified

NOT_TRIED = "it was not tried: nothing could render it"
LONGEST = 240
"""Letters of the line that says why."""


def mend_step(number: str, mend: Mend, before: Sequence[Step]) -> Step:
    """The step: a commit where an edit was found that shows no secret, else a question with the place to look at."""
    trouble, edit = mend.trouble, mend.edit
    shown = edit is not None and bool(unified(edit))
    step = Step(
        id=number,
        kind="commit" if shown else "ask",
        remedy=RemedyKind.GIT_DROP if shown else RemedyKind.ASK,
        title=_title(mend, shown),
        why=_why(mend, shown),
        causes=(trouble.category.value,),
        applications=(mend.named,),
        safety=Safety.UNSAFE if shown else Safety.MANUAL,
        proof=_proof(mend) if shown else ProofStep(),
        objects=(object_ref(mend.item),) if mend.item is not None else (),
        where=trouble.origin.source,
        after=tuple(each.id for each in before if edit is not None and each.repo == edit.repo and shown),
        commands=(commands.explain_command(mend.application),),
    )
    return committed(step, [edit], mend.application, before) if edit is not None and shown else step


def _title(mend: Mend, shown: bool) -> str:
    key = mend.trouble.key
    if shown and mend.dropped is not None:
        what = mend.dropped.names[0] if mend.dropped.names else mend.dropped.quoted
        return f"drop {what}, which keeps {key.kind}/{key.name} of {mend.named} from starting"
    return f"mend {key.kind}/{key.name} of {mend.named}: {_state(mend.trouble)}"


def _state(trouble: Trouble) -> str:
    restarts = f", {trouble.restarts} restarts" if trouble.restarts else ""
    return f"{trouble.state}{restarts}"


def _why(mend: Mend, shown: bool) -> str:
    """What the pods say; of an edit also who else names what goes."""
    line = " ".join(mend.trouble.why.line.split())
    cut = line if len(line) <= LONGEST else f"{line[: LONGEST // 2]} … {line[-LONGEST // 2 :]}"
    said = cut or f"{mend.trouble.reason or mend.trouble.state}, and nothing says why"
    if not shown:
        return said
    names = mend.dropped.names if mend.dropped is not None else ()
    used = f"it is used by {'; '.join(mend.users)}" if mend.users else f"nothing that was read names {', '.join(names)}"
    return f"{said}; {used if names or mend.users else 'it has no name by which others could use it'}"


def _proof(mend: Mend) -> ProofStep:
    proof = mend.proof
    if proof is None:
        return ProofStep(why_not=NOT_TRIED)
    return ProofStep(closes=proof.closes, wider=proof.wider, why_not=proof.why_not)
