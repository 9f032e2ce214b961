"""The corpora of answers: no right answer fails, no wrong one passes, in the kernel and through the sandbox."""

import contextlib

import pytest
from corpora import CORPORA, bptt, embedding, lstm, rnn, rnnlm, softmax_masking, time_rnn
from support.hostile.attacks import KNOWN
from support.workers import code_cells

from rnnlm_grader.content import ASSIGNMENTS
from rnnlm_grader.content.misconception import changed
from rnnlm_grader.engine.exam import hidden_seed, public_seed
from rnnlm_grader.protocol.bench import Raised, load_cells
from rnnlm_grader.protocol.candidate import KernelCandidate
from rnnlm_grader.sandbox.candidate import SandboxedCandidate
from rnnlm_grader.verdict.allowance import Allowance
from rnnlm_grader.verdict.grading import grade_submission
from rnnlm_grader.verdict.marks import State
from rnnlm_grader.verdict.pipeline import results_of
from rnnlm_grader.verdict.report import blocks_of, render

pytestmark = pytest.mark.corpus(one_in=4, whole=True)
RIGHT, TIME_RIGHT = embedding.EMBEDDING["as the book writes it"], embedding.TIME_EMBEDDING["without MyEmbedding"]
OVERWRITES, STACKS = embedding.EMBEDDING_MISTAKES["Overwrites"], embedding.TIME_EMBEDDING["stacks the steps"]


def cases(which):
    """(corpus, name, label, source) for every answer of a kind."""
    return [
        pytest.param(corpus, name, label, source, id=f"{name}-{label}")
        for corpus in CORPORA
        for name, answers in getattr(corpus, which).items()
        for label, source in answers.items()
    ]


def plainest(corpus):
    """The first right answer to each name."""
    return {name: next(iter(sources.values())) for name, sources in corpus.RIGHT.items()}


def submission(corpus, **answers):
    """The cells of a submission: the answers given, the corpus's plainest right ones for the other names."""
    return code_cells(("set-up", "import numpy as np"), *(plainest(corpus) | answers).items())


def in_kernel(assignment, cells, lent=()):
    names = {}
    assert load_cells([(cell.name, cell.source) for cell in cells], names) == {}
    return KernelCandidate(**{name: names[name] for name in assignment.names})


def in_sandbox(assignment, cells, lent=()):
    return SandboxedCandidate(cells, assignment.names, lent=lent)


PUBLIC = "public"
DRAWS = PUBLIC, 0, 1, 2  # the learner's inputs, and for each number hidden ones
WHERE = pytest.mark.parametrize(
    ("make_candidate", "draws"), [(in_kernel, DRAWS[:3]), (in_sandbox, DRAWS[3:])], ids=["in_kernel", "in_sandbox"]
)  # the same comes of the same inputs; see below


def seeds_of(slug, draws=DRAWS):
    """Seeds for these draws of inputs."""

    def seeds(criterion):
        return [
            (public_seed(criterion), False)
            if draw == PUBLIC
            else (hidden_seed(bytes([draw]) * 32, slug, criterion), True)
            for draw in draws
        ]

    return seeds


def verdicts(make_candidate, corpus, name, source, draws=DRAWS):
    """What the criteria of one name say about an answer among right ones."""
    assignment = ASSIGNMENTS[corpus.SLUG]
    lent = assignment.lent.get(name, ())
    with contextlib.closing(make_candidate(assignment, submission(corpus, **{name: source}), lent)) as candidate:
        seeds = seeds_of(corpus.SLUG, draws)
        return [v for result in results_of(assignment, candidate, name, seeds, Allowance(20)) for v in result.verdicts]


@pytest.mark.corpus(one_in=8)
@WHERE
@pytest.mark.parametrize(("corpus", "name", "style", "source"), cases("RIGHT"))
@pytest.mark.filterwarnings("ignore:looking things up")
def test_right_answers_of_every_style_get_full_marks(make_candidate, draws, corpus, name, style, source):
    judged = verdicts(make_candidate, corpus, name, source, draws)
    assert judged
    assert [v for v in judged if v.state != State.HOLDS] == []


# Those that do something else than the library's beside the mistake itself, or make parameters that no variant takes.
SAID_OTHERWISE = "AnotherOrder", "NestedLists", "SetsStateOnlyWhenStateful", "AlwaysKeepsStates"


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.corpus(one_in=8)
@pytest.mark.parametrize(("corpus", "name", "mistake", "source"), cases("WRONG"))
def test_wrong_answers_written_in_other_words_are_named(corpus, name, mistake, source):
    failed = [v for v in verdicts(in_kernel, corpus, name, source, DRAWS[:2]) if v.state == State.COSTS]
    assert failed
    named = {each.sentence for v in failed for each in v.likely}
    assert named <= {each.sentence for each in ASSIGNMENTS[corpus.SLUG].misconceptions if each.id == mistake}
    assert named or all(isinstance(v.finding, Raised) for v in failed) or mistake in SAID_OTHERWISE


