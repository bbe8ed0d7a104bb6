"""Earlier looks: a JSON answer as it says, a recording looked at again."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from whydrift.core.model.triage import SCHEMA, ApplicationAnswer, ReadAnswer
from whydrift.core.model.trouble import Unmask
from whydrift.core.select import Selection
from whydrift.settings import Connection


class Earlier(msgspec.Struct):
    """As much of an earlier answer as a comparison needs."""

    schema: str
    applications: list[ApplicationAnswer]


def is_recording(name: str) -> bool:
    """Whether a name is that of a recording, not of an answer."""
    path = Path(name)
    return name == "demo" or path.is_dir() or path.suffix == ".zip"


def read_answer_file(name: str) -> list[ApplicationAnswer]:
    """The applications of a JSON answer (`-o json`). UsageError where the file is none."""
    from whydrift.adapters.files.documents import read_document

    return read_document(Path(name), Earlier, SCHEMA, "whydrift -o json").applications


@dataclass(frozen=True)
class Looked:
    """What a look found, and what was read of it."""

    applications: list[ApplicationAnswer]
    about: ReadAnswer


async def look(
    connection: Connection,
    selection: Selection,
    hidden: bool,
    *,
    unmask: Unmask = Unmask.NOWHERE,
    forecast: bool = False,
) -> Looked:
    """The selected applications as they are now."""
    from whydrift import wiring
    from whydrift.cli.answering import read_answer
    from whydrift.cli.terminal import Progress
    from whydrift.core.report.shield import shielded
    from whydrift.core.report.tally import Tally
    from whydrift.usecases.scan import Read, scan

    source = wiring.open_source(connection)
    read, tally, progress = Read(), Tally(), Progress()
    analysis = replace(
        wiring.analysis(source.settings, hidden), forecast=forecast, unmask=unmask, read_at=source.read_at
    )
    found: list[ApplicationAnswer] = []
    try:
        stream = scan(source.answers, analysis, source.reader, selection.chooses(), read)
        async with aclosing(stream) as answers:
            async for application in answers:
                found.append(shielded(application, source.masker))
                tally.add(found[-1])
                progress.show(len(found), application.name)
        progress.clear()
    finally:
        await source.close()
    return Looked(found, read_answer(source, read, tally))
