"""`check`, as a learner meets it."""
import re

import numpy as np
import pytest
from corpora import bptt, rnn, rnnlm, softmax_masking
from corpora import embedding as corpus

from rnnlm_grader import chapter, check
from rnnlm_grader.check import CheckFailed
from rnnlm_grader.sandbox.bench import load_cells


def define(source, name="MyEmbedding"):
    names = {"np": np}
    assert load_cells([(name, source)], names) == {}
    return names[name]


def changed(source, old, new, name):
    """A right answer with one change."""
    assert old in source
    return define(source.replace(old, new), name)


def plainest(module, name):
    """The first right answer of a corpus."""
    return next(iter(module.RIGHT[name].values()))


def report(answer, *args, **kwargs):
    with pytest.raises(CheckFailed) as caught:
        check(answer, *args, **kwargs)
    return str(caught.value)


def test_a_right_answer_is_told_what_is_right(capsys):
    check(define(corpus.EMBEDDING["as the book writes it"]))
    shown = capsys.readouterr().out
    assert "MyEmbedding · backward: 6 of 6 points" in shown
    assert "✗" not in shown


def check_all(**sources):
    """What `check()` says of a notebook with these answers."""
    names = {"np": np, "check": check}
    assert load_cells(sources.items(), names) == {}
    with pytest.raises(CheckFailed) as caught:
        exec("check()", names)
    return str(caught.value)


UNFILLED = "class MyTimeEmbedding:\n def __init__(self, W): pass\n def forward(self, xs): raise NotImplementedError"


def test_without_arguments_all_that_is_defined_is_told_and_its_points_are_put_in_a_table():
    text = check_all(MyEmbedding=corpus.EMBEDDING["as the book writes it"], my_perplexity="def my_perplexity(*_): ...")
    assert "MyEmbedding · backward: 6 of 6 points\n  ✓ all 4 hold\n" in text
    assert "my_perplexity · values: 0 of 4 points\n  ✗" in text
    assert text.splitlines()[-10:] == [
        "name             part      points",
        "MyEmbedding      forward   3 of 3", "MyEmbedding      backward  6 of 6", "MyEmbedding      contract  6 of 6",
        "MyTimeEmbedding  forward   0 of 3", "MyTimeEmbedding  backward  0 of 4", "MyTimeEmbedding  contract  0 of 3",
        "my_perplexity    values    0 of 4", "my_perplexity    edge      0 of 1", "total                      15 of 30"]


def test_without_arguments_what_there_is_nothing_to_examine_in_takes_a_line():
    assert check_all(MyTimeEmbedding=UNFILLED).startswith(
        "MyEmbedding: not defined here.\n\nMyTimeEmbedding: not filled in yet.\n\nname ")


def test_without_arguments_a_notebook_in_which_all_is_right_passes(capsys):
    names = {"np": np, "check": check} | {name: define(plainest(rnnlm, name), name) for name in rnnlm.RIGHT}
    exec("check()", names)
    assert capsys.readouterr().out.endswith("25 of 25\n")


def test_without_arguments_a_notebook_that_defines_nothing_is_told_so():
    with pytest.raises(ValueError, match=r"^Nothing that an exercise asks for is defined here\. Run the cells above"):
        check()


def test_a_wrong_answer_is_told_its_likely_mistake_before_anything_else():
    lines = report(define(corpus.EMBEDDING_MISTAKES["Overwrites"]), "backward").splitlines()
    assert lines[1] == "  ✗ an id that occurs more than once collects the sum of its rows of dout"
    assert lines[2].startswith("      Likely: each row of dW is written once")
    assert "02-embedding.html#embedding-repeated-ids" in lines[4]


def test_the_smallest_example_can_be_run_again_and_shows_what_it_says():
    answer = define(corpus.EMBEDDING_MISTAKES["Overwrites"])
    *script, outcome = report(answer, "backward").split("repeated-ids\n")[1].splitlines()[:3]
    names = {"np": np, "MyEmbedding": answer}
    exec("\n".join(line.strip() for line in script), names)
    assert outcome.strip() == "layer.grads[0] is [[2.]], expected [[3.]]."
    assert names["layer"].grads[0].tolist() == [[2.0]]


@pytest.mark.parametrize("name", corpus.WRONG)
def test_no_report_of_a_part_is_longer_than_25_lines(name):
    for source in corpus.WRONG[name].values():
        names = {"np": np, "MyEmbedding": define(corpus.EMBEDDING["as the book writes it"])}
        load_cells([(name, source)], names)
        lines = report(names[name]).splitlines()
        starts = [at for at, line in enumerate(lines) if line.startswith("My")]
        assert max(end - at for at, end in zip(starts, [*starts[1:], len(lines)], strict=True)) <= 25


