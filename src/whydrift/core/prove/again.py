"""An object compared again with something changed: its differences then, by the names that people read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from whydrift.core.compare.applications import status_of
from whydrift.core.compare.differences import hidden_differences, shown_differences
from whydrift.core.compare.objects import compare_unmasked
from whydrift.core.compare.pairing import Pair
from whydrift.core.compare.terms import DryRun, Terms
from whydrift.core.compare.tracking import owner_of
from whydrift.core.explain.strategy import compared_server_side
from whydrift.core.judge.calibration import Agreement, calibrated
from whydrift.core.judge.situation import Situation
from whydrift.core.model.drift import Difference, Kind
from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.paths import for_people
from whydrift.core.model.snapshot import ObjectSnapshot
from whydrift.core.model.values import ABSENT, Json, JsonObject, MaybeJson, is_object, text
from whydrift.errors import NotReplayed, Refuted

ORDER = " (order)"


@dataclass(frozen=True)
class Compared:
    """The differences of one object by name, as in `Kind namespace/name field`.

    `shown` is what Argo CD calls different, `hidden` what git states otherwise as well, `extra` what only live has.
    """

    shown: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    def holds(self, name: str, difference: Difference) -> bool:
        """Whether a difference is still there; one that was shown is gone where nobody shows it."""
        if difference.shown:
            return name in self.shown
        return name in (*self.shown, *self.hidden) or (difference.kind is Kind.EXTRA and name in self.extra)


def name_of(key: ObjectKey, difference: Difference, target: MaybeJson, live: MaybeJson) -> str:
    """A difference in words: items of lists by their key, so that it keeps its name when items move."""
    extra = difference.kind is Kind.EXTRA
    place = for_people(difference.live_path, live) if extra else for_people(difference.path, target)
    return " ".join(part for part in (str(key), place) if part) + (ORDER if difference.order else "")


def names_of(key: ObjectKey, found: Iterable[Difference], target: MaybeJson, live: MaybeJson) -> tuple[str, ...]:
    """Differences in words, each once, in their order."""
    return tuple(dict.fromkeys(name_of(key, each, target, live) for each in found))


def terms_of(item: ObjectSnapshot, situation: Situation) -> Terms:
    """The terms on which Argo CD compared an object."""
    return replace(situation.terms, server_side=compared_server_side(situation.application, item))


def why_not_calibrated(item: ObjectSnapshot, situation: Situation) -> str:
    """Why our comparison does not stand for Argo CD's here; "" where it does."""
    if not item.read or not item.compared:
        return "Argo CD did not compare it"
    calibration = calibrated(item, situation)
    return "" if calibration.agreement is Agreement.AGREES else calibration.why


def compared_again(
    key: ObjectKey, target: MaybeJson, live: MaybeJson, terms: Terms, situation: Situation, dry_run: DryRun | None
) -> Compared:
    """The differences of a target and live on these terms. NotComparable where Argo CD's comparison would fail."""
    sides = Pair(target if is_object(target) else None, live if is_object(live) else None)
    if sides.target is None and (sides.live is None or not _is_ours(sides.live, situation)):
        return Compared(())
    both = compare_unmasked(sides.target, sides.live, terms, dry_run)
    if status_of(sides, both, situation.application) != "OutOfSync":
        shown: tuple[Difference, ...] = ()
    elif sides.target is None or sides.live is None:
        shown = (Difference((), (), Kind.EXTRA if sides.target is None else Kind.MISSING, target, live),)
    else:
        shown = shown_differences(both.predicted_live, both.normalized_live, target, live)
    return _named(key, shown, target, live)


def served_in(live: MaybeJson, made: MaybeJson) -> MaybeJson:
    """Live as it is read once git states another version of it: only the version differs, as far as that is known."""
    version = text(made, "apiVersion")
    return {**live, "apiVersion": version} if is_object(live) and version else live


def _is_ours(live: JsonObject, situation: Situation) -> bool:
    """Whether a live object without a target is compared at all: only one that carries this application's mark."""
    return owner_of(live, situation.terms.settings.tracking) == situation.application.instance_name


def as_argocd_shows(item: ObjectSnapshot, left_out: Iterable[Difference]) -> Compared:
    """What Argo CD's own two sides say, without some of it; for comparisons that only a server can make again."""
    gone = {(each.live_path, each.order) for each in left_out}
    found = () if item.equal else shown_differences(item.predicted, item.normalized_live, item.target, item.live)
    kept = tuple(each for each in found if (each.live_path, each.order) not in gone)
    return _named(item.key, kept, item.target, item.live)


def compared_sides(item: ObjectSnapshot, predicted: Json, normalized_live: Json) -> Compared:
    """The differences of an object whose two sides are those of a comparison that was made elsewhere."""
    both = predicted is not None and normalized_live is not None
    require(both, "an ignore rule removes the whole object")
    found = shown_differences(predicted, normalized_live, item.target, item.live)
    return _named(item.key, found, item.target, item.live)


def hidden_only(key: ObjectKey, target: MaybeJson, live: MaybeJson) -> Compared:
    """The raw differences of two sides of which Argo CD shows none."""
    return _named(key, (), target, live)


def _named(key: ObjectKey, shown: tuple[Difference, ...], target: MaybeJson, live: MaybeJson) -> Compared:
    raw = hidden_differences(target, live, shown)
    extra = [each for each in raw if each.kind is Kind.EXTRA]
    hidden = [each for each in raw if each.kind is not Kind.EXTRA]
    return Compared(*(names_of(key, each, target, live) for each in (shown, hidden, extra)))


def needs_server(terms: Terms, dry_run: DryRun | None, target: MaybeJson, live: MaybeJson) -> bool:
    """Whether only the server's dry run could tell, and there is none."""
    return terms.server_side and dry_run is None and target is not ABSENT and live is not ABSENT


def refute(why: str) -> None:
    """Raise Refuted where there is a reason why a remedy does not work."""
    if why:
        raise Refuted(why)


def require(condition: bool, why: str) -> None:
    """Raise NotReplayed with the reason where a proof cannot be made."""
    if not condition:
        raise NotReplayed(why)
