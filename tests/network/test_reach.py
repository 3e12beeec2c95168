from __future__ import annotations

from datetime import date
from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custodiet.case import Case
from custodiet.model.errors import UsageError
from custodiet.network import Network, update_share_spans
from custodiet.network.graph import UNREACHED
from tests.network.conftest import add_organisation, add_page, add_searches, add_shares, make_graph

EDGES = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=30)


def named(reading: object) -> dict[str, str]:
    return {item.name: item.label for item in reading.organisations}


def test_two_readings_are_apart(case: Case) -> None:
    add_shares(case, [("Ash PD", "Hub"), ("Hub", "Far Office"), ("Hub", "Ash PD")])
    reach = Network.from_case(case).reach("Ash PD")
    assert named(reach.declared.direct) == {"Hub": "unknown"}
    assert [(item.name, item.hop, item.through) for item in reach.declared.onward.organisations] == [
        ("Hub", 1, ()),
        ("Far Office", 2, ("Hub",)),
    ]
    assert reach.observed.onward.organisations == ()
    hub = reach.declared.direct.organisations[0]
    assert hub.facts.reciprocal
    assert hub.facts.citations == ("list:2",)


def test_hops_bound_the_onward_reading_only(case: Case) -> None:
    add_shares(case, list(pairwise("ABCDE")))
    reach = Network.from_case(case).reach("A", hops=2)
    assert list(named(reach.declared.onward)) == ["B", "C"]
    with pytest.raises(UsageError, match="0 hops"):
        Network.from_case(case).reach("A", hops=0)


def test_labels_follow_the_state_of_the_data(case: Case) -> None:
    add_organisation(case, "Ash CA PD", state="CA")
    add_organisation(case, "Birch CA PD", state="CA")
    add_organisation(case, "Cedar NV PD", state="NV")
    add_organisation(case, "Border Office", level="federal")
    add_organisation(case, "Mall Guard", level="private", state="CA")
    add_organisation(case, "Old CA PD [Inactive]", state="CA", status="inactive")
    add_organisation(case, "Sales Demo", status="demo")
    add_organisation(case, "Maple Ministry", level="foreign")
    recipients = [
        "Birch CA PD",
        "Cedar NV PD",
        "Border Office",
        "Mall Guard",
        "Old CA PD [Inactive]",
        "Sales Demo",
        "Maple Ministry",
        "Stateless Unit",
    ]
    add_shares(case, [("Ash CA PD", name) for name in recipients])
    reach = Network.from_case(case).reach("Ash CA PD")
    assert named(reach.declared.direct) == {
        "Birch CA PD": "in-state",
        "Cedar NV PD": "out-of-state",
        "Border Office": "federal",
        "Mall Guard": "private",
        "Old CA PD [Inactive]": "inactive",
        "Sales Demo": "demo",
        "Maple Ministry": "out-of-state",
        "Stateless Unit": "unknown",
    }
    assert reach.declared.direct.by_label["in-state"] == 1


def test_without_organisations_case_and_spacing_are_one_name(case: Case) -> None:
    """Spellings with doubled spaces and another case occur on released lists (quirk 155)."""
    add_shares(case, [("Ash PD", "Birch  PD "), ("ash pd", "BIRCH PD"), ("Ash PD", "ASH  pd")])
    network = Network.from_case(case)
    assert network.declared.graph.n_edges == 1
    assert network.oddities.n_self == 1
    found = network.reach("ASH pd").declared.direct.organisations[0]
    assert sorted(found.released_names) == ["BIRCH PD", "Birch  PD "]
    assert found.facts.n_rows == 2


def test_canonical_name_joins_spellings(case: Case) -> None:
    add_organisation(case, "PD Birch", canonical="Birch PD")
    add_shares(case, [("Ash PD", "PD Birch"), ("Birch PD", "Cedar PD")])
    reach = Network.from_case(case).reach("Ash PD")
    assert list(named(reach.declared.onward)) == ["Birch PD", "Cedar PD"]


def test_statement_counts_until_the_next_list(case: Case) -> None:
    add_shares(case, [("A", "B"), ("A", "C")], as_of=date(2026, 3, 1), disclosure_id="march")
    add_shares(case, [("A", "C"), ("A", "D")], as_of=date(2026, 4, 1), disclosure_id="april")

    def recipients(as_of: date | None) -> list[str]:
        return list(named(Network.from_case(case, as_of).reach("A").declared.direct))

    assert recipients(date(2026, 2, 28)) == []
    assert recipients(date(2026, 3, 31)) == ["B", "C"]
    assert recipients(date(2026, 4, 1)) == ["C", "D"]
    assert recipients(None) == ["C", "D"]
    facts = Network.from_case(case).reach("A").declared.direct.organisations[0].facts
    assert (facts.first_seen, facts.last_seen, facts.n_rows) == (date(2026, 3, 1), date(2026, 4, 1), 2)
    assert facts.citations == ("april:2",)


