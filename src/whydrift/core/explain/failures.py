"""Why a comparison failed: the message of a condition, sorted by what has to be looked at (controller/state.go)."""

from __future__ import annotations

import re
from enum import StrEnum

from whydrift.core.model.explanation import Side


class Failure(StrEnum):
    """What stands in the way of a comparison."""

    PROJECT = "project"
    CLUSTER = "cluster"
    SILENT = "cluster silent"
    ADMISSION = "admission"
    AUTH = "auth"
    REPOSITORY = "repository"
    UNREACHABLE = "repository unreachable"
    REVISION = "revision"
    PATH = "path"
    IGNORE_RULE = "ignore-rule"
    SCHEMA = "schema"
    KIND = "kind"
    SETTINGS = "settings"
    HEALTH = "health"
    RENDER = "render"
    TIMEOUT = "timeout"
    UNKNOWN = "unknown"

    @property
    def says(self) -> str:
        """In a sentence."""
        return _SAYS[self]

    @property
    def side(self) -> Side:
        """Git where its content is at fault, structure where the Application, project or settings are, else ask."""
        if self in (Failure.RENDER, Failure.SCHEMA):
            return Side.GIT
        return Side.STRUCTURE if self in _STRUCTURE else Side.ASK


_STRUCTURE = (
    Failure.PROJECT, Failure.CLUSTER, Failure.REPOSITORY, Failure.REVISION, Failure.PATH, Failure.IGNORE_RULE,
    Failure.SETTINGS, Failure.KIND,
)  # fmt: skip
_SAYS = {
    Failure.PROJECT: "the project does not permit this destination or source",
    Failure.CLUSTER: "the destination cluster is not known",
    Failure.SILENT: "the destination cluster does not answer",
    Failure.ADMISSION: "an admission webhook does not let the comparison's dry run through",
    Failure.AUTH: "Argo CD may not read the repository or the cluster",
    Failure.REPOSITORY: "there is no such repository",
    Failure.UNREACHABLE: "the repository does not answer",
    Failure.REVISION: "the revision does not exist",
    Failure.PATH: "the path does not exist at this revision",
    Failure.IGNORE_RULE: "an ignore rule cannot be read",
    Failure.SCHEMA: "a value does not fit its schema",
    Failure.KIND: "the cluster does not know a kind or version",
    Failure.SETTINGS: "Argo CD's own settings cannot be read",
    Failure.HEALTH: "a health check fails",
    Failure.RENDER: "git cannot be rendered",
    Failure.TIMEOUT: "something did not answer in time",
    Failure.UNKNOWN: "the comparison failed",
}
PATTERNS: dict[Failure, tuple[str, ...]] = {
    Failure.IGNORE_RULE: ("failed to create diff normalizer", "error (compiling|parsing) jq", "ignoreDifferences"),
    Failure.PROJECT: (
        "not match any of the allowed destinations", "not permitted in project", "not permitted to use project",
        "references project .* which does not exist", "application repo .* is not permitted", "project .* not found",
        "is not allowed in project",
    ),
    Failure.CLUSTER: (
        "error getting cluster", "cluster .* not found", "no clusters with this name", "cluster .* has been disabled",
        "[Ff]ailed to (load live state|get cluster info|sync cluster|get api resources)",
        "application destination spec",
        "[Uu]nable to (find destination server|deploy to destination)", "can't have both name and server",
        "the server is currently unable to handle",
    ),
    Failure.ADMISSION: ("failed calling webhook", "failed to call webhook", "admission webhook .* denied"),
    Failure.SETTINGS: (
        "resource\\.customizations", "compareoptions", "argocd-cm",
        "failed to (get|parse|load) resource (overrides|exclusions)",
    ),
    Failure.HEALTH: ("error setting app health", "failed to get resource health"),
    Failure.AUTH: (
        "[Aa]uthentication (required|failed)", "[Uu]nauthorized", "[Pp]ermission denied", "authorization failed",
        "invalid credentials", "ssh: handshake failed", "code = Unauthenticated", "could not read Username",
        "403 Forbidden",
    ),
    Failure.PATH: (
        "app path does not exist", "app path is (absolute|not a directory)", "chart path .* does not exist",
    ),
    Failure.REVISION: (
        "unable to resolve", "unknown revision", "couldn't find remote ref", "revision .* not found",
        "invalid revision", "no matching (semver|version)", "version .* not found", "does not have any commits",
        "reference not found",
    ),
    Failure.REPOSITORY: (
        "repository not found", "not a valid chart repository", "looks like .* is not a valid", "does not appear to be",
    ),
    Failure.UNREACHABLE: (
        "failed to list refs", "no such host", "could not resolve host", "connection refused", "failed to fetch",
        "unable to access", "x509",
    ),
    Failure.SCHEMA: (
        "error building typed value", "not declared in schema", "structured merge diff", "strategic merge",
        "merge key", "setElementOrder", "duplicate entries", "field is immutable", "is invalid:",
        "server.side diff", "dry ?run",
        "failed to calculate diff", "unable to convert", "strict decoding",
    ),
    Failure.KIND: (
        "no matches for kind", "could not find the requested resource", "doesn't have a resource type",
    ),
    Failure.RENDER: (
        "helm template", "kustomize build", "failed to unmarshal", "error converting YAML", "execution error at",
        "jsonnet", "plugin", "failed to generate manifest", "Manifest generation error", "failed to execute",
        "parse error", "values file", "no such file or directory", "lock is out of sync", "dependency build",
    ),
}  # fmt: skip
"""What messages say, the more definite first."""
RENDERER = re.compile(r"`(?:helm template|kustomize build)\b")
"""A renderer's own words come before any object: they speak of patches and kinds in files (util/exec)."""
DEAD = re.compile(r"connection refused|dial tcp|no such host|no route to host|unable to handle|EOF$|x509")
LATE = re.compile(r"context deadline exceeded|timed? ?out|DeadlineExceeded|i/o timeout|code = Unavailable")
SHELLS = (
    r"^Failed to (load target state|compare desired state to live state|load live state): ",
    r"^failed to generate manifest for source \d+ of \d+: ",
    r"^Manifest generation error \(cached\): ",
    r"^rpc error: code = \w+ desc = ",
    r"^failed to execute helm template command: ",
    r"^failed running helm: ",
    r"^`[^`]*` failed (exit status \d+|timeout after \S+)?:? ?",
    r"^Failed to unmarshal \"[^\"]*\": failed to unmarshal manifest: ",
    r"^failed to calculate diff: ",
    r"^error calculating structured merge diff: ",
    r"^error calculating server side diff: ",
    r"^Error: ",
)
"""What Argo CD and its tools wrap around the words that matter."""


def classify(message: str) -> Failure:
    """What a condition's message is about. A deadline wins where nothing more definite is said."""
    found = next((f for f, patterns in PATTERNS.items() if any(re.search(p, message) for p in patterns)), None)
    if found in (Failure.SCHEMA, Failure.KIND) and RENDERER.search(message):
        found = Failure.RENDER
    late = LATE.search(message) is not None
    if found is Failure.CLUSTER and (late or DEAD.search(message)):
        return Failure.SILENT
    if late and found in (Failure.RENDER, Failure.UNREACHABLE, None):
        return Failure.TIMEOUT
    return found or Failure.UNKNOWN


def decisive(message: str) -> str:
    """The message without what is wrapped around it, short enough for a sentence; file names stay."""
    name = re.search(r'Failed to unmarshal "([^"]*)"', message)
    said = " ".join(message.replace("Use --debug flag to render out invalid YAML", "").split())
    while True:
        bare = next((cut for shell in SHELLS if (cut := re.sub(shell, "", said)) != said), said)
        if bare == said or not bare:
            break
        said = bare
    named = f"{name.group(1)}: {said}" if name and name.group(1) not in said else said
    return named if len(named) <= 300 else f"{named[:60]} … {named[-230:]}"
