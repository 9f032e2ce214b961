"""What `check` notices of the cells of a live notebook."""

import re
from types import SimpleNamespace

import pytest
from corpora import embedding
from ipython_shell import shown_in_a_shell

from rnnlm_grader.learner.cells import Cells

CLASS = "class MyRNN: pass"
NUMPY = ("numpy", "import numpy as np")
IMPORT = ("imports", "from rnnlm_grader import check")
ANSWER = "def my_perplexity(losses, counts):\n    return 1.0\n"
CHECK = ("check", "check(my_perplexity, 'edge')")


def ran(*runs, screen=None):
    """The cells of a notebook after these (id, source) have run, with another cell about to run."""
    cells, values = Cells(), {}
    for cell_id, source in (*runs, (None, "")):
        cells.begin(SimpleNamespace(raw_cell=source, cell_id=cell_id), {"screen": screen}, values)
        try:
            exec(compile(source, "cell", "exec"), values)
            error = None
        except Exception as raised:
            error = raised
        is_before = isinstance(error, SyntaxError) and not source.startswith("%")
        cells.end(
            SimpleNamespace(
                error_before_exec=error if is_before else None,
                error_in_exec=None if is_before or source.startswith("%") else error,
            ),
            values,
        )
    return cells


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        ("class MyRNN2: pass", "The cell of MyRNN defines MyRNN2 now."),
        ("# class MyRNN: pass", "The cell of MyRNN defines nothing now."),
        ("MyRNN", "The cell of MyRNN defines nothing now."),
        ("class MyRNN: pass)", "The cell of MyRNN doesn't parse: line 1, unmatched ')'."),
        ("\n1 / 0\nclass MyRNN: pass", "The cell of MyRNN raised ZeroDivisionError in line 2."),
    ],
)
def test_a_class_that_its_cell_did_not_give_when_it_last_ran_is_noticed(now, reason):
    assert ran(("a", CLASS), ("a", now)).outdated("MyRNN") == reason


@pytest.mark.parametrize(
    "runs",
    [
        [],
        [("a", CLASS), ("a", "class MyRNN: x = 1")],
        [("a", CLASS), ("b", CLASS), ("a", "")],
        [("a", CLASS), ("a", ""), ("b", "%time\nclass MyRNN: pass")],
        [("a", CLASS), ("a", f"{CLASS}\n1 / 0")],
        [("a", CLASS), ("a", "from math import *")],
        [("a", CLASS), ("a", "from math import pi as MyRNN")],
        [("a", CLASS), ("a", "%run mine.py")],
        [("a", CLASS), ("a", "for MyRNN in [1]: pass")],
        [(None, CLASS), (None, "")],
    ],
    ids=[
        "never ran",
        "written anew",
        "now in another cell",
        "moved",
        "failed later",
        "may be imported",
        "imported",
        "run from a file",
        "looped",
        "without ids",
    ],
)
def test_nothing_is_said_where_it_may_be_defined(runs):
    assert not ran(*runs).outdated("MyRNN")


@pytest.mark.parametrize(
    ("screen", "reason"),
    [
        ({"a": "class MyRNN: x = 1"}, "The cell of MyRNN was edited since it ran: run it first."),
        ({"b": ""}, "The cell that defined MyRNN is gone."),
        ({"a": f"{CLASS}\n"}, ""),
    ],
)
def test_what_a_front_end_tells_of_the_screen_counts(screen, reason):
    assert ran(("a", CLASS), screen=screen).outdated("MyRNN") == reason


def test_a_cell_that_did_not_parse_and_was_mended_is_to_be_run():
    wrong = CLASS.replace(":", "")
    mended, unmended = (ran(("a", CLASS), ("a", wrong), screen={"a": now}).outdated("MyRNN") for now in (CLASS, wrong))
    assert mended == "The cell of MyRNN was edited since it ran: run it first."
    assert "doesn't parse: line 1, " in unmended


@pytest.mark.parametrize(
    ("one", "over_time", "is_said"),
    [
        (embedding.WRONG["MyEmbedding"]["Overwrites"], embedding.STUDY_NOTEBOOK, True),
        (embedding.BOOK, embedding.STUDY_NOTEBOOK, False),
        (embedding.BOOK, embedding.STUDY_NOTEBOOK.replace("return out", "return 2 * out"), False),
    ],
)
def test_an_answer_that_uses_a_wrong_one_says_so_first(one, over_time, is_said):
    shown = shown_in_a_shell(NUMPY, IMPORT, ("a", one), ("b", over_time), ("check", "check(MyTimeEmbedding)"))
    first = "MyTimeEmbedding uses MyEmbedding, which isn't right yet. Mend that first: what follows may come of it.\n"
    assert (first in shown) == is_said
    assert ("Mend that first" in shown) == is_said
    assert ("✗" in shown) == (one != embedding.BOOK or "2 * out" in over_time)


