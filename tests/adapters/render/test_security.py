"""Nothing of a repository runs or escapes, nothing is fetched, nothing takes without end (issue 5, Security)."""

from __future__ import annotations

import asyncio
import json
import stat
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from tests.adapters.render.repositories import URL, Link, Repository, config, data_of, git, made, rendered

from whydrift.adapters.render.checkout import Checkout, NotRendered
from whydrift.adapters.render.command import Limits, environment, output_of
from whydrift.core.model.values import JsonObject
from whydrift.ports import Blob, NotRead, Rendering

CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
KINDS = ("Directory", "Helm", "Kustomize")
SHOWN = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shown}\ndata: {x: %s}\n"
MIB = 1024**2


def of_each_kind(extra: Mapping[str, str | bytes | Link]) -> dict[str, str | bytes | Link]:
    """A folder that is a plain one, a chart and a kustomization at once."""
    return {
        "app/a.yaml": config("a", x="1"),
        "app/Chart.yaml": CHART,
        "app/templates/a.yaml": config("a", x="1"),
        "app/kustomization.yaml": "resources: [a.yaml]\n",
        **extra,
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "to", ["/etc/passwd", "../../../../etc/passwd", "../../..", "..//../../x"], ids=["absolute", "far", "above", "odd"]
)
def test_links_that_leave_the_repository_are_refused(tmp_path: Path, kind: str, to: str) -> None:
    """Whatever renders the folder, and wherever the link is in it."""
    found = made(tmp_path, kind, of_each_kind({"app/files/out.yaml": Link(to)}))
    assert found == "the link app/files/out.yaml leaves the repository"


def test_a_chain_of_links_cannot_leave_either(tmp_path: Path) -> None:
    """Each link is inside by itself; what the last one leads to is looked at, too."""
    files: dict[str, str | bytes | Link] = {
        "app/a.yaml": Link("../one/a.yaml"),
        "one/a.yaml": Link("../two/a.yaml"),
        "two/a.yaml": Link("../../secret.yaml"),
    }
    assert made(tmp_path, "Directory", files) == "the link two/a.yaml leaves the repository"


def test_a_way_that_goes_up_behind_another_link_cannot_leave_either(tmp_path: Path) -> None:
    """By its names it stays inside; a system goes up from where `near` leads, and came to /etc/hostname."""
    files = of_each_kind(
        {
            "app/d/e/f/near": Link("../../../files"),
            "app/files/x": "",
            "app/out": Link("d/e/f/near/../../../../../etc/hostname"),
            "etc/hostname": "inside",
            "app/templates/a.yaml": SHOWN % '{{ .Files.Get "out" | quote }}',
        }
    )
    found = made(tmp_path, "Helm", files)
    assert isinstance(found, str) and "the link app/out goes up after it went down" in found


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    """They lead nowhere."""
    found = made(tmp_path, "Directory", {"app/a.yaml": Link("b.yaml"), "app/b.yaml": Link("a.yaml")})
    assert isinstance(found, str) and "links without end" in found


@pytest.mark.parametrize("name", ["../a.yaml", "app/../../a", ".git/hooks/x", "app/.GIT/config", "/a", "a//b", "a/./b"])
def test_names_that_no_honest_repository_holds_are_refused(tmp_path: Path, name: str) -> None:
    """A tree may state any name; git's own check is not relied on."""

    class Hostile:
        async def tree(self, url: str, revision: str, path: str) -> Mapping[str, Blob]:
            return {name: Blob(b"x")}

    with pytest.raises(NotRendered, match="is no name for a file"):
        asyncio.run(Checkout(URL, "main", Hostile()).need(""))


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    """A tree that holds a link and a file below the same name, which git cannot check out."""

    class Hostile:
        async def tree(self, url: str, revision: str, path: str) -> Mapping[str, Blob]:
            return {"a": Blob(b"b", link=True), "a/file": Blob(b"x"), "b/c": Blob(b"")}

    checkout = Checkout(URL, "main", Hostile())
    asyncio.run(checkout.need(""))
    with pytest.raises(NotRendered, match="lies below a link"):
        checkout.write(tmp_path / "copy")


def test_filters_hooks_lfs_and_submodules_do_nothing(tmp_path: Path) -> None:
    """`.gitattributes` names a filter that would run; the repository has hooks; a pointer stays a pointer."""
    mark = tmp_path / "ran"
    run = f"#!/bin/sh\ntouch {mark}\ncat\n"
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 1\n"
    files = {
        ".gitattributes": "*.yaml filter=evil diff=lfs merge=lfs ident eol=crlf\n",
        ".gitmodules": '[submodule "s"]\n path = app/s\n url = ext::sh -c touch% ' + str(mark) + "\n",
        "app/a.yaml": "# $Id$\n" + config("a", x="1"),
        "app/big.txt": pointer,
    }
    repository = Repository.of(tmp_path / "repository", files)
    for name in ("post-checkout", "post-index-change", "reference-transaction"):
        (repository.place / ".git" / "hooks" / name).write_text(run)
        (repository.place / ".git" / "hooks" / name).chmod(0o755)
    for key in ("smudge", "clean", "process"):
        git(repository.place, "config", f"filter.evil.{key}", f"touch {mark}")
    mark.unlink(missing_ok=True)
    found = asyncio.run(repository.renderer().render(Rendering(repository.application("Directory", {"path": "app"}))))
    assert not isinstance(found, NotRead) and len(found) == 1
    assert not mark.exists()


