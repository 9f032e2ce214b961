"""Which mark a notebook gets, however its cells are cut, repeated and mixed."""
import json
import time

import nbformat
import pytest
from corpora import bptt, embedding, lstm, rnnlm, softmax_masking, time_rnn
from hostile.handing_in import ROOT, code_cell

from rnnlm_grader.course.folders import answers_of, execution_order, read_handed_in
from rnnlm_grader.course.job import Job, run, version

pytestmark = pytest.mark.corpus(one_in=3)
ONE, TIME = "MyEmbedding", "MyTimeEmbedding"
RIGHT, TIME_RIGHT = embedding.EMBEDDING["as the book writes it"], embedding.TIME_EMBEDDING["without MyEmbedding"]
WRONG, STACKS = embedding.EMBEDDING_MISTAKES["Overwrites"], embedding.TIME_EMBEDDING["stacks the steps"]
INHERITS = embedding.TIME_EMBEDDING["subclass of MyEmbedding"]
CLIP = next(iter(bptt.RIGHT["my_clip_grads"].values()))
SCATTERS = RIGHT.replace("np.add.at(", "scatter(")
SCATTER = "def scatter(a, i, d):\n    np.add.at(a, i, d)"
BAD_SCATTER = "def scatter(a, i, d):\n    a[i] += d"
DEMO = "\nimport time\nstart = time.time()\nwhile time.time() - start < 2.7: pass\n"


def told(tmp_path, slug, *cells):
    """Return (mark, all remarks as one text) of a notebook with these cells: (grade_id or None, source)."""
    path = tmp_path / "me" / slug / f"{slug}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"cells": [
        code_cell(source, **({"nbgrader": {"grade_id": name}} if name else {})) for name, source in cells]}))
    exercise = nbformat.read(ROOT / "solutions" / slug / f"{slug}.ipynb", as_version=4)
    work = read_handed_in(exercise, path)
    cells, whole = (tuple(execution_order(exercise, order)) if order else () for order in (work.order, work.whole))
    result = run(Job(slug, cells, tuple(answers_of(exercise).items()), b"k" * 32, "bwrap", 4.0, 10.0, version(), whole))
    texts = [part["text"] for part in result["parts"].values()]
    return sum(part["points"] for part in result["results"]), "\n".join([*work.remarks, *result["failed"], *texts])


def mark(tmp_path, *cells, slug="01-embedding"):
    return told(tmp_path, slug, *cells)[0]


def with_own(own, one=RIGHT):
    return [*((None, source) for source in own), (ONE, one), (TIME, TIME_RIGHT)]


@pytest.mark.parametrize(("cells", "points"), [
    ([(ONE, RIGHT), (ONE, WRONG), (ONE, RIGHT)], 25),
    ([(ONE, WRONG), (ONE, RIGHT), (ONE, WRONG)], 23),
    ([(None, RIGHT), (None, WRONG), (None, RIGHT)], 25),
    ([(None, WRONG), (None, RIGHT), (None, WRONG)], 23),
    ([(ONE, RIGHT), (None, WRONG), (ONE, RIGHT)], 25),
    ([(None, SCATTER), (None, BAD_SCATTER), (None, SCATTER), (ONE, SCATTERS)], 25),
    ([(None, BAD_SCATTER), (None, SCATTER), (None, BAD_SCATTER), (ONE, SCATTERS)], 23),
])
def test_of_cells_that_are_repeated_the_last_one_counts(tmp_path, cells, points):
    assert mark(tmp_path, *cells, (TIME, TIME_RIGHT)) == points


@pytest.mark.parametrize("method", ["set_state(self, h)", "reset_state(self)"])
@pytest.mark.parametrize("raises", ["raise NotImplementedError()", "raise NotImplementedError(\n'a')", "self.h = typo"])
def test_a_small_method_that_fails_costs_its_own_point(tmp_path, method, raises):
    points, said = told(tmp_path, "03-time-rnn", ("MyTimeRNN", with_first_line(raises, method)))
    assert points == 25
    assert ("NotImplementedError" if raises.startswith("raise") else "NameError") in said


