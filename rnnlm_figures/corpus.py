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


def tracks_and_batches(inputs, batches):
    """Return a drawing of a text that is cut into two tracks, and of the batches of windows along them."""
    width = 0.78
    picture = Drawing(10, 7.4)
    picture.text(0.3, 0.4, "inputs", align="left", bold=True)
    picture.array(0.3, 0.8, inputs, fills=[[BLUE_FILL] * 6 + [ORANGE_FILL] * 6], width=width)
    picture.arrow((0.3 + 3 * width, 1.9), (2.2 + 1.5 * width, 3.75), colour=BLUE)
    picture.arrow((0.3 + 10.5 * width, 1.9), (7.6, 5.4), colour=ORANGE, bend=-0.3)
    picture.text(0.3, 4.4, "track 0", align="left", colour=BLUE, bold=True)
    picture.text(0.3, 5.4, "track 1", align="left", colour=ORANGE, bold=True)
    for k, (x, _) in enumerate(batches):
        left = 2.2 + k * (3 * width + 0.6)
        picture.array(left, 3.9, x, fills=[BLUE_FILL, ORANGE_FILL], width=width)
        picture.text(left + 1.5 * width, 6.3, f"batch {k}")
        picture.text(left + 1.5 * width, 6.95, f"shape {x.shape}", colour=FAINT)
    return picture.show("""Twelve inputs, 0 to 11, are cut into two tracks of six: 0 to 5 is track 0, and 6 to 11, laid
        below it, is track 1. Batch 0 holds the first three steps of both tracks, 0 1 2 above 6 7 8. Batch 1 holds the
        next three, 3 4 5 above 9 10 11.""")


def words_in_batches(tokens, batches):
    """Return a drawing of the batches of two tracks in words, each with its inputs beside its targets."""
    picture = Drawing(10, 3.2 * len(batches))
    for k, arrays in enumerate(batches):
        y = 3.2 * k
        for name, ids, left in zip((f"batch {k}, xs", "ts"), arrays, (0.1, 5.1), strict=True):
            picture.text(left, y + 0.5, name, align="left", bold=True)
            picture.array(left, y + 0.9, np.array(tokens)[ids], fills=[BLUE_FILL, ORANGE_FILL], width=1.6)
    rows = "; ".join(
        f"batch {k}: {', '.join(' '.join(tokens[i] for i in row) for row in x)}" for k, (x, _) in enumerate(batches)
    )
    return picture.show(
        f"""The text {" ".join(tokens)} in batches of two rows, the inputs beside the targets, which stand one word
        later. The inputs of {rows}. Each row begins where it stopped in the batch before.""",
        live="tracks",
        given=tokens,
    )
