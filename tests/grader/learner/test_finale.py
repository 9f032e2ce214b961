"""The finale: a model of the learner's own answers, gathered from several notebooks."""

import json
import types

import nbformat
import pytest
from corpora import time_rnn
from nbclient import NotebookClient

from rnnlm_grader.content import ASSIGNMENTS
from rnnlm_grader.learner import finale
from rnnlm_grader.learner.own_parts import PARTS, definitions, gather, load
from rnnlm_ref import time_layers
from rnnlm_ref.optim import clip_grads

SHORT = "import rnnlm_grader.learner.finale as short\nshort.FABLES, short.EPOCHS, short.LENGTH = 100, 1, 5"
CODE_START = {"cell_type": "code", "source": "import numpy as np"}
SLUGS = list(ASSIGNMENTS)[:6]


def read(root, slug, folder="solutions"):
    return json.loads((root / folder / slug / f"{slug}.ipynb").read_text(encoding="utf-8"))


@pytest.fixture
def root(request):
    return request.config.rootpath


@pytest.fixture
def answers(root):
    """Return the instructor's notebooks of the exercises before the last, and what the last one defines."""
    *before, last = SLUGS
    return {slug: [read(root, slug)] for slug in before}, load(read(root, last), ASSIGNMENTS[last].names)


def told(root, folder, released="solutions"):
    """Run the exercise in a folder, without its checks; return what the finale shows as text and as HTML."""
    notebook = nbformat.reads(json.dumps(read(root, "06-rnnlm", released)), as_version=4)
    notebook.cells = [
        nbformat.v4.new_code_cell(SHORT),
        *(cell for cell in notebook.cells if cell.cell_type == "code" and not cell.source.startswith("check(")),
    ]
    folder.mkdir(exist_ok=True)
    NotebookClient(notebook, resources={"metadata": {"path": str(folder)}}).execute()
    output = notebook.cells[-1].outputs[-1]
    return output.get("text") or output.data["text/plain"], output.get("data", {}).get("text/html")


def test_with_every_answer_right_every_layer_is_the_learners(root, tmp_path):
    for slug in SLUGS[:-1]:
        (tmp_path / slug).mkdir()
        (tmp_path / slug / f"{slug}.ipynb").write_text(json.dumps(read(root, slug)))
    text, html = told(root, tmp_path / "06-rnnlm")
    assert "After training: perplexity" in text
    assert text.splitlines()[-1].startswith("Every layer that wrote this is yours")
    assert 'role="img" aria-label="The loss goes from 6.' in html


def test_what_is_missing_or_wrong_is_stood_in_for_and_named(root, tmp_path):
    for slug in ("01-embedding", "02-rnn", "03-time-rnn", "04-bptt"):
        (tmp_path / f"{slug}-1234.ipynb").write_text(json.dumps(read(root, slug)).replace("np.zeros", "np.ones"))
    text, _ = told(root, tmp_path)
    assert text.splitlines()[-1] == (
        "Yours: MyTimeEmbedding, MyRNN, MyTimeAffine, MyRnnlm, my_clip_grads, my_perplexity. Finished parts stood in "
        "for MyTimeRNN (03-time-rnn: its checks don't pass yet), MyTimeSoftmaxWithLoss (05-softmax-masking: no "
        "notebook of that exercise is beside this one)."
    )


def test_with_nothing_filled_in_nothing_is_trained(root, tmp_path):
    text, _ = told(root, tmp_path, released="exercises")
    assert text.startswith("Fill in an answer first")


@pytest.mark.parametrize("without", [None, "MyRnnlm"])
def test_a_model_is_built_of_the_learners_layers_and_leaves_no_trace(answers, without, monkeypatch):
    notebooks, at_hand = answers
    at_hand.pop(without, None)
    here = types.ModuleType("here")
    monkeypatch.setattr(finale, "__main__", here)
    parts = gather(notebooks, at_hand)
    monkeypatch.setattr(finale, "vars", lambda space: at_hand if space is here else space.__dict__, raising=False)
    model = finale.build(parts, vocab_size=9)
    used = [*model.layers, model.loss_layer]
    assert [
        isinstance(layer, parts[name].used)
        for layer, name in zip(
            used, ("MyTimeEmbedding", "MyTimeRNN", "MyTimeAffine", "MyTimeSoftmaxWithLoss"), strict=True
        )
    ] == [True] * 4
    assert time_layers.TimeRNN is PARTS["MyTimeRNN"] is at_hand["TimeRNN"]


def test_a_layer_that_is_made_of_cells_is_made_of_the_learners_cell(answers):
    notebooks, at_hand = answers
    source = f"from rnnlm_ref.layers import RNN\n{next(iter(time_rnn.RIGHT['MyTimeRNN'].values()))}"
    code = {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "MyTimeRNN"}}, "source": source}
    parts = gather(notebooks | {"03-time-rnn": [{"cells": [CODE_START, code]}]}, at_hand)
    assert parts["MyTimeRNN"].flaw == ""
    assert parts["MyTimeRNN"].used.__init__.__globals__["RNN"] is parts["MyRNN"].used


def test_an_exercise_that_was_downloaded_once_more_hides_no_work(root, answers):
    notebooks, at_hand = answers
    twice = [read(root, "01-embedding", "exercises"), *notebooks["01-embedding"]]
    assert gather(notebooks | {"01-embedding": twice}, at_hand)["MyTimeEmbedding"].flaw == ""


@pytest.mark.parametrize("content", [None, {}, {"cells": [{"cell_type": "code", "source": "def f(:"}]}])
def test_a_notebook_that_cannot_be_read_has_no_answers(content):
    assert gather({"01-embedding": [content]}, {})["MyTimeEmbedding"].flaw == "not defined there"


def test_of_a_notebook_only_definitions_are_executed():
    assert definitions("import numpy as np\ncheck(f)\nprint(1)\nx = 2") == "import numpy as np\nx = 2"


def test_training_ends_when_its_time_is_over(answers, monkeypatch):
    monkeypatch.setattr(finale, "SECONDS", 0)
    page = types.SimpleNamespace(losses=[], progress=lambda share: None)
    model = answers[1]["MyRnnlm"](9, 3, 4, finale.np.random.default_rng(0))
    left = finale.train(model, finale.np.arange(9).repeat(200), clip_grads, page, halfway=lambda: None)
    assert len(page.losses) == 1
    assert left == 1 - 1 / (2 * finale.EPOCHS)
