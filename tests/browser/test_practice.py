"""An exercise that is done in the page of its chapter, by a reader who has nothing but a browser."""

import contextlib
import io
import re

import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from corpora import CORPORA
from pages import HTML, assert_no_violation_in_either_theme
from playwright.sync_api import expect
from working import PATIENCE, RIGHT, WRONG, Lab, Practice, chapter, graded, right_answers

from rnnlm_grader.content import ASSIGNMENTS
from rnnlm_grader.learner.check import CheckFailed, check
from rnnlm_ref.layers import RNN


@pytest.mark.parametrize("slug", ASSIGNMENTS)
def test_a_wrong_and_a_right_answer_are_told_what_a_kernel_tells(practise, slug, site):
    corpus = next(each for each in CORPORA if slug == each.SLUG)
    here = practise(slug)
    for name in ASSIGNMENTS[slug].names:
        for answer in (next(iter(corpus.WRONG[name].values())), right_answers(slug)[name]):
            here.write(name, answer)
            report = here.check(name)
            verdicts = [line for line in told_by_a_kernel(slug, name, answer) if re.search("[✗✓≈…]|[0-9] points", line)]
            assert verdicts
            for line in verdicts:
                assert " ".join(line.split()) in report
    points = sum(criterion.points for criterion in ASSIGNMENTS[slug].criteria)
    here.tab.goto(f"{site}book/progress.html")
    assert f"{points} of {points}" in here.tab.locator("live-progress tr", has_text=slug).first.inner_text()


@pytest.mark.parametrize("slug", ASSIGNMENTS)
def test_between_the_task_and_its_editor_the_contract_is_folded(slug):
    page = BeautifulSoup((HTML / chapter(slug)).read_text(encoding="utf-8"), "html.parser")
    for name in ASSIGNMENTS[slug].names:
        task = page.select_one(f"#practice-{name.lower()}")
        has_contract = "contract" in task.get_text()
        judged = [fold.extract() for fold in task.select("details") if "What exactly is judged" in fold.summary.text]
        assert len(judged) == has_contract
        assert "contract" not in task.get_text()


def told_by_a_kernel(slug, name, answer):
    """Yield the lines that `check` prints of each part of an answer."""
    names = {"np": np, "RNN": RNN}
    for each in (*right_answers(slug).values(), answer):
        exec(each, names)
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
    here.tab.wait_for_function(
        "document.querySelectorAll('.cm-content')[1].textContent.includes('reshape') "
        "|| !document.querySelectorAll('.cm-content')[1].textContent.includes('NotImpl')"
    )
    with here.tab.expect_download() as download:
        here.tab.get_by_role("button", name="Download the notebook").click()
    folder = tmp_path / "submitted" / "ada" / "01-embedding"
    folder.mkdir(parents=True)
    download.value.save_as(folder / download.value.suggested_filename)
    assert graded(tmp_path) == 15 + sum(
        criterion.points for criterion in ASSIGNMENTS["01-embedding"].criteria if criterion.name == "MyTimeEmbedding"
    )


def test_what_two_tabs_wrote_is_both_kept(practise):
    here = practise("01-embedding")
    tab = here.tab.context.new_page()
    tab.goto(here.tab.url)
    there = Practice(tab)
    there.write("MyEmbedding", "there = 1")
    here.part("MyEmbedding").get_by_text("Another tab changed this answer: this is what it wrote.").wait_for()
    assert here.text("MyEmbedding") == "there = 1"
    here.tab.evaluate("Storage.prototype.setItem = () => {}")  # the other tab hears nothing: as if both wrote at once
    here.write("MyEmbedding", "here = 1")
    here.part("MyEmbedding").get_by_text("Saved").wait_for()
    there.write("MyEmbedding", "there = 2")
    there.part("MyEmbedding").get_by_text(
        "Another tab changed this answer: “Bring back” shows what it wrote."
    ).wait_for()
    there.tab.reload()
    there = Practice(there.tab)
    assert there.text("MyEmbedding") == "there = 2"
    there.press("MyEmbedding", "Bring back “here = 1”")
    there.part("MyEmbedding").locator(".cm-line", has_text="here = 1").wait_for()


