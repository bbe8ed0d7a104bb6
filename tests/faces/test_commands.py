"""Every command as people run it: what it prints, in every format, and its exit code."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.faces.command import BARE, Said, forked, inside, lines_of, of_demo, run
from tests.fleet_builder import App, Fleet, clean, config_map, deployment, scaled
from whydrift.commands import COMMANDS
from whydrift.core.model.values import JsonObject
from whydrift.demo import FLEET as DEMO

FORMATS = ("text", "json", "jsonl", "md", "tsv")
ANSWER = "whydrift.answer/1"


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two applications in two namespaces and projects with labels, one red; and one that a hook is part of."""
    hooked = App("jobs", [(config_map("a"), config_map("a"))], {"namespace": "team", "labels": {"team": "ops"}})
    hooked.spec = {"project": "infra"}
    hook: JsonObject = {"group": "batch", "kind": "Job", "namespace": "shop", "name": "migrate", "hook": True}
    rows = hooked.resource()["status"]
    assert isinstance(rows, dict) and isinstance(rows["resources"], list)
    hooked.status = {"resources": [*rows["resources"], hook]}
    red = scaled()
    red.metadata = {"labels": {"team": "shop", "env": "prod"}}
    return Fleet([red, clean(), hooked]).folder(tmp_path_factory.mktemp("fleet"))


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_says_usage_and_where_words_go(command: str) -> None:
    """Every command explains itself, quickly and without a fleet; the first page names exit codes."""
    said = run(*filter(None, (command, "--help")))
    assert said.code == 0 and not said.err and f"Usage: whydrift {command}".rstrip() in said.out
    assert command or all(f"  {code} " in said.out for code in (0, 1, 2, 3, 130))


@pytest.mark.parametrize("output", FORMATS)
@pytest.mark.parametrize("command", [("scan",), ("explain", "sympozium"), ("scan", "--hidden", "sympozium")])
def test_every_format_of_every_answer(command: tuple[str, ...], output: str) -> None:
    """Text for people, documents for programs; the demo needs attention: 1."""
    said = of_demo(*command, "-o", output)
    assert said.code == 1 and not said.err
    match output:
        case "json":
            assert json.loads(said.out)["schema"] == ANSWER and json.loads(said.out)["applications"]
        case "jsonl":
            *applications, last = map(json.loads, said.out.splitlines())
            assert last["schema"] == ANSWER and last["summary"]["applications"] == len(applications)
        case "tsv":
            widths = {line.count("\t") for line in said.out.splitlines()}
            assert widths == {14} and said.out.startswith("app\tobject\t")
        case "md":
            assert said.out.startswith("<!-- whydrift -->\n### whydrift: ") and len(said.out) < 65_536
        case _:
            assert "sympozium" in said.out and "\x1b" not in said.out


def test_json_and_jsonl_are_one_answer() -> None:
    """The stream holds what the document holds."""
    whole = json.loads(of_demo("scan", "-o", "json").out)
    *streamed, last = map(json.loads, of_demo("scan", "-o", "jsonl").out.splitlines())
    by_name = {application["name"]: application for application in whole["applications"]}
    assert {application["name"]: application for application in streamed} == by_name
    assert last["summary"] == whole["summary"]


SELECTED = (
    (("shop",), {"shop"}),
    (("sh*", "ca?m"), {"shop", "calm"}),
    (("argocd/*",), {"shop", "calm"}),
    (("team/jobs",), {"jobs"}),
    (("-l", "team=shop,env!=dev"), {"shop"}),
    (("-l", "team in (shop, ops)"), {"shop", "jobs"}),
    (("-l", "!team"), {"calm"}),
    (("--selector", "team notin (ops)"), {"shop", "calm"}),
    (("--project", "infra"), {"jobs"}),
    (("--project", "infra", "--project", "default"), {"shop", "calm", "jobs"}),
    (("-N", "team"), {"jobs"}),
    (("--app-namespace", "argocd", "-l", "team"), {"shop"}),
)


@pytest.mark.parametrize(("words", "names"), SELECTED, ids=lambda part: " ".join(sorted(part)))
def test_selectors_select(fleet: Path, words: tuple[str, ...], names: set[str]) -> None:
    """As argocd and kubectl take them, in scan and in ls alike."""
    answer = json.loads(inside("scan", "--from", fleet, "-o", "json", *words).out)
    assert {application["name"] for application in answer["applications"]} == names
    listed = inside("ls", "--from", fleet, "--all", *words)
    assert {line.split("\t")[0] for line in listed.out.splitlines()} == names


