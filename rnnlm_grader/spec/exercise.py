"""Criteria of a layer from declarations, and the charge rule that decides who pays for a failing case."""
import functools
from dataclasses import dataclass, replace

import numpy as np

from ..exam import Criterion, LastLook, Outcome
from .calls import KEPT_LATE
from .compare import same
from .design import conditions
from .layer import METHODS, NEEDED, NOISE, Case, Condition
from .play import play_all
from .tape import drawn, parse, spread
from .walk import walk

KEPT = frozenset(["kept"])
TRIES = 3  # some mistakes need luck: sorting the ids shows nothing if they are drawn in order


@dataclass(frozen=True, eq=False)
class Rule:
    """A declared case, and the id of the criterion that pays if it fails and no simpler case does."""

    owner: str
    case: Case
    together: bool = False  # fails only if everything that it sees is wrong

    @functools.cached_property
    def draws(self):
        """A few draws of its own, simple case: the same for all answers, so that what is right is computed once."""
        return [drawn(self.case, np.random.default_rng(seed)) for seed in range(TRIES)]

    def wrong(self, played):
        """What is wrong in a play of its case."""
        wrong = played.compare()
        is_all = played.raised or {what for _, what in wrong} >= self.case.see
        return wrong if is_all or not self.together else {}


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
        self.conditioned = []  # those of the criteria that own conditions, without these

    def criterion(self, id, part, points, shows, scripts, *, worlds=(None,), sizes=({},), options=({},), patterns=None,
                  dtypes=(), together=False, law=None, beside="", of=()):
        """Declare a criterion: these scripts, listed by what is to be seen, must show what the reference shows.

        They are played in the plain condition, or in each combination of `worlds`, `sizes`, `options` and `dtypes`;
        with `dtypes`, results must have the dtype too. With `together`, a script fails only where everything that it
        sees is wrong: for a step, such as a slope, that all results go through. A `law` says what must hold of
        parameters that the answer makes. `of` holds other forms of the layer, to be played in its place.
        """
        given = [Condition(size, options=option, world=world, patterns=patterns or {})
                 for option in options for world in worlds for size in sizes]
        given = [replace(each, dtype=dtype) for each in given for dtype in dtypes] or given
        rules = [Rule(id, Case(layer, parse(script), layer.expand(see), condition, not dtypes, law), together)
                 for layer in of or (self.layer,) for see, lines in scripts.items() for line in lines
                 for script in spread(line, layer) for condition in given]
        self.rules += rules
        verbs = [METHODS.keys() & {step.verb for step in rule.case.steps} for rule in rules]
        about = sorted(set().union(*verbs)) if all(verbs) else ()
        self.add(id, part, points, shows, beside, lambda rng: rules, tuple(METHODS[verb] for verb in about))

    def conditions(self, id, part, points, shows, see, scripts, rows, *, plain=None, beside="", of=()):
        """Declare the criterion that owns the conditions: what these scripts show must be right in any of them.

        It also owns the scripts in `plain`, listed by what is to be seen, which are played in the plain condition only:
        by the forms of the layer in `of`, if any are given.
        """
        see = self.layer.expand(see)
        self.conditioned += [Rule(id, Case(self.layer, parse(script), see)) for script in scripts]
        rules = [Rule(id, Case(layer, parse(script), layer.expand(names)))
                 for layer in of or (self.layer,) for names, lines in (plain or {}).items() for line in lines
                 for script in spread(line, layer)]
        self.rules += rules

        def all_rules(rng):
            return rules + [
                Rule(id, Case(self.layer, steps, see, condition))
                for condition, steps in conditions(rng, self.layer, [parse(script) for script in scripts], rows)]
        self.add(id, part, points, shows, beside, all_rules)

    def add(self, id, part, points, shows, beside, rules, methods=()):
        self.criteria.append(Criterion(id, self.layer.name, part, points, shows, self.examiner(id, rules),
                                       beside or part, self, methods))

    def examiner(self, owner, rules):
        """Return a function that examines an answer by the rules that `rules` gives for a generator."""
        @functools.lru_cache(maxsize=2)  # a class shares the learner's inputs, and hidden ones come in between
        def dealt(seed):
            rng = np.random.default_rng(seed)
            return [(rule, drawn(rule.case, rng)) for rule in rules(rng)]
        return lambda exam: Trial(self, exam, owner).examine(dealt(exam.seed))

    @functools.cached_property
    def simplest_first(self):
        """All rules: the shortest scripts first, of equal ones what is only kept, and then what was declared first."""
        return sorted(self.rules, key=lambda rule: (len(rule.case.steps), rule.case.see != KEPT))

    def last_look(self):
        """Declare a random run for answers that pass everything."""
        examine = self.examiner("", lambda rng: [Rule("", case) for case in walk(rng, self.layer)])
        self.criteria.last_looks.append(LastLook(self.layer.name, examine, self.conditioned[-1].owner))