@pytest.mark.parametrize(
    "generator",
    [
        {
            "kind": "G",
            "metadata": {"name": "g", "annotations": {"config.kubernetes.io/function": "exec: {path: ./run.sh}"}},
        },
        {
            "kind": "G",
            "metadata": {"name": "g", "annotations": {"config.kubernetes.io/function": "container: {image: x}"}},
        },
        {"kind": "G", "metadata": {"name": "g"}},
        {"kind": "HelmChartInflationGenerator", "metadata": {"name": "g"}, "name": "x", "repo": "https://example.com"},
    ],
    ids=["exec", "container", "plugin", "helm"],
)
@pytest.mark.parametrize("field", ["generators", "transformers", "validators"])
def test_kustomize_runs_no_plugins(tmp_path: Path, generator: dict[str, object], field: str) -> None:
    """Neither programs of the repository, nor containers, nor helm."""
    mark = tmp_path / "ran"
    files = of_each_kind(
        {
            "app/kustomization.yaml": json.dumps({"resources": ["a.yaml"], field: ["g.yaml"]}),
            "app/g.yaml": json.dumps({"apiVersion": "example.com/v1", **generator}),
            "app/run.sh": f"#!/bin/sh\ntouch {mark}\n",
        }
    )
    assert isinstance(made(tmp_path, "Kustomize", files), str)
    assert not mark.exists()


def test_kustomize_reads_no_file_outside_of_its_folder(tmp_path: Path) -> None:
    """Its own load restrictor stays on."""
    files = of_each_kind({"app/kustomization.yaml": "resources: [../b.yaml]\n", "b.yaml": config("b", x="1")})
    found = made(tmp_path, "Kustomize", files)
    assert isinstance(found, str) and "security" in found


def test_nothing_is_fetched(tmp_path: Path) -> None:
    """No address of this machine is called, whatever a chart or a kustomization asks for."""
    called: list[str] = []

    class Listening(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            called.append(self.path)

        do_CONNECT = do_POST = do_GET

    server = HTTPServer(("127.0.0.1", 0), Listening)
    Thread(target=server.serve_forever, daemon=True).start()
    there = f"http://127.0.0.1:{server.server_port}"
    chart = of_each_kind(
        {
            "app/Chart.yaml": CHART + f"dependencies: [{{name: s, version: 1.0.0, repository: '{there}'}}]\n",
            "app/kustomization.yaml": json.dumps({"resources": ["a.yaml"], "openapi": {"path": f"{there}/x"}}),
        }
    )
    try:
        assert isinstance(made(tmp_path / "1", "Helm", chart), str)
        assert isinstance(made(tmp_path / "2", "Kustomize", chart), str)
        looks = SHOWN % '{{ getHostByName "localhost" | quote }}'
        resolved = rendered(tmp_path / "3", "Helm", of_each_kind({"app/templates/a.yaml": looks}))
    finally:
        server.shutdown()
    assert called == []
    assert data_of(resolved, "shown") == {"x": ""}


def test_the_name_of_a_release_asks_no_name_server(tmp_path: Path) -> None:
    """Helm would render it with every function that there is."""
    source: JsonObject = {"path": "app", "helm": {"releaseName": '{{ getHostByName "localhost" }}'}}
    found = made(tmp_path, "Helm", of_each_kind({}), source)
    assert found == "the name of the release is a template, which is not rendered here"


def test_a_chart_sees_nothing_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable, no file outside of the chart, no cluster."""
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    asks = '{{ .Files.Get "../secret.txt" }}{{ .Files.Get "/etc/passwd" }}{{ lookup "v1" "Secret" "" "" | len }}'
    files = of_each_kind({"app/templates/a.yaml": SHOWN % f"'{asks}'", "secret.txt": "hunter2"})
    assert data_of(rendered(tmp_path / "1", "Helm", files), "shown") == {"x": "0"}
    env = of_each_kind({"app/templates/a.yaml": SHOWN % '{{ env "SECRET_TOKEN" }}'})
    found = made(tmp_path / "2", "Helm", env)
    assert isinstance(found, str) and 'function "env" not defined' in found


def test_a_tool_has_no_home_no_path_and_no_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it finds in its environment leads into the temporary copy, or nowhere."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    shows = script(tmp_path, "env; ls -A $HOME/empty; ulimit -c")
    said = asyncio.run(output_of((shows,), [], made_folder(tmp_path), Limits())).decode()
    assert "hunter2" not in said
    assert f"PATH={tmp_path / 'copy.home' / 'empty'}" in said.splitlines()
    assert said.splitlines()[-1] == "0"
    assert set(environment(tmp_path)) >= {"HELM_PLUGINS", "KUBECONFIG", "HTTPS_PROXY"}


def script(place: Path, text: str) -> str:
    """A stand-in for a tool, for what a real one does only with much effort."""
    found = place / "tool"
    found.write_text(f'#!/bin/bash\nPATH_=$PATH; ls() {{ /bin/ls "$@"; }}; env() {{ /usr/bin/env; }}\n{text}\n')
    found.chmod(found.stat().st_mode | stat.S_IXUSR)
    return str(found)


def runs(pid: str) -> bool:
    """Whether a process is there, and has not ended."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False


def made_folder(place: Path) -> Path:
    """The folder that a tool runs in."""
    folder = place / "copy"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    ("text", "limits", "why"),
    [
        ("/bin/sleep 60", Limits(seconds=1), "took longer than 1 s"),
        ("/bin/sleep 60 & echo done; wait", Limits(seconds=1), "took longer than 1 s"),
        ("while :; do :; done", Limits(seconds=1), "took"),
        ("/usr/bin/head -c 3000000 /dev/zero", Limits(output=2 * MIB), "^tool: .*File too large|wrote too much"),
        ("/usr/bin/head -c 300000000 /dev/zero | /usr/bin/tail", Limits(memory=64 * MIB), "^tool: "),
        ("echo broken >&2; exit 3", Limits(), "tool: broken"),
        ("exit 3", Limits(), "tool: exit code 3"),
    ],
    ids=["sleeps", "leaves a child", "spins", "writes", "takes memory", "fails", "fails silently"],
)
def test_a_tool_is_bounded(tmp_path: Path, text: str, limits: Limits, why: str) -> None:
    """In time, memory and what it writes; nothing of it stays."""
    started = time.monotonic()
    with pytest.raises(NotRendered, match=why):
        asyncio.run(output_of((script(tmp_path, text),), [], made_folder(tmp_path), limits))
    assert time.monotonic() - started < 50


