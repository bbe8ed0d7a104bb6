"""Manual operations: what nothing declarative can do, as a YAML block that a registry of runbooks takes.

Every scalar is a JSON string, which is YAML too: whatever a name holds, it stays one scalar.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from whydrift.core.model.plan import ObjectRef, Plan, Step
from whydrift.core.report.words import plain

SCHEMA = "whydrift.manual-operation/1"
OUT_OF_BAND = "out-of-band"
NO_WAY_BACK = "there is none: what is taken away has to be made again by its owner"


def is_manual(step: Step) -> bool:
    """Whether a step is, or may be, done by hand beside git and Argo CD."""
    offered = step.kind == "ask" and any(other.startswith(f"{OUT_OF_BAND}: ") for other in step.instead)
    return step.kind == "manual" or (offered and bool(step.rollback))


def manual_operation(step: Step, plan: Plan) -> list[str]:
    """The lines of the block: id, what, why, preconditions, commands, verification, rollback, owner."""
    return [
        f"schema: {_scalar(SCHEMA)}",
        f"id: {_scalar(_id(step))}",
        f"what: {_scalar(step.title)}",
        f"why: {_scalar(step.why)}",
        *_list("applications", step.applications),
        *_list("objects", (_named(item) for item in step.objects)),
        *_list("preconditions", _preconditions(step, plan)),
        *_list("commands", step.commands),
        *_list("verification", _verification(step)),
        *_list("rollback", step.rollback or (NO_WAY_BACK,)),
        f"owner: {_scalar('whoever answers for ' + ', '.join(step.applications))}",
    ]


def _id(step: Step) -> str:
    """The same from plan to plan: the cause, and what it is about."""
    about = step.objects[0].id if step.objects else ""
    more = f" and {len(step.objects) - 1} more" if len(step.objects) > 1 else ""
    words = " ".join((*step.causes[:1], *step.applications[:1], about)) + more
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def _named(item: ObjectRef) -> str:
    return f"{item.id} in {item.namespace}" if item.namespace else item.id


def _preconditions(step: Step, plan: Plan) -> Iterator[str]:
    yield f"somebody who may decide it has agreed: {', '.join(step.applications)}"
    yield f"nothing changed since {plan.at}: `whydrift plan` still says the same"
    for item in step.objects:
        if item.resource_version:
            yield f"{_named(item)} is still at resourceVersion {item.resource_version}"
    yield from (f"step {each} is done" for each in step.after)


def _verification(step: Step) -> Iterator[str]:
    yield "whydrift verify plan.json"
    yield from (f"whydrift explain {name} names no difference of these objects any more" for name in step.applications)


def _list(name: str, values: Iterator[str] | tuple[str, ...]) -> list[str]:
    lines = [f"- {_scalar(value)}" for value in values]
    return [f"{name}:", *lines] if lines else [f"{name}: []"]


def _scalar(text: str) -> str:
    return json.dumps(plain(text), ensure_ascii=False)
