"""What holds for whatever a cluster answers: nothing raises, and calm is calm."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.unmask.test_objects import OLD, event, live, pod, scene
from whydrift.core.model.values import Json, JsonObject
from whydrift.core.unmask.moments import between, earliest, newest
from whydrift.core.unmask.outline import outline
from whydrift.core.unmask.troubles import troubles_of

KEYS = (
    "status",
    "state",
    "waiting",
    "reason",
    "terminated",
    "running",
    "conditions",
    "type",
    "name",
    "startedAt",
    "ready",
)
WORDS = ("CrashLoopBackOff", "Ready", "False", "True", "", OLD, "2026-99-99T99:99:99Z", "x", "Unschedulable", "Pending")
scalars = st.one_of(st.sampled_from(WORDS), st.none(), st.booleans(), st.integers(-1, 9))
values: st.SearchStrategy[Json] = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)),
)
statuses = st.dictionaries(
    st.sampled_from(("conditions", "containerStatuses", "initContainerStatuses", "phase", "startTime", "reason")),
    values,
)


@given(statuses, statuses, values)
@settings(max_examples=150, deadline=None)
def test_any_answer_may_come(of_pod: JsonObject, of_object: JsonObject, about: Json) -> None:
    """Statuses of any shape are read as far as they make sense."""
    happened: JsonObject = {**event("Pod", "BackOff", "x", "p"), "involvedObject": about}
    owned = pod(owner=("StatefulSet", "x"), status=of_pod)
    for kind in ("StatefulSet", "Service", "PersistentVolumeClaim", "Job", "Anything"):
        troubles_of(scene(live(kind, "apps/v1", of_object), pods=(owned,), events=(happened,)))


@given(st.lists(st.sampled_from(["ready", "calm"]), max_size=4))
def test_pods_that_are_ready_are_not_broken(names: list[str]) -> None:
    """However many pods run and are ready, nothing is reported."""
    status: JsonObject = {
        "containerStatuses": [{"name": "c", "ready": True, "restartCount": 0, "state": {"running": {"startedAt": OLD}}}]
    }
    pods = tuple(pod(f"{name}-{n}", owner=("StatefulSet", "x"), status=status) for n, name in enumerate(names))
    assert troubles_of(scene(live("StatefulSet", "apps/v1"), pods=pods, health="Healthy")) == ()


@given(st.text(alphabet="ab:-{}[]#|>\"' \n", max_size=120))
def test_any_text_has_an_outline(content: str) -> None:
    """A file of any shape is read line by line: numbers rise and stay within the file."""
    numbers = [line.number for line in outline(content)]
    assert numbers == sorted(set(numbers))
    assert all(0 < number <= content.count("\n") + 1 for number in numbers)


@given(st.lists(st.sampled_from([OLD, "2026-11-21T08:00:00Z", "", "nonsense", "0001-01-01T00:00:00Z"])))
def test_times(moments: list[str]) -> None:
    """What is no time counts for nothing; the earliest is never after the newest."""
    first, last = earliest(moments), newest(list(moments))
    assert (first == "") == (last == "")
    assert between(first, last) >= 0
