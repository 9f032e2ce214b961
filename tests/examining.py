"""Defines an answer and asks whether it is clean by some criteria."""

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
