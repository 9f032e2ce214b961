"""Honest work, saved by all kinds of programs, untidy, slow, talkative: it loses nothing."""
import json

from corpora import embedding as corpus

from .handing_in import (
    NAME,
    RIGHT,
    STUB,
    TIME_RIGHT,
    as_nbformat3,
    beside,
    cell_of,
    changed,
    code_cell,
    hands_in,
    notebook,
    with_cells,
    zipped,
)

TALKS = RIGHT.replace("return W[idx]", """import sys, warnings
        print(idx, W, sep='\\n')
        print('to stderr', file=sys.stderr)
        warnings.warn('the ids look odd')
        np.log(np.zeros(1))
        return W[idx]""")
SLOW = RIGHT.replace("return W[idx]", "import time; time.sleep(0.01); return W[idx]")
KOREAN = ("from __future__ import annotations\n# 임베딩: 행 하나를 고른다 🦆\n"
          + RIGHT.replace("(self, idx)", "(self, idx: NDArray) -> NDArray").replace("idx", "색인"))
TRIES = RIGHT + "\n\nif __name__ == '__main__':\n    print(MyEmbedding(np.eye(3)).forward(np.array([0, 2])))\n"
# A figure between the class and the method that is patched into it.
FIGURE, PATCH = RIGHT.split("\n    def backward")
FIGURE += ("\n\nimport matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2])\n\ndef backward"
           + PATCH.replace("\n    ", "\n") + "\nMyEmbedding.backward = backward\n")
HELPER, HELPED = corpus.EMBEDDING["helper function above the class, cache is a dict"].split("\n\n\n", 1)
WRITES = RIGHT.replace("return W[idx]", "open('log.txt', 'a').write('called\\n'); return W[idx]")
SLEEPER = """import threading, time
from concurrent.futures import ThreadPoolExecutor
def wait():
    while True:
        time.sleep(0.01)
threading.Thread(target=wait).start()
""" + RIGHT.replace("return W[idx]", """with ThreadPoolExecutor(2) as pool:
            return pool.submit(lambda: W[idx]).result()""")


def forget_ids(nb):
    for cell in nb["cells"]:
        cell.pop("id", None)
    nb["nbformat_minor"] = 4


def from_jupyterlab(nb):
    """With an attachment, marked as trusted, each source a list of lines."""
    for cell in nb["cells"]:
        cell["source"] = cell["source"].splitlines(True)
        cell["metadata"] |= {"trusted": True, "collapsed": False, "jupyter": {"source_hidden": True}}
    nb["cells"].insert(3, {"cell_type": "markdown", "source": "![my sketch](attachment:a.png)", "metadata": {},
                           "attachments": {"a.png": {"image/png": "iVBORw0KGgo="}}})


def from_colab(nb):
    nb["metadata"] |= {"colab": {"name": "Copy of 01", "provenance": [], "toc_visible": True}, "accelerator": "GPU"}
    for number, cell in enumerate(nb["cells"]):
        cell["metadata"] |= {"id": f"aB{number}", "colab": {"base_uri": "https://localhost:8080/"}, "outputId": "1-2"}


def twice(nb):
    nb["cells"].append(code_cell(RIGHT, **cell_of(nb, "MyEmbedding")["metadata"]))


def odd_metadata(nb):
    nb["metadata"] |= {"number": float("nan"), "kernelspec": {"name": "conda-env-dl-py", "display_name": "🐍"},
                       "deep": json.loads("[" * 200 + "]" * 200), "language_info": {"version": "3.14.0a1"}}


