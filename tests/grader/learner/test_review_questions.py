"""Questions about known mistakes: what is called right is right, and the numbers are never the same twice."""

import re

import numpy as np
import pytest

from rnnlm_grader.content import ASSIGNMENTS
from rnnlm_grader.content.misconception import defined
from rnnlm_grader.explaining.script import short
from rnnlm_grader.learner.questions import about_lines, library, question_about

SOME = [
    "MyEmbedding.Overwrites",
    "MyEmbedding.PutsIntoColumns",
    "MyTimeEmbedding.ReversedTime",
    "MyRNN.TakesNextStateForDWh",
    "MyTimeRNN.StartsEachStepFromZeros",
    "my_bptt.TakesWindowAsCount",
    "my_clip_grads.ClipsEachArray",
    "my_softmax.DoesNotShift",
    "MyTimeAffine.LeavesOutB",
    "MyTimeLSTM.OrdersIFGO",
]
CONTRACT = [
    "my_clip_grads.MakesNan",
    "MyEmbedding.PilesUp",
    "MyRNN.ClearsInForward",
    "MyRNN.Rebinds",
    "MyTimeRNN.ForcesHsFloat64",
]


def printed(question, answer):
    """Return what the code of a question prints with an answer, as choices are written; 'nothing' if it raises."""
    *lines, shown = question.code.splitlines()
    names = {"np": np, answer.__name__: answer}
    try:
        with np.errstate(all="ignore"):
            exec("\n".join(lines), names)
    except Exception as error:
        return f"nothing: {type(error).__name__}"
    value = eval(re.fullmatch(r"print\((.*)\)", shown)[1], names)
    return short(np.asarray(value) if isinstance(value, float | list) else value) or str(value)


def right_choice(question):
    (right,) = (choice for choice in question.choices if choice.is_right)
    return right


@pytest.mark.parametrize("key", SOME + CONTRACT)
def test_the_right_choice_is_what_a_right_answer_prints_and_another_is_what_the_mistake_prints(key):
    misconception = library()[key]
    for seed in range(3):
        question = question_about(key, seed)
        assert printed(question, defined(misconception.name, misconception.right)) == right_choice(question).text
        (mistaken,) = (choice for choice in question.choices if choice.text == printed(question, misconception.variant))
        assert not mistaken.is_right
        assert misconception.sentence[1:] in mistaken.why
        assert len({choice.text for choice in question.choices}) == len(question.choices)


@pytest.mark.parametrize("key", SOME[:3])
def test_the_same_numbers_are_never_asked_twice(key):
    asked = []
    for _ in range(4):
        question = question_about(key, 0, asked)
        assert question.mark not in asked
        asked.append(question.mark)


def test_a_seed_gives_one_question():
    first, again, other = (question_about("MyRNN.TurnsSign", seed) for seed in (1, 1, 2))
    assert first == again != other


def test_lines_of_the_right_answer_are_asked_about_only_where_it_is_solved():
    def asks(is_solved):
        return {question_about("MyRNN.TakesNextStateForDWh", seed, (), is_solved).asks for seed in range(8)}

    lines = "Which of these is right in `MyRNN.backward`?"
    assert lines not in asks(is_solved=False)
    assert {lines} < asks(is_solved=True)


def test_of_lines_those_of_the_right_answer_are_right():
    question = about_lines(library()["MyRNN.TakesNextStateForDWh"])
    assert right_choice(question).text == "dWh[...] = h_prev.T @ dz"
    assert "dWh[...] = h_next.T @ dz" in [choice.text for choice in question.choices]
    assert "# ?" in question.code
    assert right_choice(question).text not in question.code


def test_an_unknown_mistake_gives_no_question():
    assert question_about("MyEmbedding.Gone", 0) is None


@pytest.mark.corpus
@pytest.mark.parametrize("slug", ASSIGNMENTS)
def test_nearly_every_known_mistake_gives_a_question_with_a_right_answer(slug):
    """But for a model that draws its own parameters, of which nobody can tell what it prints."""
    keys = [
        key for key, each in library().items() if each in ASSIGNMENTS[slug].misconceptions and each.name != "MyRnnlm"
    ]
    missing = []
    for key in keys:
        question, misconception = question_about(key, 0), library()[key]
        if question is None:
            missing.append(key)
            assert about_lines(misconception), key
        elif not re.search("default_rng|lambda", question.code):
            right = defined(misconception.name, misconception.right)
            assert printed(question, right) == right_choice(question).text, key
    assert len(missing) < len(keys) / 10
