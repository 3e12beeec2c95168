"""The mask that stands for text a custodian hid."""

from typing import Final

MASK: Final = "██"
MASK_CODE: Final = ord("█")
