"""The tables of a case: columns, types, row grain, order, and how a column may leave the case.

The contract tables are public: their names and columns are what others build
on. The inner ones serve the house. ``leaves`` is read by the privacy door and
says how a column may be published:

* ``keep``: as it is,
* ``pseudonym``: an account name; a pseudonym per publication,
* ``words``: free text; only allow-listed words,
* ``words-json``: free texts in a JSON object; only allow-listed words of each,
* ``name``: the last part of a path,
* ``hour``: a time; coarsened to the hour,
* ``never``: stays in the case.

In every column that is kept, an entry of a list that may be a person's name is a pseudonym (``privacy.names``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

ColumnType = Literal["text", "integer", "real", "boolean", "timestamp", "local-time", "date", "text-list", "citations"]
Leaves = Literal["keep", "pseudonym", "words", "words-json", "name", "hour", "never"]


@dataclass(frozen=True, slots=True)
class Column:
    """Describe one column: name, type, meaning, and how it may leave the case."""

    name: str
    type: ColumnType
    meaning: str
    leaves: Leaves = "keep"


@dataclass(frozen=True, slots=True)
class Table:
    """Describe one table: name, what one row is, its columns, and the order rows are exported in."""

    name: str
    grain: str
    columns: tuple[Column, ...]
    order: tuple[str, ...]
    public: bool = True

    @property
    def column_names(self) -> tuple[str, ...]:
        """Name the columns in their order."""
        return tuple(column.name for column in self.columns)


def _c(name: str, type_: ColumnType, meaning: str, leaves: Leaves = "keep") -> Column:
    return Column(name, type_, meaning, leaves)


DISCLOSURES: Final = Table(
    "disclosures",
    "released table or page",
    (
        _c("disclosure_id", "text", "id made from the bytes of the file and the place of the table in it"),
        _c("file_name", "text", "name of the file that was added", "name"),
        _c("member_path", "text", "path inside the archive, or null", "name"),
        _c("sheet", "text", "sheet or table inside the file, or null"),
        _c("sha256", "text", "SHA-256 of the file that was added"),
        _c("member_sha256", "text", "SHA-256 of the archive member; equals sha256 outside archives"),
        _c("format_id", "text", "format file that matched, or 'generic'"),
        _c(
            "kind",
            "text",
            "organisation-audit, network-audit, portal-audit, other, event-log, sharing-list, "
            "transparency-page, organisation-list, unread",
        ),
        _c("producer", "text", "organisation whose log, list or page it is"),
        _c("producer_basis", "text", "how the producer was told"),
        _c("time_zone", "text", "IANA zone of the producer's wall clock"),
        _c("zone_basis", "text", "how the zone was told"),
        _c("first_searched_at", "timestamp", "earliest search or event"),
        _c("last_searched_at", "timestamp", "latest search or event"),
        _c("n_rows_read", "integer", "rows (for pages and lists: statements) read"),
        _c("n_records", "integer", "rows stored in records"),
        _c("n_events", "integer", "rows stored in events"),
        _c("n_shares", "integer", "statements stored in shares"),
        _c("n_portal_values", "integer", "statements stored in portals"),
        _c("n_layout", "integer", "titles, repeated headers, totals, blank rows between"),
        _c("n_rejected", "integer", "rows that could not be stored; each has a problem"),
        _c("header", "text-list", "labels after cleaning"),
        _c("header_raw", "text-list", "labels as released"),
        _c("problems", "text-list", "codes of the problems of this table"),
        _c("receipt", "text", "how the file came, as one sentence; null when no receipt was given"),
    ),
    ("disclosure_id",),
)

RECORDS: Final = Table(
    "records",
    "released row of a search log",
    (
        _c("disclosure_id", "text", "the disclosure"),
        _c("record_no", "integer", "1-based order in the table"),
        _c("source_row", "integer", "the row a reader sees; a CSV header is row 1"),
        _c("source_page", "integer", "page of a PDF"),
        _c("kind", "text", "organisation-audit, network-audit, portal-audit, other"),
        _c("producer", "text", "organisation whose log it is"),
        _c("org", "text", "searching organisation as released"),
        _c("org_basis", "text", "released, or producer where the log has no such column"),
        _c("search_id", "text", "the vendor's id of the search"),
        _c("searched_at", "timestamp", "when the search was made", "hour"),
        _c("window_start", "timestamp", "start of the period asked for", "hour"),
        _c("window_end", "timestamp", "end of the period asked for", "hour"),
        _c("networks", "integer", "networks searched"),
        _c("devices", "integer", "cameras searched"),
        _c("search_type", "text", "kind of search as released"),
        _c("reason", "text", "stated reason, verbatim", "words"),
        _c("reason_state", "text", "cell state"),
        _c("case_number", "text", "case number, verbatim", "never"),
        _c("case_number_state", "text", "cell state"),
        _c("user", "text", "account, verbatim", "pseudonym"),
        _c("user_state", "text", "cell state"),
        _c("plate", "text", "keyed pseudonym of the plate; the plate itself is never stored", "never"),
        _c("plate_state", "text", "cell state"),
        _c("offense_type", "text", "offence drop-down value", "words"),
        _c("text_prompt", "text", "free-form prompt, verbatim", "words"),
        _c("filters", "text", "filters, verbatim", "words"),
        _c("moderation", "text", "verdict of the vendor's filter on a prompt", "words"),
        _c("vendor", "text", "vendor of the system, where the format tells"),
        _c("layout_corrected", "boolean", "cells were moved back under their label; see repairs"),
        _c("reason_key", "text", "joins to purposes", "never"),
        _c("offense_key", "text", "joins to purposes", "never"),
        _c("prompt_key", "text", "joins to purposes", "never"),
        _c("searched_local", "local-time", "searched_at on the producer's wall clock", "never"),
        _c("window_start_local", "local-time", "window_start on the producer's wall clock", "never"),
        _c("window_end_local", "local-time", "window_end on the producer's wall clock", "never"),
    ),
    ("disclosure_id", "record_no"),
)

EVENTS: Final = Table(
    "events",
    "released row of an administrative log (no search)",
    (
        _c("disclosure_id", "text", "the disclosure"),
        _c("record_no", "integer", "1-based order in the table"),
        _c("source_row", "integer", "the row a reader sees"),
        _c("event_at", "timestamp", "when it happened", "hour"),
        _c("actor", "text", "account that acted, verbatim", "pseudonym"),
        _c("actor_state", "text", "cell state"),
        _c("event_type", "text", "what was done"),
        _c("entity_type", "text", "kind of thing it was done to"),
        _c("entity", "text", "details, verbatim", "never"),
    ),
    ("disclosure_id", "record_no"),
)

SEARCHES: Final = Table(
    "searches",
    "search, whatever number of logs record it",
    (
        _c("search_key", "text", "id of the search in this case"),
        _c("basis", "text", "how the copies were joined"),
        _c("org", "text", "searching organisation, canonical where resolved"),
        _c("searched_at", "timestamp", "when the search was made", "hour"),
        _c("networks", "integer", "networks searched"),
        _c("devices", "integer", "cameras searched"),
        _c("search_type", "text", "kind of search"),
        _c("n_sightings", "integer", "records of the search"),
        _c("n_producers", "integer", "producers whose logs record it"),
        _c("purposes", "text-list", "labels of the stated reason, offence and prompt"),
    ),
    ("search_key",),
)

SIGHTINGS: Final = Table(
    "sightings",
    "record of a search",
    (
        _c("search_key", "text", "the search"),
        _c("disclosure_id", "text", "the disclosure"),
        _c("record_no", "integer", "the record"),
    ),
    ("search_key", "disclosure_id", "record_no"),
)

ORGANISATIONS: Final = Table(
    "organisations",
    "name as released",
    (
        _c("name", "text", "name as released"),
        _c("canonical", "text", "one name for all spellings"),
        _c("state", "text", "two-letter postal code, or null"),
        _c("level", "text", "local, state, federal, tribal, private, foreign, unknown"),
        _c("type", "text", "police, sheriff, …"),
        _c("place", "text", "city, county or campus, or null"),
        _c("status", "text", "active, inactive, demo, placeholder"),
        _c("basis", "text", "how each was decided"),
        _c("confidence", "real", "0 to 1"),
    ),
    ("name",),
)

PURPOSES: Final = Table(
    "purposes",
    "label of a distinct text",
    (
        _c("key", "text", "reason_key, offense_key or prompt_key of records", "never"),
        _c("field", "text", "reason, offense or prompt"),
        _c("label", "text", "purpose label"),
        _c("matched", "text", "the span that matched", "words"),
        _c("method", "text", "lexicon entry or rule that matched"),
        _c("confidence", "real", "0 to 1"),
    ),
    ("key", "field", "label"),
)

SHARES: Final = Table(
    "shares",
    "stated share and date",
    (
        _c("source", "text", "organisation whose data it is"),
        _c("recipient", "text", "organisation that can reach it"),
        _c("stated_by", "text", "organisation whose list says so"),
        _c("as_of", "date", "date of the statement"),
        _c("status", "text", "active, inactive, pending"),
        _c("disclosure_id", "text", "the disclosure"),
        _c("source_row", "integer", "the row, or the place in the list"),
        _c("source_page", "integer", "page of a PDF"),
    ),
    ("disclosure_id", "source_row", "source", "recipient"),
)

SHARE_SPANS: Final = Table(
    "share_spans",
    "source, recipient and statement over time",
    (
        _c("source", "text", "organisation whose data it is"),
        _c("recipient", "text", "organisation that can reach it"),
        _c("stated_by", "text", "organisation whose list says so"),
        _c("first_seen", "date", "first date stated"),
        _c("last_seen", "date", "last date stated"),
        _c("n_statements", "integer", "statements"),
    ),
    ("source", "recipient", "stated_by"),
)

PORTALS: Final = Table(
    "portals",
    "transparency page and date",
    (
        _c("producer", "text", "organisation whose page it is"),
        _c("as_of", "date", "date of the page"),
        _c("retention_days", "integer", "stated retention"),
        _c("cameras", "integer", "cameras owned"),
        _c("searches_30d", "integer", "searches in the last 30 days"),
        _c("hits_30d", "integer", "hot-list hits in the last 30 days"),
        _c("vehicles_30d", "integer", "vehicles detected in the last 30 days"),
        _c("prohibited_uses", "text", "as stated"),
        _c("acceptable_use", "text", "as stated"),
        _c("access_policy", "text", "as stated"),
        _c("hotlist_policy", "text", "as stated"),
        _c("hotlists", "text", "as stated"),
        _c("last_updated", "timestamp", "as stated on the page"),
        _c("other", "text", "JSON object: heading to text of what has no column", "words-json"),
        _c("disclosure_id", "text", "the disclosure"),
        _c("source_row", "integer", "the row, or 1 for a page"),
    ),
    ("producer", "as_of", "disclosure_id", "source_row"),
)

FLOWS: Final = Table(
    "flows",
    "registered exchange and version",
    (
        _c("flow_id", "text", "id in the register"),
        _c("source", "text", "organisation whose data it is"),
        _c("system_of_records", "text", "systems the data come from"),
        _c("recipient", "text", "organisation that gets it"),
        _c("via", "text", "hub it passes through, or null"),
        _c("data_categories", "text-list", "what is exchanged"),
        _c("sensitivity", "text-list", "why the categories are sensitive"),
        _c("stated_purpose", "text", "as the parties state it"),
        _c("legal_authority_claimed", "text", "as the parties state it"),
        _c("agreement", "text", "name of the agreement"),
        _c("agreement_date", "text", "its date as reported"),
        _c("started", "text", "as reported: date, month or year"),
        _c("ended", "text", "as reported, or null"),
        _c("status", "text", "active, enjoined, contested, ended, … at status_as_of"),
        _c("status_as_of", "date", "date of the latest source"),
        _c("sources", "text-list", "addresses of the sources"),
        _c("confidence", "text", "high, medium, low"),
    ),
    ("flow_id",),
)

OUTCOMES: Final = Table(
    "outcomes",
    "rule and producer",
    (
        _c("rule_id", "text", "the rule"),
        _c("rule_version", "text", "its version"),
        _c("producer", "text", "the producer"),
        _c("n_indicator", "integer", "records that meet the pattern"),
        _c("n_clear", "integer", "records that do not"),
        _c("n_not_evaluable", "integer", "records that cannot be told"),
        _c("n_not_applicable", "integer", "records outside place, time or addressee"),
    ),
    ("rule_id", "rule_version", "producer"),
)

INDICATORS: Final = Table(
    "indicators",
    "indicator",
    (
        _c("indicator_id", "text", "stable for the same rule version and evidence"),
        _c("rule_id", "text", "the rule"),
        _c("rule_version", "text", "its version"),
        _c("citation", "text", "the provision"),
        _c("severity", "text", "rule-not-met, gap, quality"),
        _c("level", "text", "organisation, account"),
        _c("subject", "text", "organisation (or account, inside the case) the indicator is about"),
        _c("counterpart", "text", "other organisation concerned, or null"),
        _c("period_start", "timestamp", "first evidence", "hour"),
        _c("period_end", "timestamp", "last evidence", "hour"),
        _c("n_searches", "integer", "searches (linked) behind it; null for shares"),
        _c("n_shares", "integer", "shares behind it; null for searches"),
        _c("denominator", "integer", "what was evaluated: indicator + clear"),
        _c("n_not_evaluable", "integer", "what could not be told"),
        _c("statement", "text", "one plain sentence"),
        _c("caveats", "text-list", "what the sentence does not say"),
        _c("sensitivity", "text", "JSON: the count under other definitions"),
        _c("query", "text", "SQL that recomputes the number on the case's tables"),
        _c("evidence", "citations", "rows behind it"),
        _c("disposition", "text", "latest decision of a reviewer, or null"),
        _c("decided_by", "text", "who"),
        _c("decided_at", "timestamp", "when"),
        _c("note", "text", "why", "never"),
    ),
    ("rule_id", "subject", "indicator_id"),
)

FINDINGS: Final = Table(
    "findings",
    "reviewed indicator that was kept",
    (
        *INDICATORS.columns,
        _c("condition", "text", "what is"),
        _c("criteria", "text", "what should be"),
        _c("cause", "text", "why the condition came about"),
        _c("effect", "text", "what follows from it"),
        _c("recommendation", "text", "what to do"),
        _c("response", "text", "what the agency says"),
        _c("follow_up", "text", "what was done since"),
    ),
    INDICATORS.order,
)

PROBLEMS: Final = Table(
    "problems",
    "thing not read, or read with doubt",
    (
        _c("code", "text", "word of the list in docs/problems.md"),
        _c("disclosure_id", "text", "the disclosure, or null for a whole file"),
        _c("file_name", "text", "the file", "name"),
        _c("where", "text", "row, page or member"),
        _c("message", "text", "plain sentence"),
    ),
    ("file_name", "disclosure_id", "code", "where", "message"),
)

FILES: Final = Table(
    "files",
    "file that was added, by its path",
    (
        _c("path", "text", "absolute path when it was added", "never"),
        _c("file_name", "text", "its last part"),
        _c("sha256", "text", "SHA-256"),
        _c("size", "integer", "bytes"),
        _c("receipt", "text", "JSON object of the receipt, or null"),
        _c("duplicate_of", "text", "path added before with the same bytes, or null", "never"),
        _c("complete", "boolean", "everything of the file is stored; false only while it is being added"),
    ),
    ("path",),
    public=False,
)

LISTED_NAMES: Final = Table(
    "listed_names",
    "organisation name of a released directory",
    (
        _c("disclosure_id", "text", "the disclosure"),
        _c("source_row", "integer", "the row"),
        _c("name", "text", "name as released"),
        _c("note", "text", "remark of the directory, or null"),
    ),
    ("disclosure_id", "source_row"),
    public=False,
)

REPAIRS: Final = Table(
    "repairs",
    "group of rows whose cells were moved back under their label",
    (
        _c("disclosure_id", "text", "the disclosure"),
        _c("repair", "text", "what was done, in words"),
        _c("n_rows", "integer", "rows concerned"),
        _c("first_row", "integer", "first source row"),
        _c("last_row", "integer", "last source row"),
        _c("evidence", "text", "cell types before and after; never cell contents"),
    ),
    ("disclosure_id", "first_row", "repair"),
    public=False,
)

DIFFERENCES: Final = Table(
    "differences",
    "search and field in which its copies differ",
    (
        _c("search_key", "text", "the search"),
        _c("field", "text", "organisation, reason, case_number, user, plate, devices, networks, searched_at"),
        _c("kind", "text", "masked/released, shortened, wording, spelling, count±1, count, clock; never cell contents"),
        _c("n", "integer", "copies that differ from the fullest one"),
    ),
    ("search_key", "field", "kind"),
    public=False,
)

DECISIONS: Final = Table(
    "decisions",
    "decision of a reviewer, append-only",
    (
        _c("decision_no", "integer", "1-based order"),
        _c("indicator_id", "text", "the indicator"),
        _c("rule_id", "text", "its rule"),
        _c("disposition", "text", "what was decided"),
        _c("decided_by", "text", "who"),
        _c("decided_at", "timestamp", "when"),
        _c("note", "text", "why"),
        _c("fields", "text", "JSON object: cause, effect, recommendation, response, follow_up"),
    ),
    ("decision_no",),
    public=False,
)

QUOTES: Final = Table(
    "quotes",
    "text of one cell that somebody asked to publish verbatim",
    (
        _c("quote_id", "text", "record, field and the digest of the text"),
        _c("disclosure_id", "text", "the disclosure"),
        _c("record_no", "integer", "the record"),
        _c("field", "text", "column of records"),
        _c("verbatim", "text", "the text as disclosed", "never"),
        _c("masked", "text", "the text with only allow-listed words"),
        _c("asked_by", "text", "who asked"),
        _c("reason", "text", "why the words themselves are needed"),
        _c("asked_at", "timestamp", "when"),
        _c("decision", "text", "asked, approved or declined"),
        _c("decided_by", "text", "who decided, or null"),
        _c("decided_at", "timestamp", "when, or null"),
    ),
    ("quote_id",),
    public=False,
)

CONTRACT_TABLES: Final[dict[str, Table]] = {
    table.name: table
    for table in (
        DISCLOSURES,
        RECORDS,
        EVENTS,
        SEARCHES,
        SIGHTINGS,
        ORGANISATIONS,
        PURPOSES,
        SHARES,
        SHARE_SPANS,
        PORTALS,
        FLOWS,
        OUTCOMES,
        INDICATORS,
        FINDINGS,
        PROBLEMS,
    )
}

ALL_TABLES: Final[dict[str, Table]] = CONTRACT_TABLES | {
    table.name: table for table in (FILES, LISTED_NAMES, REPAIRS, DIFFERENCES, DECISIONS, QUOTES)
}
