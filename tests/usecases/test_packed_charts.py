"""Packed subcharts are read as text files, and nothing in an archive of a stranger does harm."""

from __future__ import annotations

import gzip
import io
import tarfile

import pytest

from whydrift.usecases.packed_charts import LARGEST_FILE, MOST_FILES, unpacked


def packed(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    """A .tgz of members."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return archive.getvalue()


def link(name: str, to: str) -> tarfile.TarInfo:
    """A symbolic link."""
    member = tarfile.TarInfo(name)
    member.type, member.linkname = tarfile.SYMTYPE, to
    return member


def test_text_files_are_there_and_nothing_else() -> None:
    archive = packed(
        (tarfile.TarInfo("cache/Chart.yaml"), b"name: cache\n"),
        (tarfile.TarInfo("cache/values.yaml"), "größe: 1\n".encode()),
        (tarfile.TarInfo("cache/logo.png"), b"\x89PNG\0\xff"),
        (link("cache/secret", "/etc/passwd"), b""),
        (tarfile.TarInfo("cache/large.txt"), b"x" * (LARGEST_FILE + 1)),
    )
    assert dict(unpacked(archive)) == {"cache/Chart.yaml": "name: cache\n", "cache/values.yaml": "größe: 1\n"}


def test_an_archive_of_very_many_files_ends() -> None:
    archive = packed(*((tarfile.TarInfo(f"cache/{number}"), b"x") for number in range(MOST_FILES + 50)))
    assert len(dict(unpacked(archive))) == MOST_FILES


def test_an_archive_that_unpacks_to_very_much_ends() -> None:
    archive = packed(*((tarfile.TarInfo(f"cache/{number}"), b"x" * LARGEST_FILE) for number in range(40)))
    assert len(archive) < LARGEST_FILE
    assert sum(len(text) for _, text in unpacked(archive)) <= 16 * LARGEST_FILE


@pytest.mark.parametrize(
    "content",
    [b"", b"no archive", gzip.compress(b"no tar"), packed((tarfile.TarInfo("a"), b"x" * 999))[:40]],
    ids=["nothing", "text", "no-tar", "cut-off"],
)
def test_what_is_no_archive_holds_nothing(content: bytes) -> None:
    assert dict(unpacked(content)) == {}


def test_a_damaged_archive_is_read_up_to_the_damage() -> None:
    whole = packed((tarfile.TarInfo("a"), b"".join(str(number).encode() for number in range(9999))))
    for place in range(10, len(whole), 997):
        damaged = whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :]
        assert set(dict(unpacked(damaged))) <= {"a"} or all(len(text) <= LARGEST_FILE for _, text in unpacked(damaged))
