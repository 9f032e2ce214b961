"""What a reader does, by a browser alone, in the lab and in the page of a chapter."""

import json
import subprocess
import sys

import demo
import nbformat
from bs4 import BeautifulSoup
from corpora import CORPORA
from course_folder import gradebook_of, nbgrader
from pages import HTML, ROOT

from rnnlm_grader.course.gradebook import recorded_scores
from rnnlm_grader.course.source_notebook import answers_of

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


def graded(folder):
    """Grade what ada handed in; return her points."""
    demo.set_up(folder)
    nbgrader(folder, "generate_assignment", "01-embedding")
    subprocess.run([sys.executable, "-m", "rnnlm_grader.course.cli", "01-embedding"], cwd=folder, check=True)
    with gradebook_of(folder) as gradebook:
        scores = recorded_scores(gradebook, "01-embedding")
    return sum(scores["ada"].values())


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

    def code(self, name):
        """Return what a report says in code, or as Python writes an error."""
        return "\n".join(self.part(name).locator(".practice-report pre").all_text_contents())

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
    (found,) = (path.name for path in HTML.glob("book/0*.html") if f"/{slug}.ipynb" in path.read_text())
    return f"book/{found}"


RIGHT = right_answers("01-embedding")["MyEmbedding"]
WRONG = CORPORA[0].WRONG["MyEmbedding"]["Overwrites"]
