"""A webhook, or a mutating admission policy, changed the object on its way into the cluster.

Why it happens: meshes add sidecars, image policies replace tags by digests, schedulers add tolerations, audit hooks
stamp annotations, operators default their own resources. They change every request that they match, Argo CD's as
well, so that what is stored is not what Argo CD sent. The managed fields name no writer of their own: the change
belongs to the request.

What proves it: nobody but Argo CD wrote here since, and what is stored is not what Argo CD sent (its last-applied
annotation or the synced manifest says otherwise), nor a default of the kind; and a webhook or policy matches the
object by its rules and selectors. Or a webhook of a known injector matches and the path is one that it fills. Or
several objects of the kind have the same addition, or a dry run (`--dry-run`) of git's object answers with live's
value. Where those lists were not read, last-applied alone has to show that Argo CD sent another value. Conditions in
CEL are not evaluated: where they decide, the claim is weaker.

What would refute it: a person, controller or pipeline owns the path; no webhook and no policy matches; the value is a
default; a chart that draws a new value on each render.

Remedies: pin a constant (a type, a policy, a digest) in git. For stamps and added items a narrow ignore rule.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.admission import Mutator, mutators_of
from whydrift.core.explain.cause import Cause, needs
from whydrift.core.explain.dry_run import returned
from whydrift.core.explain.evidence import quoted
from whydrift.core.explain.filled_in import is_known_default
from whydrift.core.explain.injectors import injector_of
from whydrift.core.explain.requests import only_in_request, repeated, sent_otherwise, unlike_sent
from whydrift.core.explain.subject import Subject
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.fact_kinds import ADMISSION_POLICIES, CRDS, DRY_RUN, NAMESPACE, SCHEMAS, WEBHOOKS
from whydrift.core.model.objects import SERVER_METADATA
from whydrift.core.model.paths import for_people


def concerns(subject: Subject, difference: Difference) -> bool:
    """What nobody but Argo CD wrote, and Argo CD did not send."""
    path = difference.path
    if difference.whole or difference.order or (path[0] == "metadata" and path[1:2] and path[1] in SERVER_METADATA):
        return False
    return not is_known_default(subject, difference) and only_in_request(subject, difference)


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what changed inside Argo CD's own requests, where something that changes requests matches the object."""
    mutators = mutators_of(subject)
    for difference in concerned:
        proof = _known(subject, difference, mutators) or _changed(subject, difference, mutators)
        if proof is not None:
            strength, who, evidence = proof
            yield Explanation(
                paths=frozenset({difference.path}),
                strength=strength,
                why=f"{who} wrote {quoted(difference.live)} at admission; git states {quoted(difference.target)}",
                evidence=evidence,
            )


Proof = tuple[Strength, str, tuple[Evidence, ...]]


def _known(subject: Subject, difference: Difference, mutators: tuple[Mutator, ...]) -> Proof | None:
    """The proof by a known injector's path."""
    place = for_people(difference.live_path, subject.object.live)
    for mutator in mutators:
        injector = injector_of(mutator.name, place)
        if injector is not None:
            listed = Evidence("list", f"{injector.name} is known to fill {place}")
            return _strength(mutator), f"{injector.name} ({mutator.name})", (Evidence("webhooks", str(mutator)), listed)
    return None


def _changed(subject: Subject, difference: Difference, mutators: tuple[Mutator, ...]) -> Proof | None:
    """The proof by what Argo CD sent and what was stored; or by other objects that show the same."""
    if sent_otherwise(subject, difference):
        said = Evidence("base", "Argo CD sent something else, and no other writer owns the value")
    elif (answered := returned(subject, difference)) is not None:
        said = answered
    elif repeated(subject, difference):
        said = Evidence("siblings", f"other {subject.key.kind} objects of the application show the same")
    else:
        return None
    if mutators:
        seen = tuple(Evidence("webhooks", str(mutator)) for mutator in mutators)
        return _strength(mutators[0]), f"{mutators[0].kind} {mutators[0].name}", (said, *seen)
    unread = [kind.name for kind in (WEBHOOKS, ADMISSION_POLICIES) if not subject.facts.known(kind)]
    if unread and unlike_sent(subject, difference):
        unseen = Evidence("webhooks", f"not read: {', '.join(unread)}")
        return Strength.ATTRIBUTED, "a webhook or policy that was not read", (said, unseen)
    return None


def _strength(mutator: Mutator) -> Strength:
    return Strength.COINCIDES if mutator.doubts else Strength.ATTRIBUTED


CAUSE = Cause(
    id="webhook-injects-field",
    title="a webhook changes it at admission",
    side=Side.CONTROLLER,
    explain=explain,
    concerns=concerns,
    helps=needs(WEBHOOKS, ADMISSION_POLICIES),
    wishes=needs(WEBHOOKS, SCHEMAS, NAMESPACE, DRY_RUN, CRDS),
)
