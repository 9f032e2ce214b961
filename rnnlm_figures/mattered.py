"""Which earlier word mattered? The gradient of a word's loss in the vector of each word before it, RNN beside LSTM.

*What an LSTM adds* measures these networks over five seeds. Here stand those of the first, with weights of 8 bits in
`mattered.npz`, because training amplifies rounding. `python -m rnnlm_figures.mattered` trains them again and replaces
the file, in two minutes.

Letters: V vocabulary, H hidden width, M words.
"""

import functools
from pathlib import Path

import numpy as np

from rnnlm_ref.fables import fables
from rnnlm_ref.generate import next_word_probabilities
from rnnlm_ref.model import Rnnlm
from rnnlm_ref.optim import Adam
from rnnlm_ref.source import parade
from rnnlm_ref.text import Vocabulary, split_corpus
from rnnlm_ref.time_layers import TimeLSTM, TimeRNN
from rnnlm_ref.trainer import RnnlmTrainer

from .drawing import BLUE, BLUE_FILL, ORANGE, ORANGE_FILL, SMALL, Drawing

STORED = Path(__file__).with_name("mattered.npz")
LAYERS = {"RNN": TimeRNN, "LSTM": TimeLSTM}
TEXTS = {  # what each kind of text is learned from, and with which H and learning rate
    "parade": {
        "words": lambda: parade().sample(80_000, rng=1000),
        "held_out": 0.25,
        "D": 16,
        "T": 40,
        "epochs": 20,
        "RNN": (64, 0.01),
        "LSTM": (32, 0.01),
    },
    "fable": {
        "words": lambda: fables(1200, rng=1000),
        "held_out": 0.1,
        "D": 32,
        "T": 50,
        "epochs": 12,
        "RNN": (128, 0.004),
        "LSTM": (92, 0.008),
    },
}


def shown(text):
    """Return the words before a text that the book shows, its words, and the place of the one it asks about first."""
    if text == "fable":
        *before, words = " ".join(fables(3, rng=5)).split(" ¶")[:3]
        return f"{' ¶'.join(before)} ¶".split(), words.split(), 39  # the third map
    before = "the dog and the bee go over the mill past the hill : barks buzzes ."
    words = """the cow and the frog go over the hill : moos croaks .
        the owl and the dog go past the bridge over the mill past the wood : hoots barks ."""
    return before.split(), words.split(), 29  # hoots


def export(path=STORED):
    """Train the four networks and write their weights, as whole steps of a 127th of the largest, and vocabularies."""
    arrays = {}
    for text, task in TEXTS.items():
        words = task["words"]()
        vocabulary = Vocabulary(words)
        arrays[text] = np.array(vocabulary.tokens)
        train, _ = split_corpus(vocabulary.encode(words), task["held_out"])
        for network, layer in LAYERS.items():
            H, rate = task[network]
            model = Rnnlm(len(vocabulary), task["D"], H, rng=0, recurrent=layer)
            trainer = RnnlmTrainer(model, Adam(rate))
            trainer.fit(train, batch_size=25, time_size=task["T"], epochs=task["epochs"], progress=False)
            for i, param in enumerate(model.params):
                step = np.abs(param).max() / 127
                arrays[f"{text} {network} {i}"] = np.rint(param / step).astype(np.int8)
                arrays[f"{text} {network} {i} step"] = step
    np.savez_compressed(path, **arrays)


@functools.cache
def network(text, name, path=STORED):
    """Return a stored model, in float64, and its vocabulary."""
    with np.load(path) as stored:
        params = [stored[f"{text} {name} {i}"] * stored[f"{text} {name} {i} step"].astype(np.float64) for i in range(6)]
        vocabulary = Vocabulary(stored[text].tolist())
    V, D = params[0].shape
    model = Rnnlm(V, D, len(params[-2]), rng=0, dtype=np.float64, recurrent=LAYERS[name])
    for param, array in zip(model.params, params, strict=True):
        param[...] = array
    return model, vocabulary


