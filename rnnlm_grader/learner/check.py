"""`check` and `chapter`: what a learner calls in a notebook."""

import os
import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from types import TracebackType
from typing import Any

from ..content import ASSIGNMENTS, find
from ..engine.exam import Assignment, Criterion, LastLook, public_seed, undefined
from ..explaining.words import BOOK, in_a_row, is_unfinished
from ..notebooks.modules_used import modules_missed
from ..verdict.allowance import Allowance
from ..verdict.judging import PartResult, Verdict
from ..verdict.marks import State
from ..verdict.pipeline import results_of
from ..verdict.report import as_text, outline
from ..verdict.work import Work, examine_answer
from . import progress, review
from .afterwards import after_full_points
from .cells import BEFORE, cells, shell
from .page import Row, Told, page, say, sentence
from .stopwatch import SECONDS, TimedCandidate

TRIES = 2  # versions of an answer that fail, before a hint is offered
failed: defaultdict[tuple[str, str | None], set[str]] = defaultdict(set)  # (name, part) → the versions that failed
ALIKE = 0.7  # at least, are a name and what a learner wrote in its place, such as `MyRNN` and `RNN`


class CheckFailed(AssertionError):
    """An answer that isn't right yet: the report, or one line where a notebook shows that; and no traceback."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


def check(answer: Callable | str | None = None, part: str | None = None, *, hidden: bool = False) -> None:
    """Examine a class or function that you wrote, and say what is right and what isn't yet.

    Without arguments: examine all that the notebook defines, and end in a table of points.

    Parameters
    ----------
    answer : class or function, or its name
        Such as `MyEmbedding`; its name says which exercise it belongs to.
    part : str, optional
        'forward', 'backward', 'contract' ...; all parts if left out.
    hidden : bool
        Draw other inputs as well, new ones each time, and show none of them.

    Raises
    ------
    CheckFailed
        If anything is wrong; its text is the report.
    """
    names = sys._getframe(1).f_globals
    if answer is None:
        findings = [checked(name, names.get(name), None, hidden) for name in names_asked_for(names)]
        show(findings, "", [tell_briefly(finding) for finding in findings], table(findings), not hidden)
    else:
        name = getattr(answer, "__name__", str(answer))
        if isinstance(answer, str):
            answer = names.get(name)
        finding = checked(name, answer, part, hidden)
        is_due = shell() and not hidden and has_full_points(finding) and part in (None, finding.everything[-1].part)
        below = after_full_points(name, answer) if is_due else ""
        parts, remarks = tell(finding)
        told = parts, [*remarks, *offer_hints(finding, part)]
        show([finding], f"{name} · {part}: " if part else f"{name}: ", [told], (), not hidden, below)


def chapter(slug: str) -> None:
    """Name a chapter's page, as a link where the book is at hand."""
    say(f"Read: {BOOK}/{slug}.html", sentence("read", f"{slug}.html"))


def show(
    findings: Sequence["Checked"],
    subject: str,
    told: Sequence[Told],
    rows: Sequence[Row] = (),
    is_noted: bool = True,
    below: str = "",
) -> None:
    """Show what was found, in a notebook as a page; raise `CheckFailed` if anything is wrong.

    `told` holds (parts, remarks) of each finding, `rows` a table of points, `below` is HTML. What is noted counts as
    progress.
    """
    texts = ["\n".join([*(as_text(*part) for part in parts), *remarks]) for parts, remarks in told]
    text = "\n\n".join([*texts, *([in_columns(rows)] if rows else ())])
    html = page(told, rows) + below
    current = [finding for finding in findings if not finding.outdated]
    if is_noted and shell():
        line, addition = progress.note([result for each in current for result in each.everything], bool(rows))
        noted = review.note([result for each in current for result in each.results])
        text, html = f"{text}\n\n{line}".rstrip(), html + addition + noted
    is_right = all(finding.is_right for finding in findings)
    points = [[result.part, points, result.max_points] for each in current for points, result in each.by_part]
    is_shown = (is_right or shell()) and say(text, html, {"points": points})
    if is_shown and sys.platform == "emscripten":  # whose kernel, unlike Jupyter's, executes no cell after an exception
        return
    if not is_right:
        raise CheckFailed(f"{subject}{score(findings)} points; see above." if is_shown else text)


