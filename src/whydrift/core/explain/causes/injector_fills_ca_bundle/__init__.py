"""The certificate authority of a webhook is injected in the cluster; git holds a placeholder or nothing.

Why it happens: the API server must trust the webhook that it calls, so its configuration carries a CA. cert-manager's
cainjector, a chart's patch job or the operator itself writes that CA after the objects were applied, and some switch
the failure policy from Ignore to Fail once the webhook answers. Git cannot know the CA.

What proves it: the path is a `caBundle` of a webhook, a CRD's conversion or an APIService (or a field beside one),
and a controller, not a person, owns it; or the object carries an injector's annotation and git states an empty or
placeholder CA.

What would refute it: a person or pipeline owns the path; Argo CD itself wrote this value (a chart that makes a new CA
on each render); live still is what the last sync wrote.

Remedies: a narrow ignore rule. Never sync blindly: a client-side sync, or a drop from git, empties the CA and every
call of the webhook fails until it is injected again.
"""

from __future__ import annotations

from collections.abc import Iterable

from whydrift.core.explain.cause import Cause
from whydrift.core.explain.evidence import ownership, quoted
from whydrift.core.explain.ignoring import left_out
from whydrift.core.explain.subject import Subject
from whydrift.core.explain.writers import controllers, others, overwrote
from whydrift.core.model.drift import Difference
from whydrift.core.model.explanation import Evidence, Explanation, Side, Strength
from whydrift.core.model.managers import Entry
from whydrift.core.model.paths import Path
from whydrift.core.model.people import Writer
from whydrift.core.model.values import ABSENT, child, is_empty, mapping

KINDS = frozenset(
    {"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "CustomResourceDefinition", "APIService"}
)
ANNOTATIONS = (
    "cert-manager.io/inject-ca-from",
    "cert-manager.io/inject-ca-from-secret",
    "cert-manager.io/inject-apiserver-ca",
    "certmanager.k8s.io/inject-ca-from",
    "service.beta.openshift.io/inject-cabundle",
    "service.alpha.openshift.io/inject-cabundle",
)
PLACEHOLDERS = frozenset({"", "Cg==", "Cgo=", "IA==", "LS0tLS1CRUdJTi1DRVJUSUZJQ0FURS0tLS0tCg=="})
"""What charts render where a CA will be: nothing, a newline, a blank."""

SOMEBODY = (Writer.PERSON, Writer.LIBRARY, Writer.PIPELINE)


def concerns(subject: Subject, difference: Difference) -> bool:
    """A CA by which a webhook is trusted, and what its injector wrote beside it.

    Unseen, what a sync would empty; not what an ignore rule keeps out on purpose.
    """
    if subject.key.kind not in KINDS or difference.whole or difference.live is ABSENT:
        return False
    if not difference.shown and (difference.target is ABSENT or left_out(subject, difference)):
        return False
    return difference.live_path[-1] == "caBundle" or _beside_own_ca(subject, difference)


def explain(subject: Subject, concerned: tuple[Difference, ...]) -> Iterable[Explanation]:
    """Claim what an injector wrote over what the last sync left."""
    for difference in concerned:
        entries = controllers(subject, difference) or _asked_for(subject, difference)
        if entries and overwrote(subject, difference):
            yield Explanation(
                paths=frozenset({difference.path}),
                strength=Strength.ATTRIBUTED,
                why=f"{entries[0].manager} wrote {quoted(difference.live)}; git states {quoted(difference.target)}",
                evidence=(
                    *(ownership(entry, subject.knowledge.people) for entry in entries),
                    *(Evidence("live", f"the annotation {mark} asks for the injection") for mark in _marks(subject)),
                ),
            )


def _asked_for(subject: Subject, difference: Difference) -> tuple[Entry, ...]:
    """The writers of a CA that git leaves to an injector by annotation, where nothing says that they are people's."""
    people = subject.knowledge.people
    entries = others(subject, difference)
    by_people = any(people.writer(entry.manager) in SOMEBODY for entry in entries)
    return () if by_people or not _marks(subject) or not _awaits_ca(difference) else entries


def _beside_own_ca(subject: Subject, difference: Difference) -> bool:
    """Whether a controller wrote how this webhook is called and the CA of the same webhook too."""
    place = _ca_beside(difference.live_path)
    if not place or child(subject.object.live, *place) is ABSENT:
        return False
    writers = {entry.manager for entry in controllers(subject, difference)}
    return bool(writers) and writers <= {entry.manager for entry in subject.object.owners(place)}


def _ca_beside(path: Path) -> Path:
    """Where the CA stands that belongs to a failure policy or another part of the same client configuration."""
    if path[0] == "webhooks" and path[2:3] in (("failurePolicy",), ("clientConfig",)):
        return (*path[:2], "clientConfig", "caBundle")
    conversion = ("spec", "conversion", "webhook", "clientConfig")
    return (*conversion, "caBundle") if path[:4] == conversion else ()


def _awaits_ca(difference: Difference) -> bool:
    stated = difference.target
    return stated is ABSENT or is_empty(stated) or (isinstance(stated, str) and stated.strip() in PLACEHOLDERS)


def _marks(subject: Subject) -> tuple[str, ...]:
    stated = mapping(subject.object.live, "metadata", "annotations")
    return tuple(name for name in ANNOTATIONS if name in stated)


CAUSE = Cause(
    id="injector-fills-ca-bundle",
    title="its CA is injected in the cluster",
    side=Side.CONTROLLER,
    explain=explain,
    concerns=concerns,
    everywhere=True,
)
