"""The only door outward: what leaves a case goes through this room.

``Publication`` names what is published and holds its key; ``outward_table`` and
``outward_text`` give tables and texts as they may be seen by anyone; ``gate`` runs the
known attacks on the result before a byte is written. Nothing here publishes a plate, in
any form: there is no switch for it.
"""

from custodiet.privacy.named import outward_names
from custodiet.privacy.publication import Publication
from custodiet.privacy.tables import outward_table
from custodiet.privacy.text import MASK, outward_text, outward_texts

__all__ = ["MASK", "Publication", "outward_names", "outward_table", "outward_text", "outward_texts"]
