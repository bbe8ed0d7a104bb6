"""A small fleet in a real store, and sites that show it: to everybody here, or to each what is theirs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec
from starlette.testclient import TestClient
from tests.looks import SHOP, at, field, look, trouble

from whydrift import wiring
from whydrift.adapters.store.store import SqlStore
from whydrift.core.model.audit import FaultAnswer, IgnoresAnswer, IgnoresSummary, PartAnswer, RuleAnswer
from whydrift.core.model.explanation import Side, Strength
from whydrift.core.model.finding import ApplicationName, Severity
from whydrift.core.model.triage import (
    ApplicationAnswer,
    ArgocdAnswer,
    DifferenceAnswer,
    EvidenceAnswer,
    ExplanationAnswer,
    ObjectAnswer,
    ReadAnswer,
)
from whydrift.ports import Refused
from whydrift.ports.visibility import Visibility
from whydrift.ports.watching import Later
from whydrift.web.access import Access
from whydrift.web.api.documents import ADDRESSES
from whydrift.web.app import PAGES, application_of
from whydrift.web.authentication import Anybody, Authentication, Loopback
from whydrift.web.door import Limits
from whydrift.web.server import listen, serve
from whydrift.web.site import Site
from whydrift.web.views.ignores import KEPT

PAY = ApplicationName("", "argocd", "zebra-payments")
AWAY = ApplicationName("eu/prod", "argocd", "shop")
MARK = "zebra"
"""In every word of the application that belongs to others."""
NOW = at(30)
FREE = Limits(rate=1_000_000, burst=1_000_000)
CAUSES = {page.cause.id: page for page in wiring.cause_pages()}


def answered(name: ApplicationName, word: str = "web", **about: object) -> bytes:
    """What the last look said of an application with one field that differs."""
    difference = DifferenceAnswer(
        path="/spec/replicas",
        field=f"spec.{word}",
        kind="modified",
        shown=True,
        target=3,
        live=5,
        side=Side.CLUSTER,
        because=f"{word} did it",
        explanations=(
            ExplanationAnswer(
                cause="person-edits-live",
                strength=Strength.ATTRIBUTED,
                why=f"{word} edited it",
                evidence=(EvidenceAnswer(fact="managed-fields", says=f"{word} wrote it"),),
            ),
        ),
    )
    item = ObjectAnswer(
        id=f"apps/Deployment/{word}", namespace=word, argocd="OutOfSync", state="modified", differences=(difference,)
    )
    answer = ApplicationAnswer(
        name=name.name,
        namespace=name.namespace,
        instance=name.instance,
        project=word,
        argocd=ArgocdAnswer(sync="OutOfSync", health="Healthy", revision="abc"),
        agrees=True,
        objects=(item,),
    )
    return msgspec.json.encode(msgspec.structs.replace(answer, **about))


def filled(store: SqlStore) -> SqlStore:
    """The store with two applications that everybody may see, and one that is others'."""
    theirs = [
        field(
            f"/spec/{MARK}", f"apps/Deployment/{MARK}", cause=f"{MARK}-cause", who=MARK, why=MARK, target=f'"{MARK}"'
        ),
        field(
            "/spec/b",
            f"apps/Deployment/{MARK}",
            severity=Severity.LOSES,
            sync=f"removes {MARK}",
            where=f"{MARK}/a.yaml:1",
        ),
        field("/spec/c", f"apps/Deployment/{MARK}", shown=False, cause=f"{MARK}-hidden"),
        field("/spec/d", f"apps/Deployment/{MARK}", accepted=f"{MARK} until 2027-01-01"),
        trouble(f"{MARK}", f"apps/Deployment/{MARK}", f"{MARK}-trouble"),
    ]
    ours = [
        field(),
        field("/spec/image", severity=Severity.LOSES, sync="downgrades it"),
        trouble(),
        field("/h", shown=False),
    ]
    for minute, (shop, pay) in enumerate(((ours, theirs), ([], []), (ours, theirs))):
        store.record(look(shop, at(minute), project="shop", team="front", answer=answered(SHOP)))
        about = {"project": f"{MARK}-project", "team": f"{MARK}-team", "answer": answered(PAY, MARK)}
        store.record(look(pay, at(minute), PAY, not_read=f"403 {MARK}" if minute == 2 else "", **about))
        store.record(look([], at(minute), AWAY, sync="Synced", answer=answered(AWAY)))
    store.note(KEPT, msgspec.json.encode(audit()).decode())
    return store


