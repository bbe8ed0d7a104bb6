"""Several Argo CD instances and clusters in one recording: who holds what, who is who, and what is not reached."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.faces.command import Said, inside
from tests.fleet_builder import App, Fleet, clean, config_map, scaled
from tests.replay.recorded import RECORDINGS, unpack
from whydrift.core.model.values import Json, JsonObject, is_object, items, mapping, text

OWN = "https://kubernetes.default.svc"
EAST = "https://east.example.com:6443"


def together(place: Path, instances: Mapping[str, Fleet], clusters: list[Json] | None) -> Path:
    """One recording of several instances; `clusters` are the rows of recording.json."""
    for name, fleet in instances.items():
        fleet.folder(place / "instances" / name)
    about = {"instances": [{"id": name} for name in instances], "clusters": clusters}
    (place / "recording.json").write_text(json.dumps(about))
    return place


def left_over(cluster: str = OWN, name: str = "old") -> App:
    """An application with an object that git dropped and that carries its mark."""
    live = config_map("shared", a="1")
    live["metadata"] = {**mapping(live, "metadata"), "annotations": _mark(name)}
    rows: list[Json] = [{**_row("shared"), "status": "OutOfSync", "requiresPruning": True}]
    status: JsonObject = {"resources": rows, "sync": {"status": "OutOfSync", "revision": "a" * 40}}
    return App(name, [(None, live)], spec={"destination": {"server": cluster, "namespace": "shop"}}, status=status)


def renders(destination: JsonObject, name: str = "new") -> App:
    """An application that renders the same object."""
    both = config_map("shared", a="1")
    return App(name, [(both, both)], spec={"destination": {**destination, "namespace": "shop"}})


def _mark(owner: str) -> JsonObject:
    return {"argocd.argoproj.io/tracking-id": f"{owner}:/ConfigMap:shop/shared"}


def _row(name: str) -> JsonObject:
    return {"group": "", "kind": "ConfigMap", "version": "v1", "namespace": "shop", "name": name}


def claims(said: Said, application: str = "old") -> list[JsonObject]:
    """What a scan says of the left-over object: its first explanation, or what is undecided."""
    assert not said.err, said.err
    rows = items(json.loads(said.out), "applications")
    found = next(row for row in rows if text(row, "name") == application)
    difference = items(items(found, "objects")[0], "differences")[0]
    return [row for row in (*items(difference, "explanations"), *items(difference, "undecided")) if is_object(row)]


def scanned(folder: Path) -> Said:
    """A scan of everything."""
    return inside("scan", "--no-git", "-o", "json", "--from", folder)


HOME_IN_EAST: list[Json] = [
    {"id": "hub", "url": OWN, "instance": "west"},
    {"id": "east", "url": OWN, "instance": "east"},
    {"id": "east", "url": EAST},
]


@pytest.mark.parametrize("destination", [EAST, OWN])
def test_another_instance_that_shares_the_cluster_holds_the_object(tmp_path: Path, destination: str) -> None:
    """East's own cluster is the one that west calls by its URL; west's own one is another."""
    west = Fleet([renders({"server": destination})])
    folder = together(tmp_path, {"west": west, "east": Fleet([left_over()])}, HOME_IN_EAST)
    causes = {text(claim, "cause") for claim in claims(scanned(folder))}
    assert ("two-apps-claim-object" in causes) is (destination == EAST)
    if destination == EAST:
        first = claims(scanned(folder))[0]
        assert "application west:new renders this object now" in text(first, "why")


def test_an_application_of_the_same_name_elsewhere_is_another_one(tmp_path: Path) -> None:
    """`old` of west renders what `old` of east left behind."""
    west = Fleet([renders({"server": EAST}, "old")])
    folder = together(tmp_path, {"west": west, "east": Fleet([left_over()])}, HOME_IN_EAST)
    rows = items(json.loads(inside("scan", "east:old", "--no-git", "-o", "json", "--from", folder).out), "applications")
    assert [(text(row, "instance"), text(row, "name")) for row in rows] == [("east", "old")]
    assert "two-apps-claim-object" in json.dumps(rows)


def test_clusters_that_cannot_be_told_apart_leave_a_gap(tmp_path: Path) -> None:
    """Nothing says which cluster east runs in: what is left behind is not decided."""
    folder = together(tmp_path, {"west": Fleet([renders({"server": EAST})]), "east": Fleet([left_over()])}, [])
    said = scanned(folder)
    assert said.code == 3
    assert "the cluster of instance east" in json.dumps(json.loads(said.out)["read"]["gaps"])
    assert not [claim for claim in claims(said) if text(claim, "cause") == "object-left-behind" and "why" not in claim]
    assert all("needs" in claim for claim in claims(said))


@pytest.mark.parametrize("known", [True, False])
def test_a_cluster_by_url_here_and_by_name_there(tmp_path: Path, known: bool) -> None:
    """Argo CD's list of clusters tells that both are one; without it nothing is claimed."""
    listed: JsonObject = {"items": [{"name": "east", "server": EAST}]}
    files: dict[str, bytes | Json] = {"argocd/api/v1/clusters.json": listed if known else None}
    folder = Fleet([left_over(EAST), renders({"name": "east"})], files).folder(tmp_path)
    said = scanned(folder)
    if known:
        assert text(claims(said)[0], "cause") == "two-apps-claim-object"
    else:
        assert all("needs" in claim for claim in claims(said))
        assert "clusters" in [text(gap, "what") for gap in json.loads(said.out)["read"]["gaps"]]