def test_a_slip_costs_its_own_criterion_alone():
    text = report(define(corpus.EMBEDDING_MISTAKES["PilesUp"]))
    assert re.findall(r"(\d) of (\d) points", text) == [("3", "3"), ("6", "6"), ("5", "6")]


def test_a_slope_that_only_some_results_miss_is_charged_to_backward():
    text = report(define(rnn.MISTAKES["HandsBackOutsideTanh"], "MyRNN"))
    assert re.findall(r"(\d) of (\d) points", text) == [("4", "4"), ("8", "9"), ("6", "6")]


def test_what_counts_only_beside_something_right_is_told_in_one_line():
    lines = report(define(corpus.EMBEDDING["as the book writes it"].replace("dW[...] = 0", "dW = 0 * dW"))).splitlines()
    assert lines.count("  ✗ 3 more count only where something of backward is right") == 1


def test_an_exception_is_told_with_its_line():
    source = corpus.answer(corpus.LOOKUP + "\n    def backward(self, dout):\n        return dout.flip()\n")
    text = report(define(source))
    assert "Your code raised AttributeError: 'numpy.ndarray' object has no attribute 'flip'" in text


@pytest.mark.parametrize(("line", "meaning"), [
    ("np.add.at(self.dW, self.idx, dout)", "no method sets `self.dW`"),
    ("np.add.at(dW, self.idx, dout)", "no variable or module has this name"),
    ("self.grads[0][...] = dout @ dout", "can't be multiplied as matrices"),
    ("self.grads[0][...] = dout[None, None]", "another shape than the place"),
    ("None + dout", "something here is None"),
])
def test_an_exception_that_beginners_meet_is_told_in_other_words_once(line, meaning):
    source = corpus.answer(corpus.LOOKUP + f"\n    def backward(self, dout):\n        {line}\n")
    text = " ".join(report(define(source), "backward").split())
    assert text.count(meaning) == 1


def test_an_answer_that_is_not_filled_in_is_told_so_once():
    source = corpus.answer(corpus.LOOKUP + "\n    def backward(self, dout):\n        raise NotImplementedError()\n")
    text = report(define(source), "backward")
    assert text.count("Not filled in yet") == 1
    assert len(text.splitlines()) == 4


def test_what_no_variant_explains_is_told_as_far_as_it_is_certain_and_never_guessed():
    half = corpus.EMBEDDING["as the book writes it"].replace("np.add.at(dW, self.idx, dout)",
                                                         "np.add.at(dW, self.idx, 0.5 * dout)")
    text = report(define(half), "backward")
    assert "Read:" not in text
    assert "grads[0] is what it should be times 0.5." in text


LOSS, CLIP, PERPLEXITY, BPTT = (plainest(module, name) for module, name in (
    (softmax_masking, "MyTimeSoftmaxWithLoss"), (bptt, "my_clip_grads"), (rnnlm, "my_perplexity"), (bptt, "my_bptt")))


LATE = " * (1 + 3e-7)"


def test_two_numbers_that_differ_late_are_printed_so_that_it_can_be_seen():
    name, loss = "MyTimeSoftmaxWithLoss", "losses.sum() / count"
    numbers = re.findall(r"loss is ([\d.]+), expected ([\d.]+)\.", report(changed(LOSS, loss, loss + LATE, name)))
    assert numbers
    assert all(got != expected for got, expected in numbers)


def test_arrays_that_differ_late_are_printed_so_that_it_can_be_seen():
    right = corpus.EMBEDDING["as the book writes it"]
    text = report(changed(right, "W[idx]", "W[idx]" + LATE, "MyEmbedding"), "forward")
    assert "got 1.0000003, expected 1." in text


@pytest.mark.parametrize("options", [
    {"formatter": {"float": "{:.1f}".format}}, {"precision": 1, "suppress": True, "floatmode": "fixed"},
    {"threshold": 3, "edgeitems": 1, "linewidth": 20}, {"sign": "+"},
], ids=lambda options: next(iter(options)))
def test_what_a_notebook_has_set_for_printing_changes_no_report(options):
    answer = define(corpus.EMBEDDING_MISTAKES["Overwrites"])
    as_ever = report(answer)
    with np.printoptions(**options):
        assert report(answer) == as_ever


@pytest.mark.parametrize(("source", "old", "new", "name", "says"), [
    (LOSS, "return losses.sum() / count", "return complex(losses.sum() / count)", "MyTimeSoftmaxWithLoss",
     "of dtype complex128, expected a float."),
    (CLIP, "return total_norm", "return complex(total_norm)", "my_clip_grads",
     "norm is 0j, of dtype complex128, expected a float"),
    (CLIP, "return total_norm", "return total_norm if total_norm else False", "my_clip_grads",
     "norm is False, of dtype bool, expected a float."),
    (PERPLEXITY, "return math.exp", "return complex(1) * math.exp", "my_perplexity", "of dtype complex128"),
])
def test_a_number_of_another_kind_than_asked_for_is_no_answer(source, old, new, name, says):
    assert says in report(changed(source, old, new, name))