class Trial:
    """One examination: an answer plays the cases of a criterion, and each failure is charged to a criterion."""

    def __init__(self, exercise, exam, owner):
        self.exercise, self.exam, self.owner = exercise, exam, owner

    def examine(self, dealt):
        """Examine until something is charged to this criterion; what is charged to others is noted."""
        plays = play_all(self.exam.candidate, [case for _, case in dealt])
        found = [(play, wrong) for (rule, _), play in zip(dealt, plays, strict=True) if (wrong := rule.wrong(play))]
        for (played, wrong), blamed in zip(found, self.blamed(found), strict=True):
            payer = self.payer(played, wrong, blamed)
            outcome = Outcome(next(iter(wrong.values())), printed=played.printed, against=payer, play=played)
            if payer == self.owner or not self.owner:
                self.exam.failure = outcome
                return
            self.exam.charged.append(outcome)

    def payer(self, played, wrong, blamed):
        """Return the id of the criterion that pays: that of the first simpler rule which fails alike, or this one."""
        kinds, by_marked = self.kinds_of(played, blamed or wrong), bool(blamed)
        for rule in self.simpler(played.case):
            is_alike = not by_marked or rule.case.has(NOISE, NEEDED) or "kept" in rule.case.see
            here = kinds if played.case.allows(rule.case) else kinds & {"raised"}
            if here and is_alike and played.case.contains(rule.case) and self.explains(
                    rule, played.case, here, by_marked):
                return self.root_of(rule, by_marked)
        return self.owner or next((rule.owner for rule in self.exercise.conditioned if kinds & rule.case.see),
                                  self.exercise.conditioned[-1].owner)

    def root_of(self, rule, by_marked):
        """Return the id of the criterion that has the simplest rule which explains this one, be it this one itself."""
        kinds = self.failing(rule, by_marked)
        return next((other.owner for other in self.exercise.simplest_first if rule.case.contains(other.case)
                     and self.explains(other, rule.case, kinds, by_marked)), rule.owner)

    def simpler(self, case):
        """Yield rules that may say more simply what a case shows: plain ones, then other scripts in its condition."""
        for rule in self.exercise.simplest_first:
            if rule.owner == self.owner and rule.case.steps == case.steps and rule.case.see != KEPT:
                return
            yield rule
        for rule in self.exercise.conditioned:
            if rule.owner == self.owner:
                return
            yield replace(rule, case=replace(rule.case, layer=case.layer, condition=case.condition))

    def explains(self, rule, case, kinds, by_marked):
        """Whether the failure of a simpler rule explains another of these kinds: one of the same kind, as a rule.

        After an exception, or a change of the caller's arrays, anything may go wrong; and what is left over from other
        calls, or no index, may raise where it doesn't fit, and be wrong where it does.
        """
        simple = self.failing(rule, by_marked)
        if rule.case.see == KEPT:
            return "kept" in simple
        may_not_fit = len(rule.case.steps) == len(case.steps) or any(
            step.mark == NOISE or step.is_resized for step in rule.case.steps)
        return bool(simple & (kinds | {"kept", "raised"}) or (simple and may_not_fit and "raised" in kinds))

    def failing(self, rule, by_marked):
        """The kinds of what is wrong in a rule's own case, or wrong because of marked steps, in any of a few draws."""
        known = self.exam.candidate.known["kinds"]
        if (rule, by_marked) not in known:
            plays = played_alone([(rule, draw) for draw in range(TRIES)], self.exam.candidate)
            found = [(played, wrong) for played, wrong in plays if wrong]
            if by_marked:
                found = [(played, wrong if blamed is None else blamed)
                         for (played, wrong), blamed in zip(found, self.blamed(found), strict=True)]
            known[rule, by_marked] = {kind for played, wrong in found for kind in self.kinds_of(played, wrong)}
        return known[rule, by_marked]

    def kinds_of(self, played, wrong):
        """The kinds of what is wrong in a play, with outputs that are off: by these, what goes back is wrong."""
        gave = not (played.raised or played.layer.is_function) and any(each.got is not None for each in wrong.values())
        is_off = gave and played.has_wrong_output()
        return {kind_in(key) for key in wrong} | set(self.exercise.layer.outputs if is_off else ())

    def blamed(self, found):
        """Return what is wrong in each of some plays because of its marked steps, if the answer is wrong without too.

        Noise is to blame for what it changed, and steps that are needed for an output of the last call that they
        didn't change. Of a play that has no marked steps, or is right without these, return None.

        Parameters
        ----------
        found : list of (Play, what is wrong in it)
        """
        bare = {played: played.tape.without_marked() for played, wrong in found
                if played.case.has(NOISE, NEEDED) and not any(at in ("", KEPT_LATE) for at, _ in wrong)}
        twins = play_all(self.exam.candidate, [replace(played.case, steps=tape.steps, tape=tape)
                                               for played, (tape, _) in bare.items()])
        twins = dict(zip(bare, twins, strict=True))
        return [self.because_of_marked(played, wrong, twins[played], bare[played][1]) if played in twins else None
                for played, wrong in found]

    def because_of_marked(self, played, wrong, twin, places):
        """What is wrong in a play because of its marked steps; its twin has but the other ones, from these places."""
        anyway = {what for _, what in twin.compare()}
        outputs = anyway & set(self.exercise.layer.out)

        def is_blamed(at, what):
            is_same = at in places and same(played.seen[at, what], twin.seen.get((places.index(at), what)))
            is_idle = is_same and at == places[-1] and what in outputs and played.seen[at, what] is not None
            return is_idle if played.case.has(NEEDED) else not is_same
        return {key: wrong[key] for key in wrong if is_blamed(*key)} if anyway & {what for _, what in wrong} else None


def kind_in(key):
    """The kind of a failure: what is wrong, whatever the step."""
    return key[1].split()[0]


def played_alone(draws, candidate):
    """Have a candidate play rules' own cases, once and for all; return (play, what is wrong in it) of each.

    `draws` is a list of (rule, which of its draws).
    """
    known = candidate.known["plays"]
    new = [each for each in draws if each not in known]
    plays = play_all(candidate, [rule.draws[draw] for rule, draw in new])
    known.update({each: (played, each[0].wrong(played)) for each, played in zip(new, plays, strict=True)})
    return [known[each] for each in draws]
