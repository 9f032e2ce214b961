"""The instructor's answers, among all that their notebooks define."""

import nbformat
from corpora import CORPORA

from rnnlm_grader.content import find

from .hostile.handing_in import ROOT

NAMES = [name for corpus in CORPORA for name in corpus.RIGHT]


def solution(name, source=None):
    """The instructor's answer, or another of that source, with everything that the other cells define."""
    slug = find(name).slug
    names = {}
    for cell in nbformat.read(ROOT / "solutions" / slug / f"{slug}.ipynb", as_version=4).cells:
        nbgrader = cell.metadata.get("nbgrader", {})
        if "setup" in cell.metadata.get("tags", ()) or nbgrader.get("solution"):
            exec(source if source and nbgrader.get("grade_id") == name else cell.source, names)
    return names[name]