@pytest.mark.parametrize("kind", ["float", "np.float64", "np.array"])
def test_a_number_may_be_pythons_or_numpys(kind):
    check(changed(CLIP, "return total_norm", f"return {kind}(total_norm)", "my_clip_grads"))
    check(changed(CLIP, "return total_norm", "return total_norm if total_norm else 0", "my_clip_grads"))


def test_a_list_is_not_called_a_tuple():
    text = report(changed(BPTT, "return dxs, dh0, dWx, dWh, db", "return [dxs, dh0, dWx, dWh]", "my_bptt"))
    assert "but is a list or tuple of 4 in place of 5" in text


def test_hidden_inputs_are_never_shown_nor_what_was_made_of_them():
    right, wrong = define(corpus.EMBEDDING["as the book writes it"]), define(corpus.EMBEDDING_MISTAKES["Overwrites"])
    shown_before = set()

    class MyEmbedding:
        learns = True

        def __new__(cls, W):
            if cls.learns:
                shown_before.add(W.tobytes())
            return (right if W.tobytes() in shown_before else wrong)(W)

    check(MyEmbedding)
    MyEmbedding.learns = False
    shown = {report(MyEmbedding, "backward", hidden=True) for _ in range(2)}
    assert len(shown) == 1  # though other inputs are drawn each time
    text = " ".join(shown.pop().split())
    assert "passes on the inputs shown in the notebook and fails on others. grads[0] is not what it should be." in text
    assert "Likely: each row of dW is written once" in text


@pytest.mark.filterwarnings("ignore:looking things up")
def test_prints_of_the_answer_are_shown_only_with_a_failure(capsys):
    check(define(corpus.EMBEDDING["prints and warnings on the way"]), "forward")
    assert "W (" not in capsys.readouterr().out


def test_names_and_parts_that_do_not_exist_get_one_clear_line():
    with pytest.raises(ValueError, match=r"^check knows no exercise for 'Embeding'\. It knows: MyEmbedding, "):
        check(type("Embeding", (), {}))
    with pytest.raises(ValueError, match=r"has no part 'forwards'\. Its parts are: forward, backward, contract\.$"):
        check(define(corpus.EMBEDDING["as the book writes it"]), "forwards")


def test_an_answer_that_borrows_the_reference_is_warned():
    source = "from rnnlm_ref.layers import Embedding\nclass MyEmbedding(Embedding): pass\n"
    assert "rnnlm_ref" in report(define(source))


@pytest.mark.parametrize(("before", "line", "module"), [
    ("import bs4", "pass", None),
    ("import bs4", "bs4", "bs4"),
    ("import bs4.element as used", "[used for _ in 'ab']", "bs4"),
    ("from bs4 import BeautifulSoup as used", "used", "bs4"),
    ("import bs4\ndef used(): return bs4", "used()", "bs4"),
    ("import bs4\nclass used(bs4.BeautifulSoup): pass", "used", "bs4"),
    ("", "import bs4.element", "bs4"),
    ("from rnnlm_ref.layers import RNN", "RNN", "rnnlm_ref.layers"),
    ("from collections import namedtuple\nPair = namedtuple('Pair', 'a b')", "Pair(np.pi, 1)", None),
])
def test_an_answer_that_uses_a_module_that_grading_lacks_is_warned_and_passes(before, line, module, capsys):
    right = corpus.EMBEDDING["as the book writes it"]
    last = "        return W[idx]\n"
    assert last in right
    source = f"{before}\n" + right.replace(last, f"        {line}\n{last}")
    names = {"np": np, "__name__": "__main__"}
    assert load_cells([("MyEmbedding", source)], names) == {}
    check(names["MyEmbedding"], "forward")
    shown = capsys.readouterr().out
    warning = f"MyEmbedding uses {module}; only NumPy and Python's standard library are there when work is graded.\n"
    assert "✗" not in shown
    assert (shown.endswith(warning), " uses " in shown) == (bool(module), bool(module))


def test_what_is_lent_to_an_answer_is_no_reason_for_a_warning():
    source = "from rnnlm_ref.layers import RNN\nimport bs4\nclass MyTimeRNN:\n    def forward(self): RNN, bs4\n"
    names = {"__name__": "__main__"}
    load_cells([("MyTimeRNN", source)], names)
    there = "NumPy, Python's standard library and rnnlm_ref.layers"
    warning = f"\nMyTimeRNN uses bs4; only {there} are there when work is graded."
    assert report(names["MyTimeRNN"], "forward").endswith(warning)


def test_a_chapter_is_named_by_its_page(capsys):
    chapter("02-embedding")
    assert capsys.readouterr().out == "Read: book/02-embedding.html\n"
