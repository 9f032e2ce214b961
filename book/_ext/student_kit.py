"""Pack everything that a student needs into one file, which the book offers for download.

Of the exercises it holds those that a page of the book offers, so that a teacher leaves one out in one place.
"""
import re
import zipfile
from pathlib import Path

KIT = "rnnlm-exercises"
PARTS = ("rnnlm_ref/*.py", "rnnlm_ref/*.json", "rnnlm_ref/*.txt", "rnnlm_grader/**/*.py", "rnnlm_figures/*.py",
         "pyproject.toml", "requirements.txt")
READ_ME = """# Exercises: an RNN language model from scratch

With Python 3.11 or newer, in this folder:

    python -m venv .venv
    .venv/bin/pip install -r requirements.txt .      (on Windows: .venv\\Scripts\\pip)
    .venv/bin/jupyter lab exercises

Begin with 01-embedding. Each cell to fill has a check below it that tells what is right and what isn't yet.
Hand in the notebooks as your teacher says.
"""


def pack(app):
    root = Path(app.srcdir)
    folder = root / "_build" / "student-kit"
    folder.mkdir(parents=True, exist_ok=True)
    paths = [*offered(root), *(path for part in PARTS for path in sorted(root.glob(part)))]
    files = {f"{path.relative_to(root)}": path.read_bytes() for path in paths}
    files["README.md"] = READ_ME.encode()
    with zipfile.ZipFile(folder / f"{KIT}.zip", "w", zipfile.ZIP_DEFLATED) as kit:
        for name, content in files.items():
            kit.writestr(zipfile.ZipInfo(f"{KIT}/{name}"), content, zipfile.ZIP_DEFLATED)


def offered(root):
    """Return the notebooks of the exercises that pages link to."""
    text = "".join(page.read_text(encoding="utf-8") for page in root.glob("book/*.md"))
    return sorted(root / name for name in set(re.findall(r"<\.\./(exercises/[^>]+\.ipynb)>", text)))


def setup(app):
    app.connect("builder-inited", pack)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
