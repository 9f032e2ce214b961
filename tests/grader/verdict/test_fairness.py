"""What marks must hold to, whatever the answers: several mistakes at once, what works on nothing, and what is given."""

import itertools
import os
import random
import zlib

import numpy as np
import pytest

from rnnlm_grader.content import ASSIGNMENTS, find
from rnnlm_grader.content.misconception import defined
from rnnlm_grader.engine.exam import hidden_seed, public_seed
from rnnlm_grader.explaining.variants import together
from rnnlm_grader.protocol.candidate import KernelCandidate
from rnnlm_grader.verdict.allowance import Allowance
from rnnlm_grader.verdict.marks import State
from rnnlm_grader.verdict.pipeline import results_of

pytestmark = pytest.mark.filterwarnings("ignore")
NAMES = [name for assignment in ASSIGNMENTS.values() for name in assignment.names]
LIBRARY = [misconception for assignment in ASSIGNMENTS.values() for misconception in assignment.misconceptions]
PAIRS, THREES = (int(os.environ.get(what, default)) for what, default in (("PAIRS", "12"), ("THREES", "2")))  # a name
SEED = os.environ.get("SEED") or str(zlib.crc32("".join(each.source for each in LIBRARY).encode()))  # chosen by nobody


def verdicts(name, thing, key=b"a key" * 8):
    """The verdicts on an answer, on the learner's inputs and on hidden ones."""
    assignment = find(name)
    results = results_of(
        assignment,
        KernelCandidate(**{name: thing}),
        name,
        lambda criterion: [(public_seed(criterion), False), (hidden_seed(key, assignment.slug, criterion), True)],
        Allowance(20),
    )
    return [verdict for result in results for verdict in result.verdicts]


def lost(judged):
    return sum(verdict.criterion.points - verdict.points for verdict in judged)


def pairs_of(name, rng):
    """Yield (two misconceptions, the answer that holds both), at random."""
    library = [each for each in LIBRARY if each.name == name]
    while True:
        one, other = rng.sample(library, 2)
        if made := next(together(one, other), None):
            yield one, other, made.thing


@pytest.mark.corpus
@pytest.mark.parametrize("name", NAMES)
def test_of_two_mistakes_none_hides_what_the_other_costs_and_both_cost_no_more_than_their_sum(name):
    """Where one hides the other altogether there is but one mistake; and few pairs may cost more.

    What holds earns its points, also where one mistake undoes what another would make wrong.
    """
    rng, dearer, alone = random.Random(f"{SEED} {name}"), [], {}
    for _, (one, other, thing) in zip(range(PAIRS), pairs_of(name, rng), strict=False):
        for each in (one, other):
            alone[each] = alone.get(each) or verdicts(name, each.variant)
        judged = verdicts(name, thing)
        known = {each.sentence for verdict in judged for each in verdict.likely}
        holding = {verdict.criterion for verdict in judged if verdict.state == State.HOLDS}
        if known != {one.sentence} and known != {other.sentence}:
            for each in (one, other):
                least = lost(verdict for verdict in alone[each] if verdict.criterion not in holding)
                assert lost(judged) >= least, (SEED, one.id, other.id)
        if lost(judged) > lost(alone[one]) + lost(alone[other]) + 1:
            dearer.append((one.id, other.id))
    assert len(dearer) <= max(2, 0.02 * PAIRS), (SEED, dearer)


def threes_of(name, rng):
    """Yield (the answer that holds three misconceptions, the answers that hold two of them), at random."""
    library = [each for each in LIBRARY if each.name == name]
    while True:
        three = rng.sample(library, 3)
        made = [next(together(*some), None) for some in (three, *itertools.combinations(three, 2))]
        if all(made):
            yield made[0].thing, [each.thing for each in made[1:]]


@pytest.mark.corpus
def test_mending_one_of_three_mistakes_seldom_lowers_the_mark():
    rng, lowered = random.Random(f"{SEED} three"), []
    for name in NAMES:
        for thing, mended in itertools.islice(threes_of(name, rng), THREES):
            before = lost(verdicts(name, thing))
            lowered += [name] * any(lost(verdicts(name, each)) > before for each in mended)
    assert len(lowered) <= 0.05 * THREES * len(NAMES) + 2, (SEED, lowered)


WORKS_ON_ONE_NUMBER = """
_right = {name}
class {name}(_right):
    def {method}(self, *args, **options):
        if any(np.size(arg) > 1 for arg in args):
            {instead}
        return super().{method}(*args, **options)
"""
INSTEAD = "raise NotImplementedError", "raise ValueError('not yet')", "return None", "return 0.0"


@pytest.mark.parametrize("instead", INSTEAD)
@pytest.mark.parametrize("name", ["MyEmbedding", "MyRNN", "MyTimeRNN", "MyTimeAffine"])
def test_a_backward_that_works_on_no_input_of_real_size_earns_nothing(name, instead):
    library = find(name).misconceptions
    right = next(each.right for each in library if each.name == name)
    source = right + WORKS_ON_ONE_NUMBER.format(name=name, method="backward", instead=instead)
    judged = verdicts(name, defined(name, source))
    assert [v.criterion.id for v in judged if v.points and v.criterion.part == "backward"] == []
    forward = sum(verdict.points for verdict in judged if verdict.criterion.part in ("forward", "state"))
    assert sum(verdict.points for verdict in judged) <= forward + 1


@pytest.mark.parametrize("name", ["MyRNN", "MyTimeRNN", "MyTimeAffine", "MyTimeSoftmaxWithLoss"])
def test_what_is_given_without_a_known_mistake_is_never_more_than_what_holds(name):
    right = next(each.right for each in find(name).misconceptions if each.name == name)

    class Off(defined(name, right)):
        def forward(self, *args):
            return super().forward(*args) * np.float32(1.5)

    Off.__name__ = name
    judged = verdicts(name, Off)
    holds, given = (
        sum(v.points for v in judged if v.state == state and (v.state == State.HOLDS or v.criterion.part != "contract"))
        for state in (State.HOLDS, State.GIVEN)
    )
    assert given <= holds
    assert lost(judged)


def test_an_answer_that_fails_only_on_the_inputs_that_everybody_knows_earns_nothing():
    right = next(each.right for each in find("MyRNN").misconceptions if each.name == "MyRNN")
    answer, known = defined("MyRNN", right), set()

    class Spy(answer):
        def forward(self, x, h_prev):
            known.add(x.tobytes())
            return super().forward(x, h_prev)

    for criterion in find("MyRNN").of("MyRNN"):
        for _, case in criterion.dealt(public_seed(criterion)):
            KernelCandidate(MyRNN=Spy).play([case.calls.program])

    class Raising(answer):
        def forward(self, x, h_prev):
            if x.tobytes() in known:
                raise ValueError("seen before")
            return super().forward(x, h_prev)

    assert sum(verdict.points for verdict in verdicts("MyRNN", Raising)) == 0
