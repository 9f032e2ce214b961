"""An exercise that is done in the page of its chapter, by a reader who has nothing but a browser."""
import contextlib
import io
import re

import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from conftest import HTML, PATIENCE, Lab, right_answers
from corpora import CORPORA
from pages import has_no_violation_in_either_theme
from test_lab import graded

from rnnlm_grader.content import ASSIGNMENTS
from rnnlm_grader.learner.check import CheckFailed, check
from rnnlm_ref.layers import RNN

RIGHT = right_answers("01-embedding")["MyEmbedding"]
WRONG = CORPORA[0].WRONG["MyEmbedding"]["Overwrites"]


class Practice:
    """A tab with a chapter, at the exercise in it."""

    def __init__(self, tab):
        self.tab = tab
        tab.set_default_timeout(PATIENCE)
        tab.locator("rnnlm-practice").scroll_into_view_if_needed()
        tab.locator(".practice-foot").wait_for()

    def part(self, name):
        """Return what belongs to an answer."""
        return self.tab.locator(f"#practice-{name.lower()}")

    def text(self, name):
        return "\n".join(self.part(name).locator(".cm-line").all_text_contents())

    def write(self, name, text):
        """Put a text into an editor, in place of what is there."""
        self.part(name).locator(".cm-content").click()
        self.tab.keyboard.press("Control+A")
        self.tab.keyboard.insert_text(text)

    def press(self, name, label):
        self.part(name).get_by_role("button", name=label).click()

    def said(self, name):
        return self.part(name).get_by_role("status").inner_text()

    def check(self, name):
        """Check an answer; return what its report says."""
        self.press(name, "Check")
        return self.report(name)

    def report(self, name):
        """Wait for the end of a check; return what its report says."""
        self.part(name).locator(".practice-check:not([aria-disabled])").wait_for()
        return words(self.part(name).locator(".practice-report").inner_html())


def words(html):
    """Return what a report says beside its code, which also names what is int64 here and int32 in a browser."""
    report = BeautifulSoup(html, "html.parser")
    for code in report.select("div pre, script"):
        code.decompose()
    return " ".join(report.get_text(" ").split())


def chapter(slug):
    """Return the page that offers an exercise."""
    found, = (path.name for path in HTML.glob("book/0*.html") if f"/{slug}.ipynb" in path.read_text())
    return f"book/{found}"


@pytest.fixture
def practise(open_page):
    """Open the chapter of an exercise; nothing may have gone wrong there at the end."""
    yield lambda slug, **options: Practice(open_page(chapter(slug), **options))
    assert not open_page.complaints


@pytest.mark.parametrize("slug", ["01-embedding", "02-rnn", "03-time-rnn"])
def test_a_wrong_and_a_right_answer_are_told_what_a_kernel_tells(practise, slug, site):
    corpus = next(each for each in CORPORA if slug == each.SLUG)
    name = ASSIGNMENTS[slug].names[0]
    here = practise(slug)
    for answer in (next(iter(corpus.WRONG[name].values())), right_answers(slug)[name]):
        here.write(name, answer)
        report = here.check(name)
        verdicts = [line for line in told_by_a_kernel(slug, name, answer) if re.search("[✗✓≈…]|[0-9] points", line)]
        assert verdicts
        for line in verdicts:
            assert " ".join(line.split()) in report
    points = sum(criterion.points for criterion in ASSIGNMENTS[slug].criteria if criterion.name == name)
    here.tab.goto(f"{site}book/progress.html")
    assert f"{points} of" in here.tab.locator("live-progress tr", has_text=name).first.inner_text()


def told_by_a_kernel(slug, name, answer):
    """Yield the lines that `check` prints of each part of an answer."""
    names = {"np": np, "RNN": RNN}
    exec(answer, names)
    for part in (part for each, part in ASSIGNMENTS[slug].parts() if each == name):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            try:
                check(names[name], part)
            except CheckFailed as failed:
                print(failed)
        yield from printed.getvalue().splitlines()


