"""The corpora of answers: no right answer fails, no wrong one passes, in the kernel and through the sandbox."""
import contextlib

import pytest
from corpora import CORPORA, bptt, embedding, lstm, rnn, rnnlm, softmax_masking, time_rnn
from examining import grade_name
from hostile.attacks import KNOWN

from rnnlm_grader.course.job import failed_cells
from rnnlm_grader.criteria import ASSIGNMENTS
from rnnlm_grader.explaining.report import blocks_of
from rnnlm_grader.grading import Allowance, grade_submission, withhold
from rnnlm_grader.misconceptions import changed
from rnnlm_grader.sandbox.bench import Raised, load_cells
from rnnlm_grader.sandbox.candidate import KernelCandidate, SandboxedCandidate
from rnnlm_grader.spec.exam import hidden_seed, public_seed

EMBEDDING = ASSIGNMENTS["01-embedding"]


def cases(which):
    """(corpus, name, label, source) for every answer of a kind."""
    return [pytest.param(corpus, name, label, source, id=f"{name}-{label}")
            for corpus in CORPORA for name, answers in getattr(corpus, which).items()
            for label, source in answers.items()]


def submission(corpus, **answers):
    """The cells of a submission: the answers given, the corpus's plainest right ones for the other names."""
    plain = {name: next(iter(sources.values())) for name, sources in corpus.RIGHT.items()}
    return [("imports", "import numpy as np"), *(plain | answers).items()]


def in_kernel(assignment, cells, lent=()):
    names = {}
    assert load_cells(cells, names) == {}
    return KernelCandidate(**{name: names[name] for name in assignment.names})


def in_sandbox(assignment, cells, lent=()):
    return SandboxedCandidate(cells, assignment.names, lent=lent)


PUBLIC = "public"
DRAWS = PUBLIC, 0, 1, 2  # the learner's inputs, and for each number hidden ones
WHERE = pytest.mark.parametrize(("make_candidate", "draws"), [(in_kernel, DRAWS[:3]), (in_sandbox, DRAWS[3:])],
                                ids=["in_kernel", "in_sandbox"])  # the same comes of the same inputs; see below


def seeds_of(slug, draws=DRAWS):
    """Seeds for these draws of inputs."""
    def seeds(criterion):
        return [(public_seed(criterion), False) if draw == PUBLIC else
                (hidden_seed(bytes([draw]) * 32, slug, criterion), True) for draw in draws]
    return seeds


def verdicts(make_candidate, corpus, name, source, draws=DRAWS):
    """What the criteria of one name say about an answer among right ones."""
    assignment = ASSIGNMENTS[corpus.SLUG]
    lent = assignment.lent.get(name, ())
    with contextlib.closing(make_candidate(assignment, submission(corpus, **{name: source}), lent)) as candidate:
        seeds = seeds_of(corpus.SLUG, draws)
        return [v for result in grade_name(assignment, candidate, name, seeds, Allowance(20)) for v in result.verdicts]


@pytest.mark.corpus(one_in=8)
@WHERE
@pytest.mark.parametrize(("corpus", "name", "style", "source"), cases("RIGHT"))
@pytest.mark.filterwarnings("ignore:looking things up")
def test_right_answers_of_every_style_get_full_marks(make_candidate, draws, corpus, name, style, source):
    judged = verdicts(make_candidate, corpus, name, source, draws)
    assert judged
    assert [v for v in judged if not v.outcome.passed] == []


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.corpus(one_in=8)
@pytest.mark.parametrize(("corpus", "name", "mistake", "source"), cases("WRONG"))
def test_wrong_answers_written_in_other_words_are_named(corpus, name, mistake, source):
    failed = [v for v in verdicts(in_kernel, corpus, name, source, DRAWS[:2]) if not v.outcome.passed]
    assert failed
    said = [v.outcome.mistake.said for v in failed if v.outcome.mistake and v.outcome.mistake.said]
    assert {v.likely.id for v in failed if v.likely} == (set() if said else {mistake})
    assert said or all(v.likely or isinstance(v.outcome.finding, Raised) for v in failed)