def test_what_was_typed_last_is_there_again_though_the_page_wrote_nothing(practise, site):
    here = practise("01-embedding")
    here.tab.evaluate("window.setTimeout = () => 0")
    here.write("MyEmbedding", "typed = 1")
    here.tab.reload()
    here = Practice(here.tab)
    assert here.text("MyEmbedding") == "typed = 1"
    here.part("MyEmbedding").get_by_text("Saved").wait_for()
    address = here.tab.url
    here.tab.goto(f"{site}404.html")
    here.tab.evaluate("""() => { // as if the notebook had gone on since
        const key = Object.keys(localStorage).find((each) => each.endsWith(" MyEmbedding"));
        localStorage.setItem(key, JSON.stringify({ kept: "gone = 1", text: "other = 1" }));
    }""")
    here.tab.goto(address)
    here = Practice(here.tab)
    assert here.text("MyEmbedding") == "typed = 1"
    here.part("MyEmbedding").get_by_role("button", name="Bring back “other = 1”").wait_for()


def test_when_a_check_ends_what_it_says_is_in_view_and_the_focus_stays(practise):
    here = practise("01-embedding", width=390)
    here.write("MyEmbedding", RIGHT)
    here.tab.keyboard.press("Control+Home")
    here.tab.evaluate("scrollTo({ top: scrollY - innerHeight / 2, behavior: 'instant' })")
    here.tab.keyboard.press("Control+Enter")
    here.report("MyEmbedding")
    for part in (".practice-status", ".practice-report strong >> nth=0"):
        box = here.part("MyEmbedding").locator(part)
        here.tab.wait_for_function(
            "part => { const box = part.getBoundingClientRect(); return box.top > 0 && box.bottom < innerHeight; }",
            arg=box.element_handle(),
        )
    assert here.tab.evaluate("document.activeElement.ariaLabel") == "Your MyEmbedding"


def test_what_is_asked_for_during_a_check_is_checked_after_it(practise):
    here = practise("01-embedding")
    here.write("MyEmbedding", WRONG)
    here.press("MyEmbedding", "Check")
    expect(here.part("MyEmbedding").locator(".practice-check")).to_have_attribute("aria-disabled", "true")
    here.write("MyEmbedding", RIGHT)
    here.tab.keyboard.press("Control+Enter")
    expect(here.part("MyEmbedding").get_by_role("status")).to_contain_text("Done: all points", timeout=PATIENCE)
    assert here.text("MyEmbedding") == RIGHT.rstrip("\n")


def test_an_answer_that_uses_one_that_is_not_right_yet_has_its_own_points_and_that_one_is_named(practise):
    here = practise("01-embedding")
    here.write("MyTimeEmbedding", right_answers("01-embedding")["MyTimeEmbedding"])
    assert "MyTimeEmbedding uses MyEmbedding, which isn’t right yet" in here.check("MyTimeEmbedding").replace("'", "’")
    assert here.said("MyTimeEmbedding").startswith("Points: forward 0 of 3, backward 0 of 4, contract 0 of 3.")
    here.write("MyEmbedding", RIGHT.replace("(", "[", 1))
    here.check("MyTimeEmbedding")
    assert "In the cell above, MyEmbedding, line" in here.code("MyTimeEmbedding")


def test_a_check_asked_for_while_another_answer_is_checked_says_that_it_waits(practise):
    here = practise("01-embedding")
    here.write("MyEmbedding", "while True: pass")
    here.press("MyEmbedding", "Check")
    here.press("MyTimeEmbedding", "Check")
    assert here.said("MyTimeEmbedding") == "Waiting until MyEmbedding is checked."
    here.write("MyEmbedding", RIGHT)
    here.press("MyEmbedding", "Stop")
    assert "NotImplementedError" in here.report("MyTimeEmbedding")


def test_a_link_to_an_answer_ends_at_its_heading(open_page):
    tab = open_page(f"{chapter('02-rnn')}#your-turn")
    tab.wait_for_timeout(6_000)
    tab.wait_for_function("Math.abs(document.querySelector('#your-turn').getBoundingClientRect().top - 64) < 20")


