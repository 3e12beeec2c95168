"""How far half, nine in ten and all searches reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from custodiet.case import Case
from custodiet.publish.figures.figure import Figure, asked
from custodiet.publish.figures.steps import Step

_PARTS: Final = (("half", "0.5", "Half of"), ("nine-in-ten", "0.9", "Nine in ten of"), ("all", "1.0", "All"))
SPREAD: Final = tuple(name for name, _, _ in _PARTS)
# One row per distinct number, of which there are few beside the searches.
_REACH: Final = (
    "SELECT {column} AS reach, sum(count(*)) OVER (ORDER BY {column}) AS upto, sum(count(*)) OVER () AS told"
    " FROM {searches} WHERE {column} > 0 GROUP BY {column}"
)


def of_spread(case: Case) -> Iterator[Figure]:
    """Give the reach that so many searches do not exceed."""
    total = case.count("searches")
    for column, word in (("networks", "networks"), ("devices", "cameras")):
        steps = (Step(f"claim_{word}", _REACH.replace("{column}", column)),)
        selects = [f"SELECT min(reach) FROM claim_{word} WHERE upto >= {part} * told" for _, part, _ in _PARTS]
        told = f"SELECT coalesce(max(told), 0)::BIGINT FROM claim_{word}"
        rows = f"WITH claim_{word} AS ({steps[0].sql.replace('{searches}', 'searches')})"
        n_told, *found = case.rows(f"{rows} SELECT {', '.join(f'({sql})' for sql in (told, *selects))}")[0]
        if not n_told:
            continue
        recount = {"table": "searches", "where": [{"column": column, "at_least": 1}], "count": "rows"}
        yield asked(
            f"figure.{word}.told", int(n_told), "searches",
            f"{n_told:,} of {total:,} searches state how many {word} they were put to.",
            "Searches, each counted once; zero is read as not told.", total, steps, told, recounts=(recount,),
        )  # fmt: skip
        for n, select, (name, _, said) in zip(found, selects, _PARTS, strict=True):
            yield asked(
                f"figure.{word}.{name}", int(n), word,
                f"{said} {n_told:,} searches that state it were put to {n:,} {word} or fewer.",
                f"The smallest number of {word} that so many searches do not exceed; zero is read as not told.",
                int(n_told), steps, select,
            )  # fmt: skip
