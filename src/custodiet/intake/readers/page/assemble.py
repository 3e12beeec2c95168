"""Give sections their meaning: values, sharing lists, audits and what has no column."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from custodiet.intake.raw import Embedded, PortalShare, RawPage
from custodiet.intake.readers.page import audits, lists, numbers, tables
from custodiet.intake.readers.page.direction import Verdict, direction_of
from custodiet.intake.readers.page.markup import Line, Link
from custodiet.intake.readers.page.names import Unit, status_of
from custodiet.intake.readers.page.sections import Section, text_of
from custodiet.intake.readers.page.vocabulary import NUMBER_COLUMNS, meaning_of, plain, vocabulary, words_of
from custodiet.model.problems import Problem

MAX_SHARES = 50_000
_BESIDE = "text beside the list"
_DESCRIBING = re.compile(r"^(?:Organi[sz]ations|Agencies|Departments|Networks)\b.{4,150}[.:]$")
_REMARK = re.compile(r"[(\[][^()\[\]]+[)\]]")


@dataclass(slots=True)
class PageBuilder:
    """Build one raw page from sections.

    Attributes:
        page: The page so far.
        seen: Names already stated, by direction.
        recognised: Number of headings whose meaning is known.
        carried: Files within the page that were read; a link and a button may carry the same one.
    """

    page: RawPage
    seen: dict[str, set[str]] = field(default_factory=lambda: {"out": set(), "in": set()})
    repeated: dict[str, int] = field(default_factory=lambda: {"out": 0, "in": 0})
    recognised: int = 0
    times: dict[str, int] = field(default_factory=dict)
    carried: set[str] = field(default_factory=set)

    def add(self, section: Section) -> None:
        """Read one section into the page."""
        heading = section.heading
        n_lines, n_audits = len(section.lines), len(self.page.audits) + len(self.page.embedded)
        self._take_audits(section)
        is_taken = bool(n_lines) and not section.lines
        meaning = meaning_of(heading, own_words(self.page.producer)) if heading else None
        kind, name = meaning or ("", "")
        self.recognised += kind not in {"", "layout"}
        if kind in {"column", "bare"}:
            self._take_value(section, name, needs_window=kind == "bare")
        elif kind == "audit":
            self._miss_audit(section, held=len(self.page.audits) + len(self.page.embedded) > n_audits)
            self._keep(section, strip=("download csv", "download"))
        elif kind in {"never", "layout"}:
            self._keep(section)
        elif kind == "share":
            verdict = direction_of(heading, self.page.producer)
            self._take_list(section, name, verdict.stated_none, verdict.stated_count)
        elif not is_taken:
            self._take_unknown(section)

    def finish(self) -> RawPage:
        """Settle counts and note repetitions; give the page."""
        for direction, times in self.repeated.items():
            if times:
                self._note(f"{times} entries of the {direction} list are stated twice; each was kept once.")
            if self.seen[direction] and self.page.list_counts.get(direction) == 0:
                del self.page.list_counts[direction]
        return self.page

    def _take_unknown(self, section: Section) -> None:
        verdict = direction_of(section.heading, self.page.producer) if section.heading else Verdict()
        direction = self._confirmed(section, verdict)
        if direction is not None:
            self.recognised += 1
            self._take_list(section, direction, verdict.stated_none, verdict.stated_count)
            return
        if verdict.about_sharing and not verdict.never_list and lists.holds_list(section):
            self._note(
                "A heading about sharing does not tell who shares with whom; its list was kept as text.",
                where=f"heading {section.number}",
            )
        elif section.heading and not verdict.never_list and lists.looks_like_organisations(section):
            self._note(
                "Organisations are listed under a heading that says nothing of sharing; they were kept as text.",
                where=f"heading {section.number}",
            )
        self._keep(section)

    def _confirmed(self, section: Section, verdict: Verdict) -> str | None:
        """Weigh the heading against a describing sentence below it; a contradiction leaves it open."""
        if verdict.never_list or not section.heading:
            return None
        stated = verdict.direction
        for line in section.lines[:2]:
            if line.table is None and not line.is_item and _DESCRIBING.match(line.text):
                described = direction_of(line.text.rstrip(".:"), self.page.producer).direction
                if described and stated and described != stated:
                    return None
                stated = stated or described
        return stated

    def _take_value(self, section: Section, column: str, *, needs_window: bool) -> None:
        lines = [text_of(line) if column not in NUMBER_COLUMNS else line.text for line in section.lines]
        said = section.text
        stated = [text for text in lines if text and text not in _descriptions()]
        value = _number(column, stated) if column in NUMBER_COLUMNS else "\n".join(stated) or None
        blank = all(numbers.is_placeholder(text) for text in stated)
        window_open = needs_window and not numbers.states_thirty_days(said)
        if column.endswith("_30d") and (window_open or numbers.states_other_window(said)):
            self._note(
                "A number does not state the last 30 days; it was kept as text.",
                where=f"heading {section.number}",
            )
            self._keep(section)
        elif blank or value is None:
            if not blank:
                self._note(
                    f"{column}: no single number is stated; the text was kept.",
                    where=f"heading {section.number}",
                )
            elif stated:
                self._note(
                    f"{column}: the page states a placeholder instead of a value.",
                    where=f"heading {section.number}",
                )
            self._keep(section)
        else:
            self._set(column, value, section)
            beside = [text for text in stated if column in NUMBER_COLUMNS and _reader(column)(text) is None]
            if beside:
                self._other(section.heading, "\n".join(beside))

    def _set(self, column: str, value: str | int, section: Section) -> None:
        before = self.page.values.get(column)
        if _REMARK.search(section.heading) and not _is_listed(section.heading):
            self._other(f"{column} (heading as stated)", section.heading)
        if before is not None and before != value:
            self._note(f"{column} is stated twice; the last value was taken.", where=f"heading {section.number}")
            self._other(f"{column} (stated before)", str(before))
        self.page.values[column] = value

    def _take_list(self, section: Section, direction: str, stated_none: bool, stated_count: int | None) -> None:
        units: list[Unit] = []
        grids: list[Line] = []
        for line in section.lines:
            if line.table is not None:
                grids.append(line)
            elif line.text and not lists.is_link_only(line):
                units.append(Unit(line.text, line.is_item))
        found = lists.names_of(units)
        if found.names and not grids and lists.names_people(section.heading, found.names):
            self._note(
                "The heading asks who has access and the entries name no organisation; they were kept as text.",
                where=f"heading {section.number}",
            )
            self._keep(section)
            return
        links = any(lists.is_link_only(line) for line in section.lines)
        entries = [entry for line in grids for entry in tables.names_in_table(line)]
        found.names.extend(entry.organisation for entry in entries)
        statuses = [""] * (len(found.names) - len(entries)) + [entry.status for entry in entries]
        before = len(self.page.shares)
        heading_status = lists.heading_status(section.heading)
        if len(found.names) + before > MAX_SHARES:
            self._too_large(f"The page names over {MAX_SHARES:,} organisations; the rest was not read.")
        stated = list(zip(found.names, statuses, strict=True))
        for name, status in stated[: max(0, MAX_SHARES - before)]:
            self._share(direction, name, heading_status if status in {"", "active"} else status)
        beside = [text for text in found.prose if text not in _descriptions() and not _DESCRIBING.match(text)]
        beside += [text_of(line) for line in section.lines if lists.is_link_only(line) and not lists.carries_file(line)]
        if beside:
            self._other(f"{section.heading} ({_BESIDE})", "\n".join(beside))
        if found.hidden:
            self._note(
                f"The {direction} list says that {found.hidden:,} more are not shown; they are not on the saved page.",
                where=f"heading {section.number}",
            )
        count = found.count if found.count is not None else stated_count
        said_nothing = not (found.names or beside or links or section.is_cut) and count is None
        if section.is_cut:
            self._note(
                "The file ends within a sharing list; its last entry may be cut.",
                where=f"heading {section.number}",
            )
        if len(self.page.shares) == before and count is not None:
            self.page.list_counts[direction] = count
        elif not found.names and (stated_none or found.stated_none or said_nothing):
            self.page.list_counts.setdefault(direction, 0)
        elif not found.names and not section.is_cut:
            self._note(
                "A sharing list holds no names on the page itself; its text was kept.",
                where=f"heading {section.number}",
            )
        elif found.names and count is not None and count != len(found.names):
            self._note(
                f"The {direction} list states {count} and names {len(found.names)}.",
                where=f"heading {section.number}",
            )

    def _share(self, direction: str, name: str, heading_status: str) -> None:
        if name in self.seen[direction]:
            self.repeated[direction] += 1
            return
        self.seen[direction].add(name)
        status = status_of(name)
        if status == "active":
            status = heading_status
        self.page.shares.append(PortalShare(direction, name, len(self.page.shares) + 1, status))

    def _take_audits(self, section: Section) -> None:
        for link in section.links:
            if audits.is_data_address(link):
                if link.href in self.carried:
                    continue
                self.carried.add(link.href)
                self._audit_from(link.download or section.heading or "search audit", section, link)
            elif link.href.lower().startswith("blob:") or (link.download and not link.href):
                self._note("The page links an audit that is not saved with it.", where=f"heading {section.number}")
        kept: list[Line] = []
        for line in section.lines:
            if line.table and any(audits.is_audit_header(row) for row in line.table[:3]):
                name = self._name(section.heading or "search audit")
                self.page.audits.append(audits.table_of_cells(line.table, name, title=section.heading or None))
                self.recognised += 1
            elif line.table and (entries := tables.stated_entries(line, self.page.producer)) is not None:
                self.recognised += 1
                for entry in entries:
                    self._share(entry.direction or "", entry.organisation, entry.status)
            else:
                kept.append(line)
        section.lines = kept

    def _miss_audit(self, section: Section, *, held: bool) -> None:
        """Say that the page offers an audit and does not hold it: a link elsewhere, or a button of a script."""
        offered = any(link.href for link in section.links) or "download" in section.text.lower()
        told = any("audit" in problem.message for problem in self.page.problems)
        if offered and not held and not told:
            self._note(
                "The page offers a search audit that was not saved with it; nothing of it was read.",
                where=f"heading {section.number}",
            )

    def _audit_from(self, name: str, section: Section, link: Link) -> None:
        table = audits.read_data_address(link, self._name(name), title=section.heading or None)
        if isinstance(table, Embedded):
            self.page.embedded.append(table)
            self.recognised += 1
            return
        verdict = direction_of(section.heading, self.page.producer) if section.heading else Verdict()
        rows = table.rows if isinstance(table.rows, list) else []
        if rows and verdict.direction and not audits.is_audit_header(rows[0].cells):
            cells = [[cell or "" for cell in row.cells] for row in rows]
            section.lines.append(Line("", table=cells, header_cells=True))
            return
        self.page.audits.append(table)
        self.recognised += 1

    def _name(self, wanted: str) -> str:
        return self._numbered(f"audit {wanted}").removeprefix("audit ")

    def _numbered(self, wanted: str) -> str:
        """Tell equal names apart by a number, from the second on."""
        self.times[wanted] = self.times.get(wanted, 0) + 1
        return wanted if self.times[wanted] == 1 else f"{wanted} ({self.times[wanted]})"

    def _keep(self, section: Section, strip: tuple[str, ...] = ()) -> None:
        text = "\n".join(part for part in section.text.split("\n") if plain(part).lower() not in strip)
        is_layout = meaning_of(section.heading) == ("layout", "") if section.heading else True
        if text in _descriptions():
            text = ""
        if section.heading or text:
            if not text and (is_layout or strip or section.rank == 1):
                return
            self._other(section.heading or "(before the first heading)", text)

    def _other(self, heading: str, text: str) -> None:
        if self.page.other.get(heading) != text:
            self.page.other[self._numbered(heading)] = text

    def _too_large(self, message: str) -> None:
        self.page.problems.append(Problem("too-large", message))

    def _note(self, message: str, *, where: str = "") -> None:
        self.page.problems.append(Problem("note", message, where=where))


@lru_cache(maxsize=1)
def _descriptions() -> frozenset[str]:
    return frozenset(vocabulary().descriptions)


@lru_cache(maxsize=1)
def _listed() -> frozenset[tuple[str, ...]]:
    return frozenset(
        words_of(alias) for entry in vocabulary().columns.values() for alias in [*entry.aliases, *entry.bare]
    )


def _is_listed(heading: str) -> bool:
    return words_of(heading) in _listed()


def own_words(producer: str | None) -> frozenset[str]:
    """Give the words of the page's own name, to be left out of a heading."""
    if not producer:
        return frozenset()
    return frozenset(word for word in words_of(producer) if word not in {"data", "access", "search"}) | {
        "police",
        "department",
    }


def _reader(column: str) -> Callable[[str], int | None]:
    return numbers.days_of if column == "retention_days" else numbers.count_of


def _number(column: str, stated: list[str]) -> int | None:
    read = _reader(column)
    exact = [value for text in stated if (value := read(text)) is not None]
    if not exact and column == "retention_days" and (days := numbers.days_in_sentence(" ".join(stated))) is not None:
        return days
    return exact[0] if len(set(exact)) == 1 else None
