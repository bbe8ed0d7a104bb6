"""`whydrift doctor`, run as people run it, against servers that forbid one thing or another."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.adapters.kubernetes.clusters import TOKEN, kubeconfig
from tests.adapters.kubernetes.test_scan_law import HomeReplay, opened, scanned
from tests.faces import command
from tests.faces.command import Said, forked
from tests.from_yaml import all_from_yaml
from tests.replay import Fault, Replay, Seen
from tests.replay.recorded import RECORDINGS, unpack
from whydrift import wiring
from whydrift.core.model.resource_path import resource_path
from whydrift.core.model.values import Json, items, text
from whydrift.ports import Api, Question, Source
from whydrift.settings import Connection
from whydrift.usecases.needs import CORE

FLEET = next(path for path in RECORDINGS if "payments-apps" in path.name)
FORBIDDEN = ["*/namespaces/*/pods*=403", "*/v1/pods*=403"]


class Generous(HomeReplay):
    """A server that lets everybody read everything: what was not recorded is an empty list, or not there."""

    def answer(self, seen: Seen) -> tuple[int, bytes]:
        """The recorded answer, else a harmless one."""
        status, body = super().answer(seen)
        if status != 501:
            return status, body
        if seen.path == "/api/v1/session/userinfo":
            return 200, b'{"loggedIn":true,"username":"ci-reader"}'
        if "/can-i/" in seen.path:
            return 200, b'{"value":"yes"}'
        if seen.path == "/kubernetes/version":
            return 200, b'{"gitVersion":"v1.36.1"}'
        asked = resource_path(seen.path.removeprefix("/kubernetes"))
        if asked is not None and asked.is_list:
            return 200, b'{"kind":"List","apiVersion":"v1","items":[]}'
        return (404, b'{"kind":"Status","message":"not found"}') if asked is not None else self._discovery(seen)

    def _discovery(self, seen: Seen) -> tuple[int, bytes]:
        rows: list[dict[str, object]] = [
            {"name": "deployments", "kind": "Deployment"},
            {"name": "deployments/scale", "kind": "Scale"},
            {"name": "secrets", "kind": "Secret"},
            {"name": "toasters", "kind": "Toaster"},
        ]
        return 200, json.dumps({"kind": "APIResourceList", "resources": rows}).encode()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home."""
    return tmp_path


def run(
    home: Path, *arguments: str, replay: Replay | None = None, git: bool = False, how: Callable[..., Said] = forked
) -> Said:
    """`whydrift doctor …` in an empty home; with the replay's Argo CD and cluster where one is given."""
    environ = {"HOME": str(home)}
    if replay is not None:
        environ |= {"ARGOCD_SERVER": replay.url, "ARGOCD_AUTH_TOKEN": TOKEN}
        environ["KUBECONFIG"] = str(kubeconfig(home / "config", replay.kubernetes_url))
    without = [] if git else ["--no-git"]
    return how("doctor", *without, *arguments, env=environ, cwd=home)


def served(*faults: str) -> Generous:
    """A generous server with some faults."""
    return Generous(FLEET, token=TOKEN, faults=[Fault.parse(fault) for fault in faults])


def documents(text_: str) -> list[Json]:
    """The manifests of a YAML text."""
    return [document for document in all_from_yaml(text_) if document]


def rules(manifests: Sequence[Json], kind: str) -> Iterator[tuple[str, Json]]:
    """The rules of all roles of a kind, each with its namespace."""
    for manifest in manifests:
        if text(manifest, "kind") == kind:
            for rule in items(manifest, "rules"):
                yield text(manifest, "metadata", "namespace"), rule


def test_says_who_one_is_and_that_all_is_well(home: Path) -> None:
    with served() as replay:
        done = run(home, replay=replay, how=command.run)
        assert done.code == 0, done.out + done.err
        assert "you are ci-reader" in done.out
        assert f"{replay.url}   v3.5.1" in done.out
        assert "Everything can be read." in done.out
        assert "missing" not in done.out
        assert done.err == ""
        assert not any("secrets" in seen.path for seen in replay.seen)
        assert len(replay.seen) < 55, "gently"


def test_names_what_may_not_be_read_and_what_that_leaves_unknown(home: Path) -> None:
    with served(*FORBIDDEN, "*/can-i/logs/*=403", "*/mutatingwebhookconfigurations*=403") as replay:
        done = run(home, replay=replay)
    assert done.code == 3, done.out + done.err
    assert "list pods → not known: neighbours" in done.out
    assert "list mutatingwebhookconfigurations.admissionregistration.k8s.io → not known: mutating webhooks" in (
        " ".join(done.out.split())
    )
    assert "403: not allowed (fault 403)" in done.out
    assert "whydrift doctor --rbac | kubectl apply -f -" in done.out
    assert TOKEN not in done.out + done.err


