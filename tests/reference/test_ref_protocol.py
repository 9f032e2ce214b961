"""What every layer of the reference does, whatever it computes."""
import numpy as np
import pytest

from rnnlm_ref.gradcheck import numerical_gradient, relative_error
from rnnlm_ref.layers import Embedding


def as_list(value):
    """The arrays among what a forward or backward returned."""
    return [np.asarray(v) for v in (value if isinstance(value, tuple) else (value,)) if v is not None]


def run(case, dtype=np.float64):
    layer = case.build(case.params(dtype))
    out = layer.forward(*case.args(dtype))
    return layer, out, as_list(layer.backward(case.dout_for(out, dtype)))


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


def test_backward_overwrites_gradients_in_place(case):
    layer = case.build(case.params())
    held = list(layer.grads)
    out = layer.forward(*case.args())
    dout = case.dout_for(out)
    layer.backward(dout)
    once = [grad.copy() for grad in held]
    layer.backward(dout)
    for grad, same, before in zip(layer.grads, held, once, strict=True):
        assert grad is same
        np.testing.assert_array_equal(same, before)


def test_backward_may_be_called_twice(case):
    layer, out, first = run(case)
    second = as_list(layer.backward(case.dout_for(out)))
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)


def test_arguments_and_parameters_are_not_modified(case):
    params, args = case.params(), case.args()
    before = [array.copy() for array in params + args]
    layer = case.build(params)
    out = layer.forward(*args)
    dout = case.dout_for(out)
    dout_before = dout.copy()
    layer.backward(dout)
    for array, kept in zip([*params, *args, dout], [*before, dout_before], strict=True):
        np.testing.assert_array_equal(array, kept)


def test_parameters_are_used_without_a_copy(case):
    params = case.params()
    layer = case.build(params)
    assert all(mine is theirs for mine, theirs in zip(layer.params, params, strict=True))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_results_have_the_dtype_of_the_parameters(case, dtype):
    layer, out, dinputs = run(case, dtype)
    assert all(array.dtype == dtype for array in [np.asarray(out), *dinputs, *layer.grads])


def test_float64_gradients_do_not_promote_a_float32_layer(case):
    layer = case.build(case.params(np.float32))
    out = layer.forward(*case.args(np.float32))
    dinputs = as_list(layer.backward(case.dout_for(out, np.float64)))
    states = [getattr(layer, name) for name in ("h", "c", "dh", "dc") if hasattr(layer, name)]
    assert all(array.dtype == np.float32 for array in [*dinputs, *layer.grads, *states])


def test_changing_what_was_returned_changes_nothing_else(case):
    _, _, expected = run(case)
    layer = case.build(case.params())
    out = layer.forward(*case.args())
    state = getattr(layer, "h", None)
    kept = None if state is None else state.copy()
    dout = case.dout_for(out)
    if out.ndim:
        out[...] = 99.0
    first = layer.backward(dout)
    for array in as_list(first):
        array[...] = 99.0
    for a, b in zip(as_list(layer.backward(dout)), expected, strict=True):
        np.testing.assert_array_equal(a, b)
    if state is not None:
        np.testing.assert_array_equal(state, kept)


def test_what_was_returned_does_not_change_later(case):
    layer, out, dinputs = run(case)
    returned = [out, *dinputs]
    before = [np.array(array) for array in returned]
    args = [arg[::-1].copy() for arg in case.args()]
    layer.backward(2 * case.dout_for(layer.forward(*args)))
    for array, kept in zip(returned, before, strict=True):
        np.testing.assert_array_equal(array, kept)


def test_memory_layout_does_not_matter(case):
    expected_layer, expected, expected_dinputs = run(case)
    layer = case.build([np.asfortranarray(param) for param in case.params()])
    strided = [np.repeat(arg, 2, axis=-1)[..., ::2] for arg in case.args()]
    out = layer.forward(*strided)
    dout = np.asfortranarray(case.dout_for(expected))
    dinputs = as_list(layer.backward(dout))
    for a, b in zip([out, *dinputs, *layer.grads], [expected, *expected_dinputs, *expected_layer.grads], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


def test_integer_parameters_are_a_type_error(case_with_params):
    with pytest.raises(TypeError, match="expected floats"):
        case_with_params.build([np.ones(shape, dtype=np.int64) for shape in case_with_params.shapes])


def test_parameters_of_two_dtypes_are_a_type_error(case_with_params):
    first, *rest = case_with_params.params()
    if rest:
        with pytest.raises(TypeError, match="share one dtype"):
            case_with_params.build([first.astype(np.float32), *rest])


def test_a_parameter_of_wrong_shape_is_a_value_error(case_with_params):
    *rest, last = case_with_params.params()
    with pytest.raises(ValueError, match="has shape"):
        case_with_params.build([*rest, last[None]])


def test_an_input_of_wrong_shape_is_a_value_error(case):
    first, *rest = case.args()
    if case.layer is not Embedding:                                        # which takes ids of any shape
        with pytest.raises(ValueError, match="has shape"):
            case.build(case.params()).forward(first[None], *rest)
