"""Which mark a notebook gets, however its cells are cut, repeated and mixed."""

import pytest
from corpora import CORPORA, embedding, lstm, rnnlm, softmax_masking, time_rnn
from support.graded_cells import mark, told

from rnnlm_grader.content import ASSIGNMENTS
from rnnlm_grader.content.misconception import changed

pytestmark = pytest.mark.corpus(one_in=3)
ONE, TIME = "MyEmbedding", "MyTimeEmbedding"
RIGHT, TIME_RIGHT = embedding.EMBEDDING["as the book writes it"], embedding.TIME_EMBEDDING["without MyEmbedding"]
WRONG, STACKS = embedding.EMBEDDING_MISTAKES["Overwrites"], embedding.TIME_EMBEDDING["stacks the steps"]
INHERITS = embedding.TIME_EMBEDDING["subclass of MyEmbedding"]
SCATTERS = RIGHT.replace("np.add.at(", "scatter(")
SCATTER = "def scatter(a, i, d):\n    np.add.at(a, i, d)"
BAD_SCATTER = "def scatter(a, i, d):\n    a[i] += d"
DEMO = "\nimport time\nstart = time.time()\nwhile time.time() - start < 2.7: pass\n"


@pytest.mark.parametrize("corpus", CORPORA, ids=lambda corpus: corpus.SLUG)
def test_right_answers_to_each_exercise_get_full_marks_and_a_mistake_costs_some(corpus):
    right = {name: next(iter(answers.values())) for name, answers in corpus.RIGHT.items()}
    last, wrong = [*right][-1], next(iter(corpus.WRONG[[*right][-1]].values()))
    most = sum(criterion.points for criterion in ASSIGNMENTS[corpus.SLUG].criteria)
    assert mark(*right.items(), slug=corpus.SLUG) == most
    assert 0 < mark(*(right | {last: wrong}).items(), slug=corpus.SLUG) < most


@pytest.mark.parametrize(
    ("cells", "points"),
    [
        ([(ONE, RIGHT), (ONE, WRONG), (ONE, RIGHT)], 25),
        ([(ONE, WRONG), (ONE, RIGHT), (ONE, WRONG)], 23),
        ([(None, BAD_SCATTER), (None, SCATTER), (ONE, SCATTERS)], 25),
        ([(None, SCATTER), (None, BAD_SCATTER), (ONE, SCATTERS)], 23),
    ],
)
def test_of_cells_that_are_repeated_the_last_one_counts(cells, points):
    assert mark(*cells, (TIME, TIME_RIGHT)) == points


STATE = ["set_state", "reset_state"]
RAISES = "{}\n        raise NotImplementedError(\n'a')".format


@pytest.mark.parametrize(
    ("corpus", "methods", "change", "lost"),
    [
        *(
            (time_rnn, [method], change, 1)
            for method in STATE
            for change in (RAISES, "{}\n        self.h = typo".format, lambda head: head.replace("set_", "put_"))
        ),
        (time_rnn, STATE, "{}\n        pass".format, 0),
        (time_rnn, STATE, "{}\n        return".format, 2),
        (time_rnn, STATE, RAISES, 2),
        *((lstm, methods, lambda head: head.replace("set_", "put_"), 1) for methods in (STATE[:1], STATE[1:], STATE)),
    ],
)
def test_a_small_method_that_fails_or_is_not_there_costs_its_own_point(corpus, methods, change, lost):
    ((name, answers),) = corpus.RIGHT.items()
    source = next(iter(answers.values()))
    for method in methods:
        head = next(line for line in source.splitlines() if f"def {method}(" in line)
        source = source.replace(head, change(head))
    points = sum(criterion.points for criterion in ASSIGNMENTS[corpus.SLUG].of(name))
    assert mark((name, source), slug=corpus.SLUG) == points - lost


FROM_HELPER = f"from helper import scatter\n{SCATTERS}"
FROM_FILE = RIGHT.replace("np.add.at(", "getattr(np, open('name.txt').read().strip()).at(")
FROM_TABLE, FROM_ROWS = (RIGHT.replace("np.add.at(", f"{rows}[-1](") for rows in ("table.rows", "ROWS"))
TABLE = "class Table:\n    def fill(self, row=np.add.at):\n        {}\n"


