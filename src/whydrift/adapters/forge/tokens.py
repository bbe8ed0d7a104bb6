"""Tokens for forges: of the environment, else of the login that the forge's own command has."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import yaml

from whydrift.adapters.forge.hosts import SERVERS, Software, named
from whydrift.core.model.values import Json, mapping, text

VARIABLES = {Software.GITHUB: ("GH_TOKEN", "GITHUB_TOKEN"), Software.GITLAB: ("GITLAB_TOKEN",)}
ENTERPRISE = ("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")
"""gh takes these for a GitHub that is not github.com (`gh help environment`)."""
PUBLIC = {Software.GITHUB: "github.com", Software.GITLAB: "gitlab.com"}
SECONDS = 10


def token_of(host: str, kind: Software, environ: Mapping[str, str], home: Path) -> str:
    """The token for a host, "" where the user has none."""
    for variable in _variables(host, kind, environ):
        if environ.get(variable):
            return environ[variable].strip()
    if kind is Software.GITHUB:
        return _of_gh(host, environ)
    return text(mapping(gitlab_logins(environ, home), host), "token")


def _variables(host: str, kind: Software, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The variables whose token belongs to a host: a public one, or one that the user names. No other gets any.

    A repository's URL comes out of an Application: whoever writes one must not choose where a token goes.
    """
    if host in named(environ, *SERVERS[kind]):
        return (*ENTERPRISE, *VARIABLES[kind]) if kind is Software.GITHUB else VARIABLES[kind]
    return VARIABLES[kind] if host == PUBLIC[kind] else ()


def _of_gh(host: str, environ: Mapping[str, str]) -> str:
    """The token of gh's login, which it keeps in the system's keyring."""
    try:
        done = subprocess.run(
            ["gh", "auth", "token", "--hostname", host],
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""


def gitlab_logins(environ: Mapping[str, str], home: Path) -> dict[str, Json]:
    """The hosts in glab's configuration (config.yml: hosts.HOST.token)."""
    folder = environ.get("GLAB_CONFIG_DIR") or Path(environ.get("XDG_CONFIG_HOME") or home / ".config", "glab-cli")
    try:
        found: Json = yaml.safe_load(Path(folder, "config.yml").read_text())
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return mapping(found, "hosts")
