"""Commits without a work tree: on top of what the plan saw, by the user, and nothing of the repository's ever runs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.adapters.git_work.repositories import bare, git, remote, user
from tests.adapters.git_work.smart_http import git_server

from whydrift.adapters.forge import Forges
from whydrift.adapters.git.work import WorkClones
from whydrift.ports import Body, NotRead, Refused, Unanswered

FILES = {"apps/web.yaml": "# web\r\nreplicas: 3\r\n", "run.sh": "#!/bin/sh\n", "other.yaml": "a: 1\n"}
MESSAGE = "web: 5 replicas\n\nbecause the load asks for it\n"


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A user at home in a folder of the test, for this process too."""
    found = user(tmp_path / "home")
    for name in ("HOME", "GIT_CONFIG_NOSYSTEM"):
        monkeypatch.setenv(name, found[name])
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return found


@pytest.fixture
def url(tmp_path: Path, env: dict[str, str]) -> str:
    """A remote with three files."""
    return remote(tmp_path / "remote", FILES, env)


@pytest.fixture
def clones(tmp_path: Path) -> WorkClones:
    """Clones in the state folder of the test."""
    return WorkClones(tmp_path / "state", {})


def head(clones: WorkClones, url: str, branch: str = "main") -> str:
    """The hash that the remote has; it must be readable."""
    found = asyncio.run(clones.head(url, branch))
    assert isinstance(found, str)
    return found


def committed(clones: WorkClones, url: str, files: Mapping[str, str], parent: str = "") -> str:
    """A commit's hash."""
    made = asyncio.run(clones.commit(url, parent or head(clones, url), files, MESSAGE))
    assert isinstance(made, str), made
    return made


def test_a_commit_changes_the_named_file_and_nothing_else(clones: WorkClones, url: str, env: dict[str, str]) -> None:
    """Bytes, modes and the other files stay; author and message are the user's and ours."""
    made = committed(clones, url, {"run.sh": "#!/bin/sh\nexit\n"})
    assert isinstance(asyncio.run(clones.push(url, made, "whydrift/one")), Body)
    place = bare(url)
    assert git(place, "diff", "--stat", "main", "whydrift/one", env=env).splitlines()[0].split()[0] == "run.sh"
    assert git(place, "ls-tree", "whydrift/one", "run.sh", env=env).startswith("100755")
    assert (
        git(place, "log", "-1", "--format=%an <%ae>%n%B", "whydrift/one", env=env)
        == f"Jo Doe <jo@example.com>\n{MESSAGE}".strip()
    )
    assert git(place, "show", "main:apps/web.yaml", env=env) == git(
        place, "show", "whydrift/one:apps/web.yaml", env=env
    )


def test_the_text_is_what_git_holds_byte_for_byte(clones: WorkClones, url: str) -> None:
    """No line end is touched."""
    assert asyncio.run(clones.content(url, head(clones, url), "apps/web.yaml")) == FILES["apps/web.yaml"]


def test_a_branch_that_exists_is_not_written_over(clones: WorkClones, url: str, env: dict[str, str]) -> None:
    """The remote says no, and keeps what it has; the same commit again is what is there already."""
    first, second = (committed(clones, url, {"other.yaml": f"a: {n}\n"}) for n in (2, 3))
    assert isinstance(asyncio.run(clones.push(url, first, "whydrift/one")), Body)
    assert isinstance(asyncio.run(clones.push(url, second, "whydrift/one")), Refused)
    assert isinstance(asyncio.run(clones.push(url, first, "whydrift/one")), Body)
    assert head(clones, url, "whydrift/one") == first


def test_a_rejected_push_says_why(clones: WorkClones, url: str) -> None:
    """A hook on the server's side forbids it: that is a refusal, in the server's words."""
    hook = bare(url) / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    outcome = asyncio.run(clones.push(url, committed(clones, url, {"other.yaml": "a: 2\n"}), "whydrift/one"))
    assert isinstance(outcome, Refused)
    assert "pre-receive hook declined" in outcome.why


def test_a_remote_that_is_gone_leaves_the_push_unanswered(clones: WorkClones, url: str) -> None:
    """Neither done nor refused: it is not known."""
    made = committed(clones, url, {"other.yaml": "a: 2\n"})
    bare(url).rename(bare(url).with_name("away.git"))
    assert isinstance(asyncio.run(clones.push(url, made, "whydrift/one")), Unanswered)