@pytest.mark.parametrize(
    ("own", "one"),
    [
        (
            "ops = {name: getattr(np, name).at for name in ('add', 'subtract')}",
            "ops = dict(ops)\n" + RIGHT.replace("np.add.at(", "ops['add']("),
        ),
        (
            "TABLE = {'add': np.subtract.at}\ndef setup(at): TABLE['add'] = at\nsetup(np.add.at)",
            RIGHT.replace("np.add.at(", "TABLE['add']("),
        ),
        ("exec('scatter = np.add.at')", SCATTERS),
        ("import asyncio\nscatter = np.add.at\nawait asyncio.sleep(0.01)", SCATTERS),
        (
            f"%%writefile helper.py\nimport numpy as np\n{SCATTER}",
            f"import helper\n{SCATTERS.replace('scatter(', 'helper.scatter(')}",
        ),
        (f"from pathlib import Path\nPath('helper.py').write_text('''import numpy as np\n{SCATTER}''')", FROM_HELPER),
        ("with open('name.txt', 'w') as file:\n    print('add', file=file)", FROM_FILE),
        ("file = open('name.txt', 'w')\nfile.write('add')\nfile.close()", FROM_FILE),
        ("np.save('ones.npy', np.ones(100))", RIGHT.replace("x, dout)", "x, dout * np.load('ones.npy')[0])")),
        (TABLE.format("self.rows = [row]") + "table = Table()\ntable.fill()", FROM_TABLE),
        (TABLE.format("ROWS.append(row)") + "ROWS = [np.subtract.at]\nTable().fill()", FROM_ROWS),
        ("ROWS = [np.subtract.at]\nrows = ROWS\nrows.append(np.add.at)", FROM_ROWS),
        ("ROWS = [np.subtract.at]\ndef fill(): ROWS.append(np.add.at)\nfor _ in range(3): fill()", FROM_ROWS),
    ],
    ids=[
        "bound anew",
        "another value",
        "exec",
        "sleep",
        "a module",
        "a module by hand",
        "a file",
        "an open file",
        "an array",
        "a table",
        "any table",
        "two names",
        "a loop",
    ],
)
def test_what_cells_of_ones_own_compute_for_an_answer_counts(own, one):
    assert one != RIGHT
    assert mark((None, "import numpy as np"), (None, own), (ONE, one), (TIME, TIME_RIGHT)) == 25


@pytest.mark.parametrize(
    "run",
    [
        "losses = []\ndef train():\n    while True:\n        losses.append(MyEmbedding(np.eye(3)))\ntrain()",
        "while True:\n    layer = MyTimeEmbedding(np.eye(3))",
    ],
)
def test_a_training_run_in_a_cell_of_ones_own_takes_no_time(run):
    time = f"{TIME_RIGHT}\n    def layers(self):\n        return list(map(MyEmbedding, self.params))\n"
    points, remarks = told((ONE, RIGHT), (TIME, time), (None, run))
    assert (points, "left out" in remarks) == (25, False)


def test_what_a_later_cell_puts_into_a_table_of_an_answer_counts():
    later = "ROWS.append(np.add.at)\nwhile True: pass"
    assert mark((ONE, f"ROWS = [np.subtract.at]\n{FROM_ROWS}"), (TIME, TIME_RIGHT), (None, later)) == 25


TOTAL, TOTALS = "def total", STACKS.replace("sum(", "total(")


@pytest.mark.parametrize(
    "cells",
    [
        [(TIME, f"{WRONG}\n\n{STACKS}")],
        [(None, f"{WRONG}\n\n{STACKS}")],
        [(ONE, f"{WRONG}\n\n{INHERITS}")],
        [(None, WRONG), (TIME, STACKS)],
        [(ONE, WRONG), (None, f"{WRONG.replace(ONE, 'Other')}\nMyEmbedding.backward = Other.backward"), (TIME, STACKS)],
        [(ONE, f"AXIS: int = 1\n\n{WRONG}"), (TIME, STACKS.replace("axis=1)", "axis=AXIS)", 1))],
        [(ONE, WRONG + DEMO), (TIME, STACKS + DEMO)],
        [(ONE, WRONG), (TIME, f"{TOTAL}(x): return sum(x)\n{TOTALS}"), (None, f"{TOTAL}(x): return x[-1]")],
    ],
)
def test_what_builds_on_a_wrong_answer_keeps_its_own_points_wherever_that_stands(cells):
    assert mark(*cells) == 23


def test_a_cell_is_read_as_far_as_it_is_complete():
    code = RIGHT + "\n# a long story" * 8000
    assert mark((ONE, code), (TIME, TIME_RIGHT)) == 25
    points, remarks = told((None, code), (ONE, RIGHT), (TIME, TIME_RIGHT))
    assert points == 25
    assert "A cell of your own has 120," in remarks
    assert "the limit is 100,000" in remarks


@pytest.mark.parametrize("fails", ["help(np.add.at)", "exit", "n = input('name?')", "1 / 0"])
def test_what_fails_in_a_cell_does_not_keep_a_method_from_being_put_into_its_class(fails):
    head, method = RIGHT.split("\n    def backward")
    method = "\ndef backward" + method.replace("\n    ", "\n")
    points, remarks = told((TIME, TIME_RIGHT), (ONE, f"{head}\n{fails}\n{method}\nMyEmbedding.backward = backward"))
    assert points == 25
    assert ("ZeroDivisionError" in remarks) == (fails == "1 / 0")
    assert "NameError" not in remarks


def test_an_import_that_another_answer_of_the_cell_is_lent_is_no_failure():
    answers = {name: next(iter(sources.values())) for name, sources in rnnlm.RIGHT.items()}
    answers["MyTimeAffine"] = "from rnnlm_ref.time_layers import TimeRNN\n" + answers["MyTimeAffine"]
    points, remarks = told(*answers.items(), slug="06-rnnlm")
    assert "rnnlm_ref" not in remarks
    assert "✗" not in remarks
    assert points


