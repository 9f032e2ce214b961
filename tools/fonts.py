"""Make the fonts of the book, book/_static/fonts/, and of its figures, rnnlm_figures/fonts/, with licences and hashes.

usage: fonts.py

Needs npm and a network. Nothing else does, because what this writes is committed; the same pins give the same bytes.
"""

import hashlib
import subprocess
import tarfile
import tempfile
from pathlib import Path

from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
PAGES, FIGURES = ROOT / "book/_static/fonts", ROOT / "rnnlm_figures/fonts"
PACKAGES = {  # each with the files that pages load; what is in them was chosen there, by the range of characters
    "@fontsource-variable/source-serif-4@5.3.1": [
        "source-serif-4-latin-wght-normal.woff2",
        "source-serif-4-latin-wght-italic.woff2",
    ],
    "@fontsource/source-sans-3@5.3.0": ["source-sans-3-latin-400-normal.woff2", "source-sans-3-latin-700-normal.woff2"],
}


def main():
    for folder in (PAGES, FIGURES):
        folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for package, names in PACKAGES.items():
            run = subprocess.run(["npm", "pack", "--silent", package], cwd=scratch, check=True, stdout=subprocess.PIPE)
            with tarfile.open(Path(scratch, run.stdout.decode().strip())) as archive:
                archive.extractall(scratch, filter="data")
            for name in names:
                copy(Path(scratch, "package/files", name))
            family = names[0].partition("-latin")[0]
            (PAGES / f"{family}.LICENCE.txt").write_bytes(Path(scratch, "package/LICENSE").read_bytes())
    (FIGURES / "source-sans-3.LICENCE.txt").write_bytes((PAGES / "source-sans-3.LICENCE.txt").read_bytes())
    for folder in (PAGES, FIGURES):
        made = sorted(path for path in folder.iterdir() if path.suffix in (".woff2", ".ttf"))
        (folder / "fonts.sha256").write_text(
            "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in made)
        )


def copy(path):
    """Copy a font to the pages, and one of the figures also in the form that Matplotlib reads."""
    (PAGES / path.name).write_bytes(path.read_bytes())
    if path.name.startswith("source-sans"):
        font = TTFont(path.with_suffix(".woff"), recalcTimestamp=False)
        font.flavor = None
        font.save(FIGURES / path.with_suffix(".ttf").name)


if __name__ == "__main__":
    main()
