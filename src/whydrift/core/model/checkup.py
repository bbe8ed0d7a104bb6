"""What `doctor` found: who we are, what we may read, what stays unknown for lack of it."""

from __future__ import annotations

from whydrift.core.model.triage import Answered

SCHEMA = "whydrift.doctor/1"


class Lack(Answered, frozen=True):
    """A permission that is missing on a cluster, or an answer that a recording lacks. No namespaces: everywhere."""

    verb: str
    resource: str
    group: str = ""
    names: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    why: str = ""
    leaves_unknown: tuple[str, ...] = ()

    @property
    def what(self) -> str:
        """As kubectl names it: `list deployments.apps`."""
        return f"{self.verb} {self.resource}{f'.{self.group}' if self.group else ''}"


class ArgocdCheck(Answered, frozen=True):
    """One Argo CD. `problem` says why it cannot be used at all."""

    address: str
    version: str = ""
    calibrated: bool = False
    user: str = ""
    applications: int = 0
    complete: bool = False
    may: tuple[str, ...] = ()
    may_not: tuple[str, ...] = ()
    problem: str = ""


class ClusterCheck(Answered, frozen=True):
    """One destination of applications. `problem` says why none of its facts can be read."""

    cluster: str
    context: str = ""
    applications: int = 0
    lacks: tuple[Lack, ...] = ()
    problem: str = ""


class RepositoryCheck(Answered, frozen=True):
    """One repository that applications come from."""

    url: str
    applications: int = 0
    problem: str = ""


class PrometheusCheck(Answered, frozen=True):
    """The Prometheus that says what pods use. `problem` says why it cannot be asked."""

    url: str
    problem: str = ""


class Checkup(Answered, frozen=True, omit_defaults=False):
    """All of it: `live` servers or a recording; `core` where no Argo CD API server runs; `home` is Argo CD's namespace.

    `asked` is how many requests it took, each a GET; `patches` what dry runs would need, where the user allows them.
    """

    schema: str = SCHEMA
    source: str = ""
    live: bool = True
    core: bool = False
    argocd: tuple[ArgocdCheck, ...] = ()
    clusters: tuple[ClusterCheck, ...] = ()
    repositories: tuple[RepositoryCheck, ...] = ()
    prometheus: PrometheusCheck | None = None
    notes: tuple[str, ...] = ()
    home: str = "argocd"
    dry_run: bool = False
    patches: tuple[Lack, ...] = ()
    asked: int = 0

    @property
    def reached(self) -> bool:
        """Whether anything can be answered at all."""
        return any(not check.problem for check in self.argocd)

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""
        argocd = all(check.calibrated and check.complete and not check.may_not for check in self.argocd)
        clusters = not any(check.problem or check.lacks for check in self.clusters)
        metrics = self.prometheus is None or not self.prometheus.problem
        repositories = not any(check.problem for check in self.repositories)
        return self.reached and argocd and clusters and metrics and repositories
