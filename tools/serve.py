"""Serve the built book, and on every save of a chapter, a layer or a style execute, rebuild and reload.

usage: serve.py [--port 8000]
"""
import argparse
import subprocess
import sys
from pathlib import Path

from livereload import Server

ROOT = Path(__file__).resolve().parent.parent
WATCHED = ("book/*.md", "book/*.py", "book/_static/*.css", "rnnlm_ref/*.py", "_config.yml", "_toc.yml")
STEPS = ([sys.executable, "tools/chapters.py", "refresh"],
         ["jupyter-book", "build", ".", "-n", "--keep-going", "--quiet"])


def rebuild():
    """Execute what changed and build; a failure is printed and the last good pages stay."""
    for step in STEPS:
        if subprocess.run(step, cwd=ROOT, check=False).returncode:
            print("The page could not be rebuilt; mend what is said above and save again.")
            return


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    server = Server()
    for pattern in WATCHED:
        server.watch(str(ROOT / pattern), rebuild)
    print(f"Open http://localhost:{port}/book/index.html   (Ctrl-C ends)")
    server.serve(root=str(ROOT / "_build" / "html"), port=port, host="127.0.0.1")


if __name__ == "__main__":
    main()
