# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""What a rule can ask about: the subjects and their fields.

A *subject* is a table that ``law`` derives from the case, one row per thing that
a rule judges. A field is null when it cannot be known (the cell is masked,
withheld or not exported, or the name could not be resolved); a condition on a
null field is *unknown*, and what is unknown is not evaluable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

FieldType = Literal["text", "labels", "integer", "real", "boolean", "instant", "date"]


@dataclass(frozen=True, slots=True)
class Field:
    """Describe one field: its name, type, meaning, and its allowed words where they are fixed."""

    name: str
    type: FieldType
    meaning: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """Describe what a rule judges.

    Attributes:
        name: Word used in rules.
        grain: What one row is.
        fields: What can be asked.
        date_field: The date on which the law must be in force.
        owner: Field that outcomes are counted by (their ``producer``).
        unit: Noun for statements, plural.
        evidence: Fields that make a citation: a disclosure and a row in it.
        start_field: The day on which what a row tells of begins, where it lasts; else None.
    """

    name: str
    grain: str
    fields: tuple[Field, ...]
    date_field: str
    owner: str
    unit: str
    evidence: tuple[str, str]
    start_field: str | None = None

    def field(self, name: str) -> Field | None:
        """Find a field by its name; None when there is none."""
        return next((field for field in self.fields if field.name == name), None)


STATES: Final = ("value", "blank", "masked", "withheld", "partial", "placeholder", "not-exported")
LEVELS: Final = ("local", "state", "federal", "tribal", "private", "foreign")
STATUSES: Final = ("active", "inactive", "demo", "placeholder")
SEARCH_COLUMNS: Final = (
    "searched_at", "org", "user", "reason", "case_number", "plate", "window", "networks", "devices",
    "search_id", "search_type", "offense_type", "text_prompt", "filters", "moderation",
)  # fmt: skip


def _f(name: str, type_: FieldType, meaning: str, words: tuple[str, ...] = ()) -> Field:
    return Field(name, type_, meaning, words)


def _organisation(prefix: str, who: str) -> tuple[Field, ...]:
    return (
        _f(f"{prefix}_state", "text", f"state of {who}: two-letter code; null when not known"),
        _f(f"{prefix}_level", "text", f"level of government of {who}; null when not known", LEVELS),
        _f(f"{prefix}_type", "text", f"type of {who}, as the table organisations says"),
        _f(f"{prefix}_status", "text", f"status of {who}; null when not resolved", STATUSES),
    )


def _cell(name: str, what: str) -> tuple[Field, ...]:
    return (
        _f(f"{name}_state", "text", f"cell state of the {what}", STATES),
        _f(
            f"{name}_given",
            "boolean",
            f"true: the {what} is there, whole or in part; false: blank or a placeholder; "
            "null: masked, withheld or not exported",
        ),
    )


SEARCH: Final = Subject(
    "search",
    "record of a search log",
    (
        _f("disclosure_id", "text", "the disclosure"),
        _f("record_no", "integer", "order in the disclosure"),
        _f("kind", "text", "kind of log", ("organisation-audit", "network-audit", "portal-audit", "other")),
        _f("producer", "text", "organisation whose log it is: canonical name, or as released"),
        _f("producer_released", "text", "the producer as released"),
        *_organisation("producer", "the producer"),
        _f("org", "text", "searching organisation: canonical name, or as released"),
        *_organisation("org", "the searching organisation"),
        _f("own_search", "boolean", "the searcher is the producer; null when either is not known"),
        _f("searched_at", "instant", "when the search was made"),
        _f("searched_on", "date", "local day of the search; the day on which the law must be in force"),
        _f("hour_local", "integer", "local hour of the search, 0 to 23"),
        _f("weekday_local", "integer", "local day of the week: 0 Monday to 6 Sunday"),
        _f("window_start", "instant", "start of the period asked for"),
        _f("window_end", "instant", "end of the period asked for"),
        _f("networks", "integer", "networks searched"),
        _f("devices", "integer", "cameras searched; null for 0, which this export writes for missing"),
        _f("search_type", "text", "kind of search, lower case, mobile suffix cut off"),
        _f("vendor", "text", "vendor of the system"),
        _f("era", "text", "form of the export: devices, id, no-identity, drop-down", ("devices", "id", "no-identity", "drop-down")),
        *_cell("reason", "stated reason"),
        _f("reason_shown", "boolean", "the same as reason_given, but true also where one text fills the column of a log throughout, which counts as masked elsewhere"),
        *_cell("case_number", "case number"),
        *_cell("user", "account"),
        *_cell("plate", "plate"),
        _f("offense_given", "boolean", "an offence is stated in its own column; null when there is none"),
        _f("purposes", "labels", "labels of reason, offence and prompt; null when the reason is masked, withheld or not classified"),
        _f("reason_labels", "labels", "labels of the stated reason alone; null in the same cases"),
        _f("code_labels", "labels", "those of purposes that rest on a section or the name of a code of law alone (22350 vc, cvc) and on no word; null in the same cases"),
        _f("reason_key", "text", "key of the distinct reason text; null when not shown"),
        _f("moderation", "text", "verdict of the vendor's filter on a prompt", ()),
        _f("user", "text", "account (aggregates only; never shown)"),
        _f("user_is_id", "boolean", "the account is written as an id or e-mail, not as a name or part of one"),
        _f("plate", "text", "pseudonym of the plate (aggregates only; never shown)"),
        _f("case_number", "text", "case number (aggregates only; never shown)"),
        _f("stated_retention_days", "integer", "retention that the producer's own page states, the page nearest before the search; null without a page"),
        _f("stated_prohibited_uses", "text", "prohibited uses that the producer's own page states"),
        _f("stated_access_policy", "text", "access policy that the producer's own page states"),
        _f("org_on_sharing_list", "boolean", "the producer's own outbound list names the searcher; null without a list"),
        _f("declaration_on_file", "boolean", "declarations.csv holds one by the searcher to the producer dated on or before the search; null without that input"),
        _f("case_number_listed", "boolean", "the case number stands in case-numbers.csv; null without that input or without a number"),
        _f("account_listed", "boolean", "the account stands in accounts.csv; null without that input"),
        _f("account_active", "boolean", "accounts.csv: the account was enabled on the day; null without that input or entry"),
        _f("account_trained", "boolean", "training.csv: training on or before the day and not run out; null without that input"),
        _f("on_duty", "boolean", "roster.csv: the account was on duty; null without that input or entry"),
        _f("month_total", "integer", "monthly-totals.csv: searches that another source counts for the producer in the local month; null without that input or month"),
    ),
    "searched_on",
    "producer",
    "searches",
    ("disclosure_id", "record_no"),
)  # fmt: skip

