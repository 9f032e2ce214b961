"""Declares the criteria of a layer: cases, each with its script, its condition and the criterion that owns it."""

import functools
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np

from .case import METHODS, VERBS, Case, Condition, Law, Pattern, Script, World
from .design import conditions
from .exam import CriteriaList, Criterion, Deal, LastLook
from .faults import Rule, is_about_itself
from .layer import LayerForm, Options, Sizes
from .tape import drawn, parse, spread
from .walk import walk

Scripts: TypeAlias = Mapping[str, Iterable[str]]  # what is to be seen → the scripts that show it
Rules: TypeAlias = Callable[[np.random.Generator], list[Rule]]


@dataclass(frozen=True, kw_only=True)
class Played:
    """How the scripts of a criterion are played: in the plain condition, unless something else is said here.

    They are played in each combination of `worlds`, `sizes`, `options` and `dtypes`; with `dtypes`, results must have
    the dtype too. With `together`, a script fails only where everything that it sees is wrong: for a step, such as a
    slope, that all results go through. A `law` says what must hold of parameters that the answer makes. `of` holds
    other forms of the layer, to be played in its place.
    """

    worlds: Sequence[World | None] = (None,)
    sizes: Sequence[Sizes] = ({},)
    options: Sequence[Options] = ({},)
    patterns: dict[str, Pattern] = field(default_factory=dict)
    dtypes: Sequence[type] = ()
    together: bool = False
    law: Law | None = None
    of: Sequence[LayerForm] = ()

    @functools.cached_property
    def conditions(self) -> list[Condition]:
        """The conditions in which each script is played."""
        given = [
            Condition(size, options=option, world=world, patterns=self.patterns)
            for option in self.options
            for world in self.worlds
            for size in self.sizes
        ]
        return [replace(each, dtype=dtype) for each in given for dtype in self.dtypes] or given


class Exercise:
    """Declares the criteria of one layer, and adds each to those of the assignment."""

    def __init__(self, layer: LayerForm, criteria: CriteriaList) -> None:
        self.layer, self.criteria = layer, criteria
        self.numbers = itertools.count(1)  # of rules
        self.conditioned: list[tuple[str, frozenset[str]]] = []  # (owner, what is seen) of those that own conditions

    def criterion(self, id: str, part: str, points: int, shows: str, scripts: Scripts, **played: Any) -> None:
        """Declare a criterion: these scripts, listed by what is to be seen, must show what the reference shows.

        How they are played is said by the fields of `Played`.
        """
        rules = self.rules(id, scripts, Played(**played))
        about_itself = all(is_about_itself(rule.case) for rule in rules)
        rules = [replace(rule, is_about_itself=about_itself) for rule in rules]
        verbs = [METHODS.keys() & {step.verb for step in rule.case.steps} for rule in rules]
        about = sorted(set().union(*verbs)) if all(verbs) else ()
        self.add(id, part, points, shows, lambda rng: rules, tuple(METHODS[verb] for verb in about), about_itself)

    def conditions(
        self,
        id: str,
        part: str,
        points: int,
        shows: str,
        see: str,
        scripts: Sequence[str],
        rows: int,
        plain: Scripts | None = None,
        **played: Any,
    ) -> None:
        """Declare the criterion that owns the conditions: what these scripts show must be right in any of them.

        It also owns the scripts in `plain`, listed by what is to be seen, which are played as `played` says.
        """
        seen, examined = self.layer.expand(see), [self.steps(script) for script in scripts]
        self.conditioned.append((id, seen))
        rules = self.rules(id, plain or {}, Played(**played))
        number = next(self.numbers)

        def all_rules(rng: np.random.Generator) -> list[Rule]:
            return rules + [
                Rule(id, Case(self.layer, steps, seen, condition), number, is_dealt=True)
                for condition, steps in conditions(rng, self.layer, examined, rows)
            ]

        self.add(id, part, points, shows, all_rules)

    def rules(self, owner: str, scripts: Scripts, played: Played) -> list[Rule]:
        """Return a rule for each script, by each form of the layer, in each condition."""
        return [
            Rule(
                owner,
                Case(layer, self.steps(script), layer.expand(see), condition, not played.dtypes, played.law),
                next(self.numbers),
                together=played.together,
            )
            for layer in played.of or (self.layer,)
            for see, lines in scripts.items()
            for line in lines
            for script in spread(line, layer)
            for condition in played.conditions
        ]

    def steps(self, script: str) -> Script:
        """Return the steps of a script; ValueError if it speaks of a method that the layer doesn't have."""
        steps = parse(script)
        if unknown := {step.verb for step in steps} - {*VERBS, *self.layer.methods}:
            raise ValueError(f"{self.layer.name} has no {' or '.join(sorted(unknown))}, of which {script!r} speaks")
        return steps

    def add(
        self,
        id: str,
        part: str,
        points: int,
        shows: str,
        rules: Rules,
        methods: tuple[str, ...] = (),
        about_itself: bool = False,
    ) -> None:
        self.criteria.append(
            Criterion(id, self.layer.name, part, points, shows, dealing(rules), self, methods, about_itself)
        )

    def last_look(self) -> None:
        """Declare a random run for answers that pass everything."""
        self.criteria.last_looks.append(
            LastLook(
                self.layer.name,
                dealing(lambda rng: [Rule("", case, 0, is_dealt=True) for case in walk(rng, self.layer)]),
                self,
            )
        )

    def owner_of(self, kinds: frozenset[str]) -> str:
        """The id of the criterion that a fault of these kinds costs which no script shows."""
        return next((owner for owner, see in self.conditioned if kinds & see), self.conditioned[-1][0])


def dealing(rules: Rules) -> Deal:
    """Return a function that gives (rule, its case with numbers) of a seed; `rules` gives the rules for a generator."""

    @functools.lru_cache(maxsize=2)  # a class shares the learner's inputs, and hidden ones come in between
    def dealt(seed: int) -> list[tuple[Rule, Case]]:
        rng = np.random.default_rng(seed)
        return [(rule, drawn(rule.case, rng)) for rule in rules(rng)]

    return dealt
