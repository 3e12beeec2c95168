"""Purposes of invented texts: the lexicon's own examples, hard negatives, spellings, shapes."""

from __future__ import annotations

import pickle

import pytest

from custodiet.model.errors import PackError
from custodiet.resolve.purposes import classify_many, classify_texts
from custodiet.resolve.purposes.codes import case_number_spans
from custodiet.resolve.purposes.lexicon import EntryData, bounded, lexicon_words, load_lexicon
from custodiet.resolve.purposes.matcher import Matcher
from custodiet.resolve.purposes.measure import is_sensitive
from custodiet.resolve.purposes.parallel import receive_result, send_results

LEXICON = load_lexicon()


def labels(text: str) -> list[str]:
    return list(classify_texts([text])[0].labels)


def test_every_label_of_the_lexicon_is_in_the_taxonomy_and_used() -> None:
    used = {label for entry in LEXICON.entries for label in entry.labels}
    decided_by_shape = {label for label in LEXICON.taxonomy.labels if label.startswith("insufficient.")}
    assert used <= set(LEXICON.taxonomy.labels)
    assert set(LEXICON.taxonomy.labels) - used - decided_by_shape == {"unknown"}


def test_ids_are_unique_and_every_file_names_its_sources() -> None:
    ids = [entry.id for entry in LEXICON.entries]
    assert len(ids) == len(set(ids))
    assert LEXICON.statutes.sources
    assert LEXICON.words.sources


@pytest.mark.parametrize(("file", "text", "expected"), LEXICON.examples, ids=lambda value: str(value)[:40])
def test_example_of_the_lexicon(file: str, text: str, expected: tuple[str, ...]) -> None:
    assert labels(text) == sorted(expected), file


HARD_NEGATIVES = """
ice cream truck theft|Ice House Rd 459|black ice crash|ice machine stolen
icehouse beer theft|slid on ice TC|ice rink fight
notice to appear|office burglary|police report|justice center 594|service station robbery|price tag fraud|twice stolen
DHS human services child neglect|customs shop burglary|West Coast Customs theft
removal of catalytic converter|graffiti removal
overstayed parking|visa gift card fraud|visa debit fraud|immigration st 211|alien workshop theft|border st 459
press charges battery|wants to press charges|printing press stolen|french press theft
express lane TC|reporting party 415
reporter states 211|cypress ave 459|social media threats|newspaper box theft|Newport News homicide
Temple TX robbery|Temple City 459|Temple family violence|Temple student robbed
church burglary|mosque arson|synagogue vandalism
Christian Cruz 211|Christian Dior theft|St Marys church lot 459|Church St shooting
churches chicken robbery|jewelry theft
rally car stolen|Rally's 211|street rally racing|march 3 burglary|March Ln 459|burglary in march|March AFB dui
demonstrated reckless driving|picket fence 594|no. kings rd 594|Kings Hwy crash|vigilant hit 10851|strike force 187
trans am stolen|transmission theft|transient trespass|transit theft
drag racing|dragged victim robbery|transport stolen
aborted pursuit|aborted 211|planned op robbery|party fight|third party theft|stop sign stolen|street sign vandalized
Trump Tower burglary|Harris Teeter shoplift|Union City 459|Patriot Ford stolen|sovereign bank robbery|Liberty St 211
black Malibu theft|white coupe 211|suspect blk silverado 459|Deandre White robbery
Black Mountain Rd crash|Blackman Rd 459
Chinese restaurant robbery|Mexican food burglary|Roma's Pizza 211|Indian Hills Rd 459
indian motorcycle stolen|asian market robbery
custody arrest 273.5|custody of suspect 211|in custody burglary|escape from custody|bailed out pursuit|bailout 10851
reported stolen|resident reported theft|residential burglary|employee theft|unemployment fraud|background noise 415
civic stolen|civil unrest|personal robbery|personal injury crash|my case 211|ex boyfriend stalking|parking lot robbery
parking garage 459|code 3 pursuit|penal code 211|traffic light hit and run
school zone speeding|security guard assaulted
federal blvd 211|Federal Way burglary|Federal Heights 459|fedex theft
Marshalls shoplift|fire marshal arson|marshall 417
hero gas robbery|fake ICE agent|FBI impersonator|usps mail theft|atf leak crash|dea number fraud|Alabama St 211
""".replace("\n", "|").split("|")  # quirk 128, and our own