@pytest.mark.parametrize(
    "words",
    [
        ("nosuch",), ("-l", "team=none"), ("--project", "none"), ("-N", "none"), ("-l", "a = = b"), ("-l", "(("),
        ("-o", "yaml"), ("--nosuch",), ("--from",), ("--renders", "x"), ("shop", "nosuch"),
        ("--cause", "nosuch"), ("--side", "nosuch"), ("--side", "git,ask"), ("--fail-on", "git,nosuch"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_line_and_2(fleet: Path, words: tuple[str, ...]) -> None:
    """A selection of nothing, a selector that cannot be read, options and words that there are not."""
    said = inside("scan", "--from", fleet, *words)
    assert said.code == 2 and not said.out
    assert len(lines_of(said.err)) == 1 and said.err.startswith("error: ")


SELECTIONS = [("nosuch",), ("shop", "nosuch"), ("-l", "team=none"), ("--project", "none"), ("-N", "none")]


@pytest.mark.parametrize("words", SELECTIONS, ids=" ".join)
@pytest.mark.parametrize("command", ["ls", "hidden", "unmask", "ignores", "plan", "record"])
def test_a_name_that_selects_nothing_is_a_mistake_everywhere(
    fleet: Path, tmp_path: Path, command: str, words: tuple[str, ...]
) -> None:
    """Nothing to tell of what was never looked at would read as if it were well."""
    more = {"plan": ("--to", tmp_path), "record": ("-o", tmp_path / "made.zip")}.get(command, ())
    said = inside(command, "--from", fleet, *words, *more)
    assert said.code == 2 and not said.out
    assert lines_of(said.err)[0].startswith("error: no application matches ") and len(lines_of(said.err)) == 1
    assert not (tmp_path / "made.zip").exists()


def test_a_narrowed_answer_never_says_that_all_is_well() -> None:
    """What was left out of it is not clean."""
    for command, text in (("scan", "all Synced"), ("hidden", "nothing is hidden")):
        said = inside(command, "--from", "demo", "--cause", "rolled-back-in-argocd")
        assert said.code == 0 and text not in said.out
        assert "0 of 52 applications" in said.out
    told = inside("explain", "gitea", "--from", "demo", "--side", "git")
    assert told.code == 0 and "--side git: 0 of 1 application" in told.out
    notes = json.loads(inside("scan", "--from", "demo", "--side", "git", "-o", "json").out)["read"]["notes"]
    assert "only --side git: 1 of 52 applications" in notes


def test_differences_are_narrowed_by_cause_side_and_object() -> None:
    """--cause, --side and KIND/NAME leave only what they name."""
    cause = json.loads(inside("scan", "--from", "demo", "-o", "json", "--cause", "two-apps-claim-object").out)
    assert {application["name"] for application in cause["applications"]} == {"sympozium"}
    every = {d["side"] for d in differences(of_demo("scan", "tekton-extras", "-o", "json"))}
    found = differences(inside("scan", "tekton-extras", "--from", "demo", "-o", "json", "--side", "equivalent"))
    assert len(every) > 1 and {d["side"] for d in found} == {"equivalent"}
    named = inside("explain", "paperclip", "externalsecrets/paperclip-anthropic", "--from", "demo", "-o", "json")
    objects = [o["id"] for a in json.loads(named.out)["applications"] for o in a["objects"]]
    assert objects == ["external-secrets.io/ExternalSecret/paperclip-anthropic"]
    assert inside("explain", "paperclip", "ConfigMap/none", "--from", "demo").code == 2


def differences(said: Said) -> list[dict[str, Any]]:
    """The differences of an answer in JSON."""
    return [d for a in json.loads(said.out)["applications"] for o in a["objects"] for d in o["differences"]]


def test_exit_codes(fleet: Path, tmp_path: Path) -> None:
    """0 nothing, 1 attention, 2 no work done, 3 not known; 1 wins over 3; --fail-on decides what attention is."""
    assert inside("scan", "--from", Fleet([clean()]).folder(tmp_path / "clean")).code == 0
    assert inside("scan", "shop", "--from", fleet).code == 3
    assert inside("scan", "shop", "--from", fleet, "--fail-on", "undecided").code == 1
    assert inside("scan", "shop", "--from", fleet, "--fail-on", "").code == 3
    assert inside("scan", "--from", tmp_path / "none").code == 2
    assert of_demo("scan", "tekton-extras", "-o", "json").code == 1
    assert inside("scan", "tekton-extras", "--from", "demo", "--fail-on", "").code in (0, 3)
    assert inside("scan", "tekton-extras", "--from", "demo", "--fail-on", "schema-defaults-field").code == 1
    forbidden = Fleet([scaled()], {"argocd/api/v1/account/can-i/applications/get/%2A.json": {"value": "no"}})
    assert inside("scan", "--from", forbidden.folder(tmp_path / "part")).code == 3


def test_ls_is_the_storys_own_pipe(tmp_path: Path) -> None:
    """jq over the list, sorted by LC_ALL=C, gives the same lines."""
    listing = json.loads(
        subprocess.run(["unzip", "-p", DEMO, "argocd/api/v1/applications.json"], capture_output=True, check=True).stdout
    )
    lines = [
        "\t".join((app["metadata"]["name"], f"{row['kind']}/{row['name']}", row.get("namespace") or "cluster"))
        for app in listing["items"]
        for row in app["status"].get("resources", [])
        if row.get("status") in ("OutOfSync", "Unknown")
    ]
    ordered = subprocess.run(
        ["sort"], input="\n".join(lines), capture_output=True, text=True, env={**BARE, "LC_ALL": "C"}, check=True
    ).stdout
    assert run("ls", "--from", "demo").out == ordered


def test_ls_tells_more_when_asked(fleet: Path) -> None:
    """--wide adds columns, --all synced objects, --hooks hooks, --count counts."""
    assert inside("ls", "--from", fleet).out == "shop\tDeployment/web\tshop\n"
    assert inside("ls", "--wide", "--from", fleet).out == "shop\tDeployment/web\tshop\tOutOfSync\tOutOfSync\tHealthy\n"
    assert "calm\tConfigMap/config\tshop\n" in inside("ls", "--all", "--from", fleet).out
    assert "jobs\tJob/migrate\tshop\n" in inside("ls", "--hooks", "--from", fleet).out
    assert inside("ls", "--count", "--from", fleet).out == "shop\tOutOfSync\tHealthy\t1 OutOfSync\n"
    assert inside("ls", "calm", "--from", fleet) == Said(0, "", "")


def test_an_application_red_without_a_red_object_has_a_line(tmp_path: Path) -> None:
    """Unknown, or OutOfSync by itself: the application stands for what is not seen."""
    app = App("lost", [], status={"sync": {"status": "Unknown"}})
    said = inside("ls", "--from", Fleet([app]).folder(tmp_path))
    assert said == Said(1, "lost\tApplication/lost\targocd\n", "")


def test_causes_are_told_and_suggested() -> None:
    """All, one, and a near miss."""
    every = json.loads(inside("causes", "-o", "json").out)
    assert len(every) > 10 and all(row["examples"] and row["sections"] for row in every)
    one = inside("causes", every[0]["cause"])
    assert one.code == 0 and "What proves it" in one.out
    near = inside("causes", "schema-default-field")
    assert near.code == 2 and "did you mean schema-defaults-field?" in near.err and len(lines_of(near.err)) == 1


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script(shell: str) -> None:
    """One that the shell itself accepts, where it is installed."""
    said = run("completion", shell)
    assert said.code == 0 and "_WHYDRIFT_COMPLETE" in said.out
    if shutil.which(shell) and shell != "fish":
        subprocess.run([shell, "-n"], input=said.out.encode(), check=True)


def test_demo_needs_no_network_and_about_a_second() -> None:
    """In a namespace without any network where that can be made; no socket is opened in any case."""
    guard = "import socket\ndef no(*a, **k): raise SystemExit('a socket was opened')\nsocket.socket.connect = no\n"
    program = f"{guard}\nfrom whydrift.cli import main\nmain()"
    isolated = (
        ["unshare", "--net"]
        if not subprocess.run(["unshare", "--net", "true"], check=False, capture_output=True).returncode
        else []
    )
    begun = time.perf_counter()
    done = subprocess.run(
        [*isolated, sys.executable, "-c", program, "demo"], capture_output=True, env=BARE, check=False
    )
    assert time.perf_counter() - begun < 15, "about a second on an idle machine"
    assert done.returncode == 0 and not done.stderr and b"52 applications, 20 OutOfSync" in done.stdout
    assert Path(run("demo", "--path").out.strip()) == Path(DEMO)


def test_colour_is_for_terminals(fleet: Path) -> None:
    """--color decides; NO_COLOR and pipes mean none."""
    assert "\x1b[" in forked("scan", "--from", fleet, "--color", "always").out
    assert "\x1b" not in forked("scan", "--from", fleet, "--color", "never").out
    assert "\x1b" not in forked("scan", "--from", fleet).out
    for env, coloured in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
        done = subprocess.run(
            ["script", "-qec", f"{sys.executable} -m whydrift scan --from {fleet}", "/dev/null"],
            capture_output=True, env={**BARE, "TERM": "xterm", **env}, check=False,
        )  # fmt: skip
        assert (b"\x1b[1m" in done.stdout) is coloured, done.stdout


def test_kubectl_plugin_says_its_own_name(tmp_path: Path) -> None:
    """kubectl runs kubectl-whydrift: help and hints then say `kubectl whydrift`."""
    plugin = tmp_path / "kubectl-whydrift"
    plugin.write_text(f"#!{sys.executable}\nfrom whydrift.__main__ import main\nmain()\n")
    plugin.chmod(0o755)
    done = subprocess.run([plugin, "ls", "--help"], capture_output=True, text=True, env=BARE, check=True)
    assert "Usage: kubectl whydrift ls" in done.stdout
    wrong = subprocess.run([plugin, "ls", "--nosuch"], capture_output=True, text=True, env=BARE, check=False)
    assert wrong.returncode == 2 and "Try 'kubectl whydrift ls --help'" in wrong.stderr


def test_a_mistyped_command_is_told_the_one_that_is_near() -> None:
    """Only where one is: nothing else is a guess."""
    near, far = run("scna"), run("frobnicate")
    assert (near.code, far.code) == (2, 2)
    assert near.err == "error: No such command 'scna'. Is it 'scan'? Try 'whydrift --help'.\n"
    assert far.err == "error: No such command 'frobnicate'. Try 'whydrift --help'.\n"


@pytest.mark.parametrize(
    ("flag", "value"), [("--server", "argocd.example.com"), ("--context", "prod"), ("--prometheus", "http://p:9090")]
)
def test_a_recording_is_read_alone(flag: str, value: str, fleet: Path) -> None:
    """A server on the command line would be ignored without a word; one in the environment is for other days."""
    refused = run("scan", "--from", fleet, flag, value)
    assert (refused.code, refused.out) == (2, "") and refused.err.startswith(f"error: {flag} beside --from: ")
    beside = run("scan", "--from", fleet, env={f"WHYDRIFT_{flag.strip('-').upper()}": value})
    assert beside == run("scan", "--from", fleet)


def test_version_is_told() -> None:
    """One line."""
    assert run("--version").out.startswith("whydrift ")


def test_large_application_takes_seconds(tmp_path: Path) -> None:
    """10,000 objects in one application, a hundred of them changed."""
    pairs = [(deployment(f"web-{n}"), deployment(f"web-{n}", replicas=3 + (n % 100 == 0))) for n in range(10_000)]
    folder = Fleet([App("shop", [*pairs])]).folder(tmp_path)
    begun = time.perf_counter()
    said = run("scan", "--from", folder, "-o", "json", seconds=240)
    assert json.loads(said.out)["summary"]["fields"] == 100 and said.code == 3
    assert time.perf_counter() - begun < 120


def test_without_renders_a_scan_ends_and_says_what_it_lacks() -> None:
    said = run("scan", "--from", "demo", "--renders", "0", "-o", "json", seconds=60)
    answer = json.loads(said.out)
    assert said.code in (1, 3) and answer["read"]["renders"] == 0
    lacking = [
        u["why"] for a in answer["applications"] for o in a["objects"] for d in o["differences"] for u in d["undecided"]
    ]
    assert any("renders are switched off" in why for why in lacking)
