"""Time and memory of one training step, as ratios: python benchmarks/bench.py

Forward, backward and SGD in float32 on one thread. The contestants take turns in one process, so that whatever else the
machine does hits all alike; the table shows medians. PyTorch takes part where it is installed.

The floor is the time that the step's multiplications and additions alone would take at the speed of one large matrix
product: no implementation whose arithmetic runs on this core can be faster.
"""

import importlib.util
import os
import platform
import statistics
import sys
import time
import tracemalloc
from pathlib import Path

# Before NumPy is imported: one thread, and the kernels that OpenBLAS itself chooses for this processor.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(name, None)
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np  # noqa: E402
import seed_manner  # noqa: E402

from rnnlm_ref.model import Rnnlm  # noqa: E402
from rnnlm_ref.optim import SGD  # noqa: E402
from rnnlm_ref.time_layers import TimeLSTM, TimeRNN  # noqa: E402

TORCH = importlib.util.find_spec("torch") is not None

# N, T, V, D = H; how many rounds, and how many steps a turn: as in training, a small step finds its data in the cache.
MODELS = [((10, 5, 1000, 100), 50, 10), ((20, 35, 10000, 100), 25, 1), ((20, 35, 10000, 650), 9, 1)]
LAYERS = [((10, 5, 100), 50, 10), ((20, 35, 100), 30, 3), ((20, 35, 650), 11, 1)]


def main():
    print(f"{processor()}, Python {platform.python_version()}, NumPy {np.__version__}, one thread")
    print(
        f"\nA training step of Rnnlm; memory beyond parameters and gradients, in arrays of logits\n"
        f"{'N, T, V, D=H':>20}{'ms':>9}{'/ seed':>9}{'/ reuse':>9}{'/ torch':>9}{'/ floor':>9}{'memory':>9}"
    )
    for sizes, rounds, steps in MODELS:
        contestants = {
            "ours": reference_step(sizes),
            "seed": seed_step(sizes, reuse=False),
            "reuse": seed_step(sizes, reuse=True),
            "floor": matrix_product(),
        }
        if TORCH:
            contestants["torch"] = torch_step(sizes)
        times = medians(contestants, rounds, steps)
        times["floor"] *= step_flops(sizes) / MATRIX_PRODUCT_FLOPS
        ratios = row(times, "seed", "reuse", "torch", "floor")
        print(f"{sizes!s:>20}{ratios}{peak_in_logits(sizes):9.2f}", flush=True)
    print(f"\nForward and backward of TimeRNN\n{'N, T, D=H':>20}{'ms':>9}{'/ loop':>9}")
    for sizes, rounds, steps in LAYERS:
        times = medians({"ours": reference_rnn(sizes), "loop": loop_of_cells(sizes)}, rounds, steps)
        print(f"{sizes!s:>20}{row(times, 'loop')}", flush=True)
    print(f"\nForward and backward of TimeLSTM\n{'N, T, D=H':>20}{'ms':>9}{'/ torch':>9}{'/ floor':>9}")
    for sizes, rounds, steps in LAYERS:
        contestants = {"ours": reference_lstm(sizes), "floor": matrix_product()}
        if TORCH:
            contestants["torch"] = torch_lstm(sizes)
        times = medians(contestants, rounds, steps)
        times["floor"] *= lstm_flops(sizes) / MATRIX_PRODUCT_FLOPS
        ratios = row(times, "torch", "floor")
        print(f"{sizes!s:>20}{ratios}", flush=True)


def medians(contestants, rounds, steps):
    """Return each contestant's median time for a step, in seconds, after one round that doesn't count."""
    times = {name: [] for name in contestants}
    for k in range(rounds + 1):
        for name, run in contestants.items():
            start = time.perf_counter()
            for _ in range(steps):
                run()
            if k:
                times[name].append((time.perf_counter() - start) / steps)
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def row(times, *names):
    ratios = [f"{times['ours'] / times[name]:9.2f}" if name in times else f"{'–':>9}" for name in names]
    return f"{times['ours'] * 1e3:9.2f}" + "".join(ratios)


