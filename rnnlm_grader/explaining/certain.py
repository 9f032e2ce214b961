"""Says what is certain of a failure that the library has no name for."""

import re
from dataclasses import replace

import numpy as np

from ..engine.calls import KEPT_LATE
from ..engine.compare import same, same_values
from ..protocol.bench import Raised
from ..protocol.program import Program
from .anatomy import anatomy
from .exceptions import explain, meaning_of
from .letters import Letters, in_brackets
from .look import Look, look_at
from .trials import Trials
from .words import clean

NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def what_is_certain(small, looks, hidden=False):
    """Say what holds in all looks of what was got in the smallest example; '' where that is nothing.

    A worker that was given hidden inputs remembers them while it plays the smallest example. So with hidden inputs
    only fixed phrases are said, and nothing is tried: neither words nor numbers that the code could choose.

    Parameters
    ----------
    small : Look
        At the smallest example.
    looks : list of Look
        At three draws of other sizes, in which the answer fails alike; or none.
    """
    if hidden:
        return fixed_phrase(small, looks) if looks else ""
    trials = Trials(small, looks)
    if isinstance(small.finding, Raised):
        is_one = looks and all(look.finding.mark == small.finding.mark for look in looks)  # place in the line
        return explain(small, looks, trials) if is_one else trials.what_fits()
    if small.key[0] == KEPT_LATE:
        return changed_afterwards(small)
    fix = trials.what_fits()
    return ". ".join(filter(None, [seen_of(small, looks) if looks else "", fix or changed_on_the_way(small, trials)]))


def fixed_phrase(small, looks):
    """Say what is certain in words that the answer can't choose."""
    if isinstance(small.finding, Raised):
        return meaning_of(small.finding, small.finding.message, may_quote=False)
    got = looks[0].finding.got
    if small.key[0] == KEPT_LATE or (isinstance(got, tuple) and got):
        return ""
    where, how = anatomy(looks) if got is not None else ("", "is None")
    how = "" if any(map(str.isdigit, how)) else how
    return phrase(looks[0], how, where) if where or how else ""


def phrase(look, how, where):
    return f"`{look.finding.what.replace('held', 'grads')}` {how or 'is wrong'}{where and ', '}{where}"


def seen_of(small, looks):
    """Say what was got in place of the right result."""
    look = looks[0]
    what, got, layer = look.finding.what.replace("held", "grads"), look.finding.got, small.play.layer
    call = name_of_call(look)
    if got is None:
        is_returned = look.key[1] in (*layer.outputs, *layer.back)
        return f"`{call}` returned None" if is_returned else f"`{what}` is None"
    if look.key[1] == "result":
        return f"`{call}` should return nothing"
    if isinstance(got, tuple) and any(same(each, look.finding.expected) for each in got):
        return f"`{call}` returned {count_in_words(len(got))} values; return only `{what}`"
    where, how = anatomy([*looks, small])
    if not how and isinstance(got, np.ndarray) and got.shape != look.finding.expected.shape:
        how = shapes_of(small, looks)
    return phrase(look, how, where) if where or how else ""


def name_of_call(look):
    """The function or method that was called last."""
    at, layer = look.key[0], look.play.layer
    verb = look.case.tape.steps[at].verb if isinstance(at, int) else "forward"
    return layer.name if layer.is_function else verb


def count_in_words(count):
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def shapes_of(small, looks):
    """Say which shape was got and which was expected, in letters where these are certain."""
    letters = Letters(looks)
    got, right = ([getattr(look.finding, name).shape for look in looks] for name in ("got", "expected"))
    words = letters.shape(got) or in_brackets(small.finding.got.shape), letters.shape(right)
    if re.search("[+-]", words[1] or ""):  # the call has other sizes than those before it, which the letters stand for
        words = in_brackets(small.finding.got.shape), in_brackets(small.finding.expected.shape)
    pairs = [(look.finding.got, look.finding.expected) for look in looks]
    is_right = all(got.size == right.size and same_values(got.reshape(right.shape), right) for got, right in pairs)
    has = "has shape {}, with the right numbers" if is_right else "has shape {}"
    return f"{has.format(words[0])}; it should be {words[1]}" if words[1] else ""


def changed_on_the_way(small, trials):
    """Say so where an answer whose results are wrong also changes an array of the caller's."""
    if trials.is_over or small.case.law or small.play.layer.makes or small.play.layer.listed:
        return ""
    look = look_at(small.play.candidate, replace(small.case, see=small.case.see | {"kept"}))
    at_end = (Look(look.play, {key: look.wrong[key]}) for key in look.wrong if key[0] == KEPT_LATE)
    return next(filter(None, map(changed_afterwards, at_end)), "")


def changed_afterwards(small):
    """Say what became of an array that the caller still holds, and which line did that."""
    finding, kept = small.finding, small.play.calls.kept[int(small.key[1].split()[1])]
    now, then = finding.got, finding.expected
    if not (isinstance(now, np.ndarray) and isinstance(then, np.ndarray)):
        return ""
    if now.shape != then.shape:
        return (
            f"`{kept.name}` had shape {then.shape} and has shape {now.shape} after the call: your code reshaped "
            "the caller's array"
        )
    if kept.seen_at:
        return ""
    line = line_that_writes(small, kept.handle.number)
    return f"the caller's `{kept.name}` is changed{f': `{line}` writes into it' if line else ''}"


def line_that_writes(small, number):
    """Return the line that changes an array of the caller's: it raises where this array can't be written to."""
    program = Program()
    program.functions = small.case.calls.program.functions
    for at, step in enumerate(small.case.calls.program.steps):
        is_seen, verb, *args = step
        program.step("lock" if at == number else verb, *args, is_seen=is_seen)
    (reply,) = small.play.candidate.play([program])
    is_locked = reply.raised and reply.raised.kind == "ValueError" and "read-only" in reply.raised.message
    return clean(reply.raised.text, 60) if is_locked and reply.raised.line else ""
