"""Real tables are well formed: the doctor finds their header and leaves their rows alone."""

from __future__ import annotations

import base64
import csv
import io
import re
from urllib.parse import unquote

import pytest

from custodiet.intake.layout import Layout, find_header, looks_like_summary, propose_repairs

pytestmark = pytest.mark.real

EMBEDDED = re.compile(r'href="data:(?:text/csv|application/octet-stream|[^",;]*)(;[^",]*)?,([^"]*)"')


def examine(rows):
    header = find_header(rows[:60])
    assert header.match is not None
    assert header.header_rows == (0,)
    body = list(enumerate(rows[1:], 2))
    return header, propose_repairs(Layout.of(header), body, n_rows=len(body))


@pytest.mark.parametrize("name", ["agency_access20240426", "agency20240426", "latest_usage04262023", "agency_policies"])
def test_newspaper_tables_are_left_alone(real_data, name):
    with (real_data / "sharing-2024" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.reader(handle))
    _, proposal = examine(rows)
    assert (proposal.repairs, proposal.layout_rows) == ((), {})
    assert proposal.shifted_rows == proposal.overflow_rows == ()
    assert not looks_like_summary(rows[:60])


def test_audits_of_portals_are_left_alone(real_data):
    n_audits = 0
    for path in sorted((real_data / "portals").glob("*/*.html"))[::12]:
        for options, body in EMBEDDED.findall(path.read_text(encoding="utf-8", errors="replace")):
            text = base64.b64decode(body).decode() if "base64" in (options or "") else unquote(body)
            rows = list(csv.reader(io.StringIO(text)))
            if len(rows) < 2:
                continue
            header, proposal = examine(rows)
            assert header.match.format.id == "flock-portal-audit"
            assert (proposal.repairs, proposal.shifted_rows, proposal.overflow_rows) == ((), (), ())
            n_audits += 1
    assert n_audits > 3
