from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.case import Case
from custodiet.model.errors import UsageError
from custodiet.network import Network
from custodiet.network.betweenness import betweenness
from tests.network.conftest import add_shares, make_graph

EDGES = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda pair: pair[0] != pair[1]), min_size=1)


@settings(deadline=None)
@given(EDGES)
def test_betweenness_agrees_with_networkx(edges: list[tuple[int, int]]) -> None:
    found = betweenness(make_graph(9, edges))
    expected = nx.betweenness_centrality(nx.DiGraph(edges))
    assert found.exact
    assert found.values[sorted(expected)] == pytest.approx([expected[node] for node in sorted(expected)])


def test_sampled_betweenness_is_seeded_near_and_says_so() -> None:
    rng = np.random.default_rng(5)
    pairs = rng.integers(0, 400, (6000, 2))
    graph = make_graph(400, [(int(u), int(v)) for u, v in pairs if u != v])
    exact = betweenness(graph)
    sampled = [betweenness(graph, exact_work=0, sampled_work=200 * graph.n_edges) for _ in range(2)]
    assert (sampled[0].exact, sampled[0].n_starts, sampled[0].n_possible) == (False, 200, 400)
    assert sampled[0].values.tolist() == sampled[1].values.tolist()
    assert sampled[0].values.sum() == pytest.approx(exact.values.sum(), rel=0.05)


def test_hubs_rank_by_recipients_sources_and_place_between(case: Case) -> None:
    add_shares(
        case,
        [
            ("A", "Hub"),
            ("B", "Hub"),
            ("C", "Sink"),
            ("Hub", "X"),
            ("Hub", "Sink"),
            ("Wide", "X"),
            ("Wide", "Y"),
            ("Wide", "A"),
        ],
    )
    answer = Network.from_case(case).hubs(top=1)
    by_name = {hub.name: hub for hub in answer.hubs}
    assert set(by_name) == {"Hub", "Wide", "Sink", "X"}
    hub = by_name["Hub"]
    assert (hub.n_recipients, hub.n_sources, hub.rank_betweenness, hub.rank_sources) == (2, 2, 1, 1)
    assert (hub.share_one_hop, hub.share_two_hops) == (2 / 5, 3 / 5)
    assert by_name["Sink"].rank_recipients is None
    assert answer.n_sources == 5
    assert answer.exact


def test_top_must_be_positive(case: Case) -> None:
    with pytest.raises(UsageError, match="0 hubs"):
        Network.from_case(case).hubs(top=0)
