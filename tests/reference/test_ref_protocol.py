"""What every layer of the reference does, whatever it computes."""

import numpy as np
import pytest

from rnnlm_ref.gradcheck import numerical_gradient, relative_error
from rnnlm_ref.layers import Embedding


def as_list(value):
    """Return the arrays among what a forward or backward returned."""
    return [np.asarray(v) for v in (value if isinstance(value, tuple) else (value,)) if v is not None]


def run(case, dtype=np.float64):
    layer = case.build(case.params(dtype))
    out = layer.forward(*case.args(dtype))
    return layer, out, as_list(layer.backward(case.dout_for(out)))


def assert_equal(arrays, expected, rtol=0, atol=0):
    for mine, theirs in zip(arrays, expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=rtol, atol=atol)


def test_gradients_agree_with_central_differences(case):
    params, args = case.params(), case.args()
    layer = case.build(params)
    out = layer.forward(*args)
    dout = case.dout_for(out)
    dinputs = as_list(layer.backward(dout))

    def loss(_):
        return (case.build(params).forward(*args) * dout).sum()

    floats = [arg for arg in args if arg.dtype.kind == "f"]
    pairs = [*zip(layer.grads, params, strict=True), *zip(dinputs, floats, strict=True)]
    assert pairs
    for grad, array in pairs:
        assert relative_error(grad, numerical_gradient(loss, array)) < 1e-8


def test_parameters_are_used_without_a_copy_and_nothing_given_is_modified(case):
    params, args = case.params(), case.args()
    layer = case.build(params)
    out = layer.forward(*args)
    dout = case.dout_for(out)
    layer.backward(dout)
    assert all(mine is theirs for mine, theirs in zip(layer.params, params, strict=True))
    assert_equal([*params, *args, dout], [*case.params(), *case.args(), case.dout_for(out)])


def test_a_second_backward_returns_the_same_and_overwrites_gradients_in_place(case):
    layer, out, first = run(case)
    held, once = list(layer.grads), [grad.copy() for grad in layer.grads]
    assert_equal(as_list(layer.backward(case.dout_for(out))), first)
    assert all(mine is theirs for mine, theirs in zip(layer.grads, held, strict=True))
    assert_equal(layer.grads, once)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_results_have_the_dtype_of_the_parameters_even_for_gradients_in_float64(case, dtype):
    layer, out, dinputs = run(case, dtype)
    states = [getattr(layer, name) for name in ("h", "c", "dh", "dc") if hasattr(layer, name)]
    assert all(array.dtype == dtype for array in [np.asarray(out), *dinputs, *layer.grads, *states])


def test_changing_what_was_returned_changes_nothing_else(case):
    expected_layer, expected_out, expected = run(case)
    layer = case.build(case.params())
    out = layer.forward(*case.args())
    state = as_list(getattr(layer, "h", None))
    kept = [array.copy() for array in state]
    if out.ndim:
        out[...] = 99.0
    for array in as_list(layer.backward(case.dout_for(expected_out))):
        array[...] = 99.0
    dinputs = as_list(layer.backward(case.dout_for(expected_out)))
    assert_equal([*dinputs, *layer.grads, *state], [*expected, *expected_layer.grads, *kept])


def test_what_was_returned_does_not_change_later(case):
    layer, out, dinputs = run(case)
    before = [np.array(array) for array in (out, *dinputs)]
    layer.backward(2 * case.dout_for(layer.forward(*[arg[::-1].copy() for arg in case.args()])))
    assert_equal([out, *dinputs], before)


def test_memory_layout_does_not_matter(case):
    expected_layer, expected, expected_dinputs = run(case)
    layer = case.build([np.asfortranarray(param) for param in case.params()])
    out = layer.forward(*[np.repeat(arg, 2, axis=-1)[..., ::2] for arg in case.args()])
    dinputs = as_list(layer.backward(np.asfortranarray(case.dout_for(expected))))
    assert_equal([out, *dinputs, *layer.grads], [expected, *expected_dinputs, *expected_layer.grads], 1e-12, 1e-14)


@pytest.mark.parametrize(
    ("spoil", "error", "message"),
    [
        (lambda first, *rest: [first.astype(int), *rest], TypeError, "expected floats"),
        (lambda first, *rest: [first[None], *rest], ValueError, "has shape"),
        (lambda *params: [*params[:-1], params[-1][None]], ValueError, "has shape"),
    ],
)
def test_parameters_that_cannot_be_used_are_refused(case_with_params, spoil, error, message):
    with pytest.raises(error, match=message):
        case_with_params.build(spoil(*case_with_params.params()))


def test_parameters_of_two_dtypes_are_a_type_error(case_with_params):
    first, *rest = case_with_params.params()
    if rest:
        with pytest.raises(TypeError, match="share one dtype"):
            case_with_params.build([first.astype(np.float32), *rest])


def test_an_input_of_wrong_shape_is_a_value_error(case):
    first, *rest = case.args()
    if case.layer is not Embedding:  # which takes ids of any shape
        with pytest.raises(ValueError, match="has shape"):
            case.build(case.params()).forward(first[None], *rest)