def with_first_line(line, *methods):
    """The plainest right answer, of which these methods begin with a line that is wrong."""
    source = next(iter(time_rnn.RIGHT["MyTimeRNN"].values()))
    for method in methods:
        head = f"    def {method}:\n"
        assert head in source
        source = source.replace(head, f"{head}        {line}\n")
    return source


@pytest.mark.parametrize(("line", "points"), [("pass", 26), ("return", 24), ("raise NotImplementedError()", 24)])
def test_both_methods_of_the_state_cost_a_point_each(tmp_path, line, points):
    source = with_first_line(line, "set_state(self, h)", "reset_state(self)")
    assert mark(tmp_path, ("MyTimeRNN", source), slug="03-time-rnn") == points


@pytest.mark.parametrize("method", ["set_state", "reset_state"])
def test_a_small_method_that_is_not_there_costs_its_own_point(tmp_path, method):
    source = next(iter(time_rnn.RIGHT["MyTimeRNN"].values())).replace(f"def {method}(", "def another_name(")
    assert mark(tmp_path, ("MyTimeRNN", source), slug="03-time-rnn") == 25


@pytest.mark.parametrize(("methods", "points"), [(["set_state"], 25), (["reset_state"], 25),
                                                 (["set_state", "reset_state"], 25)])
def test_the_small_methods_of_the_lstm_cost_the_point_of_their_criterion(tmp_path, methods, points):
    source = next(iter(lstm.RIGHT["MyTimeLSTM"].values()))
    for method in methods:
        source = source.replace(f"def {method}(", f"def another_{method}(")
    assert mark(tmp_path, ("MyTimeLSTM", source), slug="07-lstm") == points


@pytest.mark.parametrize(("own", "one"), [
    (["order = [i for i in range(3)]"], RIGHT.replace(
        "def backward(self, dout):", "def backward(self, dout, order=order):\n        assert order[0] == 0")),
    (["ops = {name: getattr(np, name).at for name in ('add', 'subtract')}"],
     "ops = dict(ops)\n" + RIGHT.replace("np.add.at(", "ops['add'](")),
    (["def make(n):\n    return lambda x: x * n\nsame = make(1)"],
     "def other(x):\n    same = x\n    return same\n" + RIGHT.replace("W[idx]", "same(W)[idx]")),
    (["TABLE = None\ndef setup():\n    global TABLE\n    TABLE = {'add': np.add.at}\nsetup()"],
     RIGHT.replace("np.add.at(", "TABLE['add'](")),
    (["REG = {}\ndef fill():\n    REG['add'] = np.add.at", "def fill_all():\n    fill()\n\nfill_all()"],
     RIGHT.replace("np.add.at(", "REG['add'](")),
    (["class R: pass", "def fill(r=None):\n    R.add = np.add.at\n\nfill()"], RIGHT.replace("np.add.at(", "R.add(")),
    (["import warnings\nwith warnings.catch_warnings():\n    from numpy import add as plus"],
     RIGHT.replace("np.add.at(", "plus.at(")),
    (["globals().update(scatter=np.add.at)"], SCATTERS),
    (["globals()['scatter'] = getattr(np.add, 'at')"], SCATTERS),
    (["exec('scatter = np.add.at')"], SCATTERS),
    ([SCATTER, "%%python3\n" + BAD_SCATTER], SCATTERS),
], ids=["a default", "bound anew", "hidden elsewhere", "global", "filled by calls", "attribute by a call",
        "import in with", "update of globals", "item of globals", "exec", "another Python"])
def test_what_cells_of_ones_own_compute_for_an_answer_counts(tmp_path, own, one):
    assert one != RIGHT
    assert mark(tmp_path, *with_own(own, one)) == 25


def test_a_cheap_constant_for_a_default_of_the_same_name_counts(tmp_path):
    clip = CLIP.replace("(grads, max_norm)", "(grads, max_norm, eps=eps)")
    others = [(name, next(iter(answers.values()))) for name, answers in bptt.RIGHT.items() if name != "my_clip_grads"]
    assert mark(tmp_path, (None, "eps = 10 ** -7"), ("my_clip_grads", clip), *others, slug="04-bptt") == 31


