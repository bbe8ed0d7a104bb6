"""Thin bundles: of a repository what was read, and no more: the newest commits, their trees, the files of some paths.

Not every parent and not every file is in them, so `git clone` does not take them: `unpack_thin` does. Their header is
that of a filtered bundle (gitformat-bundle, version 3), by which git itself knows that files are missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from whydrift.adapters.git.command import checked_revision, git
from whydrift.adapters.git.noted import Reads
from whydrift.adapters.git.repository import MOST_COMMITS

HEADER = "# v3 git bundle\n@object-format={}\n@filter=blob:none\n"
LONG = 600
Parents = dict[str, list[str]]


async def write_thin(place: Path, reads: Reads, bundle: Path) -> list[str]:
    """Write what was read of the repository in `place`; the commits whose parents are left out. GitFailed."""
    walked = await _walked(place, reads)
    left_out = {parent for parents in walked.values() for parent in parents} | {*reads.revisions}
    shallow = sorted((left_out - walked.keys()) | (await _cut(place) & walked.keys()))
    given = "".join(f"{commit}\n" for commit in (*walked, *shallow)).encode()
    listing = ("rev-list", "--objects", "--no-object-names", "--no-walk", "--filter=blob:none", "--stdin")
    objects = {*(await git(place, *listing, given=given, seconds=LONG)).decode().split()}
    for revision, path in reads.files:
        objects |= await _files(place, revision, path)
    stem = bundle.absolute().with_suffix("")  # git runs in the repository, not here
    packing = ("pack-objects", "--quiet", "--missing=error", str(stem))
    made = await git(place, *packing, given="".join(f"{one}\n" for one in sorted(objects)).encode(), seconds=LONG)
    pack = stem.with_name(f"{stem.name}-{made.decode().strip()}.pack")
    refs = "".join(f"{revision} refs/read/{revision}\n" for revision in reads.revisions).encode()
    kind = (await git(place, "rev-parse", "--show-object-format")).decode().strip()
    bundle.write_bytes(HEADER.format(kind).encode() + refs + b"\n" + pack.read_bytes())
    for made_too in stem.parent.glob(f"{pack.stem}.*"):
        made_too.unlink()
    return shallow


async def _cut(place: Path) -> set[str]:
    """Where the history of a shallow clone ends."""
    file = (await git(place, "rev-parse", "--path-format=absolute", "--git-path", "shallow")).decode().strip()
    return {*Path(file).read_text().split()} if Path(file).is_file() else set()


async def _walked(place: Path, reads: Reads) -> Parents:
    """The commits that walks through history met, each with its parents: as many as are read, from each end of them."""
    found: Parents = {}
    for since, until, path in sorted(reads.histories, key=str):
        ends = [until] if since is None else [until, since]
        for end in ends:
            found |= await _history(place, checked_revision(end), f"--max-count={MOST_COMMITS + 1}")
        if path and since is not None:
            found |= await _history(place, f"{checked_revision(since)}..{checked_revision(until)}")
    return found


async def _history(place: Path, span: str, *options: str) -> Parents:
    lines = (await git(place, "rev-list", "--parents", *options, span, seconds=LONG)).decode().splitlines()
    return {commit: parents for commit, *parents in (line.split() for line in lines)}


async def _files(place: Path, revision: str, path: str) -> set[str]:
    """The blobs below a path."""
    listing = ("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", checked_revision(revision))
    rows = (await git(place, *listing, path.strip("/") or ".")).split(b"\0")
    heads = (row.partition(b"\t")[0].split() for row in rows if row)
    return {head[2].decode() for head in heads if head[1] == b"blob"}


async def unpack_thin(bundle: Path, place: Path, heads: dict[str, str], shallow: Iterable[str]) -> None:
    """Make a bare repository of a thin bundle. GitFailed where it is none, or damaged."""
    stated = bundle.read_bytes()[:200].partition(b"@object-format=")[2].partition(b"\n")[0].decode("ascii", "replace")
    kind = "sha256" if stated == "sha256" else "sha1"
    await git(None, "init", "--quiet", "--bare", f"--object-format={kind}", "--end-of-options", str(place))
    (place / "shallow").write_text("".join(f"{checked_revision(commit)}\n" for commit in shallow))
    await git(place, "bundle", "unbundle", str(bundle), seconds=LONG)
    for name, commit in heads.items():
        await git(place, "update-ref", f"refs/heads/{checked_revision(name)}", checked_revision(commit))
