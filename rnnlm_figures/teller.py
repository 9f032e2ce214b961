"""A teller of fables that loses its thing: the RNN of `mattered`, its picture, and its weights for the live figure."""

import base64
import json
import textwrap

import numpy as np

from rnnlm_ref.fables import ANIMALS, THINGS, as_prose
from rnnlm_ref.generate import generate

from .drawing import GREEN_FILL, RED_FILL, SMALL, Drawing
from .mattered import STORED, network

OPENING = "one morning the owl found a drum"


def tell(opening=OPENING, rng=0, temperature=0.8, longest=120):
    """Return the words of a fable with a given opening, without the ¶ that ends it."""
    model, vocabulary = network("fable", "RNN")
    ids = generate(model, vocabulary.encode(["¶", *opening.split()]), longest, rng=rng, temperature=temperature)
    _, *words = vocabulary.decode(ids)
    return words[: words.index("¶")]


def thing_by_thing(words):
    """Return a drawing of a fable, a sentence a row, each with the thing that it names, in red if it is another one."""
    sentences = [f"{sentence} .".split() for sentence in " ".join(words).removesuffix(" .").split(" . ")]
    things = [next((word for word in sentence if word in THINGS), "") for sentence in sentences]
    lines = [textwrap.wrap(as_prose(sentence), 42) for sentence in sentences]
    picture, y, first = (
        Drawing(10, 0.2 + sum(0.62 * len(rows) + 0.45 for rows in lines)),
        0.3,
        next(filter(None, things)),
    )
    for thing, rows in zip(things, lines, strict=True):
        if thing:
            picture.cell(0.1, y - 0.2, thing, fill=GREEN_FILL if thing == first else RED_FILL, width=2)
        for row in rows:
            picture.text(2.4, y + 0.3, row, align="left", size=SMALL)
            y += 0.62
        y += 0.45
    return picture.show(
        f"""A fable of {len(sentences)} sentences. Beside those that name a thing it stands by itself, in red where
        it is another one than before: {", ".join(filter(None, things))}.""",
        live="teller",
    )


def weights():
    """Return what the live figure needs, as JSON: words, and of each array its shape, its step and its bytes."""
    _, vocabulary = network("fable", "RNN")
    with np.load(STORED) as stored:
        arrays = [stored[f"fable RNN {i}"] for i in range(6)]
        params = [
            {
                "width": array.shape[-1],
                "step": float(stored[f"fable RNN {i} step"]),
                "bytes": base64.b64encode(array.tobytes()).decode(),
            }
            for i, array in enumerate(arrays)
        ]
    data = {"tokens": vocabulary.tokens, "params": params, "things": THINGS, "animals": list(ANIMALS)}
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)
