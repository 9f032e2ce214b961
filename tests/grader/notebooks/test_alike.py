"""What counts as the same code, and what doesn't."""
import ast
import textwrap

import nbformat
import pytest
from classroom import ROOT
from corpora import CORPORA

from rnnlm_grader.content import ASSIGNMENTS
from rnnlm_grader.course.folders import answers_of, released
from rnnlm_grader.notebooks.alike import (
    MIN_LINES,
    functions_of,
    groups,
    like_reference,
    read_functions,
    reference_shapes,
)
from rnnlm_grader.notebooks.cell_code import tree_of

GIVEN = """
def work(x):
    '''Do it.'''
    given = x + 1
    raise NotImplementedError()
"""
LINES = "\n".join(f"    step{i} = x * {i}" for i in range(MIN_LINES - 1))
ANSWER = f"""
def work(x):
    given = x + 1
{LINES}
    return step3
"""
SAME = {
    "comments and layout": ANSWER.replace("    step2 = x * 2", "    # now\n\n    step2 = (x *\n        2)  # twice"),
    "a docstring": ANSWER.replace("    given", "    '''Do it.'''\n    given", 1),
    "other names": ANSWER.replace("step", "s").replace("given", "g").replace("x", "words"),
    "a long comment": ANSWER + "# " + "x" * 20_000,
    "another place": f"class Work:\n{textwrap.indent(ANSWER, '    ')}",
}
OTHER = {
    "another number": ANSWER.replace("x * 2", "x * 22"),
    "another result": ANSWER.replace("return step3", "return step4"),
    "a name from outside": ANSWER.replace("return step3", "return step33"),
}


def functions(source):
    return functions_of({"work": source}, {"work": GIVEN})


def grouped(*sources):
    return groups({f"student {i}": functions(source) for i, source in enumerate(sources)})


@pytest.mark.parametrize("what", SAME)
def test_these_are_the_same(what):
    group, = grouped(ANSWER, SAME[what])
    assert group.students == ("student 0", "student 1")
    assert group.lines == (MIN_LINES, MIN_LINES)  # without the line that was given
    assert group.exact is (what != "other names")


@pytest.mark.parametrize("what", OTHER)
def test_these_are_not(what):
    assert grouped(ANSWER, OTHER[what]) == []


def test_what_is_short_says_nothing():
    short = ANSWER.replace("    step7 = x * 7\n", "")
    assert grouped(short, short) == []


def test_students_hang_together_by_pairs():
    group, = grouped(ANSWER, SAME["other names"], SAME["comments and layout"], OTHER["another number"])
    assert group.students == ("student 0", "student 1", "student 2")


def test_attributes_of_self_may_be_called_anything():
    one = "class A:\n    def f(self):\n        self.cache = 1\n        return self.cache\n"
    first, other = (read_functions(source)[0] for source in (one, one.replace("cache", "saved")))
    assert first.shape == other.shape
    assert first.exact != other.exact


@pytest.mark.parametrize("source", [
    "def work(:", "\0", "x" * 100_000,
    "def work():\n    return a" + ".b" * 9_000, "def work():\n    return a" + ".b" * 900,
], ids=["no Python", "a null byte", "endless", "too deep to parse", "too deep to compare"])
def test_no_source_stops_it(source):
    assert functions(source) == {}


@pytest.mark.parametrize("slug", ASSIGNMENTS)
def test_right_answers_in_other_styles_are_not_taken_for_the_reference(slug):
    solution = answers_of(nbformat.read(ROOT / "solutions" / slug / f"{slug}.ipynb", as_version=4))
    given = {name: released(source) for name, source in solution.items()}
    shapes = reference_shapes(solution.values())
    taken = [style for corpus in CORPORA for name in set(corpus.RIGHT) & set(solution)
             for style, source in corpus.RIGHT[name].items()
             if like_reference(functions_of({name: source}, given), shapes)[0]]
    assert taken == ["walks over all indices and puts back"] * (slug == "04-bptt")  # which it is, word for word
    lines = sum(functions_of(solution, given).values())
    assert like_reference(functions_of(solution, given), shapes)[0] == (lines if lines >= MIN_LINES else 0)


def test_what_is_compared_is_read_as_before_afterwards():
    source = f"{ANSWER}\nagain = work"
    before = ast.dump(tree_of(source))
    assert read_functions(source)
    assert ast.dump(tree_of(source)) == before
