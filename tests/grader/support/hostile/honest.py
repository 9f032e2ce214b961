"""Honest work, slow, untidy, in odd notebooks, among other files: it loses nothing."""

import json

from .handing_in import NAME, RIGHT, TIME_RIGHT, beside, cell_of, changed, hands_in, notebook, with_cells, zipped

SLOW = RIGHT.replace("return W[idx]", "import time; time.sleep(0.01); return W[idx]")
KOREAN = "from __future__ import annotations\n# 임베딩: 행 하나를 고른다 🦆\n" + RIGHT.replace(
    "(self, idx)", "(self, idx: NDArray) -> NDArray"
).replace("idx", "색인")
WRITES = RIGHT.replace("return W[idx]", "open('log.txt', 'a').write('called\\n'); return W[idx]")
SLEEPER = """import threading, time
from concurrent.futures import ThreadPoolExecutor
def wait():
    while True:
        time.sleep(0.01)
threading.Thread(target=wait).start()
""" + RIGHT.replace(
    "return W[idx]",
    """with ThreadPoolExecutor(2) as pool:
            return pool.submit(lambda: W[idx]).result()""",
)


def odd_metadata(nb):
    nb["metadata"] |= {
        "number": float("nan"),
        "kernelspec": {"name": "conda-env-dl-py", "display_name": "🐍"},
        "deep": json.loads("[" * 200 + "]" * 200),
        "language_info": {"version": "3.14.0a1"},
    }


def large_outputs(nb):
    """Give a cell 30 MB of outputs, not all of which are JSON elsewhere."""
    plot = {"application/vnd.plotly.v1+json": {"y": [float("nan")]}, "image/png": "iVBORw0KGgo" * 1_500_000}
    cell_of(nb, "MyEmbedding")["outputs"] = [
        {"output_type": "display_data", "data": plot, "metadata": {}},
        {"output_type": "stream", "name": "stdout", "text": ["a line\n"] * 1_000_000},
    ]


WORK = {
    "honest": hands_in(notebook(), 25),
    "honest-slow": hands_in(notebook(SLOW), 25),
    "honest-threads": hands_in(notebook(SLEEPER), 25),
    "honest-korean": hands_in(notebook(KOREAN), 25),
    "honest-writes-a-log": hands_in(notebook(WRITES), 25),
    "honest-cells-of-its-own": hands_in(
        with_cells(
            "import matplotlib.pyplot as plt\nplt.plot(range(3))",
            "%%bash\nls",
            "x = MyEmbedding(np.eye(3))\nx",
            "1/0",
            "for epoch in range(10**9): pass",
            "input('name? ')",
            "broken(",
        ),
        25,
    ),
    "honest-magics": hands_in(
        notebook("%load_ext autoreload\n%autoreload 2\n!pip install numpy\n" + RIGHT, "%%time\n" + TIME_RIGHT), 25
    ),
    "honest-odd-metadata": changed(odd_metadata),
    "honest-zip": zipped(
        {f"me/{NAME}": json.dumps(notebook()), f"__MACOSX/me/._{NAME}": "x", "me/data.csv": "1,2"},
        25,
        f"handed in as work.zip/me/{NAME}",
    ),
    "honest-large-outputs": changed(large_outputs),
    "honest-more-files": beside(
        {
            "data.csv": "1,2",
            ".ipynb_checkpoints/01-embedding-checkpoint.ipynb": "old",
            "picture.png": b"\x89PNG" * 1000,
        },
        hands_in(notebook(), 25),
    ),
}
