"""What every answer of the course must hold to, whatever it computes."""
import itertools

import numpy as np

from ..compare import Difference, same
from ..exam import Thing

CHANGED = np.array(0.25)  # what somebody else, as clipping does, makes of every number of a gradient
# Whether a trait is in each of six settings: in three of five beside the plain one.
IN_THREE_OF_FIVE = np.array([[row in rows for row in range(6)] for rows in itertools.combinations(range(1, 6), 3)])


def many(exam, least=20, most=40):
    """Draw a size that is large beside those of the examples."""
    return int(exam.rng.integers(least, most + 1))


def beyond_bytes(exam):
    """Draw a V to which a byte can't count."""
    return int(exam.rng.integers(280, 321))


def upstream(exam, shape, dtype=np.float64):
    """Draw an upstream gradient without zeros, so that every term counts."""
    return (exam.rng.uniform(0.5, 3, shape) * exam.rng.choice([-1, 1], shape)).round(2).astype(dtype)


def spoilt(rng, shape):
    """What gradients may hold before a backward: numbers, and among them what is left of some that were too large."""
    array = np.full(shape, CHANGED)
    array.flat[rng.integers(array.size)] = np.inf
    array.flat[rng.integers(array.size)] = np.nan
    return array


def balanced(shape):
    """Numbers whose sum is 0, though they are not."""
    array = np.zeros(shape)
    pairs = array.size // 2
    array.flat[:2 * pairs] = np.repeat([1.0, -1.0], pairs)
    return array


def cancelled(array):
    """These numbers in quarters, every other row turned round: sums over rows, which are exact, are 0."""
    array = np.round(4 * array) / 4
    pairs = len(array) // 2
    array[1:2 * pairs:2] = -array[:2 * pairs:2]
    array[2 * pairs:] = 0
    return array


def scaled(scales, *arrays):
    """Each array times its scale."""
    return [scale * array for scale, array in zip(scales, arrays, strict=True)]


def one_new(*names):
    """Settings for `holds_alike`: all of these things are new, as it is plain; then only one of them is, each in turn.

    A memory that leaves that one out of its key gives what it gave before.
    """
    return [(names,), *(((name,),) for name in names)]


def only(new):
    """What a note says where these things alone are new."""
    return f"only {' and '.join(new)} changed"


def renew(things, draw, new):
    """Fill things anew whose names are among `new`, and the rest with what they held; return what all hold now."""
    arrays = [other if thing.name in new else thing.value for thing, other in zip(things, draw(), strict=True)]
    for thing, array in zip(things, arrays, strict=True):
        thing.write(array)
    return arrays


def _in_order(array):
    """All numbers of an array other: floats between 0 and 1, ids from 1."""
    counted = np.arange(1, array.size + 1).reshape(array.shape)
    return (counted if array.dtype.kind in "iu" else counted / (array.size + 1)).astype(array.dtype)


def _turned(array):
    """The same in the other order, or below 0 where that may be."""
    return np.flip(_in_order(array)) if array.dtype.kind in "iu" else -_in_order(array)


def _alike(array):
    """Ones; the identity, of a matrix that may be it."""
    is_square = array.ndim == 2 and array.shape[0] == array.shape[1] and array.dtype.kind == "f"
    return np.eye(len(array), dtype=array.dtype) if is_square else np.ones_like(array)


def _first_row_0(array):
    array = array.copy()
    array[0] = 0
    return array


def _uneven(array):
    """These numbers, but of ids two are 0, and of floats a whole row, while one is beyond 1 and one is below 0."""
    array = array.copy()
    if array.dtype.kind == "f":
        array[-1] = 0
    array.flat[:2] = (1.25, -0.75) if array.dtype.kind == "f" else 0
    return array


def _plain(array):
    """These numbers; of floats some are above 0 and some below, and of ids two are 0."""
    array = array.copy()
    array.flat[[0, -1]] = np.abs(array.flat[[0, -1]]) * (1, -1) if array.dtype.kind == "f" else 0
    return array


SMALL = 1e-4 / 3  # a scale of numbers that are near 0, and not 0
SMALL_AND_LARGE = "small numbers count, and large ones aren't clipped"

# N and T of windows in a row: each of them grows, and shrinks again, while the other stays.
ONE_SIZE_STAYS = (2, 2), (2, 3), (3, 3), (3, 2), (2, 2)

# What a layer may meet at first that later inputs aren't like → (what to make of those at first, and of later ones).
PLAIN = "of any numbers"
BEGINNINGS = {
    PLAIN: (_plain, _plain), "0": (np.zeros_like, np.copy), "all alike": (_alike, np.copy),
    "in order": (_in_order, _uneven), "in the other order": (_turned, _uneven), "0 in a row": (_first_row_0, np.copy),
}
OF_PARAMETERS = [(how, True) for how in BEGINNINGS]  # settings for `holds_alike`, of `after_a_beginning`
OF_INPUTS = [(how, False) for how in (*BEGINNINGS, "of size 1")]


