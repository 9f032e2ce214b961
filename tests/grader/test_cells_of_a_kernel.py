"""What `check` notices of the cells of a live notebook."""
from types import SimpleNamespace

import pytest
from examining import shown_in_a_shell

from rnnlm_grader.cells import Cells


def ran(*runs):
    """The cells of a notebook after these (id, source) have run."""
    cells = Cells()
    for cell_id, source in runs:
        cells.note(SimpleNamespace(raw_cell=source, cell_id=cell_id))
    return cells


@pytest.mark.parametrize("now", ["class MyRNN2: pass", "# class MyRNN: pass", "MyRNN", ""])
def test_a_class_that_its_cell_no_longer_defines_is_noticed(now):
    assert ran(("a", "class MyRNN: pass"), ("a", now)).left_over("MyRNN")


@pytest.mark.parametrize("runs", [
    [],
    [("a", "class MyRNN: pass"), ("a", "class MyRNN: x = 1")],
    [("a", "class MyRNN: pass"), ("b", "class MyRNN: pass"), ("a", "")],
    [("a", "class MyRNN: pass"), ("a", ""), ("b", "%time\nclass MyRNN: pass")],
    [("a", "class MyRNN: pass"), ("a", "class MyRNN: pass)")],
    [("a", "class MyRNN: pass"), ("a", "from mine import *")],
    [("a", "class MyRNN: pass"), ("a", "from mine import Cell as MyRNN")],
    [("a", "class MyRNN: pass"), ("a", "%run mine.py")],
    [("a", "class MyRNN: pass"), ("a", "for MyRNN in models: pass")],
    [(None, "class MyRNN: pass"), (None, "")],
], ids=["never ran", "edited", "now in another cell", "moved", "can't be read", "may be imported", "imported",
        "run from a file", "looped",
        "without ids"])
def test_there_is_no_warning_where_it_may_be_defined(runs):
    assert not ran(*runs).left_over("MyRNN")


def test_check_tells_of_a_left_over_in_a_shell():
    assert "my_perplexity is left over from an earlier run" in shown_in_a_shell(
        ("a", "from rnnlm_grader import check"), ("b", "def my_perplexity(): pass"),
        ("b", "def my_perplexity2(): pass"), ("c", "check(my_perplexity)"))
