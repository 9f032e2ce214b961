"""Names mistakes by the library: a variant that gives the same wrong results made the same mistake."""
import functools
import itertools
import re

import numpy as np

from ..sandbox.bench import Raised
from ..sandbox.candidate import KernelCandidate
from ..spec.compare import close, same
from ..spec.exercise import TRIES, kind_in, played_alone
from ..spec.oracle import in_place_of_answer
from .look import Look, kind_of, look_at, redrawn

SIZES = ({"N": 2, "T": 3, "D": 4, "H": 5, "V": 13, "B": 2, "*": (2, 3)},
         {"N": 4, "T": 2, "D": 3, "H": 7, "V": 17, "B": 5, "*": (8,)},
         {"N": 3, "T": 4, "D": 6, "H": 2, "V": 29, "B": 3, "*": (3, 4)})


def fresh_draws(case, kind, candidate):
    """Return looks at three draws, of sizes that differ, in which an answer fails alike; or of the case's own sizes."""
    ways = (lambda seed: sizes_of(case.layer, seed % 3), lambda seed: case.condition.sizes)
    for sizes in ways[bool(case.law):]:
        looks = (look_at(candidate, redrawn(case, seed, sizes=sizes(seed))) for seed in range(1, 6))
        found = [*itertools.islice((look for look in looks if kind in look.kinds), 3)]
        if len(found) == 3:
            return found
    return []


def sizes_of(layer, draw):
    """Return the sizes of one of the three draws; letters that SIZES lacks get sizes that no other letter has."""
    return {letter: SIZES[draw].get(letter, 8 + 3 * at + draw) for at, letter in enumerate(layer.sizes)}


def misconceptions_of(library, looks, exercise, candidate):
    """Return the misconception that gives the same in all looks; else two, of which each gives a part; else ()."""
    name, parts, whole = exercise.layer.name, {}, []
    for misconception in library:
        if misconception.name == name and (shares := shares_of(misconception, looks)):
            if shares == [set(look.wrong) for look in looks]:
                whole.append(misconception)
            else:
                parts[misconception] = shares
    if likely := the_one(whole, looks, exercise, candidate):
        return (likely,)
    pairs = [(a, b) for a, b in itertools.combinations(parts, 2) if all(
        one | other == set(look.wrong) for one, other, look in zip(parts[a], parts[b], looks, strict=True))]
    return pairs[0] if len(pairs) == 1 else ()


def shares_of(misconception, looks):
    """Which of the wrong results are those of a variant, in each look; [] if in one of them nothing is."""
    shares = [*itertools.takewhile(bool, (share(misconception, look) for look in looks))]
    return shares if len(shares) == len(looks) else []


def share(misconception, look):
    """Which of the wrong results of a look are those of a variant; nothing if it is wrong where the answer is right."""
    other = look_at(in_place_of_answer(misconception.variant, look.case), look.case)
    if other.wrong.keys() - look.wrong.keys():
        return set()
    return {key for key in other.wrong if agree(key, look, other)}


def agree(key, mine, other):
    """Whether two answers made the same of something, but for the dtype where that isn't what is wrong."""
    a, b = mine.wrong[key], other.wrong[key]
    if isinstance(a, Raised):
        return isinstance(b, Raised) and a.kind == b.kind and sizes_in(a) == sizes_in(b) and (
            len(mine.play.seen) == len(other.play.seen))
    a, b = a.got, b.got
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        is_of_dtype = kind_of(key, mine.wrong[key])[1] == "dtype"
        return a.shape == b.shape and bool(np.all(close(a, b))) and (a.dtype == b.dtype or not is_of_dtype)
    return same(a, b)


def sizes_in(raised):
    """The numbers that an exception speaks of."""
    return re.findall(r"\d+", raised.message)


def the_one(misconceptions, looks, exercise, candidate):
    """Of variants that give the same, the one that fails as the answer does in all rules, if that is certain.

    Where the answer makes other mistakes besides, it may fail more rules; and fewer, where it makes the mistake in
    fewer places, or parameters that are too small to show all. But not where exceptions or zeros are all there is to
    see, for these come of many mistakes.
    """
    raises = any(isinstance(finding, Raised) for look in looks for finding in look.wrong.values())
    kinds = set().union(*(look.kinds for look in looks))
    mine = []  # what fails in one draw of all rules after the other
    for draw in range(TRIES) if misconceptions else ():
        mine.append(failed_rules(exercise, candidate, draw))
        theirs = {each: [failed_by(each, exercise, at) for at in range(draw + 1)] for each in misconceptions}
        if not exercise.layer.makes:  # else their parameters differ
            theirs = {each: failed for each, failed in theirs.items() if mostly_agree(kinds, mine, failed)}
        telling = {each: failed for each, failed in theirs.items() if not (raises or each.shows_nothing)}
        misconceptions = ([each for each, failed in theirs.items() if is_alike(failed, mine)]
                          or [each for each, failed in telling.items() if is_among(failed, mine)]
                          or fewest({each: failed for each, failed in telling.items()
                                     if is_among(mine, failed) and is_as_wrong(failed, mine)}))
        if len({each.sentence for each in misconceptions}) == 1:
            return misconceptions[0]
    return None


def is_alike(theirs, mine):
    """Whether the same fails in the same rules, in each draw."""
    return list(map(kinds_in, theirs)) == list(map(kinds_in, mine))


def is_among(few, many):
    """Whether all rules that fail in the one fail in the other too, in each draw."""
    return all(one.keys() <= other.keys() for one, other in zip(few, many, strict=True))


def is_as_wrong(theirs, mine):
    """Whether a variant, where both fail, is wrong in nothing in which the answer is right."""
    return all(kinds_in(their)[at] <= what for their, my in zip(theirs, mine, strict=True)
               for at, what in kinds_in(my).items() if at in their)


def fewest(failed):
    """Those that fail the fewest rules."""
    counts = {each: sum(map(len, draws)) for each, draws in failed.items()}
    return [each for each, count in counts.items() if count == min(counts.values())]


def kinds_in(failed):
    """What is wrong in each rule that fails."""
    return {at: {kind_in(key) for key in look.wrong} for at, look in failed.items()}


def mostly_agree(kinds, mine, theirs):
    """Whether two answers give the same, more often than not, where rules fail in one of these kinds."""
    pairs = [(key, one[at], other[at]) for one, other in zip(mine, theirs, strict=True)
             for at in one.keys() & other.keys() for key in one[at].wrong.keys() & other[at].wrong.keys()
             if kind_of(key, one[at].wrong[key]) in kinds]
    return 2 * sum(itertools.starmap(agree, pairs)) >= len(pairs)


def failed_rules(exercise, candidate, draw):
    """Return {number of a rule: a look at its own case}, for all rules that are declared and fail."""
    with np.errstate(all="ignore"):
        found = played_alone([(rule, draw) for rule in exercise.rules], candidate)
    return {at: Look(play, wrong) for at, (play, wrong) in enumerate(found) if wrong}


@functools.cache
def failed_by(misconception, exercise, draw):
    """The rules that a variant fails; see `failed_rules`."""
    return failed_rules(exercise, KernelCandidate(**{misconception.name: misconception.variant}), draw)
