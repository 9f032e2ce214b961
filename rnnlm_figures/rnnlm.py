"""Figures of chapter 7 and of the front page: the whole model, and what it has learned."""

import itertools

import numpy as np
from matplotlib.patches import Rectangle

from rnnlm_ref.generate import next_word_probabilities
from rnnlm_ref.pretrained import farm_model, states_after

from .drawing import (
    BLUE,
    BLUE_FILL,
    FAINT,
    GREEN,
    GREEN_FILL,
    ORANGE,
    ORANGE_FILL,
    PAPER,
    RED,
    RED_FILL,
    SMALL,
    Canvas,
    Drawing,
    Figure,
    plain_axes,
)

KINDS = {  # the words of the farm, by the part that they play
    "animal": ["cow", "duck", "dog", "cat", "horse", "frog", "bee", "owl"],
    "place": ["barn", "field", "garden", "house", "river", "wood"],
    "link": ["in", "near", "behind"],
    "sound": ["moos", "quacks", "barks", "meows", "neighs", "croaks", "buzzes", "hoots"],
    "rest": ["the", "."],
}

KIND_COLOURS = {"animal": ORANGE, "place": GREEN, "link": BLUE, "sound": RED, "rest": FAINT}


def model_over_time(words=("the", "owl", "in", "the")):
    """Return a drawing of the language model's four layers at three steps, with what a trained one gave each target."""
    model, vocabulary = farm_model()
    before = ["the", "bee", "near", "the", "wood", "buzzes", "."]
    scores = model.layers[-1].forward(states_after(model, vocabulary, [*before, *words[:-1]])[np.newaxis])[0, -3:]
    picture = Drawing(10, 14)
    _name_layers(picture)
    for t, x in enumerate([3.6, 5.8, 8.0]):
        picture.cell(x, 12.4, words[t], width=1.6)
        picture.arrow((x + 0.8, 12.3), (x + 0.8, 11.5))
        picture.cell(x, 0.9, words[t + 1], width=1.6)
        picture.arrow((x + 0.8, 2), (x + 0.8, 3.1))
        p = next_word_probabilities(scores[t])[vocabulary.encode([words[t + 1]])[0]]
        written = [
            *(str(param.shape[-1]) for param in (model.params[0], model.params[2], model.params[4])),
            f"{100 * p:.0f} %",
        ]
        for row, fill in enumerate([BLUE_FILL, ORANGE_FILL, BLUE_FILL, GREEN_FILL]):
            picture.cell(x, 10.4 - 2.4 * row, "" if row < 3 else written[row], width=1.6, fill=fill)
            if row < 3:
                picture.text(x + 0.8, 10.7 - 2.4 * row, written[row])
                picture.text(x + 0.8, 11.1 - 2.4 * row, "numbers", size=SMALL)
                picture.arrow((x + 0.8, 10.3 - 2.4 * row), (x + 0.8, 9.1 - 2.4 * row))
    for x in (3, 5.2, 7.4, 9.6):
        picture.arrow((x, 8.5), (min(x + 0.55, 9.98), 8.5), colour=ORANGE)
    picture.text(2.95, 8.05, "h", colour=ORANGE)
    picture.text(6.6, 0.4, "one loss: the mean over all positions", colour=GREEN)
    return picture.show(f"""Three columns, one for each step. From below, the words {", ".join(words[:-1])} go up
        through TimeEmbedding, TimeRNN and TimeAffine, with 16, 64 and 27 numbers each, to TimeSoftmaxWithLoss. There
        the targets {", ".join(words[1:])} enter from above, and each stands with what a trained model gave it. Only
        TimeRNN has arrows from column to column: h comes in from the window before and goes on to the next.""")


def _name_layers(picture):
    """Write the layers' names, and the shapes of what goes up between them, at the left of a drawing of the model."""
    for y, name in [
        (12.9, "xs"),
        (10.9, "TimeEmbedding"),
        (8.5, "TimeRNN"),
        (6.1, "TimeAffine"),
        (3.7, "TimeSoftmax-"),
        (4.25, "WithLoss"),
        (1.4, "ts"),
    ]:
        picture.text(0.1, y, name, align="left", bold=True, size=SMALL)
    for y, shape in [(12.9, "(N, T)"), (9.7, "(N, T, D)"), (7.3, "(N, T, H)"), (4.9, "(N, T, V)"), (1.4, "(N, T)")]:
        picture.text(1.3, y, shape, align="left", colour=FAINT, size=SMALL)


