"""The exercises in a browser, as a reader of the book does them."""

import gzip

import nbformat
import pytest
from corpora import CORPORA
from pages import HTML, assert_no_violation
from working import PATIENCE, RIGHT, Lab, Practice, address, chapter, graded, right_answers

from rnnlm_grader.content import ASSIGNMENTS

ENDLESS = """class MyEmbedding:
    def __init__(self, W):
        self.params, self.grads = [W], [np.zeros_like(W)]
    def forward(self, idx):
        while True:
            pass
"""


@pytest.mark.parametrize("slug", ASSIGNMENTS)
def test_right_answers_get_full_points(open_lab, slug):
    lab, points = open_lab(slug), sum(criterion.points for criterion in ASSIGNMENTS[slug].criteria)
    lab.fill(right_answers(slug) | {"train-run": ""})  # the finale, which takes a minute
    said = lab.run()
    assert said["hand-in-check"].endswith(f"total {points} of {points}\n"), said


def test_an_endless_loop_ends_with_a_message_and_a_mistake_has_its_name_and_a_link_into_this_book(open_lab, site):
    lab = open_lab("01-embedding")
    lab.fill({"MyEmbedding": ENDLESS})
    assert "stopped in line 5 of its cell: `while True:`" in lab.run()["MyEmbedding-forward"]
    lab.fill({"MyEmbedding": CORPORA[0].WRONG["MyEmbedding"]["Overwrites"]})
    assert any("Likely: each row of dW is written once" in said for said in lab.run().values())
    link = lab.tab.locator(".jp-OutputArea a[href*='#']").first
    page, anchor = link.get_attribute("href").removeprefix(site).split("#")
    assert f'id="{anchor}"' in (HTML / page).read_text()


def test_the_first_thing_that_is_run_may_be_a_check_and_no_edit_is_taken_for_run(open_lab):
    lab, right = open_lab("03-time-rnn"), right_answers("03-time-rnn")["MyTimeRNN"]
    assert lab.run("MyTimeRNN-state")["MyTimeRNN-state"].startswith("MyTimeRNN isn't defined yet. Run the cell")
    lab.fill({"MyTimeRNN": right})
    assert "points" in lab.run("MyTimeRNN", "MyTimeRNN-state")["MyTimeRNN-state"]
    assert "✗" not in lab.run()["MyTimeRNN-state"]
    lab.fill({"MyTimeRNN": right.replace("return hs", "return 2 * hs")})
    said = lab.run("MyTimeRNN-state")["MyTimeRNN-state"]
    assert said.startswith("The cell of MyTimeRNN was edited since it ran: run it first. What is judged below")
    assert "which earns nothing" in said
    lab.fill({"MyTimeRNN": f"{right}\n("})
    said = lab.run("MyTimeRNN", "MyTimeRNN-state")["MyTimeRNN-state"]
    assert said.startswith("The cell of MyTimeRNN doesn't parse: line ")


def test_run_all_goes_on_after_a_check_that_finds_something_wrong(open_lab):
    said = open_lab("01-embedding").run()
    assert "Not filled in yet" in said["MyEmbedding-forward"]
    assert "MyTimeEmbedding" in said["hand-in-check"]


def test_results_of_an_earlier_visit_do_not_look_current(open_lab):
    lab = open_lab("01-embedding")
    lab.run("MyEmbedding", "MyEmbedding-forward")
    earlier = lab.tab.locator(".rnnlm-earlier .jp-OutputArea-output")
    assert earlier.count() == 0
    lab.do("docmanager:save")
    lab.tab.reload()
    lab = Lab(lab.tab)
    earlier.first.wait_for()
    lab.run("MyEmbedding", "MyEmbedding-forward")
    earlier.first.wait_for(state="detached")


def test_a_restart_stops_a_cell_that_never_ends(open_lab):
    lab = open_lab("01-embedding")
    lab.fill({"imports": "print('begun', flush=True)\nwhile True: pass"})
    lab.tab.locator(".jp-CodeCell .cm-content").first.click()
    lab.tab.keyboard.press("Shift+Enter")
    lab.tab.locator(".jp-OutputArea-output:has-text('begun')").wait_for()
    lab.tab.click(".lm-MenuBar-itemLabel:text('Kernel')")
    lab.tab.click(".lm-Menu-itemLabel:text('Restart Kernel…')")
    lab.tab.click(".jp-Dialog button.jp-mod-accept")
    lab.tab.locator(".jp-Dialog").wait_for(state="detached")
    lab.fill(right_answers("01-embedding") | {"imports": "import numpy as np"})
    assert "3 of 3 points" in lab.run()["MyEmbedding-forward"]


def test_a_reload_keeps_the_work_and_a_download_is_graded_alike(open_lab, tmp_path):
    lab = open_lab("01-embedding")
    lab.fill({"MyEmbedding": right_answers("01-embedding")["MyEmbedding"]})
    lab.do("docmanager:save")
    lab.tab.reload()
    lab = Lab(lab.tab)
    said = lab.run()
    assert "3 of 3 points" in said["MyEmbedding-forward"]
    with lab.tab.expect_download() as download:
        lab.do("docmanager:download")
    folder = tmp_path / "submitted" / "ada" / "01-embedding"
    folder.mkdir(parents=True)
    download.value.save_as(folder / download.value.suggested_filename)
    assert graded(tmp_path) == 15.0


def test_a_cell_that_is_run_as_soon_as_it_can_be_seen_is_answered(open_page):
    tab = open_page(address("01-embedding"), theme=None, until="commit")
    tab.set_default_timeout(PATIENCE)
    tab.locator(".jp-CodeCell .cm-content").first.click()
    tab.keyboard.press("Shift+Enter")
    tab.locator(".jp-CodeCell .jp-InputPrompt:text('[1]:')").wait_for()


