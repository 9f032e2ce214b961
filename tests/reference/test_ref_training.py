"""The gradient check, the optimizers, the trainer, saved models and generated text."""

import math
import sys
from itertools import pairwise

import numpy as np
import pytest

from rnnlm_ref.generate import generate, next_word_probabilities
from rnnlm_ref.gradcheck import numerical_gradient, relative_error
from rnnlm_ref.model import Rnnlm, load_model, save_model
from rnnlm_ref.optim import SGD, Adam, clip_grads
from rnnlm_ref.source import farm
from rnnlm_ref.text import Vocabulary, perplexity, seed_corpus, split_corpus
from rnnlm_ref.time_layers import TimeLSTM, TimeRNN
from rnnlm_ref.trainer import RnnlmTrainer, evaluate


def small_model(seed=0, **options):
    return Rnnlm(7, 4, 5, rng=seed, **options)


def fit(model, epochs=2, optimizer=None, **options):
    trainer = RnnlmTrainer(model, optimizer or SGD(0.5))
    options = {"batch_size": 1, "time_size": 3, "progress": False} | options
    return trainer, trainer.fit(seed_corpus(), epochs=epochs, **options)


@pytest.mark.parametrize(
    ("use", "error", "message"),
    [
        (lambda: numerical_gradient(np.sum, np.ones(2, int)), TypeError, "need float64"),
        (lambda: numerical_gradient(np.sum, np.ones(2, np.float32)), TypeError, "need float64"),
        (lambda: relative_error(np.ones(3), np.ones((3, 1))), ValueError, "shapes differ"),
        (lambda: clip_grads([np.ones(1)], 0), ValueError, "max_norm must be positive"),
        (lambda: clip_grads([np.ones(1)], math.nan), ValueError, "max_norm must be positive"),
        (lambda: Rnnlm(7, 0, 5, rng=0), ValueError, "must be positive"),
        (lambda: generate(small_model(), [0], 1, rng=0, temperature=0), ValueError, "temperature must be positive"),
        (lambda: generate(small_model(), [0], 1, rng=0, top_k=0), ValueError, "top_k must be at least 1"),
        (lambda: generate(small_model(), [], 1, rng=0), ValueError, "start_ids is empty"),
    ],
)
def test_what_makes_no_sense_is_refused(use, error, message):
    with pytest.raises(error, match=message):
        use()


# --- gradient check


def test_numerical_gradient_of_known_functions():
    x = np.array([[1.0, -2.0], [0.5, 3.0]])
    kept = x.copy()
    assert relative_error(numerical_gradient(lambda x: (x**3).sum(), x), 3 * x**2) < 1e-9
    assert (
        relative_error(
            numerical_gradient(lambda x: np.exp(x[0, 0] * x[1, 0]), x), np.exp(0.5) * np.array([[0.5, 0], [1, 0]])
        )
        < 1e-6
    )
    np.testing.assert_array_equal(x, kept)
    assert numerical_gradient(lambda x: x**2, np.array(3.0)) == pytest.approx(6)


def test_numerical_gradient_restores_x_when_f_fails():
    x = np.array([0.1, 0.2])
    with pytest.raises(ZeroDivisionError):
        numerical_gradient(lambda x: 1 / 0, x)
    assert x.tolist() == [0.1, 0.2]


def test_relative_error():
    assert relative_error(np.array([100.0, 0.0]), np.array([100.0, 1.0])) == 0.01
    assert relative_error(np.zeros(3), np.zeros(3)) == 0.0
    assert math.isnan(relative_error(np.array([math.nan]), np.ones(1)))


# --- optimizers