def test_the_remote_says_its_branches(clones: WorkClones, url: str) -> None:
    """The default one by name, one that it lacks as nothing; an unreachable one is not read."""
    assert asyncio.run(clones.default_branch(url)) == "main"
    assert head(clones, url, "HEAD") == head(clones, url, "main")
    assert head(clones, url, "main-2") == ""
    assert isinstance(asyncio.run(clones.head("file:///nowhere/x.git", "main")), NotRead)


def test_nothing_of_a_hostile_repository_runs(tmp_path: Path, env: dict[str, str], clones: WorkClones) -> None:
    """Filters named in .gitattributes, hooks of templates and of the user, a link out of the tree, LFS, a submodule."""
    trap = tmp_path / "trapped"
    home = Path(env["HOME"])
    hooks = home / "hooks"
    hooks.mkdir()
    for name in CLIENTS_HOOKS:
        (hooks / name).write_text(f"#!/bin/sh\ntouch {trap}\n")
        (hooks / name).chmod(0o755)
    url = remote(tmp_path / "hostile", {"web.yaml": "a: 1\n", "big.yaml": LFS_POINTER}, env)
    place = git_with_link(tmp_path / "hostile" / "seed", bare(url), env)
    user(home, f'[core]\n\thooksPath = {hooks}\n[filter "evil"]\n\tclean = touch {trap}\n\tsmudge = touch {trap}\n')
    assert place
    made = committed(clones, url, {"web.yaml": "a: 2\n"})
    assert isinstance(asyncio.run(clones.push(url, made, "whydrift/one")), Body)
    for file in ("link.yaml", "big.yaml", "sub", "../outside", ".git/config", "missing.yaml"):
        assert isinstance(asyncio.run(clones.content(url, made, file)), NotRead), file
        if file != "big.yaml":
            assert isinstance(asyncio.run(clones.commit(url, made, {file: "x"}, MESSAGE)), NotRead), file
    assert not trap.exists()


CLIENTS_HOOKS = ("pre-commit", "prepare-commit-msg", "commit-msg", "pre-push", "post-checkout", "post-index-change")
"""Those of the side that commits: the remote is on this disk, and runs hooks of its own."""
LFS_POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"


def git_with_link(work: Path, place: Path, env: dict[str, str]) -> str:
    """Add attributes, a link and a submodule to a remote."""
    (work / ".gitattributes").write_text("* filter=evil\n")
    (work / "link.yaml").symlink_to("/etc/passwd")
    git(work, "add", "--all", env=env)
    commit = git(work, "rev-parse", "HEAD", env=env)
    git(work, "update-index", "--add", "--cacheinfo", f"160000,{commit},sub", env=env)
    git(work, "commit", "--quiet", "-m", "traps", env=env)
    git(work, "push", "--quiet", str(place), "HEAD:main", env=env)
    return git(work, "rev-parse", "HEAD", env=env)


def test_who_commits_is_what_the_users_own_checkout_says(tmp_path: Path, url: str, env: dict[str, str]) -> None:
    """An identity for this repository alone wins over the global one; without any, nobody is made up."""
    checkout = tmp_path / "checkout"
    git(tmp_path, "clone", "--quiet", url, str(checkout), env=env)
    git(checkout, "config", "user.email", "jo@work.example.com", env=env)
    clones = WorkClones(tmp_path / "state", {url: checkout})
    made = committed(clones, url, {"other.yaml": "a: 2\n"})
    asyncio.run(clones.push(url, made, "whydrift/one"))
    assert git(bare(url), "log", "-1", "--format=%ae", "whydrift/one", env=env) == "jo@work.example.com"
    (Path(env["HOME"]) / ".gitconfig").write_text("")
    nobody = WorkClones(tmp_path / "other-state", {})
    assert isinstance(asyncio.run(nobody.commit(url, head(nobody, url), {"other.yaml": "a: 3\n"}, MESSAGE)), NotRead)


def test_commits_are_signed_where_the_user_signs(tmp_path: Path, url: str, env: dict[str, str]) -> None:
    """commit.gpgsign of the user holds; a program that cannot sign makes no unsigned commit."""
    signer = tmp_path / "signer"
    signer.write_text(
        "#!/bin/sh\ncat >/dev/null\necho '[GNUPG:] SIG_CREATED ' >&2\necho -----BEGIN PGP SIGNATURE-----\n"
    )
    signer.chmod(0o755)
    user(Path(env["HOME"]), f"\tsigningkey = K\n[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = {signer}\n")
    clones = WorkClones(tmp_path / "state", {})
    made = committed(clones, url, {"other.yaml": "a: 2\n"})
    asyncio.run(clones.push(url, made, "whydrift/one"))
    assert "BEGIN PGP SIGNATURE" in git(bare(url), "cat-file", "commit", "whydrift/one", env=env)
    signer.write_text("#!/bin/sh\nexit 1\n")
    assert isinstance(asyncio.run(clones.commit(url, head(clones, url), {"other.yaml": "a: 3\n"}, MESSAGE)), NotRead)


