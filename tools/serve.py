"""Serve the built book, and on every save of a chapter, a layer or a style execute, rebuild and reload.

usage: serve.py [--port 8000]
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

from livereload import Server

ROOT = Path(__file__).resolve().parent.parent
WATCHED = (
    "book/*.md",
    "book/_ext/rnnlm_book/*.py",
    "book/*.bib",
    "book/_static/*.css",
    "book/_static/live/*",
    "rnnlm_ref/*.py",
    "rnnlm_figures/*.py",
    "_config.yml",
    "_toc.yml",
)
REFRESH = [sys.executable, "tools/chapters.py", "refresh"]
BUILD = ["jupyter-book", "build", ".", "-n", "--keep-going", "--quiet"]


def rebuild():
    """Execute what changed and build; a failure is printed and the last good pages stay."""
    start = time.perf_counter()
    if (
        subprocess.run(REFRESH, cwd=ROOT, check=False).returncode
        or subprocess.run(BUILD, cwd=ROOT, check=False, stdout=subprocess.DEVNULL).returncode
    ):
        print("The pages could not be rebuilt; mend what is said above and save again.")
    else:
        print(f"The pages are rebuilt, in {time.perf_counter() - start:.0f} s.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    server = Server()
    for pattern in WATCHED:
        server.watch(str(ROOT / pattern), rebuild)
    print(f"Open http://localhost:{port}/book/index.html   (Ctrl-C ends)")
    try:
        server.serve(root=str(ROOT / "_build" / "html"), port=port, host="127.0.0.1")
    except OSError as error:
        sys.exit(f"Port {port} can't be used: {error.strerror}. Try: python tools/serve.py --port {port + 1}")


if __name__ == "__main__":
    main()
