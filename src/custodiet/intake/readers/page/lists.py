"""Read the lines and tables below a sharing heading."""

from __future__ import annotations

from custodiet.intake.readers.page.audits import is_data_address
from custodiet.intake.readers.page.markup import Line
from custodiet.intake.readers.page.names import NameList, Unit, has_organisation_word, read_names
from custodiet.intake.readers.page.sections import Section
from custodiet.intake.readers.page.vocabulary import plain, word_set, words_of


def is_link_only(line: Line) -> bool:
    """Tell a line that only points elsewhere ("Download CSV", an address) from one that names somebody."""
    shown = " ".join(link.text for link in line.links)
    return (
        bool(line.links)
        and plain(shown) == plain(line.text)
        and not line.is_item
        and any(
            not link.text or plain(link.text).lower() in word_set("not_names") or link.text.startswith(("http", "www."))
            for link in line.links
        )
    )


def carries_file(line: Line) -> bool:
    """Tell whether a link of the line holds its file itself."""
    return any(is_data_address(link) for link in line.links)


def names_of(units: list[Unit]) -> NameList:
    """Read the lines of a list; many short lines without commas are one name each, whatever the markup."""
    plain_lines = [unit for unit in units if not unit.is_item]
    if len(plain_lines) >= 3 and sum("," not in unit.text for unit in plain_lines) * 10 >= len(plain_lines) * 8:
        units = [Unit(unit.text, is_item=True) for unit in units]
    return read_names(units)


def names_people(heading: str, names: list[str]) -> bool:
    """Tell a list of staff ("Sworn officers", "Crime analysts") below a question that names no organisations."""
    words = set(words_of(heading))
    return (
        bool(words & {"who", "whom"})
        and not words & word_set("organisation_nouns")
        and not any(has_organisation_word(name) for name in names)
    )


def heading_status(heading: str) -> str:
    """Read from the heading whether the whole list is inactive or pending."""
    words = words_of(heading)
    if "pending" in words:
        return "pending"
    return (
        "inactive"
        if {"inactive", "former", "formerly", "deactivated", "revoked", "previously"} & set(words)
        else "active"
    )


def holds_list(section: Section) -> bool:
    """Tell whether a section states a list, a count or nothing at all, rather than prose."""
    found = read_names(Unit(line.text, line.is_item) for line in section.lines if line.table is None)
    has_table = any(line.table for line in section.lines)
    return bool(found.names or found.count is not None or found.stated_none or has_table or not section.lines)


def looks_like_organisations(section: Section) -> bool:
    """Tell whether a section under an unknown heading names five organisations or more."""
    names = read_names(Unit(line.text, line.is_item) for line in section.lines if line.table is None).names
    good = sum(1 for name in names if has_organisation_word(name))
    return good >= 5 and good * 10 >= len(names) * 6
