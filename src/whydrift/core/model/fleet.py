"""The fleet as a whole: who renders which object, and where an application comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.values import JsonObject

OWN_CLUSTER = "https://kubernetes.default.svc"


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit. `date` is RFC 3339, `files` are paths in the repository."""

    revision: str
    author: str
    date: str
    message: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest commit of the branch that an application follows. `commits` are those that Argo CD has not looked at.

    `manifests` is what the newest commit renders to, `compared` what the compared one does, by the same means; both are
    empty where there is no newer commit.
    """

    revision: str
    commits: tuple[Commit, ...] = ()
    manifests: Mapping[ObjectKey, JsonObject] = field(default_factory=dict)
    compared: Mapping[ObjectKey, JsonObject] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Claim:
    """One application that lists an object in its `status.resources`: renders it, or holds it as a leftover."""

    application: str
    namespace: str
    leftover: bool


@dataclass(frozen=True, slots=True)
class Fleet:
    """Which applications hold which object, by destination cluster; small enough for hundreds of thousands of objects.

    `names` are the instance names of all applications. Objects are kept by the hash of their place, holders by number.
    """

    applications: tuple[tuple[str, str], ...] = ()
    places: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, listed: Iterable[tuple[str, ObjectKey, Claim]], names: Iterable[str] = ()) -> Fleet:
        """The fleet out of every (cluster, object, claim)."""
        numbers: dict[tuple[str, str], int] = {}
        places: dict[int, tuple[int, ...]] = {}
        for cluster, key, claim in listed:
            number = numbers.setdefault((claim.application, claim.namespace), len(numbers))
            place = hash((_one_spelling(cluster), *key))
            places[place] = (*places.get(place, ()), 2 * number + claim.leftover)
        return cls(tuple(numbers), places, frozenset(names))

    def holders(self, cluster: str, key: ObjectKey) -> tuple[Claim, ...]:
        """The applications that list this object of this cluster."""
        found = self.places.get(hash((_one_spelling(cluster), *key)), ())
        return tuple(Claim(*self.applications[number // 2], leftover=bool(number % 2)) for number in found)


def _one_spelling(cluster: str) -> str:
    """A cluster's URL; Argo CD's own cluster has a name for it as well (util/argo, `in-cluster`)."""
    return OWN_CLUSTER if cluster == "in-cluster" else cluster