def test_adam_follows_the_equations_of_its_paper():
    rng = np.random.default_rng(0)
    param = rng.standard_normal(4)
    expected, m, v = param.copy(), 0, 0
    optimizer = Adam(lr=0.01)
    for k in range(1, 6):
        grad = rng.standard_normal(4)
        optimizer.update([param], [grad])
        m, v = 0.9 * m + 0.1 * grad, 0.999 * v + 0.001 * grad**2
        expected -= 0.01 * (m / (1 - 0.9**k)) / (np.sqrt(v / (1 - 0.999**k)) + 1e-8)
        np.testing.assert_allclose(param, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("first", "max_norm", "norm", "expected"),
    [
        (3.0, 1.0, 5.0, [0.6, 0.8]),
        (3.0, 5.0, 5.0, [3.0, 4.0]),
        (3.0, 7.0, 5.0, [3.0, 4.0]),
        (math.inf, 1.0, math.inf, [math.inf, 4.0]),  # is reported and left alone
    ],
)
def test_clipping_takes_all_gradients_as_one_vector(first, max_norm, norm, expected):
    grads = [np.array([first]), np.array([[0.0, 4.0]])]
    assert clip_grads(grads, max_norm) == norm
    np.testing.assert_allclose([grads[0][0], grads[1][0, 1]], expected, rtol=1e-15)


# --- trainer


def test_one_step_is_forward_backward_clip_update():
    trained, by_hand = small_model(), small_model()
    xs, ts = np.array([[0, 1, 2]]), np.array([[1, 2, 3]])
    loss = RnnlmTrainer(trained, SGD(0.5), max_norm=0.1).step(xs, ts)
    assert loss == by_hand.forward(xs, ts)
    by_hand.backward()
    clip_grads(by_hand.grads, 0.1)
    for param, grad, other in zip(by_hand.params, by_hand.grads, trained.params, strict=True):
        np.testing.assert_array_equal(param - 0.5 * grad, other)


def test_each_epoch_starts_from_zeros_and_state_goes_on_within_it():
    states = []

    class Watched(RnnlmTrainer):
        def step(self, xs, ts):
            states.append(self.model.recurrent.h)
            return super().step(xs, ts)

    Watched(small_model(), SGD(0.1)).fit(seed_corpus(), batch_size=1, time_size=3, epochs=2, progress=False)
    assert [state is None for state in states] == [True, False, True, False]


def test_the_best_epoch_on_held_out_text_is_kept():
    model = small_model()
    held_out = np.array([6, 5, 4, 3, 2, 1, 0])  # which training makes ever less likely
    trainer, history = fit(model, epochs=6, held_out=held_out)
    measured = [epoch.held_out for epoch in history]
    assert measured[-1] > min(measured)
    assert evaluate(model, held_out, 1, 3) == pytest.approx(min(measured))
    trainer.fit(seed_corpus(), batch_size=1, time_size=3, epochs=3, held_out=held_out, progress=False)
    assert len(history) == 9
    assert evaluate(model, held_out, 1, 3) == pytest.approx(min(epoch.held_out for epoch in history))


def test_ctrl_c_keeps_what_was_learned(capsys):
    class Interrupted(SGD):
        steps = 0

        def update(self, params, grads):
            self.steps += 1
            if self.steps == 4:
                raise KeyboardInterrupt
            super().update(params, grads)

    model, untrained = small_model(), small_model()
    _, history = fit(model, epochs=10, optimizer=Interrupted(0.5))
    assert len(history) == 2
    assert "Stopped by Ctrl-C after 1 of 2 steps" in capsys.readouterr().out
    assert evaluate(model, seed_corpus(), 1, 3) < evaluate(untrained, seed_corpus(), 1, 3)


@pytest.mark.parametrize(("broken", "what"), [("loss", "loss became nan"), ("gradient", "gradient's norm became inf")])
def test_a_number_that_is_not_finite_stops_training_before_the_update(broken, what):
    model = small_model()
    if broken == "loss":
        model.params[-1][0] = np.nan
    else:
        model.backward = lambda: model.grads[0].fill(np.inf)
    kept = [param.copy() for param in model.params]
    with pytest.raises(FloatingPointError, match=f"{what} in epoch 1"):
        fit(model)
    for param, before in zip(model.params, kept, strict=True):
        np.testing.assert_array_equal(param, before)


def test_evaluation_counts_every_target_and_leaves_the_model_as_it_was():
    model = small_model(dtype=np.float64)
    corpus = np.random.default_rng(0).integers(0, 7, 50)
    one_by_one = [model.forward(x.reshape(1, 1), t.reshape(1, 1)) for x, t in pairwise(corpus)]
    for time_size in (1, 4, 10, 100):
        assert evaluate(model, corpus, 1, time_size) == pytest.approx(perplexity(one_by_one, [1] * 49))
    assert model.recurrent.h is None


