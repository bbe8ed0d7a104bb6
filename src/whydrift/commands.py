"""The commands in a line each, and the first help page: light enough to be shown before anything else is imported."""

from __future__ import annotations

COMMANDS = {
    "demo": "the whole tour on a recorded fleet: no cluster, no network, no configuration",
    "ls": "one line per drifting object, from statuses only",
    "scan": "triage of the fleet: causes, patterns, what to read first",
    "explain": "every field of an application that differs: why, with proof",
    "plan": "the smallest safe fixes, proven; writes plan.json, patches for git am and a runbook",
    "apply": "carry out a plan: commits with a pull request, patches, syncs, guarded deletes",
    "verify": "did a plan converge, is something left, did it come back",
    "unmask": "what is broken behind the noise: crash loops, and the first line that says why",
    "guard": "may this app be synced without reverting somebody's work? an exit code for pipelines",
    "hidden": "what differs and Argo CD does not show: hand edits, leftovers, values under ignore rules",
    "ignores": "audit of the ignore rules: dead, too wide, hiding a real change right now",
    "postmortem": "a page for the follow-up: what was changed by hand, by whom, adopted or open",
    "history": "what happened since when: new, came back, went, why and by whom; what comes and goes",
    "tally": "before and after: what was fixed, what is new, what came back, what is left by name",
    "accept": "live with a difference: reason, owner, until when; in whydrift-accepted.toml",
    "record": "write everything that is read, masked, into a folder or .zip",
    "causes": "what whydrift knows, with examples",
    "doctor": "can everything be reached; which permission is missing",
    "watch": "keep looking: follow applications as they change, keep what is found, tell who should know",
    "serve": "the fleet as a web page and a JSON API: live, with history; it only reads",
    "notify": "try a route, silence what is known, see what became of messages",
    "mcp": "the reading commands as MCP tools, for assistants",
    "completion": "shell completion",
}
SUMMARY = "Why does it differ? For every field that differs between git and an Argo CD cluster: the cause, with proof."
EXIT_CODES = """\
Exit codes (2 wins over 1, 1 over 3, 3 over 0):
  0    nothing needs attention
  1    something does: a difference on side git, cluster, ask or structure, an unexplained one, a sync that would lose
       something, something that is broken (--fail-on changes it)
  2    the command could not do its work: usage, connection, permission
  3    it answered, but an application was not read, or a difference stayed undecided for lack of a fact
  130  interrupted
"""


def help_text(program: str) -> str:
    """What `--help` says."""
    rows = "\n".join(f"  {name:<12}{says}" for name, says in COMMANDS.items())
    options = "  --version   Show the version and exit.\n  -h, --help  Show this message and exit."
    head = f"Usage: {program} [OPTIONS] COMMAND [ARGS]...\n\n  {SUMMARY}\n"
    return f"{head}\nOptions:\n{options}\n\nCommands:\n{rows}\n\n{EXIT_CODES}"


def program(path: str) -> str:
    """The name under which whydrift was started: kubectl calls its plugins `kubectl-NAME`."""
    return "kubectl whydrift" if path.rpartition("/")[2].startswith("kubectl-") else "whydrift"