def test_a_cluster_that_is_not_reached_is_named(tmp_path: Path) -> None:
    """Argo CD's word is taken for it, and a note says so."""
    app = scaled()
    app.spec = {"destination": {"server": EAST, "namespace": "shop"}}
    whole = json.loads(scanned(Fleet([app]).folder(tmp_path)).out)
    assert any(EAST in note for note in whole["read"]["notes"])
    assert EAST in json.dumps(whole["applications"])


def test_selectors_name_instance_and_namespace(tmp_path: Path) -> None:
    """`[INSTANCE:][NAMESPACE/]NAME`, with globs."""
    teams = App("shop", scaled().pairs, metadata={"namespace": "team-a"})
    folder = together(tmp_path, {"west": Fleet([scaled(), teams]), "east": Fleet([scaled()])}, HOME_IN_EAST)
    for words, expected in {
        "shop": 3,
        "west:shop": 2,
        "west:team-a/shop": 1,
        "team-*/shop": 1,
        "e*:shop": 1,
        "east:argocd/*": 1,
    }.items():
        found = json.loads(inside("scan", words, "--no-git", "-o", "json", "--from", folder).out)
        assert len(found["applications"]) == expected, words


def test_two_recordings_in_one_answer_as_each_alone(tmp_path: Path) -> None:
    """Law: two instances on clusters of their own answer together what each answers alone; recorded again, the same."""
    alone = {path.stem: path for path in RECORDINGS if not path.stem.startswith("story")}
    chosen = dict(list(alone.items())[:2])
    for name, path in chosen.items():
        unpack(path, tmp_path / name)
        folder = tmp_path / "both"
        for api, several in (("argocd", "instances"), ("kubernetes", "clusters")):
            (folder / several / name).mkdir(parents=True)
            if (tmp_path / name / api).exists():
                (tmp_path / name / api).rename(folder / several / name / api)
    rows: list[Json] = [{"id": name, "url": OWN, "instance": name} for name in chosen]
    rows += [{"id": name, "url": "in-cluster", "instance": name} for name in chosen]
    (tmp_path / "both" / "recording.json").write_text(
        json.dumps({"instances": [{"id": n} for n in chosen], "clusters": rows})
    )
    expected = [{**row, "instance": name} for name, path in chosen.items() for row in applications(path)]
    assert ordered(applications(tmp_path / "both")) == ordered(expected)
    said = inside("record", "-o", tmp_path / "again", "--no-git", "--from", tmp_path / "both")
    assert said.code == 0, said
    assert ordered(applications(tmp_path / "again")) == ordered(expected)


def applications(place: Path) -> list[JsonObject]:
    """All applications of a scan with hidden differences, without git."""
    said = inside("scan", "--hidden", "--no-git", "-o", "json", "--from", place)
    assert not said.err, said.err
    return [row for row in items(json.loads(said.out), "applications") if is_object(row)]


def ordered(rows: list[JsonObject]) -> list[JsonObject]:
    """By instance and name."""
    return sorted(rows, key=lambda row: (str(row.get("instance")), str(row["name"])))


def test_a_folder_that_the_recording_names(tmp_path: Path) -> None:
    """`folder` of a row says where the answers stand."""
    Fleet([clean()]).folder(tmp_path / "a place")
    about = {"instances": [{"id": "one", "folder": "a place"}], "clusters": []}
    (tmp_path / "recording.json").write_text(json.dumps(about))
    assert [row["name"] for row in applications(tmp_path)] == ["calm"]


def test_text_names_the_instance(tmp_path: Path) -> None:
    """The next command that a scan proposes finds one application, not two."""
    folder = together(tmp_path, {"west": Fleet([scaled()]), "east": Fleet([clean()])}, HOME_IN_EAST)
    assert "whydrift explain west:shop" in inside("scan", "--no-git", "--from", folder).out
    assert inside("explain", "west:shop", "--no-git", "--from", folder).out.startswith("west:shop  OutOfSync")


def test_ls_of_several_instances_is_one_sorted_list(tmp_path: Path) -> None:
    """As `LC_ALL=C sort` has it; each line says which instance it is of, and `INSTANCE:` selects by it."""
    elsewhere = App("shop", [(config_map("a", a="1"), None)], metadata={"namespace": "team-a"})
    fleets = {"west": Fleet([scaled(), clean()]), "east": Fleet([scaled(), elsewhere, left_over(name="shop-2")])}
    folder = together(tmp_path, fleets, None)
    listed = inside("ls", "--from", folder)
    assert listed.code == 1 and listed.out.splitlines() == [
        "shop\tConfigMap/a\tshop\teast",
        "shop\tDeployment/web\tshop\teast",
        "shop\tDeployment/web\tshop\twest",
        "shop-2\tConfigMap/shared\tshop\teast",
    ]
    for words in ((), ("--wide", "--all"), ("--count",)):
        lines = inside("ls", *words, "--from", folder).out.splitlines()
        assert lines == sorted(lines, key=str.encode) and {line.rpartition("\t")[2] for line in lines} <= {
            "east",
            "west",
        }
    assert inside("ls", "west:*", "--from", folder).out == "shop\tDeployment/web\tshop\twest\n"
    assert inside("ls", "east:team-a/*", "--from", folder).out == "shop\tConfigMap/a\tshop\teast\n"
    assert inside("ls", "--from", Fleet([scaled()]).folder(tmp_path / "one")).out == "shop\tDeployment/web\tshop\n"
