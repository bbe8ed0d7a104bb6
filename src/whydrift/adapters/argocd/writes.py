"""Changes through Argo CD's API: only for `apply`, only of Applications, each request sent once."""

from __future__ import annotations

from functools import partial

from whydrift.adapters.argocd.source import ArgocdSource
from whydrift.adapters.http.sending import Request, send
from whydrift.ports import Api, Outcome, Question, Refused, Write

APPLICATIONS = "/api/v1/applications/"


class ArgocdWrites:
    """Changes Applications of the Argo CD that a source reads, with its login."""

    def __init__(self, source: ArgocdSource) -> None:
        self._source = source

    async def write(self, write: Write) -> Outcome:
        """Send one request about one Application: a patch, a sync, a refresh."""
        parts = write.path.removeprefix(APPLICATIONS).split("/")
        if not write.path.startswith(APPLICATIONS) or len(parts) > 2 or any(p in ("", ".", "..") for p in parts):
            return Refused(f"{write.path}: not sent: it is no Application")
        request = Request(write.method, write.path, write.body, write.query, write.content_type)
        judge = partial(self._source.judge.reply, Question(Api.ARGOCD, write.path, write.query))
        return await send(self._source.client.endpoint, request, judge)
