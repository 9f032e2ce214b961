"""Figures of chapter 1: a text becomes ids, windows and batches."""

import numpy as np

from .drawing import BLUE, BLUE_FILL, FAINT, ORANGE, ORANGE_FILL, Drawing


def inputs_above_targets(tokens, corpus, xs, ts):
    """Return a drawing of a text, its ids, and below them the inputs with their targets."""
    picture = Drawing(10, 8.4)
    for i, (token, number) in enumerate(zip(tokens, corpus, strict=True)):
        x = 0.2 + 1.2 * i
        picture.text(x + 0.6, 0.9, token)
        picture.arrow((x + 0.6, 1.3), (x + 0.6, 2.1), colour=FAINT)
        picture.cell(x, 2.2, number, width=1.2)
    picture.text(0.2, 0.3, "tokens, and their ids below", align="left", bold=True)
    picture.text(0.2, 4.2, "xs, what the model reads", align="left", colour=BLUE, bold=True)
    picture.array(0.2, 4.6, xs, fills=[BLUE_FILL], width=1.2)
    for i in range(len(xs)):
        picture.arrow((0.8 + 1.2 * i, 5.7), (0.8 + 1.2 * i, 6.5))
    picture.array(0.2, 6.6, ts, fills=[ORANGE_FILL], width=1.2)
    picture.text(0.2, 8.0, "ts, what it should predict next", align="left", colour=ORANGE, bold=True)
    return picture.show(f"""The tokens {" ".join(tokens)} become the ids {" ".join(map(str, corpus))}. The inputs xs are
        all ids but the last, {" ".join(map(str, xs))}; below each stands its target, the id that follows it:
        {" ".join(map(str, ts))}.""")


def words_in_batches(tokens, batches):
    """Return a drawing of two tracks, and below them of their batches in words, the inputs beside the targets."""
    picture = Drawing(10, 3.5 + 3.2 * len(batches))
    tracks = np.hstack([x for x, _ in batches])
    picture.text(0.1, 0.5, "two tracks of inputs", align="left", bold=True)
    picture.array(0.1, 0.9, tracks, fills=[BLUE_FILL, ORANGE_FILL], width=9.6 / tracks.shape[1])
    for k, arrays in enumerate(batches):
        y = 3.5 + 3.2 * k
        for name, ids, left in zip((f"batch {k}, xs", "ts"), arrays, (0.1, 5.1), strict=True):
            picture.text(left, y + 0.5, name, align="left", bold=True)
            picture.array(left, y + 0.9, np.array(tokens)[ids], fills=[BLUE_FILL, ORANGE_FILL], width=1.6)
    rows = "; ".join(
        f"batch {k}: {', '.join(' '.join(tokens[i] for i in row) for row in x)}" for k, (x, _) in enumerate(batches)
    )
    return picture.show(
        f"""The inputs in two tracks, {"; ".join(f"{row[0]} to {row[-1]}" for row in tracks)}. Below them the text
        {" ".join(tokens)} in batches of two rows, the inputs beside the targets, which stand one word later. The
        inputs of {rows}. Each row begins where it stopped in the batch before.""",
        live="tracks",
        given=tokens,
    )
