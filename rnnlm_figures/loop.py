"""The whole model at its smallest: its figure in chapter 0, and the map that stands at the head of every chapter."""

import functools

import numpy as np

from rnnlm_ref.time_layers import TimeAffine, TimeEmbedding, TimeRNN, TimeSoftmaxWithLoss

from .drawing import BLUE, BLUE_FILL, FAINT, GREEN, GREEN_FILL, ORANGE, ORANGE_FILL, RED, RED_FILL, SMALL, Drawing

WORDS = ["the", "owl", "cow", "in", "wood", "hoots", "moos", "."]
SENTENCES = {"hoots": ["the", "owl", "in", "the", "wood"], "moos": ["the", "cow", "in", "the", "wood"]}

# The map: each part with its chapter and its place. A part may have a second line with its number in the example.
PARTS = {
    "ids": ("01-corpus", 0),
    "vectors": ("02-embedding", 70),
    "state": ("03-rnn", 140),
    "scores": ("07-rnnlm", 210),
    "loss": ("06-softmax-masking", 280),
}
LIT = {  # what each page is about; "again" is the loop through the words, "back" the way back
    "00-whole-loop": {*PARTS, "again", "back", "step"},
    "01-corpus": {"ids"},
    "what-learning-is": {"step"},
    "02-embedding": {"vectors"},
    "03-rnn": {"state"},
    "04-time-rnn": {"state", "again"},
    "05-bptt": {"again", "back"},
    "06-softmax-masking": {"loss"},
    "one-training-step": {*PARTS, "again", "back", "step"},
    "07-rnnlm": {*PARTS, "again", "back", "step"},
    "look-inside": {"state", "scores"},
    "what-an-lstm-adds": {"state", "again", "back"},
    "08-lstm": {"state", "again", "back"},
}


def smallest_model():
    """Return the layers before the loss, and the loss: two numbers a word and a state, and a cell that only adds."""
    W, Wy = np.zeros((8, 2)), np.zeros((2, 8))
    W[1:3] = 1  # owl and cow, which it can't tell apart yet
    Wy[[0, 1], [5, 6]] = np.log(2)  # the first number speaks for hoots, the second for moos
    cell = TimeRNN(np.eye(2), np.eye(2), np.zeros(2), activation="identity")
    return [TimeEmbedding(W), cell, TimeAffine(Wy, np.zeros(8))], TimeSoftmaxWithLoss()


def once_through(layers, loss_layer, sound):
    """Return the ids of a sentence, then its vectors, states and scores, the loss and the gradient at each word."""
    ids = np.array([[WORDS.index(word) for word in SENTENCES[sound]]])
    targets = np.array([[-1, -1, -1, -1, WORDS.index(sound)]])  # only the last guess is judged
    outs = [ids]
    for layer in layers:
        outs.append(layer.forward(outs[-1]))
    loss = loss_layer.forward(outs[-1], targets)
    gradient = layers[1].backward(layers[2].backward(loss_layer.backward()))
    layers[0].backward(gradient)
    return *[out[0] for out in outs], loss, gradient[0]


def loop_in_one_picture(ids, vectors, states, scores, loss, gradient, sound="hoots"):
    """Return a drawing of one pass: the words down the page, forward to the right and back again."""
    p = np.exp(scores[-1]) / np.exp(scores[-1]).sum()
    picture = Drawing(10, 11.2)
    for x, name, colour in [
        (1.0, "word", FAINT),
        (2.3, "id", FAINT),
        (3.9, "vector", BLUE),
        (6.1, "state", ORANGE),
        (8.6, "gradient", RED),
    ]:
        picture.text(x, 0.4, name, colour=colour, bold=True, size=SMALL)
    for t, word in enumerate(SENTENCES[sound]):
        y = 0.9 + 1.5 * t
        picture.text(1.0, y + 0.5, word)
        picture.text(2.3, y + 0.5, ids[t], colour=FAINT)
        picture.array(3.1, y, vectors[t].round(2), fills=[BLUE_FILL], width=0.8)
        picture.arrow((4.75, y + 0.5), (5.2, y + 0.5), colour=BLUE)
        picture.array(5.3, y, states[t].round(2), fills=[ORANGE_FILL], width=0.8)
        picture.array(7.4, y, gradient[t].round(2), fills=[RED_FILL], width=1.2)
        if t:
            picture.arrow((6.1, y - 0.45), (6.1, y - 0.05), colour=ORANGE)
            picture.arrow((8.6, y - 0.05), (8.6, y - 0.45), colour=RED)
    right = p[WORDS.index(sound)]
    picture.arrow((6.1, 7.95), (5.4, 8.75), colour=GREEN)
    picture.cell(2.2, 8.8, f"{sound}: {right:.0%}", fill=GREEN_FILL, width=4.2)
    picture.arrow((6.9, 8.9), (8.4, 7.95), colour=RED)
    picture.text(4.3, 10.5, f"loss: log {1 / right:.3g} = {loss:.3f}", bold=True)
    pairs = ["({:g}, {:g})".format(*state) for state in states]
    first, second = (f"{number:.2f}".replace("-", "−") for number in gradient[0])
    return picture.show(
        f"""The words {", ".join(SENTENCES[sound])}, one below the other, each with its id and its
        vector. The state after each is {", ".join(pairs)}. After the last, {sound} gets {right:.0%}, so the loss is
        {loss:.3f}. The same gradient, {first} and {second}, comes back to every word.""",
        live="loop",
    )


