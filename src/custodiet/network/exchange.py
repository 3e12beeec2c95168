"""Write the network for other tools: GraphML (Gephi) and JSON node-link (notebooks).

Organisations only. Declared and observed edges stand side by side, told apart by
their ``basis``; names from a list are escaped, never markup.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape, quoteattr

from custodiet.model.errors import UsageError
from custodiet.network.edges import Edges

if TYPE_CHECKING:
    from custodiet.network.network import Network

_NODE_KEYS: Final = ("state", "level", "type", "status")
_EDGE_KEYS: Final = (
    "basis",
    "first_seen",
    "last_seen",
    "n_rows",
    "n_searches",
    "reciprocal",
    "inactive",
    "citations",
)
_TYPES: Final = {"n_rows": "long", "n_searches": "long", "reciprocal": "boolean", "inactive": "boolean"}
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def export_network(network: Network, path: Path) -> int:
    """Write the network to a ``.graphml`` or ``.json`` file, whole or not at all.

    Returns:
        Edges written.

    Raises:
        UsageError: The ending is another, or the file cannot be written.
    """
    writers = {".graphml": graphml, ".json": _json_lines}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise UsageError("is no kind of file to write.", where=str(path), hint="End it in .graphml or .json.")
    fresh = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with fresh.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(writer(network))
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise UsageError(f"cannot be written ({error.strerror}).", where=str(path)) from None
    return network.declared.graph.n_edges + network.observed.graph.n_edges


def node_link(network: Network) -> dict[str, Any]:
    """Give the network as JSON node-link data, as networkx and d3 read it."""
    return {
        "directed": True,
        "multigraph": True,
        "graph": network.to_json(),
        "nodes": [
            {"id": number, **network.organisations[number].to_json()} for number in range(len(network.organisations))
        ],
        "edges": [
            {"source": source, "target": recipient, "key": facts["basis"], **facts}
            for source, recipient, facts in _edges(network)
        ],
    }


def _json_lines(network: Network) -> Iterator[str]:
    yield json.dumps(node_link(network), ensure_ascii=False, indent=1)
    yield "\n"


def graphml(network: Network) -> Iterator[str]:
    """Yield the lines of a GraphML document."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    yield '<key id="label" for="node" attr.name="label" attr.type="string"/>\n'
    for name in _NODE_KEYS:
        yield f'<key id="{name}" for="node" attr.name="{name}" attr.type="string"/>\n'
    for name in _EDGE_KEYS:
        yield f'<key id="e_{name}" for="edge" attr.name="{name}" attr.type="{_TYPES.get(name, "string")}"/>\n'
    yield '<graph id="network" edgedefault="directed">\n'
    for number in range(len(network.organisations)):
        described = network.organisations[number].to_json()
        yield f'<node id="n{number}">{_data("label", described["name"])}'
        yield "".join(_data(name, described[name]) for name in _NODE_KEYS) + "</node>\n"
    for source, recipient, facts in _edges(network):
        yield f'<edge source="n{source}" target="n{recipient}">'
        yield "".join(_data(f"e_{name}", facts[name]) for name in _EDGE_KEYS) + "</edge>\n"
    yield "</graph>\n</graphml>\n"


def _edges(network: Network) -> Iterator[tuple[int, int, dict[str, Any]]]:
    for edges in (network.declared, network.observed):
        pairs = zip(edges.graph.source.tolist(), edges.graph.recipient.tolist(), strict=True)
        for number, (source, recipient) in enumerate(pairs):
            yield source, recipient, _facts(edges, number)


def _facts(edges: Edges, number: int) -> dict[str, Any]:
    return {"basis": edges.basis, **edges.facts(number).to_json()}


def _data(key: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        text = "true" if value else "false"
    else:
        text = " ".join(value) if isinstance(value, list) else str(value)
    readable = _NO_XML.sub("\ufffd", text)
    return f"<data key={quoteattr(key)}>{escape(readable)}</data>"
