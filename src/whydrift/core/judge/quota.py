"""ResourceQuotas: what they hold, which pods they are about, and how much of what is asked for has room in them.

Source: k8s.io/apiserver pkg/admission/plugin/resourcequota/controller.go (CheckRequest): what a request adds, plus
`status.used`, is held against `status.hard`; scopes as in pkg/quota/v1/evaluator/core/pods.go. Where it is in doubt
whether a quota is about a pod, it is not: then nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

from whydrift.core.compare.typed.quantity import Format, Quantity, parse, spell
from whydrift.core.judge.demand import COMPUTE, TO_BE_STATED, Amounts, PodDemand
from whydrift.core.model.values import JsonObject, MaybeJson, child, is_object, items, text

NONE = Fraction(0)
Free = Mapping[str, Fraction]
"""How much is free of each resource that a quota holds."""


@dataclass(frozen=True)
class Quota:
    """One quota: what it allows and what is used of it, as its status says.

    `scopes` are its scopes as selectors; a quota that has some is about pods of these scopes only.
    """

    name: str
    hard: Mapping[str, Quantity]
    used: Amounts
    scopes: tuple[JsonObject, ...] = field(default=())

    @property
    def free(self) -> dict[str, Fraction]:
        """What is free of each resource; below zero where more is used than it allows by now."""
        return {name: hard.amount - self.used[name] for name, hard in self.hard.items() if name in self.used}


def quota_of(obj: JsonObject, raised: JsonObject | None = None) -> Quota:
    """A live ResourceQuota; `raised` is what a sync makes of it, where it does.

    Its controller takes a while to look at a new `spec.hard`: of both only the more generous one counts.
    """
    stated, used = _quantities(child(obj, "status", "hard")), _quantities(child(obj, "status", "used"))
    if raised is not None:
        then = _quantities(child(raised, "spec", "hard"))
        stated = {n: max(hard, then[n], key=lambda q: q.amount) for n, hard in stated.items() if n in then}
    return Quota(text(obj, "metadata", "name"), stated, {n: q.amount for n, q in used.items()}, _scopes(obj))


def _quantities(stated: MaybeJson) -> dict[str, Quantity]:
    read = {name: parse(value) for name, value in (stated if is_object(stated) else {}).items() if type(value) is str}
    return {name: quantity for name, quantity in read.items() if quantity is not None}


def _scopes(obj: JsonObject) -> tuple[JsonObject, ...]:
    plain = ({"scopeName": name, "operator": "Exists"} for name in items(obj, "spec", "scopes"))
    return (*plain, *(row for row in items(obj, "spec", "scopeSelector", "matchExpressions") if is_object(row)))


def covers(quota: Quota, pod: PodDemand) -> bool:
    """Whether a quota surely counts a pod."""
    return all(_matches(scope, pod) for scope in quota.scopes)


def _matches(scope: JsonObject, pod: PodDemand) -> bool:
    terminating = isinstance(child(pod.spec, "activeDeadlineSeconds"), int)
    bounded = any(f"{kind}.{name}" in pod.amounts for kind in ("requests", "limits") for name in COMPUTE)
    match text(scope, "scopeName"):
        case "Terminating":
            return terminating
        case "NotTerminating":
            return not terminating
        case "NotBestEffort":
            return bounded
        case "PriorityClass":
            return _has_priority(scope, text(pod.spec, "priorityClassName"))
        case _:
            return False


def _has_priority(scope: JsonObject, priority: str) -> bool:
    """Whether a selector takes a pod that states its priority; one that does not gets the cluster's default."""
    values = items(scope, "values")
    match text(scope, "operator"):
        case "In":
            return bool(priority) and priority in values
        case "NotIn":
            return bool(priority) and priority not in values
        case "Exists":
            return bool(priority)
        case _:
            return False


def exceeded(free: Free, asked: Amounts) -> tuple[str, ...]:
    """The resources of which less is free than one object asks for, by name."""
    return tuple(sorted(name for name, amount in asked.items() if amount > 0 and amount > free.get(name, amount)))


def refusal(quota: Quota, free: Free, asked: Amounts, lacking: Iterable[str]) -> str:
    """The API server's words for an object that has no room: `exceeded quota: small, requested: services=1, …`."""
    names = tuple(lacking)
    requested = _listed(quota, {name: asked[name] for name in names})
    used = _listed(quota, {name: quota.hard[name].amount - free[name] for name in names})
    limited = _listed(quota, {name: quota.hard[name].amount for name in names})
    return f"exceeded quota: {quota.name}, requested: {requested}, used: {used}, limited: {limited}"


def _listed(quota: Quota, amounts: Amounts) -> str:
    return ",".join(f"{name}={_spelled(amount, quota.hard[name].format)}" for name, amount in sorted(amounts.items()))


def _spelled(amount: Fraction, form: Format) -> str:
    return spell(Quantity(amount, form))


def must_state(quota: Quota, pod: PodDemand) -> str:
    """What containers of a pod have to state for a quota and do not, in the server's words; "" where they do."""
    lacking = {name: pod.unstated[name] for name in sorted(TO_BE_STATED & quota.hard.keys()) if name in pod.unstated}
    told = "; ".join(f"{name} for: {','.join(containers)}" for name, containers in lacking.items())
    return f"must specify {told}" if told else ""


def have_room(free: Free, each: Amounts, wanted: int) -> tuple[int, tuple[str, ...]]:
    """How many of so many pods have room, and the resources that keep the others out."""
    fit = {name: max(floor(free[name] / amount), 0) for name, amount in each.items() if amount > 0 and name in free}
    number = min([wanted, *fit.values()])
    return number, tuple(sorted(name for name, fits in fit.items() if fits == number < wanted))


def less(free: Free, taken: Amounts) -> dict[str, Fraction]:
    """What stays free once something is taken."""
    return {name: amount - taken.get(name, NONE) for name, amount in free.items()}


def more(free: Free, given: Amounts) -> dict[str, Fraction]:
    """What is free once something is given back."""
    return {name: amount + given.get(name, NONE) for name, amount in free.items()}


def times(amounts: Amounts, number: int) -> dict[str, Fraction]:
    """So many times these amounts."""
    return {name: amount * number for name, amount in amounts.items()}
