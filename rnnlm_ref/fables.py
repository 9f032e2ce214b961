"""Fables about the farm's animals, assembled at random from the sentences in `fables.txt`.

Each has a beginning, some trouble, a friend's advice, a deed and an end. The hero, the friend, the thing and the
pronouns stay the same from the first sentence to the last.

Book: look-inside
"""

import re
from pathlib import Path

import numpy as np

SHE = {"he": "she", "him": "her", "his": "her"}
HE = {"he": "he", "him": "him", "his": "his"}
ANIMALS = {
    "cow": SHE,
    "duck": SHE,
    "dog": HE,
    "cat": SHE,
    "horse": HE,
    "frog": HE,
    "bee": SHE,
    "owl": HE,
}
#: What the fables are about, one thing in each.
THINGS = (
    "hat",
    "bucket",
    "ladder",
    "pie",
    "lantern",
    "bell",
    "drum",
    "kettle",
    "map",
    "button",
)
PLACES = (
    "in the barn",
    "in the field",
    "in the garden",
    "behind the house",
    "by the river",
    "near the wood",
)


def fables(count, *, rng):
    """Return the words of `count` fables as a list of str. The word ¶ ends each fable.

    Parameters
    ----------
    count : int
    rng : numpy.random.Generator or int
        The same seed gives the same fables.

    Book: look-inside
    """
    rng = np.random.default_rng(rng)
    parts = fable_parts()
    words = []
    for _ in range(count):
        cast = _cast(rng)
        for part in parts:
            words += (
                part[rng.integers(len(part))]
                .format(**cast, place=PLACES[rng.integers(len(PLACES))])
                .split()
            )
        words.append("¶")
    return words


def fable_parts():
    """Return five lists of str: the sentences for each part of a fable, with placeholders in braces."""
    text = (Path(__file__).parent / "fables.txt").read_text(encoding="utf-8")
    return [part.strip().split("\n")[1:] for part in text.split("# ")[1:]]


def _cast(rng):
    """Draw a fable's hero, friend, thing and pronouns, by the names of the placeholders."""
    hero, friend = rng.permutation(list(ANIMALS))[:2]
    others = {f"{form}2": word for form, word in ANIMALS[friend].items()}
    return {
        "hero": hero,
        "friend": friend,
        "thing": THINGS[rng.integers(len(THINGS))],
        **ANIMALS[hero],
        **others,
    }


def as_prose(words):
    """Join words into readable text, with capitals, normal punctuation and a new paragraph at each ¶."""
    text = re.sub(r" ([.,:?])", r"\1", " ".join(words))
    text = re.sub(
        r"(^|[.?¶] )([a-z])", lambda match: match[1] + match[2].upper(), text
    )
    return re.sub(r" ?¶ ?", "\n\n", text).strip()
