"""Writes what a learner reads of a part: the name of each mistake, its smallest example, and what holds."""
import sys
from collections import Counter
from dataclasses import dataclass

import numpy as np

from ..sandbox.bench import Raised
from ..sandbox.candidate import Lost
from ..spec.compare import Difference, Unsupported
from ..spec.play import KEPT_LATE
from .words import BOOK, UNFINISHED, clean, describe, wrap

MOST_LINES, IN_FULL = 12, 2  # of a mistake; mistakes of a part that are told in full
WIDTH, SHORT, DIGITS = 100, 60, 4
MANY = 3  # arguments, beyond which each gets a name
# What an array is written with, whatever a notebook has set.
PRINTING = {"precision": 8, "threshold": sys.maxsize, "edgeitems": 3, "linewidth": 100, "suppress": False,
            "nanstr": "np.nan", "infstr": "np.inf", "sign": "-", "floatmode": "maxprec", "formatter": None,
            "legacy": False}
LAYOUTS = {"F": "np.asfortranarray({})", "strided": "np.repeat({}, 2, axis=-1)[..., ::2]"}


@dataclass(frozen=True)
class Item:
    """One line of a report, with its mark, and what is told below it.

    Attributes
    ----------
    blocks : sequence of (kind, text)
        Of the kinds 'likely', 'read' (a section), 'code' and 'said'.
    most : int or None
        The number of lines that the blocks may take.
    whole : str
        The example, where the blocks show it cut.
    """

    title: str
    blocks: tuple = ()
    most: int | None = None
    whole: str = ""

    def lines(self):
        below = [line for block in self.blocks for line in in_lines(*block)]
        return [f"  {self.title}", *(f"      {line}".rstrip() for line in below[:self.most])]


def in_lines(kind, text):
    """Write a block as lines of text."""
    if kind == "read":
        return [f"Read: {BOOK}/{text}"]
    return [text] if kind == "code" else wrap(text)


def render(result):
    """Write a part's result."""
    part, = outline([result])
    return in_words(*part)


def in_words(heading, items):
    """Write a part as text."""
    return clean("\n".join([heading, *(line for item in items for line in item.lines())]), 20_000)


def outline(results):
    """Return (heading, items) of each part."""
    told = []  # the names of the mistakes that the reader knows already
    return [(f"{result.name} · {result.part}: {result.points} of {result.max_points} points",
             [*items_of(result, told)])
            for result in results]


def items_of(result, told):
    """Yield what is to be told of a part; `told` holds the names of the mistakes that the reader knows already."""
    failed = [verdict for verdict in result.verdicts if not verdict.outcome.passed]
    in_full = unfinished = 0
    for names in dict.fromkeys(verdict.stand_ins for verdict in result.verdicts if verdict.stand_ins):
        yield Item(f"(with a right {' and '.join(names)} in place of yours)")
    for verdict in failed:
        if is_withheld(verdict):
            continue
        name, shows = name_of(verdict.outcome), f"✗ {verdict.criterion.shows}"
        if name == UNFINISHED and name in told:
            unfinished += 1
        elif name and name in told:
            yield Item(f"{shows} (the same mistake)")
        else:
            in_full += 1
            told.append(name)
            blocks, most = (None, MOST_LINES - 1) if in_full <= IN_FULL else (2, 3)
            yield Item(shows, tuple(blocks_of(verdict))[:blocks], most, "" if blocks else whole_of(verdict))
    if unfinished:
        yield Item(f"✗ {unfinished} more to fill in")
    for part, count in Counter(verdict.outcome.finding.part for verdict in failed if is_withheld(verdict)).items():
        verb = "counts" if count == 1 else "count"
        yield Item(f"✗ {count} more {verb} only where something of {part} is right")
    yield from map(Item, holding(result))


def holding(result):
    """Yield what is to be said of criteria that passed."""
    let_go = sum(verdict.outcome.is_let_go for verdict in result.verdicts)
    if held := sum(verdict.outcome.passed for verdict in result.verdicts) - let_go:
        some = f"{held} {'holds' if held == 1 else 'hold'}"
        yield f"✓ {f'all {held} hold' if held == len(result.verdicts) else some}"
    if let_go:
        yield f"– {let_go} {'fails' if let_go == 1 else 'fail'} at no cost: that mistake is charged elsewhere"