def with_outputs_of(size):
    """A change that gives a cell outputs of so many characters, not all of which are JSON elsewhere."""
    def change(nb):
        plot = {"application/vnd.plotly.v1+json": {"y": [float("nan")]}, "image/png": "iVBORw0KGgo" * (size // 20)}
        lines = ["a line\n"] * (size // 30)
        cell_of(nb, "MyEmbedding")["outputs"] = [
            {"output_type": "display_data", "data": plot, "metadata": {}},
            {"output_type": "stream", "name": "stdout", "text": lines}]
    return change


def text_of(**changes):
    return json.dumps(notebook(**changes), ensure_ascii=False)


WORK = {
    "honest": hands_in(notebook(), 25),
    "honest-talks": hands_in(notebook(TALKS), 25),
    "honest-slow": hands_in(notebook(SLOW), 25),
    "honest-threads": hands_in(notebook(SLEEPER), 25),
    "honest-korean": hands_in(notebook(KOREAN), 25),
    "honest-tries-it-out": hands_in(notebook(TRIES), 25),
    "honest-writes-a-log": hands_in(notebook(WRITES), 25),
    "honest-cells-of-its-own": hands_in(with_cells(
        "import matplotlib.pyplot as plt\nplt.plot(range(3))", "%%bash\nls", "x = MyEmbedding(np.eye(3))\nx", "1/0",
        "for epoch in range(10**9): pass", "input('name? ')", "broken("), 25),
    "honest-magics": hands_in(
        notebook("%load_ext autoreload\n%autoreload 2\n!pip install numpy\n" + RIGHT, "%%time\n" + TIME_RIGHT), 25),
    "honest-helper-elsewhere": hands_in(with_cells(HELPER, one=HELPED), 25),
    "honest-figure": hands_in(notebook(FIGURE), 25, "No module named 'matplotlib'"),
    "honest-old-nbformat": changed(as_nbformat3),
    "honest-without-cell-ids": changed(forget_ids),
    "honest-colab": changed(from_colab),
    "honest-jupyterlab": changed(from_jupyterlab),
    "honest-odd-metadata": changed(odd_metadata),
    "honest-bom": hands_in(text_of().encode("utf-8-sig"), 25),
    "honest-utf16": hands_in(text_of().encode("utf-16"), 25),
    "honest-crlf": hands_in(json.dumps(notebook(RIGHT.replace("\n", "\r\n")), indent=1).replace("\n", "\r\n"), 25),
    "honest-surrogates": hands_in(json.dumps(notebook(f"# \ud83d and \udc00\n{RIGHT}")), 25),
    "honest-giant-number": hands_in(text_of().replace('"nbformat":', f'"n": {"9" * 6000}, "nbformat":', 1), 25),
    "honest-renamed": hands_in(notebook(), 25, r"handed in as my work \(1\)\.ipynb", name="my work (1).ipynb"),
    "honest-in-a-subfolder": hands_in(notebook(), 25, "handed in as week 1/01-Embedding.IPYNB",
                                      name="week 1/01-Embedding.IPYNB"),
    "honest-among-others": beside({"other.ipynb": json.dumps({"cells": [code_cell("x = 1")]})},
                                  hands_in(notebook(), 25, "handed in as mine.ipynb", name="mine.ipynb")),
    "honest-zip": zipped({f"me/{NAME}": text_of(), f"__MACOSX/me/._{NAME}": "x", "me/data.csv": "1,2"}, 25,
                         f"handed in as work.zip/me/{NAME}"),
    "honest-large-outputs": changed(with_outputs_of(30_000_000)),
    "honest-name-of-its-own": hands_in(notebook(RIGHT.replace("MyEmbedding", "Embedding")), 25,
                                       "Your class is called Embedding; it was graded as MyEmbedding"),
    "honest-more-files": beside({"data.csv": "1,2", ".ipynb_checkpoints/01-embedding-checkpoint.ipynb": "old",
                                 "picture.png": b"\x89PNG" * 1000}, hands_in(notebook(), 25)),
    "honest-answer-twice": changed(twice, says="more than one cell MyEmbedding"),
    "honest-answer-elsewhere": hands_in(with_cells(RIGHT, at=6, one=STUB), 25, "in a cell of your own"),
}