def test_tries_namespaces_one_by_one_where_a_list_of_all_is_forbidden(home: Path) -> None:
    with served("/kubernetes/api/v1/pods*=403") as replay:
        assert run(home, replay=replay).code == 0
    namespace = next(
        seen.path.split("/")[5] for seen in replay.seen if seen.path.endswith("/pods") and "names" in seen.path
    )
    with served("/kubernetes/api/v1/pods*=403", f"*/namespaces/{namespace}/pods*=403") as replay:
        done = run(home, "-o", "json", replay=replay)
        granted = run(home, "--rbac", "missing", replay=replay)
    answer: Json = json.loads(done.out)
    lacks = [lack for check in items(answer, "clusters") for lack in items(check, "lacks")]
    assert sorted(text(lack, "resource") for lack in lacks) == ["pods", "pods/log"]
    found = documents(granted.out)
    assert {text(document, "metadata", "name") for document in found} == {"whydrift-missing"}
    assert {(str(items(rule, "resources")), str(items(rule, "verbs"))) for _, rule in rules(found, "Role")} == {
        ("['pods']", "['list']"),
        ("['pods/log']", "['get']"),
    }


def test_prints_rules_for_everything_that_is_asked_and_nothing_more(home: Path) -> None:
    with served() as replay:
        done = run(home, "--rbac", "--subject", "serviceaccount:ops/reader", replay=replay)
    assert done.code == 0
    found = documents(done.out)
    assert [text(document, "kind") for document in found] == [
        "ClusterRole",
        "ClusterRoleBinding",
        "Role",
        "RoleBinding",
    ]
    for _, rule in [*rules(found, "ClusterRole"), *rules(found, "Role")]:
        assert set(map(str, items(rule, "verbs"))) <= {"get", "list"}
        assert not {"secrets", "*"} & set(map(str, items(rule, "resources")))
    subjects = [subject for document in found for subject in items(document, "subjects")]
    assert subjects == [{"kind": "ServiceAccount", "name": "reader", "namespace": "ops"}] * 2
    assert "# p, role:whydrift, applications, get, */*, allow" in done.out
    assert "# g, system:serviceaccount:ops:reader, role:whydrift" in done.out


