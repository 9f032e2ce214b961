"""`check`, as a learner meets it."""

import re

import numpy as np
import pytest
from corpora import bptt, rnnlm, softmax_masking
from corpora import embedding as corpus
from examining import defined
from support.hostile.handing_in import ROOT

from rnnlm_grader import check
from rnnlm_grader.content import find
from rnnlm_grader.content.misconception import changed
from rnnlm_grader.learner.check import CheckFailed
from rnnlm_grader.protocol.bench import load_cells

RIGHT = corpus.EMBEDDING["as the book writes it"]


def plainest(module, name):
    """Return the first right answer of a corpus."""
    return next(iter(module.RIGHT[name].values()))


def report(answer, *args, **kwargs):
    with pytest.raises(CheckFailed) as caught:
        check(answer, *args, **kwargs)
    return str(caught.value)


@pytest.mark.filterwarnings("ignore:looking things up")
def test_a_right_answer_is_told_what_is_right_and_shows_none_of_its_prints(capsys):
    check(defined(corpus.EMBEDDING["prints and warnings on the way"]))
    shown = capsys.readouterr().out
    assert "MyEmbedding · backward: 6 of 6 points" in shown
    assert "✗" not in shown
    assert "W (" not in shown


def check_all(**sources):
    """Return what `check()` says of a notebook with these answers."""
    names = {"np": np, "check": check}
    assert load_cells(sources.items(), names) == {}
    with pytest.raises(CheckFailed) as caught:
        exec("check()", names)
    return str(caught.value)


UNFILLED = "class MyTimeEmbedding:\n def __init__(self, W): pass\n def forward(self, xs): raise NotImplementedError"


def test_without_arguments_all_that_is_defined_is_told_and_its_points_are_put_in_a_table():
    text = check_all(MyEmbedding=RIGHT, my_perplexity="def my_perplexity(*_): ...")
    assert re.search(r"MyEmbedding · backward: 6 of 6 points\n  ✓ all 4 hold +earns 6\n", text)
    assert "my_perplexity · values: 0 of 4 points\n  ✗" in text
    assert text.splitlines()[-10:] == [
        "name             part      points",
        "MyEmbedding      forward   3 of 3",
        "MyEmbedding      backward  6 of 6",
        "MyEmbedding      contract  6 of 6",
        "MyTimeEmbedding  forward   0 of 3",
        "MyTimeEmbedding  backward  0 of 4",
        "MyTimeEmbedding  contract  0 of 3",
        "my_perplexity    values    0 of 4",
        "my_perplexity    edge      0 of 2",
        "total                      15 of 31",
    ]


def test_without_arguments_what_there_is_nothing_to_examine_in_takes_a_line():
    assert check_all(MyTimeEmbedding=UNFILLED).startswith(
        "MyEmbedding: not defined here.\n\nMyTimeEmbedding: not filled in yet.\n\nname "
    )


def test_without_arguments_a_notebook_in_which_all_is_right_passes(capsys):
    names = {"np": np, "check": check} | {name: defined(plainest(rnnlm, name), name) for name in rnnlm.RIGHT}
    exec("check()", names)
    assert capsys.readouterr().out.endswith("26 of 26\n")


def test_without_arguments_a_notebook_that_defines_nothing_is_told_so():
    with pytest.raises(ValueError, match=r"^Nothing that an exercise asks for is defined here\. Run the cells above"):
        check()


def test_a_wrong_answer_is_told_its_likely_mistake_first_as_the_readme_shows_it():
    text = report(defined(corpus.EMBEDDING_MISTAKES["Overwrites"]), "backward")
    assert f"```\n{text}\n```" in (ROOT / "README.md").read_text()
    assert text.splitlines()[2].startswith("      Likely: each row of dW is written once")


def test_the_example_can_be_run_again_and_prints_what_it_says(capsys):
    answer = defined(corpus.EMBEDDING_MISTAKES["Overwrites"])
    *script, outcome = report(answer, "backward").split("repeated-ids\n")[1].splitlines()[:4]
    exec("\n".join(line.strip() for line in script), {"np": np, "MyEmbedding": answer})
    assert outcome.strip() == "layer.grads[0] is [[0.], [0.], [10.]], expected [[0.], [0.], [11.]]."
    assert capsys.readouterr().out.split() == ["[[", "0.]", "[", "0.]", "[10.]]"]


