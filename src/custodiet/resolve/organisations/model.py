"""What is known of an organisation by its name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Organisation:
    """One name as released and what it means; the columns of the table ``organisations``.

    Attributes:
        name: As released.
        canonical: One name for all spellings.
        state: Postal code, or None when the name does not tell it.
        level: A value of :class:`custodiet.model.terms.Level`.
        type: Kind of organisation (data/organisations/kinds.yaml), or ``unknown``.
        place: City, county or campus, or None.
        status: ``active``, ``inactive``, ``demo`` or ``placeholder``.
        basis: How each was decided, in words.
        confidence: 0 to 1; how sure the least sure decision is.
    """

    name: str
    canonical: str
    state: str | None
    level: str
    type: str
    place: str | None
    status: str
    basis: str
    confidence: float
