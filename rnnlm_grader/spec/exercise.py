"""Criteria of a layer from declarations, and the charge rule that decides who pays for a failing case."""
import functools
from dataclasses import dataclass, replace

from ..compare import same
from ..exam import Criterion, LastLook, Outcome
from .design import conditions
from .layer import Case, Condition
from .play import KEPT_LATE, Play
from .tape import drawn, parse, spread

FEW = 4  # cases that are asked for at once where exceptions are to be expected
TRIES = 3  # some mistakes need luck: ids that are in order already show nothing of one who sorts them


@dataclass(frozen=True, eq=False)
class Rule:
    """One declared case and the criterion that pays where it fails and no simpler one does."""

    owner: str
    case: Case


class Exercise:
    """Declares the criteria of one layer; the charge rule looks at simple scripts first.

    Parameters
    ----------
    layer : Layer
    criteria : exam.CriteriaList
        Of the assignment, to which each criterion is added.
    """

    def __init__(self, layer, criteria):
        self.layer, self.criteria = layer, criteria
        self.rules = []
        self.crossed = []  # those of the criteria that own conditions, without these

    def criterion(self, id, part, points, shows, scripts, *, worlds=(None,), sizes=({},), patterns=None, dtypes=(),
                  beside=""):
        """Declare that scripts, listed by what is to be seen, show what they should: plainly, or as is said.

        With `dtypes`, each script is played in each of these, and what is seen must have it.
        """
        given = [Condition(size, world=world, patterns=patterns or {}) for world in worlds for size in sizes]
        given = [replace(each, dtype=dtype) for each in given for dtype in dtypes] or given
        rules = [Rule(id, Case(self.layer, parse(script), self.layer.expand(see), condition, not dtypes))
                 for see, lines in scripts.items() for line in lines for script in spread(line, self.layer)
                 for condition in given]
        self.rules += rules
        self.add(id, part, points, shows, beside, lambda rng: [rule.case for rule in rules])

    def conditions(self, id, part, points, shows, see, scripts, rows, *, plain=(), beside=""):
        """Declare the criterion that owns the conditions: what these scripts show must be right in any of them.

        The scripts in `plain` are about something else that it owns as well, and are played in the plain condition.
        """
        see = self.layer.expand(see)
        self.crossed += [Rule(id, Case(self.layer, parse(script), see)) for script in scripts]
        rules = [Rule(id, Case(self.layer, parse(script), see))
                 for line in plain for script in spread(line, self.layer)]
        self.rules += rules

        def cases(rng):
            return [rule.case for rule in rules] + [
                Case(self.layer, steps, see, condition)
                for condition, steps in conditions(rng, self.layer, [parse(script) for script in scripts], rows)]
        self.add(id, part, points, shows, beside, cases)

    def add(self, id, part, points, shows, beside, cases):
        def examine(exam):
            Trial(self, exam, id).examine([drawn(case, exam.rng) for case in cases(exam.rng)])
        self.criteria.append(Criterion(id, self.layer.name, part, points, shows, examine, beside or part, self))

    @functools.cached_property
    def simplest_first(self):
        """All rules: the shortest scripts first, and of equal ones those that were declared first."""
        return sorted(self.rules, key=lambda rule: len(rule.case.steps))

    def last_look(self, tapes):
        """Declare a random run for answers that pass everything: `tapes(rng, layer)` yields cases."""
        def examine(exam):
            Trial(self, exam, "").examine(list(tapes(exam.rng, self.layer)))
        self.criteria.last_looks.append(LastLook(self.layer.name, examine, self.crossed[-1].owner))


class Trial:
    """One examination: an answer plays the cases of a criterion, and each failure is charged to somebody."""

    def __init__(self, exercise, exam, owner):
        self.exercise, self.exam, self.owner = exercise, exam, owner
        self.known = {}  # rule → what goes wrong in its own, simple case

    def examine(self, cases):
        """Examine until something is charged to this criterion; what is charged to others is noted."""
        for played in in_batches(self.exam.candidate, cases):
            self.exam.trace += played.seen.values()
            if wrong := played.compare():
                payer = self.payer(played, wrong)
                outcome = Outcome(next(iter(wrong.values())), (), printed=played.printed, against=payer,
                                  case=played.case)
                if payer == self.owner or not self.owner:
                    self.exam.failure = outcome
                    return
                self.exam.charged.append(outcome)

    def payer(self, played, wrong):
        """Return the id of the criterion that pays: that of the first simpler rule which fails alike, or this one."""
        wrong, by_noise = self.beyond_the_twin(played, wrong)
        for rule in self.simpler(played.case):
            may_explain = played.case.contains(rule.case) and (rule.case.has_noise or not by_noise)
            if may_explain and self.explains(rule, {kind(key) for key in wrong}):
                return rule.owner
        kinds = {kind(key) for key in wrong}
        return self.owner or next((rule.owner for rule in self.exercise.crossed if kinds & rule.case.see),
                                  self.exercise.crossed[-1].owner)

    def simpler(self, case):
        """Yield rules that may say more simply what a case shows: plain ones, then other scripts in its condition."""
        for rule in self.exercise.simplest_first:
            if rule.owner == self.owner and rule.case.steps == case.steps:
                return
            yield rule
        for rule in self.exercise.crossed:
            if rule.owner == self.owner:
                return
            yield replace(rule, case=replace(rule.case, condition=case.condition))

    def explains(self, rule, kinds):
        """Whether the failure of a simpler rule explains another of these kinds: one of the same kind, as a rule.

        After an exception, or a change of the caller's arrays, anything may go wrong; and what is left over from other
        calls may raise where it doesn't fit, and be wrong where it does.
        """
        simple = self.failing(rule)
        return bool(simple & (kinds | {"kept", "raised"}) or (simple and rule.case.has_noise and "raised" in kinds))

    def failing(self, rule):
        """The kinds of what is wrong in a rule's own case, in any of a few draws."""
        if rule not in self.known:
            draws = [self.once(drawn(rule.case, self.exam.rng))[1] for _ in range(TRIES)]
            self.known[rule] = {kind(key) for wrong in draws for key in wrong}
        return self.known[rule]

    def once(self, case):
        played, = in_batches(self.exam.candidate, [case])
        return played, played.compare()

    def beyond_the_twin(self, played, wrong):
        """Return (what the noise changed, True), or (all that is wrong, False) where it is so without the noise."""
        if not played.case.has_noise or played.raised or any(at == KEPT_LATE for at, _ in wrong):
            return wrong, False
        tape, places = played.tape.without_noise()
        twin, twins_wrong = self.once(replace(played.case, steps=tape.steps, tape=tape))
        left = {(at, what): finding for (at, what), finding in wrong.items() if at not in places or not same(
            played.seen[at, what], twin.seen.get((places.index(at), what)))}
        is_wrong_anyway = any(what in {w for _, w in twins_wrong} for _, what in wrong)
        return (left, True) if left and is_wrong_anyway else (wrong, False)


def kind(key):
    return key[1].split()[0]


def in_batches(candidate, cases):
    """Have a candidate play cases; return the plays. All are asked for at once, until an exception wastes some."""
    done, size = [], len(cases)
    while len(done) < len(cases):
        asked = [Play(candidate, case) for case in cases[len(done):][:size]]
        for play in asked:
            done.append(play.read())
            if play.raised:
                candidate.finish()
                size = FEW
                break
    return done
