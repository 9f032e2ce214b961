"""How long a reader waits for the first check in the browser, and how much is loaded for it.

`cold`: a browser that has never been there; `warm`: the same one once more. The time goes from the request for the
page to the first answer of `check`, with all cells run as early as that is possible. Needs `make browser` first.

usage: browser.py [--rounds 3]
"""
import argparse
import functools
import gzip
import os
import statistics
import sys
import threading
import time
from pathlib import Path
from typing import ClassVar

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from pages import CHROMIUM, HTML, Patient, Quiet  # noqa: E402

SECONDS = {"cold": 15, "warm": 8}  # the targets, on two cores


class Noting(Quiet):
    """Notes what is asked for."""

    asked: ClassVar = set()

    def do_GET(self):
        self.asked.add(self.path.partition("?")[0].lstrip("/"))
        super().do_GET()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    server = Patient(("127.0.0.1", 0), functools.partial(Noting, directory=str(HTML)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    notebook, = HTML.glob("lab/files/01-embedding-*.ipynb")
    address = f"http://127.0.0.1:{server.server_port}/lab/notebooks/index.html?path={notebook.name}"
    times = [first_checks(address) for _ in range(rounds)]
    for kind, target in SECONDS.items():
        print(f"{kind}: {statistics.median(each[kind] for each in times):.1f} s (aim {target})")
    files = [(HTML / name).read_bytes() for name in Noting.asked if (HTML / name).is_file()]
    print(f"loaded: {sum(map(len, files)) / 1e6:.1f} MB, "
          f"{sum(len(gzip.compress(each)) for each in files) / 1e6:.1f} from a server that compresses")
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def first_checks(address):
    """Return the seconds to the first check of a new browser, and of the same one later."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context()
        return {kind: first_check(context.new_page(), address) for kind in SECONDS}


def first_check(tab, address):
    """Return the seconds from asking for an exercise to the first check's answer."""
    tab.set_default_timeout(300_000)
    start = time.perf_counter()
    tab.goto(address, wait_until="commit")
    tab.wait_for_function("window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel")
    tab.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")
    tab.get_by_text("MyEmbedding · forward").first.wait_for()
    seconds = time.perf_counter() - start
    tab.close()
    return seconds


if __name__ == "__main__":
    main()