def test_a_method_that_a_decorator_adds_to_a_wrong_answer_does_not_spoil_what_stands_in_for_it():
    head, _, body = WRONG.partition("    def backward")
    adds = "import numpy as np\ndef add_to(cls): return lambda f: setattr(cls, f.__name__, f)"
    wrong = "@add_to(MyEmbedding)\ndef backward" + body.replace("\n    ", "\n")
    assert mark((ONE, head), (None, adds), (None, wrong), (TIME, STACKS)) == 23


@pytest.mark.parametrize("name", ["check", "display", "help"])
def test_a_helper_may_be_called_as_something_of_notebooks_is(name):
    helper = SCATTER.replace("scatter", name)
    source = f"notes = open('notes.txt').read()\n{helper}\n{SCATTERS.replace('scatter(', f'{name}(')}"
    assert mark((ONE, source), (TIME, TIME_RIGHT)) == 25


def test_all_of_its_own_cells_may_be_needed_beside_what_stands_in_for_an_earlier_answer():
    own = "TABLE = {}\nalias = TABLE\nalias['axis'] = int('1')"
    assert mark((None, own), (ONE, WRONG), (TIME, STACKS.replace("axis=1)", "axis=TABLE['axis'])", 1))) == 23


def test_a_training_run_costs_nothing_where_all_cells_are_tried():
    trains = "def train():\n    while True: MyEmbedding(np.eye(3)).forward([1])\nrun = train\nrun()"
    fails = RIGHT.replace("dW[...] = 0", "dW[...] = LACKING")
    assert mark((ONE, fails), (TIME, TIME_RIGHT), (None, trains)) == 14


def test_a_cell_that_the_graders_python_cannot_read_is_told_of():
    _, remarks = told(
        (None, f"{SCATTER}\ntype X = int ="), (None, "a note to myself"), (ONE, SCATTERS), (TIME, TIME_RIGHT)
    )
    assert "1 of your own cells can't be read by Python" in remarks
    assert "prompts" not in remarks


def test_a_cell_that_was_pasted_with_its_prompts_is_told_to_lose_them():
    _, remarks = told((None, f">>> {SCATTER}"), (ONE, SCATTERS), (TIME, TIME_RIGHT))
    assert "Remove the prompts (`>>> `) at the beginning of the lines in your own cells." in remarks


SOFTMAX, LOSS = (next(iter(answers.values())) for answers in softmax_masking.RIGHT.values())
CALLS = "def my_softmax(x):\n    return softmax(x, axis=-1)"


@pytest.mark.parametrize(
    "cells",
    [
        [("my_softmax", f"from scipy.special import softmax\n{CALLS}")],
        [("my_softmax", "from scipy.special import softmax as my_softmax")],
        [("my_softmax", "import scipy as s\ndef my_softmax(x):\n    return s.Frame(x).apply(np.exp).values")],
    ],
)
def test_an_answer_that_uses_a_module_that_is_not_there_is_told_its_name_in_its_report(cells):
    points, said = told(*cells, ("MyTimeSoftmaxWithLoss", LOSS), slug="05-softmax-masking")
    *_, report = said.partition("my_softmax · values")
    report = " ".join(report.partition("MyTimeSoftmaxWithLoss")[0].split())
    assert points == 21
    assert report.startswith(": 0 of 3 points")
    assert "No module named 'scipy'" in report


def test_a_module_that_an_answer_has_no_need_of_is_blamed_for_nothing():
    wrong = f"import tqdm\ndef plot(): tqdm.tqdm()\n{SOFTMAX.replace('np.exp(x)', 'np.exp(nothing)')}"
    _, said = told(("my_softmax", wrong), ("MyTimeSoftmaxWithLoss", LOSS), slug="05-softmax-masking")
    raised = "Your code raised NameError: name 'nothing' is not defined. It was in `my_softmax`, line 6"
    assert raised in " ".join(said.split())


def renamed(source):
    return source.replace(ONE, "Embedding")


@pytest.mark.parametrize(("one", "points"), [(RIGHT, 25), (WRONG, 23)], ids=["right", "wrong"])
@pytest.mark.parametrize("time", [TIME_RIGHT, STACKS, INHERITS], ids=["alone", "stacks", "inherits"])
def test_a_class_under_a_name_of_its_own_is_graded_as_what_it_is(one, points, time):
    cells = (ONE, f"{renamed(one)}\nEmbedding(np.eye(3)).forward(np.array([1]))"), (TIME, renamed(time))
    mark, said = told(*cells)
    assert (mark, "Your class is called Embedding; it was graded as MyEmbedding." in said) == (points, True)
    assert "raised" not in said


def test_a_method_that_does_something_wrong_is_not_called_one_that_does_nothing():
    """Zeros are written into the state: another batch doesn't fit, and arrays that were given to set_state change."""
    reset = "    def reset_state(self):\n        "
    fills = changed(time_rnn.INLINE, (f"{reset}self.h = None", f"{reset}if self.h is not None: self.h[...] = 0"))
    _, text = told((None, "import numpy as np"), ("MyTimeRNN", fills), slug="03-time-rnn")
    assert "✗ after reset_state" in text
    assert "reset_state has no effect" not in text