@pytest.mark.parametrize(("corpus", "name"), [(embedding, "MyEmbedding"), (rnn, "MyRNN"), (time_rnn, "MyTimeRNN")])
def test_an_answer_that_offers_no_params_loses_a_point_and_no_more(corpus, name):
    source = plainest(corpus)[name].replace("self.params", "self.weights")
    assert lost(corpus, name, source).keys() == {"shares_parameters"}


def lost(corpus, name, source):
    """{criterion that earns nothing: its misconceptions} of an answer among right ones."""
    return {v.criterion.id: v.likely for v in verdicts(in_kernel, corpus, name, source) if not v.state.earns}


@pytest.mark.parametrize(
    ("right", "slip", "criterion"),
    [
        ("dc * g * i * (1 - i)", "dc * g * (1 - i)", "slopes_of_the_gates"),
        ("dc * c_prev * f * (1 - f)", "dh * c_prev * f * (1 - f)", "through_c"),
        ("dh * tanh_c * o", "dc * tanh_c * o", "slopes_of_the_gates"),
    ],
)
def test_a_slip_in_one_gate_costs_one_criterion_though_it_has_no_name(right, slip, criterion):
    assert lost(lstm, "MyTimeLSTM", changed(lstm.BOOK, (right, slip))) == {criterion: ()}


def test_a_backward_in_which_only_the_gradient_of_c_is_right_earns_nothing():
    source = changed(lstm.BOOK, ("dz = np", "dz = 0 * np"))
    backward = {c.id for c in ASSIGNMENTS["07-lstm"].criteria if c.part == "backward"}
    assert lost(lstm, "MyTimeLSTM", source).keys() >= backward


@pytest.mark.parametrize(
    ("corpus", "name", "mistake", "criterion"),
    [
        (rnn, "MyRNN", "AveragesOverBatch", "gradient_of_b"),
        (rnn, "MyRNN", "AveragesWeights", "backward_sizes"),
        (rnn, "MyRNN", "PopsCache", "backward_twice"),
        (rnn, "MyRNN", "HandsBackOutsideTanh", "backward_sizes"),
        (time_rnn, "MyTimeRNN", "AveragesWeights", "backward_sizes"),
        (time_rnn, "MyTimeRNN", "LeavesOutTransposeOfWx", "gradient_of_each_input"),
        (time_rnn, "MyTimeRNN", "TurnsDWx", "gradient_of_wx_and_b"),
        (bptt, "my_bptt", "LeavesOutTransposeOfWx", "gradient_of_inputs"),
        (lstm, "MyTimeLSTM", "AveragesWeights", "backward_sizes"),
        (lstm, "MyTimeLSTM", "LeavesOutTransposeOfWx", "gradient_of_each_input"),
        (embedding, "MyEmbedding", "FlattensIdsAlone", "any_shape_backward"),
    ],
)
def test_a_mistake_that_raises_or_spreads_costs_only_the_criterion_that_it_is_about(corpus, name, mistake, criterion):
    assert lost(corpus, name, corpus.WRONG[name][mistake]).keys() == {criterion}


@pytest.mark.parametrize("corpus", CORPORA, ids=lambda corpus: corpus.SLUG)
def test_every_name_has_right_and_wrong_answers_in_the_corpus(corpus):
    assert tuple(corpus.RIGHT) == ASSIGNMENTS[corpus.SLUG].names
    assert all(corpus.RIGHT.values())
    assert set(corpus.WRONG) == set(corpus.RIGHT)


def graded(corpus, cells, allowance=None, answers=None, **options):
    """Grade a submission; return (its results by name and part, what went wrong in which cell)."""
    assignment, answers = ASSIGNMENTS[corpus.SLUG], plainest(corpus) if answers is None else answers
    with contextlib.closing(SandboxedCandidate(cells, assignment.names, **options)) as candidate:
        results, failed = grade_submission(
            assignment, candidate, cells, answers, seeds_of(corpus.SLUG), allowance or Allowance(20)
        )
    return {(result.name, result.part): result for result in results}, failed


