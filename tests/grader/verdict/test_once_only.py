"""An answer that is right only the first time, for what it keeps is shared: it is told so, and loses little."""

import pytest
from support.graded_cells import told

from rnnlm_grader.content.bptt.misconceptions import BPTT
from rnnlm_grader.content.misconception import changed
from rnnlm_grader.content.rnnlm.misconceptions import RNNLM

pytestmark = pytest.mark.corpus
SAID = "It is right only the first time after the cell was executed"
IN_A_CELL = "hs = []\n" + changed(BPTT, ("    hs = [h0]\n", "    hs.append(h0)\n"))
IN_THE_CLASS = changed(
    RNNLM,
    ("class MyRnnlm:\n", "class MyRnnlm:\n    params, grads = [], []\n\n"),
    ("        self.params, self.grads = [], []\n", ""),
)


@pytest.mark.parametrize(
    ("slug", "name", "source", "least", "kept"),
    [("04-bptt", "my_bptt", IN_A_CELL, 18, "`hs`"), ("06-rnnlm", "MyRnnlm", IN_THE_CLASS, 7, "`params`")],
)
def test_what_is_shared_by_all_calls_costs_what_shows_it(slug, name, source, least, kept):
    mark, text = told((None, "import numpy as np"), (name, source.strip("\n")), slug=slug)
    assert least <= mark
    assert SAID in " ".join(text.split())
    assert f"such as {kept}," in text


def test_another_mistake_is_not_taken_for_it():
    wrong_too = changed(IN_A_CELL, (" * (1 - h**2)", ""))
    mark, text = told((None, "import numpy as np"), ("my_bptt", wrong_too.strip("\n")), slug="04-bptt")
    assert mark == 0
    assert SAID not in " ".join(text.split())