@pytest.mark.parametrize("text", [text for text in HARD_NEGATIVES if text])
def test_hard_negative_has_no_sensitive_label(text: str) -> None:
    assert not [label for label in labels(text) if is_sensitive(label)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ICE", ["assist.federal", "immigration.agency"]),
        ("ice 26-01234", ["assist.federal", "immigration.agency"]),
        ("asst ICE", ["assist.federal", "immigration.agency"]),
        ("DHS", ["assist.federal", "immigration.agency"]),
        ("ICE detainer", ["assist.federal", "immigration.agency", "immigration.civil"]),
        ("deportation order", ["immigration.civil"]),
        ("imigration status check", ["immigration.civil"]),
        ("anti-ICE protest", ["protected.assembly"]),
        ("No Kings march", ["protected.assembly"]),
        ("mosque attendees", ["protected.religion"]),
        ("news reporter", ["protected.press"]),
        ("abortion clinic", ["protected.reproductive"]),
        ("gender affirming care", ["protected.gender-care"]),
        ("sovereign citizen", ["protected.political"]),
        ("hispanic male 211", ["offense.robbery", "protected.ethnicity"]),
        ("roma burglary", ["offense.burglary", "protected.ethnicity"]),
        ("custody exchange", ["civil.custody"]),
        ("applicant background check", ["civil.employment"]),
        ("student residency", ["civil.residency"]),
        ("serving subpoena", ["civil.matter"]),
        ("traffic study", ["civil.planning"]),
        ("parking enforcement", ["civil.code"]),
        ("skip trace", ["civil.private"]),
        ("my wife's car", ["civil.personal"]),
        ("US Marshals fugitive task force", ["assist.federal", "person.wanted"]),
        ("FBI assist", ["assist.federal"]),
    ],
)
def test_sensitive_purpose_is_found(text: str, expected: list[str]) -> None:
    found = labels(text)
    assert [label for label in expected if is_sensitive(label)] == [label for label in found if is_sensitive(label)]


@pytest.mark.parametrize(
    ("text", "label"),
    [  # drop-down values of 2026 (quirks 119, 120) and of the offence column (quirk 135)
        ("Wanted Person (Arrest Warrant/Fugitive) - Criminal Justice Purpose", "person.wanted"),
        ("Other - Not Applicable", "insufficient.placeholder"),
        ("Immigration (civil/administrative)", "immigration.civil"),
        ("Immigration (criminal)", "immigration.criminal"),
        ("Motor Vehicle Theft/Stolen", "offense.vehicle-theft"),
        ("Larceny/Theft Offenses", "offense.theft"),
        ("Drugs/Narcotics", "offense.drugs"),
        ("Destruction/Damage/Vandalism of Property", "offense.vandalism"),
        ("Daytime search for best result", "insufficient.placeholder"),  # quirk 122
    ],
)
def test_drop_down_value(text: str, label: str) -> None:
    assert labels(text) == [label]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("burglray suspect", "offense.burglary"),
        ("homocide", "offense.homicide"),
        ("shoplfting", "offense.theft"),
        ("warrent", "person.wanted"),
        ("robery", "offense.robbery"),
        ("bol_o burglar_y", "offense.burglary"),
        ("_stolen _vehicle", "offense.vehicle-theft"),
    ],
)
def test_misspelling_is_mended(text: str, label: str) -> None:
    assert label in labels(text)