def points(corpus, **answers):
    """The points of each name in a submission with these answers."""
    results, _ = graded(corpus, submission(corpus, **answers))
    return {name: sum(result.points for (each, _), result in results.items() if each == name) for name in corpus.RIGHT}


def test_an_answer_that_builds_on_a_wrong_one_keeps_its_own_points():
    results, _ = graded(embedding, submission(embedding, MyEmbedding=OVERWRITES, MyTimeEmbedding=STACKS))
    assert results["MyEmbedding", "backward"].points == 4
    over_time = results["MyTimeEmbedding", "backward"]
    assert over_time.points == over_time.max_points
    assert {v.stand_ins for v in over_time.verdicts if v.stand_ins} == {("MyEmbedding",)}


UNSHIFTED = "def my_softmax(x):\n    return np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)\n"


def test_what_a_wrong_answer_set_for_the_whole_process_costs_a_later_one_nothing():
    wrong = f"np.seterr(all='raise')\n{UNSHIFTED}"
    assert points(softmax_masking, my_softmax=wrong)["MyTimeSoftmaxWithLoss"] == 21


@pytest.mark.parametrize("gives", ["hs[:, -1:]", "iter(hs)", "{}", "None", "hs[:0]", "(hs,)"])
def test_whatever_an_answer_gives_it_gets_a_mark(gives):
    source = plainest(time_rnn)["MyTimeRNN"].replace("return hs\n", f"return {gives}\n")
    assert gives in source
    assert not all(v.state == State.HOLDS for v in verdicts(in_sandbox, time_rnn, "MyTimeRNN", source))


def test_a_wrong_answer_gains_nothing_from_a_stand_in():
    wrong = STACKS.replace("sum(step.grads[0] for step in self.steps)", "self.steps[-1].grads[0]")
    alone, beside = (
        points(embedding, MyEmbedding=one, MyTimeEmbedding=wrong)["MyTimeEmbedding"] for one in (RIGHT, OVERWRITES)
    )
    assert beside == alone < 10


BUILT_ON = """
class MyTimeEmbedding:
    def __init__(self, W):
        self.params, self.grads = [W], [np.zeros_like(W)]

    def forward(self, xs):
        self.layer, self.xs = MyEmbedding(self.params[0]), xs
        return self.layer.forward(xs)

    def backward(self, dout):
        self.layer.backward(dout)
        self.grads[0][...] = self.layer.grads[0]
"""
TIME_MAJOR = "forward(xs)\n\n", "forward(xs).transpose(1, 0, 2)\n\n"
LAST_STEP = "layer.backward(dout)", "layer.forward(self.xs[:, -1])\n        self.layer.backward(dout[:, -1])"


@pytest.mark.parametrize("mistake", [TIME_MAJOR, LAST_STEP], ids=["time-major", "last step"])
@pytest.mark.parametrize(
    "earlier",
    [
        OVERWRITES,
        embedding.EMBEDDING_MISTAKES["Averages"],
        changed(RIGHT, ("return W[idx]", "return W[idx].astype('f')")),
        changed(RIGHT, ("        dW[...] = 0\n", "")),
    ],
    ids=["overwrites", "averages", "float32", "piles up"],
)
def test_a_known_mistake_costs_and_is_called_the_same_whatever_is_wrong_in_an_earlier_answer(mistake, earlier):
    wrong, told = changed(BUILT_ON, mistake), []
    for first in (RIGHT, earlier):
        results, _ = graded(embedding, submission(embedding, MyEmbedding=first, MyTimeEmbedding=wrong))
        found = [
            (v.criterion.id, v.state, [each.id for each in v.likely])
            for r in results.values()
            if r.name == "MyTimeEmbedding"
            for v in r.verdicts
        ]
        told.append(found)
    assert told[0] == told[1]
    assert [likely for _, state, likely in told[0] if state == State.COSTS] not in ([], [[]])


def test_two_mistakes_are_named_beside_an_earlier_answer_that_makes_them_too():
    both = ("dW[...] = 0\n", "\n"), ("return None", "return dW")
    first = changed(RIGHT, *both)
    piles_up = changed(
        BUILT_ON,
        ("grads[0][...] = self.layer.grads[0]", "grads[0] += self.layer.grads[0]\n        return self.grads[0]"),
    )
    results, _ = graded(embedding, submission(embedding, MyEmbedding=first, MyTimeEmbedding=piles_up))
    named = {m.id for r in results.values() if r.name == "MyTimeEmbedding" for v in r.verdicts for m in v.likely}
    assert named == {"TimePilesUp", "TimeReturnsGradient"}


