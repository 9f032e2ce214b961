"""Writes a verdict as text: the same for the learner's notebook and for the feedback.

What a student's code said may be hostile: every string of its own goes through `clean`.
"""
import builtins
import sys
import textwrap
import unicodedata

import numpy as np

from .bench import Raised
from .candidate import Lost
from .compare import MOST_DIGITS, Difference
from .meanings import meaning_of
from .replay import printed

BOOK = "book"  # where the chapters are, relative to the root of the built book
WIDTH = 100
UNFINISHED = "Not filled in yet: it still raises NotImplementedError."
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # categories of what can't be seen, or moves what is seen
MOST = 20_000  # characters of a whole report


def clean(text, most=400):
    """Make a string of the student's harmless: no control or direction characters, and not too long."""
    text = str(text)[: most + 1]
    if not text.replace("\n", "").isprintable():
        text = "".join(c if c in "\n\t" or unicodedata.category(c) not in UNSEEN else "?" for c in text)
    return text if len(text) <= most else text[:most] + " ..."


def render(result):
    """Write a part's result, the failed criteria in full."""
    lines = [f"{result.name} · {result.part}: {result.points} of {result.max_points} points"]
    told = set()
    for verdict in result.verdicts:
        mark = "✓" if verdict.outcome.passed else "✗"
        lines.append(f"  {mark} {verdict.criterion.shows}")
        if verdict.stand_ins:
            lines.append(f"      (with a right {' and '.join(verdict.stand_ins)} in place of yours)")
        if not verdict.outcome.passed:
            lines += [f"      {line}".rstrip() for line in explain_failure(verdict, told)]
    return clean("\n".join(lines), MOST)


def explain_failure(verdict, told):
    """Yield the lines that tell what was called, what came of it, and what it looks like.

    `told` holds what the reader has already been told in full; that is only pointed to.
    """
    outcome = verdict.outcome
    cause = cause_of(verdict)
    if cause in told:
        yield from point_back(outcome.finding, verdict.hidden)
        return
    if cause:
        told.add(cause)
    if cause == UNFINISHED:
        yield describe(outcome.finding, verdict.hidden)
        return
    if verdict.hidden:
        yield from wrap("This passes, as all else does, and fails in a long run of calls that isn't shown."
                        if outcome.against else "This passes on the inputs shown in the notebook and fails on others.")
    elif lines := str(outcome.replay or "").splitlines():
        if sum(map(len, lines)) < MOST * 0.7:  # what differs must fit below it, and what else holds
            yield "You can run this again:"
            yield from (f"    {line}" for line in lines)
        else:
            yield "What was done is too long to be shown."
    yield from wrap(describe(outcome.finding, verdict.hidden))
    if isinstance(outcome.finding, Difference) and not verdict.hidden:
        yield from show_values(outcome.finding)
    if verdict.likely:
        end = "" if verdict.likely.sentence.endswith("?") else "."
        yield from wrap(f"It looks as if {verdict.likely.sentence}{end}")
        yield f"Read: {BOOK}/{verdict.likely.section}"
    elif isinstance(outcome.finding, Raised) and outcome.finding.line and not verdict.hidden and (
            meaning := meaning_of(outcome.finding)):
        yield from wrap(f"That means: {meaning}")
    elif isinstance(outcome.finding, Difference) and outcome.finding.facts and not verdict.hidden:
        yield from wrap("What is known: " + "; ".join(outcome.finding.facts) + ".")
    if outcome.printed and not verdict.hidden:
        yield "Your code printed:"
        yield from (f"    {line}" for line in clean(outcome.printed).splitlines()[:8])


def point_back(finding, hidden):
    """Yield the lines for a failure whose cause has been told."""
    if isinstance(finding, Difference):
        yield from wrap(f"{describe(finding, hidden)} This looks like the same mistake as above.")
    else:
        yield "The same as above."


def cause_of(verdict):
    """What two failures must share to be one mistake, or None where that can't be said."""
    finding = verdict.outcome.finding
    if verdict.likely:
        return verdict.likely.sentence
    if isinstance(finding, Raised):
        return UNFINISHED if finding.is_unfinished else (finding.kind, finding.line or finding.message)
    return finding if isinstance(finding, Lost) else None


def describe(finding, hidden):
    """Say in one sentence what went wrong; with hidden inputs, nothing that the student's code could choose."""
    if isinstance(finding, Raised):
        return describe_raised(finding, hidden)
    if isinstance(finding, Lost):
        detail = f" ({finding.detail})" if finding.detail and not hidden else ""
        return f"Nothing could be compared: {finding.reason}{detail}."
    if hidden:
        return f"{finding.what} is not what it should be."
    reason = f" ({finding.note})" if finding.note else ""
    return f"{finding.what} {finding.problem}{reason}."


def describe_raised(raised, hidden):
    """Say which exception left the student's code, and from which of its lines."""
    if raised.is_unfinished:
        return UNFINISHED
    if hidden:
        return f"Your code raised {exception_name(raised)}."
    message = f": {clean(raised.message).rstrip('.')}" if raised.message else ""
    text = f"Your code raised {clean(raised.kind, 60)}{message}."
    if raised.line:
        text += f" It was in line {raised.line} of its cell: `{clean(raised.text, 100)}`"
    if raised.kind == "SyntaxError":
        text += f" (The grader runs Python {sys.version_info.major}.{sys.version_info.minor}.)"
    if raised.kind == "ModuleNotFoundError" and "rnnlm_ref" in raised.message:
        text += " The grader doesn't lend rnnlm_ref to this answer: it holds the answer."
    elif raised.kind == "ModuleNotFoundError":
        text += " (Only NumPy, Python's standard library and what the exercise lends are there when work is graded.)"
    return text


def exception_name(raised):
    """The name of an exception, if it is one of Python's own and so says nothing of the inputs."""
    known = getattr(builtins, raised.kind, None)
    if isinstance(known, type) and issubclass(known, BaseException):
        return raised.kind
    return "an exception"


def in_a_word(finding, hidden):
    """Name the kind of a failure for a table, or None if there is none."""
    if isinstance(finding, Difference):
        return "wrong values"
    if isinstance(finding, Raised):
        if finding.is_unfinished:
            return "not filled in"
        return f"raised {exception_name(finding) if hidden else clean(finding.kind, 60)}"
    if isinstance(finding, Lost):
        return finding.reason + (f" ({finding.detail})" if finding.detail and not hidden else "")
    return None


def show_values(difference):
    """Yield got and expected, where they are small enough to be read, with digits enough to tell them apart."""
    pairs = (("got", difference.got), ("expected", difference.expected))
    if not all(isinstance(value, np.ndarray) and value.ndim and value.size <= 40 for _, value in pairs):
        return
    for precision in range(4, MOST_DIGITS + 1):
        texts = [printed(value, precision=precision, suppress_small=True, max_line_width=80) for _, value in pairs]
        if texts[0] != texts[1]:
            break
    for (word, _), text in zip(pairs, texts, strict=True):
        yield from (f"{word if i == 0 else '':9}{line}" for i, line in enumerate(text.splitlines()))


def wrap(text):
    return textwrap.wrap(text, WIDTH, break_long_words=False, subsequent_indent="  ") or [""]


