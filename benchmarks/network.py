"""Time loading, reach, hubs and cut on a made-up network, beside networkx on the same graph.

    python benchmarks/network.py [--organisations 50000] [--edges 1000000] [--no-networkx]

The network has a few organisations with very many shares, as released lists do.
"""

from __future__ import annotations

import argparse
import platform
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from custodiet.case import Case
from custodiet.network import Network

PIVOTS = 16


def shares(n: int, m: int) -> pa.Table:
    rng = np.random.default_rng(7)
    weight = rng.pareto(1.2, n) + 0.1
    keys = np.unique(
        rng.choice(n, 2 * m, p=weight / weight.sum()).astype(np.int64) * n
        + rng.choice(n, 2 * m, p=weight[::-1] / weight.sum())
    )
    keys = rng.permutation(keys[keys // n != keys % n])[:m]
    names = pa.array([f"Town {number:05d} PD" for number in range(n)])
    sources = names.take(pa.array(keys // n))
    rows = len(keys)
    return pa.table(
        {
            "source": sources,
            "recipient": names.take(pa.array(keys % n)),
            "stated_by": sources,
            "as_of": pa.array([date(2026, 4, 1)] * rows, pa.date32()),
            "disclosure_id": pa.array(["list"] * rows),
            "source_row": pa.array(np.arange(2, rows + 2)),
        }
    )


def timed(name: str, limit: float | None, call: Callable[[], Any]) -> tuple[Any, float]:
    started, worked = time.perf_counter(), time.process_time()
    result = call()
    seconds, worked = time.perf_counter() - started, time.process_time() - worked
    wanted = f"  (asked for: under {limit:g} s)" if limit else ""
    print(f"{name:<34}{seconds:8.3f} s, of processor {worked:8.3f} s{wanted}", flush=True)
    return result, worked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organisations", type=int, default=50_000)
    parser.add_argument("--edges", type=int, default=1_000_000)
    parser.add_argument("--no-networkx", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Case.open(Path(folder) / "case", create=True) as case:
        case.append("shares", shares(options.organisations, options.edges))
        network, _ = timed("load", 5, lambda: Network.from_case(case))
    graph = network.declared.graph
    n_recipients, n_sources = graph.n_recipients, graph.n_sources
    print(
        f"{platform.machine()}, Python {platform.python_version()}: {graph.n_edges:,} edges, {graph.n:,} organisations"
    )
    start, target = int(np.argsort(-n_recipients)[200]), int(np.argsort(-n_sources)[200])
    a, b = network.organisations.names[start], network.organisations.names[target]
    reach, _ = timed("reach", 1, lambda: network.reach(a))
    _, ours_reach = timed("  its walk alone", None, lambda: graph.hops(start))
    print(f"  {len(reach.declared.onward.organisations):,} organisations reached")
    hubs, ours_hubs = timed("hubs", 10, network.hubs)
    print(f"  betweenness from {hubs.n_starts:,} of {hubs.n_possible:,} starts")
    cut, ours_cut = timed("cut", 10, lambda: network.cut(a, b))
    print(f"  {cut.onward.best.price:,} shares, {len(cut.onward.alone.shares):,} by A alone")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")
    if not options.no_networkx:
        beside(graph, start, target, hubs.n_starts, ours_reach, ours_hubs, ours_cut)


def beside(
    graph: Any, start: int, target: int, n_starts: int, ours_reach: float, ours_hubs: float, ours_cut: float
) -> None:
    import networkx as nx
    from networkx.algorithms.flow import boykov_kolmogorov

    other = nx.DiGraph()
    pairs = zip(graph.source.tolist(), graph.recipient.tolist(), strict=True)
    timed("networkx: make the graph", None, lambda: other.add_edges_from(pairs, capacity=1))
    _, reach = timed("networkx: lengths from one", None, lambda: nx.single_source_shortest_path_length(other, start))
    _, hubs = timed(
        f"networkx: betweenness, {PIVOTS} starts",
        None,
        lambda: nx.betweenness_centrality(other, k=PIVOTS, seed=1),
    )
    _, cut = timed(
        "networkx: minimum cut",
        None,
        lambda: nx.minimum_cut_value(other, start, target, flow_func=boykov_kolmogorov),
    )
    print(
        f"networkx / custodiet, processor time: walk {reach / ours_reach:.1f}, betweenness per start"
        f" {hubs / PIVOTS / (ours_hubs / n_starts):.1f}, cut {cut / ours_cut:.1f}"
    )


if __name__ == "__main__":
    main()
