"""Opens exercises in the lab, and works on them there. Needs `make browser` first."""

import json

import nbformat
import pytest
from pages import HTML, ROOT, browser, open_page, site

from rnnlm_grader.course.source_notebook import answers_of

__all__ = ["browser", "open_page", "site"]

PATIENCE = 120_000  # milliseconds; Python starts within ten seconds where nothing else runs
FILL = """answers => {
    for (const cell of jupyterapp.shell.currentWidget.content.model.cells) {
        const name = cell.getMetadata("nbgrader")?.grade_id;
        if (name in answers) cell.sharedModel.setSource(answers[name]);
    }
}"""
WAIT = """() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute(
    { code: "", silent: true }).done.then(() => {})"""
SELECT = """name => {
    const { content } = jupyterapp.shell.currentWidget;
    content.activeCellIndex = [...content.model.cells].findIndex(
        (cell) => cell.getMetadata("nbgrader").grade_id === name);
}"""


class Lab:
    """A tab with an exercise in the lab."""

    def __init__(self, tab):
        self.tab = tab
        self.tab.set_default_timeout(PATIENCE)
        self.tab.wait_for_function("window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel")

    def fill(self, answers):
        """Write answers, by their names, into the cells that are there for them."""
        self.tab.evaluate(FILL, answers)

    def do(self, command):
        """Carry out one of JupyterLab's commands, to its end."""
        self.tab.evaluate("command => jupyterapp.commands.execute(command).then(() => {})", command)

    def run(self, *names):
        """Run the cells of these names, or all; return what each cell of code printed or showed, by its name."""
        for name in names:
            self.tab.evaluate(SELECT, name)
            self.do("notebook:run-cell")
        if not names:
            self.do("notebook:run-all-cells")  # which ends where a check finds something wrong, and the cells go on
            self.tab.evaluate(WAIT)
        cells = json.loads(self.tab.evaluate("JSON.stringify(jupyterapp.shell.currentWidget.content.model)"))["cells"]
        return {
            cell["metadata"]["nbgrader"]["grade_id"]: "".join(map(text_of, cell["outputs"]))
            for cell in cells
            if cell["cell_type"] == "code"
        }


def text_of(output):
    """Return what an output says."""
    text = output.get("text") or output.get("data", {}).get("text/plain") or output.get("evalue", "")
    return " ".join("".join(text).split()) + "\n"


def address(slug):
    """Return where an exercise is in the built book."""
    (notebook,) = HTML.glob(f"lab/files/{slug}-*.ipynb")
    return f"lab/notebooks/index.html?path={notebook.name}"


def right_answers(slug):
    """Return the instructor's answers, by their names."""
    return answers_of(nbformat.read(ROOT / "solutions" / slug / f"{slug}.ipynb", as_version=4))


@pytest.fixture(autouse=True)
def has_lab():
    if not (HTML / "lab").exists():
        pytest.skip("the book has no lab: `make browser` builds one")


@pytest.fixture
def open_lab(open_page):
    """Open an exercise in the lab; nothing may have gone wrong there at the end."""
    yield lambda slug: Lab(open_page(address(slug), theme=None))
    assert not open_page.complaints
