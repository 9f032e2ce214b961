"""Questions judge a number by what the chapter computed, and the folded part below agrees. Needs `make book` first."""
import json
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup

HTML = Path(__file__).resolve().parents[2] / "_build" / "html"
ASKING = {path.stem: [(json.loads(question["data-question"]), question.find_next("details").get_text())
                      for question in BeautifulSoup(path.read_text("utf-8"), "html.parser").select("live-question")]
          for path in sorted(HTML.glob("book/*.html")) if "<live-question" in path.read_text("utf-8")}


def numbers_in(text):
    """Return all numbers of a text, without signs; 488{,}150, 9,300, 10\\,000 and 2/5 are one number each."""
    joined = re.sub(r"(?<=\d)(?:\{,\}|\\,|,)(?=\d{3})", "", text)
    found = re.findall(r"(\d+(?:\.\d+)?)(?:/(\d+))?", joined)
    return {float(above) / float(below or 1) for above, below in found}


@pytest.mark.parametrize("page", ASKING)
def test_the_answers_that_a_chapter_computes_are_those_that_it_folds_away(page):
    for question, folded in ASKING[page]:
        for answer in question["answers"].values():
            decimals = len(answer.partition(".")[2])
            rounded = {round(number, decimals) if decimals else number for number in numbers_in(folded)}
            assert abs(float(answer)) in rounded, f"{answer} isn't in: {folded}"


@pytest.mark.parametrize("page", ASKING)
def test_no_remark_is_for_a_right_number(page):
    for question, _ in ASKING[page]:
        assert not set(question["answers"].values()) & set(question["wrong"])


@pytest.fixture
def ask(open_page):
    """Open a page and return its n-th question."""
    def open_question(page, n, theme="light"):
        found = open_page(f"book/{page}.html", theme=theme, until="domcontentloaded").locator("live-question").nth(n)
        found.get_by_role("button", name="Check").wait_for()
        return found

    yield open_question
    assert not open_page.complaints


def answer(question, **typed):
    for name, text in typed.items():
        question.get_by_label(name.replace("_", " "), exact=True).fill(text)
    question.get_by_label(next(iter(typed)).replace("_", " "), exact=True).press("Enter")
    return question.get_by_role("status").inner_text()


def test_right_numbers_are_right(ask):
    question = ask("02-embedding", 0)
    assert answer(question, row_1="111", row_4="33") == "✓ Right."
    assert question.locator("[aria-invalid=true]").count() == 0


def test_a_likely_mistake_is_named_beside_its_field(ask):
    question = ask("02-embedding", 0)
    assert answer(question, row_1="9", row_4="33") == "row 1: that is the last occurrence alone."
    assert question.get_by_label("row 1").get_attribute("aria-invalid") == "true"
    assert question.get_by_label("row 4").get_attribute("aria-invalid") == "false"


def test_any_other_number_isnt_it(ask):
    assert answer(ask("02-embedding", 0), row_1="7", row_4="33") == "row 1: not 7."


def test_what_is_no_number_is_called_so(ask):
    assert answer(ask("02-embedding", 0), row_1="many") == "row 1: that isn’t a number. row 4: no number yet."


@pytest.mark.parametrize(("typed", "number"), [
    ("9300", 9300), ("9,300", 9300), ("9 300", 9300), ("2,030,100", 2030100), ("0.5", 0.5), (".5", 0.5), ("0,5", 0.5),
    ("1/2", 0.5), ("-4/8", -0.5), ("−52", -52), ("", None), ("x", None), ("1.2.3", None), ("1/", None)])
def test_a_number_may_be_written_in_the_usual_ways(ask, typed, number):
    page = ask("02-embedding", 0).page
    assert page.evaluate("text => { const n = numberIn(text); return isNaN(n) ? null : n; }", typed) == number


@pytest.mark.parametrize(("typed", "answer", "right"), [
    (0.5108, "0.51", True), (0.51, "0.51", True), (0.52, "0.51", False), (0.5, "0.51", False),
    (598, "598", True), (598.4, "598", False)])
def test_a_fraction_is_right_if_it_rounds_to_the_answer_and_a_whole_number_as_it_is(ask, typed, answer, right):
    page = ask("02-embedding", 0).page
    assert page.evaluate("([typed, answer]) => equals(typed, answer)", [typed, answer]) is right


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("typed", ["111", "9"])
def test_axe_finds_no_violation_in_a_question_that_was_answered(ask, theme, typed):
    question = ask("02-embedding", 0)
    question.page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    answer(question, row_1=typed, row_4="33")
    found = Axe().run(question.page, context="live-question", options={"resultTypes": ["violations"], "preload": False})
    assert found.violations_count == 0, found.generate_report()


def test_a_question_works_in_a_page_opened_from_disk(browser):
    context = browser.new_context()
    tab = context.new_page()
    tab.goto((HTML / "book" / "03-rnn.html").as_uri())
    question = tab.locator("live-question").first
    assert answer(question, step_0="9", step_1="52", step_2="197") == "✓ Right."
    context.close()


def test_paper_has_no_fields_but_what_cells_print(open_page):
    tab = open_page("book/03-rnn.html", until="networkidle")
    folded = tab.locator("details.below-input pre").first
    assert not folded.is_visible()
    tab.emulate_media(media="print")
    assert tab.locator("live-question:visible").count() == 0
    assert folded.evaluate("pre => pre.getBoundingClientRect().height") > 10


def test_what_a_reader_should_predict_is_folded_behind_a_bar_that_asks_for_it(open_page):
    tab = open_page("book/03-rnn.html")
    bar = tab.locator("details.below-input summary").first
    assert bar.inner_text().strip() == "What does it print? Predict, then look"
    bar.click()
    assert tab.locator("details.below-input pre").first.is_visible()
    assert bar.inner_text().strip() == "It prints"
