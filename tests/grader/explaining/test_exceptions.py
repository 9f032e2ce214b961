"""What is said of an exception that the source of the answer explains."""

import random
import textwrap
import time
from types import SimpleNamespace

import pytest
from corpora import embedding as corpus
from examining import defined
from support.workers import code_cells

from rnnlm_grader.explaining.changes import close_names
from rnnlm_grader.explaining.source import causes_in
from rnnlm_grader.learner.check import CheckFailed, check
from rnnlm_grader.protocol.bench import Raised
from rnnlm_grader.protocol.candidate import KernelCandidate
from rnnlm_grader.sandbox.candidate import SandboxedCandidate

INIT = "    def __init__(self, W):\n        self.params = [W]\n        self.grads = [np.zeros_like(W)]\n"
FORWARD = "    def forward(self, idx):\n        self.idx = idx\n        return self.params[0][idx]\n"
BACKWARD = "    def backward(self, dout):\n        self.grads[0][...] = 0\n"
BACKWARD += "        np.add.at(self.grads[0], self.idx, dout)\n"


def said_of(*methods):
    """What `check` tells of a MyEmbedding with these methods, below the first criterion that fails."""
    with pytest.raises(CheckFailed) as caught:
        check(defined("class MyEmbedding:\n" + "".join(methods), "MyEmbedding"))
    _, failed = str(caught.value).split("✗", 1)
    return " ".join(failed.split("\n", 1)[1].split())


@pytest.mark.parametrize(
    ("methods", "sentence"),
    [
        ([INIT, FORWARD, BACKWARD.replace("self.idx", "idx")], "`idx` is kept in self: write `self.idx`."),
        (
            [INIT, FORWARD.replace("self.idx = idx", "pass"), BACKWARD.replace("self.idx", "idx")],
            "`idx` belongs to `forward`: keep it there, `self.idx = idx`, and write `self.idx` here.",
        ),
        ([INIT, FORWARD, textwrap.dedent(BACKWARD)], "`def backward` stands outside of the class: indent it as far as"),
        ([INIT, FORWARD, textwrap.indent(BACKWARD, "    ")], "`def backward` stands inside of `forward`: indent it"),
        ([INIT, FORWARD.replace("self, idx", "idx"), BACKWARD], "`self` is missing: write `def forward(self, idx)`."),
        (
            [INIT, FORWARD.replace("self.idx = idx", "idx = np.array(idx)"), BACKWARD],
            "no method sets `self.idx`: in `forward` write `self.idx = ...`, "
            "for `idx` alone is forgotten when it returns.",
        ),
        ([INIT, FORWARD.replace("self, idx", "idx=0"), BACKWARD], "`self` is missing: write `def forward(self, idx)`."),
        (
            [
                INIT + "        self.idx = None\n",
                FORWARD.replace("self.idx = idx", "idx = np.array(idx)"),
                BACKWARD.replace("self.idx", "self.idx.ravel()"),
            ],
            "`self.idx` is None here, as `__init__` sets it. In `forward` write `self.idx = ...`, "
            "for `idx` alone is forgotten when it returns.",
        ),
        (
            [INIT, FORWARD.replace("self.idx", "self.ids"), BACKWARD],
            "Replacing `self.idx` with `self.ids` mends this example.",
        ),
        (
            [
                INIT,
                FORWARD,
                BACKWARD.replace("self.grads[0][...]", "dW = self.grads[0]\n        dW").replace(
                    "at(self.grads[0]", "at(dW"
                ),
            ],
            "`dW = 0` made `dW` a number: write `dW[...] = 0`.",
        ),
    ],
    ids=[
        "kept in self",
        "another method's",
        "outside",
        "inside",
        "without self",
        "local",
        "without self, a default",
        "local, None in self",
        "misspelt",
        "a number",
    ],
)
def test_what_is_certain_from_the_source_is_said_first(methods, sentence):
    assert said_of(*methods).startswith(sentence)


@pytest.mark.parametrize(
    ("source", "raised"),
    [
        ("class A(B):\n def f(self): self.x", Raised("AttributeError", "'A' object has no attribute 'x'", 2, "self.x")),
        (
            "class A:\n def f(self): x\n def g(self): self.x = 1",
            Raised("NameError", "name 'x' is not defined", 2, "y = x"),
        ),
        ("class A:\n def f(self): x\n def g(self, b): b.x = 1", Raised("NameError", "name 'x' is not defined", 2, "x")),
        ("class A:\n def f(self, x): x", Raised("TypeError", "A.f() takes 1 positional argument but 2 were given")),
        (
            "class A:\n def f(self): x\n def g(self, x): 1",
            Raised("NameError", "name 'x' is not defined", 2, "x", False),
        ),
    ],
    ids=["inherits", "another cell's line", "another object's", "has self", "not Python's own"],
)
def test_where_the_source_leaves_it_open_nothing_is_said(source, raised):
    assert [*causes_in(raised, [source])] == []


def test_no_length_of_names_makes_a_search_for_close_ones_take_long():
    rng = random.Random(0)
    name, *others = ("".join(rng.choices("ab", k=199)) for _ in range(400))
    start = time.process_time()
    assert close_names(name, [*others, "a" * 50_000]) == close_names("ab", others) == []
    assert time.process_time() - start < 0.5  # it took 2 where the length isn't looked at


def test_the_source_is_found_in_a_kernel_and_of_a_submission():
    source = corpus.EMBEDDING["as the book writes it"]
    near = KernelCandidate(MyEmbedding=defined(source, "MyEmbedding"))
    far = SimpleNamespace(cells=code_cells(("set-up", "import numpy"), ("MyEmbedding", source)))
    assert [each.rstrip() for each in near.sources("MyEmbedding")] == [source.rstrip()]
    assert SandboxedCandidate.sources(far, "MyEmbedding") == [source]


def test_what_a_check_asked_for_is_not_told_as_raised_by_the_student():
    text = said_of(INIT, FORWARD)
    assert "The check got AttributeError: 'MyEmbedding' object has no attribute 'backward'." in text
