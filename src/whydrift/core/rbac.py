"""The least rules that let whydrift read what it asks for: Kubernetes RBAC as YAML, Argo CD's policy as CSV lines."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from whydrift.core.model.checkup import Checkup, Lack
from whydrift.errors import UsageError

API = "rbac.authorization.k8s.io"
POLICY = (
    ("applications", "*/*", "statuses, both sides of every object, the resource tree, renders"),
    ("projects", "*", "ignore rules, windows, what a project allows"),
    ("clusters", "*", "which destination is which cluster"),
    ("logs", "*/*", "the first fatal line of a container that crashes"),
)
"""What Argo CD has to allow (its documentation, "RBAC Configuration"): resource, object, what for. All are `get`."""


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """One permission. `namespace` "" is all of them, `name` "" every object."""

    verb: str
    group: str
    resource: str
    namespace: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is to be granted something: kind is User, Group or ServiceAccount (with its namespace)."""

    kind: str
    name: str
    namespace: str = ""

    @property
    def argocd_name(self) -> str:
        """As Argo CD's policy names it."""
        return f"system:serviceaccount:{self.namespace}:{self.name}" if self.namespace else self.name

    def lines(self) -> list[str]:
        """As a binding names it."""
        if self.namespace:
            return [
                f"- kind: ServiceAccount\n  name: {json.dumps(self.name)}\n  namespace: {json.dumps(self.namespace)}"
            ]
        return [f"- kind: {self.kind}\n  name: {json.dumps(self.name)}\n  apiGroup: {API}"]


FOLLOWING = ("argoproj.io", "applications")
"""What `watch` and `serve` follow besides, with the verb `watch`."""


def following(namespace: str = "") -> tuple[Grant, ...]:
    """What it takes to see Applications of a namespace ("": of all) and to follow them."""
    return tuple(Grant(verb, *FOLLOWING, namespace) for verb in ("get", "list", "watch"))


def subject(stated: str) -> Subject:
    """`user:NAME`, `group:NAME` or `serviceaccount:NAMESPACE/NAME`. UsageError otherwise."""
    kind, _, name = stated.partition(":")
    namespace, slash, account = name.partition("/")
    match kind.lower():
        case "user" | "group" if name:
            return Subject(kind.capitalize(), name)
        case "serviceaccount" if slash and namespace and account:
            return Subject("ServiceAccount", account, namespace)
        case _:
            raise UsageError(f"--subject {stated!r}: give user:NAME, group:NAME or serviceaccount:NAMESPACE/NAME")


def manifests(grants: Iterable[Grant], to: Subject, name: str = "whydrift") -> str:
    """A ClusterRole for what is granted everywhere, a Role for each namespace with grants of its own, and bindings."""
    places: dict[str, list[Grant]] = defaultdict(list)
    for grant in sorted(set(grants)):
        places[grant.namespace].append(grant)
    return "".join(_role(name, place, granted) + _binding(name, place, to) for place, granted in sorted(places.items()))


def _role(name: str, namespace: str, grants: list[Grant]) -> str:
    kind = "Role" if namespace else "ClusterRole"
    head = f"---\napiVersion: {API}/v1\nkind: {kind}\n{_metadata(name, namespace)}rules:\n"
    return head + rules(grants)


def _metadata(name: str, namespace: str) -> str:
    return f"metadata:\n  name: {name}\n" + (f"  namespace: {json.dumps(namespace)}\n" if namespace else "")


def rules(grants: Iterable[Grant]) -> str:
    """The entries of a role's `rules`, as YAML. Secrets are never among them."""
    return "".join(_rules(grant for grant in grants if (grant.group, grant.resource) != ("", "secrets")))


def _rules(grants: Iterable[Grant]) -> Iterator[str]:
    """One rule for all resources of a group with the same verbs; those that are about named objects stand alone."""
    verbs: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for grant in grants:
        verbs[grant.group, grant.resource, grant.name].add(grant.verb)
    together: dict[tuple[str, tuple[str, ...], str], tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for (group, resource, name), allowed in verbs.items():
        resources, names = together[group, tuple(sorted(allowed)), resource if name else ""]
        resources.add(resource)
        names |= {name} - {""}
    for (group, allowed_verbs, _), (resources, names) in sorted(together.items()):
        yield _rule(group, sorted(resources), allowed_verbs, sorted(names))


def _rule(group: str, resources: list[str], verbs: tuple[str, ...], names: list[str]) -> str:
    lines = [f"- apiGroups: {json.dumps([group])}", f"  resources: {json.dumps(resources)}"]
    lines += [f"  resourceNames: {json.dumps(names)}"] if names else []
    return "\n".join([*lines, f"  verbs: {json.dumps(list(verbs))}"]) + "\n"


def _binding(name: str, namespace: str, to: Subject) -> str:
    kind = "Role" if namespace else "ClusterRole"
    return "\n".join(
        [
            f"---\napiVersion: {API}/v1\nkind: {kind}Binding\n{_metadata(name, namespace)}roleRef:",
            f"  apiGroup: {API}\n  kind: {kind}\n  name: {name}\nsubjects:",
            *to.lines(),
            "",
        ]
    )


def grants_of(lacks: Iterable[Lack]) -> list[Grant]:
    """What would fill these: in the namespaces that they name, else in all."""
    return [
        Grant(lack.verb, lack.group, lack.resource, namespace, name)
        for lack in lacks
        for namespace in lack.namespaces or ("",)
        for name in lack.names or ("",)
    ]


def document(grants: Iterable[Grant], to: Subject, found: Checkup, only_missing: bool) -> str:
    """The YAML with what a reader should know above it, and Argo CD's part, which is no manifest, below it."""
    lacking = [lack for check in found.clusters for lack in check.lacks]
    denied = [resource for check in found.argocd for resource in check.may_not]
    verbs = "get and list only, and patch for dry runs (?dryRun=All)" if found.patches else "get and list only"
    head = [f"what whydrift {'lacks' if only_missing else 'reads'}: {verbs}; never Secrets"]
    head += [f"missing today: {', '.join(sorted({lack.what for lack in lacking}))}"] if lacking else []
    lines = policy(to, denied) if denied or not only_missing else []
    foot = (
        [f"Argo CD: add to policy.csv in ConfigMap argocd-rbac-cm of namespace {found.home}:", *lines] if lines else []
    )
    name = "whydrift-missing" if only_missing else "whydrift"
    return _comment(head) + manifests([*grants, *grants_of(found.patches)], to, name) + _comment(foot)


def _comment(lines: Iterable[str]) -> str:
    return "".join(f"# {' '.join(line.split())}\n" for line in lines)


def policy(to: Subject, only: Iterable[str] = ()) -> list[str]:
    """The lines for `policy.csv` in argocd-rbac-cm; `only` these resources, else all."""
    wanted = set(only)
    rows = [row for row in POLICY if not wanted or row[0] in wanted]
    lines = [f"p, role:whydrift, {resource}, get, {objects}, allow" for resource, objects, _ in rows]
    return [*lines, f"g, {to.argocd_name}, role:whydrift"]
