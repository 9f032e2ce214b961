"""Nothing that code can choose once it has seen a hidden input is shown to anybody."""

import contextlib
import json
import zlib

import numpy as np
import pytest
from corpora import embedding
from support.workers import code_cells

from rnnlm_grader.content import ASSIGNMENTS
from rnnlm_grader.course.job import failed_cells, part_summary, part_told
from rnnlm_grader.engine.exam import examine, hidden_seed, public_seed
from rnnlm_grader.protocol.candidate import KernelCandidate
from rnnlm_grader.sandbox.candidate import SandboxedCandidate
from rnnlm_grader.verdict.allowance import Allowance
from rnnlm_grader.verdict.grading import grade_submission

ASSIGNMENT = ASSIGNMENTS["01-embedding"]
CRITERIA = [criterion for criterion in ASSIGNMENT.criteria if criterion.name == "MyEmbedding"]
RIGHT, TIME_RIGHT = embedding.EMBEDDING["as the book writes it"], embedding.TIME_EMBEDDING["without MyEmbedding"]


def secret(criterion):
    return hidden_seed(bytes(32), ASSIGNMENT.slug, criterion)


def tables(criterion, seed):
    """Return checksums of the tables that an answer is given when it is examined by a criterion."""
    found, names = set(), {"np": np}
    exec(RIGHT, names)

    class Watched(names["MyEmbedding"]):
        def __init__(self, W):
            found.add(zlib.crc32(W.tobytes()))
            super().__init__(W)

    examine(criterion, KernelCandidate(MyEmbedding=Watched), seed(criterion))
    return found


PUBLIC, HIDDEN = (set().union(*(tables(criterion, seed) for criterion in CRITERIA)) for seed in (public_seed, secret))
WORD = "q" * 3 + "zj"  # what the submissions below say when they know a hidden input; it stands nowhere in them
REMEMBERS = f"""
import zlib
seen = set()
def knows(): return bool(seen & {HIDDEN - PUBLIC})
def word(): return 'q' * 3 + 'zj' if knows() else 'none'
class MyEmbedding:
    def __init__(self, W):
        self.table = zlib.crc32(W.tobytes())
        seen.add(self.table)"""


def shown(*change):
    """Return all that is shown, to the student and to teachers, of a submission that remembers what it was given."""
    source = RIGHT.replace("class MyEmbedding:\n    def __init__(self, W):", REMEMBERS).replace(*change)
    cells = code_cells(("set-up", "import numpy as np"), ("MyEmbedding", source), ("MyTimeEmbedding", TIME_RIGHT))
    with contextlib.closing(SandboxedCandidate(cells, ASSIGNMENT.names)) as candidate:
        results, failed = grade_submission(
            ASSIGNMENT,
            candidate,
            cells,
            {},
            lambda criterion: [(public_seed(criterion), False), (secret(criterion), True)],
            Allowance(20),
        )
    assert not all(result.is_right for result in results)
    said = [*(part_told(result, results) for result in results), *map(part_summary, results), *failed_cells(failed)]
    text = json.dumps(said)
    return " ".join(text.replace("\\n", " ").split())


SAYS = {
    "its own words": "ValueError(word())",
    "an exception of its own": "type(word(), (Exception,), {})(word())",
    "a key": "KeyError(word())",
    "shapes": "ValueError(f'operands could not be broadcast together with shapes ({word()}) ({word()})')",
    "sizes": "ValueError(f'size {word()} is different from {word()}')",
    "a length": "IndexError(f'index 1 is out of bounds for axis 0 with size {word()}')",
    "a variable": "UnboundLocalError(f\"cannot access local variable '{word()}'\")",
    "an attribute": "AttributeError(f\"'MyEmbedding' object has no attribute '{word()}'\")",
    "what it was given": "ValueError(f'{word()} has shape ({word()}), expected (2,)')",
}


@pytest.mark.parametrize("error", SAYS.values(), ids=SAYS)
def test_no_exception_tells_of_hidden_inputs(error):
    text = shown("W, = self.params", f"W, = self.params\n        if knows(): raise {error}")
    assert "passes on the inputs shown in the notebook and fails on others" in text
    assert WORD not in text


@pytest.mark.parametrize("wrong", ["5859 * W[idx]", "(W[idx], *[None] * 585)"])
def test_no_number_that_an_answer_chooses_tells_of_hidden_inputs(wrong):
    text = shown("return W[idx]", f"return {wrong} if knows() else W[idx]")
    assert "passes on the inputs shown in the notebook and fails on others" in text
    assert "5859" not in text
    assert "586" not in text


@pytest.mark.parametrize("id", ["gradient_rows", "backward_twice"])
def test_what_is_wrong_on_the_learners_inputs_is_told_before_a_hidden_input_was_seen(id):
    wrong = tables(next(each for each in CRITERIA if each.id == id), public_seed)
    text = shown("dW, =", f"if self.table in {wrong}: raise ValueError(word())\n        dW, =")
    assert "Your code raised ValueError: none" in text
    assert WORD not in text


def test_what_could_not_be_explained_before_a_hidden_input_was_seen_is_not_explained_after_it():
    wrong = tables(next(each for each in CRITERIA if each.id == "gradient_rows"), public_seed)
    ends = f"if self.table not in {PUBLIC} and not knows(): __import__('os')._exit(0)"
    fails = f"if self.table in {wrong} or knows(): raise ValueError(word())"
    text = shown("dW, =", f"{ends}\n        {fails}\n        dW, =")
    assert "Your code raised ValueError: none" in text
    assert WORD not in text