def test_a_report_is_gone_once_other_code_is_checked_and_its_points_are_known_after_a_reload(practise):
    here = practise("01-embedding")
    here.part("MyEmbedding").get_by_role("button", name="I’d like a hint").click()
    here.write("MyEmbedding", RIGHT)
    assert "own answer" in here.check("MyEmbedding")
    assert here.part("MyEmbedding").locator("details.practice-hint[open]").count() == 0
    points = "forward 3 of 3, backward 6 of 6, contract 6 of 6"
    assert here.said("MyEmbedding") == f"Points: {points}. Done: all points. Next: MyTimeEmbedding."
    here.write("MyEmbedding", "while True: pass")
    here.press("MyEmbedding", "Check")
    here.part("MyEmbedding").get_by_text("Checking …").wait_for()
    assert not here.part("MyEmbedding").locator(".practice-report").is_visible()
    here.press("MyEmbedding", "Stop")
    here.part("MyEmbedding").get_by_text("Nothing was checked: it was stopped.").wait_for()
    assert not here.part("MyEmbedding").locator(".practice-report").is_visible()
    here.tab.reload()
    here = Practice(here.tab)
    assert here.said("MyEmbedding") == f"Best so far, for other code: {points}."
    here.write("MyEmbedding", RIGHT)
    here.part("MyEmbedding").get_by_text("Saved").wait_for()
    here.tab.reload()
    here = Practice(here.tab)
    assert here.said("MyEmbedding") == f"Earlier, for this code: {points}. The report below is of the last check."
    assert "all 6 hold" in here.part("MyEmbedding").locator(".practice-report").inner_text()


def test_hints_are_offered_as_long_as_there_are_any_and_stay_after_a_reload(practise):
    here = practise("01-embedding")
    here.tab.get_by_text("Write each answer right here").wait_for()
    hints = here.part("MyEmbedding").locator(".practice-hint")
    here.press("MyEmbedding", "hint")
    here.tab.reload()
    here = Practice(here.tab)
    assert hints.locator("visible=true").count() == 1
    button = here.part("MyEmbedding").get_by_role("button", name="hint")
    assert button.inner_text().endswith(f"({hints.count() - 1} more)")
    for _ in range(hints.count() - 1):
        button.click()
    assert not button.is_visible()
    here.tab.reload()
    here = Practice(here.tab)
    assert hints.locator("visible=true").count() == hints.count()
    assert not button.is_visible()


def tab_of_the_lab(here):
    """Return another tab, which holds what the lab holds as long as it has the notebook open."""
    lab = here.tab.context.new_page()
    lab.goto(here.tab.url)
    name = here.tab.locator("rnnlm-practice").get_attribute("data-notebook")
    held_for_good = (
        "new Promise((held) => navigator.locks.request(name, () => { held(); return new Promise(() => {}); }))"
    )
    lab.evaluate(f"(name) => {held_for_good}", f"rnnlm:{name}")
    return lab


def test_what_is_typed_before_the_page_notices_the_lab_waits_until_that_is_closed(practise):
    here = practise("01-embedding")
    saved = here.part("MyEmbedding").locator(".practice-saved")
    lab = tab_of_the_lab(here)
    here.write("MyEmbedding", "waits = 1")
    here.part("MyEmbedding").get_by_text("This exercise is open as a notebook in another tab.").wait_for()
    assert saved.inner_text() == ""
    assert here.text("MyEmbedding") == "waits = 1"
    lab.close()
    saved.get_by_text("Saved").wait_for()
    here.tab.reload()
    assert Practice(here.tab).text("MyEmbedding") == "waits = 1"


def test_while_the_lab_has_the_notebook_open_the_page_writes_nothing(practise):
    here = practise("01-embedding")
    lab = tab_of_the_lab(here)
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
        # By a key: the text that comes back moves the button, and a click may miss it.
        here.part("MyEmbedding").get_by_role("button", name="Bring back").press("Enter")
        here.part("MyEmbedding").get_by_text(text).wait_for()