def test_work_outlives_a_reload_and_is_the_labs_own(practise, site, tmp_path):
    here = practise("01-embedding")
    here.write("MyEmbedding", RIGHT)
    here.part("MyEmbedding").get_by_text("Saved").wait_for()
    here.tab.reload()
    here = Practice(here.tab)
    assert here.text("MyEmbedding") == RIGHT
    with here.tab.expect_popup() as opened:
        here.part("MyEmbedding").get_by_role("link", name="Open as notebook").click()
    lab = Lab(opened.value)
    assert "3 of 3 points" in lab.run()["MyEmbedding-forward"]
    lab.fill({"MyTimeEmbedding": right_answers("01-embedding")["MyTimeEmbedding"]})
    lab.do("docmanager:save")
    lab.tab.close()
    here.tab.evaluate("dispatchEvent(new Event('focus'))")
    here.tab.wait_for_function("document.querySelectorAll('.cm-content')[1].textContent.includes('reshape') "
                               "|| !document.querySelectorAll('.cm-content')[1].textContent.includes('NotImpl')")
    with here.tab.expect_download() as download:
        here.tab.get_by_role("button", name="Download the notebook").click()
    folder = tmp_path / "submitted" / "ada" / "01-embedding"
    folder.mkdir(parents=True)
    download.value.save_as(folder / download.value.suggested_filename)
    assert graded(tmp_path) == 15 + sum(
        criterion.points for criterion in ASSIGNMENTS["01-embedding"].criteria if criterion.name == "MyTimeEmbedding")


def test_what_two_tabs_wrote_is_both_kept(practise):
    here = practise("01-embedding")
    tab = here.tab.context.new_page()
    tab.goto(here.tab.url)
    there = Practice(tab)
    for each, text in ((there, "there = 1"), (here, "here = 1")):
        each.write("MyEmbedding", text)
        each.part("MyEmbedding").get_by_text("Saved").wait_for()
    here.press("MyEmbedding", "Bring back")
    here.part("MyEmbedding").get_by_text("there = 1").wait_for()


def test_while_the_lab_has_the_notebook_open_the_page_writes_nothing(practise):
    here = practise("01-embedding")
    lab = here.tab.context.new_page()
    lab.goto(here.tab.url)
    name = here.tab.locator("rnnlm-practice").get_attribute("data-notebook")
    lab.evaluate(f"void navigator.locks.request('rnnlm:{name}', () => new Promise(() => {{}}))")
    begin = here.text("MyEmbedding")
    here.tab.evaluate("dispatchEvent(new Event('focus'))")
    here.part("MyEmbedding").get_by_text("This exercise is open as a notebook in another tab.").wait_for()
    here.write("MyEmbedding", "lost = 1")
    assert here.text("MyEmbedding") == begin
    lab.close()
    here.part("MyEmbedding").locator(".cm-content:not([aria-readonly])").wait_for()


def test_to_start_over_keeps_what_stood_there(practise):
    here = practise("01-embedding")
    begin = here.text("MyEmbedding")
    for text in ("first = 1", "second = 2"):
        here.write("MyEmbedding", text)
        here.press("MyEmbedding", "Start over")
        here.part("MyEmbedding").get_by_text("You begin anew.").wait_for()
        assert here.text("MyEmbedding") == begin
    here.tab.reload()
    here = Practice(here.tab)
    for text in ("second = 2", "first = 1", "second = 2"):
        here.press("MyEmbedding", "Bring back")
        here.part("MyEmbedding").get_by_text(text).wait_for()


def test_work_on_an_earlier_release_is_found(practise):
    here = practise("01-embedding")
    here.tab.evaluate("""async () => {
        const { localforage } = await import("/lab/practice/editor.js");
        const files = localforage.createInstance({ name: "JupyterLite Storage - /lab/", storeName: "files" });
        await files.setItem("01-embedding-0000.ipynb", {});
    }""")
    here.tab.reload()
    link = Practice(here.tab).tab.get_by_role("link", name="Earlier work: 01-embedding-0000.ipynb")
    assert link.get_attribute("href").endswith("?path=01-embedding-0000.ipynb")


