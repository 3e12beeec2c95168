"""The layout doctor: which row is the header, which rows are no data, which cells stand under a wrong label.

Pure functions on cells. They propose and explain; the caller applies, marks and
stores. A repair is proposed only where exactly one way of moving the cells
makes every typed cell stand under a label of its type.
"""

from custodiet.intake.layout.cells import CellType, cell_type, misfit_pattern
from custodiet.intake.layout.header import Header, find_header
from custodiet.intake.layout.repair import Layout, Proposal, Repair, propose_repairs
from custodiet.intake.layout.rows import (
    is_blank_row,
    is_error_line,
    is_footer,
    is_known_label,
    is_lone_text,
    is_repeated_header,
    is_ruled_line,
    is_total,
    looks_like_summary,
)
from custodiet.intake.layout.shape import shape_problems

__all__ = [
    "CellType",
    "Header",
    "Layout",
    "Proposal",
    "Repair",
    "cell_type",
    "find_header",
    "is_blank_row",
    "is_error_line",
    "is_footer",
    "is_known_label",
    "is_lone_text",
    "is_repeated_header",
    "is_ruled_line",
    "is_total",
    "looks_like_summary",
    "misfit_pattern",
    "propose_repairs",
    "shape_problems",
]