@pytest.mark.parametrize(("corpus", "name"), [(embedding, "MyEmbedding"), (rnn, "MyRNN"), (time_rnn, "MyTimeRNN")])
def test_an_answer_that_offers_no_params_loses_a_point_and_no_more(corpus, name):
    plainest = next(iter(corpus.RIGHT[name].values()))
    failed = {v.criterion.id for v in verdicts(in_kernel, corpus, name, plainest.replace("self.params", "self.weights"))
              if not v.outcome.passed}
    assert failed == {"shares_parameters"}


def lost(corpus, name, source):
    """{criterion that costs points: its misconception, or None} of an answer among right ones; names prove nothing."""
    assignment = ASSIGNMENTS[corpus.SLUG]
    answer = in_kernel(assignment, submission(corpus, **{name: source}))
    results = withhold(grade_name(assignment, answer, name, seeds_of(corpus.SLUG), Allowance(20)))
    return {v.criterion.id: v.likely for result in results for v in result.verdicts if not v.outcome.passed}


@pytest.mark.parametrize(("right", "slip", "criterion"), [
    ("dc * g * i * (1 - i)", "dc * g * (1 - i)", "slopes_of_the_gates"),
    ("dc * c_prev * f * (1 - f)", "dh * c_prev * f * (1 - f)", "through_c"),
    ("dh * tanh_c * o", "dc * tanh_c * o", "slopes_of_the_gates"),
    ("dc * i * (1 - g**2)", "dh * i * (1 - g**2)", "slopes_of_the_gates")])
def test_a_slip_in_one_gate_costs_one_criterion_though_it_has_no_name(right, slip, criterion):
    assert lost(lstm, "MyTimeLSTM", changed(lstm.BOOK, (right, slip))) == {criterion: None}


def test_a_backward_in_which_only_the_gradient_of_c_is_right_earns_nothing():
    source = changed(lstm.BOOK, ("dz = np", "dz = 0 * np"))
    backward = {c.id for c in ASSIGNMENTS["07-lstm"].criteria if "backward" in (c.part, c.beside)}
    assert lost(lstm, "MyTimeLSTM", source).keys() >= backward


@pytest.mark.parametrize(("corpus", "name", "mistake", "criterion"), [
    (rnn, "MyRNN", "KeepsRowsOfBias", "gradient_of_b"), (rnn, "MyRNN", "AveragesOverBatch", "gradient_of_b"),
    (rnn, "MyRNN", "AveragesWeights", "backward_sizes"), (rnn, "MyRNN", "PopsCache", "backward_twice"),
    (time_rnn, "MyTimeRNN", "AveragesWeights", "backward_sizes"),
    (time_rnn, "MyTimeRNN", "LeavesOutTransposeOfWx", "gradient_of_each_input"),
    (time_rnn, "MyTimeRNN", "TurnsDWx", "gradient_of_wx_and_b"),
    (bptt, "my_bptt", "LeavesOutTransposeInDWx", "gradient_of_inputs"),
    (bptt, "my_bptt", "LeavesOutTransposeOfWx", "gradient_of_inputs"),
    (lstm, "MyTimeLSTM", "AveragesWeights", "backward_sizes"),
    (lstm, "MyTimeLSTM", "LeavesOutTransposeOfWx", "gradient_of_each_input"),
    (embedding, "MyEmbedding", "FlattensIdsAlone", "any_shape_backward")])
def test_a_mistake_that_raises_or_spreads_costs_only_the_criterion_that_it_is_about(corpus, name, mistake, criterion):
    assert lost(corpus, name, corpus.WRONG[name][mistake]).keys() == {criterion}


@pytest.mark.parametrize("corpus", CORPORA, ids=lambda corpus: corpus.SLUG)
def test_every_name_has_right_and_wrong_answers_in_the_corpus(corpus):
    assert tuple(corpus.RIGHT) == ASSIGNMENTS[corpus.SLUG].names
    assert all(corpus.RIGHT.values())
    assert set(corpus.WRONG) == set(corpus.RIGHT)


