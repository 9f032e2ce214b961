"""Reading what was handed in, whatever it is."""

import gc
import json
import os
import time
import tracemalloc
from datetime import datetime
from itertools import starmap

import pytest

from rnnlm_grader.course.handed_in import read_beside, time_of
from rnnlm_grader.notebooks.cell_code import definitions_in, first_that_defines_anew, helpers_in, plain_python
from rnnlm_grader.notebooks.reading import read_one
from rnnlm_grader.notebooks.submission import MAX_SOURCE, Cell, Unreadable, cells_of, take_answers


def write(tmp_path, content):
    path = tmp_path / "work.ipynb"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def notebook(*cells):
    return json.dumps({"cells": list(cells)})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "it is empty"),
        ("[" * 100_000, "valid JSON"),
        ("[1, 2]", "holds no cells"),
        ('{"cells": 3}', "holds no cells"),
        ('{"worksheets": [{"cells": 5}, 3]}', "holds no cells"),
        ("[" + "[]," * 2_600_000 + "[]]", "more than 5,000,000 parts"),
        (notebook(*[{"cell_type": "code", "source": "x=1\n" * 24_000}] * 5), "its code has 480,000 char"),
        (notebook(*[{"cell_type": "code", "source": "x"}] * 2001), "it has 2,001 cells with code"),
    ],
    ids=range(8),
)
def test_a_file_that_is_no_notebook_is_refused_with_a_reason(tmp_path, content, reason):
    with pytest.raises(Unreadable, match=reason):
        read_one(write(tmp_path, content), cells_of)


def test_neither_a_linked_folder_nor_what_is_no_ordinary_file_is_read(tmp_path):
    write(tmp_path, notebook({"cell_type": "code", "source": "a = 1"}))
    (tmp_path / "folder").symlink_to(tmp_path)
    with pytest.raises(Unreadable, match="its folder is a link"):
        read_one(tmp_path / "folder" / "work.ipynb", cells_of)
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(Unreadable, match="not an ordinary file"):
        read_one(tmp_path, cells_of)
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_no_encoding_costs_the_work(tmp_path, encoding):
    text = notebook({"cell_type": "code", "source": "s = '\ud83d'"})
    assert read_one(write(tmp_path, text.encode(encoding)), cells_of) == (Cell("s = '?'", None),)


def test_cells_are_read_from_old_and_odd_notebooks(tmp_path):
    cell = {"cell_type": "code", "source": ["a = 1\r\n", "b = 2"], "metadata": {"nbgrader": {"grade_id": "x"}}}
    assert read_one(write(tmp_path, notebook(cell)), cells_of) == (Cell("a = 1\nb = 2", "x"),)
    old = json.dumps({"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": "a = 1"}]}]})
    assert read_one(write(tmp_path, old), cells_of) == (Cell("a = 1", None),)
    assert read_one(write(tmp_path, old.replace("{", '{"cells": [], ', 1)), cells_of) == (Cell("a = 1", None),)
    damaged = notebook("no cell", {"cell_type": "code", "source": 7, "metadata": "none"}, {"cell_type": "markdown"})
    assert read_one(write(tmp_path, damaged), cells_of) == (Cell("", None),)


def test_only_cells_to_fill_and_what_they_need_count():
    cells = [
        Cell("import math\ndef helper(): return math.e\ntrain_for_hours()", None),
        Cell("forged", "MyLayer-forward"),
        Cell("class MyLayer: x = helper()", "MyLayer"),
        Cell("class MyLayer: again", None),
    ]
    answers = take_answers(cells, {"MyLayer": "released"}, {"MyLayer-forward": "check(MyLayer)"})
    assert answers.by_id == {"MyLayer": "class MyLayer: x = helper()"}
    assert answers.order == (
        (None, "import math\ndef helper(): return math.e"),
        ("MyLayer", "class MyLayer: x = helper()"),
        (None, "class MyLayer: again"),
    )
    assert answers.whole == ((None, cells[0].source), (None, "forged"), *answers.order[1:])
    assert answers.remarks == ("MyLayer is defined in a cell of your own too. That was executed as well.",)


def test_what_was_added_to_a_cell_that_may_not_be_changed_counts_too():
    changed = Cell("import numpy as np\ndef pick(W, i): return W[i]\nprint(1)", "imports")
    answers = take_answers([changed, Cell("f = pick", "f")], {"f": "released"}, {"imports": "import numpy as np"})
    assert answers.order == ((None, "def pick(W, i): return W[i]"), ("f", "f = pick"))


LAYER, TIME_LAYER = "class MyLayer:\n    pass", "class MyTimeLayer(MyLayer):\n    pass"
WANTED = {"MyLayer": "released(1)", "MyTimeLayer": "released(2)"}
STUB, TIME_STUB = WANTED.items()
ELSEWHERE = "MyLayer is defined in a cell of your own, not in the cell for it. That definition counts."
UNTOUCHED = Cell("released(2)", "MyTimeLayer")


