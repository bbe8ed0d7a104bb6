"""The build options that Argo CD passes to kustomize, as far as they are used here.

Source: Argo CD, util/kustomize/kustomize.go :: parseKustomizeBuildOptions (words between spaces, behind the folder);
kustomize, kustomize/commands/build/build.go (the flags).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from whydrift.adapters.render.checkout import NotRendered

HELM, RESTRICTOR = "--enable-helm", "--load-restrictor"
SWITCHES = frozenset(
    {HELM, "--enable-alpha-plugins", "--enable-exec", "--network", "--enable-star", "--as-current-user"}
)
PROGRAMS = (SWITCHES - {HELM}) | {"--network-name", "--mount", "--env", "-e"}
"""What only matters to programs that kustomize runs: such are not run here."""
PASSED = frozenset({"--helm-kube-version", "--helm-api-versions"})
ORDER = "--reorder"
"""In which order objects come out: they are told apart by their keys."""
WITH_VALUE = (PROGRAMS - SWITCHES) | PASSED | {RESTRICTOR, ORDER}
RESTRICTIONS = {"LoadRestrictionsNone": True, "none": True, "LoadRestrictionsRootOnly": False}
TRUTHS = {"true": True, "false": False}


@dataclass(frozen=True)
class BuildOptions:
    """What kustomize may do: `helm`: render charts; `outside`: read files that lie outside of a kustomization's folder.

    `programs` is the option that lets it run others, "" where none does. `passed` are options for helm, as they are.
    """

    helm: bool = False
    outside: bool = False
    programs: str = ""
    passed: tuple[str, ...] = ()


def build_options(stated: str) -> BuildOptions:
    """Options out of one line, of one stated twice the last; NotRendered for what is not known here."""
    switches: dict[str, bool] = {}
    outside, passed = False, list[str]()
    for name, value in _pairs(iter(stated.split())):
        if name in SWITCHES:
            switches[name] = _one_of(TRUTHS, name, value or "true")
        elif name == RESTRICTOR:
            outside = _one_of(RESTRICTIONS, name, value)
        elif name in PASSED:
            passed += [name, value]
        elif name in PROGRAMS:
            switches[name] = True
        elif name != ORDER:
            raise NotRendered(f"kustomize.buildOptions: {name} is not used here")
    programs = next((name for name, on in switches.items() if on and name != HELM), "")
    return BuildOptions(switches.get(HELM, False), outside, programs, tuple(passed))


def _pairs(words: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Flags with their values, as pflag reads them: a switch takes one only after `=`."""
    for word in words:
        name, equals, value = word.partition("=")
        if not equals and name in WITH_VALUE:
            value = next(words, "")
        yield name, value


def _one_of(known: dict[str, bool], name: str, value: str) -> bool:
    if value not in known:
        raise NotRendered(f"kustomize.buildOptions: {name} {value} is not used here")
    return known[value]
