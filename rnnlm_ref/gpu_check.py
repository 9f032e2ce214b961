"""Compare this machine's GPU with its CPU, in results and speed. Run: python -m rnnlm_ref.gpu_check

Letters: N batch, T time, V vocabulary, D word-vector width, H hidden width.

Book: gpu
"""

import statistics
import sys
import time

import numpy as np

from rnnlm_ref.gradcheck import relative_error
from rnnlm_ref.model import Rnnlm, on_host
from rnnlm_ref.optim import SGD
from rnnlm_ref.time_layers import TimeLSTM, TimeRNN

# Sums of floats depend on their order, and a GPU adds in another one than a CPU, so the last digits differ.
TOLERANCE = {np.float64: 1e-11, np.float32: 1e-4}
WINDOWS = 3

CHECKED = (8, 20, 500, 64)  # N, T, V, D = H
TIMED = [(10, 5, 1000, 100), (20, 35, 10000, 100), (20, 35, 10000, 650)]


def main():
    """Print the GPU's name, the largest differences from the CPU and the times; return the exit status."""
    try:
        import cupy
    except ImportError:
        print(
            "CuPy isn't installed. On Linux: pip install -r requirements-gpu.txt"
        )
        return 1
    try:
        on_gpu = Rnnlm(1, 1, 1, rng=0, xp=cupy)
    except RuntimeError as error:
        print(error)
        return 1
    card = cupy.cuda.runtime.getDeviceProperties(on_gpu.params[0].device.id)[
        "name"
    ].decode()
    print(f"{card}, CuPy {cupy.__version__}, NumPy {np.__version__}")
    agreed = report_errors(cupy)
    report_times(cupy)
    print(
        "The GPU agrees with the CPU."
        if agreed
        else "The GPU does NOT agree with the CPU."
    )
    return 0 if agreed else 1


def report_errors(xp):
    """Print how much losses and gradients differ from the CPU's over stateful windows; return whether all are close."""
    agreed = check_bad_id(xp)
    for recurrent in (TimeRNN, TimeLSTM):
        for dtype, tolerance in TOLERANCE.items():
            error = largest_error(xp, recurrent, dtype)
            close = error < tolerance
            agreed = agreed and close
            print(
                f"{recurrent.__name__:8} {np.dtype(dtype).name}: largest relative error {error:.1e}, "
                f"{'ok' if close else f'expected less than {tolerance:.0e}'}"
            )
    return agreed


def largest_error(xp, recurrent, dtype):
    """Return the largest relative error of a loss or gradient on xp, over windows with ignored targets."""
    N, T, V, H = CHECKED
    models = [
        Rnnlm(V, H, H, rng=0, dtype=dtype, recurrent=recurrent, xp=where)
        for where in (np, xp)
    ]
    rng = np.random.default_rng(1)
    errors = []
    for _ in range(WINDOWS):
        xs, ts = rng.integers(0, V, (2, N, T))
        ts[rng.random((N, T)) < 0.2] = -1
        here, there = (loss_and_gradients(model, xs, ts) for model in models)
        errors += [
            relative_error(a, b) for a, b in zip(here, there, strict=True)
        ]
    # The largest, and nan if any is: max() would lose one.
    return float(np.max(errors))


def loss_and_gradients(model, xs, ts):
    """Return the loss and all gradients of one window as NumPy arrays."""
    loss = model.forward(xs, ts)
    model.backward()
    return [on_host(array).copy() for array in (loss, *model.grads)]


def check_bad_id(xp):
    """Return whether an id out of range is refused. A GPU by itself would wrap it around."""
    try:
        Rnnlm(5, 2, 2, rng=0, xp=xp).predict(np.array([[5]]))
    except IndexError:
        return True
    print("An id out of range was not refused.")
    return False


def report_times(xp):
    """Print the time of a training step in float32 on the CPU and on xp."""
    print(f"{'N, T, V, D=H':>22}{'':10}{'CPU ms':>10}{'GPU ms':>10}")
    for sizes in TIMED:
        for recurrent in (TimeRNN, TimeLSTM):
            cpu, gpu = (
                1e3 * step_time(where, recurrent, sizes)
                for where in (np, xp)
            )
            print(
                f"{sizes!s:>22}{recurrent.__name__:>10}{cpu:10.2f}{gpu:10.2f}"
            )


def step_time(xp, recurrent, sizes, rounds=7):
    """Return the median time, in seconds, of forward, backward and SGD."""
    N, T, V, H = sizes
    model, optimizer = (
        Rnnlm(V, H, H, rng=0, recurrent=recurrent, xp=xp),
        SGD(0.1),
    )
    xs, ts = (
        xp.asarray(ids)
        for ids in np.random.default_rng(0).integers(0, V, (2, N, T))
    )
    times = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        model.forward(xs, ts)
        model.backward()
        optimizer.update(model.params, model.grads)
        # A GPU works on while Python goes ahead; reading a number waits until it is done.
        float(model.params[-1][0])
        times.append(time.perf_counter() - start)
    # The first compiles the kernels.
    return statistics.median(times[1:])


if __name__ == "__main__":
    sys.exit(main())