def test_inside_somebody_elses_hook_our_own_clone_is_meant(
    tmp_path: Path, url: str, env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """git tells hooks where they are by variables that would lead every command into that repository."""
    theirs = tmp_path / "theirs"
    git(tmp_path, "clone", "--quiet", url, str(theirs), env=env)
    before = sorted(str(path) for path in (theirs / ".git").rglob("*"))
    monkeypatch.setenv("GIT_DIR", str(theirs / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(theirs / ".git" / "index"))
    clones = WorkClones(tmp_path / "state", {})
    assert committed(clones, url, {"other.yaml": "a: 2\n"})
    assert sorted(str(path) for path in (theirs / ".git").rglob("*")) == before


def test_the_repository_is_reached_as_the_users_checkout_reaches_it(
    tmp_path: Path, url: str, env: dict[str, str]
) -> None:
    """Argo CD's URL may need another login than the user's own way to the same repository."""
    argocds = "https://git.example.com/team/apps.git"
    checkout = tmp_path / "checkout"
    git(tmp_path, "clone", "--quiet", url, str(checkout), env=env)
    git(checkout, "remote", "add", "upstream", "git@git.example.com:team/apps", env=env)
    config = Path(env["HOME"]) / ".gitconfig"
    config.write_text(f'{config.read_text()}[url "{url}"]\n\tinsteadOf = git@git.example.com:team/apps\n')
    clones = WorkClones(tmp_path / "state", {argocds: checkout})
    made = committed(clones, argocds, {"other.yaml": "a: 2\n"})
    assert isinstance(asyncio.run(clones.push(argocds, made, "whydrift/one")), Body)
    assert git(bare(url), "rev-parse", "whydrift/one", env=env) == made


def test_a_forges_token_is_used_where_the_users_helpers_have_no_login(
    tmp_path: Path, url: str, env: dict[str, str]
) -> None:
    """Cloned, read and pushed over HTTP; the token stands in no argument, no URL and no file of the clone."""
    token, place = "tok-0123456789", bare(url)
    with git_server(place.parent, f"x-access-token:{token}") as server:
        forges = Forges({"GITHUB_SERVER_URL": server.url, "GITHUB_TOKEN": token}, tmp_path)
        served = f"{server.url}/{place.name}"
        clones = WorkClones(tmp_path / "state", {}, forges.login)
        assert asyncio.run(clones.content(served, head(clones, served), "other.yaml")) == "a: 1\n"
        made = committed(clones, served, {"other.yaml": "a: 2\n"})
        assert isinstance(asyncio.run(clones.push(served, made, "whydrift/one")), Body)
        stranger = WorkClones(tmp_path / "stranger", {}, Forges({"GITHUB_TOKEN": token}, tmp_path).login)
        refused = asyncio.run(stranger.head(served, "main"))
    assert git(place, "rev-parse", "whydrift/one", env=env) == made
    assert isinstance(refused, NotRead), "the token is github.com's, not this server's"
    kept = [path for path in (tmp_path / "state").rglob("*") if path.is_file()]
    assert kept and not any(token.encode() in path.read_bytes() for path in kept)


def test_the_users_own_login_comes_first(tmp_path: Path, url: str, env: dict[str, str]) -> None:
    """What the user's credential helper says is used; the forge's token is not even sent."""
    with git_server(bare(url).parent, "jo:own-password") as server:
        config = Path(env["HOME"]) / ".gitconfig"
        own = "!f() { echo username=jo; echo password=own-password; }; f"
        config.write_text(f'{config.read_text()}[credential]\n\thelper = "{own}"\n')
        forges = Forges({"GITHUB_SERVER_URL": server.url, "GITHUB_TOKEN": "tok-wrong"}, tmp_path)
        clones = WorkClones(tmp_path / "state", {}, forges.login)
        assert head(clones, f"{server.url}/{bare(url).name}") == head(clones, url)
