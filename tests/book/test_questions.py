"""Questions judge a number by what the chapter computed, and the folded part below agrees. Needs `make book` first."""

import json
import math
import re

import pytest
from bs4 import BeautifulSoup
from pages import HTML, assert_no_violation_in_either_theme

from rnnlm_figures.question import Question

ASKING = {
    path.stem: [
        (json.loads(question["data-question"]), question.find_next("details").get_text())
        for question in BeautifulSoup(path.read_text("utf-8"), "html.parser").select("live-question")
    ]
    for path in sorted(HTML.glob("book/*.html"))
    if "<live-question" in path.read_text("utf-8")
}


def numbers_in(text):
    """Return all numbers of a text, without signs; 488{,}150, 9,300, 10\\,000 and 2/5 are one number each."""
    joined = re.sub(r"(?<=\d)(?:\{,\}|\\,|,)(?=\d{3})", "", text)
    found = re.findall(r"(\d+(?:\.\d+)?)(?:/(\d+))?", joined)
    return {float(above) / float(below or 1) for above, below in found}


@pytest.mark.parametrize("page", ASKING)
def test_the_answers_that_a_chapter_computes_are_those_that_it_folds_away_and_no_remark_is_for_one_of_them(page):
    for question, folded in ASKING[page]:
        for answer, wrong in (field.values() for field in question.values()):
            assert answer not in wrong
            decimals = len(answer.partition(".")[2])
            rounded = {round(number, decimals) if decimals else number for number in numbers_in(folded)}
            assert abs(float(answer)) in rounded, f"{answer} isn't in: {folded}"


def test_a_remark_on_a_field_that_a_question_does_not_have_is_refused():
    with pytest.raises(ValueError, match="remarks on"):
        Question({"row 2": 11, "row 6": 100}, {10: "that is the last occurrence alone."})


@pytest.fixture
def ask(open_page):
    """Open a page and return its n-th question."""

    def open_question(page, n):
        found = open_page(f"book/{page}.html", until="domcontentloaded").locator("live-question").nth(n)
        found.get_by_role("button", name="Check").wait_for()
        return found

    yield open_question
    assert not open_page.complaints


def answer(question, **typed):
    for name, text in typed.items():
        question.get_by_label(name.replace("_", " "), exact=True).fill(text)
    question.get_by_label(next(iter(typed)).replace("_", " "), exact=True).press("Enter")
    return question.get_by_role("status").inner_text()


@pytest.mark.parametrize(
    ("row_2", "says"),
    [
        ("11", "✓ Right."),
        ("10", "row 2: that is the last occurrence alone."),
        ("100", "row 2: 100 is too large."),  # and what is said of row 6 isn't said of row 2
        ("7", "row 2: 7 is too small."),
        ("-11", "row 2: the size is right. Which sign has it?"),
        ("1100", "row 2: that is 100 times too large."),
        ("many", "row 2: that isn’t a number."),
        ("", "row 2: no number yet."),
    ],
)
def test_an_answer_is_judged_and_a_likely_mistake_named_beside_its_field(ask, row_2, says):
    question = ask("02-embedding", 0)
    assert answer(question, row_2=row_2, row_6="100") == says
    assert question.get_by_label("row 2").get_attribute("aria-invalid") == str(row_2 != "11").lower()
    assert question.get_by_label("row 6").get_attribute("aria-invalid") == "false"


@pytest.mark.parametrize(
    ("page", "field", "typed", "says"),
    [
        ("look-inside", "probability", "72.7 %", "✓ Right."),
        ("look-inside", "probability", "73", "that is 100 times too large."),
        ("00-whole-loop", "per cent", "20 %", "✓ Right."),
    ],
)
def test_a_sign_for_per_cent_says_how_a_number_is_meant(ask, page, field, typed, says):
    question = ask(page, 0)
    assert answer(question, **{field.replace(" ", "_"): typed}) == says


def test_a_number_may_be_written_in_the_usual_ways_and_rounds_to_the_answer_where_that_is_a_fraction(ask):
    page = ask("02-embedding", 0).page
    written = {
        "9300": 9300,
        "9,300": 9300,
        "9 300": 9300,
        "2,030,100": 2030100,
        ".5": 0.5,
        "0,5": 0.5,
        "1/2": 0.5,
        "-4/8": -0.5,
        "−52": -52,
        "4.88e-4": 0.000488,
        "0.5^11": 0.5**11,
        "1/2**11": 0.5**11,
        "(1/2)^11": 0.5**11,
        "2^−3": 0.125,
        "log(7)": math.log(7),
        "-ln 5/3": -math.log(5 / 3),
        "log": None,
        "": None,
        "x": None,
        "1.2.3": None,
        "1/": None,
    }
    assert page.evaluate("all => all.map(text => numberIn(text)).map(n => isNaN(n) ? null : n)", [*written]) == [
        *written.values()
    ]
    judged = {
        (0.5108, "0.51"): True,
        (0.52, "0.51"): False,
        (0.5, "0.51"): False,
        (598, "598"): True,
        (598.4, "598"): False,
    }
    assert page.evaluate("all => all.map(([typed, answer]) => equals(typed, answer))", [*map(list, judged)]) == [
        *judged.values()
    ]


@pytest.mark.parametrize("typed", ["11", "10"])
def test_axe_finds_no_violation_in_a_question_that_was_answered(ask, typed):
    question = ask("02-embedding", 0)
    answer(question, row_2=typed, row_6="100")
    assert_no_violation_in_either_theme(question.page, "live-question")


def test_what_a_reader_should_predict_is_folded_but_on_paper_which_has_no_fields(open_page):
    tab = open_page("book/03-rnn.html", until="networkidle")
    folded = tab.locator("details.below-input pre").first
    assert not folded.is_visible()
    tab.emulate_media(media="print")
    assert tab.locator("live-question:visible").count() == 0
    assert folded.evaluate("pre => pre.getBoundingClientRect().height") > 10
    tab.emulate_media(media="screen")
    tab.locator("details.below-input summary").first.click()
    assert folded.is_visible()