@pytest.mark.parametrize("run", [
    "losses = []\ndef train():\n    while True:\n        losses.append(MyEmbedding(np.eye(3)))\ntrain()",
    "while True:\n    layer = MyTimeEmbedding(np.eye(3))",
])
def test_a_training_run_in_a_cell_of_ones_own_takes_no_time(tmp_path, run):
    time = f"{TIME_RIGHT}\n    def layers(self):\n        return list(map(MyEmbedding, self.params))\n"
    points, remarks = told(tmp_path, "01-embedding", (ONE, RIGHT), (TIME, time), (None, run))
    assert (points, "left out" in remarks) == (25, False)


def axis(helper, expression):
    return [(ONE, f"{helper}\n\n{WRONG}"), (TIME, STACKS.replace("axis=1)", f"axis={expression})", 1))]


@pytest.mark.parametrize("cells", [
    [(TIME, f"{WRONG}\n\n{STACKS}")], [(None, f"{WRONG}\n\n{STACKS}")], [(TIME, f"{WRONG}\n\n{INHERITS}")],
    [(ONE, f"{WRONG}\n\n{INHERITS}")], [(ONE, "x = 1"), (TIME, f"{WRONG}\n\n{STACKS}")],
    [(None, WRONG), (TIME, STACKS)],
    [(ONE, WRONG), (None, f"{WRONG.replace(ONE, 'Other')}\nMyEmbedding.backward = Other.backward"), (TIME, STACKS)],
    axis("AXIS: int = 1", "AXIS"), axis("one = 1\ntwo = one + 0", "two"), axis("class W:\n    axis: int = 1", "W.axis"),
    axis("from dataclasses import dataclass\n@dataclass(frozen=True)\nclass W:\n    axis: int = 1\n", "W().axis"),
    axis("from typing import NamedTuple\nclass W(NamedTuple):\n    axis: int = 1\n", "W().axis"),
    axis("class W:\n    @staticmethod\n    def axis():\n        return 1\n", "W.axis()"),
    axis("from functools import lru_cache\n@lru_cache\ndef axis(): return 1\n", "axis()"),
    axis("if True:\n    axis = 1\n", "axis"), axis("try:\n    axis = 1\nexcept E:\n    pass", "axis"),
    [(ONE, WRONG + DEMO), (TIME, STACKS + DEMO)],
])
def test_what_builds_on_a_wrong_answer_keeps_its_own_points_wherever_that_stands(tmp_path, cells):
    assert mark(tmp_path, *cells) == 23


def test_a_cell_is_read_as_far_as_it_is_complete(tmp_path):
    code = RIGHT + "\n# a long story" * 8000
    assert mark(tmp_path / "code", (ONE, code), (TIME, TIME_RIGHT)) == 25
    log = 'LOG = """My training log\n' + "epoch 1: loss 4.123456789\n" * 5000 + '"""\n'
    points, remarks = told(tmp_path, "01-embedding", (ONE, f"%matplotlib inline\n{RIGHT}\n{log}"), (TIME, TIME_RIGHT))
    assert points == 25
    assert "The cell MyEmbedding has 130,393 char" in remarks
    assert "the limit is 100,000" in remarks


def test_a_notebook_of_too_many_cells_is_refused_with_the_limit(tmp_path):
    points, remarks = told(tmp_path, "01-embedding", *[(None, "x")] * 2100, (ONE, RIGHT))
    assert points == 0
    assert "it has 2,101 cells with code; the limit is 2,000" in remarks


@pytest.mark.parametrize("fails", ["help(np.add.at)", "exit", "1 / 0"])
def test_what_fails_in_a_cell_does_not_keep_a_method_from_being_put_into_its_class(tmp_path, fails):
    head, method = RIGHT.split("\n    def backward")
    method = "\ndef backward" + method.replace("\n    ", "\n")
    points, remarks = told(tmp_path, "01-embedding", (TIME, TIME_RIGHT), (
        ONE, f"{head}\n{fails}\n{method}\nMyEmbedding.backward = backward"))
    assert points == 25
    assert ("ZeroDivisionError" in remarks) == (fails == "1 / 0")
    assert "NameError" not in remarks


