"""Settings: what the command line, the environment and the user's file say, in this order.

Options of the command line take their environment variables themselves (`cli/options.py`); here are the file, and the
variables of what has no option. The file says nothing about servers and credentials: it may lie in any folder that one
happens to stand in.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

from whydrift.core.model.people import People
from whydrift.errors import UsageError
from whydrift.settings.watching import RouteFile, ServeFile, StoreFile, WatchFile

T = TypeVar("T")
FILE = "whydrift.toml"
RENDERS = 2
"""Renders at a time where nobody says otherwise."""


@dataclass(frozen=True)
class Connection:
    """Where answers come from, as the user said it; None and "" are left to the environment and the user's files."""

    recording: str | None = None
    argocd_context: str = ""
    server: str = ""
    in_cluster: bool = False
    context: str = ""
    kubeconfig: str = ""
    no_kubernetes: bool = False
    dry_run: bool = False
    repos: tuple[str, ...] = ()
    no_git: bool = False
    renders: int | None = None
    prometheus: str = ""


class Managers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[managers]`: globs over names of field managers."""

    controllers: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    pipelines: tuple[str, ...] = ()


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """whydrift.toml."""

    managers: Managers = msgspec.field(default_factory=Managers)
    repos: dict[str, str] = msgspec.field(default_factory=dict)
    renders: Annotated[int, msgspec.Meta(ge=0, le=16)] = RENDERS
    cache: str = ""
    prometheus: str = ""
    state: str = ""
    store: StoreFile = StoreFile()
    watch: WatchFile = WatchFile()
    routes: tuple[RouteFile, ...] = ()
    serve: ServeFile = ServeFile()


@dataclass(frozen=True)
class Settings:
    """What holds in the end. `repos` are local checkouts by URL of the repository, `cache` is where clones go.

    `state` is where `apply` keeps what must not be lost: journals and dumps; the store of findings is there too, where
    no URL names another. `prometheus` is a URL that says what pods use.
    """

    people: People = field(default_factory=People)
    repos: Mapping[str, Path] = field(default_factory=dict)
    renders: int = RENDERS
    cache: Path = Path()
    state: Path = Path()
    prometheus: str = ""
    store: StoreFile = field(default_factory=StoreFile)
    watch: WatchFile = field(default_factory=WatchFile)
    routes: tuple[RouteFile, ...] = ()
    serve: ServeFile = field(default_factory=ServeFile)


def read_settings(environ: Mapping[str, str], home: Path, folder: Path) -> Settings:
    """Environment over file over defaults. UsageError names the file or variable, and the key, that is wrong."""
    path = _file(environ, home, folder)
    found = path if path == folder / FILE and not environ.get("WHYDRIFT_CONFIG") else None
    file = _read(path) if path is not None else File()
    beside = path.resolve().parent if path is not None else folder
    stated = file.managers
    people = People(
        controllers=_listed(environ, "WHYDRIFT_MANAGERS_CONTROLLERS", stated.controllers),
        people=_listed(environ, "WHYDRIFT_MANAGERS_PEOPLE", stated.people),
        pipelines=_listed(environ, "WHYDRIFT_MANAGERS_PIPELINES", stated.pipelines),
    )
    cache, state = environ.get("WHYDRIFT_CACHE") or file.cache, environ.get("WHYDRIFT_STATE") or file.state
    caches = Path(environ.get("XDG_CACHE_HOME") or home / ".cache", "whydrift")
    states = Path(environ.get("XDG_STATE_HOME") or home / ".local" / "state", "whydrift")
    return Settings(
        people=people,
        repos={url: beside / Path(place).expanduser() for url, place in file.repos.items()},
        renders=file.renders,
        prometheus=_own(found, "prometheus", file.prometheus, "only --prometheus, WHYDRIFT_PROMETHEUS or"),
        store=_own(found, "store", file.store, "only --store, WHYDRIFT_STORE or"),
        watch=file.watch,
        routes=_own(found, "routes", file.routes, "only WHYDRIFT_CONFIG or"),
        serve=_reached(_own(found, "serve", file.serve, "only options, WHYDRIFT_CONFIG or"), environ),
        cache=beside / Path(cache).expanduser() if cache else caches,
        state=beside / Path(state).expanduser() if state else states,
    )


def _own(found: Path | None, key: str, stated: T, who: str) -> T:
    """What the user's own file says. One found in the folder that one stands in may not: anybody may put it there."""
    if found is not None and stated not in ("", (), StoreFile(), ServeFile()):
        raise UsageError(f"{found}: {key}: {who} your own settings may name it")
    return stated


def _reached(serve: ServeFile, environ: Mapping[str, str]) -> ServeFile:
    """Where the page is reached, also for `watch`, which links to it and does not serve it."""
    return msgspec.structs.replace(serve, base_url=environ.get("WHYDRIFT_BASE_URL") or serve.base_url)


def _file(environ: Mapping[str, str], home: Path, folder: Path) -> Path | None:
    """The file: WHYDRIFT_CONFIG, else whydrift.toml of the folder, else the user's own."""
    stated = environ.get("WHYDRIFT_CONFIG")
    if stated:
        return Path(stated).expanduser()
    own = Path(environ.get("XDG_CONFIG_HOME") or home / ".config", "whydrift", FILE)
    return next((path for path in (folder / FILE, own) if path.is_file()), None)


def _read(path: Path) -> File:
    try:
        return msgspec.convert(tomllib.loads(path.read_text()), File)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: not TOML: {error}") from error
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}: {_named(error)}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not TOML: not UTF-8") from error
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error


def _named(error: msgspec.ValidationError) -> str:
    """The reason with the key as it stands in the file: `managers.controllers[0]`."""
    reason, _, place = str(error).partition(" - at `")
    key = place.rstrip("`").removeprefix("$").removeprefix(".")
    reason = reason[:1].lower() + reason[1:]
    return reason.replace("object contains unknown field", "unknown key") + (f" in {key}" if key else "")


def _listed(environ: Mapping[str, str], variable: str, otherwise: tuple[str, ...]) -> tuple[str, ...]:
    """A variable's values, separated by commas."""
    stated = environ.get(variable)
    return otherwise if stated is None else tuple(part.strip() for part in stated.split(",") if part.strip())
