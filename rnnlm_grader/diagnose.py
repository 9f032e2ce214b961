"""Recognises a wrong answer: the variant of the library that gives the same wrong results made the same mistake."""
import itertools

from .bench import Raised
from .candidate import KernelCandidate
from .compare import Difference, same
from .exam import DIVERGED, SECONDS, examine
from .replay import NoReplay

MOST = 10_000  # outcomes kept: more than all variants leave on the learner's inputs and on one hidden draw
outcomes = {}  # (misconception, criterion, seed) → what the variant did, or how that began: it is always the same


def variant_outcome(misconception, criterion, seed):
    """What the library's variant does under a criterion."""
    outcome = outcomes.get((misconception, criterion, seed))
    if outcome is None or outcome.finding is DIVERGED:
        outcome = run_variant(misconception, criterion, seed)
    return outcome


def run_variant(misconception, criterion, seed, like=()):
    """Examine the library's variant, as far as it leaves the trace `like`."""
    candidate = KernelCandidate(**{misconception.name: misconception.variant})
    outcome = examine(criterion, candidate, seed, SECONDS, NoReplay(), like)
    if len(outcomes) >= MOST:
        outcomes.clear()
    outcomes[misconception, criterion, seed] = outcome
    return outcome


def explain(assignment, criterion, draws, known=()):
    """Return the misconception that explains a failed criterion, or None where none does or several would.

    A variant explains a failure if everything up to the first difference is the same. Of several, the one that agrees
    longest with the answer, over all criteria of the part, is taken. Many mistakes raise the same exception, so an
    exception alone explains nothing: see `is_more_than_an_exception`. And a variant that explains less than half of
    what it fails itself agrees by chance.

    Parameters
    ----------
    criterion : Criterion
        The one that failed.
    draws : dict
        For each criterion of the same part: the list of (seed, outcome) that the answer left.
    known : sequence of Misconception
        What explained other criteria of the part, tried first. The search ends with a variant that did the same as the
        answer everywhere: the library holds no other of another meaning that does.
    """
    failing_seed, failure = next(draw for draw in draws[criterion] if not draw[1].passed)
    if isinstance(failure.finding, Raised) and failure.finding.kind == "NotImplementedError":
        return None
    scores = {}
    for misconception in (*known, *(m for m in assignment.misconceptions if m.name == criterion.name)):
        if (fails_alike(misconception, criterion, failing_seed, failure)
                and (not isinstance(failure.finding, Raised) or is_more_than_an_exception(misconception, draws))
                and explains_half(misconception, draws)):
            score = sum(agreement(variant_outcome(misconception, other, seed), outcome)
                        for other, outcomes in draws.items() for seed, outcome in outcomes)
            if did_the_same(misconception, draws):
                return misconception
            scores.setdefault(score, {})[misconception.sentence] = misconception
    if not scores:
        return None
    best = list(scores[max(scores)].values())
    return best[0] if len(best) == 1 else None


def fails_alike(misconception, criterion, seed, failure):
    """Whether the variant fails at the same comparison as the answer, with the same results until then."""
    like = failure.trace[: failure.decisive]
    outcome = outcomes.get((misconception, criterion, seed))
    if outcome is None or (outcome.finding is DIVERGED and agree(outcome.trace, like)):
        outcome = run_variant(misconception, criterion, seed, like)
    return (outcome.finding is not DIVERGED and not outcome.passed and outcome.decisive == failure.decisive
            and agree(outcome.trace, like))


def agree(trace, like):
    """Whether two traces are the same as far as both go."""
    return all(map(same, trace, like))


def is_more_than_an_exception(misconception, draws):
    """Whether a variant shares with the answer more than exceptions: wrong values, or what passes and what doesn't."""
    alike = [(outcome, fails_alike(misconception, criterion, seed, outcome)
              if not outcome.passed else variant_outcome(misconception, criterion, seed).passed)
             for criterion, outcomes in draws.items() for seed, outcome in outcomes]
    shares_values = any(isinstance(outcome.finding, Difference) and agrees for outcome, agrees in alike)
    return shares_values or (all(agrees for _, agrees in alike) and any(outcome.passed for outcome, _ in alike))


def explains_half(misconception, draws):
    """Whether the answer fails like the variant in at least half of the criteria that the variant fails."""
    failed = [(criterion, seed, outcome) for criterion, outcomes in draws.items() for seed, outcome in outcomes
              if not variant_outcome(misconception, criterion, seed).passed]
    alike = [not outcome.passed and fails_alike(misconception, criterion, seed, outcome)
             for criterion, seed, outcome in failed]
    return 2 * sum(alike) >= len(alike)


def did_the_same(misconception, draws):
    """Whether the variant leaves the answer's whole trace under every criterion."""
    return all(same(variant_outcome(misconception, criterion, seed).trace, outcome.trace)
               for criterion, outcomes in draws.items() for seed, outcome in outcomes)


def agreement(variant, answer):
    """How many observations two outcomes share, from the first on; passing alike counts as one more."""
    shared = itertools.takewhile(lambda pair: same(*pair), zip(variant.trace, answer.trace, strict=False))
    return sum(1 for _ in shared) + (variant.passed == answer.passed)