def is_withheld(verdict):
    """Whether a criterion counts only beside something right."""
    return isinstance(verdict.outcome.finding, Unsupported)


def name_of(outcome):
    """What two failures share that are the same mistake, or None."""
    if isinstance(outcome.finding, Raised) and outcome.finding.is_unfinished:
        return UNFINISHED
    if isinstance(outcome.finding, Lost):
        return outcome.finding.reason
    return outcome.mistake and outcome.mistake.name


def blocks_of(verdict):
    """Yield what is told of a mistake, its name first; see `Item`."""
    outcome, mistake = verdict.outcome, verdict.outcome.mistake
    if mistake is None:
        yield "said", describe(outcome.finding, verdict.hidden)
        return
    for each in mistake.likely:
        yield "likely", f"{'Likely' if len(mistake.likely) == 1 else 'In part likely'}: {ended(each.sentence)}"
    if mistake.likely:
        yield "read", mistake.likely[0].section
    elif mistake.said:
        yield "said", ended(mistake.said)
    yield from (("code", line) for line in cut(script(mistake.small.case, mistake.small)))
    yield "said", outcome_of(mistake.small, verdict.hidden)
    if outcome.printed and not verdict.hidden:
        yield "said", f"Your code printed: {clean(outcome.printed, 150)}"


def whole_of(verdict):
    """The example of a mistake, where it is shown cut."""
    mistake = verdict.outcome.mistake
    lines = script(mistake.small.case, mistake.small) if mistake else []
    return "\n".join(lines) if lines != cut(lines) else ""


def ended(sentence):
    return sentence if sentence[-1] in ".?" else f"{sentence}."


def outcome_of(look, is_hidden):
    """Say what came of the smallest example; with hidden inputs, nothing that the student's code could choose."""
    key, finding = next(iter(look.wrong.items()))
    if is_hidden:
        return f"This passes on the inputs shown in the notebook and fails on others. {describe(finding, True)}"
    if not isinstance(finding, Difference):
        return describe(finding, False)
    is_attribute = ("[" in key[1] and not look.case.layer.is_function) or key[1] in look.case.layer.expand("attributes")
    name = f"layer.{key[1].replace('held', 'grads')}" if is_attribute else finding.what
    if key[1].startswith("held"):
        name = f"the array that {name} was at the start"
    later = " afterwards" if key[0] == KEPT_LATE else ""
    got, right = short(finding.got), short(finding.expected)
    is_told = got and right and finding.got.shape == finding.expected.shape and not (
        np.abs(1.0 * finding.got - finding.expected) < 10.0 ** -DIGITS).all()
    return f"{name} is {got}{later}, expected {right}." if is_told else f"{name} {finding.problem}{later}."


def script(case, look):
    """The lines of an example, which can be run again."""
    names, lines, counts = {}, [], {}
    end = next(iter(look.wrong))[0]
    seen = [name for name, *_ in look.play.kept] if end == KEPT_LATE else []
    if any(step.verb == "update" or step.who == "b" for step in case.tape.steps):
        seen += case.layer.params
    if len(case.layer.inputs) > MANY:
        seen += case.layer.inputs

    def named(name, array, layout="C"):
        """An array as it stands in a call: its numbers where they are few and it is spoken of once, else a name."""
        if id(array) in names:
            return names[id(array)]
        if name in case.layer.functions:
            lines.extend([f"{name} = {literal(array)}", f"f = {case.layer.functions[name]}"])
            return "f"
        text = literal(array)
        if not array.ndim:
            return text
        text = text if layout == "C" else LAYOUTS[layout].format(text)
        if len(text) > SHORT or name in seen or layout != "C" or name in case.layer.listed:
            counts[name] = counts.get(name, 0) + 1
            names[id(array)] = f"{name}{counts[name] if counts[name] > 1 else ''}"
            lines.append(f"{names[id(array)]} = {text}")
            return names[id(array)]
        return text

    layout = case.condition.layout
    params = made_of(case) if case.layer.makes else [
        named(name, array, layout if layout != "F" else "strided")
        for name, array in zip(case.layer.params, case.tape.params, strict=True)]
    made = {"": "layer"}
    if not case.layer.is_function:
        lines.append(f"layer = {case.layer.name}({', '.join([*params, *options(case)])})")
    for step in case.tape.steps[:None if end in ("", KEPT_LATE) else end + 1]:
        if step.who not in made and step.verb not in ("update", "spoil"):
            made[step.who] = {"b": "other"}.get(step.who, step.who)
            own = params if step.who != "stranger" or case.layer.makes else map(literal, case.tape.stranger)
            lines.append(f"{made[step.who]} = {case.layer.name}({', '.join([*own, *options(case)])})")
        lines += list(lines_of_step(case, step, made, named))
    return joined(lines)


