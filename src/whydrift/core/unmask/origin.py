"""A trouble → the likeliest place in git: what its line names, else the field that its kind points to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from difflib import get_close_matches

from whydrift.core.model.trouble import NOT_IN_GIT, Category, Origin, Trouble
from whydrift.core.model.values import child, items, text
from whydrift.core.unmask.capacity import (
    address_place,
    memory_place,
    quota_place,
    scarce_place,
    size_place,
    volume_place,
)
from whydrift.core.unmask.case import Case, configuration
from whydrift.core.unmask.containers import STOPPED_EXITS
from whydrift.core.unmask.named import config_files, config_line, hosts, variable, words
from whydrift.core.unmask.places import Places
from whydrift.core.unmask.runtime import image_place, permission_place, port_place, probe_place
from whydrift.core.unmask.scene import Scene
from whydrift.core.unmask.secret_keys import secret_place, secret_reference


def with_origin(scene: Scene, trouble: Trouble) -> Trouble:
    """A trouble with its place in git; "none" where the files hold no cause, left open where no files were read."""
    if scene.git is None or not scene.git.files:
        return trouble
    case = Case(scene, Places(scene.git, scene.application), trouble)
    return replace(trouble, origin=Origin(_source(case), _near(case) or ""))


def _source(case: Case) -> str:
    stopped = case.trouble.exit in STOPPED_EXITS and not case.trouble.why.line
    unsaid = stopped and case.trouble.category is Category.APPLICATION_ERROR  # who stopped it, git may say
    if unsaid or case.trouble.category is Category.LOG_NOT_READ:
        return ""
    find = FINDERS.get(case.trouble.category)
    return (find(case) if find else None) or NOT_IN_GIT


def _near(case: Case) -> str | None:
    """A reference to what is broken: what the line names, else what the container is made of."""
    if case.trouble.category is Category.CERTIFICATE_NOT_READY:
        return case.field("spec", "issuerRef")
    if case.trouble.category is Category.PERMISSION_DENIED:
        return secret_reference(case) or case.at("image")
    if case.trouble.category is Category.DISK_FULL:
        return size_place(case) or case.at("image")
    named = (case.places.text(word) for word in words(case.trouble.why.line))
    return next((place for place in named if place), None) or case.at("args") or case.at("image") or case.field("kind")


def _named(case: Case) -> str | None:
    """Where the value stands that a line names: the line of a configuration file, an address, a quoted word."""
    line = case.trouble.why.line
    stated = config_line(line, configuration(case))
    found = case.places.line(stated) if stated else None
    if found:
        return found
    addresses = (case.places.text(host) for host in hosts(line))
    found = next((place for place in addresses if place), None)
    if found or case.trouble.category is Category.DEPENDENCY_UNREACHABLE:
        return found
    stated_words = [*words(line), variable(line)]
    found = next((place for word in stated_words if word and (place := case.places.text(word))), None)
    return found or next((place for name in config_files(line) if (place := case.places.file(name))), None)


def _stated(case: Case) -> str | None:
    """What the line names; of a container that is only not ready, else its probe; of a Service its selector."""
    if case.trouble.key[:2] == ("", "Service"):
        return case.field("spec", "selector")
    return _named(case) or (probe_place(case) if case.trouble.state == "NotReady" else None)


def _missing_config(case: Case) -> str | None:
    """A variable or file that is not there: the nearest spelling of it, else where variables are listed."""
    held = re.search(r"(?i)configmaps? \"?([\w.-]+/)?([\w.-]+)", case.trouble.why.line)
    place = case.places.text(held.group(2)) if held else None
    if place:
        return place
    name = variable(case.trouble.why.line)
    if not name:
        named = (case.places.text(word) for word in words(case.trouble.why.line))
        return next((place for place in named if place), None) or case.at("volumeMounts") or case.at("args")
    stated = [text(row, "name") for row in items(case.container, "env")]
    close = get_close_matches(name, stated, n=1, cutoff=0.85)
    if name not in stated and close:
        return case.places.text(close[0])
    return case.places.text(name) or case.at("env") or case.at("envFrom") or case.at()


def _definitions(case: Case) -> str | None:
    """The switch that keeps definitions from being installed."""
    for where, source in case.places.sources():
        if child(source, "helm", "skipCrds") is True:
            return f"Application:{where}/helm/skipCrds"
    switches = re.compile(r"(?i)(?:install_?crds?|skip_?crds?|crds/(?:install|enabled|create)):(?:true|false)")
    for written in case.places.values:
        for line in written.lines:
            if switches.fullmatch(f"{'/'.join(map(str, line.path[-2:]))}:{line.value}") or switches.fullmatch(
                f"{line.path[-1]}:{line.value}"
            ):
                return f"{written.file}:{line.number}"
    return None


def _command(case: Case) -> str | None:
    return case.at("command") or case.at("args") or image_place(case)


FINDERS: dict[Category, Callable[[Case], str | None]] = {
    Category.CONFIG_INVALID: _stated,
    Category.DEPENDENCY_UNREACHABLE: _stated,
    Category.CONFIG_MISSING: _missing_config,
    Category.CRD_MISSING: _definitions,
    Category.MISSING_SECRET_KEY: secret_place,
    Category.IMAGE_NOT_FOUND: image_place,
    Category.IMAGE_FORBIDDEN: image_place,
    Category.WRONG_ARCHITECTURE: image_place,
    Category.ROLLOUT_ABORTED: image_place,
    Category.OUT_OF_MEMORY: memory_place,
    Category.PROBE_KILLS: probe_place,
    Category.PROBE_NEVER_READY: probe_place,
    Category.COMMAND_NOT_FOUND: _command,
    Category.PORT_IN_USE: port_place,
    Category.PERMISSION_DENIED: permission_place,
    Category.UNSCHEDULABLE: scarce_place,
    Category.VOLUME_PENDING: volume_place,
    Category.NO_ADDRESS: address_place,
    Category.QUOTA_EXCEEDED: quota_place,
}
"""How a category's place is found; what git cannot be the cause of is not among them."""
