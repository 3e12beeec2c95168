"""How far half, nine in ten and all searches reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from custodiet.case import Case
from custodiet.publish.figures.figure import Figure, asked

SPREAD: Final = (("half", "0.5", "Half of"), ("nine-in-ten", "0.9", "Nine in ten of"), ("all", "1", "All"))


def of_spread(case: Case) -> Iterator[Figure]:
    """Give the reach that so many searches do not exceed."""
    for column, word in (("networks", "networks"), ("devices", "cameras")):
        parts = ", ".join(f"quantile_disc({column}, {part})" for _, part, _ in SPREAD)
        told, *found = case.rows(f"SELECT count(*), {parts} FROM searches WHERE {column} > 0")[0]
        for n, (name, part, said) in zip(found, SPREAD, strict=True):
            if told:
                yield asked(
                    f"figure.{word}.{name}", int(n), word,
                    f"{said} {told:,} searches that state it were put to {n:,} {word} or fewer.",
                    f"The smallest number of {word} that so many searches do not exceed; zero is read as not told.",
                    int(told), (), f"SELECT quantile_disc({column}, {part}) FROM {{searches}} WHERE {column} > 0",
                )  # fmt: skip
