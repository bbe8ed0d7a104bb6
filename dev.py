#!/usr/bin/env python3
"""Installs what is missing into .work/ and runs whydrift's demo or its checks. Needs Python 3.11 or newer and git.

usage: python3 dev.py demo            the tour on a recorded fleet
       python3 dev.py test            everything that `just check` runs; --only NAME for one step
       python3 dev.py run ARGS...     whydrift from this checkout

Nothing outside .work/ is touched. pip does the installing, so that its settings (index, proxy, certificates) hold.
Where Python has no pip, its wheel is taken from the index that pip would use; where it has no venv, virtualenv is used.
"""

from __future__ import annotations

import base64
import configparser
import hashlib
import html
import os
import re
import shutil
import ssl
import subprocess
import sys
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
WORK = os.path.join(HERE, ".work")
VENV = os.path.join(WORK, "venv")
PYTHON = os.path.join(VENV, "bin", "python")
STEPS = (
    ("format", ("ruff", "format", "--check", "--quiet", "src", "tests", "bench", "docs", "deploy", "dev.py")),
    ("lint", ("ruff", "check", "--quiet", "src", "tests", "bench", "docs", "deploy", "dev.py")),
    ("types", ("mypy",)),
    ("layers", ("lint-imports", "--no-logo")),
    ("docs", ("docs/generate.py", "--check")),
    ("tests", ("pytest", "-n", "4", "--dist", "worksteal")),  # on two cores: many tests wait for servers and processes
)
CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")
PIP_PAGE = re.compile(
    r'<a[^>]*href="(?P<url>[^"#]*/pip-(?P<version>[\d.]+)-py3-none-any\.whl)(?:#sha256=(?P<hash>[0-9a-f]{64}))?[^"]*"'
)


def main():
    """Run what the command line asks for; one line for a failure."""
    words = sys.argv[1:] or ["--help"]
    if words[0] not in ("demo", "test", "run"):
        sys.stdout.write(__doc__)
        return 0 if words[0] in ("-h", "--help") else 2
    if sys.platform == "win32":
        return fail("whydrift runs on Linux and macOS; on Windows do this inside WSL")
    if sys.version_info < (3, 11):
        return with_newer_python()
    if not shutil.which("git"):
        return fail("git is not installed")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # each start would compile everything: twice the time of a demo
    install(tests=words[0] == "test")
    if words[0] == "test":
        return check(words[1:])
    arguments = ["demo"] if words[0] == "demo" else words[1:]
    return subprocess.call([PYTHON, "-m", "whydrift", *arguments])


def fail(message):
    """One line on stderr; exit code 2."""
    sys.stderr.write("error: %s\n" % message)
    return 2


def with_newer_python():
    """Start again with a Python that is new enough, where one is on PATH."""
    for name in ("python3.14", "python3.13", "python3.12", "python3.11"):
        if shutil.which(name):
            return subprocess.call([name, os.path.abspath(__file__), *sys.argv[1:]])
    return fail(
        "Python 3.11 or newer is needed; this is %s, and no python3.11 … python3.14 is on PATH" % sys.version.split()[0]
    )


def install(tests):
    """Make .work/venv hold exactly what the lock says, and this checkout; quick when it does already."""
    mark = os.path.join(WORK, "installed")
    enough = ("dev",) if tests else ("dev", "run")
    if read(mark) in map(stamp, enough):
        return
    sys.stderr.write("installing into %s …\n" % WORK)
    make_environment()
    wanted = "dev" if tests else "run"
    pip("install", "--quiet", "--require-hashes", "--requirement", requirements(wanted))
    pip("install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", HERE)
    with open(mark, "w") as out:
        out.write(stamp(wanted))


def requirements(wanted):
    """The lock for running ("run"), or for running and checking ("dev")."""
    return os.path.join(HERE, "requirements", wanted + ".txt")


def stamp(wanted):
    """What tells one state of the environment from another: the lock, the project's own settings, Python's version."""
    content = [read(requirements(wanted)), read(os.path.join(HERE, "pyproject.toml")), sys.version]
    return wanted + " " + hashlib.sha256("\0".join(map(str, content)).encode()).hexdigest()


def read(path):
    """A small file's text; None where there is none."""
    try:
        with open(path) as source:
            return source.read()
    except OSError:
        return None


