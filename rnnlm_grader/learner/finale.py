"""The end of the course: a model made of the learner's own layers learns to tell fables, and says whose they are.

Letters: N batch, T time, V vocabulary, D word-vector width, H hidden width.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

import __main__
from rnnlm_ref import model as finished
from rnnlm_ref import time_layers
from rnnlm_ref.fables import as_prose, fables
from rnnlm_ref.generate import generate
from rnnlm_ref.ngram import NgramModel
from rnnlm_ref.optim import Adam
from rnnlm_ref.text import Vocabulary, padded_batches, split_corpus, window_batches

from .own_parts import Part, gather, nearby, put_own
from .page import FRAME, element, escaped

FABLES, D, H, N, T, EPOCHS = 1200, 32, 128, 25, 25, 6
SECONDS = 45  # of training, at most; a laptop needs ten
OPENING = ["¶", "one", "morning", "the", "owl", "found", "a"]
LENGTH = 70  # words of a sample
BELOW = "white-space: pre-line; margin-bottom: 1em"
Model: TypeAlias = Any  # a finished one, or the learner's own


async def finale() -> None:
    """Train a language model that consists of your own answers, as far as they hold, and let it write."""
    parts = gather(await nearby(), vars(__main__))
    if all(part.flaw for part in parts.values()):
        return print("Fill in an answer first, so that something in the model is yours; then run this cell again.")
    words = fables(FABLES, rng=0)
    vocabulary = Vocabulary(words)
    training, held_out = split_corpus(vocabulary.encode(words))
    model = build(parts, len(vocabulary))
    page = Page(parts)
    page.add("Before training", write(model, vocabulary))
    left = train(
        model,
        training,
        parts["my_clip_grads"].used,
        page,
        halfway=lambda: page.add("After half a pass through the fables", write(model, vocabulary)),
    )
    perplexity = measure(model, held_out, parts["my_perplexity"].used)
    when = f"After {1 - left:.0%} of the training" if left else "After training"
    page.add(f"{when}: perplexity {perplexity:.2f}", write(model, vocabulary))
    bigram = NgramModel(training, len(vocabulary), 2)
    page.add(
        f"A bigram, which remembers one word: perplexity {bigram.perplexity(held_out):.2f}",
        write_pairs(bigram, vocabulary),
    )
    early = f" Training was stopped after {SECONDS} seconds, when {1 - left:.0%} of it was done." if left else ""
    page.show(whose(parts) + early)


def build(parts: Mapping[str, Part], vocab_size: int) -> Model:
    """Return a model of these parts, untrained."""
    spaces = vars(__main__), vars(time_layers), vars(finished)  # where a model looks for its layers
    before = [put_own(parts, space) for space in spaces]
    try:
        if not parts["MyRnnlm"].flaw:
            return parts["MyRnnlm"].used(vocab_size, D, H, np.random.default_rng(0))
        recurrent = type("Recurrent", (parts["MyTimeRNN"].used,), {"gates": 1})
        return finished.Rnnlm(vocab_size, D, H, rng=0, recurrent=recurrent)
    finally:
        for space, names in zip(spaces, before, strict=True):
            space.update(names)


def train(model: Model, corpus: np.ndarray, clip_grads: Callable, page: "Page", halfway: Callable[[], None]) -> float:
    """Train for `EPOCHS` passes, or for `SECONDS`; return the share that is left then. Keep the page up to date."""
    optimizer, windows = Adam(0.004), list(window_batches(corpus, N, T))
    total, began = EPOCHS * len(windows), time.monotonic()
    for step in range(total):
        if step % len(windows) == 0:
            model.reset_state()
        xs, ts = windows[step % len(windows)]
        page.losses.append(float(model.forward(xs, ts)))
        model.backward()
        clip_grads(model.grads, 1.0)
        optimizer.update(model.params, model.grads)
        if step + 1 == len(windows) // 2:
            halfway()
            model.reset_state()
        page.progress((step + 1) / total)
        if time.monotonic() - began > SECONDS:
            return 1 - (step + 1) / total
    return 0


def measure(model: Model, corpus: np.ndarray, perplexity: Callable[[list[float], list[int]], float]) -> float:
    """Return the perplexity of a model on a text."""
    batches = list(padded_batches(corpus, N, T))
    model.reset_state()
    return perplexity([float(model.forward(*batch)) for batch in batches], [int((ts >= 0).sum()) for _, ts in batches])


def write(model: Model, vocabulary: Vocabulary) -> str:
    """Have a model go on from `OPENING`."""
    ids = generate(model, vocabulary.encode(OPENING), LENGTH, rng=1, temperature=0.8)
    return as_prose(vocabulary.decode(ids[1:]))


def write_pairs(bigram: NgramModel, vocabulary: Vocabulary) -> str:
    """Have a bigram go on from `OPENING`."""
    rng, ids = np.random.default_rng(1), list(vocabulary.encode(OPENING))
    for _ in range(LENGTH):
        p = [bigram.probability((ids[-1],), word) for word in range(len(vocabulary))]
        ids.append(rng.choice(len(p), p=p))
    return as_prose(vocabulary.decode(ids[1:]))


def whose(parts: Mapping[str, Part]) -> str:
    """Say whose code wrote the text."""
    own = [name for name, part in parts.items() if not part.flaw]
    others = [f"{name} ({part.slug}: {part.flaw})" for name, part in parts.items() if part.flaw]
    if not others:
        return "Every layer that wrote this is yours, and so are the gradients that it learned by."
    return f"Yours: {', '.join(own)}. Finished parts stood in for {', '.join(others)}."


class Page:
    """What the notebook shows of a training: how far it is, the loss, and samples of what the model writes."""

    def __init__(self, parts: Mapping[str, Part]) -> None:
        self.losses: list[float] = []
        self.samples: list[tuple[str, str]] = []  # (title, text)
        self.handle: Any = None  # by which IPython shows something else in the same place
        self.shown = 0.0  # when
        self.status = whose(parts)

    def add(self, title: str, sample: str) -> None:
        self.samples.append((title, sample))
        self.show(self.status)

    def progress(self, share: float) -> None:
        """Show how far the training is, twice a second."""
        if time.monotonic() - self.shown > 0.5 or share == 1:
            self.shown = time.monotonic()
            self.show(f"Training: {share:.0%}, loss {self.losses[-1]:.2f}", share)

    def show(self, status: str, share: float | None = None) -> None:
        from IPython.display import display

        bar = "" if share is None else f'<progress value="{share:.3f}" aria-label="Training"></progress>'
        html = "".join(
            [
                element("p", "", escaped(status)),
                bar,
                curve(self.losses),
                *(
                    element("p", "", element("strong", "", escaped(title))) + element("div", BELOW, escaped(sample))
                    for title, sample in self.samples
                ),
            ]
        )
        text = "\n\n".join([*(f"{title}\n{sample}" for title, sample in self.samples), status])
        data = {"text/plain": text, "text/html": element("div", FRAME, html)}
        if self.handle:
            self.handle.update(data, raw=True)
        else:
            self.handle = display(data, raw=True, display_id=True)


def curve(losses: Sequence[float]) -> str:
    """Draw how the loss falls, each point the mean of a hundredth of the steps; nothing while there are few."""
    many = max(1, len(losses) // 100)
    means = [np.mean(losses[at : at + many]) for at in range(0, len(losses), many)]
    if len(means) < 2:
        return ""
    points = " ".join(
        f"{40 + 270 * i / (len(means) - 1):.0f},{100 - 90 * mean / max(means):.1f}" for i, mean in enumerate(means)
    )
    said = f"The loss goes from {means[0]:.2f} to {means[-1]:.2f} in {len(losses)} steps."
    return (
        f'<svg viewBox="0 0 320 120" role="img" aria-label="{said}" style="display: block; max-width: 32em" '
        f'fill="currentColor" font-size="10"><path d="M40 10V100H310" fill="none" stroke="currentColor"/>'
        f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="2"/>'
        f'<text x="0" y="16">{max(means):.1f}</text><text x="0" y="103">0</text>'
        f'<text x="40" y="116">loss, over {len(losses)} steps</text></svg>'
    )