def test_no_report_of_a_part_is_longer_than_25_lines():
    for source in list(corpus.WRONG["MyEmbedding"].values())[::3]:
        parts = re.split(r"^(?=My)", report(defined(source)), flags=re.MULTILINE)
        assert max(len(part.splitlines()) for part in parts) <= 25


def test_what_waits_for_another_part_names_what_it_waits_for():
    lines = report(defined(RIGHT.replace("return W[idx]", "return 0 * W[idx]"))).splitlines()
    told = [" ".join(line.split()) for line in lines if "…" in line]
    assert told[0] == "… 2 (2 points) are held back until the ✗ above is mended earns nothing yet"
    assert told[1].startswith("… 3 (3 points) are held back until the ✗ of forward (the rows of W")
    assert told[2] == "… 1 (1 point) is held back until more of its results are right earns nothing yet"
    lines = report(defined(RIGHT.replace("return W[idx]", "return self.w[idx]")), "backward").splitlines()
    assert re.search("held back until this is mended", lines[1])
    assert "no attribute 'w'" in lines[2]


def test_what_waits_for_another_part_shows_its_failure_in_a_line():
    said = report(defined("class MyEmbedding:\n    def __init__(self, W): 1 / 0"), "contract")
    assert " ".join(said.split()).endswith(
        "Your code raised ZeroDivisionError: division by zero. It was in `MyEmbedding.__init__`, line 2 of its cell."
    )


def test_an_exception_in_another_answer_is_told_to_be_there():
    names = {}
    load_cells([("MyEmbedding", "class MyEmbedding:\n    def __init__(self, W): [1 / 0 for _ in W]")], names)
    load_cells([("MyTimeEmbedding", "class MyTimeEmbedding:\n    def __init__(self, W): MyEmbedding(W)")], names)
    assert "It was in `MyEmbedding.__init__`, line 2 of its cell" in " ".join(report(names["MyTimeEmbedding"]).split())


def test_what_came_of_other_inputs_than_those_shown_is_told_as_that():
    """These are two mistakes; nothing says that they are the same."""
    source = (
        plainest(bptt, "my_bptt").replace("window is not None and", "False and").replace("hs[t].T @", "2 * hs[t].T @")
    )
    told = report(defined(source, "my_bptt"), "window")
    assert "With other inputs" in told
    assert "the same mistake" not in told


def test_a_mistake_for_which_several_parts_wait_is_named_once():
    library = {each.id: each for each in find("MyRNN").misconceptions}
    for part in (None, "contract"):
        text = report(library["ComputesFirstRow"].variant, part)
        assert "held back until" in text
        assert text.count("Likely: the first row alone is computed") == 1


def test_a_known_mistake_beside_unknown_ones_costs_what_it_costs_and_the_rest_is_given():
    library = {each.id: each for each in find("MyRNN").misconceptions}
    wrong = [library[id] for id in ("TakesSigmoid", "LeavesOutBias", "SumsBiasOverUnits", "TurnsDWx")]
    answer = defined(changed(wrong[0].right, *(change for each in wrong for change in each.changes)), "MyRNN")
    text = report(answer, "backward")
    assert "MyRNN · backward: 7 of 9 points" in text
    assert "wrong too, but only because of the ✗ of forward" in text


def test_what_is_printed_is_that_of_the_example_shown():
    doubles = RIGHT.replace("return W[idx]", "print('ids', *idx.ravel())\n        return 2 * W[idx]")
    assert doubles != RIGHT
    text = report(defined(doubles), "forward")
    (shown,) = re.findall(r"idx = np.array\(\[(.*)\]\)", text)
    assert f"In this example your code printed:\n      ids {shown.replace(',', '')}\n" in text


