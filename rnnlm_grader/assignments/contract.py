"""What every answer of the course must hold to, whatever it computes."""
import numpy as np


def many(exam, least=20, most=40):
    """Draw a size that is large beside those of the examples."""
    return int(exam.rng.integers(least, most + 1))


def in_dtype(scalar, dtype):
    """Take a scalar in the dtype of the arrays: it may be finer, such as a Python float, which is a float64."""
    value = scalar.value
    if isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind == "f":
        scalar.value = value.astype(min(value.dtype, np.dtype(dtype), key=lambda d: d.itemsize))
    return scalar


def one_for_each(exam, layer, count):
    """Require as many gradients as there are parameters."""
    grads = layer.attribute("grads").value
    exam.hold(isinstance(grads, tuple) and len(grads) == count, "grads", f"should hold {count} arrays",
              note="one for each parameter")


def side_by_side(exam, make, draw, expected, count, keeps_state=False):
    """Have two layers of the same parameters take turns; each must give what it gives alone.

    Parameters
    ----------
    make : callable
        () → a new layer of the candidate's. All have the same parameters.
    draw : callable
        () → (arguments of forward, arguments of backward).
    expected : callable
        (arguments of forward, arguments of backward) → (output, or None if it isn't to be judged; what backward
        returns; list of gradients), as values or as things. Where the layer keeps a state, the arguments of an earlier
        forward come third.
    count : int
        How many gradients the layer has.
    keeps_state : bool
        Whether a forward goes on where an earlier one ended.

    Returns
    -------
    list
        What `expected` gave for each of the two.
    """
    one, other = make(), make()
    turns = [(layer, *draw()) for layer in (one, other)]
    earlier = [draw()[0] for _ in turns]
    wanted = [expected(inputs, douts, *([before] if keeps_state else []))
              for (_, inputs, douts), before in zip(turns, earlier, strict=True)]
    for (layer, _, _), before in zip(turns, earlier, strict=True):
        exam.watch(layer.forward(*before))  # a forward that is never followed by a backward leaves no trace
    outs = [layer.forward(*inputs) for layer, inputs, _ in turns]
    returned = [layer.backward(*douts) for layer, _, douts in turns]
    for (layer, _, _), out, result, (right_out, right_result, right_grads) in zip(
            turns, outs, returned, wanted, strict=True):
        if right_out is not None:
            exam.equal(out.now(), right_out, out.name, note=f"what {layer.name} gave, after both have gone back")
        exam.equal(result.now(), right_result, result.name,
                   note=f"it belongs to the last forward of {layer.name}, whatever the other layer does")
        for i in range(count):
            exam.equal(layer.grad(i), right_grads[i], f"{layer.name}.grads[{i}]", note="after both have gone back")
    return wanted