def test_a_report_comes_and_goes_with_the_code_that_it_is_about(practise):
    here = practise("01-embedding")
    here.write("MyEmbedding", RIGHT)
    assert "contract: 6 of 6 points" in here.check("MyEmbedding")
    report = here.part("MyEmbedding").locator(".practice-report")
    here.press("MyEmbedding", "Start over")
    here.part("MyEmbedding").get_by_text("You begin anew.").wait_for()
    assert not report.is_visible()
    here.part("MyEmbedding").get_by_role("button", name="Bring back").press("Enter")
    expect(report).to_contain_text("contract: 6 of 6 points")
    expect(report).not_to_have_class(re.compile("is-old"))


def test_what_is_typed_stays_while_the_page_looks_for_changes(practise):
    here = practise("01-embedding")
    here.write("MyEmbedding", "typed = 1")
    here.tab.evaluate("""async () => {
        for (const end = Date.now() + 600; Date.now() < end;) {
            dispatchEvent(new Event("focus"));
            await new Promise((resolve) => setTimeout(resolve));
        }
    }""")
    assert here.text("MyEmbedding") == "typed = 1"


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
    here.tab.keyboard.type("return 1 / 2")
    assert here.text("MyEmbedding") == "def f(x):\n    if x:\n        return 1 / 2"
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


def test_a_hint_is_offered_after_two_failures_and_again_after_two_more(practise):
    here = practise("01-embedding")
    button = here.part("MyEmbedding").get_by_role("button", name="I’d like a hint")
    for text, is_offered in ((WRONG, False), (WRONG, False), (WRONG + "  # again", True)):
        here.write("MyEmbedding", text)
        here.check("MyEmbedding")
        assert here.said("MyEmbedding").endswith("Would a hint help?") is is_offered
    button.click()
    here.check("MyEmbedding")
    assert not here.said("MyEmbedding").endswith("Would a hint help?")
    here.write("MyEmbedding", WRONG + "  # once more")
    here.check("MyEmbedding")
    assert here.said("MyEmbedding").endswith("Would a hint help?")
    here.write("MyEmbedding", RIGHT)
    here.check("MyEmbedding")
    assert not here.said("MyEmbedding").endswith("Would a hint help?")


class Puzzle:
    """The puzzle of an answer, which stands open."""

    def __init__(self, here, name):
        for _ in range(3):
            here.part(name).get_by_role("button", name="I’d like a hint").click()
        self.tab, self.place = here.tab, here.part(name).locator("rnnlm-puzzle")

    def lines(self):
        return self.place.locator("pre").all_text_contents()

    def line(self, text):
        return self.place.locator("li", has=self.tab.get_by_text(text, exact=True))

    def by_keyboard(self, label, text, times):
        """Press a line's button; it keeps the focus."""
        self.line(text).get_by_role("button", name=label).focus()
        for _ in range(times):
            self.tab.keyboard.press("Enter")

    def by_mouse(self, text, to):
        """Drag a line below what is there."""
        self.line(text).locator(".puzzle-grip").hover()
        self.tab.mouse.down()
        box = to.bounding_box()
        self.tab.mouse.move(box["x"] + 20, box["y"] + box["height"] * 0.9, steps=5)
        self.tab.mouse.up()

    def by_touch(self, text, to):
        send = self.tab.context.new_cdp_session(self.tab).send
        grip, box = self.line(text).locator(".puzzle-grip").bounding_box(), to.bounding_box()
        way = [grip["y"] + 5, grip["y"] + 20, box["y"] + box["height"] * 0.9]
        for kind, y in zip(("touchStart", "touchMove", "touchMove"), way, strict=True):
            send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": grip["x"] + 10, "y": y}]})
        send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def check(self):
        """Check the order with the button at the screen's lower edge; the verdict is scrolled to."""
        button, said = self.place.get_by_role("button", name="Check the order"), self.place.get_by_role("status")
        button.evaluate("(button) => button.scrollIntoView({ block: 'end', behavior: 'instant' })")
        button.click()
        expect(said).to_be_in_viewport(ratio=1)
        return said.inner_text()


