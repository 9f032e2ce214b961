"""Train the networks of *An attention layer, trained* from ten seeds: how many sounds are right, and what of the hill.

    python benchmarks/attention.py

Runs the page's own cells, then its `learn` for each seed; some minutes.
"""

from pathlib import Path

import nbformat
import numpy as np

PAGE = Path(__file__).parents[1] / "book" / "attention.ipynb"
SEEDS = range(10)
HILL = ". the hill and the dog go past the mill :"


def cells_of_the_page():
    """What the page defines, down to `measure`."""
    names = {}
    for cell in nbformat.read(PAGE, as_version=4).cells:
        if cell.cell_type == "code":
            exec(cell.source, names)  # the course's own
        if "measure" in names:
            return names
    raise SystemExit("the page defines no `measure`")


def main():
    page = cells_of_the_page()
    vocabulary, softmax = page["vocabulary"], page["softmax"]
    ids = np.array([vocabulary.encode(HILL.split())])
    for what, most in ("varied", 6), ("fixed", 0):
        for seed in SEEDS:
            layers = page["learn"](most, seed=seed)
            p = softmax(page["predict"](layers, ids))[0, -1]
            shares = layers[1].cache[-1][0, -1]
            said = ", ".join(f"{word} {p[vocabulary.encode([word])[0]]:.1%}" for word in ("barks", "hoots"))
            print(
                f"{what} places, seed {seed}: {page['measure'](layers, most)}; hill {shares[2]:.1%}; {said}", flush=True
            )


if __name__ == "__main__":
    main()
