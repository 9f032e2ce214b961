"""Says what is certain of a failure that the library has no name for."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..engine.calls import KEPT_LATE
from ..engine.compare import same, same_values, summary
from ..protocol.bench import Handle, Raised
from ..protocol.program import Program
from .anatomy import anatomy
from .exceptions import explain, meaning_of
from .letters import Letters, in_brackets
from .look import Look, look_at
from .trials import Trials
from .words import clean

NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def what_is_certain(small: Look, looks: Sequence[Look], hidden: bool = False) -> str:
    """Say what holds in all looks of what was got in the smallest example; '' where that is nothing.

    A worker that was given hidden inputs remembers them while it plays the smallest example. So with hidden inputs
    only fixed phrases are said, and nothing is tried: neither words nor numbers that the code could choose.

    Parameters
    ----------
    small
        A look at the smallest example.
    looks
        At three draws of other sizes, in which the answer fails alike; or none.
    """
    if hidden:
        return fixed_phrase(small, looks) if looks else ""
    trials = Trials(small, looks)
    if isinstance(raised := small.finding, Raised):
        others = [look.finding for look in looks if isinstance(look.finding, Raised)]  # all of them
        is_one = others and all(each.mark == raised.mark for each in others)  # place in the line
        return explain(raised, others, Letters(looks), trials) if is_one else trials.what_fits()
    if small.key[0] == KEPT_LATE:
        return changed_afterwards(small)
    if bound_anew := bound_anew_in(small):
        return bound_anew
    fix = trials.what_fits()
    return ". ".join(filter(None, [seen_of(small, looks) if looks else "", fix or changed_on_the_way(small, trials)]))


def fixed_phrase(small: Look, looks: Sequence[Look]) -> str:
    """Say what is certain in words that the answer can't choose."""
    if isinstance(small.finding, Raised):
        return meaning_of(small.finding, small.finding.message, may_quote=False)
    got, _ = looks[0].values
    if small.key[0] == KEPT_LATE or (isinstance(got, tuple) and got):
        return ""
    where, how = anatomy(looks) if got is not None else ("", "is None")
    how = "" if any(map(str.isdigit, how)) else how
    return phrase(looks[0], how, where) if where or how else ""


def phrase(look: Look, how: str, where: str) -> str:
    return f"`{look.what}` {how or 'is wrong'}{where and ', '}{where}"


def seen_of(small: Look, looks: Sequence[Look]) -> str:
    """Say what was got in place of the right result."""
    look, layer = looks[0], small.play.layer
    what, call, (got, right) = look.what, look.called, look.values
    if summary(got) == "None":  # also in place of several results
        results = [*layer.outputs, *layer.back]
        beside = [value for (at, name), value in look.play.seen.items() if at == look.key[0] and name in results]
        is_returned = look.key[1] in results and all(summary(value) == "None" for value in beside)
        kept_as = f"self.{what}" if look.key[1] in itertools.chain(*layer.attributes.values()) else what
        return f"`{call}` returned None: is a `return` missing?" if is_returned else f"`{kept_as}` is None"
    if look.key[1] == "result":
        return f"`{call}` should return nothing"
    if isinstance(got, tuple) and any(same(each, right) for each in got):
        return f"`{call}` returned {count_in_words(len(got))} values; return only `{what}`"
    where, how = anatomy([*looks, small])
    if not how and isinstance(got, np.ndarray) and isinstance(right, np.ndarray) and got.shape != right.shape:
        how = shapes_of(small, looks)
    return phrase(look, how, where) if where or how else ""


def count_in_words(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def shapes_of(small: Look, looks: Sequence[Look]) -> str:
    """Say which shape was got and which was expected, in letters where these are certain."""
    shown, *pairs = [arrays for look in (small, *looks) if (arrays := look.arrays)]
    letters, plain = Letters(looks), [in_brackets(array.shape) for array in shown]
    got, right = ([array.shape for array in arrays] for arrays in zip(*pairs, strict=True))
    words = letters.shape(got) or plain[0], letters.shape(right)
    if small.case.is_resized:
        words = plain[0], plain[1]
    is_right = all(got.size == right.size and same_values(got.reshape(right.shape), right) for got, right in pairs)
    has = "has shape {}, with the right numbers" if is_right else "has shape {}"
    return f"{has.format(words[0])}; it should be {words[1]}" if words[1] else ""


def bound_anew_in(small: Look) -> str:
    """Say so where grads hold what they should, in another array than the one that was there at the start."""
    what = small.key[1].replace("held", "grads")
    if what == small.key[1] or small.case.law:
        return ""
    look = seeing_more(small, "grads")
    is_right = {name for _, name in look.play.seen} - {name for _, name in look.wrong}
    says = f"`{what}` is right, but in a new array: write into the old one, `{what}[...] = ...`"
    return says if what in is_right else ""


def changed_on_the_way(small: Look, trials: Trials) -> str:
    """Say so where an answer whose results are wrong also changes an array of the caller's."""
    if trials.is_over or small.case.law or small.play.layer.makes or small.play.layer.listed:
        return ""
    look = seeing_more(small, "kept")
    at_end = (Look(look.play, {key: look.wrong[key]}) for key in look.wrong if key[0] == KEPT_LATE)
    return next(filter(None, map(changed_afterwards, at_end)), "")


def seeing_more(small: Look, what: str) -> Look:
    """Look at the smallest example once more, and at this, too."""
    return look_at(small.play.candidate, replace(small.case, see=small.case.see | {what}))


def changed_afterwards(small: Look) -> str:
    """Say what became of an array that the caller still holds, and which line did that."""
    kept = small.play.calls.kept[int(small.key[1].split()[1])]
    if not small.arrays:
        return ""
    now, then = small.arrays
    if now.shape != then.shape:
        return (
            f"`{kept.name}` had shape {then.shape} and has shape {now.shape} after the call: your code reshaped "
            "the caller's array"
        )
    if kept.seen_at:
        return ""
    line = line_that_writes(small, kept.handle)
    return f"`{kept.name}` is the caller's, and isn't what it was{f': `{line}` writes into it' if line else ''}"


def line_that_writes(small: Look, handle: object) -> str:
    """Return the line that changes an array of the caller's: it raises where this array can't be written to."""
    program = Program()
    program.functions = small.case.calls.program.functions
    for at, step in enumerate(small.case.calls.program.steps):
        is_seen, verb, *args = step
        program.step("lock" if Handle(at) == handle else verb, *args, is_seen=is_seen)
    ((_, raised, _),) = small.play.candidate.play([program])
    if raised and raised.line and raised.kind == "ValueError" and "read-only" in raised.message:
        return clean(re.sub(r"\s+#\s.*", "", raised.text), 60)
    return ""