def make_environment():
    """A fresh virtual environment with pip in it, with whatever this Python has for making one."""
    shutil.rmtree(VENV, ignore_errors=True)
    os.makedirs(WORK, exist_ok=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if subprocess.call([sys.executable, "-m", "venv", VENV], **quiet) == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    tools = os.path.join(WORK, "tools")
    run([*pip_command(sys.executable), "install", "--quiet", "--upgrade", "--target", tools, "virtualenv"])
    run([sys.executable, "-m", "virtualenv", "--quiet", VENV], PYTHONPATH=tools)


def pip(*arguments):
    """pip inside the environment."""
    run([PYTHON, "-m", "pip", "--disable-pip-version-check", *arguments])


def pip_command(python):
    """pip for a Python: its own, else the wheel of the newest pip, run as it is."""
    if subprocess.call([python, "-m", "pip", "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
        return [python, "-m", "pip", "--disable-pip-version-check"]
    return [python, os.path.join(pip_wheel(), "pip"), "--disable-pip-version-check"]


def pip_wheel():
    """The newest pip's wheel, from the index that pip would use, checked against the hash that the index states."""
    index = pip_setting("index-url", "https://pypi.org/simple").rstrip("/") + "/pip/"
    page = fetch(index).decode("utf-8", "replace")
    found = [
        match
        for match in PIP_PAGE.finditer(page)
        if "yanked" not in page[match.end() : match.end() + 200].split("</a>")[0]
    ]
    if not found:
        raise SystemExit(fail("%s names no wheel of pip" % CREDENTIALS.sub("", index)))
    newest = max(found, key=lambda match: [int(part) for part in match["version"].split(".") if part])
    wheel = fetch(with_login(urllib.parse.urljoin(index, html.unescape(newest["url"])), index))
    if newest["hash"] and hashlib.sha256(wheel).hexdigest() != newest["hash"]:
        raise SystemExit(fail("the wheel of pip is not the one that %s names" % CREDENTIALS.sub("", index)))
    place = os.path.join(WORK, os.path.basename(newest["url"]))
    with open(place, "wb") as out:
        out.write(wheel)
    return place


def pip_setting(name, default):
    """A setting of pip: environment, then its files, as pip itself reads them (PIP_CONFIG_FILE=/dev/null: none)."""
    stated = os.environ.get("PIP_" + name.upper().replace("-", "_"))
    named = os.environ.get("PIP_CONFIG_FILE", "")
    own = os.path.join(os.environ.get("XDG_CONFIG_HOME") or "~/.config", "pip", "pip.conf")
    files = [
        named,
        "~/Library/Application Support/pip/pip.conf",
        own,
        "~/.pip/pip.conf",
        "/etc/xdg/pip/pip.conf",
        "/etc/pip.conf",
    ]
    for path in [] if named == os.devnull else files:
        parser = configparser.RawConfigParser()
        if not stated and path and parser.read(os.path.expanduser(path)):
            stated = parser.get("install", name, fallback=parser.get("global", name, fallback=None))
    return stated or default


def with_login(url, index):
    """A file's URL with the login of the index, where both are on one host."""
    file, own = urllib.parse.urlsplit(url), urllib.parse.urlsplit(index)
    return urllib.parse.urlunsplit(file._replace(netloc=own.netloc)) if file.hostname == own.hostname else url


def fetch(url):
    """The bytes behind a URL; proxy, certificates and trusted hosts are pip's, a login may stand in the URL."""
    parts = urllib.parse.urlsplit(url)
    login, _, host = parts.netloc.rpartition("@")
    headers = {"Accept": "text/html, */*;q=0.1", "User-Agent": "whydrift-dev"}
    if login:
        headers["Authorization"] = "Basic " + base64.b64encode(urllib.parse.unquote(login).encode()).decode()
    request = urllib.request.Request(urllib.parse.urlunsplit(parts._replace(netloc=host)), headers=headers)
    trusted = parts.hostname in re.split(r"[\s,:]+", pip_setting("trusted-host", ""))
    trust = (
        ssl._create_unverified_context() if trusted else ssl.create_default_context(cafile=pip_setting("cert", None))
    )
    proxy = pip_setting("proxy", "")
    handlers = [urllib.request.ProxyHandler({"http": proxy, "https": proxy})] if proxy else []
    try:
        with urllib.request.build_opener(*handlers, urllib.request.HTTPSHandler(context=trust)).open(
            request, timeout=60
        ) as answer:
            return answer.read()
    except OSError as error:
        raise SystemExit(fail("%s: %s" % (request.full_url, error)))


def run(command, **environment):
    """Run a command; its failure ends everything."""
    code = subprocess.call(command, env={"PIP_ROOT_USER_ACTION": "ignore", **os.environ, **environment})
    if code:
        raise SystemExit(fail("%s failed (exit code %d)" % (" ".join(command[:4]), code)))


def check(words):
    """Every step, in order; the first failure ends it. `--only NAME` runs one."""
    only = words[1] if words[:1] == ["--only"] and len(words) > 1 else None
    if words and only not in [name for name, _ in STEPS]:
        return fail("steps are: %s" % ", ".join(name for name, _ in STEPS))
    for name, command in STEPS:
        if only in (None, name):
            sys.stderr.write("== %s\n" % name)
            start = [PYTHON, command[0]] if command[0].endswith(".py") else [os.path.join(VENV, "bin", command[0])]
            code = subprocess.call([*start, *command[1:]], cwd=HERE)
            if code:
                return fail("%s failed" % name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