def test_it_works_by_keyboard_alone(practise):
    here = practise("01-embedding")
    here.part("MyEmbedding").locator(".cm-content").focus()
    press = here.tab.keyboard.press
    press("Control+A")
    here.tab.keyboard.type("def f(x):")
    press("Enter")
    here.tab.keyboard.type("if x:")
    press("Enter")
    press("Backspace")
    press("Tab")
    here.tab.keyboard.type("return 1")
    assert here.text("MyEmbedding") == "def f(x):\n    if x:\n        return 1"
    press("Control+Enter")
    here.report("MyEmbedding")
    assert here.said("MyEmbedding") == "Nothing was checked: the cell defines no MyEmbedding."
    press("Escape")
    press("Tab")
    assert here.tab.evaluate("document.activeElement.textContent") == "Check"
    press("Tab")
    press("Enter")
    assert here.tab.evaluate("document.activeElement.textContent") == "Hint 1: a question"
    assert here.part("MyEmbedding").locator(".practice-hint:visible").count() == 1


def test_a_link_of_the_report_scrolls_in_the_page(practise):
    here = practise("01-embedding")
    here.write("MyEmbedding", WRONG)
    here.check("MyEmbedding")
    here.part("MyEmbedding").locator(".practice-report a[href^='#']").first.click()
    anchor = here.tab.evaluate("location.hash")
    here.tab.wait_for_function(f"Math.abs(document.querySelector('{anchor}').getBoundingClientRect().top) < 300")
    assert here.text("MyEmbedding") == WRONG


def test_what_does_not_run_or_does_not_end_is_said_and_an_old_report_does_not_look_new(practise):
    here = practise("01-embedding")
    here.write("MyEmbedding", "class MyEmbedding(:")
    assert "SyntaxError" in here.check("MyEmbedding")
    assert here.said("MyEmbedding") == "Nothing was checked: the cell ended with an error, see below."
    here.write("MyEmbedding", "while True: pass")
    assert here.said("MyEmbedding") == "Changed since the report below."
    here.press("MyEmbedding", "Check")
    here.part("MyEmbedding").get_by_text("Checking …").wait_for()
    here.press("MyEmbedding", "Stop")
    here.part("MyEmbedding").get_by_text("Nothing was checked: it was stopped.").wait_for()
    here.write("MyEmbedding", RIGHT)
    assert "MyEmbedding · forward: 3 of 3 points" in here.check("MyEmbedding")


def test_on_a_phone_only_code_scrolls_sideways_and_axe_finds_nothing(practise):
    here = practise("01-embedding", width=390)
    here.write("MyEmbedding", WRONG + "    # " + "a long line " * 20)
    here.check("MyEmbedding")
    here.press("MyEmbedding", "Hint")
    assert here.tab.evaluate("document.documentElement.scrollWidth") == 390
    scroller = here.part("MyEmbedding").locator(".cm-scroller")
    assert scroller.evaluate("code => code.scrollWidth > code.clientWidth")
    has_no_violation_in_either_theme(here.tab, "rnnlm-practice")


def test_where_storage_is_refused_the_page_says_so_and_all_else_works(open_page):
    here = Practice(open_page(chapter("01-embedding")))
    here.tab.evaluate("() => { IDBObjectStore.prototype.put = () => { throw new DOMException('full') } }")
    here.write("MyEmbedding", RIGHT)
    here.tab.get_by_text("This browser keeps nothing of this page").wait_for()
    assert "MyEmbedding · contract: 6 of 6 points" in here.check("MyEmbedding")
    with here.tab.expect_download() as download:
        here.tab.get_by_role("button", name="Download the notebook").click()
    cells = nbformat.read(download.value.path(), as_version=4).cells
    assert RIGHT in [cell.source for cell in cells]


def test_a_page_opened_from_disk_has_one_line_instead(browser):
    tab = browser.new_page()
    tab.goto((HTML / chapter("02-rnn")).as_uri())
    assert tab.locator(".practice-without").is_visible()
    assert not tab.locator("rnnlm-practice").is_visible()
    tab.close()
