"""What a learner typed survives two tabs, a killed tab, a dialog, an upload, and a browser that keeps nothing."""

import json
import re
from contextlib import suppress

import nbformat
import pytest
from pages import ROOT
from playwright.sync_api import Error
from working import PATIENCE, Lab, Practice, address, right_answers

SLUG = "01-embedding"
SOURCE = """() => [...jupyterapp.shell.currentWidget.content.model.cells].find(
    (cell) => cell.getMetadata("nbgrader").grade_id === "MyEmbedding").sharedModel.getSource()"""
REFUSE = """for (const name of ["indexedDB", "localStorage", "sessionStorage"]) {
    Object.defineProperty(window, name, { get() { throw new DOMException("refused", "SecurityError"); } });
}"""


def written(lab):
    """What stands in the cell of the first answer."""
    return lab.tab.evaluate(SOURCE)


def type_into(lab, text):
    """Type a first line into the cell of the first answer, as a hand does."""
    lab.tab.locator(".jp-CodeCell .cm-content").nth(2).click()
    lab.tab.keyboard.press("Control+Home")
    lab.tab.keyboard.type(text)


def state(lab):
    return lab.tab.locator(".rnnlm-saved")


def another(lab, site):
    """Another tab with the same exercise."""
    tab = lab.tab.context.new_page()
    tab.goto(site + address(SLUG))
    return Lab(tab)


def test_what_was_typed_a_moment_before_a_tab_was_killed_is_there_again(open_lab, site):
    lab = open_lab(SLUG)
    state(lab).wait_for()
    type_into(lab, "# mine\n")
    state(lab).get_by_text(re.compile(r"Saved \d\d:\d\d")).wait_for()
    type_into(lab, "# and this\n")
    lab.tab.wait_for_timeout(3000)
    with lab.tab.expect_event("crash"), suppress(Error):
        lab.tab.goto("chrome://crash")
    assert written(another(lab, site)).startswith("# and this\n# mine\n")


def test_what_was_typed_before_all_of_the_lab_was_there_is_saved(open_page):
    tab, held = open_page("404.html", theme=None), []
    tab.route("**/practice/keeping.js", lambda route: held.append(route))
    lab = Lab(open_page(address(SLUG), theme=None, until="commit"))
    type_into(lab, "# early\n")
    (come,) = held
    come.continue_()
    state(lab).get_by_text("Saved").wait_for()
    assert not open_page.complaints


def test_a_second_tab_is_read_only_says_so_and_writes_nothing(open_lab, site):
    lab = open_lab(SLUG)
    state(lab).wait_for()
    second = another(lab, site)
    state(second).get_by_text("Read only: this exercise is open in another tab.").wait_for()
    type_into(second, "# lost?\n")
    assert "lost" not in written(second)
    second.do("docmanager:save")
    type_into(lab, "# mine\n")
    lab.tab.wait_for_function("!jupyterapp.shell.currentWidget.context.model.dirty")
    state(lab).get_by_text("Saved").wait_for()
    lab.tab.close()
    second.tab.reload()
    third = Lab(second.tab)
    assert written(third).startswith("# mine\n")
    state(third).wait_for()
    type_into(third, "# again\n")
    assert written(third).startswith("# again\n")


def test_the_focus_of_a_dialog_destroys_nothing(open_lab):
    lab = open_lab(SLUG)
    lab.tab.evaluate("void jupyterapp.commands.execute('kernelmenu:restart')")
    lab.tab.locator(".jp-Dialog button.jp-mod-warn").wait_for()
    focused = lab.tab.locator(".jp-Dialog button:focus")
    assert "jp-mod-reject" in focused.get_attribute("class")
    lab.tab.keyboard.press("Tab")
    assert "jp-mod-warn" in focused.get_attribute("class")


def notebook(**sources):
    """An exercise with these answers, as a file to upload."""
    made = nbformat.read(ROOT / "exercises" / SLUG / f"{SLUG}.ipynb", as_version=4)
    for cell in made.cells:
        cell.source = sources.get(cell.metadata.nbgrader.grade_id, cell.source)
    return nbformat.writes(made).encode()


def choose(lab, content):
    with lab.tab.expect_file_chooser() as chooser:
        lab.tab.evaluate("void jupyterapp.commands.execute('lab:upload')")
    chooser.value.set_files(file_of(content))


def file_of(content):
    return {"name": "work.ipynb", "mimeType": "application/json", "buffer": content}


def choose_in_page(here, content):
    with here.tab.expect_file_chooser() as chooser:
        here.tab.get_by_role("button", name="Upload a notebook").click()
    chooser.value.set_files(file_of(content))