def test_the_progress_bar_counts_the_steps(capsys):
    fit(small_model(), progress=True)
    assert "4/4" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("package", "use"),
    [
        ("tqdm.auto", lambda path: fit(small_model(), progress=True)),
        ("safetensors.numpy", lambda path: save_model(path / "m", small_model(), Vocabulary("abcdefg"))),
        ("safetensors.numpy", lambda path: load_model(path / "m")),
    ],
)
def test_a_missing_package_says_how_to_get_it(monkeypatch, tmp_path, package, use):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=f"pip install {package.split('.')[0]}"):
        use(tmp_path)


def test_without_a_progress_bar_nothing_else_is_needed(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    assert fit(small_model(), progress=False)


# --- saved models


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("recurrent", [TimeRNN, TimeLSTM])
def test_a_loaded_model_is_the_saved_one(tmp_path, recurrent, dtype):
    model, vocabulary = small_model(recurrent=recurrent, dtype=dtype), Vocabulary("αbcdefg")
    save_model(tmp_path / "model.safetensors", model, vocabulary)
    loaded, words = load_model(tmp_path / "model.safetensors")
    assert words.tokens == vocabulary.tokens
    xs = np.array([[0, 1, 2]])
    np.testing.assert_array_equal(loaded.predict(xs), model.predict(xs))
    assert [path.name for path in tmp_path.iterdir()] == ["model.safetensors"]


@pytest.mark.parametrize("data", [b"", b"not a model at all", b"\x02\0\0\0\0\0\0\0{}"])
def test_a_file_that_holds_no_model_is_a_value_error(tmp_path, data):
    (tmp_path / "m").write_bytes(data)
    with pytest.raises(ValueError, match="holds no model written by save_model"):
        load_model(tmp_path / "m")


# --- generated text


def test_the_same_seed_writes_the_same_text():
    model = small_model()
    a, b, c = (generate(model, [0, 1], 30, rng=seed).tolist() for seed in (3, 3, 4))
    assert a == b != c
    assert a[:2] == [0, 1]
    assert len(a) == 32
    assert model.recurrent.h is None


def test_top_one_takes_the_most_likely_word_after_the_whole_start():
    model = small_model()
    ids = generate(model, [0, 1, 2], 5, rng=0, top_k=1)
    for i in range(3, 8):
        model.reset_state()
        assert model.predict(ids[None, :i])[0, -1].argmax() == ids[i]


def test_temperature_sharpens_and_evens_out():
    logits = np.array([0.0, 1.0, 2.0])
    np.testing.assert_allclose(next_word_probabilities(logits), np.exp(logits) / np.exp(logits).sum())
    np.testing.assert_allclose(
        next_word_probabilities(logits, temperature=0.5), np.exp(2 * logits) / np.exp(2 * logits).sum()
    )
    assert next_word_probabilities(logits.astype(np.float32), temperature=1e-6).tolist() == [0, 0, 1]


def test_top_k_lets_exactly_k_words_in():
    p = next_word_probabilities(np.array([1.0, 5.0, 5.0, 5.0, 0.0]), top_k=2)
    np.testing.assert_allclose(p, [0, 0.5, 0.5, 0, 0])
    assert (next_word_probabilities(np.zeros(3), top_k=10) == 1 / 3).all()


# --- trained on text


def test_the_model_comes_within_three_percent_of_the_known_limit():
    source = farm()
    words = source.sample(120_000, rng=0)
    vocabulary = Vocabulary(words)
    train, held_out = split_corpus(vocabulary.encode(words), 1 / 6)
    model = Rnnlm(len(vocabulary), 32, 64, rng=1)
    trainer = RnnlmTrainer(model, Adam(0.005))
    trainer.fit(train, batch_size=20, time_size=25, epochs=5, held_out=held_out, progress=False)
    assert evaluate(model, held_out, 20, 25) < 1.03 * source.best_perplexity()
