"""What comes after full points, and only then: the course's own answer, and questions about the learner's own code."""

import builtins
import itertools
import linecache
import re
import time

import numpy as np
import pytest
from examining import defined, is_clean
from ipython_shell import shown_in_a_shell

from rnnlm_grader.content import ASSIGNMENTS, asking_for
from rnnlm_grader.engine.exam import examine, public_seed
from rnnlm_grader.learner import afterwards
from rnnlm_grader.learner.afterwards import (
    about_lines_left_out,
    about_what_is_given,
    about_what_is_kept,
    after_full_points,
    course_answer,
    differences,
    questions,
    right_of,
    source_of,
)
from rnnlm_grader.learner.stopwatch import LOOK, TimedCandidate, look_at_the_clock

OWN = """class MyEmbedding:
    def __init__(self, W):
        self.params = [W]
        self.grads = [np.zeros_like(W)]

    def forward(self, idx):
        print("in forward")
        self.seen = [idx, np.shape(idx)]
        return self.params[0][idx]

    def backward(self, dout):
        idx = self.seen[0]
        self.grads[0][...] = 0
        for v, row in zip(idx.reshape(-1), dout.reshape(-1, dout.shape[-1])):
            self.grads[0][v] += row"""
SHOWS_HTML = ("h", "shown = []\nget_ipython().display_pub.publish = lambda data, **kw: shown.append(data['text/html'])")


def candidate(source=OWN, name="MyEmbedding"):
    """Return an answer as a cell of a notebook defines it."""
    file = f"<cell {len(linecache.cache)}>"
    linecache.cache[file] = len(source), None, f"{source}\n".splitlines(keepends=True), file
    names = {"np": np}
    exec(compile(source, file, "exec"), names)
    return TimedCandidate(**{name: names[name]})


def rng():
    return np.random.default_rng(0)


@pytest.fixture(autouse=True)
def nothing_told():
    afterwards.told.clear()


def test_the_source_of_an_answer_is_taken_from_its_cell_alone():
    assert source_of("MyEmbedding", candidate(f"a = 1\n{OWN}\nb = 2")) == OWN


def test_the_shape_asked_for_is_that_of_what_is_kept():
    question = about_what_is_kept(candidate(), "MyEmbedding", OWN, rng())
    assert question.asks.startswith("With `W` of shape (13, 4), `idx` of shape (2, 3): which shape has `self.seen[0]`")
    assert right_of(question).text == "(2, 3)"
    assert right_of(question).why.endswith("Your line `self.seen = [idx, np.shape(idx)]` keeps it.")
    assert [choice.text for choice in question.choices if not choice.is_right] == ["(3, 2)", "(13, 4)"]


def test_of_a_function_the_shapes_of_what_it_names_are_asked_for():
    lines = "e = np.exp(x - x.max(-1, keepdims=True))", "s = e.sum(-1, keepdims=True)", "return e / s"
    softmax = "\n    ".join(["def my_softmax(x):", *lines])
    answer = candidate(softmax, "my_softmax")
    asked = [about_what_is_kept(answer, "my_softmax", softmax, np.random.default_rng(seed)) for seed in range(9)]
    rights = {question.asks.partition("which shape has ")[2]: right_of(question) for question in asked}
    assert {asks: right.text for asks, right in rights.items()} == {
        "`e` in your `my_softmax` when it returns?": "(2, 3, 13)",
        "`s` in your `my_softmax` when it returns?": "(2, 3, 1)",
    }
    assert all("Your line `" in right.why for right in rights.values())


@pytest.mark.parametrize("name", [name for each in ASSIGNMENTS.values() for name in each.names])
def test_of_each_answer_two_different_questions_are_asked(name):
    source = course_answer(name)
    first, second = questions(candidate(source, name), name, source)
    assert (first.asks, first.code) != (second.asks, second.code)
    assert all(len(question.choices) == 3 for question in (first, second))


def test_of_a_line_it_is_tried_what_fails_without_it():
    source = course_answer("MyEmbedding")
    question = about_lines_left_out(candidate(source), "MyEmbedding", source, rng())
    criteria = asking_for("MyEmbedding").of("MyEmbedding")
    shows = re.fullmatch("Which of your lines makes this hold: (.*)\\?", question.asks)[1]
    (asked,) = (each for each in criteria if each.shows == shows)
    assert len(question.choices) == 3
    for choice in question.choices:
        assert choice.text in source
        answer = defined(source.replace(choice.text, "pass"))
        assert is_clean("MyEmbedding", answer, [asked]) is not choice.is_right


@pytest.mark.parametrize("name", ["MyEmbedding", "MyTimeLSTM"])
def test_without_the_right_line_nothing_raises_and_numbers_are_wrong(name):
    source = course_answer(name)
    with np.errstate(all="ignore"):
        question = about_lines_left_out(candidate(source, name), name, source, rng())
        line = right_of(question).text
        assert line not in source.partition("def forward")[0]  # what `__init__` sets up makes nothing hold by itself
        changed = candidate(source.replace(line, "pass"), name)
        criteria = [each for each in asking_for(name).of(name) if each.part != "contract"]
        examinations = [examine(each, changed, public_seed(each)) for each in criteria]
    assert not any(each.lost or play.raised for each in examinations for _, play in each.plays)
    assert question.asks.split(": ", 1)[1][:-1] in [each.criterion.shows for each in examinations if not each.passed]


