"""Keep spreadsheet programs from running text: formulas disarmed, reversibly.

The rule, for readers of the CSV files: a cell that begins with ``=``, ``+``, ``-``, ``@`` (also in
full width, also behind blanks), a tab, a line break or an apostrophe gets one apostrophe in front.
Take one leading apostrophe away and the text is as it was.

Source: OWASP, CSV Injection (characters); the apostrophe is the text mark of spreadsheet programs.
"""

from __future__ import annotations

import re
from string import ascii_letters, digits
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

_DANGEROUS: Final = r"^[\s\v\x{1C}-\x{1F}\x{85}\p{Z}]*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]|^['\t\r\n]"
# Cells that begin so are never dangerous, and most columns hold no others.
_SAFE_BEGINNINGS: Final = pa.array([b"", *(character.encode() for character in ascii_letters + digits)], pa.binary())
_PYTHON: Final = re.compile("^\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20]|^['\\t\\r\\n]")


def disarm(text: str) -> str:
    """Return a text that no spreadsheet program takes for a formula."""
    return f"'{text}" if _PYTHON.search(text) else text


def rearm(text: str) -> str:
    """Return the text that :func:`disarm` was given."""
    return text[1:] if text.startswith("'") else text


def disarm_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Disarm a column of text; null stays null."""
    beginnings = pc.unique(pc.binary_slice(column.cast(pa.binary()), 0, 1)).drop_null()
    if pc.all(pc.is_in(beginnings, value_set=_SAFE_BEGINNINGS)).as_py():
        return column
    # Most columns repeat few texts, and in most of them none is dangerous.
    if not pc.any(pc.match_substring_regex(pc.unique(column), pattern=_DANGEROUS)).as_py():
        return column
    dangerous = pc.match_substring_regex(column, pattern=_DANGEROUS)
    prefixed = pc.binary_join_element_wise(pa.scalar("'"), column, pa.scalar(""))
    return pc.if_else(dangerous, prefixed, column)
