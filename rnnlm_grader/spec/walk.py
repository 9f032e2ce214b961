"""The safety net: for answers that pass everything, calls drawn at random, played beside the reference."""
from dataclasses import replace

from .design import OF_IDS, PATTERNS, conditions
from .layer import Case, Step
from .tape import drawn

TURNS = 4, 8, 16, 24


def walk(rng, layer):
    """Yield cases of random calls, ever longer, in random conditions; see `Exercise.last_look`."""
    see = layer.expand("returned grads held kept")
    for turns in TURNS:
        (condition, _), = conditions(rng, layer, [()], 1)
        steps = tuple(calls(rng, turns))
        yield drawn(Case(layer, steps, see, replace(condition, patterns=some_patterns(rng, layer))), rng)


def some_patterns(rng, layer):
    """A pattern for some of the arrays."""
    return {name: rng.choice(OF_IDS if name in layer.ids else PATTERNS)
            for name in layer.shapes if rng.random() < 0.3}


def calls(rng, turns):
    """Draw calls that a caller may make."""
    ready = set()  # whose backward may follow
    for turn in range(turns):
        who = str(rng.choice(["", "", "", "b", "stranger"])) if turns > 4 and turn else ""
        if who in ready and rng.random() < 0.5:
            yield Step("backward", who, str(rng.choice(["", "", "again", "refilled", "zero"])))
        elif rng.random() < 0.3:
            verb = str(rng.choice(["update", "spoil"]))
            yield Step(verb, "", str(rng.choice(["", "one", "through"])) if verb == "update" else "")
            ready = ready if verb == "spoil" else set()
        else:
            yield Step("forward", who, str(rng.choice(["", "again", "refilled", "other"])) if who != "stranger" else "")
            ready |= {who} - {"stranger"}