def test_the_line_of_which_a_criterion_is_made_is_asked_for():
    source = course_answer("MyEmbedding")
    question = about_lines_left_out(candidate(source), "MyEmbedding", source, rng())
    assert right_of(question).text == "np.add.at(dW, self.idx, dout)"


def test_however_slow_a_machine_is_the_same_is_asked(monkeypatch):
    source = course_answer("MyEmbedding")
    asked = about_lines_left_out(candidate(source), "MyEmbedding", source, rng())
    hours = itertools.count(step=3600)
    monkeypatch.setattr(time, "monotonic", lambda: next(hours))
    assert asked == about_lines_left_out(candidate(source), "MyEmbedding", source, rng())


def test_no_line_that_stands_there_twice_is_left_out():
    source = "def f(x):\n    y = x\n    z = 1\n    y = x\n    return y"
    assert afterwards.removable(source) == [3]


def test_a_line_that_prints_is_not_asked_about():
    source = course_answer("MyEmbedding").replace("dW = self", "print('dW')\n        dW = self")
    assert "print('dW')" not in [source.splitlines()[number - 1].strip() for number in afterwards.removable(source)]


def test_what_is_printed_is_what_the_own_code_prints():
    other = OWN.replace("self.grads[0][v] += row", "self.grads[0][v] += 2 * row").replace("[idx]\n", "[idx] + 1\n")
    for source in OWN, other:
        own = candidate(source)
        for seed in range(5):
            question = about_what_is_given(own, "MyEmbedding", source, np.random.default_rng(seed))
            assert question or source is other  # which gives little of what it should
            if question:
                assert (
                    afterwards.printed(question.code, "MyEmbedding", own.names["MyEmbedding"])
                    == right_of(question).text
                )


def test_a_line_without_which_nothing_ends_costs_no_report(monkeypatch):
    monkeypatch.setattr(builtins, LOOK, look_at_the_clock, raising=False)  # as in a notebook
    source = (
        "def my_perplexity(losses, counts):\n    n = 3\n    while n:\n        n -= 1\n    total = 0\n    a = 1\n"
        "    for l, c in zip(losses, counts):\n        total += l * c\n    total = total / sum(counts)\n"
        "    return np.exp(total)"
    )
    thing = candidate(source, "my_perplexity")
    criteria = asking_for("my_perplexity").of("my_perplexity")
    assert all(examine(each, thing, public_seed(each)).passed for each in criteria)
    assert 1 <= len(questions(thing, "my_perplexity", source)) <= 2


def test_whatever_goes_wrong_while_asking_the_rest_is_shown(monkeypatch):
    monkeypatch.setattr(afterwards, "about_what_is_kept", lambda *args: 1 / 0)
    source = course_answer("MyEmbedding")
    asked = questions(candidate(source), "MyEmbedding", source)
    assert [question.asks.split(":")[0].split("your")[0] for question in asked] == [
        "Which of ",
        "What does this print with ",
    ]


def test_nothing_that_the_code_prints_is_shown_among_the_questions(capsys):
    html = after_full_points("MyEmbedding", candidate().names["MyEmbedding"])
    assert "Do you know your own code?" in html
    assert "in forward" not in capsys.readouterr().out


def test_where_answers_differ_in_idea_is_said():
    assert [*differences(OWN, course_answer("MyEmbedding"))] == [
        "Yours has a loop; the course’s leaves that to NumPy.",
        "Only yours calls `np.shape`.",
        "Only the course’s calls `np.add.at`.",
    ]
    assert [*differences(OWN, OWN)] == []


def test_code_is_shown_as_text():
    html = after_full_points("MyEmbedding", candidate(OWN.replace("in forward", "<b>")).names["MyEmbedding"])
    assert "<b>" not in html
    assert "&lt;b&gt;" in html


@pytest.mark.parametrize(
    ("source", "asked", "is_shown"),
    [
        (OWN, "MyEmbedding", True),
        (OWN, "MyEmbedding, 'contract'", True),
        (OWN, "MyEmbedding, 'forward'", False),
        (OWN, "MyEmbedding, hidden=True", False),
        (OWN.replace("+= row", "= row"), "MyEmbedding, 'contract'", False),
        (OWN.replace("+= row", "= row"), "MyEmbedding", False),
    ],
)
def test_the_courses_answer_is_shown_after_full_points_and_never_before(source, asked, is_shown):
    cell = ("a", f"import numpy as np\nfrom rnnlm_grader import check\n{source}")
    shown = shown_in_a_shell(
        cell,
        SHOWS_HTML,
        ("b", f"try:\n    check({asked})\nexcept AssertionError:\n    pass\nprint('np.add.at(dW' in shown[0])"),
    )
    assert shown.splitlines()[-2] == str(is_shown)