def way_of_a_sentence():
    """Return a drawing of what may follow what in a sentence of the farm, with the chance of each choice."""
    picture = Drawing(10, 5.4)
    words = [
        (0.1, 1.1, "the", "", PAPER),
        (1.8, 1.8, "animal", "1/8", ORANGE_FILL),
        (4.2, 1.2, "link", "1/3", BLUE_FILL),
        (6.0, 1.1, "the", "", PAPER),
        (7.7, 1.6, "place", "1/6", GREEN_FILL),
    ]
    for x, width, word, chance, fill in words:
        picture.cell(x, 1.4, word, fill=fill, width=width)
        picture.text(x + width / 2, 2.75, chance, colour=FAINT, size=SMALL)
        if x > 1:
            picture.arrow((x - 0.6, 1.9), (x - 0.05, 1.9))
    picture.arrow((8.4, 1.3), (4.8, 1.3), bend=0.25)
    picture.text(6.6, 0.25, "1/2: one more", colour=FAINT, size=SMALL)
    picture.arrow((9.1, 2.4), (9.1, 3.8))
    picture.text(9.2, 3.1, "1/2", align="left", colour=FAINT, size=SMALL)
    picture.cell(8.0, 3.9, "sound", fill=RED_FILL, width=1.6)
    picture.text(8.8, 5.15, "the animal’s own", colour=FAINT, size=SMALL)
    picture.arrow((7.95, 4.4), (7.3, 4.4))
    picture.cell(6.2, 3.9, ".")
    return picture.show("""A sentence of the farm, from left to right: the, one of 8 animals, one of 3 links, the,
        one of 6 places. From the place one arrow leads back to the links, with 1/2, and one to the sound, with 1/2:
        the animal's own, then the full stop.""")


def perplexity_curve(curve, bars):
    """Return a plot of the perplexity after each epoch, with bars to beat; what is above 4.2 is written at the top."""
    plot = Canvas(figsize=(4.4, 3.8), layout="constrained")
    axes = plain_axes(
        plot,
        xlabel="epoch",
        ylabel="perplexity on held-out text",
        xlim=(-0.3, 10.6),
        ylim=(2.35, 4.2),
        xticks=range(0, 11, 2),
    )
    for name, value in bars.items():
        best = name == "best possible"
        colour, line, above = (GREEN, "-", -0.02) if best else (FAINT, "--", 0.02)
        axes.axhline(value, color=colour, linewidth=1.3, linestyle=line)
        axes.text(10.5, value + above, f"{name} {value:.2f}", color=colour, ha="right", va="top" if best else "bottom")
    axes.plot(range(len(curve)), curve, "o-", color=BLUE, linewidth=2, markersize=4)
    axes.text(1.15, 4.12, f"from {curve[0]:.0f} before training", color=BLUE, va="center")
    return Figure(
        plot,
        """Perplexity on held-out text against the epochs. The curve comes from far above, where the
        untrained model is worse than 27, and is below the bigram's 3.76 after one epoch. It crosses the trigram's 3.10
        soon after and flattens out just above the best possible, 2.52.""",
        "; ".join(f"{name} {value:.2f}" for name, value in bars.items()),
        live="training",
    )


def word_maps(tokens, before, after):
    """Return two maps of words, each in the two directions in which its (V, H) vectors differ most."""
    return [
        _word_map(
            tokens,
            before,
            "before training",
            """A map of the 27 words before training: animals, places, links and sounds lie mixed up.""",
        ),
        _word_map(
            tokens,
            after,
            "after training",
            """The same map after training: the eight animals lie close together, the six places in another spot, and
            the three links in a third. The eight sounds are spread out.""",
        ),
    ]


