"""What Argo CD sent and what the API server stored: whether a value changed inside Argo CD's own request.

What a webhook changes has no writer of its own: it belongs to nobody, or to the manager of the request
(reference/measured.md 53).
"""

from __future__ import annotations

from whydrift.core.compare.typed.quantity import parse_quantity
from whydrift.core.compare.typed.scalars import duration_nanoseconds
from whydrift.core.explain.admission import mutators_of
from whydrift.core.explain.base import FROM_LAST_APPLIED
from whydrift.core.explain.filled_in import may_be_default
from whydrift.core.explain.injectors import injector_of, is_injected
from whydrift.core.explain.since_sync import holds
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.writers import argocd_alone, is_argocd
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.fact_kinds import WEBHOOKS
from whydrift.core.model.managers import Entry
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import Path, for_people
from whydrift.core.model.snapshot import ObjectSnapshot, of_kind, once
from whydrift.core.model.values import ABSENT, MaybeJson, child, is_empty, is_object, items, same, text

COMPLETED_BY_SERVER = "volumeClaimTemplates"
"""Objects inside objects, which the server completes with a kind, a version and a status."""


def only_in_request(subject: Subject, difference: Difference) -> bool:
    """Whether live holds a value here that no other writer owns and that is not what the last sync sent.

    Empty values say so only where the server adds none by itself: in a custom resource that git leaves them out of.
    """
    added = difference.kind is Kind.EXTRA and subject.custom
    if difference.live is ABSENT or (is_empty(difference.live) and not added):
        return False
    if not all(is_argocd(subject, entry) for entry in _writers_within(subject, difference)):
        return False
    if COMPLETED_BY_SERVER in difference.path or not subject.object.managers.entries:
        return False
    if subject.base is None:
        return difference.kind is Kind.EXTRA
    base = subject.base_at(difference)
    return not _one_value(base, difference.live) and (is_empty(base) or not holds(difference.live, base, typed=True))


def unlike_sent(subject: Subject, difference: Difference) -> bool:
    """Whether Argo CD's own last-applied annotation states another value, and Argo CD's own entry owns the stored one.

    Then the value changed between Argo CD and the store; a default never replaces a value that is stated.
    """
    if subject.base is None or subject.base.says != FROM_LAST_APPLIED or subject.key.kind == "Application":
        return False
    base = subject.base_at(difference)
    return base is not ABSENT and not is_empty(base) and argocd_alone(subject, difference)


def sent_otherwise(subject: Subject, difference: Difference) -> bool:
    """Whether Argo CD sent something else than what is stored, and no default explains that.

    What Argo CD sends and nobody changes stays its own: an addition without any owner was never sent.
    """
    if may_be_default(subject, difference):
        return False
    if difference.kind is Kind.EXTRA and not _writers_within(subject, difference):
        return True
    if subject.base is None:
        return False
    if subject.base.says == FROM_LAST_APPLIED or _renders_alike(subject):
        return True
    return difference.kind is Kind.EXTRA and not any(isinstance(step, int) for step in difference.path[-1:])


def _writers_within(subject: Subject, difference: Difference) -> tuple[Entry, ...]:
    """The entries that own this place of live or anything below it."""
    live = subject.object.live
    return subject.object.managers.owners_within(difference.live_path, live) if is_object(live) else ()


def _renders_alike(subject: Subject) -> bool:
    """Whether every render of one revision is the same, so that the rendered base is what was sent."""
    status = child(subject.application.raw, "status")
    kinds = {text(status, "sourceType"), *(str(kind) for kind in items(status, "sourceTypes"))} - {""}
    return bool(kinds) and kinds <= {"Directory"}


def _one_value(a: MaybeJson, b: MaybeJson) -> bool:
    """Whether the server may have stored `a` as `b` by itself: another spelling of one number, time or text."""
    if same(a, b) or not isinstance(a, str | int | float) or not isinstance(b, str | int | float):
        return same(a, b)
    left, right = str(a), str(b)
    readings = ((read(left), read(right)) for read in (parse_quantity, duration_nanoseconds))
    return "".join(left.split()) == "".join(right.split()) or any(x is not None and x == y for x, y in readings)


def may_be_injected(subject: Subject, difference: Difference) -> bool:
    """Whether a webhook may have put an addition into a request: by a known path, or the same in other objects.

    Where the webhooks were read, only those count that match the object.
    """
    place = for_people(difference.live_path, subject.object.live)
    if not subject.facts.known(WEBHOOKS):
        return is_injected(place) or repeated(subject, difference)
    mutators = mutators_of(subject)
    known = any(injector_of(mutator.name, place) for mutator in mutators)
    return known or (bool(mutators) and repeated(subject, difference))


def repeated(subject: Subject, difference: Difference) -> bool:
    """Whether another object of the kind has the same addition, which its git does not state either."""
    if difference.kind is not Kind.EXTRA or any(isinstance(step, int) for step in difference.path):
        return False
    if may_be_default(subject, difference):
        return False
    kind, path = subject.key[:2], difference.path
    having = once(subject.siblings, ("addition", kind, path), lambda: _with_addition(subject.siblings, kind, path))
    return any(key != subject.key for key in having)


def _with_addition(objects: tuple[ObjectSnapshot, ...], kind: tuple[str, str], path: Path) -> list[ObjectKey]:
    """The objects of a kind that have something at a path which their git does not state."""
    alike = (item for item in of_kind(objects, kind[1]) if item.key[:2] == kind and item.target is not ABSENT)
    added = (item for item in alike if child(item.live, *path) is not ABSENT and child(item.target, *path) is ABSENT)
    return [item.key for item in added]
