"""The safety net: for answers that pass everything, calls drawn at random, played beside the reference."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from .case import Case, Pattern, Step
from .design import conditions, patterns_of
from .layer import LayerForm

TURNS = 4, 8, 16, 24


def walk(rng: np.random.Generator, layer: LayerForm) -> Iterator[Case]:
    """Yield cases of random calls, ever longer, in random conditions; see `Exercise.last_look`."""
    see = layer.expand("returned grads kept attributes" + " held" * (not layer.makes))
    for turns in TURNS:
        ((condition, _),) = conditions(rng, layer, [()], 1)
        steps = tuple(calls_of_function(rng, turns // 4) if layer.is_function else calls(rng, turns, layer))
        steps = tuple(step for step in steps if step.verb in layer.verbs)
        yield Case(layer, steps, see, replace(condition, patterns=some_patterns(rng, layer), is_fine=True))


def some_patterns(rng: np.random.Generator, layer: LayerForm) -> dict[str, Pattern]:
    """A pattern for some of the arrays."""
    return {
        name: patterns[rng.integers(len(patterns))]
        for name in layer.shapes
        if (patterns := patterns_of(layer, name)) and rng.random() < 0.3
    }


def calls_of_function(rng: np.random.Generator, turns: int) -> list[Step]:
    return [Step("forward", "", str(rng.choice(["", "again", "refilled", "other"]))) for _ in range(turns)]


def calls(rng: np.random.Generator, turns: int, layer: LayerForm) -> Iterator[Step]:
    """Draw calls that a caller may make."""
    ready: set[str] = set()  # whose backward may follow
    for turn in range(turns):
        is_alone = layer.is_function or turns <= 4 or not turn
        who = "" if is_alone else str(rng.choice(["", "", "b"]))
        if who in ready and rng.random() < 0.5:
            yield Step("backward", who, str(rng.choice(["", "", "again", "refilled", "zero"])))
        elif rng.random() < 0.3:
            verb = str(rng.choice(["update", "spoil"] + ["set", "reset"] * bool(layer.state)))
            yield Step(verb, "", str(rng.choice(["", "one", "through"])) if verb == "update" else "")
            ready = ready if verb == "spoil" else set()
        else:
            verb = str(rng.choice(["forward", *layer.methods]))
            yield Step(verb, who, str(rng.choice(["", "again", "refilled", "other"])))
            ready = ready | {who} if verb == "forward" else ready - {who}