def _word_map(tokens, vectors, title, alt):
    """Return one of two maps that stand side by side on a wide page: a dot for each word, and its name near it."""
    plot = Canvas(figsize=(4.2, 4.4))
    wide, high = 4.2 * 72 * 0.98, 4.4 * 72 * 0.91  # of the frame, in points, which are the units of its axes
    axes = plot.add_axes((0.01, 0.01, 0.98, 0.91), title=title, xticks=[], yticks=[], xlim=(0, wide), ylim=(0, high))
    centred = vectors - vectors.mean(axis=0)
    left, size, _ = np.linalg.svd(centred, full_matrices=False)
    places = left[:, :2] * size[:2]
    shares = (places - places.min(axis=0)) / np.ptp(places, axis=0)
    names = ["full stop" if token == "." else token for token in tokens]
    dots = dict(zip(names, [32, 14] + shares * [wide - 64, high - 28], strict=True))
    colours = {word: KIND_COLOURS[kind] for kind, words in KINDS.items() for word in words}
    colours["full stop"] = colours["."]
    for word, middle, end in _labels(dots, (wide, high)):
        if np.hypot(*(end - dots[word])) > 5:
            axes.plot(*zip(dots[word], end, strict=True), color=colours[word], linewidth=0.5)
        axes.plot(*dots[word], "o", color=colours[word], markersize=3.5)
        axes.text(*middle, word, color=colours[word], size=SMALL, ha="center", va="center")
    digest = " ".join(f"{kind}: {' '.join(words)}" for kind, words in KINDS.items())
    return Figure(plot, alt, digest, is_beside=True)


def _labels(dots, frame):
    """Yield each word with the middle of its label and the end of its line: the nearest place where nothing else is.

    Where words are crowded they choose first.
    """
    taken = [np.array([place - 3, place + 3]) for place in dots.values()]  # corners of what mustn't be covered
    crowd = {word: sum(np.hypot(*(place - other)) < 40 for other in dots.values()) for word, place in dots.items()}
    directions = [
        np.array([np.cos(turn), np.sin(turn)]) for turn in np.pi / 8 * np.array([0, 8, *range(1, 8), *range(9, 16)])
    ]
    for word in sorted(dots, key=crowd.__getitem__, reverse=True):
        half = np.array([0.26 * SMALL * len(word) + 1, 0.55 * SMALL])
        for away, direction in itertools.product(range(4, 100, 4), directions):
            middle = dots[word] + direction * away + np.clip(2 * direction, -1, 1) * half
            box = np.array([middle - half, middle + half])
            end = np.clip(dots[word], *box)
            line = [
                np.array([point, point])
                for point in np.linspace(dots[word], end, 20)
                if np.hypot(*(point - dots[word])) > 5
            ]
            fits = (box[0] >= 1).all() and (box[1] <= np.array(frame) - 1).all()
            if fits and not any(_overlap(part, other) for part in [box, *line[:-1]] for other in taken):
                break
        taken += [box, *line]
        yield word, middle, end


def _overlap(one, other):
    """Return whether two boxes, given by two corners each, have a point in common."""
    return (one[0] < other[1]).all() and (other[0] < one[1]).all()


def sum_through_a_sentence(sentences, sums):
    """Return a plot of one sum of the state's units, word by word down the page, for an owl and for a cow."""
    plot = Canvas(figsize=(4.4, 4.4), layout="constrained")
    axes = plain_axes(plot, xlabel="the sum")
    rows = range(len(sentences["owl"]))
    for animal, colour, style in [("cow", BLUE, "s--"), ("owl", ORANGE, "o-")]:
        axes.plot(sums[animal], rows, style, color=colour, label=f"the {animal}", markersize=5)
    names = [a if a == b else f"{a} / {b}" for a, b in zip(*sentences.values(), strict=True)]
    axes.set_yticks(rows, names)
    axes.invert_yaxis()
    axes.axhspan(1.5, 7.5, color=ORANGE_FILL, alpha=0.5, linewidth=0)
    axes.set_xlim(min(map(min, sums.values())) - 0.1, 1.2)
    axes.legend(frameon=False, loc="lower right")
    return Figure(
        plot,
        """One sum of the 64 units after each word of a sentence, for an owl and for a cow. From the
        word after owl to the last word before its sound, six words, the owl's sum lies to the right of the cow's. After
        the sound both are near 0.""",
        " ".join(names),
    )


