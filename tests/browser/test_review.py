"""What was misunderstood comes back in a page, to a reader who has nothing but a browser."""

import re
import time

import numpy as np
import pytest
from pages import HTML, assert_no_violation_in_either_theme
from working import PATIENCE, WRONG, Practice, chapter

from rnnlm_grader.explaining.script import short
from rnnlm_grader.learner.review import DAY, keep, named
from rnnlm_ref.layers import Embedding

KEPT = "JSON.parse(localStorage.getItem('rnnlm-review'))"
KEY = "MyEmbedding.Overwrites"
CHOICE, EXAMPLE = ".review-choice", ".review-question pre"


def long_ago(days=2):
    return named(None, int(time.time() * 1000) - days * DAY)


@pytest.fixture
def review(open_page):
    """Open a page of the book in a browser that keeps these mistakes; nothing may have gone wrong there at the end."""

    def open_review(mistakes, page="review", **options):
        tab = open_page(f"book/{page}.html", **options)
        tab.set_default_timeout(PATIENCE)
        tab.evaluate("mistakes => localStorage.setItem('rnnlm-review', JSON.stringify({ mistakes }))", mistakes)
        tab.reload()
        return tab

    yield open_review
    assert not open_page.complaints


def test_a_mistake_that_a_check_named_comes_back_with_other_numbers_each_time(open_page, site):
    here = Practice(open_page(chapter("01-embedding")))
    here.write("MyEmbedding", WRONG)
    here.check("MyEmbedding")
    mistakes = here.tab.evaluate(KEPT)["mistakes"]
    assert list(mistakes) == [KEY]
    here.tab.goto(f"{site}book/review.html")
    here.tab.get_by_text("Nothing is due. 1 mistake is noted; the next one comes back on").wait_for()
    here.tab.add_init_script(f"""{{
        const kept = {KEPT};
        kept.mistakes["{KEY}"].due = Date.now() - 1;
        localStorage.setItem("rnnlm-review", JSON.stringify(kept));
    }}""")  # in the page itself, before its scripts: what the page before wrote last may come a moment later
    examples = set()
    for _ in range(2):
        here.tab.reload()
        here.tab.get_by_role("button", name="Start").click()
        examples.add(here.tab.locator(EXAMPLE).inner_text())
        here.tab.locator(CHOICE).first.click()
        here.tab.get_by_role("button", name="Done").click()
        here.tab.get_by_text("That is all for now.").wait_for()
    assert len(examples) == 2
    record = here.tab.evaluate(KEPT)["mistakes"][KEY]
    assert len(record["log"]) == 3
    assert record["due"] >= record["log"][-1][0] + DAY
    assert not open_page.complaints


def test_a_choice_is_told_whether_it_is_right_and_why_by_keyboard_alone(review):
    tab = review({KEY: long_ago()})
    tab.get_by_role("button", name="Start").focus()
    tab.keyboard.press("Enter")
    tab.locator(CHOICE).first.wait_for()
    right = expected(tab.locator(EXAMPLE).inner_text())
    choices = tab.locator(CHOICE).all_inner_texts()
    assert right in choices
    wrong = next(choice for choice in choices if choice != right)
    while tab.evaluate("document.activeElement.innerText") != wrong:  # past the example too, if that scrolls
        tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.get_by_text("Not that one.").wait_for()
    assert tab.locator(".review-choice.is-right code").inner_text() == right
    assert re.search(r"02-embedding.html#[\w-]+$", tab.get_by_role("link", name="Read about it").get_attribute("href"))
    assert tab.evaluate("document.activeElement.textContent") == "Done"
    tab.wait_for_function(f"{KEPT}.mistakes['{KEY}'].log.length === 2")
    assert tab.evaluate(KEPT)["mistakes"][KEY]["log"][-1][1] == 1


def expected(example):
    """Return what an example prints with the right answer."""
    *lines, shown = example.splitlines()
    names = {"np": np, "MyEmbedding": Embedding}
    exec("\n".join(lines), names)
    return short(eval(re.fullmatch(r"print\((.*)\)", shown)[1], names))


def test_the_last_sentence_stays_when_the_next_date_comes_later(review):
    tab = review({KEY: long_ago()})
    tab.get_by_role("button", name="Start").click()
    tab.locator(CHOICE).first.wait_for()
    tab.evaluate("""() => {
        const { python } = document.querySelector("live-review"), ask = python.ask.bind(python);
        const finished = new Promise((resolve) => { window.finish = resolve; });
        python.ask = (...what) => finished.then(() => ask(...what)).finally(() => { window.isAnswered = true; });
    }""")
    tab.locator(CHOICE).first.click()
    tab.get_by_role("button", name="Done").click()
    tab.evaluate("finish()")
    tab.wait_for_function("window.isAnswered")
    assert tab.locator("live-review").get_by_role("status").first.inner_text().startswith("That is all for now.")