def audit() -> IgnoresAnswer:
    """Ignore rules of both, and one of the settings."""
    rules = tuple(_part(name) for name in (SHOP.name, PAY.name, ""))
    read = ReadAnswer(source="x", at=at(2), complete=True, gaps=(), requests=1, renders=0)
    summary = IgnoresSummary(applications=2, parts=3, hidden=0, faults={}, uncompared=0)
    return IgnoresAnswer(read=read, summary=summary, rules=rules, not_proven=())


def _part(application: str) -> PartAnswer:
    word = "shop" if application == SHOP.name else MARK
    return PartAnswer(
        application=application,
        app_namespace="argocd" if application else "",
        instance="",
        origin="spec.ignoreDifferences[0]",
        form="pointer",
        part=f"/spec/{word}",
        rule=RuleAnswer(group="apps", kind="Deployment", name=word),
        objects=1,
        covers=1,
        judged=True,
        faults=(FaultAnswer(fault="too-wide", says=f"{word} is too wide"),),
        hides=(),
    )


class Rights:
    """`ports.visibility.Visibility` out of a table: what the holder of each token may see."""

    def __init__(self, rights: Mapping[str, frozenset[ApplicationName]], answers: bool = True) -> None:
        self.rights = dict(rights)
        self.answers = answers
        self.asked = 0

    async def visible(self, token: str) -> frozenset[ApplicationName] | Refused | Later:
        """What is in the table."""
        self.asked += 1
        if not self.answers:
            return Later("away")
        return self.rights.get(token, Refused("no such token", 401))

    async def close(self) -> None:
        """Nothing is open."""


def site_of(
    store: SqlStore,
    authentication: Authentication | None = None,
    visibility: Visibility | None = None,
    limits: Limits = FREE,
    **about: object,
) -> Site:
    """A site of a store; open to this machine where nothing else is said, or to whom Argo CD knows."""
    who = authentication or (Anybody() if visibility else Loopback())
    plain = {"now": lambda: NOW, "causes": CAUSES, "limits": limits, **about}
    return Site(store=store, access=Access(who, visibility), **plain)  # type: ignore[arg-type]  # a table of options


def client_of(site: Site, peer: str = "127.0.0.1", token: str = "") -> TestClient:
    """A browser at that site."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return TestClient(application_of(site), "http://localhost", client=(peer, 50_000), headers=headers)


@contextmanager
def served(site: Site) -> Iterator[int]:
    """A real server of a site, in a thread; its port. It is stopped afterwards, streams and all."""
    listening = listen("127.0.0.1", 0)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve(site, listening)))
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        loop.call_soon_threadsafe(site.stopping.set)
        thread.join(15)
        assert not thread.is_alive()
        loop.close()


def opened(folder: Path) -> SqlStore:
    """A filled store in a folder."""
    return filled(SqlStore("", folder))


def path_of(route: str, name: ApplicationName = SHOP, cause: str = "person-edits-live") -> str:
    """An address of a route."""
    instance = name.instance or "-"
    return (
        route.replace("{instance:path}", instance)
        .replace("{instance}", instance)
        .replace("{namespace}", name.namespace)
        .replace("{name}", name.name)
        .replace("{cause}", cause)
    )


ROUTES = (*PAGES, *(address.path for address in ADDRESSES))
OTHERS = ("/api/openapi.json", "/healthz", "/readyz", "/metrics")
