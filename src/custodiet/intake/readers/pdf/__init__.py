"""Tables of a PDF by the places of its characters.

The order in which a PDF stores its text says nothing: editors rewrite it, and
columns fuse in it. Every step here works on coordinates: characters
(``glyphs``), masks over hidden ones (``redaction``), words and lines
(``lines``), running heads taken off (``furniture``), tables told from prose
(``sections``), columns (``columns``, ``header``, ``grid``), records
(``anchors``, ``alignment``, ``records``), text of cells (``cells``).
"""

from custodiet.intake.readers.pdf.reader import read_pdf

__all__ = ["read_pdf"]
