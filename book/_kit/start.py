"""Open the exercises in JupyterLab, beside the book; the first time, install what they need into `.venv`.

usage: python3 start.py
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
READY = VENV / "ready"


def set_up():
    """Install what requirements.txt lists; `READY` tells that it came to its end."""
    print("Setting up .venv: downloading about 60 MB ...", flush=True)
    install = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-compile"]
    for command in ([sys.executable, "-m", "venv", "--clear", VENV], [*install, "-r", "requirements.txt"]):
        if subprocess.run(command, cwd=HERE).returncode:
            sys.exit("That failed, for the reason above. Put it right, and run start.py again.")
    READY.touch()


def main():
    if sys.version_info < (3, 11):  # noqa: UP036
        sys.exit(f"The exercises need Python 3.11 or newer, and this is {sys.version.split()[0]}: see README.md.")
    if not (READY.exists() and PYTHON.exists()):  # an upgrade may have taken away the Python that it was made with
        set_up()
    print("The book is also at", (HERE / "book" / "index.html").as_uri())
    # The server shows the book at /static, so that links in the notebooks lead there. The exercises' arrays are small:
    # more than one thread of linear algebra would only wait for each other.
    os.environ |= {
        "RNNLM_BOOK_URL": "/static",
        "RNNLM_PROGRESS": str(HERE / "progress.json"),
        "JUPYTER_CONFIG_PATH": str(HERE / "jupyter"),
        "JUPYTER_PATH": str(HERE / "jupyter"),
        "PYTHONSTARTUP": str(HERE / "rnnlm_grader" / "startup.py"),
        "OPENBLAS_NUM_THREADS": "1",
    }
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for JupyterLab, which asks back
    sys.exit(
        subprocess.run(
            [PYTHON, "-m", "jupyterlab", "--notebook-dir=exercises", f"--ServerApp.extra_static_paths={HERE / 'book'}"],
            cwd=HERE,
        ).returncode
    )


if __name__ == "__main__":
    main()