@pytest.mark.parametrize(
    ("cells", "order", "said"),
    [
        (
            [(f"{LAYER}\n{TIME_LAYER}", "MyLayer")],
            [("MyLayer", f"{LAYER}\n{TIME_LAYER}")],
            "MyTimeLayer is defined in the cell MyLayer, not in its own. That definition counts.",
        ),
        (
            [(LAYER, "MyLayer"), ("x = MyLayer()", "MyLayer"), ("released(1)", "MyLayer")],
            [TIME_STUB, ("MyLayer", LAYER), ("MyLayer", "x = MyLayer()")],
            "There was more than one cell MyLayer; they were executed one after the other.",
        ),
        ([(f"{LAYER}\nMyLayer()", "renamed")], [STUB, TIME_STUB, ("MyLayer", LAYER)], ELSEWHERE),
        ([("released( 1 )  # below", "MyLayer"), (LAYER, None)], [STUB, TIME_STUB, ("MyLayer", LAYER)], ELSEWHERE),
        (
            [("# in the next cell", "MyLayer"), (LAYER, None)],
            [TIME_STUB, ("MyLayer", "# in the next cell"), ("MyLayer", LAYER)],
            ELSEWHERE,
        ),
        ([], [STUB, TIME_STUB], "There was no cell MyLayer, and no definition of it anywhere."),
    ],
    ids=["both in one cell", "twice", "elsewhere", "untouched", "a comment left", "nothing"],
)
def test_answers_are_found_wherever_they_are_and_executed_in_their_places(cells, order, said):
    answers = take_answers([*starmap(Cell, cells), UNTOUCHED], WANTED)
    assert answers.order == tuple(order)
    assert answers.remarks == ((said,) if said else ())


LAYER_STUB = "class MyLayer:\n    def forward(self, x):\n        raise NotImplementedError()"
LAYER_CALLED = "class Layer:\n    def forward(self, x): return x\n    def helper(self): pass"


@pytest.mark.parametrize(
    ("stub", "answer", "kind", "called"),
    [
        (LAYER_STUB, f"def forward(x): pass\n{LAYER_CALLED}\nLayer()", "class", "Layer"),
        ("def my_layer(x, y=1): pass", "class Cache: pass\ndef layer(a, b): pass", "function", "layer"),
    ],
)
def test_the_only_one_of_its_kind_counts_under_whatever_name(stub, answer, kind, called):
    name = "MyLayer" if kind == "class" else "my_layer"
    answers = take_answers([Cell(answer, name), Cell(f"{name}.after = 1", None)], {name: stub})
    assert answers.by_id == {name: answer}
    assert answers.order == (
        (name, f"{answer}\n\n{name} = {called}"),
        (None, f"{called} = {name}"),
        (None, f"{name}.after = 1"),
    )
    assert answers.remarks == (f"Your {kind} is called {called}; it was graded as {name}.",)


@pytest.mark.parametrize(
    "cells",
    [
        [Cell(f"{LAYER_CALLED}\n{LAYER_CALLED.replace('Layer', 'Other')}", "MyLayer")],
        [Cell(LAYER_CALLED, None), Cell(LAYER_STUB, "MyLayer")],
        [Cell(LAYER_CALLED, "MyLayer"), Cell("class MyLayer: pass", None)],
    ],
    ids=["two", "elsewhere", "beside the right name"],
)
def test_what_bears_another_name_and_may_be_something_else_does_not_count(cells):
    answers = take_answers(cells, {"MyLayer": LAYER_STUB, "MyTimeLayer": LAYER_STUB.replace("MyL", "MyTimeL")})
    assert not any("is called" in remark for remark in answers.remarks)


def test_an_answer_whose_cell_is_not_code_by_mistake_counts(tmp_path):
    cell = {"cell_type": "markdown", "source": "class MyLayer: x", "metadata": {"nbgrader": {"grade_id": "MyLayer"}}}
    answers = take_answers(read_one(write(tmp_path, notebook(cell)), cells_of), {"MyLayer": LAYER_STUB})
    assert answers.order == (("MyLayer", "class MyLayer: x"),)
    assert answers.remarks == ("MyLayer was in a markdown cell, not in a code cell; it was graded all the same.",)


@pytest.mark.parametrize(
    "slow",
    [
        "losses = [train() for _ in x]",
        "if launch(): x = 1",
        "try:\n    launch()\nexcept E: pass",
    ],
)
def test_what_may_take_long_is_no_definition(slow):
    assert definitions_in(slow) == ""


