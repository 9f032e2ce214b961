"""What exceptions mean: the messages are those of the NumPy and Python that are installed."""

import re

import numpy as np
import pytest

from rnnlm_grader.explaining.exceptions import MEANINGS, facts_of, meaning_of
from rnnlm_grader.protocol.bench import describe

A, B, IDS = np.zeros((2, 3)), np.zeros((2, 4)), np.zeros(2, int)
RAISES = [
    "A @ A",
    "A.dot(A)",
    "A + B",
    "A.__setitem__(..., B)",
    "np.add(A, np.zeros((5, 2, 3)), out=A)",
    "np.einsum('ab,bc->ac', A, A)",
    "np.einsum('abc->ac', A)",
    "np.einsum('a->a', A)",
    "A.reshape(4)",
    "np.split(B, 3)",
    "np.concatenate([A, B])",
    "np.stack([A, B])",
    "np.array([A[0], B[0]])",
    "float(A)",
    "range(IDS)",
    "(lambda a, b, c: 0)(*(a for a, b, c in [A.shape]))",
    "[0 for N, T, D in [A.shape]]",
    "[0 for N, in [A.shape]]",
    "shape_of_layer()",
    "np.add.at(A, IDS, np.zeros((3, 3)))",
    "bool(A)",
    "A[3]",
    "[1, 2][2]",
    "A[np.arange(2), np.arange(3)]",
    "A[0.5]",
    "A[np.zeros(2)]",
    "A[0, 0, 0]",
    "A[A[:, :2] == 0]",
    "np.average([1.0], [9])",
    "A.sum(axis=2)",
    "np.random.default_rng(0).randn(2)",
    "unbound()",
    "1 / 0",
    "IDS.__iadd__(0.5)",
    "A.append(1)",
    "[1.0] * [2]",
    "1 % None",
    "None.forward",
]


def unbound():
    if A.any():
        h = 0
    return h


def shape_of_layer():
    raise ValueError("h_prev has shape (4, 7), expected (2, 7)")


def raised_by(expression):
    try:
        eval(expression, globals())
    except Exception as error:
        return describe(error)


def meaning(expression):
    raised = raised_by(expression)
    return meaning_of(raised, raised.message)


@pytest.mark.parametrize("expression", RAISES)
def test_what_python_and_numpy_say_is_explained(expression):
    assert meaning(expression)


def test_every_meaning_is_that_of_some_exception():
    raised = list(map(raised_by, RAISES))
    assert [
        beginning
        for kinds, beginning, *_ in MEANINGS
        if not any(each.kind in kinds.split("|") and re.match(beginning, each.message) for each in raised)
    ] == []


def test_what_stands_in_the_line_is_said_in_the_students_own_words():
    sides = [("dz", "array", "(N, H)"), ("Wx", "array", "(D, H)"), ("hs", "list", "(T + 1,)"), ("t", "int", None)]
    assert facts_of(sides) == "`dz` has shape (N, H), `Wx` has shape (D, H) and `hs` is a list of T + 1"
    assert facts_of([("x.shape", "tuple", "(1,)")]) == "`x` has 1 axis"


def test_of_an_array_of_three_axes_it_is_said_what_its_transpose_is():
    raised = raised_by("A @ A")
    says = [meaning_of(raised, raised.message, [("xs.T", "array", shape)]) for shape in ("(H, N)", "(H, T, N)")]
    assert ["turns all the axes round" in each for each in says] == [False, True]
