"""Applications explained anew: what is true of them just before they are changed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from whydrift.core.model.application import Application
from whydrift.core.model.plan import ApplicationRef
from whydrift.core.model.triage import ApplicationAnswer
from whydrift.core.pipeline import Analysis
from whydrift.ports import Source
from whydrift.usecases.facts import FactReader
from whydrift.usecases.scan import Read, visit
from whydrift.usecases.triage import Look, explain_application
from whydrift.usecases.workbench import Workbench


@dataclass
class Again:
    """Explains applications of a source, remedies included; nothing that was read before is used.

    Looking ahead at several reads the fleet once for all of them; `forget` what was not asked for by then.
    """

    source: Source
    analysis: Analysis
    reader_of: Callable[[str], FactReader]
    _ahead: dict[ApplicationRef, ApplicationAnswer] = field(default_factory=dict)

    async def explained(self, ref: ApplicationRef) -> ApplicationAnswer | None:
        """The application as it is now, with what a sync would do; None where there is none."""
        if ref not in self._ahead:
            await self.look_ahead([ref])
        return self._ahead.pop(ref, None)

    async def look_ahead(self, refs: Collection[ApplicationRef]) -> None:
        """Explain several, each to be asked for once."""
        wanted = {(ref.name, ref.namespace, ref.instance): ref for ref in refs}

        def chosen(application: Application) -> bool:
            return (application.name, application.namespace, application.instance) in wanted

        how = replace(self.analysis, synced=True)
        async with aclosing(visit(self.source, how, self.reader_of, chosen, Read(), _explain)) as stream:
            async for answer in stream:
                self._ahead[wanted[answer.name, answer.namespace, answer.instance]] = answer

    def forget(self) -> None:
        """Let go of what was looked at ahead: it gets old."""
        self._ahead.clear()


async def _explain(application: Application, look: Look) -> ApplicationAnswer:
    return await explain_application(application, look, Workbench())
