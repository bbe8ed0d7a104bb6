"""Where each application stands: what was said of it when it was looked at last, so that only a change costs a look."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from whydrift.core.model.finding import ApplicationName
from whydrift.ports.watching import Known

SEPARATOR = " "


@dataclass(slots=True)
class Standing:
    """One application. `word` is what was said of it at its last look.

    `told` is what was heard of it last, `heard` the same as the stream spells it: a look may be behind that, or ahead.
    `version` is the newest resourceVersion that was heard of, `moved` when Argo CD looked itself, `managed` the digest
    of its objects, `at` the time of the look, `in_doubt` whether that could not read or decide everything, `cluster`
    where its objects are. `unsettled` is since when the same is said of it though a sync or a rollout runs, "" else.
    """

    version: str = ""
    word: str = ""
    told: str = ""
    heard: str = ""
    moved: str = ""
    managed: str = ""
    sync: str = ""
    project: str = ""
    cluster: str = ""
    at: str = ""
    in_doubt: bool = False
    unsettled: str = ""

    def unsettled_since(self, before: Standing | None) -> str:
        """Since when it has not settled, where `before` was the look before this one."""
        if before is None or before.word != self.word or not self.unsettled:
            return self.unsettled
        return before.unsettled or self.unsettled

    @property
    def fingerprint(self) -> str:
        """What the store keeps of it."""
        return SEPARATOR.join((self.version, self.word, self.managed))


def standings(known: Iterable[Known], instances: Collection[str] | None = None) -> dict[ApplicationName, Standing]:
    """What the store knows; of these instances only, where other watchers keep others in it."""
    found: dict[ApplicationName, Standing] = {}
    for each in known:
        if instances is not None and each.application.instance not in instances:
            continue
        version, word, managed = (*each.fingerprint.split(SEPARATOR), "", "", "")[:3]
        found[each.application] = Standing(
            version=version,
            word=word,
            told=word,
            managed=managed,
            sync=each.sync,
            project=each.project,
            cluster=each.cluster,
            at=each.at,
            in_doubt=bool(each.not_read),
            unsettled="" if each.settled else each.at,
        )
    return found
