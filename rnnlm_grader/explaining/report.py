"""Writes what a learner reads of a part: the name of each mistake, its smallest example, and what holds."""
import numpy as np

from .. import report
from ..bench import Raised
from ..compare import Difference
from ..grading import UNSUPPORTED
from ..replay import printed
from ..report import BOOK, UNFINISHED, clean, describe, wrap
from ..spec.play import KEPT_LATE

MOST_LINES, IN_FULL = 12, 2  # of a mistake; mistakes of a part that are told in full
WIDTH, SHORT = 100, 60
LAYOUTS = {"F": "np.asfortranarray({})", "strided": "np.repeat({}, 2, axis=-1)[..., ::2]"}


def render_all(results):
    """Write the results of several parts; what was told in one is only pointed to in the next."""
    told = []
    return "\n".join(render(result, told) for result in results)


def render(result, told=None):
    """Write a part's result. `told` holds the names of the mistakes that the reader knows already."""
    if not result.is_specified:
        return report.render(result)
    lines = [f"{result.name} · {result.part}: {result.points} of {result.max_points} points"]
    told = [] if told is None else told
    failed = [verdict for verdict in result.verdicts if not verdict.outcome.passed]
    in_full = unfinished = 0
    for names in dict.fromkeys(verdict.stand_ins for verdict in result.verdicts if verdict.stand_ins):
        lines.append(f"  (with a right {' and '.join(names)} in place of yours)")
    for verdict in failed:
        if is_withheld(verdict):
            continue
        name = name_of(verdict.outcome)
        if name == UNFINISHED and name in told:
            unfinished += 1
            continue
        lines.append(f"  ✗ {verdict.criterion.shows}" + (" (the same mistake)" if name and name in told else ""))
        if not name or name not in told:
            in_full += 1
            told.append(name)
            full = [f"      {line}".rstrip() for line in lines_of(verdict)]
            lines += full[:MOST_LINES - 1] if in_full <= IN_FULL else full[:3]
    if unfinished:
        lines.append(f"  ✗ {unfinished} more to fill in")
    for part in UNSUPPORTED:
        if count := sum(is_withheld(verdict, part) for verdict in failed):
            verb = "counts" if count == 1 else "count"
            lines.append(f"  ✗ {count} more {verb} only where something of {part} is right")
    return clean("\n".join([*lines, *holding(result)]), 20_000)


def holding(result):
    """Yield what is to be said of criteria that passed."""
    let_go = sum(verdict.outcome.is_let_go for verdict in result.verdicts)
    if held := sum(verdict.outcome.passed for verdict in result.verdicts) - let_go:
        some = f"{held} {'holds' if held == 1 else 'hold'}"
        yield f"  ✓ {f'all {held} hold' if held == len(result.verdicts) else some}"
    if let_go:
        yield f"  – {let_go} {'fails' if let_go == 1 else 'fail'} at no cost: that mistake is charged elsewhere"


def is_withheld(verdict, *parts):
    """Whether a criterion counts only beside something right, in one of these parts or any."""
    return any(verdict.outcome.finding is UNSUPPORTED[part] for part in parts or UNSUPPORTED)


def name_of(outcome):
    """What two failures share that are the same mistake, or None."""
    if isinstance(outcome.finding, Raised) and outcome.finding.is_unfinished:
        return UNFINISHED
    return outcome.mistake and outcome.mistake.name


def lines_of(verdict):
    """Yield the lines of a mistake: its name first."""
    outcome, mistake = verdict.outcome, verdict.outcome.mistake
    if mistake is None:
        yield from wrap(describe(outcome.finding, verdict.hidden))
        return
    for each in mistake.likely:
        yield from wrap(f"{'Likely' if len(mistake.likely) == 1 else 'In part likely'}: {ended(each.sentence)}")
    if mistake.likely:
        yield f"Read: {BOOK}/{mistake.likely[0].section}"
    elif mistake.said:
        yield from wrap(f"Likely: {ended(mistake.said)}")
    yield from cut(script(mistake.small.case, mistake.small))
    yield from wrap(outcome_of(mistake.small, verdict.hidden))
    if outcome.printed and not verdict.hidden:
        yield from wrap(f"Your code printed: {clean(outcome.printed, 200)}")[:2]