def test_who_stops_waiting_stops_the_tool(tmp_path: Path) -> None:
    """Ctrl-C, or another task that failed: nothing runs on, and nobody waits for it."""
    begun, late = tmp_path / "begun", tmp_path / "late"
    tool = script(tmp_path, f"echo $$ > {begun}; /bin/sleep 60; /usr/bin/touch {late}")

    async def stopped() -> None:
        task = asyncio.create_task(output_of((tool,), [], made_folder(tmp_path), Limits(seconds=120)))
        while not (begun.exists() and begun.read_text().endswith("\n")):
            await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    started = time.monotonic()
    asyncio.run(stopped())
    assert time.monotonic() - started < 50
    assert not late.exists()
    while runs(begun.read_text().strip()):
        assert time.monotonic() - started < 50, "it runs on"
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("template", "limits"),
    [
        ("{{ range until 100000000 }}{{ end }}", Limits(seconds=3)),
        (
            '{{ $x := "aaaaaaaaaaaaaaaa" }}{{ range until 40 }}{{ $x = printf "%s%s" $x $x }}{{ end }}',
            Limits(seconds=5),
        ),
        ("{{ range until 400000 }}# aaaaaaaaaaaaaaaaaaaaaaaaaa\n{{ end }}a: 1", Limits(output=MIB)),
        ('{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}', Limits(seconds=10)),
    ],
    ids=["time", "memory", "output", "recursion"],
)
def test_a_hostile_chart_is_bounded(tmp_path: Path, template: str, limits: Limits) -> None:
    """Real helm, and templates that never end or grow without end."""
    started = time.monotonic()
    files = of_each_kind({"app/templates/b.yaml": template})
    assert isinstance(made(tmp_path, "Helm", files, limits=limits), str)
    assert time.monotonic() - started < 30


def test_yaml_that_unfolds_without_end_is_refused(tmp_path: Path) -> None:
    """Nine lines that mean a thousand million values."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    bomb = config("bomb", x="1") + "\n".join(lines) + "\n"
    found = made(tmp_path, "Directory", {"app/a.yaml": bomb})
    assert isinstance(found, str) and "too large" in found


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither of renders that work nor of those that fail."""
    place = tmp_path / "tmp"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    rendered(tmp_path / "1", "Helm", of_each_kind({}))
    assert isinstance(made(tmp_path / "2", "Helm", of_each_kind({"app/templates/b.yaml": "{{ fail `x` }}"})), str)
    assert list(place.iterdir()) == []