def graded(one, two, allowance=None):
    """Marks of a whole submission of 01-embedding, by name and part."""
    return graded_cells(submission(embedding, MyEmbedding=one, MyTimeEmbedding=two), allowance)


def graded_cells(cells, allowance=None):
    answers = {"MyEmbedding": embedding.EMBEDDING["as the book writes it"]}
    with contextlib.closing(in_sandbox(EMBEDDING, cells)) as candidate:
        results, _ = grade_submission(EMBEDDING, candidate, cells, answers, seeds_of("01-embedding"),
                                      allowance or Allowance(20))
    return {(result.name, result.part): result for result in results}


def test_an_answer_that_builds_on_a_wrong_one_keeps_its_own_points():
    results = graded(embedding.EMBEDDING_MISTAKES["Overwrites"], embedding.TIME_EMBEDDING["stacks the steps"])
    assert results["MyEmbedding", "backward"].points == 4
    over_time = results["MyTimeEmbedding", "backward"]
    assert over_time.points == over_time.max_points
    assert {v.stand_ins for v in over_time.verdicts if v.stand_ins} == {("MyEmbedding",)}


UNSHIFTED = "def my_softmax(x):\n    {inside}\n    return np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)\n"


SOFTMAX = next(iter(softmax_masking.RIGHT["my_softmax"].values()))


def graded_softmax(**answers):
    """Marks of a whole submission of 05-softmax-masking, by name."""
    assignment, cells = ASSIGNMENTS["05-softmax-masking"], submission(softmax_masking, **answers)
    with contextlib.closing(in_sandbox(assignment, cells)) as candidate:
        results, _ = grade_submission(assignment, candidate, cells, {"my_softmax": SOFTMAX},
                                      seeds_of(assignment.slug), Allowance(20))
    return {name: sum(r.points for r in results if r.name == name) for name in assignment.names}


@pytest.mark.parametrize("wrong", [
    "np.seterr(all='raise')\n" + UNSHIFTED.format(inside="pass"),
    UNSHIFTED.format(inside="np.seterr(all='raise')"),
    UNSHIFTED.format(inside="np.log = np.log2"),
])
def test_what_a_wrong_answer_set_for_the_whole_process_costs_a_later_one_nothing(wrong):
    assert graded_softmax(my_softmax=wrong)["MyTimeSoftmaxWithLoss"] == 18


@pytest.mark.parametrize("gives", ["hs[:, -1:]", "hs[0]", "iter(hs)", "{}", "None", "hs[:0]", "(hs,)"])
def test_whatever_an_answer_gives_it_gets_a_mark(gives):
    source = next(iter(time_rnn.RIGHT["MyTimeRNN"].values())).replace("return hs\n", f"return {gives}\n")
    assert gives in source
    judged = verdicts(in_sandbox, time_rnn, "MyTimeRNN", source)
    assert not all(v.outcome.passed for v in judged)


def test_a_hook_in_a_replaced_answer_does_not_lead_to_its_stand_in():
    hook = """
from rnnlm_grader.sandbox.bench import Bench
def _call(self, target, *rest, _call=Bench._call):
    return _call(self, "MyEmbedding" if target == "MyTimeEmbedding" else target, *rest)
Bench._call = _call
"""
    forward_only = embedding.EMBEDDING["as the book writes it"].replace("np.add.at(dW, self.idx, dout)", "pass")
    assert graded(hook + forward_only, "class MyTimeEmbedding: pass")["MyTimeEmbedding", "backward"].points == 0


def test_a_wrong_answer_gains_nothing_from_a_stand_in():
    wrong = embedding.TIME_EMBEDDING["stacks the steps"].replace("sum(step.grads[0] for step in self.steps)",
                                                                 "self.steps[-1].grads[0]")
    alone, beside = (graded(one, wrong)["MyTimeEmbedding", "backward"].points
                     for one in (embedding.EMBEDDING["as the book writes it"], OVERWRITES))
    assert beside <= alone < 4


