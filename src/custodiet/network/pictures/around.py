"""The picture around one organisation: who reaches its data, in groups, with the hubs by name.

Hundreds of recipients drawn one by one are a hairball. Here each state is one
bubble, sized by its organisations, and so is each label that is no state; only
organisations that lead on to many others are named.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Final

from custodiet.model.counts import counted
from custodiet.network.organisations import IN_STATE, LABELS, OUT_OF_STATE
from custodiet.network.pictures import svg
from custodiet.network.reach import Reach, ReachedOrganisation

_WIDTH: Final = 900
_HEIGHT: Final = 640
_MOST_STATES: Final = 12
_BY_STATE: Final = (IN_STATE, OUT_OF_STATE)
_MOST_HUBS: Final = 8

Group = tuple[str, str]


def draw_around(reach: Reach) -> svg.Picture:
    """Draw who can reach one organisation's declared shares, grouped by label and state.

    The inner half holds the direct recipients as bubbles; the list at the right
    names the organisations through which most others are reached, if they share on.
    """
    direct, onward = reach.declared.direct.organisations, reach.declared.onward.organisations
    groups = _groups(direct)
    hubs = reach.declared.onward.through[:_MOST_HUBS]
    further = len(onward) - len(direct)
    name = reach.organisation.name
    title = f"Who can reach the data of {name}"
    description = (
        f"Let in directly: {counted(len(direct), 'organisation')}. If every one of them shares on,"
        f" {further} more can reach the data."
    )
    shapes = [
        svg.text(24, 32, svg.shortened(title, 80), kind="head"),
        svg.text(24, 52, description, kind="quiet"),
        *_bubbles(groups),
        svg.circle(300, 350, 46, kind="paper"),
        svg.circle(300, 350, 46, kind="frame"),
        svg.text(300, 347, svg.shortened(name, 16), anchor="middle"),
        svg.text(300, 363, "its data", anchor="middle", kind="small quiet"),
        *_hub_list(hubs, further),
        *_legend(),
    ]
    rows = (
        *(("direct recipients", label, state, count) for (label, state), count in groups),
        *(("reached through, if it shares on", hub, "", count) for hub, count in hubs),
        ("reached only if recipients share on", "all", "", further),
    )
    drawn = svg.document(_WIDTH, _HEIGHT, title, description, shapes)
    return svg.Picture(drawn, ("what", "label or organisation", "state", "organisations"), rows)


def _groups(direct: tuple[ReachedOrganisation, ...]) -> list[tuple[Group, int]]:
    counted = Counter((item.label, item.state or "" if item.label in _BY_STATE else "") for item in direct)
    ordered = sorted(counted.items(), key=lambda item: (LABELS.index(item[0][0]), -item[1], item[0][1]))
    far = [item for item in ordered if item[0][0] == OUT_OF_STATE]
    if len(far) <= _MOST_STATES:
        return ordered
    rest = {group for group, _ in far[_MOST_STATES:]}
    kept = [item for item in ordered if item[0] not in rest]
    others = sum(counted[group] for group in rest)
    return [*kept, ((OUT_OF_STATE, f"{len(rest)} more states"), others)]


def _bubbles(groups: list[tuple[Group, int]]) -> list[str]:
    if not groups:
        return [svg.text(300, 440, "No list names a recipient.", anchor="middle", kind="quiet")]
    largest = max(count for _, count in groups)
    shapes = []
    for place, ((label, state), count) in enumerate(groups):
        angle = 2 * math.pi * place / len(groups) - math.pi / 2
        radius = 10 + 26 * math.sqrt(count / largest)
        distance = 205 if place % 2 == 0 or len(groups) <= 10 else 145
        x, y = 300 + distance * math.cos(angle), 350 + distance * math.sin(angle)
        words = f"{state or label} {count:,}"
        shapes += [
            svg.line(300 + 46 * math.cos(angle), 350 + 46 * math.sin(angle), x, y, width=1 + 4 * count / largest),
            svg.circle(x, y, radius, kind=f"tile l-{label}", title=f"{label} {state}: {count}"),
            svg.text(x, y + radius + 13, words, anchor="middle", kind="small"),
        ]
    return shapes


def _hub_list(hubs: tuple[tuple[str, int], ...], further: int) -> list[str]:
    if not hubs:
        return [svg.text(600, 110, "No recipient leads on to others.", kind="quiet")]
    shapes = [svg.text(600, 110, "Reached through, if it shares on", kind="head")]
    largest = hubs[0][1]
    for place, (hub, count) in enumerate(hubs):
        y = 136 + 44 * place
        shapes += [
            svg.text(600, y, svg.shortened(hub, 40)),
            svg.rect(600, y + 6, 220 * count / largest, 10, kind="ink", title=f"{hub}: {count}"),
            svg.text(606 + 220 * count / largest, y + 15, f"{count:,}", kind="small"),
        ]
    shapes.append(
        svg.text(
            600,
            146 + 44 * len(hubs),
            f"{counted(further, 'organisation')} in all; one can be reached through several",
            kind="small quiet",
        )
    )
    return shapes


def _legend() -> list[str]:
    shapes = []
    for place, label in enumerate(LABELS):
        x = 24 + 122 * place
        shapes += [svg.circle(x + 6, 616, 6, kind=f"tile l-{label}"), svg.text(x + 18, 620, label)]
    return shapes
