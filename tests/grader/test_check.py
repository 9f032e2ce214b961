"""`check`, as a learner meets it."""
import re

import numpy as np
import pytest
from corpora import bptt, rnnlm, softmax_masking
from corpora import embedding as corpus

from rnnlm_grader import check
from rnnlm_grader.bench import load_cells
from rnnlm_grader.check import CheckFailed


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


def test_a_wrong_answer_is_told_what_differs_and_what_it_looks_like():
    text = report(define(corpus.EMBEDDING_MISTAKES["Overwrites"]), "backward")
    assert "✗ an id that occurs more than once collects the sum of its rows of dout" in text
    assert "layer.backward(dout)" in text
    assert "first at [2, 0]: got -1.78, expected -4.25" in text
    assert "It looks as if each row of dW is written once" in text
    assert "02-embedding.html#embedding-repeated-ids" in text


def test_the_replay_in_a_report_can_be_run_and_shows_the_difference():
    answer = define(corpus.EMBEDDING_MISTAKES["Overwrites"])
    text = report(answer, "backward")
    first = text.split("You can run this again:\n")[1].split("grads[0] differs")[0]
    script = "\n".join(line[10:] for line in first.splitlines())
    names = {"np": np, "MyEmbedding": answer}
    exec(script, names)
    assert names["layer"].grads[0][2, 0] == -1.78


def test_an_exception_is_told_with_its_line():
    source = corpus.answer(corpus.LOOKUP + "\n    def backward(self, dout):\n        return dout.flip()\n")
    text = report(define(source))
    assert "Your code raised AttributeError: 'numpy.ndarray' object has no attribute 'flip'" in text


@pytest.mark.parametrize(("line", "meaning"), [
    ("np.add.at(self.dW, self.idx, dout)", "nothing has set it yet"),
    ("np.add.at(dW, self.idx, dout)", "no variable or module has this name"),
    ("self.grads[0][...] = dout @ dout", "can't be multiplied as matrices"),
    ("self.grads[0][...] = dout[None, None]", "another shape than the place"),
    ("None + dout", "something here is None"),
])
def test_an_exception_that_beginners_meet_is_told_in_other_words_once(line, meaning):
    source = corpus.answer(corpus.LOOKUP + f"\n    def backward(self, dout):\n        {line}\n")
    text = " ".join(report(define(source), "backward").split())
    assert text.count(meaning) == 1
    assert "The same as above." in text


def test_an_answer_that_is_not_filled_in_is_told_so_once():
    source = corpus.answer(corpus.LOOKUP + "\n    def backward(self, dout):\n        raise NotImplementedError()\n")
    text = report(define(source), "backward")
    assert text.count("Not filled in yet") == 1
    assert text.count("The same as above.") == 4


def test_what_no_variant_explains_is_described_by_facts_and_never_guessed():
    half = corpus.EMBEDDING["as the book writes it"].replace("np.add.at(dW, self.idx, dout)",
                                                         "np.add.at(dW, self.idx, 0.5 * dout)")
    text = report(define(half), "backward")
    assert "It looks as if" not in text
    assert "it is 0.5 times what is expected, everywhere" in text


LOSS, CLIP, PERPLEXITY, BPTT = (plainest(module, name) for module, name in (
    (softmax_masking, "MyTimeSoftmaxWithLoss"), (bptt, "my_clip_grads"), (rnnlm, "my_perplexity"), (bptt, "my_bptt")))


LATE = " * (1 + 3e-7)"


def test_two_numbers_that_differ_late_are_printed_so_that_it_can_be_seen():
    name, loss = "MyTimeSoftmaxWithLoss", "losses.sum() / count"
    numbers = re.findall(r"the loss is ([\d.]+), expected ([\d.]+)\b", report(changed(LOSS, loss, loss + LATE, name)))
    assert numbers
    assert all(got != expected for got, expected in numbers)


def test_arrays_that_differ_late_are_printed_so_that_it_can_be_seen():
    right = corpus.EMBEDDING["as the book writes it"]
    text = report(changed(right, "W[idx]", "W[idx]" + LATE, "MyEmbedding"), "forward")
    assert "got 1.0000003, expected 1." in text
    assert "it is 1.0000003 times what is expected" in text
    assert re.search(r"got +\[\[ *0\. +1\. +2\.000001 .*\n.*\n.*\n *expected \[\[ *0\. +1\. +2\. ", text)


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
     "norm is (26+0j), of dtype complex128, expected a float"),
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
    assert "should be a list or tuple of 5, but is a list or tuple of 4" in text


def test_hidden_inputs_are_never_shown():
    text = report(define(corpus.EMBEDDING_MISTAKES["Overwrites"]), "backward", hidden=True)
    assert "np.array" not in text
    assert "got" not in text
    assert "It looks as if" in text


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
