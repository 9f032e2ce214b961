"""One text for CPU and GPU: the same layers on NumPy arrays, on a stand-in with CuPy's rules, and on a GPU if any."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from rnnlm_ref import gpu_check
from rnnlm_ref.generate import generate
from rnnlm_ref.layers import Embedding
from rnnlm_ref.model import Rnnlm, on_host
from rnnlm_ref.optim import SGD, Adam, clip_grads
from rnnlm_ref.text import seed_corpus, window_batches
from rnnlm_ref.time_layers import TimeEmbedding, TimeLSTM, TimeRNN, TimeSoftmaxWithLoss
from rnnlm_ref.trainer import RnnlmTrainer


def stand_in():
    pytest.importorskip("cupy", reason="CuPy isn't installed, so there are no signatures to bind")
    import device_array

    return SimpleNamespace(asarray=device_array.asarray, asnumpy=lambda array: array.get())


def gpu():
    """Return CuPy, or None where it finds no GPU."""
    try:
        import cupy

        cupy.zeros(1)
    except Exception:  # CuPy has many errors for "no GPU"
        return None
    return cupy


ARRAYS = {"numpy": lambda: SimpleNamespace(asarray=np.array, asnumpy=np.asarray), "stand-in": stand_in}
ARRAYS |= {"gpu": gpu} if gpu() else {}


@pytest.fixture(params=ARRAYS)
def device(request):
    """Each type of array in turn: how to get there and back. It also serves as the `xp` of a model."""
    return ARRAYS[request.param]()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_layer_gives_the_same_results_on_every_type_of_array(case, device, dtype):
    def run(move):
        layer = case.build([move(param) for param in case.params(dtype)])
        results = []
        for _ in range(2):  # a stateful layer goes on the second time
            out = layer.forward(*map(move, case.args(dtype)))
            dinputs = layer.backward(move(case.dout_for(out, dtype)))
            results += [out, *(dinputs if isinstance(dinputs, tuple) else [dinputs]), *layer.grads]
        return [result for result in results if result is not None]

    for there, here in zip(run(device.asarray), run(np.array), strict=True):
        assert type(there) is not np.ndarray or device.asarray is np.array
        np.testing.assert_allclose(device.asnumpy(there), here, rtol=1e-4 if dtype == np.float32 else 1e-11)


@pytest.mark.parametrize("recurrent", [TimeRNN, TimeLSTM])
@pytest.mark.parametrize("optimizer", [SGD, Adam])
def test_training_takes_the_same_course_on_every_type_of_array(device, recurrent, optimizer):
    def train(xp):
        model = Rnnlm(7, 4, 5, rng=0, dtype=np.float64, recurrent=recurrent, xp=xp)
        trainer = RnnlmTrainer(model, optimizer(0.1), max_norm=0.5)
        trainer.fit(seed_corpus(), batch_size=1, time_size=3, epochs=3, held_out=seed_corpus(), progress=False)
        return trainer.history, [on_host(param) for param in model.params], generate(model, [0], 5, rng=1)

    history, params, text = train(device)
    expected_history, expected_params, expected_text = train(np)
    np.testing.assert_allclose(history, expected_history, rtol=1e-9)
    for param, expected in zip(params, expected_params, strict=True):
        np.testing.assert_allclose(param, expected, rtol=1e-9)
    np.testing.assert_array_equal(text, expected_text)


@pytest.mark.parametrize("layer", [Embedding, TimeEmbedding])
@pytest.mark.parametrize("bad", [-1, 5, 2**40])
def test_an_id_out_of_range_is_named_on_every_type_of_array(device, layer, bad):
    with pytest.raises(IndexError, match=f"id {bad} is out of range"):
        layer(device.asarray(np.ones((5, 2)))).forward(device.asarray([[0, bad]]))


@pytest.mark.parametrize("bad", [-2, 5])
def test_a_target_out_of_range_is_named_on_every_type_of_array(device, bad):
    with pytest.raises(IndexError, match=f"id {bad} is out of range"):
        TimeSoftmaxWithLoss().forward(device.asarray(np.ones((1, 3, 5))), device.asarray([[0, -1, bad]]))


@pytest.mark.parametrize("recurrent", [TimeRNN, TimeLSTM])
def test_a_training_step_waits_for_the_device_a_fixed_number_of_times(recurrent):
    device, waits = stand_in(), []
    from device_array import DeviceArray

    for time_size in (2, 6):
        model = Rnnlm(7, 4, 5, rng=0, recurrent=recurrent, xp=device)
        xs, ts = next(window_batches(seed_corpus(), 1, time_size))
        DeviceArray.waits = 0
        model.forward(xs, ts)
        model.backward()
        waits.append(DeviceArray.waits)
        clip_grads(model.grads, 1.0)
    assert waits == [2, 2]  # the ids' check and the targets'


def test_gpu_check_finds_agreement(device, capsys, monkeypatch):
    monkeypatch.setattr(gpu_check, "CHECKED", (2, 3, 5, 4))
    monkeypatch.setattr(gpu_check, "TIMED", [(2, 3, 5, 4)])
    assert gpu_check.report_errors(device)
    gpu_check.report_times(device)
    assert "TimeLSTM float64" in capsys.readouterr().out


def test_gpu_check_finds_disagreement(capsys, monkeypatch):
    monkeypatch.setattr(gpu_check, "CHECKED", (2, 3, 5, 4))
    assert not gpu_check.report_errors(SimpleNamespace(asarray=lambda array: np.array(array) * 1.001))
    assert "expected less than" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("cupy", "said"),
    [
        (None, "pip install -r requirements-gpu.txt"),
        (SimpleNamespace(__name__="cupy"), "cupy can't place arrays on a GPU of this machine"),
    ],
)
def test_gpu_check_says_what_is_missing(capsys, monkeypatch, cupy, said):
    monkeypatch.setitem(sys.modules, "cupy", cupy)
    assert gpu_check.main() == 1
    assert said in capsys.readouterr().out