def temperatures(shares):
    """Return a drawing of the probabilities of four words at three temperatures, as bars."""
    picture = Drawing(10, 5.3)
    colours = [(BLUE_FILL, BLUE), (GREEN_FILL, GREEN), (ORANGE_FILL, ORANGE)]
    for i, ((temperature, p), (fill, colour)) in enumerate(zip(shares.items(), colours, strict=True)):
        left = 0.1 + 3.35 * i
        picture.text(left + 0.5, 0.5, f"τ = {temperature:g}", align="left", colour=colour, bold=True)
        for v in range(4):
            picture.text(left + 0.2, 1.6 + v, v, colour=FAINT, size=SMALL)
            picture.cell(left + 0.5, 1.1 + v, "", fill=fill, width=2.3 * p[v])
            picture.text(left + 0.65 + 2.3 * p[v], 1.6 + v, f"{p[v]:.3f}", align="left", size=SMALL)
    return picture.show("""Three groups of four bars side by side. At temperature 0.5 the most likely word has 0.727 and
        the others share the rest; at 1 it has 0.5; at 2 it has 0.369 and the least likely still have 0.185.""")


def state_after_each_word(heard, states, expected):
    """Return the first units of each state as a row of colours, and below them bars of the words to come."""
    picture = Drawing(10, 12.8)
    picture.text(0.1, 0.5, "the state after each word", align="left", bold=True)
    for row, (word, state) in enumerate(zip(heard, states, strict=True)):
        picture.text(2, 1.5 + 0.75 * row, word, align="right")
        for unit, h in enumerate(state[:24]):
            picture.axes.add_patch(
                Rectangle(
                    (2.3 + 0.31 * unit, 1.15 + 0.75 * row),
                    0.31,
                    0.7,
                    alpha=float(abs(h)),
                    linewidth=0,
                    facecolor=ORANGE if h > 0 else BLUE,
                )
            )
    told = _next_words(picture, 8.6, expected)
    return picture.show(
        f"""{len(heard)} rows of 24 coloured cells, the state after each of the words. From the duck on,
        most columns keep their colour from row to row. Below, what the model expects next: {told}.""",
        live="farm",
    )


def who_is_it_about(heard, sums, expected):
    """Return a bar for each animal after each word, as long as its sum, and below them bars of the words to come."""
    picture = Drawing(10, 12.8)
    picture.text(0.1, 0.4, "who is it about?", align="left", bold=True)
    for k, animal in enumerate(sums):
        picture.text(2.3 + 0.95 * k, 1.3, animal, align="left", colour=FAINT, size=SMALL)
        for row, share in enumerate(np.clip(sums[animal], 0, 1)):
            picture.axes.add_patch(
                Rectangle((2.3 + 0.95 * k, 1.7 + 0.75 * row), 0.9 * share, 0.7, linewidth=0, facecolor=ORANGE)
            )
    for row, word in enumerate(heard):
        picture.text(2, 2.05 + 0.75 * row, word, align="right")
    told = _next_words(picture, 8.6, expected)
    final = {animal: trail[-1] for animal, trail in sums.items()}
    largest = max(final, key=final.get)
    return picture.show(
        f"""The words {" ".join(heard)}, one a row, each with a bar for every animal. From its name on
        the {largest} has by far the longest; after the last word it is {final[largest]:.2f} long. Below, what the model
        expects next: {told}.""",
        live="farm compact",
    )


def _next_words(picture, top, expected):
    """Draw bars of the words to come, and return them in words."""
    picture.text(0.1, top, "what it expects next", align="left", bold=True)
    for row, (word, p) in enumerate(expected.items()):
        picture.text(2, top + 1 + 0.8 * row, word, align="right")
        picture.axes.add_patch(Rectangle((2.3, top + 0.7 + 0.8 * row), 6 * p, 0.6, facecolor=GREEN_FILL))
        picture.text(2.5 + 6 * p, top + 1 + 0.8 * row, f"{p:.0%}", align="left")
    return ", ".join(f"{word} {100 * p:.0f} %" for word, p in expected.items())
