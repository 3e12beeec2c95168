"""The fixed words of the contract: cell states, kinds, outcomes, severities, dispositions."""

from __future__ import annotations

from enum import StrEnum


class CellState(StrEnum):
    """Say whether a cell shows its value, or why it does not."""

    VALUE = "value"
    BLANK = "blank"
    MASKED = "masked"
    WITHHELD = "withheld"
    PARTIAL = "partial"
    PLACEHOLDER = "placeholder"
    NOT_EXPORTED = "not-exported"


class RecordKind(StrEnum):
    """Name the kind of search log a record comes from."""

    ORGANISATION_AUDIT = "organisation-audit"
    NETWORK_AUDIT = "network-audit"
    PORTAL_AUDIT = "portal-audit"
    OTHER = "other"


class Outcome(StrEnum):
    """Say what a rule makes of a record."""

    INDICATOR = "indicator"
    CLEAR = "clear"
    NOT_EVALUABLE = "not-evaluable"
    NOT_APPLICABLE = "not-applicable"


class Severity(StrEnum):
    """Grade an indicator: from doubtful data to a rule that is not met."""

    QUALITY = "quality"
    GAP = "gap"
    RULE_NOT_MET = "rule-not-met"

    @property
    def rank(self) -> int:
        """Order severities; higher weighs more."""
        return (Severity.QUALITY, Severity.GAP, Severity.RULE_NOT_MET).index(self)


class Disposition(StrEnum):
    """Record what a reviewer decided."""

    RECORD_ACCURATE = "record-accurate"
    EXPLAINED = "explained"
    RECORD_ERROR = "record-error"
    POLICY_UNCLEAR = "policy-unclear"
    NEEDS_RECORDS = "needs-records"
    REFERRED = "referred"


class Level(StrEnum):
    """Name the level of government an organisation belongs to."""

    LOCAL = "local"
    STATE = "state"
    FEDERAL = "federal"
    TRIBAL = "tribal"
    PRIVATE = "private"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"
