# ruff: noqa: E501 - tables of words, sentences and SQL read better in one line
"""Tables that an agency or a reviewer can add beside the disclosures; all are optional.

They are joined inside the case only and never leave it. What is absent makes a
rule that needs it not evaluable. Each is read from a CSV file with these columns;
templates lie in ``data/templates``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from custodiet.model.tables import Column, Table


@dataclass(frozen=True, slots=True)
class LocalInput:
    """Describe one input: its word, its table, what it answers, the columns that must be filled, and fixed words."""

    name: str
    table: Table
    answers: str
    required: tuple[str, ...]
    words: tuple[tuple[str, tuple[str, ...]], ...] = ()


def _c(name: str, type_: str, meaning: str) -> Column:
    return Column(name, type_, meaning, "never")  # type: ignore[arg-type]  # the words of the table are those of ColumnType


def _table(name: str, grain: str, *columns: Column) -> Table:
    order = tuple(column.name for column in columns)
    return Table(f"input_{name}", grain, columns, order, public=False)


ERAS: Final = ("devices", "id", "no-identity", "drop-down")
_PRODUCER: Final = _c("producer", "text", "organisation, as it stands in the disclosures")
_ACCOUNT: Final = _c("account", "text", "account as it stands in the log")

LOCAL_INPUTS: Final[dict[str, LocalInput]] = {
    item.name: item
    for item in (
        LocalInput(
            "case-numbers",
            _table("case_numbers", "valid case or incident number", _PRODUCER, _c("case_number", "text", "as the case system writes it")),
            "whether a case number in the log exists in the case system",
            ("producer", "case_number"),
        ),
        LocalInput(
            "roster",
            _table("roster", "turn of duty", _PRODUCER, _ACCOUNT, _c("starts_at", "local-time", "local start"), _c("ends_at", "local-time", "local end")),
            "whether an account was on duty when it searched",
            ("producer", "account", "starts_at", "ends_at"),
        ),
        LocalInput(
            "accounts",
            _table("accounts", "account", _PRODUCER, _ACCOUNT, _c("role", "text", "role or unit"), _c("enabled_on", "date", "first day"), _c("disabled_on", "date", "first day without access; empty while enabled")),
            "whether an account was enabled on the day",
            ("producer", "account"),
        ),
        LocalInput(
            "training",
            _table("training", "training of an account", _PRODUCER, _ACCOUNT, _c("trained_on", "date", "day of the training"), _c("expires_on", "date", "last day it counts; empty for always")),
            "whether an account was trained on the day",
            ("producer", "account", "trained_on"),
        ),
        LocalInput(
            "approvals",
            _table("approvals", "approval of a share", _c("source", "text", "organisation whose data it is"), _c("recipient", "text", "organisation that may reach it"), _c("approved_on", "date", "day"), _c("approved_by", "text", "office that approved"), _c("withdrawn_on", "date", "first day without approval; empty while valid")),
            "whether, when and by whom a share was approved",
            ("source", "recipient", "approved_on"),
        ),
        LocalInput(
            "purge-reports",
            _table("purge_reports", "deletion run", _PRODUCER, _c("purged_on", "date", "day of the run"), _c("oldest_kept_on", "date", "day of the oldest read that was kept"), _c("n_deleted", "integer", "reads deleted")),
            "whether data was deleted when the retention says",
            ("producer", "purged_on", "oldest_kept_on"),
        ),
        LocalInput(
            "audits",
            _table(
                "audits", "audit that was made or report that was given", _PRODUCER, _c("kind", "text", "audit or report"),
                _c("done_on", "date", "day; empty: the organisation states that there was none"), _c("covers_from", "date", "first day that it covers"),
                _c("covers_to", "date", "last day that it covers"), _c("done_by", "text", "office or firm"), _c("independence", "text", "independent or internal; empty when not known"),
            ),
            "whether audits were made and reports given as often as a rule asks",
            ("producer", "kind"),
            (("kind", ("audit", "report")), ("independence", ("independent", "internal"))),
        ),
        LocalInput(
            "monthly-totals",
            _table("monthly_totals", "organisation and month", _PRODUCER, _c("month", "date", "first day of the month"), _c("searches", "integer", "searches that another source counts"), _c("basis", "text", "where the total stands")),
            "whether the log holds as many searches as an independent count",
            ("producer", "month", "searches"),
        ),
        LocalInput(
            "declarations",
            _table("declarations", "written declaration", _c("source", "text", "organisation whose data it is"), _c("declarant", "text", "organisation that searches or receives"), _c("declared_on", "date", "day it was given"), _c("ends_on", "date", "last day it counts; empty for always"), _c("about", "text", "what is declared, in a few words")),
            "whether a declaration that a statute asks for was on file",
            ("source", "declarant", "declared_on"),
        ),
        LocalInput(
            "eras",
            _table("eras", "change of the form of an export", _PRODUCER, _c("since", "date", "first day of the form"), _c("era", "text", "devices, id, no-identity or drop-down"), _c("citation", "text", "what shows it")),
            "which form an export had, where columns and values do not tell it rightly",
            ("producer", "since", "era", "citation"),
            (("era", ERAS),),
        ),
    )
}  # fmt: skip
