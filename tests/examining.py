"""Defines an answer and asks whether it is clean by some criteria; or runs cells in a shell."""

import subprocess
import sys

import numpy as np

from rnnlm_grader.content import find
from rnnlm_grader.engine.exam import examine, public_seed
from rnnlm_grader.protocol.bench import load_cells
from rnnlm_grader.protocol.candidate import KernelCandidate


def defined(source, name="MyEmbedding"):
    """Execute a cell; return what it defines under a name."""
    names = {"np": np, "__name__": "__main__"}
    assert load_cells([(name, source)], names) == {}
    return names[name]


def is_clean(name, answer, criteria=None):
    """Return whether nothing is wrong with an answer by the criteria of its name, or by these."""
    return all(
        examine(criterion, KernelCandidate(**{name: answer}), public_seed(criterion)).passed
        for criterion in criteria or find(name).of(name)
    )


IN_A_SHELL = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for cell_id, source in {}:
    error = shell.run_cell(source, cell_id=cell_id).error_in_exec
print("ERROR", error)
"""


def shown_in_a_shell(*cells):
    """Run cells, each an id and a source, in a fresh process as a notebook does; return all that they show.

    The last line tells the exception of the last cell.
    """
    done = subprocess.run([sys.executable, "-c", IN_A_SHELL.format(cells)], capture_output=True, text=True, check=True)
    return done.stdout
