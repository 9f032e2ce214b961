"""Names are found, and withdrawn: on a layer of ten lines with four known mistakes."""

import inspect
from dataclasses import replace

import numpy as np
import pytest

from rnnlm_grader.content.misconception import Library, changed, defined
from rnnlm_grader.engine.exam import Assignment, CriteriaList
from rnnlm_grader.engine.exercise import Exercise
from rnnlm_grader.engine.layer import LayerForm
from rnnlm_grader.protocol.candidate import KernelCandidate
from rnnlm_grader.verdict.allowance import Allowance
from rnnlm_grader.verdict.naming import explain, explain_what_was_seen
from rnnlm_grader.verdict.work import Explained, Work, examine_answer

pytestmark = pytest.mark.quick


class Scale:
    """y = x * w + b, with a w and a b for each column."""

    def __init__(self, w, b):
        self.params, self.grads = [w, b], [np.zeros_like(w), np.zeros_like(b)]

    def forward(self, x):
        w, b = self.params
        self.x = x
        return x * w + b

    def backward(self, dy):
        w = self.params[0]
        dw = (dy * self.x).sum(axis=0)
        db = dy.sum(axis=0)
        self.grads[0][...] = dw
        self.grads[1][...] = db
        return dy * w


RIGHT = inspect.getsource(Scale)
CHANGES = {
    "AddsTwice": ("x * w + b", "x * w + b + b"),
    "LeavesOutX": ("(dy * self.x)", "dy"),
    "TakesMean": ("dy.sum(axis=0)", "dy.mean(axis=0)"),
    "PilesUp": ("grads[0][...] = dw", "grads[0][...] += dw"),
}
UNKNOWN = ("return dy * w", "return dy * w * 1.5")
SCRIPTS = ["forward backward", "forward:other [b.forward] backward"]


@pytest.fixture(scope="module")
def course():
    """An assignment of that layer: what is right, what is wrong in each part, and its known mistakes."""
    criteria, library = CriteriaList(), Library()
    exercise = Exercise(
        LayerForm(
            name="Scale",
            reference=Scale,
            params={"w": "D", "b": "D"},
            inputs={"x": "ND"},
            out={"y": "ND"},
            upstream={"dy": "ND"},
            back=("dx",),
            sizes={"N": 2, "D": 3},
            free="N",
        ),
        criteria,
    )
    exercise.criterion("equation", "forward", 2, "y = x * w + b", {"y": ["forward"]})
    exercise.criterion("slope", "backward", 2, "dx = dy * w", {"dx": SCRIPTS})
    exercise.criterion("gradients", "backward", 2, "sums over rows", {"grads": SCRIPTS})
    exercise.criterion("afresh", "contract", 1, "no sum over calls", {"grads": ["[forward backward] forward backward"]})
    exercise.conditions("any", "contract", 1, "any sizes", "y dx grads", ["forward backward"], 4)
    add = library.of("Scale", RIGHT)
    for id, change in CHANGES.items():
        add(id, "", f"{id}.", change)
    return Assignment("00-scale", ("Scale",), criteria, library)


@pytest.fixture
def examined(course):
    """Examine the right answer with some changes, on more draws than a work has seen; return (work, candidate)."""

    def examine(*changes, hidden=False, work=None):
        candidate = KernelCandidate(Scale=defined("Scale", changed(RIGHT, *changes)))
        begun = work or Work(course, "Scale")
        return examine_answer(begun, candidate, lambda criterion: [(1 + hidden, hidden)], Allowance(5)), candidate

    return examine


def ids(mistakes):
    return {each.id for each in mistakes}


def likely(explained):
    """The names of what each criterion costs, where none explain all."""
    return {criterion.id: ids(mistakes) for criterion, mistakes in explained.likely.items()}


def test_nothing_is_looked_for_in_a_right_answer(examined):
    work, candidate = examined()
    known = explain(Explained(work), candidate)
    assert (known.explanation, known.mistakes, known.likely) == (None, {}, {})


@pytest.mark.parametrize("together", [("AddsTwice",), ("PilesUp",), ("AddsTwice", "TakesMean"), tuple(CHANGES)[:3]])
def test_mistakes_that_explain_all_are_certain(examined, together):
    work, candidate = examined(*(CHANGES[id] for id in together))
    known = explain(Explained(work), candidate)
    assert ids(known.certain) == set(together)
    assert known.likely == {}


def test_each_criterion_that_pays_has_an_example_of_its_own_mistakes(examined):
    work, candidate = examined(CHANGES["AddsTwice"], CHANGES["TakesMean"])
    known = explain(Explained(work), candidate)
    assert {criterion.id: ids(each.likely) for criterion, each in known.mistakes.items()} == {
        "equation": {"AddsTwice"},
        "gradients": {"TakesMean"},
    }


def test_what_no_known_mistake_gives_has_no_name_and_what_is_beside_it_has_one(examined):
    work, candidate = examined(UNKNOWN, CHANGES["LeavesOutX"])
    known = explain(Explained(work), candidate)
    assert known.certain == ()
    assert likely(known) == {"slope": set(), "gradients": {"LeavesOutX"}}
    assert {criterion.id for criterion in known.mistakes} == {"slope", "gradients"}


def test_without_examples_the_names_are_the_same(examined):
    work, candidate = examined(UNKNOWN, CHANGES["LeavesOutX"])
    seen = explain_what_was_seen(Explained(work))
    assert likely(seen) == likely(explain(Explained(work), candidate))
    assert seen.mistakes == {}


@pytest.mark.parametrize(("then", "certain"), [("AddsTwice", {"AddsTwice"}), ("TakesMean", set())])
def test_a_name_that_hidden_inputs_contradict_is_withdrawn(examined, then, certain):
    work, candidate = examined(CHANGES["AddsTwice"])
    known = explain(Explained(work), candidate)
    work, candidate = examined(CHANGES[then], hidden=True, work=work)
    known = explain(replace(known, work=work), candidate)
    assert ids(known.certain) == certain
    if not certain:
        assert {criterion.id: each.hidden for criterion, each in known.mistakes.items()} == {
            "equation": False,
            "gradients": True,
        }