def ended(sentence):
    return sentence if sentence[-1] in ".?" else f"{sentence}."


def outcome_of(look, is_hidden):
    """Say what came of the smallest example; with hidden inputs, nothing that the student's code could choose."""
    key, finding = next(iter(look.wrong.items()))
    if is_hidden:
        return f"This passes on the inputs shown in the notebook and fails on others. {describe(finding, True)}"
    if not isinstance(finding, Difference):
        return describe(finding, False)
    name = f"layer.{key[1].replace('held', 'grads')}" if "[" in key[1] else finding.what
    if key[1].startswith("held"):
        name = f"the array that {name} was at the start"
    later = " afterwards" if key[0] == KEPT_LATE else ""
    got, right = short(finding.got), short(finding.expected)
    is_told = got and right and got != right and finding.got.shape == finding.expected.shape
    return f"{name} is {got}{later}, expected {right}." if is_told else f"{name} {finding.problem}{later}."


def script(case, look):
    """The lines of an example, which can be run again."""
    names, lines, counts = {}, [], {}
    end = next(iter(look.wrong))[0]
    seen = [name for name, *_ in look.play.kept] if end == KEPT_LATE else []
    if any(step.verb == "update" or step.who == "b" for step in case.tape.steps):
        seen += case.layer.params

    def named(name, array, layout="C"):
        """An array as it stands in a call: its numbers where they are few and it is spoken of once, else a name."""
        if id(array) in names:
            return names[id(array)]
        text = literal(array)
        text = text if layout == "C" else LAYOUTS[layout].format(text)
        if len(text) > SHORT or name in seen or layout != "C":
            counts[name] = counts.get(name, 0) + 1
            names[id(array)] = f"{name}{counts[name] if counts[name] > 1 else ''}"
            lines.append(f"{names[id(array)]} = {text}")
            return names[id(array)]
        return text

    layout = case.condition.layout
    params = [named(name, array, layout if layout != "F" else "strided")
              for name, array in zip(case.layer.params, case.tape.params, strict=True)]
    made = {"": "layer"}
    lines.append(f"layer = {case.layer.name}({', '.join(params)})")
    for step in case.tape.steps[:None if end in ("", KEPT_LATE) else end + 1]:
        if step.who not in made and step.verb in ("forward", "backward"):
            made[step.who] = {"b": "other"}.get(step.who, step.who)
            own = params if step.who != "stranger" else map(literal, case.tape.stranger)
            lines.append(f"{made[step.who]} = {case.layer.name}({', '.join(own)})")
        lines += list(lines_of_step(case, step, made, named))
    return joined(lines)


def lines_of_step(case, step, made, named):
    if step.verb in ("forward", "backward"):
        given = [named(name, array, case.condition.layout)
                 for name, array in zip(case.layer.takes(step.verb), step.arrays, strict=True)]
        keep = f"{case.layer.out} = " if step.verb == "forward" and not step.who else ""
        yield f"{keep}{made[step.who]}.{step.verb}({', '.join(given)})"
    elif step.verb == "update":
        yield from (f"{f'layer.params[{i}]' if step.how == 'through' else name}[...] = {literal(array)}"
                    for i, (name, array) in enumerate(zip(case.layer.params, step.arrays, strict=True)))
    elif step.verb == "spoil":
        yield "for grad in layer.grads: grad[...] = 0.25"


def joined(lines):
    """Short lines beside each other."""
    together = []
    for line in lines:
        if together and len(together[-1]) + len(line) < WIDTH and "for " not in together[-1] + line:
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
    dtype = "" if array.dtype in (np.int64, np.float64) else f", dtype='{array.dtype}'"
    for value, word in ((0, "zeros"), (1, "ones")):
        if array.size > 4 and array.dtype.kind == "f" and (array == value).all():
            return f"np.{word}({array.shape}{dtype})"
    return f"np.array({' '.join(printed(array, floatmode='unique', separator=', ').split())}{dtype})"


def short(value):
    """An array in one line, or None."""
    if not isinstance(value, np.ndarray) or value.size > 40:
        return None
    text = " ".join(printed(value, precision=4, suppress_small=True, separator=", ").split())
    return text if len(text) <= SHORT else None