def test_an_answer_that_uses_a_former_version_of_another_earns_nothing():
    one, over_time = ("a", embedding.BOOK), ("b", embedding.STUDY_NOTEBOOK)
    shown = shown_in_a_shell(
        NUMPY, IMPORT, one, over_time, ("a", "class MyEmbedding:\n    x = ("), ("c", "check(MyTimeEmbedding)")
    )
    assert "MyTimeEmbedding uses MyEmbedding. The cell of MyEmbedding doesn't parse: line 2, " in shown
    assert shown.endswith("0 of 10 points; see above.\n")


def test_the_version_before_earns_nothing_and_says_so_first():
    shown = shown_in_a_shell(IMPORT, ("a", ANSWER), ("a", f"{ANSWER}x = ("), CHECK)
    report = shown[shown.index("The cell of") :]
    assert report.startswith("The cell of my_perplexity doesn't parse: line 3, ")
    assert "What is judged below is the version before, which earns nothing.\nmy_perplexity · edge\n" in report
    assert "my_perplexity · edge: 0 of 2 points" in report
    assert not re.search("earns [0-9]", report)


def test_a_right_answer_of_before_does_not_pass():
    right = (
        "import math\ndef my_perplexity(losses, counts):\n"
        "    return math.exp(sum(l * c for l, c in zip(losses, counts)) / sum(counts))"
    )
    assert shown_in_a_shell(IMPORT, ("a", right), CHECK).endswith("ERROR None\n")
    assert "0 of 2 points" in shown_in_a_shell(IMPORT, ("a", right), ("a", "1 / 0"), CHECK).splitlines()[-1]


@pytest.mark.parametrize(
    ("cells", "advice"),
    [
        ([], "Run the cell in which you write it, then this one again."),
        ([("a", f"{ANSWER}x = (")], "The cell of my_perplexity doesn't parse: line 3, '(' was never closed"),
        (
            [("a", ANSWER.replace("my_", ""))],
            "A cell defines perplexity: call it my_perplexity there, and run it again.",
        ),
        ([("a", ANSWER.replace("my_perplexity", "my_softmax"))], "Run the cell in which you write it"),
    ],
)
def test_an_answer_that_is_not_defined_is_told_without_a_traceback(cells, advice):
    assert f"\nmy_perplexity isn't defined yet. {advice}" in "\n" + shown_in_a_shell(IMPORT, *cells, CHECK)


def test_what_an_answer_uses_from_another_cell_is_told_whether_it_counts():
    helper, uses = ("h", "def one(x):\n    return 1.0"), ("a", ANSWER.replace("1.0", "one(0)"))
    assert (
        "my_perplexity uses one from another cell of yours. That counts: the cell is handed in with this notebook."
        in shown_in_a_shell(IMPORT, helper, uses, CHECK)
    )
    shown = shown_in_a_shell(IMPORT, helper, uses, ("h", "# gone"), CHECK)
    assert "my_perplexity uses one. The cell of one defines nothing now. What is judged" in shown
    assert "from another cell" not in shown_in_a_shell(IMPORT, ("a", ANSWER), CHECK)


UNTOUCHED = "def my_perplexity(losses, counts):\n    raise NotImplementedError()\n"
VALUES = ("check", "check(my_perplexity, 'values')")
AGAIN = ANSWER.replace("1.0", "2.0")


@pytest.mark.parametrize(
    ("versions", "offers"),
    [
        ([ANSWER], 0),
        ([ANSWER, ANSWER], 0),
        ([UNTOUCHED, ANSWER], 0),
        ([ANSWER, AGAIN], 1),
        ([ANSWER, AGAIN, AGAIN.replace("2", "3")], 1),
    ],
    ids=["one", "the same again", "nothing written at first", "two", "a third"],
)
def test_a_hint_is_offered_when_two_versions_have_failed(versions, offers):
    cells = [cell for version in versions for cell in (("a", version), VALUES)]
    shown = shown_in_a_shell(IMPORT, *cells)
    assert shown.count("Would a hint help? Three are folded above the cell of my_perplexity.") == offers


def test_a_front_end_with_hints_of_its_own_offers_them_itself():
    told = (
        f"from rnnlm_grader.learner import cells\n{IMPORT[1]}\ncells.told_by_front_end = lambda: {{'hasHints': True}}"
    )
    shown = shown_in_a_shell(("imports", told), ("a", ANSWER), VALUES, ("a", AGAIN), VALUES)
    assert "hint" not in shown
