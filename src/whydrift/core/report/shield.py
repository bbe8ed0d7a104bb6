"""The last look at what leaves: sentences that quote messages of others lose the secrets that these quote."""

from __future__ import annotations

import msgspec

from whydrift.core.model.audit import IgnoresAnswer, PartAnswer
from whydrift.core.model.secret_names import TOKEN
from whydrift.core.model.secrets import Masker
from whydrift.core.model.triage import (
    ApplicationAnswer,
    AskAnswer,
    DifferenceAnswer,
    GapAnswer,
    ObjectAnswer,
    RemedyAnswer,
    SyncAnswer,
    UnmaskedAnswer,
)
from whydrift.core.report.tally import objects_of


def shielded(application: ApplicationAnswer, masker: Masker) -> ApplicationAnswer:
    """An application whose sentences and URLs hold no secrets; values were masked where they entered."""
    said = application.argocd
    return msgspec.structs.replace(
        application,
        not_read=masker.text(application.not_read),
        notes=tuple(map(masker.text, application.notes)),
        not_replayed=tuple(
            msgspec.structs.replace(each, why=masker.text(each.why)) for each in application.not_replayed
        ),
        sources=tuple(msgspec.structs.replace(s, repo=masker.text(s.repo)) for s in application.sources),
        argocd=msgspec.structs.replace(said, conditions=tuple(map(masker.text, said.conditions))),
        objects=tuple(_object(item, masker) for item in objects_of(application)),
        unmasked=_broken(application.unmasked, masker),
        recovered=_lines(application.recovered, masker),
        complaints=tuple(msgspec.structs.replace(c, line=masker.text(c.line)) for c in application.complaints),
        waits=tuple(map(masker.text, application.waits)),
        unseen=tuple(shielded_gap(gap, masker) for gap in application.unseen),
        gaps=tuple(shielded_gap(gap, masker) for gap in application.gaps),
        sync=application.sync if isinstance(application.sync, msgspec.UnsetType) else _sync(application.sync, masker),
    )


def _sync(sync: SyncAnswer, masker: Masker) -> SyncAnswer:
    """A forecast whose sentences quote no secret."""
    effects = tuple(msgspec.structs.replace(e, says=_said(e.says, masker)) for e in sync.effects)
    return msgspec.structs.replace(sync, effects=effects, because=masker.text(sync.because))


def _broken(
    found: tuple[UnmaskedAnswer, ...] | msgspec.UnsetType, masker: Masker
) -> tuple[UnmaskedAnswer, ...] | msgspec.UnsetType:
    return found if isinstance(found, msgspec.UnsetType) else _lines(found, masker)


def _lines(found: tuple[UnmaskedAnswer, ...], masker: Masker) -> tuple[UnmaskedAnswer, ...]:
    """Troubles whose lines quote no secret; a line that is JSON stays as it was written."""
    return tuple(msgspec.structs.replace(trouble, line=masker.text(trouble.line)) for trouble in found)


def shielded_gap(gap: GapAnswer, masker: Masker) -> GapAnswer:
    """A gap whose reason quotes no secret."""
    return msgspec.structs.replace(gap, what=masker.text(gap.what), why=masker.text(gap.why))


def _said(sentence: str, masker: Masker) -> str:
    """A sentence without secrets; tokens differ from run to run, so that none of them is told."""
    return TOKEN.sub("a masked value", masker.text(sentence))


def _object(item: ObjectAnswer, masker: Masker) -> ObjectAnswer:
    return msgspec.structs.replace(item, differences=tuple(_difference(d, masker) for d in item.differences))


def _difference(d: DifferenceAnswer, masker: Masker) -> DifferenceAnswer:
    explanations = tuple(
        msgspec.structs.replace(
            explanation,
            why=_said(explanation.why, masker),
            evidence=tuple(msgspec.structs.replace(e, says=_said(e.says, masker)) for e in explanation.evidence),
        )
        for explanation in d.explanations
    )
    undecided = tuple(msgspec.structs.replace(u, why=_said(u.why, masker)) for u in d.undecided)
    because = d.because if isinstance(d.because, msgspec.UnsetType) else _said(d.because, masker)
    asks = d.asks if isinstance(d.asks, msgspec.UnsetType) else _asks(d.asks, masker)
    remedy = d.remedy if isinstance(d.remedy, msgspec.UnsetType) else _remedy(d.remedy, masker)
    return msgspec.structs.replace(
        d, explanations=explanations, undecided=undecided, because=because, asks=asks, remedy=remedy
    )


def _remedy(remedy: RemedyAnswer, masker: Masker) -> RemedyAnswer:
    """A remedy whose reason quotes no secret: a commit's message may hold one."""
    return msgspec.structs.replace(remedy, why=_said(remedy.why, masker))


def _asks(asks: AskAnswer, masker: Masker) -> AskAnswer:
    """A question that quotes no secret, put to people whose names hold none."""
    return AskAnswer(whom=tuple(_said(name, masker) for name in asks.whom), question=_said(asks.question, masker))


def shielded_audit(answer: IgnoresAnswer, masker: Masker) -> IgnoresAnswer:
    """An audit whose sentences hold no secrets."""
    return msgspec.structs.replace(
        answer,
        rules=tuple(_rule(part, masker) for part in answer.rules),
        not_proven=tuple(shielded_gap(gap, masker) for gap in answer.not_proven),
    )


def _rule(part: PartAnswer, masker: Masker) -> PartAnswer:
    faults = tuple(msgspec.structs.replace(fault, says=masker.text(fault.says)) for fault in part.faults)
    hides = tuple(msgspec.structs.replace(hidden, says=masker.text(hidden.says)) for hidden in part.hides)
    return msgspec.structs.replace(part, faults=faults, hides=hides)
