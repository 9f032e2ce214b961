"""The farm model of chapter 7, already trained, which the live figures after that chapter and of the front page run on.

Its rounded weights are committed in `farm.json`, because training amplifies rounding: another machine would end up with
other weights. `python -m rnnlm_ref.pretrained` trains it again and replaces the file.

Letters: V vocabulary, H hidden width, M words.

Book: look-inside
"""

import json
from pathlib import Path

import numpy as np

from rnnlm_ref.model import Rnnlm
from rnnlm_ref.optim import Adam
from rnnlm_ref.source import farm
from rnnlm_ref.text import Vocabulary, split_corpus
from rnnlm_ref.trainer import RnnlmTrainer

FARM = Path(__file__).with_name("farm.json")
DECIMALS = 2  # more of them don't change the perplexity's first three digits


def farm_model(dtype=np.float32, path=FARM):
    """Return the trained farm model and its vocabulary.

    Its hidden units are sorted: those that best tell which animal was named come first.

    Parameters
    ----------
    dtype : float dtype
    path : path
        A file written by `export`.

    Returns
    -------
    model : Rnnlm
    vocabulary : Vocabulary

    Book: look-inside
    """
    stored = json.loads(Path(path).read_text(encoding="utf-8"))
    arrays = [np.array(param, dtype) for param in stored["params"]]
    # (V, D) of the embedding, H of Wh
    sizes = arrays[0].shape + arrays[2].shape[:1]
    model = Rnnlm(*sizes, rng=0, dtype=dtype)
    for param, array in zip(model.params, arrays, strict=True):
        param[...] = array
    return model, Vocabulary(stored["tokens"])


def export(path=FARM):
    """Train the farm model, sort its units, and write its vocabulary and rounded weights to a JSON file."""
    words = farm().sample(80_000, rng=0)
    vocabulary = Vocabulary(words)
    train, held_out = split_corpus(vocabulary.encode(words), held_out=0.25)
    model = Rnnlm(len(vocabulary), 16, 64, rng=0)
    trainer = RnnlmTrainer(model, Adam(lr=0.003), max_norm=1.0)
    trainer.fit(
        train,
        batch_size=25,
        time_size=20,
        epochs=10,
        held_out=held_out,
        progress=False,
    )
    sort_units(
        model, np.argsort(-animal_share(model, vocabulary, words[:20_000]))
    )
    # + 0.0, so that there is no -0.0
    params = [
        (np.round(param.astype(np.float64), DECIMALS) + 0.0).tolist()
        for param in model.params
    ]
    text = json.dumps(
        {"tokens": vocabulary.tokens, "params": params},
        separators=(",", ":"),
    )
    Path(path).write_text(text + "\n", encoding="utf-8")


def sort_units(model, order):
    """Reorder the hidden units in place, which doesn't change what the model computes."""
    _, Wx, Wh, b, W, _ = model.params
    Wx[...], Wh[...], b[...], W[...] = (
        Wx[:, order],
        Wh[order][:, order],
        b[order],
        W[order],
    )


def animal_share(model, vocabulary, words):
    """Return the share of each hidden unit's variance that the animal explains, (H,).

    Only the words between an animal and its sound count, where the animal has to be remembered.
    """
    states = states_after(model, vocabulary, words)
    remembered, start = {}, 0
    for end in [i for i, word in enumerate(words) if word == "."]:
        _, animal, *_ = words[start:end]  # "the", the animal, ..., its sound
        remembered.setdefault(animal, []).extend(states[start + 2 : end - 1])
        start = end + 1
    means = np.array([np.mean(rows, axis=0) for rows in remembered.values()])
    return means.var(axis=0) / np.concatenate(list(remembered.values())).var(
        axis=0
    )


def animal_factors(model, vocabulary, length=20_000):
    """Return the animals, and for each the factors of a sum of the hidden units that says how far a text is about it.

    Least squares finds them on a text of the farm: from an animal to the word before its sound the animal's sum should
    be 1, and elsewhere 0. There is no constant, so a state of zeros is about nobody.

    Returns
    -------
    animals : list of str
    factors : array (H, 8)
        Rounded, so that they are the same on every machine. `states @ factors` are the sums.

    Book: look-inside
    """
    source = farm()
    animals = [animal for _, animal, _ in source.rules["animal"]]
    words = source.sample(length, rng=0)
    due, named = np.zeros((length, len(animals))), None
    for m, word in enumerate(words):
        if word in animals:
            named = animals.index(word)
        elif (
            named is not None
            # its sound
            and word == source.rules["more", animals[named]][0][1]
        ):
            named = None
        if named is not None:
            due[m, named] = 1
    factors, *_ = np.linalg.lstsq(
        states_after(model, vocabulary, words), due
    )
    return animals, np.round(factors, DECIMALS + 1)


def states_after(model, vocabulary, words):
    """Return the hidden state after each word, (M, H), beginning with a state of zeros.

    Book: look-inside
    """
    embedding, rnn, _ = model.layers
    model.reset_state()
    states = rnn.forward(
        embedding.forward(vocabulary.encode(words)[np.newaxis])
    )[0]
    model.reset_state()
    return states


if __name__ == "__main__":
    export()