def processor():
    """Return the processor's name, as well as the system knows it."""
    info = Path("/proc/cpuinfo")
    names = (
        [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        if info.exists()
        else []
    )
    return names[0] if names else platform.processor() or platform.machine()


def draw(sizes):
    N, T, V, _ = sizes
    return np.random.default_rng(0).integers(0, V, (2, N, T))


def new_model(sizes):
    _, _, V, H = sizes
    return Rnnlm(V, H, H, rng=0)


def reference_step(sizes):
    model, optimizer, (xs, ts) = new_model(sizes), SGD(0.1), draw(sizes)

    def step():
        model.forward(xs, ts)
        model.backward()
        optimizer.update(model.params, model.grads)

    return step


def seed_step(sizes, reuse):
    model, optimizer, (xs, ts) = seed_manner.Rnnlm(new_model(sizes).params, reuse), SGD(0.1), draw(sizes)

    def step():
        model.forward(xs, ts)
        model.backward()
        optimizer.update(model.params, model.grads)

    return step


def torch_step(sizes):
    import torch

    torch.set_num_threads(1)
    _, _, V, H = sizes
    embedding, rnn, affine = torch.nn.Embedding(V, H), torch.nn.RNN(H, H, batch_first=True), torch.nn.Linear(H, V)
    model = torch.nn.ModuleList([embedding, rnn, affine])
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    xs, ts = map(torch.tensor, draw(sizes))
    state = [None]

    def step():
        hs, h = rnn(embedding(xs), state[0])
        loss = torch.nn.functional.cross_entropy(affine(hs).reshape(ts.numel(), V), ts.reshape(-1), ignore_index=-1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        state[0] = h.detach()

    return step


def reference_rnn(sizes):
    return layer_step(TimeRNN(*layer_params(sizes, gates=1), stateful=True), sizes)


def loop_of_cells(sizes):
    return layer_step(seed_manner.TimeRNN(*layer_params(sizes, gates=1), reuse=False), sizes)


def reference_lstm(sizes):
    return layer_step(TimeLSTM(*layer_params(sizes, gates=4), stateful=True), sizes)


def layer_params(sizes, gates):
    _, _, H = sizes
    rng = np.random.default_rng(0)
    shapes = [(H, gates * H), (H, gates * H), (gates * H,)]
    return [rng.standard_normal(shape).astype(np.float32) / np.float32(H**0.5) for shape in shapes]


def layer_step(layer, sizes):
    N, T, H = sizes
    xs, dhs = np.random.default_rng(0).standard_normal((2, N, T, H)).astype(np.float32)

    def step():
        layer.forward(xs)
        layer.backward(dhs)

    return step


def torch_lstm(sizes):
    import torch

    torch.set_num_threads(1)
    N, T, H = sizes
    layer = torch.nn.LSTM(H, H, batch_first=True)
    xs, dhs = torch.randn(2, N, T, H)
    xs.requires_grad = True

    def step():
        layer.zero_grad()
        xs.grad = None
        layer(xs)[0].backward(dhs)

    return step


SIDE = 1024
MATRIX_PRODUCT_FLOPS = 2 * SIDE**3


def matrix_product():
    a, b, out = np.random.default_rng(0).standard_normal((3, SIDE, SIDE)).astype(np.float32)
    return lambda: np.matmul(a, b, out=out)


def step_flops(sizes):
    """Three products, one forward and two back, for each of the matrices Wx, Wh and W; 2 operations a cell."""
    N, T, V, H = sizes
    return 3 * 2 * N * T * (H * H + H * H + H * V)


def lstm_flops(sizes):
    N, T, H = sizes
    return 3 * 2 * N * T * (H * 4 * H + H * 4 * H)


def peak_in_logits(sizes):
    """Return the peak memory of a step beyond parameters and gradients, in arrays of the size of the logits."""
    N, T, V, _ = sizes
    step = reference_step(sizes)
    tracemalloc.start()
    step()  # so that the layers hold a step's memory
    tracemalloc.reset_peak()
    step()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / (N * T * V * 4)


if __name__ == "__main__":
    main()
