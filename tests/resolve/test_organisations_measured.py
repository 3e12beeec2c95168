"""Organisations: the measured error keeps to its bar, and the page that publishes it is up to date."""

from __future__ import annotations

import pytest

from custodiet.model.rates import wilson_interval
from custodiet.resolve.organisations.measure import (
    FIRST_RUN,
    GOLD,
    PAGE,
    Label,
    measure_hidden_states,
    measure_organisations,
    read_figures,
    read_labels,
    render_page,
)
from tests.conftest import REPOSITORY

LABELS = read_labels(REPOSITORY / GOLD)


def test_the_samples_are_whole() -> None:
    counts = {name: sum(label.sample == name for label in LABELS) for name in ("development", "fresh", "fresh-odd")}
    assert counts == {"development": 300, "fresh": 150, "fresh-odd": 148}
    assert len({label.name for label in LABELS}) == len(LABELS)


@pytest.mark.parametrize(("field", "bar"), [("state", 0.99), ("level", 0.98), ("status", 0.99)])
def test_precision_keeps_to_the_bar(field: str, bar: float) -> None:
    for figure in measure_organisations(LABELS):
        if figure.field == field:
            assert figure.n_right / figure.n_told >= bar, figure
            assert figure.n_right / figure.n_tellable >= 0.97, figure


def test_states_told_by_place_alone_are_right() -> None:
    figure = measure_hidden_states(LABELS)
    assert figure.n_told > 100
    assert figure.n_right / figure.n_told >= 0.99


def test_the_page_is_up_to_date() -> None:
    page = render_page(LABELS, read_figures(REPOSITORY / FIRST_RUN))
    assert (REPOSITORY / PAGE).read_text("utf-8") == page, (
        "run python -m custodiet.resolve.organisations.measure in the project's folder"
    )


def test_unknown_is_a_miss_and_a_value_that_nobody_can_tell_is_wrong() -> None:
    labels = [
        Label("s", "Skylark (CA)", "CA", "private", "association", "active"),  # level stays unknown: missed
        Label("s", "Polk County FL SO", None, "local", "sheriff", "active"),  # state told where the reader has none
    ]
    figures = {figure.field: figure for figure in measure_organisations(labels)}
    assert (figures["level"].n_right, figures["level"].n_told, figures["level"].n_tellable) == (1, 1, 2)
    assert (figures["state"].n_right, figures["state"].n_told, figures["state"].n_tellable) == (1, 2, 1)


def test_wilson_intervals_are_those_of_the_published_formula() -> None:
    low, high = wilson_interval(298, 300)
    assert (round(low, 4), round(high, 4)) == (0.9760, 0.9982)
    assert wilson_interval(0, 0) == (0.0, 1.0)