@functools.cache
def numbers_of_the_map():
    """Return the second line of each part of the map: its numbers in the first pass of chapter 0."""
    ids, vectors, states, scores, loss, _ = once_through(*smallest_model(), "hoots")
    return {
        "ids": " ".join(map(str, ids)),
        "vectors": "owl: {:g} {:g}".format(*vectors[1]),
        "state": "h: {:g} {:g}".format(*states[-1]),
        "scores": f"hoots {scores[-1, 5]:.1f}",
        "loss": f"{loss:.2f}",
    }


def you_are_here(page):
    """Return the map of the model as SVG: five parts on the way forward, the way back below, some of it lit."""
    lit = LIT[page]
    kind = {name: " here-lit" if name in lit else "" for name in [*PARTS, "again", "back", "step"]}
    drawn = [
        f'<path class="here-way{kind["again"]}" d="M186 23v-5a8 8 0 0 0 -8 -8h-15a8 8 0 0 0 -8 8v1"/>'
        f'<path class="here-head{kind["again"]}" d="M155 24l-4 -8h8z"/>'
        f'<text x="196" y="15" class="here-small{kind["again"]}" text-anchor="start">each word</text>'
    ]
    for name, (chapter, x) in PARTS.items():
        here = ' aria-current="page"' if chapter == page else ""
        drawn.append(
            f'<a href="{chapter}.html" tabindex="-1"{here}><rect class="here-part{kind[name]}" x="{x + 1}"'
            f' y="24" width="58" height="38" rx="6"/><text x="{x + 30}" y="40" class="here-name">{name}</text>'
            f'<text x="{x + 30}" y="55" class="here-small">{numbers_of_the_map()[name]}</text></a>'
        )
        if x:
            drawn.append(f'<path class="here-way" d="M{x - 10} 43h6"/><path class="here-head" d="M{x} 43l-6 -3v6z"/>')
    drawn.append(
        f'<path class="here-way here-red{kind["back"]}" d="M310 65v5a8 8 0 0 1 -8 8h-187a15 15 0 0 1 -14 -8"/>'
        f'<path class="here-head here-red{kind["back"]}" d="M99 64l-2 8l8 -3z"/>'
        f'<text x="210" y="92" class="here-small{kind["back"]}">the way back: gradients</text>'
        f'<path class="here-way{kind["step"]}" d="M70 88h7a8 8 0 0 0 8 -8v-9"/>'
        f'<path class="here-head{kind["step"]}" d="M85 63l-4 8h8z"/>'
        f'<text x="50" y="92" class="here-small{kind["step"]}">a step</text>'
    )
    return f'<svg viewBox="-2 0 344 98" role="group" aria-label="{caption(page)}">{"".join(drawn)}</svg>'


def caption(page):
    """Return what the map of a page says to those who can't see it."""
    names = {"again": "the loop over the words", "back": "the way back", "step": "the step"}
    lit = [names.get(name, name) for name in [*PARTS, *names] if name in LIT[page]]
    whole = len(lit) == len(PARTS) + len(names)
    about = "all of it" if whole else " and ".join(lit)
    return f"The whole model, from ids to the loss and back. This page is about {about}."
