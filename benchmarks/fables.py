"""What does an LSTM keep of a fable that an RNN loses? python benchmarks/fables.py [SEEDS]

Each network reads 1200 fables (`rnnlm_ref.fables`) with the best of four learning rates, which is chosen on other seeds
than those reported. On fables that it hasn't read it is asked for its perplexity; where one names its thing again, how
often the right one of the ten has the highest score; and where one says he or she, how often the right one has the
higher score. And how many of its own fables, at temperature 0.8, speak of one thing only?
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from rnnlm_ref.fables import THINGS, fables
from rnnlm_ref.generate import generate
from rnnlm_ref.model import Rnnlm
from rnnlm_ref.optim import Adam
from rnnlm_ref.text import Vocabulary, split_corpus
from rnnlm_ref.time_layers import TimeLSTM, TimeRNN
from rnnlm_ref.trainer import RnnlmTrainer, evaluate

RATES = 0.001, 0.002, 0.004, 0.008
NETWORKS = {"RNN, H = 128": (TimeRNN, 128), "LSTM, H = 92": (TimeLSTM, 92)}
USUAL = {"batch_size": 25, "time_size": 50}
EPOCHS = 12
OPENING = ["¶", "one", "morning", "the", "owl", "found", "a"]


def main():
    seeds = range(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
    print(f"fables: {EPOCHS} epochs, {len(seeds)} seeds", flush=True)
    for name in NETWORKS:
        tried = {rate: np.mean([np.log(learn(name, rate, seed)[0]) for seed in (50, 51)]) for rate in RATES}
        rate = min(tried, key=tried.get)
        report(f"{name}, rate {rate}", [learn(name, rate, seed) for seed in seeds])


def learn(name, rate, seed):
    """Return the perplexity, the three shares of right answers, and the number of parameters."""
    words = fables(1200, rng=1000 + seed)
    vocabulary = Vocabulary(words)
    train, held_out = split_corpus(vocabulary.encode(words))
    layer, H = NETWORKS[name]
    model = Rnnlm(len(vocabulary), 32, H, rng=seed, recurrent=layer)
    RnnlmTrainer(model, Adam(rate)).fit(train, **USUAL, epochs=EPOCHS, held_out=held_out, progress=False)
    model.reset_state()
    told = vocabulary.decode(generate(model, vocabulary.encode(OPENING), 6000, rng=seed, temperature=0.8))
    return (
        evaluate(model, held_out, **USUAL),
        *right_shares(model, vocabulary, held_out),
        faithful(told),
        sum(param.size for param in model.params),
    )


def right_shares(model, vocabulary, ids):
    """Return how often the right word scores highest: of ten things where one is named again, and of he and she."""
    things, end = vocabulary.encode(THINGS), vocabulary.encode(["¶"])
    pronouns = vocabulary.encode(["he", "she"])
    named, said = [], []
    for fable in np.split(ids, np.flatnonzero(ids == end[0]) + 1)[1:-1]:
        model.reset_state()
        scores = model.predict(np.concatenate([end, fable[:-1]])[np.newaxis])[0]
        for t in np.flatnonzero(np.isin(fable, things))[1:]:
            named.append(things[scores[t, things].argmax()] == fable[t])
        for t in np.flatnonzero(np.isin(fable, pronouns)):
            said.append(pronouns[scores[t, pronouns].argmax()] == fable[t])
    return np.mean(named), np.mean(said)


def faithful(words):
    """Return the share of fables that speak of one thing only, of those that speak of one at all."""
    named = [set(fable.split()) & set(THINGS) for fable in " ".join(words).split(" ¶ ")[1:-1]]
    return np.mean([len(things) == 1 for things in named if things])


def report(name, results):
    perplexities, things, pronouns, one, sizes = np.array(results).T
    print(
        f"  {name}: {sizes[0]:,.0f} parameters, perplexity {spread(perplexities, 3)}, "
        f"right thing {spread(100 * things)} %, right pronoun {spread(100 * pronouns)} %, "
        f"one thing only {spread(100 * one)} %",
        flush=True,
    )


def spread(values, digits=0):
    return f"{values.mean():.{digits}f} ± {values.std(ddof=1):.{digits}f}"


if __name__ == "__main__":
    main()