def test_a_puzzle_is_solved_by_keyboard_and_says_what_is_out_of_place(practise):
    puzzle = Puzzle(practise("01-embedding"), "MyEmbedding")
    add, clear, take, odd = puzzle.lines()
    assert odd == "dW[self.idx] += dout"
    assert puzzle.check() == "Line 1 is the first that is out of place."
    puzzle.by_keyboard("Down", add, 2)
    puzzle.by_keyboard("Up", take, 1)
    assert puzzle.lines() == [take, clear, add, odd]
    assert puzzle.check().startswith("The line dW[self.idx] += dout doesn’t belong: each row of dW is written once")
    puzzle.by_keyboard("Down", odd, 1)
    puzzle.by_keyboard("Down", add, 1)
    assert puzzle.check() == "So far it is right, but something that you left out belongs there."
    puzzle.by_keyboard("Up", add, 1)
    assert puzzle.check().startswith("That is the order.")


@pytest.mark.parametrize("way", ["by_mouse", "by_touch"])
def test_lines_of_a_puzzle_are_dragged(practise, way):
    puzzle = Puzzle(practise("01-embedding", width=390), "MyEmbedding")
    add, clear, take, odd = puzzle.lines()
    puzzle.place.scroll_into_view_if_needed()
    drag = getattr(puzzle, way)
    drag(odd, puzzle.place.locator(".puzzle-divider"))
    drag(add, puzzle.line(take))
    assert puzzle.lines() == [clear, take, add, odd]
    drag(clear, puzzle.line(take))
    assert puzzle.check().startswith("That is the order.")


def test_the_line_that_does_not_belong_is_the_learners_own_where_a_check_named_it(practise):
    here = practise("01-embedding")
    here.write("MyEmbedding", RIGHT.replace("self.idx, dout", "self.idx, -dout"))
    assert "Likely" in here.check("MyEmbedding")
    puzzle = Puzzle(here, "MyEmbedding")
    add, _, take, own = puzzle.lines()
    assert own == "np.add.at(dW, self.idx, -dout)"
    puzzle.by_keyboard("Down", add, 2)
    puzzle.by_keyboard("Up", take, 1)
    assert puzzle.check().startswith(f"Your own line {own} doesn’t belong: ")
    here.tab.reload()
    here = Practice(here.tab)
    expect(here.part("MyEmbedding").locator("rnnlm-puzzle")).to_contain_text(own)


@pytest.mark.parametrize("slug", ASSIGNMENTS)
def test_axe_finds_nothing_in_puzzles_and_nothing_of_them_is_cut_off_on_a_phone(practise, slug):
    here = practise(slug, width=390)
    for name in ASSIGNMENTS[slug].names:
        puzzle = Puzzle(here, name)
        fits = "lines => lines.every((line) => line.scrollWidth <= line.clientWidth)"
        assert puzzle.place.locator("pre").evaluate_all(fits)
    assert here.tab.evaluate("document.documentElement.scrollWidth") == 390
    assert_no_violation_in_either_theme(here.tab, "rnnlm-practice")


def test_a_link_of_the_report_names_its_section_and_scrolls_in_the_page(practise):
    here = practise("01-embedding")
    here.write("MyEmbedding", WRONG)
    here.check("MyEmbedding")
    link = here.part("MyEmbedding").locator(".practice-report a[href^='#']").first
    link.click()
    anchor = here.tab.evaluate("location.hash")
    assert here.tab.locator(f"section:has(> {anchor}) > h2").inner_text().rstrip("#") == link.inner_text()
    here.tab.wait_for_function(f"Math.abs(document.querySelector('{anchor}').getBoundingClientRect().top) < 300")
    assert here.text("MyEmbedding") == WRONG


def test_a_link_to_another_page_names_the_section_there(practise):
    here = practise("01-embedding")
    here.write("MyEmbedding", RIGHT.replace("dW = self.grads[0]", "dW = self.grads[0] = np.zeros_like(self.params[0])"))
    here.check("MyEmbedding")
    link = here.part("MyEmbedding").locator(".practice-report a[href*='house-rules.html#']").first
    expect(link).to_have_text(re.compile("in place", re.IGNORECASE))


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
    assert_no_violation_in_either_theme(here.tab, "rnnlm-practice")


