"""Recognises a wrong answer: the variant of the library that gives the same wrong results made the same mistake."""
import functools
import itertools
from dataclasses import dataclass

import numpy as np

from .bench import Raised
from .compare import Difference, same
from .exam import DIVERGED, Criterion, Outcome, examine_variant
from .misconceptions.noticed import NOTICED

noticed = {key: frozenset(ids.split()) for key, ids in NOTICED.items()}
variants = {name: frozenset().union(*(ids for key, ids in noticed.items() if key.startswith(f"{name}/")))
            for name in {key.split("/")[0] for key in noticed}}
is_for_a_class = False  # whether what variants do is worth keeping: so one answer takes longer, and many less


@dataclass(frozen=True)
class Trial:
    """What an answer did under one criterion on one draw of inputs."""

    criterion: Criterion
    seed: int
    hidden: bool
    outcome: Outcome

    @functools.cached_property
    def noticed(self):
        """The ids of the variants that the criterion fails."""
        return noticed[self.criterion.key]

    @property
    def is_broad(self):
        """Whether the criterion fails most variants, so that to pass it tells little of one."""
        return len(self.noticed) > 2 / 3 * len(variants[self.criterion.name])

    @property
    def shows_nothing(self):
        """Whether all that failed is that there were zeros, of which many mistakes come."""
        seen = self.outcome.trace[: self.outcome.decisive]
        return bool(seen) and isinstance(seen[-1], np.ndarray) and seen[-1].dtype.kind == "f" and not seen[-1].any()

    def notices(self, misconception):
        """Whether the criterion fails the variant."""
        return misconception.id in self.noticed


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
        For each criterion of the same part: what came of each draw of inputs, a `grading.Draw`, in order.
        Where the learner's inputs show the mistake, the hidden ones aren't looked at: they are new for each answer, and
        what variants do on the others is known after the first answers of a class.
    known : sequence of Misconception
        What explained other criteria of the part, tried first. The search ends with a variant that did the same as the
        answer everywhere: the library holds no other of another meaning that does.
    """
    *_, last = draws[criterion]
    if last.of_last_look:  # nothing else is wrong, and the library's mistakes aren't as rare as that
        return None
    trials = [Trial(other, draw.seed, draw.hidden, draw.outcome) for other, done in draws.items() for draw in done
              if (last.hidden or not draw.hidden) and not draw.of_last_look]
    failing = next(trial for trial in trials if trial.criterion == criterion and not trial.outcome.passed)
    if isinstance(failing.outcome.finding, Raised) and failing.outcome.finding.is_unfinished:
        return None
    scores = {}
    for misconception in (*known, *suspects(assignment, failing, trials)):
        if may_be(misconception, failing, trials):
            done = [outcome_of(misconception, trial) for trial in trials]
            if all(same(mine.trace, trial.outcome.trace) for mine, trial in zip(done, trials, strict=True)):
                return misconception
            score = sum(agreement(mine, trial.outcome) for mine, trial in zip(done, trials, strict=True))
            scores.setdefault(score, {})[misconception.sentence] = misconception
    if not scores:
        return None
    best = list(scores[max(scores)].values())
    return best[0] if len(best) == 1 else None


def suspects(assignment, failing, trials):
    """Return the variants that the failed criterion notices, those first that fail and pass where the answer does."""
    def mismatches(misconception):
        return sum(trial.notices(misconception) == trial.outcome.passed for trial in trials)

    return sorted((m for m in assignment.misconceptions
                   if m.name == failing.criterion.name and failing.notices(m)), key=mismatches)


def may_be(misconception, failing, trials):
    """Whether a variant explains a failure, and neither by chance nor because it raises what many mistakes raise."""
    return (explains_most(misconception, trials) and fails_alike(misconception, failing)
            and (isinstance(failing.outcome.finding, Difference) or is_more_than_an_exception(misconception, trials)))


def explains_most(misconception, trials):
    """Whether the answer fails like the variant in at least half of the criteria that notice the variant.

    Zeros count only where nothing else is seen. A variant that shows nothing must be like the answer in all of them.
    And an answer that passes what few variants fail, and this one does on the same inputs, makes another mistake; so
    does one of which more is right before the first difference.
    """
    noticing = [trial for trial in trials if trial.notices(misconception)]
    if not all(trial.is_broad or outcome_of(misconception, trial).passed for trial in noticing if trial.outcome.passed):
        return False
    if misconception.shows_nothing:
        return all(trial.outcome.passed or fails_alike(misconception, trial) for trial in noticing)
    noticing = [trial for trial in noticing if not trial.shows_nothing] or noticing
    spare = len(noticing) // 2
    for trial in sorted(noticing, key=lambda trial: not trial.outcome.passed):  # nothing has to be run for what passed
        spare -= not fails_alike(misconception, trial)
        if spare < 0:
            return False
    return not any(outcome_of(misconception, trial).decisive < trial.outcome.decisive for trial in noticing
                   if isinstance(trial.outcome.finding, Difference))


def is_more_than_an_exception(misconception, trials):
    """Whether a variant shares with the answer more than exceptions: wrong values, or what passes and what doesn't."""
    alike = [not trial.notices(misconception) if trial.outcome.passed else fails_alike(misconception, trial)
             for trial in trials]
    shares_values = any(agrees and isinstance(trial.outcome.finding, Difference)
                        for agrees, trial in zip(alike, trials, strict=True))
    return shares_values or (all(alike) and any(trial.outcome.passed for trial in trials))


@functools.lru_cache(maxsize=4096)
def fails_alike(misconception, trial):
    """Whether the variant fails at the same comparison as the answer, with the same results until then."""
    if trial.outcome.passed or not trial.notices(misconception):
        return False
    like = trial.outcome.trace[: trial.outcome.decisive]
    if is_for_a_class and not trial.hidden:
        outcome = outcome_of(misconception, trial)
        return not outcome.passed and outcome.decisive == len(like) and all(map(same, outcome.trace, like))
    outcome = examine_variant(misconception, trial.criterion, trial.seed, like)  # most variants differ early
    return not outcome.passed and outcome.finding is not DIVERGED and outcome.decisive == len(like)


def forget():
    """Let go of an answer, of which nothing is asked again: what it gave may be large."""
    fails_alike.cache_clear()
    hidden_outcome.cache_clear()


def outcome_of(misconception, trial):
    """What the library's variant does under the criterion of a trial, on the same inputs."""
    examined = hidden_outcome if trial.hidden else public_outcome
    return examined(misconception, trial.criterion, trial.seed)


# What a variant does on the learner's inputs is the same for a whole class; on hidden ones no other answer meets it.
public_outcome, hidden_outcome = (functools.lru_cache(maxsize=4096)(examine_variant) for _ in range(2))


def agreement(variant, answer):
    """How many observations two outcomes share, from the first on; passing alike counts as one more."""
    shared = itertools.takewhile(lambda pair: same(*pair), zip(variant.trace, answer.trace, strict=False))
    return sum(1 for _ in shared) + (variant.passed == answer.passed)