def test_of_several_mistakes_in_a_part_the_gravest_is_told_in_full_and_any_other_in_a_line():
    body = RIGHT.replace("return W[idx]", "self.grads = [0 * W]\n        return W[idx]").replace(
        "np.add.at(dW, self.idx, dout)", "dW[self.idx] = dout; dout[...] = 0"
    )
    parts = re.split(r"^(?=My)", report(defined(body)), flags=re.MULTILINE)
    for part in parts:
        told = re.split(r"^  (?=[✗✓≈…])", part, flags=re.MULTILINE)
        wrong = [lines for lines in told if lines.startswith("✗")]
        assert [lines for lines in wrong if "layer = " in lines] == wrong[:1]


def test_what_is_given_names_the_part_that_pays():
    text = " ".join(report(defined(rnnlm.WRONG["my_perplexity"]["AveragesExponentials"], "my_perplexity")).split())
    assert re.findall(r"≈ 1 is wrong too, but only because of the ✗ (above|of \w+)", text) == ["above", "of values"]


def test_what_is_given_for_no_known_mistake_is_perhaps_wrong_only_because_of_it():
    text = report(defined(RIGHT.replace("return W[idx]", "return 1.375 * W[idx]")))
    assert "perhaps only because of" in text
    assert "but only because of" not in text


@pytest.mark.corpus
def test_a_failure_that_does_not_come_again_is_told_without_an_example():
    def said(calls):
        warms_up = RIGHT.replace("W[idx]", f"W[idx] + (calls.append(1) or len(calls) <= {calls})")
        return report(defined(f"calls = []\n{warms_up}"), "forward")

    assert "out differs in" in said(1)
    has_example = ["layer = " in said(calls) for calls in range(1, 1500, 60)]  # it may stop while it is shrunk, too
    assert has_example == sorted(has_example)
    assert {*has_example} == {False, True}


def test_zeros_are_shown_without_a_sign():
    turned = RIGHT.replace("np.add.at(dW, self.idx, dout)", "np.add.at(dW, self.idx, dout); dW *= -1")
    assert "[[0.], [-2.]], expected [[0.], [2.]]" in report(defined(turned), "backward")
    zeros = RIGHT.replace("np.add.at(dW, self.idx, dout)", "dW[...] = -0.0")
    assert "[[0.], [0.]], expected [[0.], [2.]]" in report(defined(zeros), "backward")


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("dout.flip()", "Your code raised AttributeError: 'numpy.ndarray' object has no attribute 'flip'"),
        (
            "self.grads[0][...] = dout @ dout",
            "`dout` has shape (..., D): `@` needs as many columns on the left as rows",
        ),
        ("self.grads[0][...] = dout[None, None] + 1", "the right side doesn't fit into the left"),
        ("None + dout", "something here is None"),
    ],
)
def test_an_exception_is_told_once_and_in_other_words_if_beginners_meet_it(line, meaning):
    source = corpus.answer(corpus.LOOKUP + f"\n    def backward(self, dout):\n        {line}\n")
    text = " ".join(report(defined(source), "backward").split())
    assert text.count(meaning) == 1


def test_an_answer_that_is_not_filled_in_is_told_so_once():
    source = corpus.answer(corpus.LOOKUP + "\n    def backward(self, dout):\n        raise NotImplementedError()\n")
    text = report(defined(source), "backward")
    assert text.count("Not filled in yet") == 1
    assert len(text.splitlines()) == 4


def test_what_no_variant_explains_is_told_as_far_as_it_is_certain_and_never_guessed():
    half = RIGHT.replace("np.add.at(dW, self.idx, dout)", "np.add.at(dW, self.idx, 0.5 * dout)")
    text = report(defined(half), "backward")
    assert "Read:" not in text
    assert "`grads[0]` is 0.5 times what it should be, while rows of ids that occur nowhere are right." in text


@pytest.mark.parametrize(
    ("source", "old", "name", "says"),
    [
        (
            plainest(softmax_masking, "MyTimeSoftmaxWithLoss"),
            "losses.sum() / count",
            "MyTimeSoftmaxWithLoss",
            r"loss is ([\d.]+), expected ([\d.]+)\.",
        ),
        (RIGHT, "W[idx]", "MyEmbedding", r"got ([\d.]+), expected ([\d.]+)\."),
    ],
)
def test_numbers_that_differ_late_are_printed_so_that_it_can_be_seen(source, old, name, says):
    assert old in source
    numbers = re.findall(says, report(defined(source.replace(old, f"{old} * (1 + 3e-7)"), name)))
    assert numbers
    assert all(got != expected for got, expected in numbers)


