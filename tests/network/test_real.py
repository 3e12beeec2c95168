"""The network of sharing lists as released in April 2024, and of transparency pages of spring 2026."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import networkx as nx
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

from custodiet.case import Case
from custodiet.intake.raw import RawPage
from custodiet.intake.readers.page.html import read_page
from custodiet.network import Network, changes_between
from custodiet.network.cut import minimum_cut

pytestmark = pytest.mark.real

RELEASED = date(2024, 4, 26)


@pytest.fixture
def released(case: Case, real_data: Path) -> Network:
    rows = pa.csv.read_csv(real_data / "sharing-2024" / "agency_access20240426.csv")
    n = rows.num_rows
    case.append(
        "shares",
        pa.table(
            {
                "source": rows["src_agency"],
                "recipient": rows["external_agency"],
                "stated_by": rows["src_agency"],
                "as_of": pa.array([RELEASED] * n, pa.date32()),
                "disclosure_id": pa.array(["list"] * n),
                "source_row": pa.array(range(2, n + 2)),
            }
        ),
    )
    return Network.from_case(case)


def test_counts_of_the_released_edge_table(released: Network) -> None:
    graph = released.declared.graph
    lists = graph.n_recipients > 0
    assert graph.n_edges == 37_099
    assert int(lists.sum()) == 224
    assert int((graph.n_sources > 0).sum()) == 4_619
    assert int(lists[graph.recipient].sum()) == 4_755
    assert int(released.declared.reciprocal.sum()) == 3_256


@pytest.mark.slow
def test_reach_and_cut_agree_with_networkx(released: Network) -> None:
    graph = released.declared.graph
    other = nx.DiGraph()
    other.add_edges_from(zip(graph.source.tolist(), graph.recipient.tolist(), strict=True), capacity=1)
    rng = np.random.default_rng(1)
    starts = rng.choice(np.flatnonzero(graph.n_recipients > 0), 5, replace=False).tolist()
    for start in starts:
        hops = graph.hops(start)
        lengths = nx.single_source_shortest_path_length(other, start)
        assert {node: int(hops[node]) for node in np.flatnonzero(hops >= 0).tolist()} == lengths
        target = int(rng.choice(np.flatnonzero(graph.n_sources > 50)))
        if target != start:
            found = minimum_cut(graph, start, np.array([target]), np.ones(graph.n_edges, dtype=np.int64))
            assert len(found) == nx.minimum_cut_value(other, start, target)


@pytest.mark.slow
def test_changes_of_pages_leave_a_known_renaming_out(case: Case, real_data: Path) -> None:
    shares = []
    for folder in sorted((real_data / "portals").iterdir()):
        for path in sorted(folder.glob("*.html")):
            for page in read_page(path).parts:
                if isinstance(page, RawPage):
                    shares += page_shares(page, path)
    case.append_rows("shares", shares)
    metro = "Las Vegas Metro PD"
    for name in ("Las Vegas Metro NV PD", "Las Vegas Metro Police Department - NV"):
        case.append_rows("organisations", [{"name": name, "canonical": metro, "status": "active"}])
    answer = changes_between(case, date(2026, 4, 5), date(2026, 4, 30))
    assert len(answer.compared) > 50
    assert answer.changes
    (renaming,) = (item for item in answer.renamings if metro in (item.source, item.recipient))
    assert renaming.before == "Las Vegas Metro NV PD"
    assert not any(metro in (item.source, item.recipient) for item in answer.changes)


def page_shares(page: RawPage, path: Path) -> list[dict[str, object]]:
    as_of = page.as_of or date.fromisoformat(path.stem)
    return [
        {
            "source": page.producer if share.direction == "out" else share.organisation,
            "recipient": share.organisation if share.direction == "out" else page.producer,
            "stated_by": page.producer,
            "as_of": as_of,
            "status": share.status,
            "disclosure_id": f"{path.parent.name}-{path.stem}",
            "source_row": share.place,
        }
        for share in page.shares
    ]
