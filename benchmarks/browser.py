"""How long a reader waits for the first check in the browser, how much it computes, and how much is loaded for it.

`lab`: the exercise as a notebook; `page`: in its chapter. `cold`: a browser that has never been there; `warm`: the same
one once more. The time goes from the request for the page to the first answer of `check`, which is asked for as early
as that is possible; where the machine is busy, look at the processor's time. The server has the browser ask each time
whether a file has changed, so that what is sent on the second visit is what it couldn't keep. Needs `make browser`.

usage: browser.py [--rounds 3]
"""

import argparse
import functools
import gzip
import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import ClassVar

import psutil
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from pages import CHROMIUM, HTML, Patient, Quiet  # noqa: E402

AIMS = {"lab": {"cold": 15, "warm": 8}, "page": {"cold": 8, "warm": 8}}  # seconds of processor time, on two cores


class Noting(Quiet):
    """Notes what is asked for, and what is sent; a browser asks each time whether a file has changed."""

    asked: ClassVar = []
    sent: ClassVar = set()

    def do_GET(self):
        self.asked.append(self.path)
        super().do_GET()

    def end_headers(self):
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def copyfile(self, source, outputfile):
        self.sent.add(self.path.partition("?")[0].lstrip("/"))
        super().copyfile(source, outputfile)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    server = Patient(("127.0.0.1", 0), functools.partial(Noting, directory=str(HTML)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site = f"http://127.0.0.1:{server.server_port}"
    for way, aims in AIMS.items():
        rounds_done = [first_checks(way, site) for _ in range(rounds)]
        for kind, aim in aims.items():
            waited, computed = (statistics.median(each[kind][i] for each in rounds_done) for i in range(2))
            asked, sent = rounds_done[-1][kind][2:]
            files = [(HTML / name).read_bytes() for name in sent if (HTML / name).is_file()]
            print(
                f"{way}, {kind}: {waited:.1f} s, of the processor's {computed:.1f} (aim {aim}); {asked} requests, "
                f"{sum(map(len, files)) / 1e6:.1f} MB sent, "
                f"{sum(len(gzip.compress(each)) for each in files) / 1e6:.1f} by a server that compresses"
            )
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def first_checks(way, site):
    """Return what `first_check` finds in a new browser, and in the same one once more."""
    # An ordinary window, whose cache is on the disk: what a private one keeps in memory has no room for Python.
    with tempfile.TemporaryDirectory() as profile, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        found = {kind: first_check(WAYS[way], context.new_page(), site) for kind in AIMS[way]}
        context.close()
        return found


def first_check(check, tab, site):
    """Return how long it takes to the first check's answer, how long the browser's processes compute, what it loads.

    That is the number of requests, and the files that were sent.
    """
    tab.set_default_timeout(300_000)
    Noting.asked.clear()
    Noting.sent.clear()
    start, before = time.perf_counter(), computed()
    check(tab, site)
    found = time.perf_counter() - start, computed() - before, len(Noting.asked), set(Noting.sent)
    tab.close()
    return found


def check_in_lab(tab, site):
    (notebook,) = HTML.glob("lab/files/01-embedding-*.ipynb")
    tab.goto(f"{site}/lab/notebooks/index.html?path={notebook.name}", wait_until="commit")
    tab.wait_for_function("window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel")
    tab.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")
    tab.get_by_text("MyEmbedding · forward").first.wait_for()


def check_in_page(tab, site):
    tab.goto(f"{site}/book/02-embedding.html#practice-myembedding", wait_until="commit")
    tab.locator("rnnlm-practice .cm-content").first.press("Control+Enter")
    tab.get_by_text("MyEmbedding · forward").first.wait_for()


WAYS = {"lab": check_in_lab, "page": check_in_page}


def computed():
    """Return the seconds that the processes below this one have computed, those that have ended too."""
    return sum(sum(process.cpu_times()[:4]) for process in psutil.Process().children(recursive=True))


if __name__ == "__main__":
    main()
