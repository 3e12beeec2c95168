from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.case import Case
from custodiet.model.errors import UsageError
from custodiet.network import Network
from custodiet.network import cut as words
from custodiet.network.cost import in_state_costs
from custodiet.network.cut import leading_on, minimum_cut
from custodiet.network.graph import UNREACHED, Graph
from tests.network.conftest import add_organisation, add_shares, make_graph

SMALL = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda pair: pair[0] != pair[1]),
    max_size=9,
    unique=True,
)


def reaches(graph: Graph, closed: tuple[int, ...], targets: np.ndarray) -> bool:
    shut = np.zeros(graph.n_edges, dtype=bool)
    shut[list(closed)] = True
    return bool((graph.hops(0, closed=shut)[targets] != UNREACHED).any())


@settings(deadline=None, max_examples=60)
@given(SMALL, st.data())
def test_cut_is_the_cheapest_by_brute_force(edges: list[tuple[int, int]], data: st.DataObject) -> None:
    graph = make_graph(6, edges)
    prices = np.array(
        data.draw(st.lists(st.integers(1, 4), min_size=graph.n_edges, max_size=graph.n_edges)), dtype=np.int64
    )
    targets = np.array(sorted(data.draw(st.sets(st.integers(1, 5), min_size=1, max_size=2))))
    cheapest = min(
        int(prices[list(closed)].sum())
        for size in range(graph.n_edges + 1)
        for closed in combinations(range(graph.n_edges), size)
        if not reaches(graph, closed, targets)
    )
    found = minimum_cut(graph, 0, targets, prices)
    assert not reaches(graph, tuple(found), targets)
    assert int(prices[found].sum()) == cheapest


@settings(deadline=None, max_examples=60)
@given(SMALL, st.data())
def test_cut_leaves_shares_that_cannot_end(edges: list[tuple[int, int]], data: st.DataObject) -> None:
    graph = make_graph(6, edges)
    prices = np.array(
        data.draw(st.lists(st.integers(0, 2), min_size=graph.n_edges, max_size=graph.n_edges)), dtype=np.int64
    )
    targets = np.array([5])
    found = minimum_cut(graph, 0, targets, prices)
    free = tuple(np.flatnonzero(prices > 0).tolist())
    assert (found is None) == reaches(graph, free, targets)
    if found is not None:
        assert (prices[found] > 0).all()
        assert not reaches(graph, tuple(found), targets)


@settings(deadline=None, max_examples=60)
@given(SMALL)
def test_own_shares_that_lead_on_are_enough_and_all_needed(edges: list[tuple[int, int]]) -> None:
    graph = make_graph(6, edges)
    targets = np.array([5])
    own = leading_on(graph, 0, targets)
    assert not reaches(graph, tuple(own), targets)
    for spared in own.tolist():
        assert reaches(graph, tuple(edge for edge in own.tolist() if edge != spared), targets)


@pytest.mark.parametrize("seed", range(4))
def test_cut_agrees_with_networkx_on_larger_graphs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pairs = rng.integers(0, 300, (4000, 2))
    graph = make_graph(300, [(int(u), int(v)) for u, v in pairs if u != v])
    prices = rng.integers(1, 9, graph.n_edges)
    other = nx.DiGraph()
    triples = zip(graph.source.tolist(), graph.recipient.tolist(), prices.tolist(), strict=True)
    other.add_weighted_edges_from(triples, weight="capacity")
    for target in (7, 150, 299):
        found = minimum_cut(graph, 0, np.array([target]), prices)
        assert int(prices[found].sum()) == nx.minimum_cut_value(other, 0, target)
        assert not reaches(graph, tuple(found), np.array([target]))


@settings(deadline=None, max_examples=60)
@given(SMALL)
def test_cost_of_a_share_is_what_is_lost_without_it(edges: list[tuple[int, int]]) -> None:
    graph = make_graph(6, edges)
    everybody = np.ones(6, dtype=bool)
    before = int((graph.hops(0) > 0).sum())
    each, together = in_state_costs(graph, 0, np.arange(graph.n_edges), everybody, onward=True)
    assert together == before
    for edge, lost in enumerate(each):
        shut = np.zeros(graph.n_edges, dtype=bool)
        shut[edge] = True
        assert lost == before - int((graph.hops(0, closed=shut) > 0).sum())


