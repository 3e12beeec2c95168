"""Repairs: one example per oddity, and what no repair may ever do."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.intake.formats import match_format
from custodiet.intake.layout import Layout, propose_repairs
from custodiet.intake.layout.repair import has_misfit
from tests.intake.test_layout_header import ID, MODERN, NAMES, record

LAYOUT = Layout.from_labels(MODERN, match_format(MODERN))
WIDTH = len(MODERN)


def at(cells, name):
    return cells[NAMES.index(name)]


def without(cells, name):
    place = NAMES.index(name)
    return (*cells[:place], *cells[place + 1 :])


def inserted(cells, name, *extra):
    place = NAMES.index(name)
    return (*cells[:place], *extra, *cells[place:])


def repaired(rows, layout=LAYOUT, **options):
    """Give the rows after all proposed repairs, and the proposal."""
    proposal = propose_repairs(layout, rows, **options)
    moves = {row: repair for repair in proposal.repairs for row in repair.source_rows}
    return {row: moves[row].apply(cells) if row in moves else cells for row, cells in rows}, proposal


def codes(proposal):
    return [problem.code for problem in proposal.problems]


def test_rows_that_fit_are_not_looked_at():
    rows = [
        (2, record()),
        (3, record(networks="——", devices="0")),  # quirk 83
        (4, tuple("***" for _ in MODERN)),  # quirk 79
        (5, record()[:12]),  # quirk 29: trailing commas dropped
        (6, (*record(), "", None)),  # quirk 29: only empty extras
        (7, record(searched_at="12/31/2025 3:04 PM", time_frame="", reason="", case_number="allow")),
        (8, record(reason=ID.format(9))),  # quirk 123
        (9, record(reason="Other - Not Applicable", org="265")),  # quirks 100 and 119
    ]
    proposal = propose_repairs(LAYOUT, rows, n_rows=8)
    assert proposal.repairs == ()
    assert proposal.problems == ()
    assert proposal.overflow_rows == proposal.shifted_rows == ()


def test_left_shift_because_the_row_lacks_a_listed_column():  # quirk 21
    whole = record(case_number="", filters="white, suv", moderation="")
    rows = [(2, without(whole, "case_number")), (3, whole), (4, without(whole, "case_number"))]
    after, proposal = repaired(rows)
    assert after[2] == after[4]
    assert at(after[2], "searched_at") == at(whole, "searched_at")
    assert at(after[2], "filters") == "white, suv"
    assert at(after[2], "case_number") is None
    assert at(after[2], "reason") == "stolen vehicle"
    assert [repair.source_rows for repair in proposal.repairs] == [(2, 4)]
    assert codes(proposal) == ["column-shift"]
    assert "stolen" not in proposal.repairs[0].evidence
    assert "Search Time: search-word → time" in proposal.repairs[0].evidence


def test_left_shift_that_could_have_two_causes_is_left_alone():  # quirk 21
    row = without(record(case_number="25-1", reason="25-2", filters="a9"), "filters")
    row = tuple("77A" if cell == "***" else cell for cell in row)
    _, proposal = repaired([(2, row)])
    assert proposal.repairs == ()
    assert proposal.shifted_rows == (2,)
    assert codes(proposal) == ["column-shift"]


def test_rows_with_several_ways_follow_the_rows_with_one():  # quirk 21
    clear = without(record(case_number="", filters="white, suv"), "case_number")
    doubtful = without(record(reason="459", case_number="", filters="suv2"), "case_number")
    assert propose_repairs(LAYOUT, [(5, doubtful)]).repairs == ()
    after, proposal = repaired([(2, clear), (5, doubtful)])
    assert [repair.source_rows for repair in proposal.repairs] == [(2, 5)]
    assert (at(after[5], "reason"), at(after[5], "filters")) == ("459", "suv2")


def test_label_without_a_column_over_the_whole_table():  # quirk 17
    rows = [(n, without(record(n % 90, reason="stolen car" if n % 3 else "459"), "plate")) for n in range(2, 60)]
    after, proposal = repaired(rows, n_rows=58)
    assert codes(proposal) == ["phantom-header"]
    assert at(after[2], "plate") is None
    assert at(after[3], "reason") == "459"
    assert len(proposal.repairs[0].source_rows) == 58


def test_one_count_where_the_header_lists_two_is_left_alone():  # quirk 17
    rows = [(n, without(record(n), "devices")) for n in range(2, 60)]
    proposal = propose_repairs(LAYOUT, rows, n_rows=58)
    assert (proposal.repairs, len(proposal.shifted_rows)) == ((), 58)


def test_right_shift_from_filters_on():  # quirk 22
    rows = [
        (
            n,
            inserted(record(n % 90, case_number="" if n % 7 else "25-1", filters="white, suv"), "filters", ""),
        )
        for n in range(2, 30)
    ]
    after, proposal = repaired(rows)
    assert [len(repair.source_rows) for repair in proposal.repairs] == [28]
    assert after[2] == record(2, case_number="", filters="white, suv")
    assert after[7] == record(7, case_number="25-1", filters="white, suv")


def test_right_shift_that_could_be_a_split_reason_is_left_alone():  # quirks 22 and 25
    row = inserted(record(filters="white, suv"), "filters", "")
    _, proposal = repaired([(2, row)])
    assert (proposal.repairs, proposal.shifted_rows) == ((), (2,))


def test_verdict_under_the_time_and_no_time():  # quirk 23
    row = record(searched_at="allow")
    after, proposal = repaired([(9, row)])
    assert at(after[9], "searched_at") is None
    assert at(after[9], "moderation") == "allow"
    assert at(after[9], "search_type") == "search"
    assert "no time was given" in proposal.problems[0].message


def test_stray_verdict_beyond_the_last_column():  # quirk 24
    after, proposal = repaired([(391, (*record(), "allow")), (392, (*record(2), "allow"))])
    assert after[391] == record(moderation="allow")
    assert proposal.repairs[0].source_rows == (391, 392)


def test_second_verdict_beyond_the_last_column_stays_there():
    after, proposal = repaired([(3, (*record(moderation="warn"), "allow"))])
    assert after[3] == (*record(moderation="warn"), "allow")
    assert (proposal.repairs, codes(proposal)) == ((), ["ragged"])


def test_unquoted_comma_in_the_reason():  # quirk 25
    row = record()
    place = NAMES.index("reason")
    split = (*row[:place], "stolen vehicle", " fled north", " two doors", *row[place + 1 :])
    after, _ = repaired([(8, split)])
    assert after[8] == record(reason="stolen vehicle, fled north, two doors")


def test_unquoted_comma_in_an_organisation():  # quirks 25 and 145
    row = record()
    split = (*row[:2], "University of Example", " Sampletown", *row[3:])
    after, _ = repaired([(8, split)])
    assert at(after[8], "org") == "University of Example, Sampletown"


def test_unquoted_comma_that_could_be_in_two_columns_is_left_alone():  # quirk 25
    row = record()
    place = NAMES.index("reason")
    split = (*row[:place], "theft", "25-1", "25-2", "", *row[place + 3 :])
    after, proposal = repaired([(8, split)])
    assert after[8] == split
    assert proposal.shifted_rows == (8,)


def test_unquoted_comma_in_the_times():  # quirks 25 and 66
    row = record()
    for name in ("searched_at", "time_frame"):
        place = NAMES.index(name)
        split = (*row[:place], *at(row, name).split(","), *row[place + 1 :])
        after, _ = repaired([(8, split)])
        assert after[8] == row


def test_overflow_that_fits_is_kept_and_counted():  # quirk 29
    proposal = propose_repairs(LAYOUT, [(4, (*record(moderation="allow"), "remark"))])
    assert proposal.overflow_rows == (4,)
    assert codes(proposal) == ["ragged"]


def test_another_order_pasted_below():  # quirk 20
    old = NAMES[1:12]
    rows = [(n, record(n)) for n in range(2, 40)]
    rows += [(n, tuple(at(record(n % 90), name) for name in old)) for n in range(40, 80)]
    after, proposal = repaired(rows)
    assert [repair.source_rows for repair in proposal.repairs] == [tuple(range(40, 80))]
    assert after[40] == (None, *record(40)[1:12], None, None)


def test_pasted_rows_with_the_organisation_twice_and_without_moderation():  # quirk 20
    names = [name for name in NAMES if name != "moderation"]
    names.insert(1, "org")
    rows = [(n, tuple(at(record(n % 90), name) for name in names)) for n in range(92, 160)]
    rows += [(n, record(n)) for n in range(2, 20)]
    after, proposal = repaired(rows)
    assert [len(repair.source_rows) for repair in proposal.repairs] == [68]
    assert [cell or None for cell in after[95][:14]] == [cell or None for cell in record(5)]
    assert after[95][14:] == ("Exampleville XX PD",)


def test_header_totals_and_error_line_among_rows():  # quirks 19, 30 and 50
    rows = [
        (16485, MODERN),
        (16486, ("Total", "", "", "12", *[""] * 10)),
        (16487, ("# ERROR: download incomplete",)),
        (16488, (None,) * 14),
    ]
    proposal = propose_repairs(LAYOUT, rows)
    assert proposal.layout_rows == {
        16485: "repeated header",
        16486: "totals row",
        16487: "error line",
        16488: "blank row",
    }
    assert codes(proposal) == ["repeated-header", "truncated"]


def test_unreadable_time_is_no_shift():
    proposal = propose_repairs(LAYOUT, [(2, record(searched_at="last Tuesday", search_type=""))])
    assert (proposal.repairs, proposal.shifted_rows, proposal.problems) == ((), (), ())


def test_thousands_of_columns_and_huge_cells_end_soon():
    proposal = propose_repairs(LAYOUT, [(2, ("x" * 1_000_000,) * 40), (3, tuple(map(str, range(10_000))))])
    assert proposal.repairs == ()


# Properties ---------------------------------------------------------------------------------------

free = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "***", "REDACTED", "theft", "25-1", "white, suv", "no case", "B. Bar", "7XYZ", ID.format(3)]),
)


@st.composite
def good_rows(draw):
    changes = {name: draw(free) for name in ("user", "plate", "reason", "case_number", "filters", "text_prompt")}
    changes["moderation"] = draw(st.sampled_from(["", "allow", "block", "###"]))
    changes["searched_at"] = draw(st.sampled_from(["1/2/2025, 3:04:05 PM", "***", "2025-01-02T03:04:05Z"]))
    changes["networks"] = draw(st.sampled_from(["4", "5109.0", "——", "", "1,204"]))
    return record(draw(st.integers(0, 99)), **changes)


damage = st.sampled_from(["drop", "blank", "verdict", "stray", "comma", "shuffle", "none"])


@st.composite
def bad_rows(draw):
    row, kind = draw(good_rows()), draw(damage)
    place = draw(st.integers(0, WIDTH - 1))
    if kind == "drop":
        return (*row[:place], *row[place + 1 :])
    if kind == "blank":
        return (*row[:place], "", *row[place:])
    if kind == "verdict":
        return (*row[:10], "allow", *row[11:])
    if kind == "stray":
        return (*row, draw(st.sampled_from(["allow", "x", "12", ID.format(1)])))
    if kind == "comma":
        return (*row[:place], "a", " b", *row[place + 1 :])
    if kind == "shuffle":
        shuffled = list(row)
        random.Random(place).shuffle(shuffled)
        return tuple(shuffled)
    return row


def filled(cells):
    return Counter(part for cell in cells for part in (cell or "").split(",") if part.strip())


def resolve(rows):
    return repaired(list(enumerate(rows, 2)))


@settings(max_examples=60, deadline=None)
@given(st.lists(good_rows(), max_size=8))
def test_a_well_formed_table_is_never_changed(rows):
    after, proposal = resolve(rows)
    assert list(after.values()) == rows
    assert proposal.repairs == ()
    assert proposal.shifted_rows == proposal.overflow_rows == ()


@settings(max_examples=80, deadline=None)
@given(st.lists(bad_rows(), max_size=6))
def test_repairs_keep_every_filled_cell(rows):
    after, _ = resolve(rows)
    for before, cells in zip(rows, after.values(), strict=True):
        assert filled(before) == filled(cells)


@settings(max_examples=80, deadline=None)
@given(st.lists(bad_rows(), max_size=6))
def test_repairs_are_idempotent(rows):
    after, first = resolve(rows)
    changed = {row for repair in first.repairs for row in repair.source_rows}
    again = propose_repairs(LAYOUT, [(row, after[row]) for row in sorted(changed)])
    assert again.repairs == ()
    assert again.shifted_rows == ()
    for row in changed:
        assert not has_misfit(LAYOUT, after[row][:WIDTH])


@settings(max_examples=60, deadline=None)
@given(st.lists(bad_rows(), max_size=8), st.randoms(use_true_random=False))
def test_order_of_rows_and_rows_that_fit_do_not_matter(rows, chance):
    numbered = list(enumerate(rows, 2))
    misfits = [(row, cells) for row, cells in numbered if has_misfit(LAYOUT, cells)]
    shuffled = [*misfits]
    chance.shuffle(shuffled)
    expected = propose_repairs(LAYOUT, numbered)
    for other in (misfits, shuffled, iter(shuffled)):
        found = propose_repairs(LAYOUT, other)
        assert (found.repairs, found.overflow_rows, found.shifted_rows) == (
            expected.repairs,
            expected.overflow_rows,
            expected.shifted_rows,
        )


@settings(max_examples=60, deadline=None)
@given(st.lists(bad_rows(), min_size=1, max_size=6))
def test_a_row_repaired_alone_is_repaired_the_same_in_company(rows):
    after, together = resolve(rows)
    fixed = {row for repair in together.repairs for row in repair.source_rows}
    for row, cells in enumerate(rows, 2):
        alone, proposal = repaired([(row, cells)])
        if proposal.repairs:
            assert row in fixed
            assert alone[row] == after[row]


@given(st.lists(st.lists(st.one_of(st.none(), st.text(max_size=8)), max_size=20).map(tuple), max_size=5))
def test_any_cells_at_all_are_accepted(rows):
    proposal = propose_repairs(LAYOUT, list(enumerate(rows, 1)))
    for problem in proposal.problems:
        assert problem.message


@pytest.mark.parametrize("secret", ["ZZ9PLATE", "J. Doe", "domestic dispute"])
def test_problems_and_evidence_never_hold_contents(secret):
    rows = [
        (2, without(record(plate=secret, reason=secret, user=secret), "searched_at")),
        (3, (*record(user=secret), secret)),
        (4, (secret, *record()[::-1])),
    ]
    proposal = propose_repairs(LAYOUT, rows)
    told = [p.message + p.where for p in proposal.problems]
    told += [r.description + r.evidence for r in proposal.repairs]
    assert told
    assert not any(secret in text for text in told)


# Truth: damage rows whose right form is known -------------------------------------------------------

REASONS = [
    "stolen vehicle",
    "459",
    "inv",
    "Robbery suspect fled",
    "25-77",
    "theft, 2 susp",
    "",
    "n/a",
    "hit & run",
]
CASES = ["", "", "25-000123", "25SM013446", "n/a", "none", "7", "no case"]
FILTERS = ["", "", "white, suv", "pickup", "suvblack", "***"]


def realistic(number, chance, masked):
    return record(
        number % 90,
        user="***" if masked else chance.choice(["B. Bar", "J.", "Smith, J", "a. Aaa"]),
        plate="***" if masked else chance.choice(["7XYZ123", "Z*0028*", "AB12"]),
        reason=chance.choice(REASONS),
        case_number=chance.choice(CASES),
        filters=chance.choice(FILTERS),
        text_prompt=chance.choice(["", "", "", "red truck with ladder"]),
        search_type=chance.choice(["search", "lookup", "convoy", "search - Mobile"]),
    )


def damaged(kind, row, place):
    """Give a damaged row and what it should become; None where this damage cannot happen to it."""
    before, after = row[:place], row[place + 1 :]
    if kind == "drop":
        return (*before, *after), (*before, "", *after)
    if kind == "blank":
        return (*before, "", *row[place:]), row
    if "," not in row[place]:
        return None
    return (*before, *row[place].split(","), *after), row


def trimmed(cells):
    texts = [cell or "" for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return texts


@pytest.mark.parametrize("kind", ["drop", "blank", "comma"])
@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize("place", range(WIDTH))
def test_a_repaired_row_is_the_undamaged_row(kind, masked, place):
    chance = random.Random(place)
    pairs = {n: damaged(kind, realistic(n, chance, masked), place) for n in range(2, 62)}
    rows = [(n, pair[0]) for n, pair in pairs.items() if pair]
    together, proposal = repaired(rows)
    for repair in proposal.repairs:
        for row in repair.source_rows:
            assert trimmed(together[row]) == trimmed(pairs[row][1]), repair.description
    for row, cells in rows[:20]:
        alone, single = repaired([(row, cells)])
        if single.repairs:
            assert trimmed(alone[row]) == trimmed(pairs[row][1])


def test_most_damage_with_proof_is_repaired():
    counts = {}
    for kind, name in [
        ("blank", "filters"),
        ("drop", "case_number"),
        ("comma", "searched_at"),
        ("drop", "plate"),
    ]:
        chance = random.Random(7)
        pairs = [damaged(kind, realistic(n, chance, True), NAMES.index(name)) for n in range(2, 62)]
        proposal = propose_repairs(LAYOUT, list(enumerate((pair[0] for pair in pairs if pair), 2)))
        counts[kind, name] = sum(len(repair.source_rows) for repair in proposal.repairs)
    assert counts == {
        ("blank", "filters"): 60,
        ("drop", "case_number"): 60,
        ("comma", "searched_at"): 60,
        ("drop", "plate"): 60,
    }
