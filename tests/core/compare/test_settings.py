"""Settings: both ways to read them say the same, and what Argo CD cannot read stops every comparison."""

from __future__ import annotations

import pytest

from whydrift.core.compare.rules import KnownField, Override
from whydrift.core.compare.settings import STATUS, ComparisonSettings, settings_of_api, settings_of_config_map
from whydrift.core.model.values import JsonObject
from whydrift.errors import NotComparable

CONFIG_MAP = {
    "application.resourceTrackingMethod": "annotation+label",
    "application.instanceLabelKey": "example.com/instance",
    "installationID": "east",
    "resource.customizations": 'apps/DaemonSet:\n  ignoreDifferences: |\n    jsonPointers: ["/spec/x"]\n',
    "resource.customizations.ignoreDifferences.apps_Deployment": "jqPathExpressions:\n- .spec.replicas\n",
    "resource.customizations.ignoreDifferences.ConfigMap": "managedFieldsManagers: [x]\njsonPointers: [/a, 5, true]\n",
    "resource.customizations.knownTypeFields.example.com_Widget": "- field: spec.quota\n  type: core/Quantity\n",
    "resource.customizations.health.example.com_Widget": "return {}",
    "resource.customizations.ignoreDifferences.all": "jsonPointers:\n- /metadata/labels\n",
}
API: JsonObject = {
    "trackingMethod": "annotation+label",
    "appLabelKey": "example.com/instance",
    "installationID": "east",
    "resourceOverrides": {
        "apps/DaemonSet": {"ignoreDifferences": "jqPathExpressions: null\njsonPointers:\n- /spec/x\n"},
        "apps/Deployment": {"ignoreDifferences": "jqPathExpressions:\n- .spec.replicas\njsonPointers: null\n"},
        "ConfigMap": {"ignoreDifferences": 'managedFieldsManagers: [x]\njsonPointers: [/a, "5", "true"]\n'},
        "example.com/Widget": {
            "health.lua": "return {}",
            "ignoreDifferences": "jsonPointers: null\n",
            "knownTypeFields": [{"field": "spec.quota", "type": "core/Quantity"}],
        },
        "*/*": {"ignoreDifferences": "jsonPointers:\n- /metadata/labels\n- /status\n"},
    },
}


def test_both_ways_to_read_settings_agree() -> None:
    """argocd-cm and the API say the same of tracking, rules and known types."""
    of_config_map, of_api = settings_of_config_map(CONFIG_MAP), settings_of_api(API)
    assert of_config_map.tracking == of_api.tracking
    assert set(of_config_map.overrides) == set(of_api.overrides)
    widget = Override("example.com/Widget", known_fields=(KnownField(("spec", "quota"), "core/Quantity"),))
    assert widget in of_api.overrides


def test_settings_that_say_nothing_are_the_defaults() -> None:
    """An empty argocd-cm, and an API that shows nothing to this reader."""
    assert settings_of_config_map({}) == settings_of_api({}) == ComparisonSettings()
    assert ComparisonSettings().overrides == (STATUS,)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("resource.compareoptions", "ignoreAggregatedRoles: maybe"),
        ("resource.compareoptions", "ignoreResourceStatusField: [all]"),
        ("resource.compareoptions", "- all"),
        ("resource.customizations", "apps/Deployment: text"),
        ("resource.customizations", "apps/Deployment:\n  ignoreDifferences:\n    jsonPointers: [/a]\n"),
        ("resource.customizations.ignoreDifferences.apps_Deployment", "jsonPointers: /spec"),
        ("resource.customizations.ignoreDifferences.apps_Deployment", "jsonPointers: [{a: 1}]"),
        ("resource.customizations.ignoreDifferences.apps_Deployment", "jsonPointers: ["),
        ("resource.customizations.ignoreResourceUpdates.apps_Deployment", "jsonPointers: ["),
        ("resource.customizations.ignoreDifferences.my_apps_Deployment", "jsonPointers: []"),
        ("resource.customizations.useOpenLibs.apps_Deployment", "yes"),
        ("resource.customizations.nonsense.apps_Deployment", ""),
        ("resource.customizations.knownTypeFields.x_Y", "field: a"),
    ],
)
def test_what_argo_cd_cannot_read_stops_every_comparison(key: str, value: str) -> None:
    """One bad value is enough (reference/measured.md 11)."""
    with pytest.raises(NotComparable):
        settings_of_config_map({key: value})


@pytest.mark.parametrize(
    ("kind", "excluded"),
    [(("", "Event"), True), (("", "Secret"), True), (("apps", "Deployment"), False), (("batch", "Job"), True)],
)
def test_excludes_kinds(kind: tuple[str, str], excluded: bool) -> None:
    """Exclusions beat inclusions; with inclusions the rest is left alone."""
    settings = settings_of_config_map(
        {
            "resource.exclusions": "- apiGroups: ['']\n  kinds: [Secret]\n",
            "resource.inclusions": "- apiGroups: ['', apps]\n  clusters: ['https://*']\n",
        }
    )
    assert settings.excludes(*kind, "https://one") is excluded
    assert settings.excludes(*kind, "http://other") is (kind[1] in ("Event", "Secret"))


def test_aliases_that_make_a_setting_huge_are_refused_at_once() -> None:
    levels = "\n".join(f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]" for n in range(12))
    for bomb in (f"a0: &a0 [x]\n{levels}", "ignoreResourceStatusField: &me [*me]"):
        with pytest.raises(NotComparable, match="larger than any manifest"):
            settings_of_config_map({"resource.compareoptions": bomb})