def test_the_rules_are_enough_for_a_scan(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("ARGOCD_AUTH_TOKEN", TOKEN)
    asked: set[str] = set()
    for recording in RECORDINGS:
        with Generous(recording, token=TOKEN) as replay:
            config = kubeconfig(home / "config", replay.kubernetes_url)
            scanned(opened(wiring.open_answers(Connection(server=replay.url, kubeconfig=str(config)))))
            asked |= {seen.path for seen in replay.seen if seen.path.startswith("/kubernetes")}
    with served() as replay:
        found = documents(run(home, "--rbac", replay=replay).out)
    granted = {
        (str(verb), str(group), str(resource), namespace)
        for kind in ("ClusterRole", "Role")
        for namespace, rule in rules(found, kind)
        for verb in items(rule, "verbs")
        for group in items(rule, "apiGroups")
        for resource in items(rule, "resources")
    }
    assert len(asked) > 20
    for path in asked:
        asks = resource_path(path.removeprefix("/kubernetes"))
        if asks is not None:
            needed = (asks.verb, asks.group, asks.resource)
            assert (*needed, "") in granted or (*needed, asks.namespace) in granted, path


def test_adds_patch_for_the_kinds_in_use_where_dry_runs_are_allowed(home: Path) -> None:
    with served() as replay:
        done = run(home, "--rbac", "--dry-run", replay=replay)
        told = run(home, "--dry-run", replay=replay)
    granted = [rule for _, rule in rules(documents(done.out), "ClusterRole") if "patch" in items(rule, "verbs")]
    patched = {str(resource) for rule in granted for resource in items(rule, "resources")}
    assert "deployments" in patched
    assert not {"secrets", "toasters", "deployments/scale"} & patched
    assert "patch for dry runs (?dryRun=All)" in done.out
    assert "PATCH ?dryRun=All" in told.out


@pytest.mark.parametrize(
    ("faults", "says"),
    [
        (["*=401"], "401: the login is not accepted"),
        (["/api/v1/applications=403"], "403"),
        (["/api/v1/applications=html"], "not an Argo CD API"),
    ],
)
def test_ends_with_2_where_nothing_can_be_answered(home: Path, faults: list[str], says: str) -> None:
    with served(*faults) as replay:
        done = run(home, replay=replay)
    assert done.code == 2
    assert says in done.out + done.err
    assert "Traceback" not in done.err


def test_says_that_a_cluster_is_not_proven_or_not_reached(home: Path) -> None:
    with served("*/applications/*=403", "/kubernetes/apis/argoproj.io/*=403") as replay:
        done = run(home, replay=replay)
    assert done.code == 3
    assert "come from Argo CD only" in done.out
    assert "is not proven to be the cluster that Argo CD runs in" in done.out
    with served("/kubernetes/*=401") as replay:
        done = run(home, replay=replay)
    assert done.code == 3
    assert "the login is not accepted" in done.out


def test_core_mode_needs_what_it_asks_and_nothing_else(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"HOME": str(home), "ARGOCD_OPTS": "--core"}.items():
        monkeypatch.setenv(name, value)
    with served() as replay:
        config = str(kubeconfig(home / "config", replay.kubernetes_url))
        source = wiring.open_answers(Connection(kubeconfig=config))
        asyncio.run(ask_as_argocd(source))
        asked = {seen.path.removeprefix("/kubernetes") for seen in replay.seen}
    assert asked == {path.replace("argocd-namespace", "argocd") for path in CORE}


async def ask_as_argocd(source: Source) -> None:
    """What a scan asks of Argo CD before it looks at any application."""
    for path in ("/api/v1/applications", "/api/version", "/api/v1/projects", "/api/v1/settings"):
        await source.ask(Question(Api.ARGOCD, path))
    await source.close()


def test_argo_cd_alone_is_no_problem_where_it_was_asked_for(home: Path) -> None:
    with served() as replay:
        alone = run(home, "--no-kubernetes", replay=replay)
        assert alone.code == 0, alone.out
        assert replay.count("/kubernetes") == 0


@pytest.mark.parametrize("more", [["--context", "gone"], ["--kubeconfig", "/no/such/file"], ["--in-cluster"]])
def test_a_kubeconfig_that_cannot_be_used_is_one_line(home: Path, more: list[str]) -> None:
    with served() as replay:
        done = run(home, *more, replay=replay)
    assert done.code == 2
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1
    assert done.out == ""


def test_says_what_a_recording_holds_and_lacks(home: Path) -> None:
    done = run(home, "--from", str(FLEET))
    assert done.code == 3
    assert "recorded" in done.out
    assert "list customresourcedefinitions" not in done.out
    assert "What this recording lacks cannot be asked any more" in done.out
    assert "kubectl" not in done.out


def test_never_shows_the_credentials_in_a_repositorys_url(home: Path) -> None:
    folder = unpack(FLEET, home / "fleet")
    listed = (folder / "argocd/api/v1/applications.json").read_text()
    (folder / "argocd/api/v1/applications.json").write_text(listed.replace("http://git.", "http://jo:s3cret@git."))
    assert "s3cret" in (folder / "argocd/api/v1/applications.json").read_text()
    for output in ("text", "json"):
        done = run(home, "--from", str(folder), "-o", output, git=True)
        assert "git.internal" in done.out
        assert "s3cret" not in done.out + done.err


def test_is_told_as_json(home: Path) -> None:
    with served() as replay:
        answer: Json = json.loads(run(home, "-o", "json", replay=replay).out)
    assert text(answer, "schema") == "whydrift.doctor/1"
    assert text(answer, "argocd", 0, "user") == "ci-reader"
    assert items(answer, "argocd", 0, "may") == ["applications", "projects", "clusters", "logs"]


def test_refuses_a_subject_that_is_none(home: Path) -> None:
    done = run(home, "--rbac", "--subject", "jo")
    assert done.code == 2
    assert "give user:NAME, group:NAME or serviceaccount:NAMESPACE/NAME" in done.err


def test_names_the_permission_that_would_prove_which_cluster_it_is(home: Path) -> None:
    """A kubeconfig of the right cluster that may not read the Application: no cluster is asked, and it says why."""
    with served("/kubernetes/apis/argoproj.io/*=403") as replay:
        done = run(home, replay=replay)
        missing = run(home, "--rbac", "missing", replay=replay)
    assert done.code == 3, done.out + done.err
    assert "not proven to be the cluster that Argo CD runs in" in done.out
    assert "get applications.argoproj.io in argocd → not known: which cluster Argo CD runs in" in done.out
    granted = [rule for _, rule in rules(documents(missing.out), "Role")]
    assert granted == [{"apiGroups": ["argoproj.io"], "resources": ["applications"], "verbs": ["get"]}]


def test_looks_at_the_cluster_of_each_instance(home: Path) -> None:
    """Two contexts of the argocd CLI: each calls its own cluster by the same URL, and each is looked at."""
    with served() as replay:
        rows = [f"- {{name: {name}, server: '{replay.url}', user: {name}}}" for name in ("west", "east")]
        users = [f"- {{name: {name}, auth-token: {TOKEN}}}" for name in ("west", "east")]
        servers = [f"- {{server: '{replay.url}'}}"]
        parts = {"contexts": rows, "users": users, "servers": servers}
        (home / "argocd").mkdir()
        stated = "".join(f"{name}:\n" + "\n".join(lines) + "\n" for name, lines in parts.items())
        (home / "argocd" / "config").write_text(f"current-context: west\n{stated}")
        kubeconfig(home / "config", replay.kubernetes_url)
        environ = {"HOME": str(home), "ARGOCD_CONFIG_DIR": str(home / "argocd"), "KUBECONFIG": str(home / "config")}
        done = forked("doctor", "--no-git", "--argocd-context", "west,east", env=environ, cwd=home)
    assert done.code == 0, done.out + done.err
    for name in ("west", "east"):
        assert f"{name}: https://kubernetes.default.svc  context here" in done.out