def test_a_module_that_a_cell_writes_is_told_to_be_missing(tmp_path):
    own = f"%%writefile helper.py\nimport numpy as np\n{SCATTER}"
    _, remarks = told(tmp_path, "01-embedding", *with_own([own], f"from helper import scatter\n{SCATTERS}"))
    assert "Files that a cell writes aren't there when work is graded, so what is imported from helper was" in remarks


def test_the_line_of_an_error_is_counted_as_python_counts(tmp_path):
    fails = RIGHT.replace("dW[...] = 0", "s = 'a\u2028'  # \u0085b\n        raise ValueError('here')\n        dW += 1")
    _, remarks = told(tmp_path, "01-embedding", (ONE, fails), (TIME, TIME_RIGHT))
    assert "raise ValueError('here')" in remarks


def test_an_import_that_another_answer_of_the_cell_is_lent_is_no_failure(tmp_path):
    answers = {name: next(iter(sources.values())) for name, sources in rnnlm.RIGHT.items()}
    answers["MyTimeAffine"] = "from rnnlm_ref.time_layers import TimeRNN\n" + answers["MyTimeAffine"]
    points, remarks = told(tmp_path, "06-rnnlm", *answers.items())
    assert "rnnlm_ref" not in remarks
    assert "✗" not in remarks
    assert points


TABLES = RIGHT.replace("np.add.at(", "TABLE['add'](")
REGISTERS = RIGHT.replace("np.add.at(dW, self.idx, dout)", "Tools.add(dW, self.idx, dout)")


@pytest.mark.parametrize("own", [
    "class Tools:\n    @classmethod\n    def setup(cls): cls.add = np.add.at\nTools.setup()",
    "class Tools: pass\ndef attach(cls): cls.add = np.add.at\nattach(Tools)",
    "class Tools: pass\nfor each in (Tools,):\n    each.add = np.add.at",
])
def test_what_changes_a_class_of_ones_own_counts(tmp_path, own):
    assert mark(tmp_path, *with_own(["import numpy as np", own], REGISTERS)) == 25


@pytest.mark.parametrize("sets", [
    "list(map(setup, [np.add.at]))", "again = setup\nagain(np.add.at)", "for each in (setup,):\n    each(np.add.at)",
    "from functools import partial\nready = partial(setup, np.add.at)\nready()", "{'x': setup}['x'](np.add.at)",
    "import threading\nthread = threading.Thread(target=setup, args=(np.add.at,))\nthread.start()\nthread.join()",
    "class Setup:\n    def run(self): setup(np.add.at)\nmine = Setup()\nmine.run()",
])
def test_a_function_that_fills_a_table_counts_whoever_calls_it(tmp_path, sets):
    own = f"import numpy as np\nTABLE = {{'add': np.subtract.at}}\ndef setup(at): TABLE['add'] = at\n{sets}"
    assert mark(tmp_path, *with_own([own], TABLES)) == 25


def test_a_loop_that_completes_an_answer_counts(tmp_path):
    head, _, body = RIGHT.partition("    def backward")
    method = "def backward" + body.replace("\n    ", "\n")
    completes = f"import numpy as np\n{method}\nfor each in (MyEmbedding,):\n    each.backward = backward"
    assert mark(tmp_path, (ONE, head), (None, completes), (TIME, TIME_RIGHT)) == 25


def test_a_method_that_a_decorator_adds_to_a_wrong_answer_does_not_spoil_what_stands_in_for_it(tmp_path):
    head, _, body = WRONG.partition("    def backward")
    adds = "import numpy as np\ndef add_to(cls): return lambda f: setattr(cls, f.__name__, f)"
    wrong = "@add_to(MyEmbedding)\ndef backward" + body.replace("\n    ", "\n")
    assert mark(tmp_path, (ONE, head), (None, adds), (None, wrong), (TIME, STACKS)) == 23


