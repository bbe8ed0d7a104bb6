"""The fleet as a whole: who renders which object, and where an application comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from whydrift.core.model.objects import ObjectKey
from whydrift.core.model.values import JsonObject

OWN_CLUSTER = "https://kubernetes.default.svc"
NONE: Mapping[tuple[str, str], str] = {}


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit. `date` is RFC 3339, `files` are paths in the repository, `parents` are revisions."""

    revision: str
    author: str
    date: str
    message: str
    files: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """The line (from 1) of a file in git that a value stands on, and the commit that wrote it as it is.

    No commit: none of the newest `looked` ones that touched the file did.
    """

    file: str
    number: int
    commit: Commit | None
    looked: int

    @property
    def where(self) -> str:
        """`file:line`."""
        return f"{self.file}:{self.number}"


@dataclass(frozen=True, slots=True)
class History:
    """Who wrote what in the repository of one source: its commits, newest first, and its CODEOWNERS ("" for none)."""

    commits: tuple[Commit, ...]
    owners: str = ""

    @property
    def files(self) -> frozenset[str]:
        """Every file that these commits touched."""
        return frozenset(name for commit in self.commits for name in commit.files)


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
    instance: str = ""

    def called(self, instance: str) -> str:
        """Its name for people who look at one Argo CD instance: another one's applications say whose they are."""
        return self.application if self.instance == instance else f"{self.instance}:{self.application}"


@dataclass(frozen=True, slots=True)
class Fleet:
    """Which applications hold which object, by destination cluster; small enough for hundreds of thousands of objects.

    `names` are the instance names of all applications. `clusters` tells what an Argo CD instance calls a cluster →
    which one it is, where that is not the URL itself. Objects are kept by the hash of their place, holders by number.
    """

    applications: tuple[tuple[str, str, str], ...] = ()
    places: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    clusters: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        listed: Iterable[tuple[str, ObjectKey, Claim]],
        names: Iterable[str] = (),
        clusters: Mapping[tuple[str, str], str] = NONE,
    ) -> Fleet:
        """The fleet out of every (cluster, object, claim)."""
        numbers: dict[tuple[str, str, str], int] = {}
        places: dict[int, tuple[int, ...]] = {}
        for cluster, key, claim in listed:
            number = numbers.setdefault((claim.application, claim.namespace, claim.instance), len(numbers))
            place, holder = hash((_which(clusters, claim.instance, cluster), *key)), 2 * number + claim.leftover
            before = places.get(place)
            places[place] = (holder,) if before is None else (*before, holder)
        return cls(tuple(numbers), places, frozenset(names), clusters)

    def holders(self, cluster: str, key: ObjectKey, instance: str = "") -> tuple[Claim, ...]:
        """The applications that list this object of the cluster that an instance calls so."""
        found = self.places.get(hash((_which(self.clusters, instance, cluster), *key)), ())
        named = ((*self.applications[number // 2], bool(number % 2)) for number in found)
        return tuple(Claim(name, namespace, leftover, at) for name, namespace, at, leftover in named)


def _which(clusters: Mapping[tuple[str, str], str], instance: str, cluster: str) -> str:
    """Which cluster is meant; Argo CD's own has a name as well (util/argo, `in-cluster`)."""
    return clusters.get((instance, cluster)) or (OWN_CLUSTER if cluster == "in-cluster" else cluster)