@pytest.mark.parametrize("text", ["Warren", "mission", "throats", "lottery", "persona", "reason", "better", "Carole"])
def test_common_word_is_not_taken_for_a_misspelling(text: str) -> None:
    assert labels(text)[0] in {"unknown", "insufficient.name", "insufficient.generic", "insufficient.placeholder"}


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("", "insufficient.blank"),
        (" \t\u200b\u202e ", "insufficient.blank"),
        ("***", "insufficient.redacted"),  # quirks 102-105
        (" REDACTED ", "insufficient.redacted"),
        ("* * *", "insufficient.redacted"),
        ("██", "insufficient.redacted"),
        ("Gov. Code § 7923.600(a)", "insufficient.redacted"),
        (".", "insufficient.placeholder"),  # quirk 116
        ("--", "insufficient.placeholder"),
        ("q", "insufficient.placeholder"),
        ("asdfgh", "insufficient.placeholder"),
        ("aaaaa", "insufficient.placeholder"),
        ("26-01234", "insufficient.case-number"),  # quirks 124-126
        ("2026-00123", "insufficient.case-number"),
        ("25SM013446A", "insufficient.case-number"),
        ("SH25000089394", "insufficient.case-number"),
        ("sc25-31", "insufficient.case-number"),
        ("26-459", "insufficient.case-number"),
        ("7d1f0a52-93c5-4d0e-8b1a-0123456789ab", "insufficient.case-number"),  # quirk 123
        ("case # 12345", "insufficient.case-number"),
        ("9ZZZ999", "insufficient.case-number"),  # a bare plate is an identifier, no purpose
        ("Elm St/Oak Ave", "insufficient.name"),
        ("inv 26-01234", "insufficient.case-number"),
        ("investigation", "insufficient.generic"),
        ("sus veh", "insufficient.generic"),
        ("susp vehcile", "insufficient.generic"),
        ("Quimby inv", "insufficient.name"),
        ("10-8", "unknown"),
        ("503", "unknown"),
        ("925", "unknown"),
    ],
)
def test_text_without_a_purpose(text: str, label: str) -> None:
    assert labels(text) == [label]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("REDACTED / 459 SUS", ["offense.burglary"]),  # quirk 106: the part that shows counts
        ("missing person 25-131476", ["person.missing"]),
        ("664/187 PC", ["offense.homicide"]),
        ("261(a)(2)PC; 220PC", ["offense.sex"]),
        ("487(d) PC", ["offense.theft", "offense.vehicle-theft"]),
        ("459.5", ["offense.theft"]),
        ("503 PC", ["offense.fraud"]),
        ("503 VC", ["offense.vehicle-theft"]),
        ("273.6", ["person.protective-order"]),
        ("812.13 F.S.", ["offense.robbery"]),
        ("TPC 31.07", ["offense.vehicle-theft"]),
        ("ORC 2903.02", ["offense.homicide"]),
        ("RCW 9A.52.025", ["offense.burglary"]),
        ("720 ILCS 5/18-1", ["offense.robbery"]),
        ("MCL 750.529", ["offense.robbery"]),
        ("NRS 205.060", ["offense.burglary"]),
        ("unit 211 requested", ["insufficient.generic"]),
        ("215 lbs", ["unknown"]),
        ("459 Elm Street 211", ["offense.robbery"]),
    ],
)
def test_section_of_law(text: str, expected: list[str]) -> None:
    assert labels(text) == expected


def test_case_numbers_are_masked_and_sections_are_not() -> None:
    text = "26-69911 211 pc245"
    assert [text[start:end] for start, end in case_number_spans(text)] == ["26-69911"]


def test_prompt_is_never_a_name() -> None:
    assert classify_texts(["Quimby inv"], field="prompt")[0].labels == ("unknown",)


def test_unknown_and_insufficient_never_stand_beside_a_purpose() -> None:
    for result in classify_texts([text for _, text, _ in LEXICON.examples] + HARD_NEGATIVES):
        empty = [label for label in result.labels if label == "unknown" or label.startswith("insufficient.")]
        assert not empty or len(result.labels) == 1


def test_term_that_is_no_pattern_is_refused_with_its_entry() -> None:
    entry = LEXICON.entries[0]
    broken = type(entry)("bad/one", ("unknown",), 0.5, bounded(("a(b",)), False, True, "bad")
    with pytest.raises(PackError, match="bad/one"):
        Matcher((broken,))


def test_entry_needs_terms() -> None:
    with pytest.raises(ValueError, match="terms"):
        EntryData(id="empty", labels=("unknown",), terms=())


def test_words_of_the_lexicon_can_be_listed() -> None:
    assert {"burglary", "warrant", "investigation"} <= lexicon_words()
    assert "x7f" not in lexicon_words()


def test_what_goes_between_processes_comes_back_the_same() -> None:
    texts = ["stolen", "", "burglray", "26-1234", "x" * 5000]
    sent = pickle.loads(pickle.dumps(send_results(texts, "reason")))
    assert [receive_result(*pair) for pair in zip(texts, sent, strict=True)] == classify_texts(texts)


@pytest.mark.slow
def test_one_process_and_many_give_the_same() -> None:
    texts = [f"{word} {number}" for number in range(34_000) for word in ("stolen veh", "quimby", "inv 26-")]
    assert classify_many(texts) == classify_texts(texts)