class Recording(Allowance):
    """Keeps which draws of inputs were examined, in order."""

    def __init__(self):
        super().__init__(20)
        self.seen = []

    def examine(self, criterion, candidate, seed):
        self.seen.append((criterion.name, seed != public_seed(criterion)))
        return super().examine(criterion, candidate, seed)


@pytest.mark.parametrize("corpus", CORPORA, ids=lambda corpus: corpus.SLUG)
def test_no_worker_sees_a_hidden_input_before_all_learners_inputs_are_done(corpus):
    assignment, cells, allowance = ASSIGNMENTS[corpus.SLUG], submission(corpus), Recording()
    with contextlib.closing(in_sandbox(assignment, cells)) as candidate:
        results, _ = grade_submission(assignment, candidate, cells, {}, seeds_of(corpus.SLUG), allowance)
    assert all(result.passed for result in results)
    assert {name for name, _ in allowance.seen} == set(assignment.names)
    assert [hidden for _, hidden in allowance.seen] == sorted(hidden for _, hidden in allowance.seen)


def test_no_word_is_taken_from_cells_that_are_executed_after_a_hidden_input_was_seen(tmp_path):
    right = embedding.EMBEDDING["as the book writes it"]
    seen = f"open({str(tmp_path / 'seen')!r}, 'a')"
    ends = f"def __init__(self, W):\n        if zlib.crc32(W.tobytes()) not in KNOWN: {seen}.write(str(W)), os._exit(0)"
    source = f"import os\n{KNOWN}\nif {seen}.tell(): raise ValueError('told')\n"
    cells = submission(embedding, MyEmbedding=source + right.replace("def __init__(self, W):", ends),
                       MyTimeEmbedding=embedding.TIME_EMBEDDING["without MyEmbedding"])
    with contextlib.closing(SandboxedCandidate(cells, EMBEDDING.names, sandbox="none")) as candidate:
        _, failed = grade_submission(EMBEDDING, candidate, cells, {}, seeds_of("01-embedding"), Allowance(20))
        assert list(candidate.failed) == ["MyEmbedding"]
    assert failed == {}


def test_an_endless_backward_costs_forward_nothing_however_many_criteria_it_stops():
    one = embedding.EMBEDDING["as the book writes it"].replace("dW[...] = 0", "while True: pass")
    two = embedding.TIME_EMBEDDING["stacks the steps"]
    results = graded(one, two, Allowance(1, 4))
    assert results["MyEmbedding", "forward"].points == 3
    assert results["MyEmbedding", "backward"].points == 0
    assert sum(r.points for (name, _), r in results.items() if name == "MyTimeEmbedding") == 10  # with a stand-in


def test_a_training_run_below_an_answer_costs_it_nothing_and_is_told():
    one = embedding.EMBEDDING["as the book writes it"] + "\nfor step in range(10 ** 9):\n    MyEmbedding(np.eye(3))\n"
    cells = submission(embedding, MyEmbedding=one)
    with contextlib.closing(SandboxedCandidate(cells, EMBEDDING.names, seconds=0.5)) as candidate:
        results, failed = grade_submission(EMBEDDING, candidate, cells, {}, seeds_of("01-embedding"), Allowance(20))
    assert all(result.passed for result in results)
    remark, = failed_cells(failed)
    assert remark.startswith("What isn't a definition in the cell MyEmbedding was left out: it did not come")


STACKS = embedding.TIME_EMBEDDING["stacks the steps"]
OVERWRITES = embedding.EMBEDDING_MISTAKES["Overwrites"]


def test_a_known_slip_in_one_answer_costs_what_builds_on_it_nothing():
    slip = SOFTMAX.replace("e.sum(axis=-1", "e.sum(axis=0")
    loss = softmax_masking.BOOK.replace("np.exp(log_p)", "my_softmax(log_p)")
    assert slip != SOFTMAX
    assert loss != softmax_masking.BOOK
    assert graded_softmax(my_softmax=slip, MyTimeSoftmaxWithLoss=loss) == {"my_softmax": 3, "MyTimeSoftmaxWithLoss": 18}