@pytest.mark.parametrize("name", ["check", "display", "help"])
def test_a_helper_may_be_called_as_something_of_notebooks_is(tmp_path, name):
    helper = SCATTER.replace("scatter", name)
    source = f"notes = open('notes.txt').read()\n{helper}\n{SCATTERS.replace('scatter(', f'{name}(')}"
    assert mark(tmp_path, (ONE, source), (TIME, TIME_RIGHT)) == 25


def test_names_that_one_statement_binds_are_looked_into_once(tmp_path):
    names = ", ".join(f"a{n}" for n in range(2000))
    own = [f"{names} = {', '.join('0' for _ in range(2000))}", f"def f(): return ({names})", "print(1)"]
    cells = [*((None, source) for source in own), (ONE, "class MyEmbedding:\n    forward = lambda s: f()")]
    start = time.process_time()
    assert mark(tmp_path, *cells) == 0
    assert time.process_time() - start < 9


@pytest.mark.parametrize(("own", "one"), [
    ("sum = 0\nfor k in range(3):\n    sum += k\ndel sum", RIGHT.replace("dW[...] = 0", "dW[...] = sum([0, 0])")),
    ("TABLE = ['junk', np.add.at]\ndel TABLE[0]", RIGHT.replace("np.add.at(", "TABLE[0](")),
    ("match {'x': 1, 'add': np.add.at}:\n    case {'x': 1, **TABLE}: pass",
     RIGHT.replace("np.add.at(", "TABLE['add'](")),
    ("import asyncio\nscatter = np.add.at\nawait asyncio.sleep(0.01)", SCATTERS),
    ("x = 1", RIGHT.replace("dW[...] = 0", "dW[...] = __builtins__.sum([0, 0])")),
])
def test_odd_but_legal_cells_lose_nothing(tmp_path, own, one):
    assert mark(tmp_path, *with_own(["import numpy as np", own], one)) == 25


SETS = "TABLE = None\ndef setup():\n    global TABLE\n    TABLE = {'add': np.add.at}\n"
NEED_ALL = [
    ("TABLE = {}\nalias = TABLE\nalias['add'] = getattr(np.add, 'at')", TABLES),
    (f"{SETS}start = setup\nstart()", TABLES),
    (f"{SETS}if not TABLE: (lambda: setup)()()", TABLES),
    ("TABLE = ['junk', np.add.at]\njunk = TABLE.pop(0)", RIGHT.replace("np.add.at(", "TABLE[0](")),
    ("execute = exec\nexecute('scatter = np.add.at', globals())", SCATTERS),
]


@pytest.mark.parametrize(("own", "one"), NEED_ALL)
def test_where_an_answer_lacks_something_all_that_its_own_cells_do_counts(tmp_path, own, one):
    assert mark(tmp_path, *with_own(["import numpy as np", own], one)) == 25


def test_all_of_its_own_cells_may_be_needed_beside_what_stands_in_for_an_earlier_answer(tmp_path):
    own = "TABLE = {}\nalias = TABLE\nalias['axis'] = int('1')"
    assert mark(tmp_path, (None, own), (ONE, WRONG), (TIME, STACKS.replace("axis=1)", "axis=TABLE['axis'])", 1))) == 23


def test_a_training_run_costs_nothing_where_all_cells_are_tried(tmp_path):
    trains = "def train():\n    while True: MyEmbedding(np.eye(3)).forward([1])\nrun = train\nrun()"
    fails = RIGHT.replace("dW[...] = 0", "dW[...] = LACKING")
    assert mark(tmp_path, (ONE, fails), (TIME, TIME_RIGHT), (None, trains)) == 14


@pytest.mark.parametrize("fails", ["notes = open('notes.txt').read()", "n = input('name?')", "print(_dh[0], len(In))",
                                   "import subprocess\nsubprocess.run(['nvidia-smi'])"])
