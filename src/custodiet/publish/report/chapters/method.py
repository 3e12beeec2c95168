"""Method, measured error and the words of the report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from custodiet.publish.measured import load_measured
from custodiet.publish.report.document import (
    Bullets,
    Cell,
    Chapter,
    Column,
    Fixed,
    Heading,
    Pairs,
    Part,
    Phrase,
    Prose,
    Text,
    capped,
)
from custodiet.publish.report.source import Source
from custodiet.publish.report.wording import share, shown_interval

STEPS: Final = (
    Text(
        "Every file was read as it came. The kind of a table is told from its bytes and columns, never from its name."
        " A row that cannot be stored is a problem that is counted; nothing is skipped silently.",
        lead="Reading.",
    ),
    Text(
        "A masked, withheld or missing cell is told from a blank one, and never held against anyone. Plates became"
        " keyed pseudonyms as they were read.",
        lead="States of cells.",
    ),
    Text(
        "Names of organisations are brought to one spelling; state and level are told from the name. What cannot be"
        " told is unknown.",
        lead="Organisations.",
    ),
    Text(
        "Rows of several logs that record one search are joined where ids, or time, organisation and counts together,"
        " single out one search; where they do not, rows stay apart.",
        lead="Searches.",
    ),
    Text(
        "Stated reasons are sorted into labels by a published word list and taxonomy. Where nothing fits, the answer"
        " is unknown.",
        lead="Purposes.",
    ),
    Text(
        "Each rule cites its source and gives one of four outcomes for a row: indicator, clear, not evaluable, not"
        " applicable. Every number is counted again under the rule’s other definitions; the range and the definition"
        " that empties the claim are printed beside it.",
        lead="Rules.",
    ),
    Text(
        "This report names organisations, labels, counts and dates. It holds no plate in any form, no free text and"
        " no account name; results about single accounts stay in the case unless a reviewer adds them with a reason.",
        lead="What is left out.",
    ),
)

GLOSSARY: Final = (
    (
        "Disclosure",
        "One table that an agency released: a CSV, a sheet, a PDF table, a file in a ZIP, a transparency page.",
    ),
    ("Producer", "The organisation whose log, list or page it is."),
    ("Search", "One search of a system; many logs can record the same one."),
    ("Network", "The cameras of one organisation, as the vendor counts them."),
    ("Share", "One organisation lets another reach its data, as of a date, as a disclosure states it."),
    ("Purpose", "What the stated reason says, by a published taxonomy; unknown is an honest answer."),
    ("Indicator", "Rule, records and a plain sentence, as the machine found it. Nobody reviewed it."),
    ("Finding", "An indicator that a named person reviewed and kept."),
    (
        "Rule not met, gap, weak record",
        "The rows do not show what a provision asks for; what is needed to tell is not in the records; the record or"
        " the practice is weak and no provision is at stake.",
    ),
    ("Not evaluable", "The record does not show what the rule needs: hidden, not exported or not known."),
    ("Masked, withheld", "Hidden by glyphs or a word; hidden with a legal ground."),
    ("Range", "Lowest and highest count under the definitions that could reasonably be used."),
    ("95 % interval", "Wilson’s interval: how far a rate can be told from so many cases."),
    ("Receipt", "How a file came: request, custodian, dates, sender."),
)


def chapters(source: Source) -> Iterator[Chapter]:
    """Give the chapters on method and words."""
    yield Chapter("method", "Method and measured error", (Bullets(STEPS), *_error(source)))
    yield Chapter("glossary", "Glossary", (Pairs(GLOSSARY),))


def _error(source: Source) -> list[Part]:
    parts: list[Part] = [
        Heading("How often the program errs"),
        Text(
            "Measured on labelled or invented sets, not on this case. The sets hold the faults that were known when"
            " they were made: read the figures as an upper bound. The pages named in the last column, in the folder"
            " docs/measured of the program, say how each set was made and give the figures by label, field and kind"
            " of log."
        ),
        _measured(source),
        Text("In this case:"),
    ]
    said: list[Prose | Text] = []
    orgs, unknown = source.case.rows(
        "SELECT count(*), count(*) FILTER (level = 'unknown' OR level IS NULL) FROM organisations"
    )[0]
    if orgs:
        levels = source.part_of("figure.names.unknown", int(unknown), int(orgs))
        said.append(Phrase(("The level of ", *levels, " names of organisations could not be told.")))
    texts, placed = source.case.rows(
        "SELECT count(*), count(*) FILTER (labels <> ['unknown']) FROM (SELECT key, field, list(label ORDER BY label)"
        " AS labels FROM purposes GROUP BY key, field)"
    )[0]
    if texts:
        abstained = source.part_of("figure.texts.unplaced", int(texts - placed), int(texts))
        said.append(Phrase(("The classifier abstained for ", *abstained, " distinct texts.")))
    parts.append(Bullets(tuple(said)) if said else Text("Nothing was classified."))
    return parts


def _measured(source: Source) -> Part:
    lines: list[tuple[Cell, ...]] = [
        (
            item.name,
            item.what,
            source.figure(f"figure.measured.{place}", item.part),
            source.figure(f"figure.measured.{place}", item.whole, "denominator"),
            source.figure(f"figure.measured.{place}", share(item.part, item.whole)),
            source.figure(f"figure.measured.{place}", shown_interval(item.part, item.whole), "interval"),
            Fixed(item.page.rpartition("/")[2]),
        )
        for place, item in enumerate(load_measured(), 1)
    ]
    return capped(
        "Measured error",
        (
            Column("What the program does"),
            Column("What was counted"),
            Column("Count", numeric=True),
            Column("Of", numeric=True),
            Column("Share", numeric=True),
            Column("95 % interval", numeric=True),
            Column("Page"),
        ),
        lines,
        most=len(lines),
    )