OFF = RIGHT.replace("return W[idx]", "return 2 * W[idx]").replace("dW[...] = 0", "dW[...] = 1")
NO_COLON = changed(RIGHT, ("def forward(self, idx):", "def forward(self, idx)"))
NO_SUCH_ATTRIBUTE = changed(RIGHT, ("def forward(self, idx):", "def forward(self, idx):\n        self.weights.shape"))
EMPTY = "class MyEmbedding:\n    def forward(self, idx):\n        raise NotImplementedError\n"


@pytest.mark.parametrize(
    "earlier",
    [OFF, NO_COLON, NO_SUCH_ATTRIBUTE, EMPTY],
    ids=["never right", "a missing colon", "raises", "not filled in"],
)
def test_a_right_answer_loses_nothing_by_an_earlier_one_that_earns_nothing(earlier):
    earned = points(embedding, MyEmbedding=earlier, MyTimeEmbedding=STACKS)
    assert earned == {"MyEmbedding": 0, "MyTimeEmbedding": 10}


class Recording(Allowance):
    """Keeps which draws of inputs were examined, in order."""

    def __init__(self):
        super().__init__(20)
        self.seen = []

    def examine(self, criterion, candidate, seed, hidden):
        self.seen.append((criterion.name, seed != public_seed(criterion)))
        return super().examine(criterion, candidate, seed, hidden)


@pytest.mark.parametrize("corpus", CORPORA, ids=lambda corpus: corpus.SLUG)
def test_no_worker_sees_a_hidden_input_before_all_learners_inputs_are_done(corpus):
    allowance = Recording()
    results, _ = graded(corpus, submission(corpus), allowance)
    assert all(result.is_right for result in results.values())
    assert {name for name, _ in allowance.seen} == set(corpus.RIGHT)
    assert [hidden for _, hidden in allowance.seen] == sorted(hidden for _, hidden in allowance.seen)


def test_no_word_is_taken_from_cells_that_are_executed_after_a_hidden_input_was_seen(tmp_path):
    seen = f"open({str(tmp_path / 'seen')!r}, 'a')"
    ends = f"def __init__(self, W):\n        if zlib.crc32(W.tobytes()) not in KNOWN: {seen}.write(str(W)), os._exit(0)"
    source = f"import os\n{KNOWN}\nif {seen}.tell(): raise ValueError('told')\n"
    cells = submission(
        embedding, MyEmbedding=source + RIGHT.replace("def __init__(self, W):", ends), MyTimeEmbedding=TIME_RIGHT
    )
    _, failed = graded(embedding, cells, answers={}, sandbox="none")
    assert (tmp_path / "seen").read_text()
    assert failed == {}


def test_an_endless_backward_costs_forward_nothing_however_many_criteria_it_stops():
    cells = submission(embedding, MyEmbedding=RIGHT.replace("dW[...] = 0", "while True: pass"), MyTimeEmbedding=STACKS)
    results, _ = graded(embedding, cells, Allowance(1, 4))
    assert results["MyEmbedding", "forward"].points == 3
    assert results["MyEmbedding", "backward"].points == 0
    assert sum(r.points for (name, _), r in results.items() if name == "MyTimeEmbedding") == 10  # with a stand-in


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("self, idx):", "self, idx)"), "Your code raised SyntaxError: expected ':'. It was in line 5 of its cell"),
        (("class", ">>> class"), "Remove the prompts (`>>> `) at the beginning of its lines."),
    ],
    ids=["no colon", "prompts"],
)
def test_why_a_cell_cannot_be_executed_is_told_once_in_each_part(change, says):
    results, _ = graded(embedding, submission(embedding, MyEmbedding=RIGHT.replace(*change)))
    for part, others in (("forward", 2), ("backward", 3), ("contract", 5)):
        text = " ".join(render(results["MyEmbedding", part]).split())
        assert text.count(says) == 1
        assert f"✗ {others} more for the same reason" in text


def test_a_known_slip_in_one_answer_costs_what_builds_on_it_nothing():
    right = plainest(softmax_masking)["my_softmax"]
    slip = right.replace("e.sum(axis=-1", "e.sum(axis=0")
    loss = softmax_masking.BOOK.replace("np.exp(log_p)", "my_softmax(log_p)")
    assert slip != right
    assert loss != softmax_masking.BOOK
    assert points(softmax_masking, my_softmax=slip, MyTimeSoftmaxWithLoss=loss) == {
        "my_softmax": 4,
        "MyTimeSoftmaxWithLoss": 21,
    }