def after_a_beginning(exam, how, is_of_parameters, *, params, inputs, axes):
    """Go forward and back, then once more with other numbers; yield what comes, as `holds_alike` wants it.

    Who settles at first what may be left out, or how to go about it, is wrong then.

    Parameters
    ----------
    how : str
        What the parameters, or else the inputs, are at first. The parameters change only if it is they.
    params, inputs : callable
        () → {name: array}, drawn; the last of the inputs is what backward takes.
    axes : int
        How many axes of the inputs are of size 1 where inputs are so at first.
    """
    at_first, later = BEGINNINGS.get(how, (lambda array: array[(slice(1),) * axes], np.copy))
    placed, things = ([exam.put(f"first_{name}", at_first(array) if is_of_parameters is of_these else array)
                       for name, array in draw().items()] for draw, of_these in ((params, True), (inputs, False)))
    layer = exam.new(*placed)
    exam.watch(layer.forward(*things[:-1]))
    layer.backward(things[-1])
    if is_of_parameters:
        for thing, array in zip(placed, params().values(), strict=True):
            thing.write(later(array))
    *given, upstream = (exam.put(name, array if is_of_parameters else later(array)) for name, array in inputs().items())
    note = f"as a new layer computes it; {'parameters' if is_of_parameters else 'inputs'} were {how} at first"
    for got, right in zip(*((each.forward(*given), each.backward(upstream), each.attribute("grads"))
                            for each in (layer, exam.new(*placed))), strict=True):
        yield got, right, got.name, note


def counts_when_large(exam, params, *given, begin_anew=lambda layer: None):
    """Require that an update counts where arrays are large, too. That forward takes these has a criterion of its own.

    Parameters
    ----------
    params : callable
        () → {name: array}, drawn.
    given : array
        What forward is given, before the update and after it.
    begin_anew : callable
        What the layer is to do before it goes forward again.
    """
    exam.case()

    def outs():
        placed = [exam.put(name, array) for name, array in params().items()]
        layer = exam.new(*placed)
        exam.watch(layer.forward(*given))
        for thing, array in zip(placed, params().values(), strict=True):
            thing.write(array)
        begin_anew(layer)
        return layer.forward(*given), exam.new(*placed).forward(*given)

    if seen := exam.attempt(outs):
        out, right = seen
        exam.equal(out, right, out.name, note="after an update of the parameters, as a new layer computes it")


def any_douts(exam):
    """Draw factors of a loss: one below -1, and one near 0, of several digits."""
    return round(float(exam.rng.uniform(-9, -3)), 3), round(float(exam.rng.uniform(0.001, 0.009)), 6)


def crossed(exam, *sizes, more=0, accept=lambda settings: True):
    """Draw six settings, for a slip may show in one alone: the plain one, and five in which traits come together.

    The traits are: each size being 1, float32, arrays that aren't contiguous, and `more` of the caller's. Of any two,
    none, each alone and both occur. They are drawn again until the caller can `accept` them.

    Returns
    -------
    list of (sizes, dtype, layout, *more)
        `sizes` are those given, and later 1, 2 or 3; of the caller's traits it is told which are there.
    """
    while not accept(settings := list(_crossed(exam, sizes, more))):
        pass
    return settings


def _crossed(exam, sizes, more):
    traits = exam.rng.permutation(IN_THREE_OF_FIVE)[:len(sizes) + 2 + more].T.tolist()
    drawn = exam.rng.integers(2, 4, (len(traits) - 1, len(sizes))).tolist()
    layouts = itertools.cycle(("strided", "F"))
    for here, row in zip(traits, (sizes, *drawn), strict=True):
        (is_single, is_apart, *others), are_one = here[len(sizes):], here[:len(sizes)]
        yield (tuple(1 if is_one else size for is_one, size in zip(are_one, row, strict=True)),
               np.float32 if is_single else np.float64,
               next(layouts) if is_apart else "C",
               *others)


def not_by_columns(layout):
    """Take "strided" for "F": grads of such parameters would be so too, and np.dot refuse them.

    And with an axis of 1 an array of "F" may be contiguous.
    """
    return "strided" if layout == "F" else layout


def in_dtype(scalar, dtype):
    """Take a scalar in the dtype of the arrays: it may be finer, such as a Python float, which is a float64."""
    value = scalar.value
    if isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind == "f":
        scalar.value = value.astype(min(value.dtype, np.dtype(dtype), key=lambda d: d.itemsize))
    return scalar


def single(thing):
    """A thing whose floats are looked at in float32."""
    return thing.each(lambda array: array.astype(np.float32) if array.dtype.kind == "f" else array)


def untouched(exam, things, note="arguments must stay untouched", written=None):
    """Require that what was given is as it was, or as it was `written` since."""
    for thing, array in zip(things, written or [thing.value for thing in things], strict=True):
        exam.equal(thing.now(), array, thing.name, note=note, exact=True)


