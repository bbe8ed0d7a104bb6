"""`whydrift-accepted.toml`: read as a whole, written by adding a block at its end."""

from __future__ import annotations

import json
import os
import tempfile
import tomllib
from pathlib import Path

import msgspec

from whydrift.core.model.accepted import SCHEMA, Accepted, AcceptedFile
from whydrift.errors import UsageError

FILE = "whydrift-accepted.toml"
HEAD = f"""\
# Differences that somebody decided to live with: each has a reason, an owner and an end. Commit this file.
schema = "{SCHEMA}"
"""


def read_accepted(place: Path) -> tuple[Accepted, ...]:
    """The residuals of a file, () where there is none. UsageError where it cannot be read, with what is wrong."""
    try:
        text = place.read_text("utf-8")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{place}: {error}") from error
    try:
        found = msgspec.convert(tomllib.loads(text), AcceptedFile, strict=True, dec_hook=None)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise UsageError(f"{place}: {error}") from error
    if found.schema != SCHEMA:
        raise UsageError(f"{place} is a {found.schema}, this whydrift takes {SCHEMA}")
    return found.accepted


def add_accepted(place: Path, one: Accepted) -> None:
    """Write one residual more; what the file holds stays as it is. UsageError where it holds this one already."""
    held = read_accepted(place)
    same = [h for h in held if (h.application, h.object, h.namespace, h.path) == _place(one)]
    if same:
        raise UsageError(f"{place} holds it already, until {same[0].until}: edit its end there")
    before = place.read_bytes().decode() if place.exists() else HEAD
    end = "\r\n" if "\r\n" in before else "\n"
    block = ["", "[[accepted]]", *(f"{key} = {_string(value)}" for key, value in msgspec.to_builtins(one).items())]
    _replace(place, before.rstrip("\r\n") + end + end.join(block) + end)


def _place(one: Accepted) -> tuple[str, str, str, str]:
    return one.application, one.object, one.namespace, one.path


def _string(value: str) -> str:
    """A TOML basic string: JSON's escapes are a part of TOML's; DEL has to be escaped too (TOML 1.0, String)."""
    return json.dumps(value, ensure_ascii=True).replace("\x7f", "\\u007f")


def _replace(place: Path, content: str) -> None:
    handle, name = tempfile.mkstemp(dir=place.parent or Path(), prefix=f".{place.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
