from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pytest

from custodiet.case import Case
from custodiet.model.errors import UsageError
from custodiet.network import Network, reach_chapter, reach_chapters
from custodiet.network.exchange import export_network
from custodiet.network.pictures import Picture, draw_around, draw_map, draw_matrix
from custodiet.network.pictures.states import TILE_PLACES
from tests.network.conftest import APRIL, add_organisation, add_page, add_searches, add_shares

HOSTILE = '<script>alert(1)</script> & "Co" \x07\'; DROP TABLE shares; --'


@pytest.fixture
def network(case: Case) -> Network:
    add_organisation(case, "Ash CA PD", state="CA")
    add_organisation(case, "Cedar NV PD", state="NV")
    add_organisation(case, "Hub CA", state="CA")
    add_organisation(case, "Border Office", level="federal")
    add_shares(
        case,
        [
            ("Ash CA PD", "Hub CA"),
            ("Ash CA PD", "Border Office"),
            ("Ash CA PD", HOSTILE),
            ("Hub CA", "Cedar NV PD"),
        ],
    )
    add_searches(case, "Ash CA PD", [("Cedar NV PD", APRIL)])
    return Network.from_case(case)


def parsed(picture: Picture) -> ElementTree.Element:
    root = ElementTree.fromstring(picture.svg)
    space = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{space}title").text
    assert root.find(f"{space}desc").text
    assert "prefers-color-scheme:dark" in picture.svg
    assert picture.svg.count("http") == 1  # the name space, nothing else
    assert root.find(f".//{space}script") is None
    assert all(len(row) == len(picture.columns) for row in picture.rows)
    return root


def test_picture_around_an_organisation_groups_and_names_hubs(network: Network) -> None:
    picture = draw_around(network.reach("Ash CA PD"))
    parsed(picture)
    assert picture.rows == (
        ("direct recipients", "in-state", "CA", 1),
        ("direct recipients", "federal", "", 1),
        ("direct recipients", "unknown", "", 1),
        ("reached through, if it shares on", "Hub CA", "", 1),
        ("reached only if recipients share on", "all", "", 1),
    )
    assert "CA 1" in picture.svg
    assert ">federal 1<" in picture.svg


def test_picture_groups_far_states_beyond_a_dozen(case: Case) -> None:
    add_organisation(case, "A", state="CA")
    others = sorted(set(TILE_PLACES) - {"CA"})[:20]
    for state in others:
        add_organisation(case, f"{state} PD", state=state)
    add_shares(case, [("A", f"{state} PD") for state in others])
    rows = draw_around(Network.from_case(case).reach("A")).rows
    assert len([row for row in rows if row[1] == "out-of-state"]) == 13
    assert ("direct recipients", "out-of-state", "8 more states", 8) in rows


def test_picture_of_nobody(case: Case) -> None:
    add_shares(case, [("B", "A")])
    parsed(draw_around(Network.from_case(case).reach("A")))
    parsed(draw_map(Network.from_case(case), "A"))


def test_hostile_name_is_text_in_every_picture(network: Network) -> None:
    for picture in (draw_around(network.reach(HOSTILE)), draw_map(network, HOSTILE), draw_matrix(network)):
        parsed(picture)
        assert "<script" not in picture.svg


def test_matrix_and_map_have_table_twins(network: Network) -> None:
    matrix = draw_matrix(network)
    parsed(matrix)
    assert matrix.rows == (
        ("CA", "CA", 1),
        ("CA", "NV", 1),
        ("CA", "federal", 1),
        ("CA", "not known", 1),
    )
    assert draw_map(network, "ash ca pd").rows == (("CA", 1), ("federal", 1), ("not known", 1))
    parsed(draw_map(network))


def test_every_state_has_its_own_tile() -> None:
    assert len(TILE_PLACES) == 51
    assert len(set(TILE_PLACES.values())) == 51
    assert (TILE_PLACES["VT"], TILE_PLACES["NH"], TILE_PLACES["FL"]) == ((1, 9), (1, 10), (7, 8))


def test_graphml_and_node_link_hold_all_edges(network: Network, tmp_path: Path) -> None:
    assert export_network(network, tmp_path / "n.graphml") == 5
    graph = nx.read_graphml(tmp_path / "n.graphml", force_multigraph=True)
    by_label = {data["label"]: node for node, data in graph.nodes(data=True)}
    shown = HOSTILE.replace("\x07", "\ufffd")
    assert shown in by_label
    (edge,) = graph.get_edge_data(by_label["Ash CA PD"], by_label["Cedar NV PD"]).values()
    assert (edge["basis"], edge["n_searches"], edge["citations"]) == ("observed", 1, "log:1")
    assert export_network(network, tmp_path / "n.json") == 5
    data = json.loads((tmp_path / "n.json").read_text())
    other = nx.node_link_graph(data)
    assert other.number_of_edges() == 5
    names = {node["id"]: node["name"] for node in data["nodes"]}
    assert HOSTILE in names.values()
    assert {edge["basis"] for edge in data["edges"]} == {"declared", "observed"}
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["n.graphml", "n.json"]


def test_export_refuses_other_endings_and_unwritable_places(network: Network, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="graphml or"):
        export_network(network, tmp_path / "n.gexf")
    with pytest.raises(UsageError, match="cannot be written"):
        export_network(network, tmp_path / "absent" / "n.json")


def test_chapter_gathers_reach_plans_and_the_stated_ban(network: Network, case: Case) -> None:
    add_page(case, "Ash CA PD", APRIL, None, prohibited_uses="Immigration enforcement, personal use.")
    chapter = reach_chapter(case, "ash ca pd")
    assert chapter.reach.declared.onward.through == (("Hub CA", 1),)
    assert [cut.target for cut in chapter.cuts] == ["federal", "out-of-state"]
    assert [share.recipient for share in chapter.cuts[0].direct.best.shares] == ["Border Office"]
    assert chapter.ban.federal == ("Border Office",)
    assert "not a use" in chapter.ban.caveat
    assert chapter.ban.citation == "page:1"
    assert [item.says for item in chapter.lists] == ["nothing", "nothing"]
    assert [item.organisation for item in chapter.use.unlisted] == ["Cedar NV PD"]
    json.dumps(chapter.to_json())


def test_chapter_without_log_or_ban(network: Network, case: Case) -> None:
    chapter = reach_chapter(case, "Hub CA")
    assert (chapter.use, chapter.ban) == (None, None)
    assert [item.producer for item in reach_chapters(case)] == ["Ash CA PD", "Hub CA"]


def test_same_case_gives_the_same_answer(network: Network, case: Case) -> None:
    again = Network.from_case(case)
    for name in ("Ash CA PD", "Hub CA"):
        assert again.reach(name).to_json() == network.reach(name).to_json()
        assert again.cut(name, "out-of-state") == network.cut(name, "out-of-state")
    assert draw_matrix(again) == draw_matrix(network)