@pytest.mark.parametrize(
    "options",
    [
        {"formatter": {"float": "{:.1f}".format}},
        {"precision": 1, "suppress": True, "threshold": 3, "linewidth": 20},
    ],
    ids=["formatter", "numbers"],
)
def test_what_a_notebook_has_set_for_printing_changes_no_report(options):
    answer = defined(corpus.EMBEDDING_MISTAKES["Overwrites"])
    as_ever = report(answer)
    with np.printoptions(**options):
        assert report(answer) == as_ever


def test_hidden_inputs_are_never_shown_nor_what_was_made_of_them():
    shown_before = set()

    class MyEmbedding(defined(RIGHT)):  # writes each row once, but not on inputs that it has seen while it learned
        learns = True

        def forward(self, idx):
            self.given = self.params[0].tobytes(), idx.tobytes(), idx.shape
            self.ids = idx
            if self.learns:
                shown_before.add(self.given)
            return super().forward(idx)

        def backward(self, dout):
            super().backward(dout)
            if self.given not in shown_before:
                self.grads[0][...] = 0
                self.grads[0][self.ids] = dout

    check(MyEmbedding)
    MyEmbedding.learns = False
    texts = [" ".join(report(MyEmbedding, "backward", hidden=True).split()) for _ in range(2)]
    # Though other inputs are drawn each time.
    assert len({re.split(" [✓✗≈] ", text[text.index("Likely") :])[0] for text in texts}) == 1
    text = texts[0]
    assert "passes on the inputs shown in the notebook and fails on others. grads[0] is not what it should be." in text
    assert "Likely: each row of dW is written once" in text


def test_names_and_parts_that_do_not_exist_get_one_clear_line():
    with pytest.raises(ValueError, match=r"^check knows no exercise for 'Embeding'\. It knows: MyEmbedding, "):
        check(type("Embeding", (), {}))
    with pytest.raises(ValueError, match=r"has no part 'forwards'\. Its parts are: forward, backward, contract\.$"):
        check(defined(RIGHT), "forwards")


def test_an_answer_may_be_named(monkeypatch, capsys):
    monkeypatch.setitem(globals(), "MyEmbedding", defined(RIGHT))
    check("MyEmbedding", "forward")
    assert "forward: 3 of 3 points" in capsys.readouterr().out
    monkeypatch.delitem(globals(), "MyEmbedding")
    with pytest.raises(CheckFailed, match="no cell defines MyEmbedding"):
        check("MyEmbedding", "forward")


@pytest.mark.parametrize(
    ("before", "line", "module"),
    [
        ("import bs4", "pass", None),
        ("import bs4\ndef used(): return bs4", "used()", "bs4"),
        ("", "import bs4.element", "bs4"),
        ("from rnnlm_ref.layers import RNN", "RNN", "rnnlm_ref.layers"),
    ],
)
def test_an_answer_that_uses_a_module_that_grading_lacks_is_warned_and_passes(before, line, module, capsys):
    last = "        return W[idx]\n"
    assert last in RIGHT
    check(defined(f"{before}\n" + RIGHT.replace(last, f"        {line}\n{last}")), "forward")
    shown = capsys.readouterr().out
    warning = f"MyEmbedding uses {module}; only NumPy and Python's standard library are there when work is graded.\n"
    assert "✗" not in shown
    assert (shown.endswith(warning), " uses " in shown) == (bool(module), bool(module))


def test_what_is_lent_to_an_answer_is_no_reason_for_a_warning():
    source = "from rnnlm_ref.layers import RNN\nimport bs4\nclass MyTimeRNN:\n    def forward(self): RNN, bs4\n"
    there = "NumPy, Python's standard library and rnnlm_ref.layers"
    warning = f"\nMyTimeRNN uses bs4; only {there} are there when work is graded."
    assert report(defined(source, "MyTimeRNN"), "forward").endswith(warning)
