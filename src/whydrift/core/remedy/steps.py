"""Offers → the steps of a plan, in order, each with what it closes, its commands and its way back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from whydrift.core.explain.writers import last_writer
from whydrift.core.model.application import Application
from whydrift.core.model.drift import Difference
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.plan import FieldRef, ProofStep, Step, StepKind
from whydrift.core.model.remedy import RemedyKind, Safety
from whydrift.core.model.telling import told
from whydrift.core.model.values import ABSENT, is_object, text
from whydrift.core.remedy import commands
from whydrift.core.remedy.application_patch import back, merged, patch_of
from whydrift.core.remedy.batches import BatchKey, Order, annotations_of, batches, of_application
from whydrift.core.remedy.by_hand import patched_back
from whydrift.core.remedy.commits import committed
from whydrift.core.remedy.deletes import deletion_order
from whydrift.core.remedy.followers import followers_of, parted
from whydrift.core.remedy.mend_steps import mend_step
from whydrift.core.remedy.mending import Mend
from whydrift.core.remedy.object_refs import object_ref
from whydrift.core.remedy.offers import Offer
from whydrift.core.remedy.places.application import application_manifest, changes_of, leaves
from whydrift.core.remedy.text.wanted import changed
from whydrift.core.remedy.titles import title, why

SAFETIES = (Safety.SAFE, Safety.UNSAFE, Safety.MANUAL)
WAITS_FOR: dict[StepKind, tuple[StepKind, ...]] = {
    "sync": ("commit", "application", "annotate"),
    "delete": ("commit", "application", "annotate"),
    "manual": ("delete",),
}
"""What comes before a step of the same application: what git and Argo CD say, and what names an object that goes."""


def steps(offers: Iterable[Offer], mends: Sequence[Mend] = ()) -> tuple[Step, ...]:
    """The steps, numbered; each names those before it that it stands on.

    What mends something broken comes after the other commits, on which its edits stand; what is asked comes last.
    """
    made: list[Step] = []
    leading, following = parted(offers)
    waiting = [mend for mend in mends if mend.edit is not None]
    for key, batch in batches(leading).items():
        while waiting and key[0] > Order.COMMIT:
            made.append(mend_step(str(len(made) + 1), waiting.pop(0), made))
        made.append(_step(str(len(made) + 1), key, batch, followers_of(batch, following), made))
    for mend in (*waiting, *(mend for mend in mends if mend.edit is None)):
        made.append(mend_step(str(len(made) + 1), mend, made))
    return tuple(made)


def _step(
    number: str, key: BatchKey, batch: Sequence[Offer], followers: Sequence[Offer], before: Sequence[Step]
) -> Step:
    """One step out of the offers that it carries out; its fields are also those that go with them."""
    kind, first = key[1], batch[0]
    named = tuple(dict.fromkeys(offer.named for offer in batch))
    step = Step(
        id=number,
        kind=kind,
        remedy=first.group.choice.kind,
        title=title(kind, batch),
        why=why(kind, batch),
        causes=tuple(dict.fromkeys(offer.cause for offer in batch)),
        applications=named,
        safety=max((*(offer.group.choice.safety for offer in batch), _spread(batch)), key=SAFETIES.index),
        proof=_proof(batch),
        objects=tuple(dict.fromkeys(object_ref(offer.item) for offer in batch)),
        fields=_fields(batch, followers),
        instead=tuple(dict.fromkeys(f"{i.kind.value}: {i.why}" for o in batch for i in o.group.choice.instead)),
        where=next((place for offer in batch if (place := _where(offer))), ""),
        after=_after(kind, batch, before),
    )
    if kind == "commit":
        return committed(step, [o.edit for o in batch if o.edit is not None], batch[0].home, before)
    return _PARTS[kind](step, batch)


def _after(kind: StepKind, batch: Sequence[Offer], before: Sequence[Step]) -> tuple[str, ...]:
    """The steps that this one stands on: earlier commits to the same repository, and what an application waits for."""
    repos = {offer.edit.repo for offer in batch if offer.edit is not None}
    named = {offer.named for offer in batch}
    return tuple(
        step.id
        for step in before
        if (kind == "commit" and step.repo in repos)
        or (step.kind in WAITS_FOR.get(kind, ()) and not named.isdisjoint(step.applications))
    )


def _proof(batch: Sequence[Offer]) -> ProofStep:
    """The proofs of all offers as one; there is none where one of them has none."""
    proofs = [offer.proof for offer in batch if offer.proof is not None]
    missing = [proof.why_not for proof in proofs if proof.why_not]
    if any(offer.edit is not None and offer.proof is None and not _says_itself(offer) for offer in batch):
        missing.append("it was not tried: nothing could render it")
    closes = dict.fromkeys(line for proof in proofs for line in proof.closes)
    return ProofStep(
        closes=tuple(closes),
        leaves=tuple(dict.fromkeys(line for proof in proofs for line in proof.leaves if line not in closes)),
        hides=tuple(dict.fromkeys(line for proof in proofs for line in proof.hides)),
        wider=tuple(dict.fromkeys(line for proof in proofs for line in proof.wider)),
        why_not="; ".join(dict.fromkeys(missing)),
    )


def _spread(batch: Sequence[Offer]) -> Safety:
    """What changes more than it is meant to is never carried out unasked."""
    return Safety.UNSAFE if any(offer.spreads for offer in batch) else Safety.SAFE


def _says_itself(offer: Offer) -> bool:
    """Whether there is nothing to compare: a sync option or a mark does its work at the next sync."""
    return offer.group.choice.kind is RemedyKind.OPTION or bool(offer.group.choice.marks)


def _where(offer: Offer) -> str:
    return offer.edit.where if offer.edit is not None else offer.group.choice.place


def _fields(batch: Sequence[Offer], followers: Sequence[Offer]) -> tuple[FieldRef, ...]:
    """Every difference of a step; each with its own reason where there are several."""
    several = len({offer.group.choice.why for offer in batch}) > 1
    pairs = ((offer, difference) for offer in (*batch, *followers) for difference in offer.group.differences)
    return tuple(_field(offer, difference, offer.group.choice.why if several else "") for offer, difference in pairs)


def _field(offer: Offer, difference: Difference, why: str) -> FieldRef:
    key = offer.item.key
    wanted = next((c.value for c in offer.group.changes if c.path == difference.path), ABSENT)
    writer = last_writer(offer.item, difference)
    return FieldRef(
        application=offer.named,
        object=key.id,
        namespace=key.namespace,
        path=difference.pointer,
        cause=offer.cause,
        target=msgspec.UNSET if difference.whole else told(difference.target, equal=False),
        live=msgspec.UNSET if difference.whole else told(difference.live, equal=False),
        wanted=told(wanted, equal=False),
        shown=difference.shown,
        side=offer.side,
        by=writer.manager if writer else "",
        since=(writer.time or "") if writer else "",
        where=_where(offer),
        why=why,
    )


def _application(step: Step, batch: Sequence[Offer]) -> Step:
    application = batch[0].application
    manifest = application_manifest(application)
    rules = leaves(patch_of(application, [o.group.choice for o in batch if of_application(o.group.choice)]))
    own = [c for o in batch if o.edit is not None and not of_application(o.group.choice) for c in changes_of(o.edit)]
    after = changed(manifest, [*rules, *own])
    patch = merged(manifest, after) if is_object(after) else {}
    return msgspec.structs.replace(
        step,
        merge=dict(patch),
        commands=(commands.application_command(application, patch),),
        rollback=(commands.application_command(application, back(application, patch)),),
    )


def _sync(step: Step, batch: Sequence[Offer]) -> Step:
    application, keys = batch[0].application, tuple(dict.fromkeys(offer.item.key for offer in batch))
    about = tuple(key for key in keys if not _is_itself(key, application))
    shown = (commands.diff_command(application), commands.sync_command(application, about))
    return msgspec.structs.replace(step, commands=shown)


def _is_itself(key: ObjectKey, application: Application) -> bool:
    return (key.kind, key.name) == ("Application", application.name)


def _refresh(step: Step, batch: Sequence[Offer]) -> Step:
    return msgspec.structs.replace(step, commands=(commands.refresh_command(batch[0].application),))


def _delete(step: Step, batch: Sequence[Offer]) -> Step:
    live = {offer.item.key: offer.item.live for offer in batch}
    keys = deletion_order(obj for obj in live.values() if is_object(obj))
    refs = {offer.item.key: object_ref(offer.item) for offer in batch}
    files = {key: commands.dump_file(key) for key in keys}
    dumps = [commands.dump_command(key, files[key]) for key in keys]
    return msgspec.structs.replace(
        step,
        objects=tuple(refs[key] for key in keys),
        commands=(*dumps, *(commands.delete_command(key) for key in keys)),
        rollback=tuple(commands.restore_command(files[key]) for key in reversed(keys)),
    )


def _annotate(step: Step, batch: Sequence[Offer]) -> Step:
    """The same annotations on every object of the batch, and what each held before."""
    wanted = annotations_of(batch[0].group.choice)
    lives = {offer.item.key: offer.item.live for offer in batch}
    return msgspec.structs.replace(
        step,
        merge={"metadata": {"annotations": dict(wanted)}},
        commands=tuple(commands.annotate_command(key, wanted) for key in lives),
        rollback=tuple(
            commands.annotate_command(key, {n: text(live, "metadata", "annotations", n) for n in wanted})
            for key, live in lives.items()
        ),
    )


def _by_hand(step: Step, batch: Sequence[Offer]) -> Step:
    """What only a person may do: for a delete the commands in their order, each object kept first."""
    deletes = all(offer.group.choice.kind is RemedyKind.GUARDED_DELETE for offer in batch)
    return _delete(step, batch) if deletes else _asked(step, batch)


def _asked(step: Step, batch: Sequence[Offer]) -> Step:
    """What somebody has to decide; where the way back is by hand only, its commands."""
    shown = [commands.explain_command(batch[0].application)]
    rollback: list[str] = []
    for offer in batch:
        choice = offer.group.choice
        if RemedyKind.OUT_OF_BAND in (choice.kind, *(other.kind for other in choice.instead)):
            forth, back = patched_back(offer.item, offer.group.differences)
            shown += forth
            rollback += back
    return msgspec.structs.replace(step, commands=tuple(shown), rollback=tuple(rollback))


_PARTS = {
    "application": _application,
    "annotate": _annotate,
    "refresh": _refresh,
    "sync": _sync,
    "delete": _delete,
    "manual": _by_hand,
    "ask": _asked,
}