def test_what_the_sandbox_lacks_does_not_keep_an_answer_from_being_completed(tmp_path, fails):
    head, _, body = RIGHT.partition("    def backward")
    backward = "def backward" + body.replace("\n    ", "\n")
    completes = "for f in (backward,): setattr(MyEmbedding, f.__name__, f)"
    assert mark(tmp_path, (ONE, f"{fails}\n{head}\n{backward}\n{completes}"), (TIME, TIME_RIGHT)) == 25


def test_a_cell_that_the_graders_python_cannot_read_is_told_of(tmp_path):
    _, remarks = told(tmp_path, "01-embedding", *with_own([f"{SCATTER}\ntype X = int =", "a note to myself"], SCATTERS))
    assert "1 of your own cells can't be read by Python" in remarks


SOFTMAX, LOSS = (next(iter(answers.values())) for answers in softmax_masking.RIGHT.values())
CALLS = "def my_softmax(x):\n    return softmax(x, axis=-1)"


@pytest.mark.parametrize("cells", [
    [(None, "from scipy.special import softmax"), ("my_softmax", CALLS)],
    [("my_softmax", f"from scipy.special import softmax\n{CALLS}")],
    [("my_softmax", f"import scipy.special as s\n{CALLS.replace('softmax(x, a', 's.softmax(x, a')}")],
    [("my_softmax", CALLS.replace(":\n", ":\n    from scipy.special import softmax\n"))],
    [("my_softmax", "from scipy.special import softmax as my_softmax")],
    [("my_softmax", "import scipy as s\ndef my_softmax(x):\n    y = s.softmax(x)\n    return y.sum() + x")],
    [("my_softmax", "import scipy as s\ndef my_softmax(x):\n    return np.asarray(s.e(x)).astype(x.dtype)")],
    [("my_softmax", "import scipy as s\ndef my_softmax(x):\n    return x * float(s.e(x))")],
    [("my_softmax", "import scipy as s\ndef my_softmax(x):\n    return s.Frame(x).apply(np.exp).values")],
])
def test_an_answer_that_uses_a_module_that_is_not_there_is_told_its_name_in_its_report(tmp_path, cells):
    points, said = told(tmp_path, "05-softmax-masking", *cells, ("MyTimeSoftmaxWithLoss", LOSS))
    *_, report = said.partition("my_softmax · values")
    report = " ".join(report.partition("MyTimeSoftmaxWithLoss")[0].split())
    assert points == 18
    assert report.startswith(": 0 of 3 points")
    assert "No module named 'scipy'" in report


def test_a_module_that_an_answer_has_no_need_of_is_blamed_for_nothing(tmp_path):
    wrong = f"import tqdm\ndef plot(): tqdm.tqdm()\n{SOFTMAX.replace('np.exp(x)', 'np.exp(nothing)')}"
    _, said = told(tmp_path, "05-softmax-masking", ("my_softmax", wrong), ("MyTimeSoftmaxWithLoss", LOSS))
    assert "Your code raised NameError: name 'nothing' is not defined. It was in line" in " ".join(said.split())


def renamed(source):
    return source.replace(ONE, "Embedding")


@pytest.mark.parametrize(("one", "points"), [(RIGHT, 25), (WRONG, 23)], ids=["right", "wrong"])
@pytest.mark.parametrize("time", [TIME_RIGHT, STACKS, INHERITS], ids=["alone", "stacks", "inherits"])
def test_a_class_under_a_name_of_its_own_is_graded_as_what_it_is(tmp_path, one, points, time):
    cells = (ONE, f"{renamed(one)}\nEmbedding(np.eye(3)).forward(np.array([1]))"), (TIME, renamed(time))
    mark, said = told(tmp_path, "01-embedding", *cells)
    assert (mark, "Your class is called Embedding; it was graded as MyEmbedding." in said) == (points, True)
    assert "raised" not in said


def test_a_function_under_a_name_of_its_own_is_graded_as_what_it_is(tmp_path):
    points, said = told(tmp_path, "05-softmax-masking", ("my_softmax", SOFTMAX.replace("my_softmax", "softmax")),
                        ("MyTimeSoftmaxWithLoss", LOSS))
    assert points == 23
    assert "Your function is called softmax; it was graded as my_softmax." in said
