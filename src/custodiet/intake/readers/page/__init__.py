"""Read transparency pages: HTML as saved, or JSON captures of them.

The way of a page: bytes → :mod:`markup` (lines) → :mod:`sections` (headings)
→ :mod:`assemble` (values, lists, audits). What headings mean is data
(``data/formats/pages``); who shares with whom is decided in :mod:`direction`,
what is a name in :mod:`names`.
"""

from custodiet.intake.readers.page.capture import read_page_json
from custodiet.intake.readers.page.html import looks_like_page, read_page

__all__ = ["looks_like_page", "read_page", "read_page_json"]