@pytest.mark.parametrize(
    "source",
    [
        "pick = lambda W, i: W[i].copy()",
        "EPS = float('1e-7')\nTEN = 10 ** 3\nrng = np.random.default_rng(0).normal(size=3)",
        "try:\n    from numba import njit\nexcept ImportError:\n\n    def njit(f):\n        return f",
        "if DEBUG:\n    LEVEL = 1\nelse:\n    pass",
        "@njit\ndef helper(x): return f'{ 1 + 1 = :>{ 9 }}'\n\n\n@functools.cache\n@njit\nclass Helper: pass",
        'x = 1; y = \'\u00e9\' + """\n2"""; z = 3',
    ],
)
def test_whatever_only_defines_is_kept_in_its_line_as_it_is_written(source):
    assert definitions_in(f"x = 1; launch(); y = 2\nlaunch()\n{source}\nlaunch()") == f"x = 1; y = 2\n\n{source}"


SCALES = "class MyLayer:\n    def forward(self, x):\n        out = scale * x\n        return out"


def own_pieces(own, layer=SCALES):
    """What is executed of a cell of the student's own, before an answer."""
    answers = take_answers([Cell(own, None), Cell(layer, "MyLayer")], {"MyLayer": "released"})
    return [source for name, source in answers.order if name is None]


@pytest.mark.parametrize(
    "own",
    [
        "def helper(): return table[0]\ntable = measure()\nscale = helper()",
        "scale = [0]\nnp.copyto(src=1, dst=scale)",
        "scale = [0]\nfor k in range(3): scale[k] = k",
        "eps = 1\ndef scale(x, eps=eps): return eps",
        "from constants import *",
        "def forward(self): pass\nsetattr(MyLayer, 'forward', forward)",
        "@add_to(MyLayer)\ndef backward(self): pass",
    ],
)
def test_what_an_answer_needs_of_a_cell_of_ones_own_counts(own):
    assert own_pieces(own) == [own]


@pytest.mark.parametrize(
    "own",
    [
        "%%writefile helper.py\nscale = 2\n",
        "%%file -a 'scales.txt'\n2\n",
        "from os.path import join\nplace = join('data', 'scales.txt')\nwith open(place, 'w') as file: file.write('2')",
    ],
    ids=["a module", "a file", "a file, step by step"],
)
def test_what_writes_a_file_that_an_answer_reads_or_imports_counts(own):
    reads = SCALES.replace("scale * x", "x * float(open('data/scales.txt').read())")
    answer = reads if "scales" in own else f"import helper\n{SCALES}"
    assert own_pieces(own, answer) == [plain_python(own)]
    assert own_pieces(own) == []


def test_many_calls_of_what_changes_many_names_take_little_time_and_memory():
    names = ",".join(f"name{i}" for i in range(5000))
    cells = [Cell(f"{names}=x", None), Cell(f"def change():\n    global {names}\n{'change();' * 5000}", None)]
    tracemalloc.start()
    answers = take_answers([*cells, Cell("class MyLayer: x = name7", "MyLayer")], {"MyLayer": "released"})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answers.whole == ()
    assert peak < 60 << 20


def test_what_computes_nothing_that_is_used_does_not_count():
    experiment = "out = measure()\nx = measure()\nnp.random.seed(0)\nMyLayer().forward(x)\nassert out\nplot(out)"
    assert own_pieces(experiment) == []
    assert own_pieces(f"import numpy as np\n{experiment}", SCALES.replace("scale", "np.pi")) == ["import numpy as np"]
    assert own_pieces(f"{experiment}\nscale = 2").pop().strip() == "scale = 2"


def test_helpers_beside_an_answer_stay_where_something_stands_in_for_it():
    helpers = (
        "import math\nEPS = np.float32(1e-7)\ndef pick(W: np.ndarray, i, eps=EPS): return helped(W[i])\n"
        "@dataclass(frozen=True)\nclass Cache(Base): x: int = 1\nclass Layer(MyLayer):\n    def f(self): pick()"
    )
    spoils = (
        "np.log = np.log2\nMyLayer.x = 1\nlaunch()\nx = pick(1)\n@pick\ndef f(): pass\nclass A(Cache): pass\n"
        "class B: x = pick(1)\ndef g(x=pick(1)): pass\n@(lambda f: pick(f))\ndef h(): pass"
    )
    assert helpers_in(f"{helpers}\nclass MyLayer(Base): pass\n{spoils}", {"MyLayer"}) == helpers
    assert helpers_in("broken(", {"MyLayer"}) == ""