def made_of(case):
    """What the constructor takes of an answer that makes its own parameters."""
    return [*(str(case.sizes[letter]) for letter in case.layer.makes), f"np.random.default_rng({case.tape.seed})"]


def options(case):
    return [f"{name}={value}" for name, value in case.condition.options.items()]


def lines_of_step(case, step, made, named):
    if step.verb == "update":
        is_through = step.how == "through" or case.layer.makes
        yield from (f"{f'layer.params[{i}]' if is_through else name}[...] = {literal(array)}"
                    for i, (name, array) in enumerate(zip(case.layer.params, step.arrays, strict=True)))
    elif step.verb == "spoil":
        yield "for grad in layer.grads: grad[...] = 0.25"
    elif step.verb != "make":
        given = [str(array.tolist()) if case.layer.as_lists else named(name, array, case.condition.layout)
                 for name, array in zip(case.layer.takes(step.verb), step.arrays, strict=True) if step.how != "bare"]
        if case.layer.listed:
            count = len(case.layer.listed)
            yield f"grads = [{', '.join(given[:count])}]"
            given = ["grads", *given[count:]]
        gives = case.layer.gives(step.verb) if step.verb in ("forward", *case.layer.methods) else ()
        keep = f"{', '.join(gives)} = " if gives and not step.who else ""
        method = {"set": "set_state", "reset": "reset_state"}.get(step.verb, step.verb)
        call = case.layer.name if case.layer.is_function else f"{made[step.who]}.{method}"
        yield f"{keep}{call}({', '.join([*given, *options(case)] if case.layer.is_function else given)})"


def joined(lines):
    """Short lines beside each other."""
    together = []
    for line in lines:
        if together and len(together[-1]) + len(line) + 3 <= WIDTH and "for " not in together[-1] + line:
            together[-1] += f";  {line}"
        else:
            together.append(line)
    return together


def cut(lines):
    """The beginning and the end of what is long."""
    lines = [line if len(line) <= WIDTH else f"{line[:WIDTH]} ..." for line in lines]
    return lines if len(lines) <= 6 else [*lines[:3], "...", *lines[-2:]]


def literal(array):
    """An array as Python, in one line."""
    if not array.ndim:
        return str(array.item() + 0)
    dtype = "" if array.dtype in (np.int64, np.float64) else f", dtype='{array.dtype}'"
    for value, word in ((0, "zeros"), (1, "ones")):
        if array.size > 4 and array.dtype.kind == "f" and (array == value).all():
            return f"np.{word}({array.shape}{dtype})"
    return f"np.array({' '.join(printed(array, floatmode='unique', separator=', ').split())}{dtype})"


def short(value):
    """An array in one line, or None."""
    if not isinstance(value, np.ndarray) or value.size > 40:
        return None
    if not value.ndim:
        return f"{value.item():.4g}"
    text = " ".join(printed(value, precision=DIGITS, suppress_small=True, separator=", ").split())
    return text if len(text) <= SHORT else None


def printed(array, **options):
    """Write all numbers of an array, in the same way whatever a notebook has set."""
    with np.printoptions(**PRINTING):
        return np.array2string(array, **options)