def hub_case(case: Case) -> Network:
    for name in ("Ash CA PD", "Birch CA PD", "Hub CA", "Elm CA PD"):
        add_organisation(case, name, state="CA")
    add_organisation(case, "Border Office", level="federal")
    add_organisation(case, "Marshal [Inactive]", level="federal", status="inactive")
    add_shares(
        case,
        [
            ("Ash CA PD", "Birch CA PD"),
            ("Ash CA PD", "Elm CA PD"),
            ("Birch CA PD", "Hub CA"),
            ("Elm CA PD", "Hub CA"),
            ("Hub CA", "Border Office"),
            ("Birch CA PD", "Ash CA PD"),
        ],
    )
    return Network.from_case(case)


def test_plan_names_the_hub_and_what_a_alone_would_pay(case: Case) -> None:
    cut = hub_case(case).cut("Ash CA PD", "federal")
    assert (cut.n_targets, cut.n_reaching, cut.n_in_state) == (2, 1, 3)
    assert cut.direct.verdict == words.UNREACHABLE
    assert cut.onward.verdict == words.A_ALONE_DEARER
    (share,) = cut.onward.best.shares
    assert (share.source, share.recipient, share.controlled_by) == ("Hub CA", "Border Office", "Hub CA")
    assert (share.label, share.in_state_lost, share.facts.citations) == ("federal", 0, ("list:6",))
    assert (cut.onward.alone.price, cut.onward.alone.in_state_lost) == (2, 3)
    assert [item.in_state_lost for item in cut.onward.alone.shares] == [1, 1]
    assert {item.controlled_by for item in cut.onward.alone.shares} == {"Ash CA PD alone"}


def test_share_that_cannot_end_makes_others_necessary(case: Case) -> None:
    network = hub_case(case)
    cut = network.cut("Ash CA PD", "Border Office", {("ash ca pd", "Elm CA PD"): None})
    assert cut.onward.verdict == words.WITH_OTHERS
    assert cut.onward.alone is None
    fixed = {
        ("Ash CA PD", "Elm CA PD"): None,
        ("Elm CA PD", "Hub CA"): None,
        ("Hub CA", "Border Office"): None,
    }
    impossible = network.cut("Ash CA PD", "Border Office", fixed).onward
    assert (impossible.verdict, impossible.best, impossible.alone) == (words.IMPOSSIBLE, None, None)


def test_dear_share_moves_the_cut(case: Case) -> None:
    cut = hub_case(case).cut("Ash CA PD", "Border Office", {("Hub CA", "Border Office"): 5})
    assert cut.onward.verdict == words.A_ALONE
    assert [share.source for share in cut.onward.best.shares] == ["Ash CA PD", "Ash CA PD"]


def test_direct_share_to_the_target(case: Case) -> None:
    add_shares(case, [("A", "B")])
    cut = Network.from_case(case).cut("A", "B")
    assert cut.direct.verdict == cut.onward.verdict == words.A_ALONE
    assert cut.direct.best.price == 1


def test_already_unreachable_and_not_known_differ(case: Case) -> None:
    add_shares(case, [("A", "B"), ("C", "A")])
    network = Network.from_case(case)
    assert network.cut("A", "C").onward.verdict == words.UNREACHABLE
    assert network.cut("A", "federal").onward.verdict == words.NO_TARGET
    assert network.cut("A", "federal").onward.best is None


def test_inactive_tag_does_not_take_a_target_out(case: Case) -> None:
    add_organisation(case, "Marshal [Inactive]", level="federal", status="inactive")
    add_shares(case, [("A", "Marshal [Inactive]")])
    cut = Network.from_case(case).cut("A", "federal")
    assert [share.recipient for share in cut.direct.best.shares] == ["Marshal [Inactive]"]
    assert cut.direct.best.shares[0].label == "inactive"


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({("A", "B"): 0}, "a weight is 0"),
        ({("A", "B"): 1_000_001}, "a weight is 1000001"),
        ({("B", "A"): 1}, "no list in force"),
        ({("A", "Nobody"): 1}, "no organisation of this case"),
    ],
)
def test_bad_weights_are_refused(case: Case, weights: dict, message: str) -> None:
    add_shares(case, [("A", "B")])
    with pytest.raises(UsageError, match=message):
        Network.from_case(case).cut("A", "B", weights)


def test_source_is_no_target(case: Case) -> None:
    add_shares(case, [("A", "B")])
    with pytest.raises(UsageError, match="same organisation"):
        Network.from_case(case).cut("A", "A")
