"""Honest work, saved by all kinds of programs, untidy, slow, talkative: it loses nothing."""
import json

import nbformat

from .handing_in import (
    NAME,
    RIGHT,
    TIME_RIGHT,
    beside,
    cell_of,
    changed,
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
WRITES = RIGHT.replace("return W[idx]", "open('log.txt', 'a').write('called\\n'); return W[idx]")
SLEEPER = """import threading, time
from concurrent.futures import ThreadPoolExecutor
def wait():
    while True:
        time.sleep(0.01)
threading.Thread(target=wait).start()
""" + RIGHT.replace("return W[idx]", """with ThreadPoolExecutor(2) as pool:
            return pool.submit(lambda: W[idx]).result()""")


def as_nbformat3(nb):
    """The notebook as saved by IPython 1 and 2."""
    return json.loads(nbformat.writes(nbformat.from_dict(nb), version=3))


def from_colab(nb):
    nb["metadata"] |= {"colab": {"name": "Copy of 01", "provenance": [], "toc_visible": True}, "accelerator": "GPU"}
    for number, cell in enumerate(nb["cells"]):
        cell["metadata"] |= {"id": f"aB{number}", "colab": {"base_uri": "https://localhost:8080/"}, "outputId": "1-2"}


def odd_metadata(nb):
    nb["metadata"] |= {"number": float("nan"), "kernelspec": {"name": "conda-env-dl-py", "display_name": "🐍"},
                       "deep": json.loads("[" * 200 + "]" * 200), "language_info": {"version": "3.14.0a1"}}


def large_outputs(nb):
    """Not all of them are JSON elsewhere."""
    plot = {"application/vnd.plotly.v1+json": {"y": [float("nan")]}, "image/png": "iVBORw0KGgo" * 1_500_000}
    cell_of(nb, "MyEmbedding")["outputs"] = [
        {"output_type": "display_data", "data": plot, "metadata": {}},
        {"output_type": "stream", "name": "stdout", "text": ["a line\n"] * 1_000_000}]


TEXT = json.dumps(notebook(), ensure_ascii=False)
WORK = {
    "honest": hands_in(notebook(), 25),
    "honest-talks": hands_in(notebook(TALKS), 25),
    "honest-slow": hands_in(notebook(SLOW), 25),
    "honest-threads": hands_in(notebook(SLEEPER), 25),
    "honest-korean": hands_in(notebook(KOREAN), 25),
    "honest-writes-a-log": hands_in(notebook(WRITES), 25),
    "honest-cells-of-its-own": hands_in(with_cells(
        "import matplotlib.pyplot as plt\nplt.plot(range(3))", "%%bash\nls", "x = MyEmbedding(np.eye(3))\nx", "1/0",
        "for epoch in range(10**9): pass", "input('name? ')", "broken("), 25),
    "honest-magics": hands_in(
        notebook("%load_ext autoreload\n%autoreload 2\n!pip install numpy\n" + RIGHT, "%%time\n" + TIME_RIGHT), 25),
    "honest-old-nbformat": changed(as_nbformat3),
    "honest-colab": changed(from_colab),
    "honest-odd-metadata": changed(odd_metadata),
    "honest-utf16": hands_in(TEXT.encode("utf-16"), 25),
    "honest-surrogates": hands_in(json.dumps(notebook(f"# \ud83d and \udc00\n{RIGHT}")), 25),
    "honest-renamed": hands_in(notebook(), 25, r"handed in as my work \(1\)\.ipynb", name="my work (1).ipynb"),
    "honest-zip": zipped({f"me/{NAME}": TEXT, f"__MACOSX/me/._{NAME}": "x", "me/data.csv": "1,2"}, 25,
                         f"handed in as work.zip/me/{NAME}"),
    "honest-large-outputs": changed(large_outputs),
    "honest-name-of-its-own": hands_in(notebook(RIGHT.replace("MyEmbedding", "Embedding")), 25,
                                       "Your class is called Embedding; it was graded as MyEmbedding"),
    "honest-more-files": beside({"data.csv": "1,2", ".ipynb_checkpoints/01-embedding-checkpoint.ipynb": "old",
                                 "picture.png": b"\x89PNG" * 1000}, hands_in(notebook(), 25)),
}
