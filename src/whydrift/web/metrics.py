"""/metrics: what drifts, by application, cause and side, never by object; how old the looks are; errors.

It tells of every application, whoever asks: it has a token of its own, or is open where everything is (loopback).
"""

from __future__ import annotations

import hmac
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from whydrift.core.model.finding import ApplicationName, What
from whydrift.ports.watching import Drift, Known, Store
from whydrift.usecases.watch.status import Status
from whydrift.web.authentication import token_of
from whydrift.web.live import last_event
from whydrift.web.reader import Asking, Denied, Reader
from whydrift.web.site import Site

TYPE = "text/plain; version=0.0.4; charset=utf-8"
MOST = 1_000
TOLD = (What.NEW, What.RETURNED, What.CHANGED, What.GONE)
OF = ["argocd", "app_namespace", "application"]
"""Not `instance` and `namespace`: Prometheus gives these to where it scrapes, and renames ours."""


async def may_read(site: Site, asking: Asking) -> Denied | None:
    """Why these metrics are not for who asks; None where they are."""
    if site.metrics_token:
        given = token_of(asking.header("authorization"))
        if hmac.compare_digest(given.encode("utf-8", "replace"), site.metrics_token.encode()):
            return None
        return Denied(401, "the metrics have a token of their own", 'Bearer realm="whydrift metrics"')
    reader = await site.access.reader(asking)
    if isinstance(reader, Reader) and reader.everything:
        return None
    return Denied(403, "the metrics tell of every application: give them a token with --metrics-token-file")


class Happened:
    """Counts what happened since it was made, whichever process found it: the store tells of it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._counted: Counter[What] = Counter(dict.fromkeys(TOLD, 0))
        self._last = last_event(store)

    def now(self) -> Mapping[What, int]:
        """How often each thing happened so far."""
        with self._lock:
            while True:
                found = self._store.after(self._last, limit=MOST)
                if not found:
                    return dict(self._counted)
                self._counted.update(event.what for event in found)
                self._last = found[-1].id


def metrics(site: Site, happened: Happened) -> bytes:
    """Everything that is measured, in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Fleet(site.store, site.now(), site.status, happened))
    return generate_latest(registry)


class Fleet(Collector):
    """The store in numbers, read when it is asked for."""

    def __init__(self, store: Store, now: str, status: Status | None, happened: Happened) -> None:
        self._status = status
        self._store = store
        self._now = now
        self._happened = happened

    def collect(self) -> Iterable[Metric]:
        """All families."""
        known = self._store.applications()
        yield fields(self._store.drifts())
        yield from looks(known, self._now)
        yield events(self._happened.now())
        if self._status is not None:
            yield from watching(self._status)


def fields(drifts: Iterable[Drift]) -> Metric:
    """Open findings of each application by cause, side and severity."""
    family = GaugeMetricFamily(
        "whydrift_open_findings",
        "Fields that differ and things that are broken, by application, cause, side and severity",
        labels=[*OF, "cause", "side", "severity"],
    )
    for drift in drifts:
        family.add_metric([*_labels(drift.application), drift.cause, drift.side, drift.severity], drift.fields)
    return family


def looks(known: Iterable[Known], now: str) -> Iterable[Metric]:
    """How old each look is, which applications were not read, and Argo CD's verdicts in numbers."""
    age = GaugeMetricFamily("whydrift_look_age_seconds", "Seconds since an application was looked at", labels=OF)
    unread = GaugeMetricFamily("whydrift_not_read", "1 where an application could not be read", labels=OF)
    verdicts: Counter[str] = Counter()
    newest = ""
    for one in known:
        age.add_metric(_labels(one.application), seconds(one.at, now))
        unread.add_metric(_labels(one.application), float(bool(one.not_read)))
        verdicts[one.sync or "not-compared"] += 1
        newest = max(newest, one.at)
    said = GaugeMetricFamily("whydrift_applications", "Applications by Argo CD's sync status", labels=["sync"])
    for verdict, number in sorted(verdicts.items()):
        said.add_metric([verdict], number)
    last = GaugeMetricFamily("whydrift_newest_look_age_seconds", "Seconds since anything was looked at")
    if newest:
        last.add_metric([], seconds(newest, now))
    yield from (age, unread, said, last)


def events(happened: Mapping[What, int]) -> Metric:
    """What happened since this process began to serve, found by any process."""
    says = "Findings that were new, changed, gone or returned since the start, found by whichever process"
    family = CounterMetricFamily("whydrift_events", says, labels=["what"])
    for what, number in happened.items():
        family.add_metric([what.value], number)
    return family


def watching(status: Status) -> Iterable[Metric]:
    """How the watching goes that runs in this process."""
    delays = sorted(status.delays)
    told = (
        ("looks", "Looks of this process at applications since the start", status.looks),
        ("errors", "Looks of this process that failed for a reason that nobody foresaw", status.errors),
    )
    for name, says, number in told:
        yield CounterMetricFamily(f"whydrift_watch_{name}", says, value=number)
    yield from ways(status)
    yield GaugeMetricFamily("whydrift_watch_waiting", "Applications that wait for a look", value=status.waiting)
    yield GaugeMetricFamily("whydrift_watch_troubles", "What does not work at the moment", value=len(status.troubles))
    if delays:
        late = delays[int(0.95 * (len(delays) - 1))]
        says = "From hearing of a change to having kept it: 95 % of the last thousand were quicker"
        yield GaugeMetricFamily("whydrift_watch_delay_seconds", says, value=late)


def ways(status: Status) -> Iterable[Metric]:
    """Which way each instance is followed, and which better ones are refused; the log says why."""
    followed = GaugeMetricFamily("whydrift_watch_followed", "1 for the way that is followed", labels=["argocd", "way"])
    refused = GaugeMetricFamily("whydrift_watch_refused", "1 for a better way, refused", labels=["argocd", "way"])
    for instance, way in status.ways.items():
        followed.add_metric([instance, way.follows], 1)
        for better in way.refused:
            refused.add_metric([instance, better], 1)
    yield from (followed, refused)


def seconds(since: str, now: str) -> float:
    """Seconds from one time (RFC 3339) to another; 0 where that is in the future."""
    return max((datetime.fromisoformat(now) - datetime.fromisoformat(since)).total_seconds(), 0.0)


def _labels(name: ApplicationName) -> list[str]:
    return list(name)