SHARE: Final = Subject(
    "share",
    "stated share and date",
    (
        _f("disclosure_id", "text", "the disclosure"),
        _f("source_row", "integer", "the row, or the place in the list"),
        _f("source", "text", "organisation whose data it is: canonical name, or as released"),
        _f("source_released", "text", "the source as released"),
        *_organisation("source", "the organisation whose data it is"),
        _f("recipient", "text", "organisation that can reach it"),
        *_organisation("recipient", "the recipient"),
        _f("stated_by", "text", "organisation whose list says so"),
        *_organisation("stated_by", "the organisation whose list says so"),
        _f("direction", "text", "outbound: the source's own list; inbound: the recipient's list; reported: a third party's", ("outbound", "inbound", "reported")),
        _f("as_of", "date", "date of the statement; the day on which the law must be in force"),
        _f("status", "text", "status of the share", ("active", "inactive", "pending")),
        _f("same_state", "boolean", "source and recipient are of one state; null when either is not known"),
        _f("stated_retention_days", "integer", "retention that the source's own page states"),
        _f("stated_prohibited_uses", "text", "prohibited uses that the source's own page states, the page nearest before"),
        _f("stated_access_policy", "text", "access policy that the source's own page states"),
        _f("declaration_on_file", "boolean", "declarations.csv holds one by the recipient to the source; null without that input"),
        _f("approval_on_file", "boolean", "approvals.csv names who approved the share, on or before the day; null without that input"),
        _f("reciprocated", "boolean", "the case also states the share in the other direction"),
    ),
    "as_of",
    "source",
    "recipients",
    ("disclosure_id", "source_row"),
)  # fmt: skip

PORTAL: Final = Subject(
    "portal",
    "transparency page and date",
    (
        _f("disclosure_id", "text", "the disclosure"),
        _f("source_row", "integer", "the row, or 1 for a page"),
        _f("producer", "text", "organisation whose page it is: canonical name, or as released"),
        _f("producer_released", "text", "the producer as released"),
        *_organisation("producer", "the producer"),
        _f("as_of", "date", "date of the page; the day on which the law must be in force"),
        _f("retention_days", "integer", "stated retention; null when the page states none"),
        _f("cameras", "integer", "cameras owned"),
        _f("searches_30d", "integer", "searches in the last 30 days"),
        _f("hits_30d", "integer", "hot-list hits in the last 30 days"),
        _f("vehicles_30d", "integer", "vehicles detected in the last 30 days"),
        _f("prohibited_uses", "text", "as stated"),
        _f("acceptable_use", "text", "as stated"),
        _f("access_policy", "text", "as stated"),
        _f("hotlist_policy", "text", "as stated"),
        _f("hotlists", "text", "as stated"),
        _f("page_text", "text", "all stated text of the page together; never null"),
        _f("last_updated", "instant", "as stated on the page"),
        _f("n_recipients", "integer", "recipients on the page's outbound list; null without a list"),
        _f("has_audit", "boolean", "the page carries a search audit in its own file; null where an audit of these days stands in a file of its own"),
        _f("audit_rows_30d", "integer", "rows of 30 days in the page's own search audit, up to the page or to the audit's last day, at most 3 days before; the fullest one; null where none covers 30 days"),
        _f("oldest_kept_days", "integer", "purge-reports.csv: age in days of the oldest read that the last deletion run up to the page kept; null without that input or run"),
    ),
    "as_of",
    "producer",
    "pages",
    ("disclosure_id", "source_row"),
)  # fmt: skip