@pytest.mark.parametrize("mistake", ["WorksAlongAxisOne", "WorksAlongAxisOneOrARow", "LosesAnAxis",
                                     "TakesThreeAxesForOneRow"])
def test_a_softmax_that_is_right_for_rows_or_matrices_loses_only_the_point_for_axes(mistake):
    source = softmax_masking.WRONG["my_softmax"][mistake]
    assert graded_softmax(my_softmax=source)["my_softmax"] == 4


RIGHT, TIME_RIGHT = embedding.EMBEDDING["as the book writes it"], embedding.TIME_EMBEDDING["without MyEmbedding"]


@pytest.mark.parametrize("cells", [
    [("MyEmbedding", RIGHT), ("MyTimeEmbedding", STACKS), ("own cell 2", OVERWRITES)],
    [("MyEmbedding", "def look_up(W, ids): return W[ids]\n\n" + RIGHT.replace("W[idx]", "look_up(W, idx)")),
     ("MyTimeEmbedding", "def look_up(W, ids, t): return W[ids[:, t]]\n\n" + TIME_RIGHT)],
], ids=["an older try", "another helper of that name"])
def test_what_stands_below_an_answer_and_spoils_it_is_left_out_and_no_more(cells):
    assert all(result.passed for result in graded_cells([("imports", "import numpy as np"), *cells]).values())


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


@pytest.mark.parametrize("factor", [1, 2])
@pytest.mark.parametrize("ways", ["(Averages, Silent)", "(Silent, Averages)"])
def test_to_tell_a_stand_in_from_ones_own_answer_buys_no_second_try(ways, factor):
    def points(ways):
        two = TWO_TRIES.format(right=embedding.TIME_EMBEDDING["without MyEmbedding"], ways=ways, factor=factor)
        results = graded(embedding.EMBEDDING_MISTAKES["Overwrites"], two)
        return sum(result.points for (name, _), result in results.items() if name == "MyTimeEmbedding")

    alone = [points(f"({way}, {way})") for way in ("Averages", "Silent")]
    assert points(ways) == max(alone)


RAISES = {
    "in __init__": ("self.params", "self.missing = W.nothing; self.params"),
    "in forward": ("return W[idx]", "return W[idx.nothing]"),
    "in backward": ("dW[...] = 0", "dW[...] = nothing"),
    "now and then": ("dW[...] = 0", "dW[...] = 0 if dout.ndim == 2 else nothing"),
}


@pytest.mark.parametrize("source", [
    embedding.EMBEDDING_MISTAKES["Averages"],
    *(embedding.EMBEDDING["as the book writes it"].replace(*change) for change in RAISES.values()),
], ids=["averages", *RAISES])
def test_the_same_answer_gives_the_same_verdicts_in_the_kernel_and_in_the_sandbox(source):
    """Though the sandbox is told of many steps at once, and the kernel of one after the other."""
    kernel, sandbox = (verdicts(make, embedding, "MyEmbedding", source) for make in (in_kernel, in_sandbox))
    assert [verdict_words(v) for v in kernel] == [verdict_words(v) for v in sandbox]


def verdict_words(verdict):
    return verdict.criterion, verdict.hidden, verdict.likely, [] if verdict.outcome.passed else [*blocks_of(verdict)]


def test_what_is_lent_to_one_answer_is_not_lent_to_another():
    assignment = ASSIGNMENTS["06-rnnlm"]
    borrowed = "from rnnlm_ref.time_layers import TimeAffine\nclass MyTimeAffine(TimeAffine): pass\n"
    cells = submission(rnnlm, MyTimeAffine=borrowed)
    with contextlib.closing(in_sandbox(assignment, cells)) as candidate:
        results, failed = grade_submission(assignment, candidate, cells, {}, seeds_of("06-rnnlm"), Allowance(20))
    points = {name: sum(r.points for r in results if r.name == name) for name in assignment.names}
    assert points["MyTimeAffine"] == 0
    assert points["MyRnnlm"] == sum(c.points for c in assignment.criteria if c.name == "MyRnnlm")
    assert set(failed) == {"MyTimeAffine"}
