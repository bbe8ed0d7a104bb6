"""Where a field stands: in plain YAML of any style, in JSON, and in templates, which are read as they stand."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whydrift.core.model.application import Application
from whydrift.core.model.git_files import GitFiles
from whydrift.core.model.objects import ObjectKey
from whydrift.core.unmask.places import Places
from whydrift.core.unmask.read_lines import read_lines

WEB = ObjectKey("apps", "Deployment", "shop", "web")
FLOW = """# the shop
{apiVersion: apps/v1, kind: Deployment,
 metadata: {name: web},
 spec: {template: {spec: {containers: [
  {name: side, image: "side:1"},
  {name: web, image: "web:1", # not side:1
   args: [--a,
    --b],
   resources: {limits: {memory: 64Mi}}}]}}}}
"""
MIXED = """apiVersion: apps/v1
kind: Deployment
metadata: {"name": "web"}
spec:
  template:
    spec:
      containers:
      - {name: side, image: "side:1"}
      - image: "web:1"
        args:
        - --a

        - --b
        name: web
        resources: &small {limits:
          {memory: 64Mi}}
"""
ANCHORED = """base: &base
  image: web:1
  resources:
    limits: {memory: 64Mi}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
x: &web
  image: web:1
  args: ["--a", "--b"]
  resources:
    limits: {memory: 64Mi}
spec:
  template:
    spec:
      containers:
      - <<: *web
        name: web
"""
TEMPLATE = """{{- if .Values.on }}
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - name: {{ .Chart.Name }}
        image: web:1
        args: [--a, --b]
        resources: {limits: {memory: 64Mi}}
{{- end }}
"""
JSON = json.dumps(
    {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "annotations": {"legend": "{{pod}}", "about": "kind: none"}},
        "spec": {
            "template": {
                "spec": {
                    "containers": [
                        {
                            "name": "web",
                            "image": "web:1",
                            "args": ["--a", "--b"],
                            "resources": {"limits": {"memory": "64Mi"}},
                        }
                    ]
                }
            }
        },
    },
    indent=1,
)


def places(name: str, content: str) -> Places:
    """An application of one file in a folder of its own."""
    return Places(GitFiles({name: content}, ("shop",)), Application({}))


def numbered(content: str, text: str) -> int:
    """The line that holds a text last."""
    return max(number for number, line in enumerate(content.split("\n"), 1) if text in line)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("shop/flow.yaml", FLOW),
        ("shop/mixed.yaml", MIXED),
        ("shop/anchored.yaml", ANCHORED),
        ("shop/web.json", JSON),
        ("shop/templates/web.yaml", TEMPLATE),
    ],
)
def test_a_field_of_a_container_stands_on_its_line(name: str, content: str) -> None:
    found = places(name, content)
    for path, text in ((("image",), "web:1"), (("args", 1), "--b"), (("resources", "limits", "memory"), "64Mi")):
        assert found.container(WEB, "web", path) == f"{name}:{numbered(content, text)}", path
    assert found.container(WEB, "web", ("command",)) is None


def test_a_text_that_looks_like_a_key_is_none() -> None:
    """Of a block scalar, of a comment, of a text in quotes: nothing below is stated there."""
    content = """kind: ConfigMap
metadata: {name: web}
data:
  a: "b: 1"
  c: |
    kind: Deployment
    d: 1
  # e: 1
  f: 'x # y'
"""
    stated = {line.path: line.value for line in read_lines("shop/web.yaml", content)}
    assert stated == {
        ("kind",): "ConfigMap",
        ("metadata",): "",
        ("metadata", "name"): "web",
        ("data",): "",
        ("data", "a"): "b: 1",
        ("data", "c"): "",
        ("data", "f"): "x # y",
    }
    key = ObjectKey("", "ConfigMap", "shop", "web")
    assert places("shop/web.yaml", content).field(key, ("data", "a", "b"), ("data", "c", "d")) is None


def test_a_patch_inside_of_a_kustomization_is_read_in_any_style() -> None:
    content = """resources: [../base]
patches:
- patch: |
    kind: Deployment
    metadata: {name: web}
    spec: {template: {spec: {containers: [
      {name: web, image: "web:2"}]}}}
"""
    found = places("shop/kustomization.yaml", content)
    assert found.container(WEB, "web", ("image",)) == "shop/kustomization.yaml:7"


def test_aliases_that_blow_up_are_not_followed() -> None:
    """The file is read line by line, in no time."""
    rows = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 7)]
    lines = list(read_lines("shop/bomb.yaml", "\n".join(["a0: &a0 [x, x, x, x, x, x, x, x, x]", *rows])))
    assert [line.number for line in lines] == [1, 2, 3, 4, 5, 6, 7]


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(alphabet=" ab'\"\\\n:{}[]#é", max_size=6)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(alphabet="abc:-{}#", min_size=1, max_size=3), inner)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from("abcd"), values, min_size=1), st.sampled_from([None, 0, 2]))
def test_every_key_of_json_stands_on_a_line_that_holds_it(document: dict[str, object], indent: int | None) -> None:
    """Each key's path is there once, on a line with its text."""
    content = json.dumps(document, indent=indent)
    rows = content.split("\n")
    found = list(read_lines("shop/web.json", content))
    assert len({line.path for line in found}) == len(found)
    for line in found:
        if isinstance(line.path[-1], str):
            assert json.dumps(line.path[-1]) in rows[line.number - 1]


LISTED = """apiVersion: v1
kind: {kind}
items:
- apiVersion: v1
  kind: ConfigMap
  metadata:
    name: api
  data:
    level: debug
- {{apiVersion: v1, kind: ConfigMap, metadata: {{name: flow}}, data: {{level: info}}}}
- apiVersion: apps/v1
  kind: Deployment
  metadata:
    name: web
  spec:
    template:
      spec:
        containers:
        - name: app
          image: example.com/web:1
"""


@pytest.mark.parametrize("kind", ["List", "ConfigMapList"])
def test_objects_of_a_list_are_found_one_by_one(kind: str) -> None:
    places = Places(GitFiles({"all.yaml": LISTED.format(kind=kind)}, ("",)), Application({}))
    web = ObjectKey("apps", "Deployment", "shop", "web")
    assert places.container(web, "app", ("image",)) == "all.yaml:20"
    assert places.field(ObjectKey("", "ConfigMap", "shop", "api"), ("data", "level")) == "all.yaml:9"
    assert places.field(ObjectKey("", "ConfigMap", "shop", "flow"), ("data", "level")) == "all.yaml:10"
    assert places.field(ObjectKey("", "ConfigMap", "shop", "web"), ("data", "level")) is None


def test_items_of_what_is_no_list_are_its_own() -> None:
    """A custom resource may have `items`, and they are no objects of the cluster."""
    content = LISTED.format(kind="Basket")
    places = Places(GitFiles({"all.yaml": content}, ("",)), Application({}))
    assert places.written(ObjectKey("", "ConfigMap", "shop", "api")) == ()