def test_work_on_an_earlier_release_is_kept_and_found(open_lab, site):
    lab = open_lab("01-embedding")
    lab.do("docmanager:save")
    lab.tab.evaluate("""() => jupyterapp.serviceManager.contents.rename(
        jupyterapp.shell.currentWidget.context.path, "01-embedding-release-0000.ipynb").then(() => {})""")
    lab.tab.goto(site + address("01-embedding"))
    with lab.tab.expect_popup() as earlier:
        lab.tab.get_by_role("button", name="Open the earlier one").click()
    assert "path=01-embedding-release-0000.ipynb" in earlier.value.url
    earlier.value.set_default_timeout(PATIENCE)
    with earlier.value.expect_popup() as current:
        earlier.value.get_by_role("button", name="Open the corrected one").click()
    assert current.value.url.endswith(address("01-embedding"))


@pytest.mark.parametrize(("scheme", "theme"), [("light", "JupyterLab Light"), ("dark", "JupyterLab Dark")])
def test_the_lab_is_light_or_dark_as_the_system_is_and_fits_a_phone(open_page, scheme, theme):
    tab = open_page("404.html", width=390, theme=None)
    tab.emulate_media(color_scheme=scheme)
    tab = open_page(address("01-embedding"), width=390, theme=None)
    tab.wait_for_selector(f"body[data-jp-theme-name='{theme}'] .jp-CodeCell")
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
    assert not open_page.complaints


def check_in_page(open_page):
    here = Practice(open_page(chapter("01-embedding")))
    here.write("MyEmbedding", RIGHT)
    return here.check("MyEmbedding")


def check_in_lab(open_page):
    lab = Lab(open_page(address("01-embedding"), theme=None))
    lab.fill({"MyEmbedding": RIGHT})
    return lab.run()["MyEmbedding-forward"]


@pytest.mark.parametrize("check", [check_in_page, check_in_lab])
def test_up_to_the_first_check_no_more_than_14_mb_are_loaded(open_page, site, check):
    loaded = set()
    open_page("404.html").on("response", lambda response: loaded.add(response.url.partition("?")[0]))
    assert "3 of 3 points" in check(open_page)
    files = [HTML / url.removeprefix(site) for url in loaded]
    compressed = sum(len(gzip.compress(path.read_bytes())) for path in files if path.is_file())
    assert 10e6 < compressed < 14e6


SHORT = (
    "import numpy as np\n"
    "import rnnlm_grader.learner.finale as short\nshort.FABLES, short.EPOCHS, short.LENGTH = 100, 1, 5"
)


def test_the_finale_finds_what_this_browser_keeps_and_the_book_shows_what_holds(open_lab, site):
    lab = open_lab("01-embedding")
    lab.fill(right_answers("01-embedding"))
    lab.run()
    lab.do("docmanager:save")
    lab.tab.evaluate("indexedDB.open('JupyterLite Storage - /another/lab/')")  # of another book on this host
    lab = open_lab("06-rnnlm")
    lab.fill(right_answers("06-rnnlm") | {"imports": SHORT})
    assert "Yours: MyTimeEmbedding, MyTimeAffine, MyRnnlm, my_perplexity. Finished" in lab.run()["train-run"]
    lab.tab.goto(f"{site}book/progress.html")
    lab.tab.get_by_text("2 of 7 exercises complete. Next: read").wait_for()
    lab.tab.get_by_role("status").get_by_role("link", name="02-rnn").click()
    lab.tab.locator(":target rnnlm-practice[data-exercise='02-rnn']").wait_for()


@pytest.mark.parametrize("slug", ASSIGNMENTS)
def test_a_chapter_opens_its_exercise(open_page, slug):
    (page,) = (path for path in HTML.glob("book/0*.html") if f"/{slug}.ipynb" in path.read_text())
    tab = open_page(f"book/{page.name}")
    link = tab.get_by_role("link", name="Open the exercise in this browser")
    assert link.evaluate("link => link.href").endswith(address(slug))
    assert tab.locator("rnnlm-practice ~ .lab-offer").count() == 1  # the editors come first
    announced = tab.locator("p", has_text="This chapter has an exercise").get_by_role("link")
    assert announced.get_attribute("href").startswith("#")


@pytest.mark.parametrize("slug", ASSIGNMENTS)
def test_the_front_page_leads_to_where_a_chapter_offers_the_exercise(open_page, slug):
    tab = open_page("book/index.html")
    tab.locator(".front-path").get_by_role("link", name=f"Exercise {int(slug[:2])}").click()
    tab.locator(f":target rnnlm-practice[data-exercise='{slug}']").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_violation_in_the_offer(open_page, theme):
    assert_no_violation(open_page("book/02-embedding.html", theme=theme), ".lab-offer")


def test_a_page_opened_from_disk_offers_no_lab(browser):
    tab = browser.new_page()
    tab.goto((HTML / "book" / "02-embedding.html").as_uri())
    assert tab.locator("div.lab-offer").count() == 1
    assert not tab.locator("div.lab-offer").is_visible()
    assert tab.locator("a[href*='/lab/']:visible").count() == 0
    tab.close()


def test_an_exercise_in_the_lab_is_the_released_one():
    for slug in ASSIGNMENTS:
        (notebook,) = HTML.glob(f"lab/files/{slug}-*.ipynb")
        released = nbformat.read(HTML.parents[1] / "exercises" / slug / f"{slug}.ipynb", as_version=4)
        assert nbformat.read(notebook, as_version=4) == released