def has_full_points(finding: "Checked") -> bool:
    return finding.is_right and all(result.is_right for result in finding.everything)


def names_asked_for(names: Mapping[str, object]) -> list[str]:
    """Return the names to check: those defined, and all others of the exercise to which most of them belong."""
    at_hand = max(ASSIGNMENTS.values(), key=lambda each: len(names.keys() & set(each.names)))
    if not names.keys() & set(at_hand.names):
        raise ValueError("Nothing that an exercise asks for is defined here. Run the cells above first.")
    return [name for each in ASSIGNMENTS.values() for name in each.names if name in names or each is at_hand]


@dataclass(frozen=True)
class Checked:
    """The result of examining one answer: a result for each part, and remarks.

    `outdated` says why the answer isn't what stands on the screen; '' if it is. `first` is an earlier answer that it
    uses and that isn't right yet, if there is one.
    """

    name: str
    results: list[PartResult]
    remarks: list[str]
    is_right: bool
    outdated: str = ""
    everything: Sequence[PartResult] = ()  # the results of all parts, also of those that weren't asked for
    first: str = ""

    @property
    def verdicts(self) -> list[Verdict]:
        return [verdict for result in self.results for verdict in result.verdicts]

    @property
    def is_defined(self) -> bool:
        return any(verdict.finding != undefined(verdict.criterion.name) for verdict in self.verdicts)

    @property
    def is_begun(self) -> bool:
        """Whether there is anything to examine."""
        return self.is_defined and not all(
            is_unfinished(verdict.finding) or verdict.state == State.HELD_BACK for verdict in self.verdicts
        )

    @property
    def by_part(self) -> list[tuple[int, PartResult]]:
        """The points of each part, in order, with its result."""
        return [(0 if self.outdated else result.points, result) for result in self.results]


def checked(name: str, answer: object, part: str | None, hidden: bool) -> Checked:
    """Examine an answer, or None where it isn't defined."""
    assignment = find(name)
    if assignment is None:
        known = ", ".join(name for a in ASSIGNMENTS.values() for name in a.names)
        raise ValueError(
            f"check knows no exercise for {name!r}. It knows: {known}. "
            "Your course may have others, which are checked only when you hand them in."
        )
    parts = [p for n, p in assignment.parts() if n == name]
    if part is not None and part not in parts:
        raise ValueError(f"{name} has no part {part!r}. Its parts are: {', '.join(parts)}.")
    candidate = TimedCandidate(**{name: answer} if answer is not None else {})
    everything = results_of(assignment, candidate, name, fresh_seeds if hidden else public_seeds, Allowance(SECONDS))
    results = [each for each in everything if part in (None, each.part)]
    lent = assignment.lent.get(name, ())
    used = cells.helpers(name)
    helpers = [each for each in used if find(each) is None]  # of the learner's own
    remarks = [*warn_of_modules(answer, name, lent), *tell_of_helpers(name, helpers)]
    if borrowed := borrows_reference(answer, lent):
        remarks.append(
            f"{name} uses {borrowed}, which the grader doesn't lend to it: it holds the answer. Write it yourself."
        )
    old = cells.outdated(name) or next(
        (f"{name} uses {each}. {reason}" for each in used if (reason := cells.outdated(each))), ""
    )
    is_right = not (borrowed or old) and all(result.is_right for result in results)
    uses = [] if is_right or old else [each for each in used if find(each) is assignment]
    first = next((each for each in uses if not is_sound(assignment, each)), "")
    return Checked(name, results, remarks, is_right, old, everything, first)


def is_sound(assignment: Assignment, name: str) -> bool:
    """Whether another answer, as it is now, is right by all its criteria."""
    candidate = TimedCandidate(**{name: shell().user_ns.get(name)})
    return examine_answer(Work(assignment, name), candidate, public_seeds, Allowance(SECONDS)).is_right


def tell(finding: Checked) -> Told:
    """Return (parts, remarks) of what was found; first of all whether it is about what stands on the screen."""
    if not finding.outdated:
        told = outline(finding.results, finding.everything)
        if finding.first:
            uses = f"{finding.name} uses {finding.first}, which isn't right yet."
            told.insert(0, (f"{uses} Mend that first: what follows may come of it.", []))
        return told, finding.remarks
    parts = [
        (heading.rpartition(": ")[0], [replace(item, costs="") for item in items])
        for heading, items in outline(finding.results, finding.everything)
    ]
    return [(f"{finding.outdated} {BEFORE}", []), *parts], finding.remarks


