"""Declares the criteria of a layer: cases, each with its script, its condition and the criterion that owns it."""
import functools
from dataclasses import dataclass, replace

import numpy as np

from .design import conditions
from .exam import Criterion, LastLook
from .faults import is_about_itself
from .layer import METHODS, Case, Condition
from .tape import drawn, parse, spread
from .walk import walk


@dataclass(frozen=True, eq=False)
class Rule:
    """A declared case, and the id of the criterion that pays if it fails and no simpler case explains that."""

    owner: str
    case: Case
    number: int  # in the order of declaration
    is_dealt: bool = False  # whether its condition is dealt anew for each draw
    together: bool = False  # fails only if everything that it sees is wrong
    is_about_itself: bool = False  # whether all cases of its criterion compare an answer with itself

    def wrong(self, played):
        """What is wrong in a play of its case."""
        wrong = played.compare()
        is_all = played.raised or {what for _, what in wrong} >= self.case.see
        return wrong if is_all or not self.together else {}


class Exercise:
    """Declares the criteria of one layer.

    Parameters
    ----------
    layer : LayerForm
    criteria : exam.CriteriaList
        Of the assignment, to which each criterion is added.
    """

    def __init__(self, layer, criteria):
        self.layer, self.criteria = layer, criteria
        self.declared = 0  # rules so far
        self.conditioned = []  # (owner, what is seen) of the criteria that own conditions

    def criterion(self, id, part, points, shows, scripts, *, worlds=(None,), sizes=({},), options=({},), patterns=None,
                  dtypes=(), together=False, law=None, of=()):
        """Declare a criterion: these scripts, listed by what is to be seen, must show what the reference shows.

        They are played in the plain condition, or in each combination of `worlds`, `sizes`, `options` and `dtypes`;
        with `dtypes`, results must have the dtype too. With `together`, a script fails only where everything that it
        sees is wrong: for a step, such as a slope, that all results go through. A `law` says what must hold of
        parameters that the answer makes. `of` holds other forms of the layer, to be played in its place.
        """
        given = [Condition(size, options=option, world=world, patterns=patterns or {})
                 for option in options for world in worlds for size in sizes]
        given = [replace(each, dtype=dtype) for each in given for dtype in dtypes] or given
        rules = [self.rule(id, Case(layer, parse(script), layer.expand(see), condition, not dtypes, law), together)
                 for layer in of or (self.layer,) for see, lines in scripts.items() for line in lines
                 for script in spread(line, layer) for condition in given]
        about_itself = all(is_about_itself(rule.case) for rule in rules)
        rules = [replace(rule, is_about_itself=about_itself) for rule in rules]
        verbs = [METHODS.keys() & {step.verb for step in rule.case.steps} for rule in rules]
        about = sorted(set().union(*verbs)) if all(verbs) else ()
        self.add(id, part, points, shows, lambda rng: rules, tuple(METHODS[verb] for verb in about),
                 about_itself)

    def conditions(self, id, part, points, shows, see, scripts, rows, *, plain=None, of=()):
        """Declare the criterion that owns the conditions: what these scripts show must be right in any of them.

        It also owns the scripts in `plain`, listed by what is to be seen, which are played in the plain condition only:
        by the forms of the layer in `of`, if any are given.
        """
        see = self.layer.expand(see)
        self.conditioned.append((id, see))
        rules = [self.rule(id, Case(layer, parse(script), layer.expand(names)))
                 for layer in of or (self.layer,) for names, lines in (plain or {}).items() for line in lines
                 for script in spread(line, layer)]
        dealt = self.rule(id, None)

        def all_rules(rng):
            return rules + [
                replace(dealt, case=Case(self.layer, steps, see, condition), is_dealt=True)
                for condition, steps in conditions(rng, self.layer, [parse(script) for script in scripts], rows)]
        self.add(id, part, points, shows, all_rules)

    def rule(self, owner, case, together=False):
        self.declared += 1
        return Rule(owner, case, self.declared, together=together)

    def add(self, id, part, points, shows, rules, methods=(), about_itself=False):
        self.criteria.append(Criterion(id, self.layer.name, part, points, shows, dealing(rules), self, methods,
                                       about_itself))

    def last_look(self):
        """Declare a random run for answers that pass everything."""
        self.criteria.last_looks.append(LastLook(self.layer.name, dealing(
            lambda rng: [Rule("", case, 0, is_dealt=True) for case in walk(rng, self.layer)]), self))

    def owner_of(self, kinds):
        """The id of the criterion that a fault of these kinds costs which no script shows."""
        return next((owner for owner, see in self.conditioned if kinds & see), self.conditioned[-1][0])


def dealing(rules):
    """Return a function that gives (rule, its case with numbers) of a seed; `rules` gives the rules for a generator."""
    @functools.lru_cache(maxsize=2)  # a class shares the learner's inputs, and hidden ones come in between
    def dealt(seed):
        rng = np.random.default_rng(seed)
        return [(rule, drawn(rule.case, rng)) for rule in rules(rng)]
    return dealt