def test_an_upload_and_a_new_start_keep_what_was_there(open_lab):
    lab = open_lab(SLUG)
    state(lab).wait_for()
    released = written(lab)
    lab.fill({"MyEmbedding": "# the first"})
    choose(lab, notebook(MyEmbedding="# the second"))
    lab.tab.get_by_role("button", name="Open it").wait_for()
    assert written(lab) == "# the second"
    lab.tab.get_by_role("button", name="Start over").first.click()
    lab.tab.wait_for_function(f"({SOURCE})() !== '# the second'")
    assert written(lab) == released
    lab.tab.reload()
    lab = Lab(lab.tab)
    with lab.tab.expect_popup() as kept:
        lab.tab.get_by_role("button", name="Open the earlier one").click()
    assert "-kept-" in kept.value.url
    assert written(Lab(kept.value)) == "# the second"


def test_a_page_goes_on_with_a_file_and_keeps_what_was_there(practise):
    here = practise(SLUG)
    begun = here.text("MyTimeEmbedding")
    here.write("MyEmbedding", "first = 1")
    choose_in_page(here, notebook(MyEmbedding="second = 2"))
    here.tab.get_by_text("The editors show the answers in your file.").wait_for()
    choose_in_page(here, notebook(MyEmbedding="second = 2"))  # once more: nothing is there to be kept
    here.tab.reload()
    here = Practice(here.tab)
    assert (here.text("MyEmbedding"), here.text("MyTimeEmbedding")) == ("second = 2", begun)
    back = here.tab.get_by_role("button", name="Bring back")
    assert back.inner_text() == "Bring back “first = 1”"  # and nothing where nothing was written
    back.press("Enter")
    here.part("MyEmbedding").get_by_text("first = 1").wait_for()
    with here.tab.expect_popup() as kept:
        here.tab.get_by_role("link", name=f"Earlier work: {SLUG}-kept-").click()
    assert written(Lab(kept.value)) == "first = 1"


NO_NOTEBOOKS = [b"no notebook", json.dumps({"cells": []}).encode()]


@pytest.mark.parametrize("content", NO_NOTEBOOKS)
def test_what_is_no_notebook_of_the_exercise_changes_nothing_in_the_page(practise, content):
    here = practise(SLUG)
    here.write("MyEmbedding", "mine = 1")
    choose_in_page(here, content)
    here.tab.get_by_text("That file isn't a notebook of this exercise. Nothing was changed.").wait_for()
    assert here.text("MyEmbedding") == "mine = 1"
    assert not here.tab.get_by_role("link", name="Earlier work").count()


@pytest.mark.parametrize("content", NO_NOTEBOOKS)
def test_what_is_no_notebook_of_the_exercise_changes_nothing(open_lab, content):
    lab = open_lab(SLUG)
    state(lab).wait_for()
    lab.fill({"MyEmbedding": "# mine"})
    choose(lab, content)
    lab.tab.get_by_text("That file isn't a notebook of this exercise. Nothing was changed.").wait_for()
    assert written(lab) == "# mine"


def test_the_browser_is_asked_to_keep_the_work_and_the_page_tells_of_the_last_copy(open_lab):
    lab = open_lab(SLUG)
    lab.tab.evaluate("navigator.storage.persist = () => { window.isAsked = true; }")
    state(lab).get_by_text("No copy downloaded yet.").wait_for()
    type_into(lab, "# mine\n")
    lab.tab.wait_for_function("window.isAsked")
    type_into(lab, "# not saved yet\n")
    with lab.tab.expect_download() as download:
        lab.tab.get_by_role("button", name="Download").first.click()
    assert "# not saved yet\n# mine\n" in nbformat.read(download.value.path(), as_version=4).cells[4].source
    state(lab).get_by_text(re.compile(r"Last copy downloaded \d\d:\d\d")).wait_for()


def test_where_nothing_may_be_kept_everything_works_and_a_copy_is_offered(open_page):
    tab = open_page("404.html", theme=None)
    tab.add_init_script(REFUSE)
    lab = Lab(open_page(address(SLUG), theme=None))
    lab.tab.get_by_text("This browser refuses to keep anything").wait_for()
    lab.fill({"MyEmbedding": right_answers(SLUG)["MyEmbedding"]})
    assert "3 of 3 points" in lab.run()["MyEmbedding-forward"]
    with lab.tab.expect_download() as download:
        lab.tab.locator(".Toastify").get_by_role("button", name="Download").click()
    assert right_answers(SLUG)["MyEmbedding"] in nbformat.read(download.value.path(), as_version=4).cells[4].source
    assert not open_page.complaints


def test_a_load_that_was_interrupted_says_what_to_do(open_page):
    tab = open_page("404.html", theme=None)
    tab.set_default_timeout(PATIENCE)
    tab.clock.install()
    tab.route("**/pyodide.asm.wasm", lambda route: None)  # it never comes
    open_page(address(SLUG), theme=None)
    tab.locator(".jp-CodeCell .cm-content").first.wait_for()
    assert tab.get_by_role("alert").count() == 0
    tab.clock.fast_forward(61_000)
    tab.get_by_role("alert").get_by_text("This has been loading for a minute").wait_for()
    tab.unroute("**/pyodide.asm.wasm")
    tab.get_by_role("button", name="Load it again").click()
    lab = Lab(tab)
    lab.run("imports")
    tab.get_by_role("alert").wait_for(state="detached")  # a busy machine may need another minute
