"""Plain SVG pictures of a network, each with a table that says the same."""

from custodiet.network.pictures.around import draw_around
from custodiet.network.pictures.states import draw_map, draw_matrix
from custodiet.network.pictures.svg import Picture

__all__ = ["Picture", "draw_around", "draw_map", "draw_matrix"]