def mattered(model, vocabulary, before, words):
    """Return how likely the model finds the last of the words, and how much each word before it matters, (M - 1,).

    A word matters as much as the loss at the last word changes with its vector, that is, by the length of its row of
    the gradient. These lengths are divided by their sum. The model reads `before` first, whose words aren't counted.
    """
    ids = vocabulary.encode([*before, *words])
    xs, ts = ids[np.newaxis, :-1], np.full((1, len(ids) - 1), -1)
    ts[0, -1] = ids[-1]
    model.reset_state()
    model.forward(xs, ts)
    _, recurrent, affine = model.layers
    dxs = recurrent.backward(affine.backward(model.loss_layer.backward()))
    lengths = np.linalg.norm(dxs[0, len(before) :], axis=-1)
    model.reset_state()
    p = next_word_probabilities(model.predict(xs)[0, -1])[ids[-1]]
    model.reset_state()
    return p, lengths / lengths.sum()


def all_mattered(text):
    """Return a text's words, the place of the one asked about, and what `mattered` for each network from place 1 on."""
    before, words, asked = shown(text)
    found = {
        name: [mattered(*network(text, name), before, words[: m + 1]) for m in range(1, len(words))] for name in LAYERS
    }
    return words, asked, found


def first_sounds(name, count):
    """Return means over the first sounds of parades: p, the share of both animals, that of the last three words."""
    sentences = " ".join(parade().sample(20 * count, rng=7)).split(" . ")[: count + 1]
    before, *others = [f"{sentence} .".split() for sentence in sentences]
    found = []
    for words in others:
        p, shares = mattered(*network("parade", name), before, words[: words.index(":") + 2])
        found.append([p, shares[[1, 4]].sum(), shares[-3:].sum()])
        before = words
    return np.mean(found, axis=0)


def which_word_mattered(text, least=0.02):
    """Return a drawing of how much each word matters for the one asked about, if it's at least `least` in a network."""
    words, asked, found = all_mattered(text)
    (p_rnn, rnn), (p_lstm, lstm) = (found[name][asked - 1] for name in LAYERS)
    columns = [
        (f"RNN: {words[asked]} {100 * p_rnn:.0f} %", rnn, ORANGE, ORANGE_FILL),
        (f"LSTM: {words[asked]} {100 * p_lstm:.0f} %", lstm, BLUE, BLUE_FILL),
    ]
    return shares_in_columns(words, columns, least, f"{words[asked]}?").show(
        f"""How much each earlier word matters for {words[asked]}, a word in each row, with a bar for
        each network. The words that matter most for the RNN are {largest(words, rnn)}; for the LSTM
        {largest(words, lstm)}. Words below {100 * least:.0f} % in both are left out.""",
        live=f"mattered {text}",
    )


def shares_in_columns(words, columns, least, end=""):
    """Return a drawing of the shares of words, a word in each row, which has at least `least` in one of two columns.

    A column is a heading, the shares of the first words, a colour and a fill. Below the last word stands `end`.
    """
    shares = np.zeros((2, len(words)))
    for row, (_, given, *_) in zip(shares, columns, strict=True):
        row[: len(given)] = given
    kept = np.flatnonzero(shares.max(axis=0) >= least)
    picture = Drawing(10, 1.9 + 0.65 * len(kept))
    for x, (heading, _, colour, _) in zip((2.6, 6.4), columns, strict=True):
        picture.text(x, 0.4, heading, colour=colour, align="left", bold=True)
    for row, m in enumerate(kept):
        y = 0.9 + 0.65 * row
        picture.text(2.3, y + 0.25, words[m], align="right")
        for x, share, (*_, fill) in zip((2.6, 6.4), shares[:, m], columns, strict=True):
            length = 2.4 * share / shares.max()
            picture.bar(x, y, length, fill)
            picture.text(x + length + 0.1, y + 0.25, f"{100 * share:.0f} %", align="left", size=SMALL)
    picture.text(5, 1.3 + 0.65 * len(kept), end, bold=True)
    return picture


def largest(words, shares, count=3):
    """Return the words with the largest shares, in words."""
    return ", ".join(f"{words[m]} {100 * shares[m]:.0f} %" for m in np.argsort(-shares)[:count])


if __name__ == "__main__":
    export()
