"""The two field stories, read as stories: what their authors found by hand stands in the answer.

Story 1 (reference/stories/1-operating-on-argocd-drift.txt): twenty of fifty-two applications are red for seven reasons,
and a controller has been in a crash loop for twenty-one days behind them. Story 2 (2-thinking-out-loud.txt): five
applications are OutOfSync, nobody changed anything, and the team is afraid of the Sync button.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faces.command import Said, inside

STORY2 = Path(__file__).parent / "story2"


def first_screen(said: Said) -> str:
    """What fits on a screen of forty lines."""
    return "\n".join(said.out.splitlines()[:40])


def ask(command: str, application: str, *words: str) -> Said:
    """One question about an application of the second story."""
    return inside(command, application, *words, "--from", STORY2 / f"{application}.zip")


@pytest.fixture(scope="module")
def morning() -> Said:
    """Somebody opens the red board of the first story and asks the one question."""
    return inside("scan", "--from", "demo")


class TestOperatingOnArgocdDrift:
    """Then I decided to investigate. Not one bug. Seven. And one of them was hiding a twenty-one-day crashloop."""

    def test_the_crash_loop_comes_first(self, morning: Said) -> None:
        screen = first_screen(morning)
        broken, drift = screen.index("BROKEN NOW"), screen.index("WHY, most fields first")
        assert broken < drift
        for said in ("argo-rollouts", "CrashLoopBackOff, 1154 restarts", "21 days", "response code Not Found"):
            assert broken < screen.index(said) < drift
        assert "apps/argo-rollouts/values.yaml:24" in screen, "the URL that answers 404 stands there"

    def test_twenty_are_red_and_none_is_unexplained(self, morning: Said) -> None:
        assert "52 applications, 20 OutOfSync" in morning.out.splitlines()[0]
        assert [line.split() for line in morning.out.splitlines() if "unexplained" in line] == [["unexplained", "0"]]

    @pytest.mark.parametrize(
        ("found", "cause", "shape"),
        [
            ("A: the CRD fills defaults in", "schema-defaults-field", "16 ExternalSecrets in 10 apps"),
            ("B: empty groups in child Applications", "writer-drops-empty-value", "Applications"),
            ("C: CRDs differ in one field", "writer-drops-empty-value", "12 CustomResourceDefinitions in 3 apps"),
            ("D: leftovers of a subchart", "object-left-behind", "ConfigMaps"),
            ("E: two applications claim one Namespace", "two-apps-claim-object", ""),
            ("F: a run that is no object to keep", "run-object-is-ephemeral", ""),
            ("G: random values in a chart", "chart-renders-differently-each-time", ""),
            ("the residual: Tekton's webhook", "webhook-injects-field", ""),
        ],
    )
    def test_each_class_has_its_name(self, morning: Said, found: str, cause: str, shape: str) -> None:
        why = morning.out[morning.out.index("WHY, most fields first") :]
        assert cause in why, found
        assert shape in why, found

    def test_the_inventory_is_the_authors_own_pipe(self) -> None:
        told = inside("ls", "--from", "demo").out.splitlines()
        assert told == sorted(told, key=str.encode)
        for line in (
            "argocd\tRole/argocd-redis-secret-init\targocd",
            "root\tApplication/gpu-operator\targocd",
            "vcluster-experiments\tStatefulSet/experiments\tvcluster-experiments",
            "tekton-extras\tTask/git-clone\ttekton-pipelines",
        ):
            assert line in told

    def test_the_sync_button_is_not_harmless(self, morning: Said) -> None:
        hurting = morning.out[morning.out.index("A SYNC WOULD HURT") : morning.out.index("READ FIRST")]
        for application in ("sympozium", "victoria-metrics", "infisical"):
            assert application in hurting
        assert "pod-security" in hurting

    def test_explaining_shows_both_sides_and_the_proof(self) -> None:
        told = inside("explain", "paperclip", "ExternalSecret/paperclip-anthropic", "--from", "demo").out
        for said in ("remoteRef.conversionStrategy", "live Default", "schema-defaults-field", "proven", "equivalent"):
            assert said in told


class TestThinkingOutLoud:
    """Before syncing, you must decide: is Git correct, or the cluster?"""

    def test_payment_service_was_scaled_for_a_reason(self) -> None:
        told = ask("explain", "d-payment-service").out
        for said in ("git 3", "live 5", "person-edits-live", "side     cluster", "CPU per pod 45 % → 75 %"):
            assert said in told
        guarded = ask("guard", "d-payment-service")
        assert guarded.code == 1
        assert guarded.out.startswith(
            "NOT SAFE  d-payment-service: a sync scales Deployment/payment-service from 5 to 3"
        )

    def test_user_service_is_metadata_noise(self) -> None:
        told = ask("explain", "d-user-service").out
        assert "kubectl-stamps-annotation" in told and "side     equivalent" in told
        assert ask("explain", "d-user-service-from-a-laptop").out.count("object-lacks-tracking-id") > 0

    def test_the_emergency_flag_is_found_although_argocd_says_synced(self) -> None:
        told = ask("hidden", "d-feature-flags")
        assert told.code == 1
        for said in (
            "Argo CD says Synced",
            "TEMP_FLAG_EMERGENCY_BYPASS",
            "kubectl-edit",
            "5 days ago",
            "a sync leaves it",
        ):
            assert said in told.out

    def test_syncing_logging_agent_would_downgrade_it(self) -> None:
        told = ask("explain", "d-logging-agent").out
        for said in ("v1.9.0", "v1.9.1", "person-edits-live", "side     cluster"):
            assert said in told
        guarded = ask("guard", "d-logging-agent")
        assert guarded.code == 1 and "downgrades" in guarded.out and "from v1.9.1 to v1.9.0" in guarded.out

    def test_cert_managers_definitions_are_noise_of_another_kind_than_they_thought(self) -> None:
        """Fields of a CRD have no order that could differ: an explicit false is what the server does not store."""
        told = ask("explain", "d-cert-manager").out
        assert "preserveUnknownFields" in told and "writer-drops-empty-value" in told and "side     equivalent" in told
        assert ask("guard", "d-cert-manager").code == 0