DISCLOSURE: Final = Subject(
    "disclosure",
    "released table or page",
    (
        _f("disclosure_id", "text", "the disclosure"),
        _f("first_row", "integer", "always 1: the citation points at the table"),
        _f("kind", "text", "organisation-audit, network-audit, portal-audit, other, event-log, sharing-list, transparency-page, organisation-list, unread"),
        _f("format_id", "text", "format file that matched"),
        _f("producer", "text", "organisation whose table it is"),
        *_organisation("producer", "the producer"),
        _f("last_on", "date", "local day of the last search or event; the day on which the law must be in force"),
        _f("first_on", "date", "local day of the first search or event"),
        _f("n_records", "integer", "records of searches"),
        _f("n_rejected", "integer", "rows that could not be stored"),
        _f("columns", "labels", "columns of a search log that the release holds: " + ", ".join(SEARCH_COLUMNS)),
        _f("withheld_columns", "labels", "columns of which every cell is masked or withheld"),
        _f("problems", "labels", "problem codes of the table"),
        _f("has_receipt", "boolean", "it is known how the file came"),
    ),
    "last_on",
    "producer",
    "disclosures",
    ("disclosure_id", "first_row"),
)  # fmt: skip

ACTS: Final = ("audit", "independent-audit", "report", "deletion")
_EDGES: Final = ("act", "record")
INTERVAL: Final = Subject(
    "interval",
    "time between two audits, reports or deletion runs of an organisation, or between one and the edge of what the case covers",
    (
        _f("disclosure_id", "text", "the disclosure that shows the later act, or else the system in use by then"),
        _f("source_row", "integer", "the row of it"),
        _f("producer", "text", "organisation whose acts these are: canonical name, or as released"),
        _f("producer_released", "text", "the producer as released; the first of its names"),
        *_organisation("producer", "the producer"),
        _f("act", "text", "audit: any; independent-audit: those not called internal; report; deletion: a deletion run", ACTS),
        _f("begins_on", "date", "the earlier act or the first day covered; never before the rule is in force"),
        _f("ends_on", "date", "the later act or the last day covered; never after the rule's last day; the day on which the law must be in force"),
        _f("begins_with", "text", "an act, or a record that shows the system in use", _EDGES),
        _f("ends_with", "text", "an act, or a record that shows the system in use", _EDGES),
        _f("days", "integer", "days from begins_on to ends_on; null when no input, event log or page tells of such acts by the producer"),
        _f("full_years", "integer", "whole calendar years between the two days; null like days"),
        _f("full_months", "integer", "whole calendar months between the two days; null like days"),
        _f("uncovered_days", "integer", "days of the interval that lie in no period which an act on file states as covered; null where none states one"),
        _f("audit_searches", "integer", "searches in the interval whose reason states an audit"),
        _f("stated_days", "integer", "interval between audits that the producer's own page states, in days; the latest page that states one"),
        _f("stated_retention_days", "integer", "retention that the producer's own page states; the latest page that states one"),
        _f("gap", "text", "the two days in words, for sentences"),
    ),
    "ends_on",
    "producer",
    "intervals",
    ("disclosure_id", "source_row"),
    "begins_on",
)  # fmt: skip

SUBJECTS: Final[dict[str, Subject]] = {s.name: s for s in (SEARCH, SHARE, PORTAL, DISCLOSURE, INTERVAL)}

GROUP_FIELDS: Final = (
    _f("n", "integer", "members of the group for which `counts` could be told"),
    _f("n_counted", "integer", "members that `counts` holds for"),
    _f("n_unknown", "integer", "members for which it could not be told"),
    _f("share", "real", "n_counted / n, from 0 to 1; null when n is 0"),
    _f("n_days", "integer", "distinct local days of the counted members"),
    _f("n_distinct", "integer", "distinct known values of the field named in `distinct` among the counted members"),
    _f("span_days", "integer", "local days from the first to the last member, both included"),
    _f("longest_gap_days", "integer", "most days between neighbouring counted members; the first and last member of the group count as ends"),
    _f("previous", "real", "mean n_counted of up to three periods just before, of the same keys and era; null without one"),
    _f("change", "real", "n_counted / previous; null without previous"),
    _f("n_eras", "integer", "distinct eras of the members"),
)  # fmt: skip

PERIODS: Final = ("minute", "hour", "day", "week", "month", "year")
LOCAL_OF: Final = {"searched_at": "searched_local", "window_start": "window_start_local", "window_end": "window_end_local"}  # fmt: skip
