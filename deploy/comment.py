#!/usr/bin/env python3
"""Writes a report into a pull request: updates the comment with its marker, else adds one. Standard library only.

Reads TOKEN, REPORT (a file), EVENT (GitHub's event payload), API, REPOSITORY from the environment.
"""

from __future__ import annotations

import json
import os
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path

MARKER = re.compile(r"^<!-- [^>]*-->", re.MULTILINE)
PER_PAGE = 100


def main() -> int:
    """Find the pull request and its comment; one line for what went wrong, which never fails the job."""
    event = json.loads(Path(os.environ["EVENT"]).read_text())
    number = (event.get("pull_request") or event.get("issue") or {}).get("number")
    if not isinstance(number, int):
        print("no pull request: no comment")
        return 0
    report = Path(os.environ["REPORT"]).read_text()
    marker = MARKER.search(report)
    comments = f"{os.environ['API']}/repos/{os.environ['REPOSITORY']}/issues/{number}/comments"
    try:
        earlier = _earlier(comments, marker.group()) if marker else None
        if earlier:
            _ask("PATCH", earlier, {"body": report})
        else:
            _ask("POST", comments, {"body": report})
    except (urllib.error.URLError, TimeoutError) as error:
        print(f"::warning::the comment was not written: {error}")
    return 0


def _earlier(comments: str, marker: str) -> str | None:
    """The address of the comment that begins with the marker."""
    page = 1
    while found := _ask("GET", f"{comments}?per_page={PER_PAGE}&page={page}", None):
        for comment in found:
            if comment["body"].lstrip().startswith(marker):
                return str(comment["url"])
        if len(found) < PER_PAGE:
            return None
        page += 1
    return None


def _ask(method: str, url: str, body: object) -> list[dict[str, str]]:
    request = urllib.request.Request(url, method=method)
    request.add_header("Authorization", f"Bearer {os.environ['TOKEN']}")
    request.add_header("Accept", "application/vnd.github+json")
    content = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(request, content, timeout=30) as answer:
        decoded = json.load(answer)
    return decoded if isinstance(decoded, list) else []


if __name__ == "__main__":
    sys.exit(main())
