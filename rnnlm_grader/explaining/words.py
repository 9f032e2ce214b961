"""Says what was found, in words: the same for the learner's notebook and for the feedback.

What a student's code said may be hostile: every string of its own goes through `clean`.
"""

import builtins
import sys
import unicodedata
from collections.abc import Collection

from ..engine.compare import Difference
from ..protocol.bench import Raised
from ..protocol.candidate import Lost

BOOK = "book"  # where the chapters are, relative to the root of the built book
UNFINISHED = "Not filled in yet: it still raises NotImplementedError. Remove that line once yours are there."
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # categories of what can't be seen, or moves what is seen


def is_unfinished(finding: object) -> bool:
    return isinstance(finding, Raised) and finding.is_unfinished


def clean(text: str, most: int = 400) -> str:
    """Make a string of the student's harmless: no control or direction characters, and cut at a space if too long."""
    text = str(text)[: most + 1]
    if not text.replace("\n", "").isprintable():
        text = "".join(c if c in "\n\t" or unicodedata.category(c) not in UNSEEN else "?" for c in text)
    return text if len(text) <= most else f"{text.rpartition(' ')[0] or text[:most]} ..."


def describe(finding: Difference | Raised | Lost, hidden: bool) -> str:
    """Say in one sentence what went wrong; with hidden inputs, nothing that the student's code could choose."""
    if isinstance(finding, Raised):
        return describe_raised(finding, hidden)
    if isinstance(finding, Lost):
        detail = f" ({finding.detail})" if finding.detail and not hidden else ""
        measured = f" {finding.measured}" if finding.measured and not hidden else ""
        said = f"{finding.reason}{detail}"
        return f"Nothing could be compared: {said}{'' if said.endswith('?') else '.'}{measured}"
    if hidden:
        return f"{finding.what} is not what it should be."
    return f"{finding.what} {finding.problem}."


def describe_raised(raised: Raised, hidden: bool) -> str:
    """Say which exception left the student's code, and from which of its lines."""
    if raised.is_unfinished:
        return UNFINISHED
    if hidden:
        return f"Your code raised {exception_name(raised)}."
    message = clean(raised.message.partition(" (<cell ")[0]).rstrip(".")
    text = f"{'Your code raised' if raised.line else 'The check got'} {clean(raised.kind, 60)}"
    text += f": {message}." if message else "."
    if raised.line:
        place = f"`{clean(raised.function, 60)}`, " if raised.function else ""
        quote = "" if marked(raised) else f" `{clean(raised.text, 100)}`"
        text += f" It was in {place}line {raised.line} of its cell{f':{quote}' if raised.text else '.'}"
    if raised.text.startswith(">>>"):
        text += " Remove the prompts (`>>> `) at the beginning of its lines."
    elif raised.kind == "SyntaxError":
        text += f" (The grader runs Python {sys.version_info.major}.{sys.version_info.minor}.)"
    if raised.kind == "ModuleNotFoundError" and "rnnlm_ref" in raised.message:
        text += " The grader doesn't lend rnnlm_ref to this answer: it holds the answer."
    elif raised.kind == "ModuleNotFoundError":
        text += " (Only NumPy, Python's standard library and what the exercise lends are there when work is graded.)"
    return text


def marked(raised: object) -> str:
    """Return the line that an exception left, and a line of ^^^ under the place; '' where the place isn't known.

    What is marked stands on its own below the sentence about the exception.
    """
    if not isinstance(raised, Raised) or raised.is_unfinished:
        return ""
    text = clean(raised.text, 100)
    first, last = raised.mark or (0, 0)
    if not 0 <= first < last <= len(text) or not text.isascii():  # other characters may be wider, and hide the place
        return ""
    return f"{text}\n{' ' * first}{'^' * (last - first)}"


def exception_name(raised: Raised) -> str:
    """The name of an exception, if it is one of Python's own and so says nothing of the inputs."""
    known = getattr(builtins, raised.kind, None)
    if isinstance(known, type) and issubclass(known, BaseException):
        return raised.kind
    return "an exception"


def in_a_word(finding: Difference | Raised | Lost | None, hidden: bool) -> str | None:
    """Name the kind of a failure for a table, or None if there is none."""
    if isinstance(finding, Difference):
        return finding.problem if finding.what == "This" else "wrong values"
    if isinstance(finding, Raised):
        if finding.is_unfinished:
            return "not filled in"
        return f"raised {exception_name(finding) if hidden else clean(finding.kind, 60)}"
    if isinstance(finding, Lost):
        return finding.reason + (f" ({finding.detail})" if finding.detail and not hidden else "")
    return None


def in_a_row(words: Collection[str]) -> str:
    """Join words as a sentence does; '' where there are none."""
    *first, last = words or [""]
    return f"{', '.join(first)} and {last}" if first else last
