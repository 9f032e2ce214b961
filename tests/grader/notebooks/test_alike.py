"""What counts as the same code, and what doesn't."""

import ast
import textwrap

import nbformat
import pytest
from corpora import CORPORA
from course_folder import ROOT

from rnnlm_grader.content import ASSIGNMENTS
from rnnlm_grader.course.source_notebook import answers_of, released
from rnnlm_grader.notebooks.alike import (
    MIN_LINES,
    NEAR,
    PAIRS,
    functions_of,
    like_reference,
    pairs,
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
SHORT = "def work(x):\n    a = x + 1\n    b = a / 2\n    c = b * a\n    return c"
SAME = {
    "comments and layout": ANSWER.replace("    step2 = x * 2", "    # now\n\n    step2 = (x *\n        2)  # twice"),
    "a docstring": ANSWER.replace("    given", "    '''Do it.'''\n    given", 1),
    "other names": ANSWER.replace("step", "s").replace("given", "g").replace("x", "words"),
    "a long comment": ANSWER + "# " + "x" * 20_000,
    "a print and an empty statement": ANSWER.replace("    step2", "    print('here', x)\n    pass\n    step2"),
    "another order": ANSWER.replace("    step2 = x * 2\n", "").replace("    return", "    step2 = x * 2\n    return"),
    "another place": f"class Work:\n{textwrap.indent(ANSWER, '    ')}",
}
REWORDED = ("other names", "another order", "a print and an empty statement")
LOOP = """
def work(self, x):
    {}
    for t in range(3):
        {}
    self.a = a
    self.b = b
    x[0] = 1
    c = a + b
    d = c * a
    return c, d
"""
PLAIN = LOOP.format("a = 0\n    b = 1", "a = a + x[t]\n        b = b * 2")
WORDINGS = {
    "augmented": LOOP.format("a = 0\n    b = 1", "a += x[t]\n        b *= 2"),
    "swapped": LOOP.format("b = 1\n    a = 0", "b = b * 2\n        a = a + x[t]"),
    "swapped attributes": PLAIN.replace("    self.a = a\n    self.b = b\n", "    self.b = b\n    self.a = a\n"),
}
OTHERWISE = {
    "an order that matters": PLAIN.replace("    c = a + b\n    d = c * a\n", "    d = c * a\n    c = a + b\n"),
    "another operation": WORDINGS["augmented"].replace("*=", "+="),
    "the other way round": WORDINGS["augmented"].replace("a += x[t]", "a = x[t] + a"),
}
OTHER = {
    "another number": ANSWER.replace("x * 2", "x * 22"),
    "another result": ANSWER.replace("return step3", "return step4"),
    "a name from outside": ANSWER.replace("return step3", "return step33"),
}


def functions(source):
    return functions_of({"work": source}, {"work": GIVEN})


def paired(*sources, wrong=()):
    """The pairs listed in a class with these sources, of which some are wrong, by their numbers."""
    by_student = {f"student {i}": functions(source) for i, source in enumerate(sources)}
    return pairs(by_student, {f"student {i}": by_student[f"student {i}"].keys() for i in wrong})[0]


@pytest.mark.parametrize("what", SAME)
def test_these_are_the_same(what):
    (pair,) = paired(ANSWER, SAME[what])
    assert pair.students == ("student 0", "student 1")
    assert (pair.lines, pair.percent) == (MIN_LINES, 100)  # without the line that was given
    assert pair.exact is (what not in REWORDED)
    assert all("return" in source for source in pair.sources)


@pytest.mark.parametrize("source", [*WORDINGS.values(), *OTHERWISE.values()], ids=[*WORDINGS, *OTHERWISE])
def test_a_wording_is_the_same_where_it_does_the_same(source):
    assert source != PLAIN
    first, other = (read_functions(text)[0].shape for text in (PLAIN, source))
    assert (first == other) is (source in WORDINGS.values())


@pytest.mark.parametrize("what", OTHER)
def test_these_are_not(what):
    assert paired(ANSWER, OTHER[what]) == []


def test_what_is_short_says_nothing():
    short = ANSWER.replace("    step7 = x * 7\n", "")
    assert paired(short, short) == []


def test_rare_wrong_code_comes_first_also_where_it_is_short():
    another = SHORT.replace("+", "-")
    found = paired(ANSWER, ANSWER, SHORT, SHORT, another, another, wrong=[2, 3, 4])
    assert [(pair.students, pair.is_rare) for pair in found] == [
        (("student 2", "student 3"), True),
        (("student 0", "student 1"), False),
    ]
    assert paired(*[SHORT] * 4, wrong=range(4)) == []  # not rare


def test_what_a_tenth_of_the_class_has_in_common_tells_nothing():
    assert len(paired(*[ANSWER] * 4)) == 6
    assert paired(*[ANSWER] * 5) == []


def test_of_many_with_the_same_code_few_pairs_are_listed_and_not_every_two_are_compared():
    many = 50
    class_ = {f"student {i}": functions(ANSWER if i < many else "") for i in range(10 * many)}
    rare = dict.fromkeys(("yan", "zoe"), functions(SHORT))
    listed, more = pairs(class_ | rare, {student: found.keys() for student, found in rare.items()})
    assert [pair.is_rare for pair in listed] == [True] + [False] * (PAIRS - 1)
    assert len(listed) + more == 1 + sum(min(NEAR, many - 1 - i) for i in range(many))


def test_two_who_share_several_functions_are_compared_however_many_share_one():
    lines = "\n".join(f"    a{i} = x + {i}" for i in range(6))
    one, other = (f"def work(x):\n{text}\n" for text in (lines, lines.replace("+", "-")))
    people = [one + other, *[one] * (2 * NEAR), *[other] * (2 * NEAR), one + other]
    (pair,) = paired(*people, *[""] * 10 * len(people))
    assert pair.students == ("student 0", f"student {len(people) - 1}")


def test_the_percentage_is_of_all_that_the_shorter_one_has():
    more = f"{ANSWER}\ndef more(x):\n" + "\n".join(f"    more{i} = x + {i}" for i in range(10))
    yet_more = more.replace("+ 7", "+ 77") + "\n    more11 = 11"
    (pair,) = paired(more, yet_more)
    assert (pair.lines, pair.percent) == (10, 50)


def test_a_helper_in_the_same_cell_may_be_called_anything_but_not_what_comes_from_elsewhere():
    one = "def squash(z):\n    return np.tanh(z)\n\ndef work(x):\n    return squash(x) @ x\n"
    shapes = [
        read_functions(source)[-1].shape
        for source in (one, one.replace("squash", "bend"), one.replace("squash(x)", "bend(x)"))
    ]
    assert shapes[0] == shapes[1] != shapes[2]


def test_attributes_of_self_may_be_called_anything():
    one = "class A:\n    def f(self):\n        self.cache = 1\n        return self.cache\n"
    first, other = (read_functions(source)[0] for source in (one, one.replace("cache", "saved")))
    assert first.shape == other.shape
    assert first.exact != other.exact


@pytest.mark.parametrize(
    "source",
    [
        "def work(:",
        "\0",
        "x" * 100_000,
        "def work():\n    return a" + ".b" * 9_000,
        "def work():\n    return a" + ".b" * 900,
    ],
    ids=["no Python", "a null byte", "endless", "too deep to parse", "too deep to compare"],
)
def test_no_source_stops_it(source):
    assert functions(source) == {}


@pytest.mark.parametrize("slug", ASSIGNMENTS)
def test_right_answers_in_other_styles_are_not_taken_for_the_reference(slug):
    solution = answers_of(nbformat.read(ROOT / "solutions" / slug / f"{slug}.ipynb", as_version=4))
    given = {name: released(source) for name, source in solution.items()}
    shapes = reference_shapes(solution.values())
    taken = [
        style
        for corpus in CORPORA
        for name in set(corpus.RIGHT) & set(solution)
        for style, source in corpus.RIGHT[name].items()
        if like_reference(functions_of({name: source}, given), shapes)[0]
    ]
    assert taken == ["walks over all indices and puts back"] * (slug == "04-bptt")  # which it is, word for word
    lines = sum(functions_of(solution, given).values())
    assert like_reference(functions_of(solution, given), shapes)[0] == (lines if lines >= MIN_LINES else 0)


def test_what_is_compared_is_read_as_before_afterwards():
    source = f"{ANSWER}\nagain = work"
    before = ast.dump(tree_of(source))
    assert read_functions(source)
    assert ast.dump(tree_of(source)) == before