ABYSSES = {
    "minus": "x = " + "-" * 900 + "1",
    "dots": "x = a" + ".b" * 49_000,
    "plus": "x = 1" + "+1" * 49_000,
    "brackets": "x = " + "(" * 50_000,
    "elif": "if a:\n    x = 1\n" + "elif a:\n    x = 1\n" * 900,
    "statements": "a\n" * (MAX_SOURCE // 2),
    "decorators": "@a\n" * 30_000 + "class A: 0",
    "magics": "%a\n" * 30_000 + "x = 1",
    "blanks": "!" + " " * 99_000,
    "words": "x " * 49_000 + "!",
    "questions": "a" * 99_000,
    "lambdas": "x = " + "lambda: " * 900 + "1",
    "null": "x = 1\0",
    "digits": "x = " + "9" * 5000,
    "names": f"{','.join(map(chr, range(0x4E00, 0x9FFF)))}=range(20991)",
    "loops": "".join(" " * depth + "for a in ():\n" for depth in range(99)) + " " * 99 + "a.x=1;" + "a;" * 45_000,
}


@pytest.mark.corpus(one_in=4, whole=True)
@pytest.mark.parametrize("source", ABYSSES.values(), ids=ABYSSES)
def test_no_source_takes_the_grader_long_or_stops_it(source):
    gc.freeze()  # else it counts how long Python looks through what other tests have left
    start = time.process_time()
    take_answers([Cell(source, None), Cell(source, "MyLayer")], {"MyLayer": "released"})
    plain_python(source)
    helpers_in(source, {"b"})
    first_that_defines_anew([source, "x = 0", source, "x = 1"], 1)
    assert time.process_time() - start < 15  # the slowest takes 3 s


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("%matplotlib inline\nx = 1", "None\nx = 1"),
        ("if x:\n    !ls\n    y = 2", "if x:\n    None\n    y = 2"),
        ("files = !ls\nt = %timeit -o 1 + 1", "files = None\nt = None"),
        ("?MyLayer\nMyLayer??\n? np.add\nnp.add.at?", "None\nNone\nNone\nNone"),
        ('!echo \'it\n!echo (\n!echo """\nx = 1', "None\nNone\nNone\nx = 1"),
        ("%time x = f()\n%time fill(x)", "x = f()\nfill(x)"),
        ("\n%%capture out\nx = 1", "\nNone\nx = 1"),
        ("!pip install \\\n  numpy \\\n  scipy\nx = 1", "None\n\n\nx = 1"),
        ("%load_ext a\nx = (7\n     % 4 != 3\n     != 2)", "None\nx = (7\n     % 4 != 3\n     != 2)"),
        ("%%bash\nls -l /", "%%bash\nls -l /"),
        ("s = '''\n%kept\n'''", "s = '''\n%kept\n'''"),
    ],
)
def test_what_only_ipython_understands_becomes_something_without_effect(source, plain):
    assert plain_python(source) == plain


@pytest.mark.parametrize(
    ("before", "after", "anew"),
    [
        ("from numpy import exp\ndef f(x): return exp(x)", "from math import *", True),
        ("import numpy as np\ndef f(x): return np.exp(x)", "import numpy as np", False),
        ("broken(", "def broken(): pass", False),
        ("def f(x): return sum(x)", "sum = 0", True),
        ("def f(x):\n    y = x\n    return y", "y = 1", False),
        ("def f(x): return x", "print(f(1))", True),
        ("class A: pass", "@add_to(A)\ndef forward(self): pass", True),
        ("class A: pass", "np.log = np.log2", True),
        ("CFG = {'axis': 0}", "CFG['axis'] = 1", True),
    ],
)
def test_a_later_definition_is_seen(before, after, anew):
    assert first_that_defines_anew([before, "pass", "w = 0", after], 1) == (3 if anew else None)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-24 12:00:00.500000 UTC", datetime(2026, 11, 24, 12, 0, 0, 500_000)),
        ("2026-11-24 12:00:00", datetime(2026, 11, 24, 12)),
        ("2026-11-24T12:00Z", datetime(2026, 11, 24, 12)),
        ("2026-11-24 12:00:00 EST", datetime(2026, 11, 24, 17)),
        ("2026-11-24 12:00:00 -0230", datetime(2026, 11, 24, 14, 30)),
        ("2026-13-24 12:00:00 UTC", None),
        ("10:00", None),
        ("", None),
        (None, None),
        ("2024-03-01 10:00 UTC,M3.2.0,4", None),
        ("2024-03-01 10:00 /proc/self/mem", None),
        ("2026-01-01 10:00 a/b", None),
        ("0001-01-01 00:00:00+23:00", None),
    ],
)
def test_a_timestamp_is_read_in_nbgraders_form_alone(text, time):
    assert time_of(text) == time


def test_a_time_that_may_not_be_read_is_no_time(tmp_path, monkeypatch):
    (tmp_path / "timestamp.txt").write_text("2026-11-24 12:00:00 UTC")
    assert read_beside(tmp_path) == {"timestamp.txt": "2026-11-24 12:00:00 UTC"}
    monkeypatch.setattr("os.open", lambda *args: os.scandir("/nowhere"))  # which fails as open does
    assert read_beside(tmp_path) == {}
