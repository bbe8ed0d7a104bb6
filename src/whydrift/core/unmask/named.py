"""What a line names: addresses, files with a line in them, variables, quoted words, an image's parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

URL = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://[^\s\"'<>\\)\]}|,;]+")
HOSTS = re.compile(
    r"lookup (?P<lookup>[\w.-]+)(?: on|:)|(?:UnknownHostException: |getaddrinfo (?:for (?:host )?|[A-Z_]+ )\"?"
    r"|upstream \"|host name \"|host \"|resolve (?:host )?[\"']?|NameResolutionError\S* "
    r"|Name or service not known: ?)(?P<named>[\w-][\w.-]*)|dial (?:tcp|udp) (?P<dialled>[\w.-]+:\d+)"
    r"|(?:addr|address|host|server|broker|endpoint|url|target|upstream)\"?[=:] ?\"?(?P<field>[\w-][\w.:-]*\w)"
    r"|(?:connect(?:ing|ion)? (?:to|with)|reach|refused:?|for) [\"'(]?"
    r"(?P<said>[A-Za-z][\w-]*(?:\.[\w-]+)*:\d{2,5}|[A-Za-z][\w-]*(?:\.[\w-]+)+)",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"(?<![\w./-])(?:[A-Za-z][\w-]*(?:\.[\w-]+){2,}|[A-Za-z][\w-]*(?:\.[\w-]+)*:\d{2,5})(?![\w/])")
PORT = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}:(\d{2,5})")
ENDS = (".svc.cluster.local", ".cluster.local")
LINES = (
    re.compile(r"(?P<file>[\w.-]+\.[a-z]{2,10}):(?P<line>\d+)"),
    re.compile(
        r"line (?P<line>\d+)\b.*?(?P<file>[\w-][\w.-]*\.(?:ya?ml|json|toml|conf|cfg|ini|properties|xml|sql|lua|hcl"
        r"|rules))\b"
    ),
    re.compile(
        r"(?P<file>[\w-][\w.-]*\.(?:ya?ml|json|toml|conf|cfg|ini|properties|xml|sql|lua|hcl"
        r"|rules))\b.*?\bline (?P<line>\d+)\b"
    ),
)
VARIABLE = re.compile(r"(?<![\w/.-])([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?![\w(])")
NOT_VARIABLES = re.compile(r"E[A-Z]+_|ERR_|CERT_|ACCESS_|SIG|HTTP_|LOG_LEVEL_")
QUOTED = re.compile(r"\"([^\"\s]{3,80})\"|'([^'\s]{3,80})'|`([^`\s]{3,80})`")
DOTTED = re.compile(r"(?<![\w./:-])([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)+)(?![\w(:/])")
KEYED = re.compile(
    r"\b(?:option|field|key|directive|flag|property|plugin|setting|parameter|section"
    r"|argument)[ :=]+[\"'`]?(--?)?([\w.-]{3,60})",
    re.IGNORECASE,
)
NOT_WORDS = re.compile(r"[\d.:]+|(?:std|java|javax|org|com|net|io|psycopg\d?|sqlalchemy|django|botocore)[.:].*")
PATHS = re.compile(r"(?<![\w:/])/(?:[\w.@-]+/)*[\w.@-]+\.\w{2,10}")


def hosts(line: str) -> Iterator[str]:
    """The addresses that a line names, the most telling first; a cluster's host also in its shorter spellings."""
    found = [url.rstrip(".:") for url in URL.findall(line)]
    for match in HOSTS.finditer(line):
        found += [part for part in match.groupdict().values() if part]
    found += ADDRESS.findall(line)
    for stated in dict.fromkeys(found):
        yield stated
    for stated in dict.fromkeys(found):
        yield from _shorter(stated)
    for port in PORT.findall(line):
        yield f":{port}"


def _shorter(stated: str) -> Iterator[str]:
    """A URL's and an address's host, and the names by which a cluster's pods call it."""
    inside = re.match(r"[a-z][a-z0-9+.-]*://(?:[^/@]*@)?([^/?#]+)", stated)
    host = inside.group(1) if inside else stated
    bare = host.rpartition(":")[0] or host
    for name in (host, bare):
        if (name != stated and "." in name) or "-" in name:
            yield name
    for end in ENDS:
        if bare.endswith(end):
            yield bare.removesuffix(end)


def config_line(line: str, files: Mapping[str, str]) -> str:
    """The text of the line of a configuration file that a message points to; "" where it points to none."""
    for pattern in LINES:
        for match in pattern.finditer(line):
            lines = files.get(match["file"], "").split("\n")
            number = int(match["line"])
            if 0 < number <= len(lines) and lines[number - 1].strip():
                return lines[number - 1]
    return _only_file(line, files)


def _only_file(line: str, files: Mapping[str, str]) -> str:
    """The line that a message points to, of the only file that there is."""
    number, held = re.search(r"\bline (\d+)\b", line), list(files.values())
    lines = held[0].split("\n") if len(held) == 1 else []
    return lines[int(number.group(1)) - 1] if number and 0 < int(number.group(1)) <= len(lines) else ""


def variable(line: str) -> str:
    """The environment variable that a line names; "" where it names none."""
    return next((name for name in VARIABLE.findall(line) if not NOT_VARIABLES.match(name)), "")


def words(line: str) -> Iterator[str]:
    """Words of a line that may stand in git: what is called an option or a key, what is quoted, dotted names."""
    found: list[str] = []
    for dashes, name in KEYED.findall(line):
        found += [f"--{name}", f"-{name}"] if dashes else [name]
    found += [part for match in QUOTED.finditer(line) for part in match.groups() if part]
    found += DOTTED.findall(line)
    for word in dict.fromkeys(found):
        if not NOT_WORDS.fullmatch(word):
            yield word
            if "." in word:
                yield re.sub(r"[.-]", "_", word).upper()


def config_files(line: str) -> Iterator[str]:
    """The names of the files that a line names."""
    for path in dict.fromkeys(PATHS.findall(line)):
        yield path.rpartition("/")[2]


def image_parts(image: str) -> tuple[str, str]:
    """Repository and tag (or digest) of an image."""
    name, _, digest = image.partition("@")
    repository, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        repository, tag = name, ""
    return repository, digest or tag
