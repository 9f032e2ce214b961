"""What a report says can be run again: it runs, and gives what the report says it gave."""
import contextlib
import io
from string import digits as DIGITS

import numpy as np
import pytest
from examining import grade_name

from rnnlm_grader.assignments import ASSIGNMENTS
from rnnlm_grader.bench import Bench, Generator, Raised
from rnnlm_grader.candidate import KernelCandidate
from rnnlm_grader.exam import examine, public_seed
from rnnlm_grader.explaining import report
from rnnlm_grader.grading import Allowance
from rnnlm_grader.misconceptions.noticed import NOTICED
from rnnlm_grader.replay import LONG, Replay, literal


def run(text, **names):
    """Run a replay in a notebook's place; return the names that it leaves, or what it raised."""
    names = {"np": np} | names
    with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        try:
            exec(text, names)
        except Exception as error:
            return error
    return names


def failures(assignment):
    """Yield (criterion or last look, variant, outcome) of each failure of the library's variants on known inputs."""
    for misconception in assignment.misconceptions:
        candidate = KernelCandidate(**{misconception.name: misconception.variant})
        noticing = [c for c in assignment.criteria if misconception.id in NOTICED.get(c.key, "").split()]
        for criterion in (*noticing, *assignment.criteria.last_looks):
            if criterion.name != misconception.name:
                continue
            with np.errstate(all="ignore"):
                outcome = examine(criterion, candidate, public_seed(criterion))
            if not outcome.passed:
                yield criterion, misconception.variant, outcome


BY_HAND = {slug: a for slug, a in ASSIGNMENTS.items() if not all(criterion.exercise for criterion in a.criteria)}
SPECIFIED = [pytest.param(a, m, id=f"{m.name}-{m.id}") for a in ASSIGNMENTS.values() for m in a.misconceptions
             if any(c.exercise for c in a.criteria if c.name == m.name)]


@pytest.mark.parametrize(("assignment", "misconception"), SPECIFIED)
@pytest.mark.filterwarnings("ignore")
def test_the_smallest_example_can_be_run_again(assignment, misconception):
    name, answer = misconception.name, misconception.variant
    results = grade_name(assignment, KernelCandidate(**{name: answer}), name, lambda c: [(public_seed(c), False)],
                         Allowance(5))
    looks = [v.outcome.mistake.small for result in results for v in result.verdicts if v.outcome.mistake]
    assert looks
    for look in looks:
        came = run("\n".join(report.script(look.case, look)), **{name: answer})
        kind = look.finding.kind if isinstance(look.finding, Raised) else "dict"
        assert type(came).__name__ == kind, came
        assert kind != "dict" or not isinstance(look.finding.got, np.ndarray) or shows(came, look.finding)


@pytest.mark.parametrize("assignment", BY_HAND.values(), ids=BY_HAND)
@pytest.mark.filterwarnings("ignore")
def test_whatever_fails_the_replay_runs_and_raises_only_what_the_answer_raised(assignment):
    count = 0
    for criterion, variant, outcome in failures(assignment):
        came = run(str(outcome.replay), **{criterion.name: variant})
        kind, count = type(came).__name__, count + 1
        if isinstance(outcome.finding, Raised):
            assert kind == outcome.finding.kind, (criterion.key, variant)
            continue
        assert kind == "dict", (criterion.key, variant, came)
        if isinstance(outcome.finding.got, np.ndarray):
            assert shows(came, outcome.finding), (criterion.key, variant)
    assert count > 100


def shows(names, difference):
    """Whether the thing that differs, or another of its name, is there as it was; true of what has no name."""
    things = [thing for name, thing in names.items() if name.strip(DIGITS) == difference.what.strip(DIGITS)]
    got = difference.got
    return not things or any(np.shape(thing) == got.shape and np.allclose(thing, got, 1e-5, equal_nan=True)
                             for thing in things)


@pytest.mark.parametrize("layout", ["C", "F", "strided"])
@pytest.mark.parametrize("shape", [(3,), (2, 3), (1, 1), (2, 3, 4), (60, 2), (101,)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int16])
def test_an_array_is_written_as_it_was_placed_with_its_layout(layout, shape, dtype):
    value = (10 * np.random.default_rng(1).normal(size=shape)).round(2).astype(dtype)
    replay = Replay()
    replay.define("x", value, layout)
    placed, x = Bench({}, None)._put(value, layout), run(str(replay))["x"]
    assert (x.dtype, x.shape, x.strides) == (placed.dtype, placed.shape, placed.strides)
    assert x.tobytes() == placed.tobytes()


@pytest.mark.parametrize("value", [
    np.random.default_rng(2).normal(size=(300, 3)), np.arange(2 * LONG), np.empty((0, 3), np.float32),
    np.array([1e-9, 1e9]), np.float32(0.1) * np.ones((2, LONG), np.float32), [0.5, (1, None)],
], ids=["long", "whole numbers", "empty", "far apart", "float32", "no array"])
def test_every_value_is_written_whole_and_exactly(value):
    again = run(f"x = {literal(value)}")["x"]
    assert again == value if isinstance(value, list) else again.tobytes() == value.tobytes()
    assert np.shape(again) == np.shape(value) if not isinstance(value, list) else True


def test_a_long_array_takes_few_lines_and_no_long_one():
    lines = literal(np.random.default_rng(3).normal(size=(300, 2)).round(2)).splitlines()
    assert len(lines) < 60
    assert max(map(len, lines)) < 120


def test_functions_that_are_lent_lists_and_generators_can_be_run_again():
    replay = Replay()
    for name in "ab":
        replay.define(name, np.ones(2))
    replay.write("grads = [a, b]")
    replay.write("f = lambda x: (x ** 2).sum()")
    replay.call(None, "work", [np.ones(20)], {"rng": Generator(3)})
    seen = run(str(replay), work=lambda x, rng: (x.shape, rng.integers(9)))
    assert seen["result"] == ((20,), np.random.default_rng(3).integers(9))
    assert seen["f"](seen["grads"][1]) == 2