@pytest.mark.parametrize(
    "mistake", ["WorksAlongAxisOne", "WorksAlongAxisOneOrARow", "LosesAnAxis", "TakesThreeAxesForOneRow"]
)
def test_a_softmax_that_is_right_for_rows_or_matrices_loses_only_the_point_for_axes(mistake):
    source = softmax_masking.WRONG["my_softmax"][mistake]
    assert points(softmax_masking, my_softmax=source)["my_softmax"] == 4


@pytest.mark.parametrize(
    "cells",
    [
        [("MyEmbedding", RIGHT), ("MyTimeEmbedding", STACKS), ("own cell 2", OVERWRITES)],
        [
            ("MyEmbedding", "def look_up(W, ids): return W[ids]\n\n" + RIGHT.replace("W[idx]", "look_up(W, idx)")),
            ("MyTimeEmbedding", "def look_up(W, ids, t): return W[ids[:, t]]\n\n" + TIME_RIGHT),
        ],
    ],
    ids=["an older try", "another helper of that name"],
)
def test_what_stands_below_an_answer_and_spoils_it_is_left_out_and_no_more(cells):
    results, _ = graded(embedding, code_cells(("set-up", "import numpy as np"), *cells))
    assert all(result.is_right for result in results.values())


TWO_TRIES = """
{right}
class Averages(MyTimeEmbedding):
    def backward(self, dout):
        super().backward(dout)
        self.grads[0] /= 2
class Silent(MyTimeEmbedding):
    def forward(self, xs):
        return super().forward(xs) * {factor}
probe = MyEmbedding(np.ones((2, 2)))
probe.forward(np.array([0, 0]))
probe.backward(np.ones((2, 2)))
MyTimeEmbedding = {ways}[int(probe.grads[0][0, 0] == 2)]  # only the stand-in adds repeated ids up
"""


@pytest.mark.corpus
@pytest.mark.parametrize("factor", [1, 2])
@pytest.mark.parametrize("ways", ["(Averages, Silent)", "(Silent, Averages)"])
def test_to_tell_a_stand_in_from_ones_own_answer_buys_no_second_try(ways, factor):
    def earned(ways):
        two = TWO_TRIES.format(right=TIME_RIGHT, ways=ways, factor=factor)
        return points(embedding, MyEmbedding=OVERWRITES, MyTimeEmbedding=two)["MyTimeEmbedding"]

    assert earned(ways) == max(earned(f"({way}, {way})") for way in ("Averages", "Silent"))


def test_an_example_keeps_what_it_is_about_where_the_answer_is_wrong_without_it_too():
    right = plainest(rnn)["MyRNN"]
    source = right.replace("][...] = d", "][...] += d").replace("dt = ", "dt = 2 * ")
    assert source.count("+=") == 3
    results, _ = graded(rnn, submission(rnn, MyRNN=source))
    assert "for grad in layer.grads: grad[...] = 0.25" in render(results["MyRNN", "contract"])


RAISES = {
    "in __init__": ("self.params", "self.missing = W.nothing; self.params"),
    "in forward": ("return W[idx]", "return W[idx.nothing]"),
    "in backward": ("dW[...] = 0", "dW[...] = nothing"),
    "now and then": ("dW[...] = 0", "dW[...] = 0 if dout.ndim == 2 else nothing"),
}


@pytest.mark.parametrize(
    "source",
    [
        embedding.EMBEDDING_MISTAKES["Averages"],
        *(RIGHT.replace(*change) for change in RAISES.values()),
    ],
    ids=["averages", *RAISES],
)
def test_the_same_answer_gives_the_same_verdicts_in_the_kernel_and_in_the_sandbox(source):
    """Though the sandbox is told of many steps at once, and the kernel of one after the other."""
    kernel, sandbox = (verdicts(make, embedding, "MyEmbedding", source) for make in (in_kernel, in_sandbox))
    assert [verdict_words(v) for v in kernel] == [verdict_words(v) for v in sandbox]


def verdict_words(verdict):
    return verdict.criterion, verdict.hidden, verdict.likely, [] if verdict.state.earns else [*blocks_of(verdict)]


def test_what_is_lent_to_one_answer_is_not_lent_to_another():
    borrowed = "from rnnlm_ref.time_layers import TimeAffine\nclass MyTimeAffine(TimeAffine): pass\n"
    results, failed = graded(rnnlm, submission(rnnlm, MyTimeAffine=borrowed), answers={})
    assert {name for (name, _), result in results.items() if not result.points} == {"MyTimeAffine"}
    assert all(result.is_right for (name, _), result in results.items() if name == "MyRnnlm")
    assert set(failed) == {"MyTimeAffine"}
