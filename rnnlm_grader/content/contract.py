"""What goes wrong in the contract that all layers keep: sections of the book, sentences, and whole mistakes.

Functions with an argument `add`, as `Library.of` returns it, add a mistake or several to the library.
"""

from .misconception import Add, Change

IN_PLACE = "house-rules.html#embedding-in-place"
DTYPE = "house-rules.html#embedding-dtype"
SHARED = "house-rules.html#embedding-shared-weights"

# --- what is kept, and whose it is ------------------------------------------------------------------------------------

COPIED = (
    "parameters are copied in __init__; an optimizer that updates the arrays it gave you has then no effect. "
    "Keep the arrays themselves"
)
PARAMS_COPIED = (
    "params holds copies of the parameters; an optimizer that updates them has then no effect. Keep the "
    "arrays themselves"
)
UPDATED = "backward updates the parameters; it only computes gradients, the optimizer updates"
REUSED = "forward returns the same array each time, so the next call overwrites the result of the one before"
GRADIENT_REUSED = (
    "an array of gradients is kept, or made in forward, and used again; what backward returned before "
    "then changes later. Make a new one in backward"
)
USED_UP = "backward uses up what forward kept (pop, del, None, an iterator); a second backward must give the same"
IN_CLASS = (
    "what forward keeps is stored in the class or in a global, so that one layer overwrites what another "
    "remembers; keep it in self"
)
FIRST_KEPT = "what the first forward kept is used for good; backward belongs to the last forward"
FIRST_SIZES = "N and T are kept from the first window; they may change from call to call: take them from xs each time"


def argument_changed(what: str, how: str) -> str:
    """The sentence for an argument that is changed in place."""
    return f"the caller's {what} is changed in place (`{how}`); arguments belong to the caller"


# --- grads ------------------------------------------------------------------------------------------------------------

PILED_UP = (
    "gradients pile up from one backward to the next (`+=`); each backward overwrites, `grad[...] = ...`, or "
    "starts with `grad[...] = 0`"
)
CLEARED_IN_FORWARD = (
    "forward writes into grads (it clears them, say), which backward alone may; what a caller keeps "
    "there is lost. Clear them in backward"
)
REBOUND = (
    "grads holds new arrays after backward; an optimizer, which kept the old ones, never sees the gradient. "
    "Write into them: `self.grads[0][...] = ...`"
)
LOSS_AVERAGES = "whether to average is for the loss to say, and the gradient that comes in already carries it"
AVERAGED = f"the parameters' gradients are averaged over the batch; {LOSS_AVERAGES}"


def clears_in_forward(add: Add, *change: str) -> None:
    """Add that forward clears the gradients, though backward overwrites them: `change` with {} for what clears."""
    old, new = change
    add(
        "ClearsGradsInForward",
        IN_PLACE,
        CLEARED_IN_FORWARD,
        (old, new.format("for grad in self.grads:\n            grad[...] = 0")),
    )


# --- over time --------------------------------------------------------------------------------------------------------

STEPS_ADDED_UP = "the steps are added up (a sum over axis 1); the output has one row for every step of the window"
FIRST_STEP_ONLY = "only the gradient of the first step is kept; the steps have to add up"
LAST_STEP_ONLY = "only the gradient of the last step is kept; the steps have to add up"
STEPS_AVERAGED = "the gradients of the steps are averaged over T; the parameters are used T times, so they add up"
ONE_STEP_KEPT = (
    "{} keeps the part of a single step (`=` inside the loop, where `+=` belongs); the parts of all steps "
    "have to add up"
)
NEVER_EMPTIED = (
    "the steps of earlier calls are still in the list, so backward visits the wrong ones; make a new list "
    "in each forward"
)


def time_major(what: str, width: str) -> str:
    """The sentence for an array whose first axis is time."""
    return f"{what} is time-major, (T, N, {width}); it should be (N, T, {width})"


def reshaped(what: str) -> str:
    """The sentence for steps that are reshaped where two axes should change places."""
    return (
        f"{what} is laid out step after step, (T, N, ...), and then reshaped to (N, T, ...), which cuts the rows "
        "anew and mixes up the sequences; put the steps side by side instead, np.stack(steps, axis=1)"
    )


# --- dtypes -----------------------------------------------------------------------------------------------------------

GRADS_FLOAT64 = (
    "the gradients are float64 whatever the parameters are, as what np.zeros(shape) or np.eye(n) makes is; give them "
    "the parameters' dtype, as np.zeros_like does"
)
GRADS_FLOAT32 = "the gradients are made as float32 whatever the parameters are (dtype='f'); use np.zeros_like"


def forces(add: Add, id: str, what: str, whose: str, right: str, wrong: str) -> None:
    """Add that `what` is forced to float32, and to float64: `wrong`, with {} for the dtype, in place of `right`."""
    for dtype, letter, cause in ("Float32", "f", "dtype='f'"), ("Float64", "d", "as np.zeros without a dtype does"):
        add(
            id + dtype,
            DTYPE,
            f"{what} is forced to {dtype.lower()} ({cause}); it should have the dtype of {whose}",
            (right, wrong.format(repr(letter))),
        )


# --- nothing ----------------------------------------------------------------------------------------------------------

ONLY_ZEROS = "backward gives nothing but zeros: it isn't filled in, or makes no use of what it is given"


def returns_nothing(add: Add, id: str, section: str, function: str, what: str, *changes: Change) -> None:
    """Add that a function or method returns nothing in place of `what`."""
    sentence = f"{function} returns nothing (is there a `return`?); it returns {what}"
    add(id, section, sentence, *changes, shows_nothing=True)