def test_before_the_first_list_nothing_is_known(case: Case) -> None:
    add_shares(case, [("A", "B"), ("B", "C")], as_of=date(2026, 3, 1))
    add_searches(case, "A", [("B", date(2026, 3, 5))])
    before = Network.from_case(case, date(2026, 2, 28)).reach("A")
    assert (before.declared_from, before.observed_from) == (date(2026, 3, 1), date(2026, 3, 5))
    assert before.to_json()["declared_known_from"] == "2026-03-01"
    assert before.caveats[0].startswith(
        "No list is known before 2026-03-01, the first that says who can reach the data of A"
    )
    assert not any("No list in this case names" in caveat for caveat in before.caveats)
    on_the_day = Network.from_case(case, date(2026, 3, 1)).reach("A")
    assert (on_the_day.declared_from, on_the_day.observed_from) == (None, date(2026, 3, 5))
    latest = Network.from_case(case).reach("A")
    assert (latest.declared_from, latest.observed_from) == (None, None)


def test_an_undated_list_is_known_on_any_day(case: Case) -> None:
    add_shares(case, [("A", "B")], as_of=None, disclosure_id="undated")
    add_shares(case, [("A", "B")], as_of=date(2026, 3, 1), disclosure_id="march")
    assert Network.from_case(case, date(2026, 2, 28)).reach("A").declared_from is None


def test_list_of_the_recipient_is_a_list_of_its_own(case: Case) -> None:
    """B's list of what it can reach is not ended by A's newer list of whom it lets in."""
    add_shares(case, [("A", "B")], stated_by="B", as_of=date(2026, 3, 1))
    add_shares(case, [("A", "C")], stated_by="A", as_of=date(2026, 4, 1))
    assert list(named(Network.from_case(case).reach("A").declared.direct)) == ["B", "C"]


def test_undated_list_counts_with_a_caveat_until_a_dated_one_comes(case: Case) -> None:
    add_shares(case, [("A", "B")], as_of=None)
    network = Network.from_case(case, date(2026, 4, 1))
    assert list(named(network.reach("A").declared.direct)) == ["B"]
    assert any("no date" in caveat for caveat in network.caveats())
    add_shares(case, [("A", "C")], as_of=date(2026, 4, 1))
    assert list(named(Network.from_case(case).reach("A").declared.direct)) == ["C"]


def test_pending_share_is_no_share(case: Case) -> None:
    add_shares(case, [("A", "B")], status="pending")
    network = Network.from_case(case)
    assert network.declared.graph.n_edges == 0
    assert network.oddities.n_pending == 1


def test_inactive_share_keeps_its_edge_and_gets_the_label(case: Case) -> None:
    add_shares(case, [("A", "B")], status="inactive")
    assert named(Network.from_case(case).reach("A").declared.direct) == {"B": "inactive"}


def test_number_empty_and_silent_pages_differ(case: Case) -> None:
    add_shares(case, [("A", "B")], as_of=date(2026, 3, 1))
    add_page(case, "A", date(2026, 4, 1), '{"sharing list out: count": "988"}', disclosure_id="p1")
    network = Network.from_case(case)
    assert network.oddities.n_number_only == 1
    assert network.oddities.n_silent == 1  # the page does not speak of the other direction
    assert network.declared.graph.n_edges == 1
    add_page(case, "A", date(2026, 4, 8), None, disclosure_id="p2")
    assert Network.from_case(case).declared.graph.n_edges == 1
    add_page(case, "A", date(2026, 4, 15), '{"sharing list out: count": 0}', disclosure_id="p3")
    assert Network.from_case(case).declared.graph.n_edges == 0
    assert Network.from_case(case, date(2026, 4, 14)).declared.graph.n_edges == 1


@pytest.mark.parametrize("other", ["not json", "[1]", '{"sharing list out: count": "many"}', ""])
def test_odd_page_values_say_nothing(case: Case, other: str) -> None:
    add_page(case, "A", date(2026, 4, 1), other)
    assert Network.from_case(case).oddities.n_silent == 2


def test_observed_use_comes_from_network_logs_of_others(case: Case) -> None:
    day = date(2026, 3, 3)
    add_searches(case, "A", [("B", day), ("B", day), ("A", day), (None, day)])
    add_searches(case, "A", [("C", day)], disclosure_id="own", kind="organisation-audit")
    found = Network.from_case(case).reach("A").observed.direct.organisations
    assert [(item.name, item.facts.n_rows, item.facts.citations) for item in found] == [("B", 2, ("log:1",))]
    assert found[0].facts.first_seen == day
    assert Network.from_case(case, date(2026, 3, 2)).observed.graph.n_edges == 0


def test_one_search_in_two_records_counts_once(case: Case) -> None:
    add_searches(case, "A", [("B", date(2026, 3, 3)), ("B", date(2026, 3, 3))])
    case.append_rows(
        "sightings",
        [{"search_key": "s", "disclosure_id": "log", "record_no": number} for number in (1, 2)],
    )
    facts = Network.from_case(case).reach("A").observed.direct.organisations[0].facts
    assert (facts.n_rows, facts.n_searches) == (2, 1)


