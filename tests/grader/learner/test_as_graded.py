"""What a wrong answer costs when it is graded, a check said before, to the letter: name, example and points."""

import nbformat
import numpy as np
import pytest
from corpora import CORPORA
from support.graded_cells import told
from support.hostile.handing_in import ROOT

from rnnlm_grader.course.source_notebook import answers_of
from rnnlm_grader.learner.check import checked
from rnnlm_grader.protocol.bench import load_cells
from rnnlm_grader.verdict.report import render
from rnnlm_ref.layers import RNN

WRONG = [
    (corpus.SLUG, name, source)
    for corpus in CORPORA
    for name, answers in corpus.WRONG.items()
    for source in list(answers.values())[::7]
]  # some of each name: each takes as long as a check and a submission


def costs(report, name):
    """The lines of a report on an answer that tell what it doesn't earn: of the rest, hidden inputs may show more."""
    lines, is_about_it, is_told = [], False, False
    for line in filter(str.strip, report.splitlines()):
        if line[0] != " ":
            is_about_it = is_told = line.startswith(f"{name} ·")
        elif line[2] != " ":  # an item begins
            is_told = is_about_it and line[2] not in "✓≈"
        lines += [line] * is_told
    return lines


@pytest.mark.corpus(one_in=8)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("slug", "name", "source"), WRONG)
def test_a_check_says_what_a_submission_costs(slug, name, source):
    right = answers_of(nbformat.read(ROOT / "solutions" / slug / f"{slug}.ipynb", as_version=4))
    cells, names = {**right, name: source}, {"np": np, "RNN": RNN, "__name__": "__main__"}
    assert load_cells(cells.items(), names) == {}
    results = checked(name, names[name], None, hidden=False).results
    said = costs("\n".join(render(result, results) for result in results), name)
    assert any("✗" in line for line in said)
    _, graded = told(*cells.items(), slug=slug)
    assert costs(graded, name) == said
