"""`check`: what a learner calls in a notebook."""
import os

from . import assignments
from .candidate import KernelCandidate
from .exam import SECONDS, public_seed
from .explaining.mistakes import explain_all
from .explaining.report import render_all
from .grading import Allowance, examine_all, holds, is_understood, judge, look_once_more, settle_charges, withhold
from .modules_used import modules_missed


class CheckFailed(AssertionError):
    """An answer that isn't right yet. A notebook shows its report, and no traceback."""

    def _render_traceback_(self):
        return str(self).splitlines()


def check(answer, part=None, *, hidden=False):
    """Examine a class or function that you wrote, and say what is right and what isn't yet.

    Parameters
    ----------
    answer : class or function
        Such as `MyEmbedding`; its name says which exercise it belongs to.
    part : str, optional
        'forward', 'backward', 'contract' ...; all parts if left out.
    hidden : bool
        Draw other inputs, new ones each time, and show none of them.

    Raises
    ------
    CheckFailed
        If anything is wrong; its text is the report.
    """
    name = getattr(answer, "__name__", str(answer))
    assignment = assignments.find(name)
    if assignment is None:
        known = ", ".join(name for a in assignments.ASSIGNMENTS.values() for name in a.names)
        raise ValueError(f"check knows no exercise for {name!r}. It knows: {known}.")
    parts = [p for n, p in assignment.parts() if n == name]
    if part is not None and part not in parts:
        raise ValueError(f"{name} has no part {part!r}. Its parts are: {', '.join(parts)}.")
    candidate = KernelCandidate(**{name: answer})
    asked = [part] if part else parts
    seeds, allowance, draws = fresh_seeds if hidden else public_seeds, Allowance(SECONDS), {}
    for each in asked:
        draws |= examine_all(assignment.of(name, each), candidate, seeds, allowance)
    elsewhere = {criterion.beside for criterion in assignment.of(name, part)} - {""} if part else ()
    is_right = all(map(holds, draws.values()))
    others = [each for each in parts if each not in asked and (each in elsewhere or is_right)]
    for each in others:
        draws |= examine_all(assignment.of(name, each), candidate, public_seeds, allowance)
    settle_charges([name], draws)
    if all(map(holds, draws.values())):
        look_once_more(assignment, [name], draws, candidate, seeds, allowance)
    draws = explain_all(assignment, draws, candidate)
    results, beside = ([judge(assignment, name, each, draws) for each in group] for group in (asked, others))
    results = withhold(results, [(name, each.part) for each in beside if is_understood(each)])
    text = "\n".join([render_all(results), *warn_of_modules(answer, name, assignment.lent.get(name, ()))])
    if borrowed := borrows_reference(answer, assignment.lent.get(name, ())):
        raise CheckFailed(f"{text}\n{name} uses {borrowed}, which the grader doesn't lend to it: it holds the answer. "
                          "Write it yourself.")
    if not all(result.passed for result in results):
        raise CheckFailed(text)
    print(text)


def warn_of_modules(answer, name, lent):
    """Yield a line if an answer uses modules that aren't there when work is graded."""
    there = ["NumPy", "Python's standard library", *(f"rnnlm_ref.{module}" for module in lent)]
    if missed := modules_missed(answer, lent):
        yield f"{name} uses {in_a_row(missed)}; only {in_a_row(there)} are there when work is graded."


def in_a_row(words):
    """Join words as a sentence does."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def borrows_reference(answer, modules):
    """Name the module of rnnlm_ref that an answer is, or inherits from, against the rules; None if there is none."""
    lent = {f"rnnlm_ref.{module}" for module in modules}
    modules = [getattr(kind, "__module__", None) or "" for kind in getattr(answer, "__mro__", (answer,))]
    return next((m for m in modules if m.startswith("rnnlm_ref") and m not in lent), None)


def public_seeds(criterion):
    return [(public_seed(criterion), False)]


def fresh_seeds(criterion):
    return [(int.from_bytes(os.urandom(8), "big"), True)]
