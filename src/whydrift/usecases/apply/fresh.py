"""One application explained anew: what is true of it just before it is changed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace

from whydrift.core.model.application import Application
from whydrift.core.model.plan import ApplicationRef
from whydrift.core.model.triage import ApplicationAnswer
from whydrift.core.pipeline import Analysis
from whydrift.ports import Source
from whydrift.usecases.facts import FactReader
from whydrift.usecases.scan import Read, visit
from whydrift.usecases.triage import Look, explain_application
from whydrift.usecases.workbench import Workbench


@dataclass(frozen=True)
class Again:
    """Explains applications of a source, remedies included; nothing that was read before is used."""

    source: Source
    analysis: Analysis
    reader_of: Callable[[str], FactReader]

    async def explained(self, ref: ApplicationRef) -> ApplicationAnswer | None:
        """The application as it is now, with what a sync would do; None where there is none."""

        def chosen(application: Application) -> bool:
            found = (application.name, application.namespace, application.instance)
            return found == (ref.name, ref.namespace, ref.instance)

        async def explain(application: Application, look: Look) -> ApplicationAnswer:
            return await explain_application(application, look, Workbench())

        how = replace(self.analysis, synced=True)
        async with aclosing(visit(self.source, how, self.reader_of, chosen, Read(), explain)) as stream:
            return await anext(stream, None)