def holds_alike(exam, settings, steps, may_differ=()):
    """Require in each setting what holds in the plain one, the first; that it holds there has criteria of its own.

    Parameters
    ----------
    settings : list
        As `crossed` draws them.
    steps : callable
        (exam, *setting) → what is to be equal: (thing, expected thing or value, what it is called, a note), in the
        same order for every setting. It has the candidate do something, as a case that stands on its own.
    may_differ : sequence of str
        What needn't hold in the plain setting, by what it is called: right answers do it either way.
    """
    exam.case()
    plain, *others = settings
    seen = exam.attempt(lambda: list(steps(exam, *plain)))
    if seen is None:
        exam.leave_to_others(Difference("This", "raises already in a plain case"))
        return
    holds = []
    for got, expected, what, note in seen:
        exam.watch(got)
        value = expected
        if isinstance(expected, Thing):
            exam.watch(expected)
            value = expected.value
        holds.append(same(got.value, value))
        if not holds[-1] and what not in may_differ:
            exam.leave_to_others(Difference(what, "isn't as it should be already in a plain case", note=note))
    for setting in others:
        exam.case()
        for is_held, (got, expected, what, note) in zip(holds, steps(exam, *setting), strict=True):
            if is_held:
                exam.equal(got, expected, what, note=note)
            else:
                exam.watch(got)


def still(exam, things, expected=None, note="it must not change later"):
    """Look at things again, all at once; yield, for `holds_alike`, that each is what it was, or what is expected."""
    now = exam.gather("now", things).now().parts(*(thing.name for thing in things))
    for thing, was in zip(now, expected or things, strict=True):
        yield thing, was, thing.name, note


def in_full(exam, *things, note="compute in the dtype of the parameters"):
    """Require of arrays of float64 that they weren't rounded to float32, which only this looks at: it is 1 part in 1e7.

    What they hold must come from numbers of two decimals or more, few of which float32 has; whole numbers tell nothing.
    """
    for thing in things:
        value = thing.value
        is_double = isinstance(value, np.ndarray) and value.dtype == np.float64
        telling = value[value != np.rint(value)] if is_double else np.zeros(0)
        is_rounded = telling.size and np.array_equal(telling, telling.astype(np.float32))
        exam.hold(not is_rounded, thing.name, "was rounded to float32", note=note)


def shows_nan(exam, steps, number=np.nan):
    """Require that where a number is nan, what comes of it is too, so that whoever trains with it sees that.

    Or infinite, where the number is: of that, too, nothing finite comes. `steps()` yields (thing, where it must be so,
    its name). Who checks numbers may refuse them: that isn't judged.
    """
    exam.case()
    for thing, where, name in exam.attempt(lambda: list(steps())) or ():
        value = thing.value
        hides = isinstance(value, np.ndarray) and value.shape == where.shape and np.isfinite(value[where]).any()
        exam.hold(not hides, name, "has numbers where nan should be" if np.isnan(number) else "is finite where it "
                  "should not be", note=f"{number} went into these, and must show")


def has_nan(thing, where):
    """Whether nan shows at all these places, so that what follows from it may be asked: this has its own criterion."""
    value = thing.value
    return isinstance(value, np.ndarray) and value.shape == where.shape and np.isnan(value[where]).all()


def to_many_digits(exam, thing, expected, name, note, digits=11):
    """Require of a float64 result of a few operations that nothing small was added on the way, nor rounded."""
    value, most = thing.value, 10.0 ** -digits * np.abs(expected).max()
    is_off = (isinstance(value, np.ndarray) and value.dtype == np.float64 and value.shape == np.shape(expected)
              and np.isfinite(value).all() and np.abs(value - expected).max() > most)
    exam.hold(not is_off, name, f"is off in its first {digits} digits", note=note)


def only_at(shape, *places):
    """An array of bools that holds at these places alone."""
    where = np.zeros(shape, bool)
    for place in places:
        where[place] = True
    return where


def one_for_each(exam, layer, count):
    """Require as many gradients as there are parameters."""
    grads = layer.attribute("grads").value
    exam.hold(isinstance(grads, tuple) and len(grads) == count, "grads", f"should hold {count} arrays",
              note="one for each parameter")


def side_by_side(exam, make, draw, expected, count, keeps_state=False, make_stranger=None):
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
    make_stranger : callable
        () → a layer of other sizes and of another dtype. It may go forward; what it gives isn't looked at.

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
    if make_stranger:
        make_stranger()
    for (layer, _, _), before in zip(turns, earlier, strict=True):
        exam.watch(layer.forward(*before))  # a forward that is never followed by a backward leaves no trace
    outs = [layer.forward(*inputs) for layer, inputs, _ in turns]
    if make_stranger:
        make_stranger()  # also between forward and backward: sizes belong to a layer as well
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
