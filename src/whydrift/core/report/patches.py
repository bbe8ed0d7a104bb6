"""Commits as mails that `git am` takes (git-format-patch, git-mailinfo)."""

from __future__ import annotations

from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from textwrap import wrap

from whydrift.core.model.plan import Step
from whydrift.core.report.words import plain

AUTHOR = "whydrift <whydrift@localhost>"
NO_COMMIT = "0" * 40
WIDTH = 72
MOST_FIELDS = 20


def patch_mail(step: Step, at: str) -> str:
    """A commit step as a mail; `at` is the RFC 3339 time of the plan."""
    head = (
        f"From {NO_COMMIT} Mon Sep 17 00:00:00 2001",
        f"From: {AUTHOR}",
        f"Date: {format_datetime(datetime.fromisoformat(at.replace('Z', '+00:00')))}",
        f"Subject: [PATCH] {_header(step.title)}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 8bit",
    )
    body = commit_message(step).split("\n")[2:]
    diffs = "".join(edit.diff for edit in step.edits)
    return "\n".join((*head, "", *body, "---", "")) + diffs + "-- \nwhydrift\n\n"


def commit_message(step: Step) -> str:
    """Title, why, and every field that the commit is about; nothing in it looks like a part of a mail or a diff."""
    fields = [f"  {plain(f.application)} {plain(f.object)} {plain(f.path)} ({f.cause})" for f in step.fields]
    more = len(fields) - MOST_FIELDS
    listed = [*fields[:MOST_FIELDS], *([f"  … {more} more"] if more > 0 else [])]
    why = [f"  {line}" for line in wrap(plain(step.why), WIDTH)]
    return "\n".join((plain(step.title), "", *why, "", *listed)) + "\n"


def _header(title: str) -> str:
    """A title as a mail header in one line."""
    safe = plain(title)
    return safe if safe.isascii() else Header(safe, "utf-8", maxlinelen=10_000).encode()
