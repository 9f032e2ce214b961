"""Recognises a wrong answer: the variant of the library that gives the same wrong results made the same mistake."""
import functools
import itertools

from .candidate import KernelCandidate
from .compare import same
from .exam import examine


@functools.cache
def variant_outcome(misconception, criterion, seed):
    """What the library's variant does under a criterion; always the same, so it is computed once."""
    return examine(criterion, KernelCandidate(**{misconception.name: misconception.variant}), seed)


def explain(assignment, criterion, draws):
    """Return the misconception that explains a failed criterion, or None where none does or several would.

    A variant explains a failure if everything up to the first difference is the same. Of several, the one that agrees
    longest with the answer, over all criteria of the part, is taken.

    Parameters
    ----------
    criterion : Criterion
        The one that failed.
    draws : dict
        For each criterion of the same part: the list of (seed, outcome) that the answer left.
    """
    failing_seed, failure = next(draw for draw in draws[criterion] if not draw[1].passed)
    scores = {}
    for misconception in assignment.misconceptions:
        if misconception.name != criterion.name:
            continue
        if fails_alike(variant_outcome(misconception, criterion, failing_seed), failure):
            score = sum(agreement(variant_outcome(misconception, other, seed), outcome)
                        for other, outcomes in draws.items() for seed, outcome in outcomes)
            scores.setdefault(score, {})[misconception.sentence] = misconception
    if not scores:
        return None
    best = list(scores[max(scores)].values())
    return best[0] if len(best) == 1 else None


def fails_alike(variant, answer):
    """Whether two outcomes fail at the same comparison, with the same results until then."""
    return (not variant.passed and variant.decisive == answer.decisive
            and same(variant.trace[: variant.decisive], answer.trace[: answer.decisive]))


def agreement(variant, answer):
    """How many observations two outcomes share, from the first on; passing alike counts as one more."""
    shared = itertools.takewhile(lambda pair: same(*pair), zip(variant.trace, answer.trace, strict=False))
    return sum(1 for _ in shared) + (variant.passed == answer.passed)