def tell_briefly(finding: Checked) -> Told:
    """Return the same in one line where there is nothing to examine yet."""
    if not finding.is_defined:
        return [], [f"{finding.name}: not defined here. {cells.undefined(finding.name)}".rstrip()]
    if not finding.is_begun:
        return [], [f"{finding.name}: not filled in yet."]
    return tell(finding)


def offer_hints(finding: Checked, part: str | None) -> Iterator[str]:
    """Yield where the hints are, if one more version of an answer failed, and it is time for one."""
    versions, run = failed[finding.name, part], cells.run_of(finding.name)
    if finding.is_right:
        versions.clear()
    elif run and finding.is_begun and not (finding.outdated or cells.has_hints):
        versions.add(run.source)
        if len(versions) % TRIES == 0:
            yield f"Would a hint help? Three are folded above the cell of {finding.name}."


def table(findings: Sequence[Checked]) -> list[Row]:
    """Return a table of points, row by row."""
    rows = [
        (each.name, result.part, f"{points} of {result.max_points}")
        for each in findings
        for points, result in each.by_part
    ]
    return [("name", "part", "points"), *rows, ("total", "", score(findings))]


def score(findings: Sequence[Checked]) -> str:
    most = sum(result.max_points for finding in findings for result in finding.results)
    return f"{sum(points for finding in findings for points, _ in finding.by_part)} of {most}"


def in_columns(rows: Sequence[Row]) -> str:
    """Write a table below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def warn_of_modules(answer: object, name: str, lent: Collection[str]) -> Iterator[str]:
    """Yield a line if an answer uses modules that aren't there when work is graded."""
    there = ["NumPy", "Python's standard library", *(f"rnnlm_ref.{module}" for module in lent)]
    if missed := modules_missed(answer, lent):
        yield f"{name} uses {in_a_row(missed)}; only {in_a_row(there)} are there when work is graded."


def tell_of_helpers(name: str, helpers: Iterable[str]) -> Iterator[str]:
    """Yield whether what an answer uses from other cells counts."""
    if present := [each for each in helpers if cells.is_written(each) and not cells.outdated(each)]:
        yield (
            f"{name} uses {in_a_row(present)} from another cell of yours. That counts: the cell is handed in with "
            "this notebook."
        )


def borrows_reference(answer: object, modules: Iterable[str]) -> str | None:
    """Name the module of rnnlm_ref that an answer is, or inherits from, against the rules; None if there is none."""
    lent = {f"rnnlm_ref.{module}" for module in modules}
    modules = [getattr(kind, "__module__", None) or "" for kind in getattr(answer, "__mro__", (answer,))]
    return next((m for m in modules if m.startswith("rnnlm_ref") and m not in lent), None)


def public_seeds(criterion: Criterion | LastLook) -> list[tuple[int, bool]]:
    return [(public_seed(criterion), False)]


def fresh_seeds(criterion: Criterion | LastLook) -> list[tuple[int, bool]]:
    return [*public_seeds(criterion), (int.from_bytes(os.urandom(8), "big"), True)]


def show_undefined(
    shell: Any, kind: type[NameError], error: Any, trace: TracebackType | None, tb_offset: int | None = None
) -> None:
    """Show a NameError: one about an answer says what to do, or why its cell didn't define it."""
    if find(error.name):
        error.args = (f"{error.name} isn't defined yet. {cells.undefined(error.name) or how_to_define(error.name)}",)
        error._render_traceback_ = lambda: [str(error)]
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


def how_to_define(name: str) -> str:
    """Say how an answer comes to be there of which no cell is known: perhaps it stands under nearly its name."""
    written = [each for each in cells.homes if cells.is_written(each) and not find(each)]
    for near in get_close_matches(name, written, 1, ALIKE):
        return f"A cell defines {near}: call it {name} there, and run it again."
    return "Run the cell in which you write it, then this one again."


if shell():
    shell().set_custom_exc((NameError,), show_undefined)
