"""tools/chapters.py notices whatever makes a notebook differ from its text."""

import re
import shutil
import subprocess
import sys

import chapters
import nbformat
import pytest
from pages import ROOT

TEXT = """\
---
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# A chapter

```{code-cell} ipython3
:tags: [hide-input]

print(102 + 9)
```

The end.
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A book of one chapter, executed once."""
    book = tmp_path_factory.mktemp("made") / "book"
    book.mkdir()
    (book / "01-one.md").write_text(TEXT)
    assert not chapters.refresh(book, book.parent / "stamps")
    return book


@pytest.fixture
def book(made, tmp_path):
    shutil.copytree(made.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / "book"


def edited(change):
    """Return the function that changes the notebook of a book."""

    def edit(book):
        path = book / "01-one.ipynb"
        notebook = nbformat.read(path, as_version=4)
        change(notebook)
        nbformat.write(notebook, path)

    return edit


def with_unknown_tag(book):
    (book / "01-one.md").write_text(TEXT.replace("hide-input", "hide_input"))
    edited(lambda notebook: notebook.cells[1].metadata.update(tags=["hide_input"]))(book)


def test_a_fresh_notebook_holds_the_output_and_is_left_alone(book, capsys):
    notebook = nbformat.read(book / "01-one.ipynb", as_version=4)
    assert notebook.cells[1].outputs[0].text == "111\n"
    assert chapters.check(book) == []
    chapters.refresh(book, book.parent / "stamps")
    assert capsys.readouterr().out == "01-one: unchanged\n"


def test_a_chapter_made_twice_is_the_same_to_the_byte(tmp_path):
    book = tmp_path / "book"
    book.mkdir()
    shutil.copy(ROOT / "book" / "what-learning-is.md", book)  # a short page with figures
    made = []
    for _ in range(2):
        assert not chapters.refresh(book, tmp_path / "stamps", everything=True)
        made.append((book / "what-learning-is.ipynb").read_bytes())
    assert b"<svg" in made[0]
    assert made[0] == made[1]


DRIFT = {  # what is done to a book → what is said
    "code": (edited(lambda notebook: notebook.cells[1].update(source="print(102 + 10)")), "+print(102 + 9)"),
    "tags": (edited(lambda notebook: notebook.cells[1].metadata.update(tags=[])), '"hide-input"'),
    "a tag that nothing reads": (with_unknown_tag, "unknown tags: hide_input"),
    "missing cell": (edited(lambda notebook: notebook.cells.pop()), "+The end."),
    "unexecuted": (edited(lambda notebook: notebook.cells[1].update(execution_count=None)), "never ran: 2"),
    "unknown versions": (edited(lambda notebook: notebook.metadata.pop("executed")), "executed with ipython unknown"),
    "other versions": (
        edited(lambda notebook: notebook.metadata.executed.versions.update(numpy="2.1.0")),
        "executed with numpy 2.1.0",
    ),
    "no notebook": (lambda book: (book / "01-one.ipynb").unlink(), "is missing"),
    "no text": (lambda book: (book / "01-one.md").unlink(), "has no 01-one.md"),
    "damaged": (lambda book: (book / "01-one.ipynb").write_text("<html>"), "can't be read as a notebook"),
}


@pytest.mark.parametrize(("spoil", "named"), DRIFT.values(), ids=DRIFT)
def test_drift_is_named(book, spoil, named):
    spoil(book)
    (problem,) = chapters.check(book)
    assert problem.startswith("01-one.ipynb ")
    assert named in problem


@pytest.mark.parametrize(
    ("changed", "matters"),
    [
        ("book/01-one.md", True),
        ("book/01-one.ipynb", True),
        ("rnnlm_figures/rnn.py", True),
        ("rnnlm_ref/layers.py", True),
        ("rnnlm_ref/trainer.py", False),
    ],
)
def test_a_chapter_runs_again_when_something_changed_that_it_uses(book, changed, matters):
    text = book / "01-one.md"
    text.write_text(TEXT.replace("print", "import rnnlm_figures.rnn\nprint"))
    for module in ("rnnlm_figures/__init__", "rnnlm_ref/__init__", "rnnlm_ref/layers", "rnnlm_ref/trainer"):
        (book.parent / module).parent.mkdir(exist_ok=True)
        (book.parent / f"{module}.py").touch()
    (book.parent / "rnnlm_figures/rnn.py").write_text("from rnnlm_ref.layers import RNN\n")
    before = chapters.fingerprint(text)
    path = book.parent / changed
    path.write_text(path.read_text() + "\n")
    assert (chapters.fingerprint(text) != before) is matters


def test_a_failing_cell_is_shown_and_keeps_the_old_notebook(book, capsys):
    before = (book / "01-one.ipynb").read_bytes()
    (book / "01-one.md").write_text(TEXT.replace("102 + 9", "1 / 0"))
    assert chapters.refresh(book, book.parent / "stamps")
    assert re.search(
        r"01-one: the notebook stays as it was.*print\(1 / 0\).*ZeroDivisionError", capsys.readouterr().err, re.DOTALL
    )
    assert (book / "01-one.ipynb").read_bytes() == before


def test_an_output_that_is_not_true_any_more_is_shown_with_its_place(book):
    edited(lambda notebook: notebook.cells[1].outputs[0].update(text="one\n112\n"))(book)
    shutil.copy(ROOT / "book" / "conftest.py", book)
    options = ["-q", "-p", "no:cacheprovider", "--color=no", "--nbval", "--nbval-sanitize-with", ROOT / "nbval.cfg"]
    command = [sys.executable, "-m", "pytest", *options, book]
    done = subprocess.run(command, cwd=book.parent, capture_output=True, text=True, check=False)
    assert (
        """\
book/01-one.md, line 13, code cell 1 of its page

print(102 + 9)

expected, as stored:
  > one
  > 112
got:
  > 111
If what is got is right, run: make chapters
"""
        in done.stdout
    )


def test_outputs_are_stored_without_addresses_and_paths():
    output = {"text": f"<object at 0x7f12ab34cd56> in {ROOT}/book/figures.py, /tmp/ipykernel_12/345.py"}
    assert chapters.canonical(output) == {"text": "<object at 0x…> in book/figures.py, cell"}