def test_the_front_page_tells_a_reader_who_comes_back_where_to_go_on(open_page):
    tab = open_page("book/index.html")
    line = tab.locator("live-review")
    assert not line.is_visible()
    tab.evaluate("localStorage.setItem('rnnlm-progress', JSON.stringify({ 'MyEmbedding-forward': [3, 1] }))")
    tab.reload()
    assert line.inner_text() == "Welcome back: your progress says what is next."
    line.get_by_role("link").click()
    tab.get_by_text("go on with 01-embedding").wait_for()


@pytest.mark.parametrize("page", ["index", "progress"])
def test_a_page_offers_a_review_when_something_is_due_and_only_then(review, page):
    line = review({KEY: long_ago()}, page).locator("live-review")
    assert line.inner_text() == "A mistake of yours is due to come back: Review, a few minutes."
    assert not review({KEY: long_ago(0)}, page).locator("live-review").is_visible()


def test_it_can_be_switched_off_taken_along_and_cleared(review):
    tab = review({KEY: long_ago()})
    status = tab.locator("live-review").get_by_role("status")
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Save as a file").click()
    tab.get_by_label("Keep my mistakes").uncheck()
    assert status.inner_text() == "Nothing is kept or asked."
    tab.get_by_label("Keep my mistakes").check()
    tab.get_by_role("button", name="Clear").click()
    tab.get_by_role("button", name="Bring back").click()
    assert not status.inner_text().startswith("Cleared")
    tab.get_by_role("button", name="Clear").click()
    assert status.inner_text() == "Cleared. Nothing is due."
    for content, said in (
        (
            b'{"MyRNN-forward": [2, 3]}',
            "That file holds no reviews: choose review.json or progress.json. Nothing is due.",
        ),
        (download.value.path().read_bytes(), "1 question is due."),
    ):
        with tab.expect_file_chooser() as chooser:
            tab.get_by_role("button", name="Read a file").click()
        chooser.value.set_files({"name": "f.json", "mimeType": "application/json", "buffer": content})
        tab.get_by_text(said, exact=True).wait_for()


@pytest.mark.parametrize(("before", "kept"), [({}, 1), ({"off": True}, 0), ({"cleared": 9_000_000_000_000}, 0)])
def test_what_a_check_names_is_kept_unless_that_is_switched_off_or_it_is_old(review, before, kept):
    tab = review({}, width=390)
    tab.evaluate("before => localStorage.setItem('rnnlm-review', JSON.stringify(before))", before)
    html = keep({KEY: long_ago(0)})
    tab.evaluate("html => document.body.append(document.createRange().createContextualFragment(html))", html)
    assert len(tab.evaluate(KEPT).get("mistakes", {})) == kept


def test_on_a_phone_nothing_scrolls_sideways_and_axe_finds_nothing(review):
    tab = review({"MyTimeLSTM.OrdersIFGO": long_ago()}, width=390)
    tab.get_by_role("button", name="Start").click()
    tab.locator(CHOICE).first.wait_for()
    assert_no_violation_in_either_theme(tab, "live-review")
    tab.locator(CHOICE).first.click()
    tab.get_by_role("button", name="Done").wait_for()
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
    assert_no_violation_in_either_theme(tab, "live-review")


def test_from_disk_a_sentence_says_what_asks_instead(browser):
    tab = browser.new_page()
    tab.goto((HTML / "book" / "review.html").as_uri())
    tab.evaluate("mistakes => localStorage.setItem('rnnlm-review', JSON.stringify({ mistakes }))", {KEY: long_ago()})
    tab.reload()
    assert "In a notebook, review() asks them." in tab.locator(".review-without").inner_text()
    tab.get_by_text("1 question is due.").wait_for()
    assert not tab.get_by_role("button", name="Start").is_visible()
    tab.close()


def test_when_python_does_not_come_within_a_minute_it_says_what_to_do(review):
    tab = review({KEY: long_ago()})
    tab.context.route("**/practice/worker.js", lambda route: None)
    tab.clock.install()
    tab.get_by_role("button", name="Start").click()
    tab.get_by_text("Python is starting.").wait_for()
    tab.clock.fast_forward("01:00")
    tab.get_by_text("Python is still not there.").wait_for()