def test_fingers_indent_where_there_is_no_tab_key(practise):
    here = practise("01-embedding", width=390)
    less, more = (here.part("MyEmbedding").get_by_role("button", name=f"{each} indent") for each in ("Less", "More"))
    here.write("MyEmbedding", "one = 1")
    assert not more.is_visible()
    screen = here.tab.context.new_cdp_session(here.tab)
    screen.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    for indent in (more, more, less):
        indent.click()
    here.tab.keyboard.type("  # typed on")
    assert here.text("MyEmbedding") == "    one = 1  # typed on"
    assert here.tab.evaluate("document.documentElement.scrollWidth") == 390
    assert_no_violation_in_either_theme(here.tab, "rnnlm-practice")


def test_the_browser_is_asked_to_keep_work_and_the_last_copy_is_known_here_and_in_the_lab(practise, open_lab):
    here = practise("01-embedding")
    here.tab.evaluate("() => { window.asked = 0; navigator.storage.persist = async () => (window.asked += 1); }")
    here.write("MyEmbedding", RIGHT)
    here.part("MyEmbedding").get_by_text("Saved").wait_for()
    here.write("MyEmbedding", WRONG)
    here.part("MyEmbedding").get_by_text("Saved").wait_for()
    assert here.tab.evaluate("asked") == 1
    foot = here.tab.locator(".practice-foot")
    assert "Last copy" not in foot.inner_text()
    with here.tab.expect_download():
        foot.get_by_role("button", name="Download the notebook").click()
    expect(foot).to_contain_text(re.compile(r"Last copy downloaded .*, \d\d:\d\d\."))
    here.tab.reload()
    expect(Practice(here.tab).tab.locator(".practice-foot")).to_contain_text("Last copy downloaded")
    expect(open_lab("01-embedding").tab.locator(".rnnlm-saved")).to_contain_text("Last copy downloaded")


def test_editors_that_do_not_arrive_are_said_to_be_missing(open_page):
    tab = open_page(chapter("01-embedding"))
    tab.route("**/practice/editor.js", lambda route: route.abort())
    tab.reload()
    tab.locator("rnnlm-practice").scroll_into_view_if_needed()
    tab.get_by_role("alert").filter(has_text="The editors didn’t arrive. Check the connection").wait_for()


def test_when_python_does_not_come_within_a_minute_it_says_what_to_do(practise):
    here = practise("01-embedding")
    here.tab.context.route("**/practice/worker.js", lambda route: None)
    here.tab.clock.install()
    here.press("MyEmbedding", "Check")
    here.part("MyEmbedding").get_by_text("Python is starting.").wait_for()
    here.tab.clock.fast_forward("01:00")
    here.part("MyEmbedding").get_by_text("Python is still not there.").wait_for()
    here.press("MyEmbedding", "Stop")
    here.part("MyEmbedding").get_by_text("Nothing was checked: it was stopped.").wait_for()


@pytest.mark.parametrize("way", ["IDBFactory.prototype.open", "IDBObjectStore.prototype.put"])
def test_where_storage_is_refused_the_page_says_so_and_all_else_works(open_page, way):
    tab = open_page(chapter("01-embedding"))
    tab.add_init_script(f"{way} = () => {{ throw new DOMException('refused') }}")
    tab.reload()
    here = Practice(tab)
    here.write("MyEmbedding", RIGHT)
    warning = here.tab.get_by_text("This browser keeps nothing of this page")
    warning.wait_for()
    assert warning.bounding_box()["y"] < here.part("MyEmbedding").bounding_box()["y"]
    assert "MyEmbedding · contract: 6 of 6 points" in here.check("MyEmbedding")
    with here.tab.expect_download() as download:
        here.tab.get_by_role("button", name="Download the notebook").click()
    cells = nbformat.read(download.value.path(), as_version=4).cells
    assert RIGHT in [cell.source for cell in cells]
    assert not open_page.complaints


def test_a_page_opened_from_disk_has_one_line_instead(browser):
    tab = browser.new_page()
    tab.goto((HTML / chapter("02-rnn")).as_uri())
    assert tab.locator(".practice-without").is_visible()
    assert not tab.locator("rnnlm-practice").is_visible()
    tab.close()