def test_searches_are_counted_by_day_and_spelling_and_unjoined_records_for_themselves(case: Case) -> None:
    first, second = date(2026, 3, 3), date(2026, 3, 4)
    add_searches(case, "A", [("B", first), ("B", first), ("B", second), ("b", first), ("B", first), ("B", first)])
    joined = [("twice", 1), ("twice", 2), ("twice", 3), ("twice", 4), ("once", 5)]
    case.append_rows(
        "sightings", [{"search_key": key, "disclosure_id": "log", "record_no": number} for key, number in joined]
    )
    facts = Network.from_case(case).reach("A").observed.direct.organisations[0].facts
    # One search on the first day as "B" and as "b" and one on the second, the search of record 5, and record 6.
    assert (facts.n_rows, facts.n_searches) == (6, 5)
    assert facts.citations == ("log:1", "log:3", "log:4")


def test_citations_are_the_first_records_in_the_order_of_the_logs(case: Case) -> None:
    days = [date(2026, 3, day) for day in (9, 7, 8, 6)]
    add_searches(case, "A", [("B", day) for day in days[:2]], disclosure_id="log-b")
    add_searches(case, "A", [("B", day) for day in days[2:]], disclosure_id="log-a")
    facts = Network.from_case(case).reach("A").observed.direct.organisations[0].facts
    assert facts.citations == ("log-a:1", "log-a:2", "log-b:1")


def test_unknown_name_gets_the_nearest_known_ones(case: Case) -> None:
    add_shares(case, [("Walnut Grove PD", "Pine Valley PD")])
    with pytest.raises(UsageError, match="Nearest known names: Walnut Grove PD"):
        Network.from_case(case).reach("Wallnut Grove")


def test_empty_case_knows_nobody(case: Case) -> None:
    network = Network.from_case(case)
    assert network.to_json()["n_declared"] == 0
    assert network.hubs().hubs == ()
    with pytest.raises(UsageError, match="No known name comes near"):
        network.reach("A")


def test_paths_cite_every_step(case: Case) -> None:
    add_shares(case, [("A", "B"), ("A", "C"), ("B", "D"), ("C", "D"), ("D", "E")])
    network = Network.from_case(case)
    one = network.paths("A", "E")
    assert (one.declared.hops, one.declared.complete) == (3, False)
    both = network.paths("A", "E", limit=5).declared
    assert both.complete
    ways = [[step.recipient for step in way] for way in both.ways]
    assert ways == [["B", "D", "E"], ["C", "D", "E"]]
    assert [step.facts.citations for step in both.ways[0]] == [("list:2",), ("list:4",), ("list:6",)]
    assert network.paths("E", "A").declared.hops is None
    with pytest.raises(UsageError, match="same organisation"):
        network.paths("A", "a")


def test_long_chain_needs_no_deep_stack(case: Case) -> None:
    add_shares(case, [(f"O{n:05}", f"O{n + 1:05}") for n in range(3000)])
    assert Network.from_case(case).paths("O00000", "O03000").declared.hops == 3000


def test_share_spans_follow_the_organisation(case: Case) -> None:
    add_organisation(case, "Birch Police", canonical="Birch PD")
    add_shares(case, [("A", "Birch PD")], as_of=date(2026, 3, 1))
    add_shares(case, [("A", "Birch Police")], as_of=date(2026, 4, 1))
    add_shares(case, [("A", "Birch Police")], stated_by="Birch PD", as_of=None)
    assert update_share_spans(case) == 2
    assert update_share_spans(case) == 2
    spans = case.read("share_spans").to_pylist()
    assert [(row["stated_by"], row["first_seen"], row["last_seen"], row["n_statements"]) for row in spans] == [
        ("A", date(2026, 3, 1), date(2026, 4, 1), 2),
        ("Birch PD", None, None, 1),
    ]


@given(EDGES, st.integers(0, 7))
def test_hops_agree_with_networkx(edges: list[tuple[int, int]], start: int) -> None:
    edges = [(u, v) for u, v in edges if u != v]
    graph = make_graph(8, edges)
    other = nx.DiGraph(edges)
    other.add_nodes_from(range(8))
    lengths = nx.single_source_shortest_path_length(other, start)
    assert graph.hops(start).tolist() == [lengths.get(node, UNREACHED) for node in range(8)]
    back = nx.single_source_shortest_path_length(other.reverse(), start)
    assert graph.hops(start, backward=True).tolist() == [back.get(node, UNREACHED) for node in range(8)]
    assert graph.reciprocal().tolist() == [
        other.has_edge(v, u) for u, v in zip(graph.source.tolist(), graph.recipient.tolist(), strict=True)
    ]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EDGES)
def test_every_pair_is_one_edge_and_no_self_edge(case: Case, edges: list[tuple[int, int]]) -> None:
    case.execute("DELETE FROM shares")
    add_shares(case, [(f"O{u}", f"O{v}") for u, v in edges])
    network = Network.from_case(case)
    assert network.declared.graph.n_edges == len({(u, v) for u, v in edges if u != v})
    assert network.oddities.n_self == sum(u == v for u, v in edges)
