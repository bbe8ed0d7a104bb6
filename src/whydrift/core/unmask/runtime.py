"""Places of what runs a container: its image, probes, ports and rights."""

from __future__ import annotations

import re

from whydrift.core.model.values import child, items, text
from whydrift.core.unmask.case import Case, first_container
from whydrift.core.unmask.named import image_parts


def image_place(case: Case) -> str | None:
    """The line that decides which image runs: a kustomization's tag, the image itself, or a chart's value."""
    image = text(case.container, "image") or _first_image(case)
    repository, tag = image_parts(image)
    for written in case.places.documents:
        for line in written.lines:
            if line.path[:1] == ("images",) and line.path[-1] == "name" and repository and repository in line.value:
                place = (
                    written.at(*line.path[:-1], "newTag")
                    or written.at(*line.path[:-1], "digest")
                    or written.at(*line.path[:-1], "newName")
                )
                if place:
                    return place
    container = case.trouble.container or _first_name(case)
    place = case.places.container(case.trouble.key, container, ("image",))
    return (
        case.places.followed(place)
        or case.places.ending(("image", "tag"), tag)
        or case.places.ending(("image",), image)
    )


def _first_image(case: Case) -> str:
    return text(first_container(case), "image")


def _first_name(case: Case) -> str:
    return text(first_container(case), "name")


def probe_place(case: Case) -> str | None:
    """The probe that fails: the path that it asks for, the port, the command; its patience where it timed out."""
    line = case.trouble.why.line
    stated = re.match(r"(Liveness|Startup|Readiness)", line)
    name = f"{stated.group(1).lower()}Probe" if stated else "readinessProbe"
    if re.search(r"(?i)deadline exceeded|timeout|timed out", line):
        return case.at(name, "timeoutSeconds") or case.at(name)
    paths = (
        (("httpGet", "port"), ("httpGet", "path")) if "refused" in line else (("httpGet", "path"), ("httpGet", "port"))
    )
    several = (*paths, ("tcpSocket", "port"), ("grpc", "port"), ("exec", "command"))
    return next((found for path in several if (found := case.at(name, *path))), None) or case.at(name)


def port_place(case: Case) -> str | None:
    """Where the port that is taken is stated."""
    for number in re.findall(r"(?<![\d.])\d{2,5}(?!\d|\.\d)", case.trouble.why.line):
        stated = [
            row
            for row in items(case.container, "ports")
            if number in (str(child(row, "hostPort")), str(child(row, "containerPort")))
        ]
        if stated:
            found = case.at("ports", items(case.container, "ports").index(stated[0]), "containerPort")
            if found:
                return found
        found = case.places.text(number)
        if found:
            return found
    return None


def permission_place(case: Case) -> str | None:
    """Rights that git states: a file system that is read only, a user, a Role; logins are elsewhere."""
    line = case.trouble.why.line
    if re.search(r"(?i)read-only file ?system|EROFS", line):
        return case.at("securityContext", "readOnlyRootFilesystem")
    if "runAsNonRoot" in line or "non-root policy" in line:
        place = ("securityContext", "runAsNonRoot")
        return case.at(*place) or case.places.pod_field(case.trouble.key, *place)
    account = re.search(r"system:serviceaccount:[\w-]+:([\w.-]+)", line)
    if account:
        roles = [w for w in case.places.documents if w.at("rules") and w.at("kind")]
        return roles[0].at("rules") if roles else None
    if re.search(
        r"(?i)EACCES|EPERM|(?:open|mkdir|create|write|bind|chown)\b[^\n]*permission denied|operation not permitted",
        line,
    ):
        return (
            case.at("securityContext", "runAsUser")
            or case.places.pod_field(case.trouble.key, "securityContext", "runAsUser")
            or case.at("securityContext")
            or case.places.pod_field(case.trouble.key, "securityContext")
        )
    return None
