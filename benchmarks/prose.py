"""Train on real prose, character by character, against the models that count: python benchmarks/prose.py [MODEL]

The text comes with CPython. With a file name the trained model is saved there.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from rnnlm_ref.generate import generate
from rnnlm_ref.model import Rnnlm, save_model
from rnnlm_ref.ngram import NgramModel
from rnnlm_ref.optim import Adam
from rnnlm_ref.text import Vocabulary, prose, split_corpus
from rnnlm_ref.trainer import RnnlmTrainer, evaluate


def main():
    text = prose()
    vocabulary = Vocabulary(text)
    train, held_out = split_corpus(vocabulary.encode(text))
    print(f"{len(train):,} characters to train on, {len(held_out):,} held out, {len(vocabulary)} different ones")
    for n in (1, 2, 3, 4):
        counted = NgramModel(train, len(vocabulary), n).perplexity(held_out)
        print(f"{n}-gram, Witten–Bell: held-out perplexity {counted:.2f}")

    model = Rnnlm(len(vocabulary), 64, 256, rng=1)
    start = time.perf_counter()
    history = RnnlmTrainer(model, Adam(0.002)).fit(train, batch_size=32, time_size=40, epochs=10, held_out=held_out)
    learned, seconds = evaluate(model, held_out, 32, 40), time.perf_counter() - start
    print(f"Rnnlm, H = 256, best of {len(history)} epochs: held-out perplexity {learned:.2f}, {seconds:.0f} s")
    print("\n" + "".join(vocabulary.decode(generate(model, vocabulary.encode("The "), 400, rng=1, temperature=0.7))))
    if len(sys.argv) > 1:
        save_model(sys.argv[1], model, vocabulary)


if __name__ == "__main__":
    main()
